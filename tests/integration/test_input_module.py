"""Plain input modules as keypads and rating boxes, over good and bad lines."""

import asyncio
import functools
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from config.poll_cycle import SHORTEST_PRESS_MS, exchange_ms
from config.settings import InputModule as Row
from devices.bus import Bus, BusSettings, UnitSilent
from devices.digital_input import (
    InputModule,
    InputPressed,
    ModuleForm,
    ModuleKeypad,
    ModuleRatingBox,
)
from devices.faults import Faults, FaultyLink
from devices.framing.modbus_rtu import ReadInputRegisters, ReplyDecoder, encode
from devices.keypad import KeyPressed
from devices.modbus_unit import UnitRefused
from devices.rating_box import RatingPressed
from devices.sim.button_unit import SimUnitBus
from devices.sim.input_module import SimInputModule
from tests.fixtures.bad_lines import BAD_LINES
from tests.fixtures.paced_line import PacedLine
from tests.fixtures.pty_line import PtyLine, open_link, until
from tests.fixtures.virtual_time import run_virtually

QUICK = BusSettings(reply_s=0.02, gap_s=0.001, idle_s=0.001, dead_poll_s=0.05, refused_rest_s=0.002)
UNIT = 41
PRESSES = 30
MODES = ("level", "latched", "counted")


def row(mode: str = "level", **more: object) -> Row:
    return Row.model_validate(
        {"id": "wall", "line": "units", "address": UNIT, "mode": mode, "outputs": 4, **more}
    )


def form(made: Row) -> ModuleForm:
    return ModuleForm(
        made.inputs, made.mode, made.first, made.holding, made.first_clear, made.first_output, 0.002
    )


@dataclass
class Wall:
    """A simulated module on a line, its driver, and what was taken."""

    sim: SimInputModule
    module: InputModule
    taken: list[InputPressed] = field(default_factory=list)

    async def take(self, press: InputPressed) -> bool:
        self.taken.append(press)
        return True

    def numbers(self) -> list[int]:
        return [press.number for press in self.taken]

    def is_free(self, number: int) -> bool:
        """Whether the latch is open and the driver knows it."""
        return number not in {*self.module.held, *self.sim.state()["latched"]}

    async def settled(self) -> None:
        """Until the driver has read the module once, so that presses count from now on."""
        await until(lambda: self.module.ready)


def serve(sim: SimInputModule) -> Callable[[bytes], bytes]:
    pair, replies = SimUnitBus([sim]), []
    pair.write = replies.append

    def hear(data: bytes) -> bytes:
        replies.clear()
        pair.receive(data)
        pair.line_silent()
        return b"".join(replies)

    return hear


@asynccontextmanager
async def wall(made: Row, faults: Faults | None = None) -> AsyncIterator[Wall]:
    line = PtyLine()
    sim = SimInputModule(made, asyncio.get_running_loop().time)
    line.answer_by(serve(sim))
    async with open_link(line.path) as link:
        assert await link.wait_open(1)
        bus = Bus(FaultyLink(link, faults or Faults()), QUICK)
        module = InputModule(bus, UNIT, form(made))
        running = asyncio.create_task(bus.run())
        try:
            yield Wall(sim, module)
        finally:
            running.cancel()
            await asyncio.wait([running])
    line.hang_up()


@pytest.mark.timeout(30)
@pytest.mark.parametrize("mode", ["latched", "counted"])
@pytest.mark.parametrize("faults", BAD_LINES)
async def test_no_press_is_lost_and_none_doubled(mode: str, faults: Faults) -> None:
    """However short: the module keeps it. A latch holds one press until it is cleared."""
    clerk = random.Random(faults.seed)
    pressed: list[int] = []
    async with wall(row(mode), faults) as here:
        here.sim.press_s = 0.0
        here.module.listen(range(1, 9), here.take)
        await here.settled()
        for _ in range(40):
            number = clerk.randint(1, 8)
            if mode == "latched":
                await until(functools.partial(here.is_free, number), 20)
            here.sim.press(number)
            pressed.append(number)
            await asyncio.sleep(clerk.uniform(0, 0.01))
        await until(lambda: len(here.taken) >= len(pressed), 20)
        await asyncio.sleep(0.05)
    assert sorted(here.numbers()) == sorted(pressed)
    assert len({press.seq for press in here.taken}) == len(pressed)


@pytest.mark.parametrize("mode", MODES)
async def test_a_press_is_offered_until_it_is_taken(mode: str) -> None:
    answers = iter([False, RuntimeError("not stored"), True])
    offered: list[InputPressed] = []

    async def on_press(press: InputPressed) -> bool:
        offered.append(press)
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with wall(row(mode)) as here:
        here.module.listen([3], on_press)
        await here.settled()
        here.sim.press(3)
        await until(lambda: len(offered) == 3)
        assert len({(press.boot, press.seq) for press in offered}) == 1
        assert offered[0].age_s <= offered[1].age_s <= offered[2].age_s
        if mode == "latched":
            await until(lambda: here.sim.state()["latched"] == [])


async def test_what_was_latched_before_the_start_is_cleared_without_effect() -> None:
    async with wall(row("latched")) as here:
        here.module.listen([1, 2], here.take)
        here.sim.press(1)
        await here.settled()
        await until(lambda: here.sim.state()["latched"] == [])
        here.sim.press(2)
        await until(lambda: here.numbers() == [2])


async def test_a_key_that_sticks_is_one_press() -> None:
    async with wall(row("level")) as here:
        here.module.listen([1, 2], here.take)
        await here.settled()
        here.sim.stick(1, True)
        await until(lambda: here.numbers() == [1])
        here.sim.press(2)
        await until(lambda: here.numbers() == [1, 2])
        here.sim.stick(1, False)
        await asyncio.sleep(0.02)
        here.sim.press(1)
        await until(lambda: here.numbers() == [1, 2, 1])


async def test_several_counters_share_one_module() -> None:
    keys: list[KeyPressed] = []
    ratings: list[RatingPressed] = []

    async def on_key(pressed: KeyPressed) -> bool:
        keys.append(pressed)
        return True

    async def on_rating(pressed: RatingPressed) -> bool:
        ratings.append(pressed)
        return True

    async with wall(row("counted")) as here:
        keypad = ModuleKeypad(here.module, [1, 2], on_key, lamp=1, buzzer=2)
        box = ModuleRatingBox(here.module, {4: 5, 5: 3, 6: 1}, on_rating, lamp=3, buzzer=4)
        await here.settled()
        await keypad.set_lamp(1)
        await keypad.beep(10)
        assert here.sim.state()["outputs"] == [True, False, False, False]
        assert here.sim.switched(2) == 1
        here.sim.press(2)
        await until(lambda: [key.key for key in keys] == ["2"])
        await box.open_session(7, 30)
        assert here.sim.output(3)
        here.sim.press(6)
        await until(lambda: [(one.grade, one.session) for one in ratings] == [(1, 7)])
        here.sim.press(4)
        await until(lambda: [(one.grade, one.session) for one in ratings[1:]] == [(5, 0)])
        await box.close_session()
        assert not here.sim.output(3)
        with pytest.raises(ValueError, match="cannot be used"):
            here.module.listen([1], here.take)


async def test_two_grades_at_once_are_no_rating() -> None:
    ratings: list[RatingPressed] = []

    async def on_rating(pressed: RatingPressed) -> bool:
        ratings.append(pressed)
        return True

    async with wall(row("level")) as here:
        ModuleRatingBox(here.module, {1: 5, 2: 3, 3: 1}, on_rating)
        await here.settled()
        here.sim.stick(1, True)
        await until(lambda: len(ratings) == 1)
        here.sim.press(3)
        await asyncio.sleep(0.03)
        assert [one.grade for one in ratings] == [5]


async def test_wrong_addresses_are_told_and_harm_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async with wall(row("level", outputs=1)) as here:
        here.module.listen([1], here.take)
        await here.settled()
        with pytest.raises(UnitRefused):
            await here.module.set_output(2, True)
        here.sim.row = row("counted")
        await until(lambda: "does not have these inputs" in caplog.text)
        here.sim.silent = True
        await asyncio.sleep(0.1)
        with pytest.raises(UnitSilent):
            await here.module.set_output(1, True)


def test_addresses_are_those_of_the_manual() -> None:
    made = row("counted", first=100, holding=False, inputs=3)
    sim = SimInputModule(made, lambda: 0.0)
    sim.press(2)
    (reply,) = ReplyDecoder().feed(encode(sim.answer(ReadInputRegisters(UNIT, 100, 3))))
    assert getattr(reply, "values", None) == (0, 1, 0)


@pytest.mark.parametrize(("units", "baud"), [(2, 9600), (4, 19200), (6, 38400), (7, 115200)])
def test_level_modules_see_a_hasty_press_as_long_as_the_hall_file_says_so(
    units: int, baud: int
) -> None:
    """The limits of device-protocols.md E.3, less the master's rest, at wire speed."""

    async def seen(count: int) -> tuple[int, int]:
        loop = asyncio.get_running_loop()
        sims = {
            unit: SimInputModule(row("level", address=unit), loop.time)
            for unit in range(1, count + 1)
        }
        pair, replies = SimUnitBus(list(sims.values())), []
        pair.write = replies.append

        def hear(data: bytes) -> bytes:
            replies.clear()
            pair.receive(data)
            return b"".join(replies)

        bus = Bus(PacedLine(baud, hear), BusSettings(idle_s=0.005))
        taken: list[InputPressed] = []

        async def take(press: InputPressed) -> bool:
            taken.append(press)
            return True

        for unit in sims:
            InputModule(bus, unit, ModuleForm()).listen([1], take)
        running = asyncio.create_task(bus.run())
        await asyncio.sleep(0.5)
        chance = random.Random(1)
        for _ in range(PRESSES):
            sim = sims[chance.randint(1, count)]
            sim.press_s = SHORTEST_PRESS_MS / 1000
            sim.press(1)
            await asyncio.sleep(chance.uniform(0.3, 0.5))
        running.cancel()
        await asyncio.wait([running])
        return len(taken), PRESSES

    cycle_ms = 5 + units * exchange_ms(14, baud)
    assert cycle_ms <= SHORTEST_PRESS_MS < cycle_ms + exchange_ms(14, baud)
    taken, pressed = run_virtually(seen(units))
    assert taken == pressed
    taken, pressed = run_virtually(seen(units * 3))
    assert taken < pressed
