"""Dead, slow, restarted and refusing units; who comes first; what a lost line tells."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from devices.bus import Bus, BusSettings, UnitSilent
from devices.event_unit import EventUnit
from devices.faults import Faults, FaultyLink
from devices.framing.hall_event import (
    ACK_REGISTER,
    LAMP_REGISTER,
    SESSION_REGISTER,
    SESSION_TIMEOUT_REGISTER,
    UnitEvent,
)
from devices.framing.modbus_rtu import ReadInputRegisters, Request, WriteRegister, WriteRegisters
from devices.keypad import Keypad, KeyPressed
from devices.link import ByteLink
from devices.modbus_unit import UnitRefused, ask
from devices.rating_box import RatingBox, RatingPressed
from tests.fixtures.pty_line import PtyLine, open_link, until
from tests.fixtures.scripted_units import ScriptedUnits

SETTINGS = BusSettings(
    reply_s=0.25, gap_s=0.001, idle_s=0.002, dead_poll_s=60.0, refused_rest_s=0.01
)


async def take(event: object) -> bool:
    return True


@dataclass
class Bench:
    """A running bus with its units; `told` is what it told of their states."""

    line: PtyLine
    units: ScriptedUnits
    link: ByteLink
    bus: Bus
    told: list[tuple[int, bool]] = field(default_factory=list)

    def heard(self, kind: type[Request], unit: int) -> list[Request]:
        return [each for each in self.units.heard if type(each) is kind and each.unit == unit]

    async def answering(self, *units: int) -> None:
        await until(lambda: all((unit, True) in self.told for unit in units))


@asynccontextmanager
async def bench(
    *units: int, settings: BusSettings = SETTINGS, faults: Faults | None = None
) -> AsyncIterator[Bench]:
    line, scripted = PtyLine(), ScriptedUnits(*units)
    line.answer_by(scripted.hear)
    told: list[tuple[int, bool]] = []
    async with open_link(line.path) as link:
        assert await link.wait_open(8)
        wrapped = FaultyLink(link, faults) if faults else link
        bus = Bus(wrapped, settings, on_state=lambda unit, alive: told.append((unit, alive)))
        running = asyncio.create_task(bus.run())
        try:
            yield Bench(line, scripted, wrapped, bus, told)
        finally:
            running.cancel()
            await asyncio.wait([running])
    line.hang_up()


async def test_dead_unit_costs_the_others_one_time_out_in_five_seconds() -> None:
    async with bench(1, 2, 3, 4) as here:
        for unit in (1, 2, 3, 4):
            EventUnit(here.bus, unit, take)
        await here.answering(1, 2, 3, 4)
        here.units[4].answers = False
        await until(lambda: (4, False) in here.told)
        here.units.heard.clear()
        await until(lambda: len(here.heard(ReadInputRegisters, 1)) > 20)
        assert here.heard(ReadInputRegisters, 4) == []
        with pytest.raises(UnitSilent):
            await here.bus.exchange(ask(WriteRegister(4, LAMP_REGISTER, 1)))
        assert here.heard(WriteRegister, 4) == []  # refused at once, without the line


async def test_dead_unit_is_found_alive_again_and_its_press_arrives() -> None:
    taken: list[KeyPressed] = []

    async def on_key(pressed: KeyPressed) -> bool:
        taken.append(pressed)
        return True

    async with bench(1, 2, settings=replace(SETTINGS, dead_poll_s=0.1)) as here:
        Keypad(here.bus, 1, take)
        Keypad(here.bus, 2, on_key)
        here.units[2].answers = False
        await until(lambda: (2, False) in here.told)
        boot, seq = here.units[2].press(0x18, value=12)
        here.units[2].answers = True
        await until(lambda: not here.units[2].queue)
        assert here.told == [(1, True), (2, False), (2, True)]
        assert taken == [KeyPressed(2, boot, seq, "CALL-NUMBER", 12, 0.0)]


async def test_event_is_acknowledged_only_when_taken_and_handed_on_again() -> None:
    answers = iter([False, RuntimeError("not stored"), True])
    offered: list[UnitEvent] = []

    async def on_event(event: UnitEvent) -> bool:
        assert here.heard(WriteRegister, 1) == []
        offered.append(event)
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    async with bench(1) as here:
        EventUnit(here.bus, 1, on_event)
        here.units[1].press(0x10)
        await until(lambda: not here.units[1].queue)
        assert len(offered) == 3
        assert here.heard(WriteRegister, 1) == [WriteRegister(1, ACK_REGISTER, 1)]


async def test_event_whose_acknowledgement_was_lost_is_handed_on_once() -> None:
    offered: list[UnitEvent] = []

    async def on_event(event: UnitEvent) -> bool:
        offered.append(event)
        return True

    async with bench(1) as here:
        unit = here.units[1]
        EventUnit(here.bus, 1, on_event)
        unit.press(0x10)
        copy = unit.queue[0]
        await until(lambda: not unit.queue)
        unit.queue.append(copy)  # as if the unit had not heard it
        await until(lambda: not unit.queue)
        assert len(offered) == 1
        assert len(here.heard(WriteRegister, 1)) == 2


async def test_slow_handler_of_one_unit_delays_no_other() -> None:
    stored = asyncio.Event()
    taken: list[int] = []

    async def slow(event: UnitEvent) -> bool:
        return await stored.wait()

    async def quick(event: UnitEvent) -> bool:
        taken.append(event.seq)
        return True

    async with bench(1, 2) as here:
        EventUnit(here.bus, 1, slow)
        EventUnit(here.bus, 2, quick)
        here.units[1].press(0x10)
        for _ in range(5):
            here.units[2].press(0x10)
        await until(lambda: taken == [1, 2, 3, 4, 5])
        assert here.units[1].queue
        stored.set()
        await until(lambda: not here.units[1].queue)


async def test_write_goes_before_the_next_poll_but_one() -> None:
    settings = replace(SETTINGS, idle_s=0.0)
    async with bench(*range(1, 11), settings=settings) as here:
        boxes = [RatingBox(here.bus, unit, take) for unit in range(1, 11)]
        await here.answering(*range(1, 11))
        for session in range(1, 21):
            before = len(here.units.heard)
            await boxes[session % 10].open_session(session, 30)
            frames = here.units.heard[before:]
            write = next(i for i, each in enumerate(frames) if isinstance(each, WriteRegisters))
            assert write <= 2
        assert here.units[1].written[SESSION_REGISTER] == 20


async def test_rating_comes_with_its_session() -> None:
    taken: list[RatingPressed] = []

    async def on_rating(pressed: RatingPressed) -> bool:
        taken.append(pressed)
        return True

    async with bench(21) as here:
        box = RatingBox(here.bus, 21, on_rating)
        await here.answering(21)
        await box.open_session(0x1234, 30)
        assert here.units[21].written == {SESSION_REGISTER: 0x1234, SESSION_TIMEOUT_REGISTER: 30}
        boot, seq = here.units[21].press(5, kind=2, value=0x1234)
        await until(lambda: not here.units[21].queue)
        assert taken == [RatingPressed(21, boot, seq, 5, 0x1234, 0.0)]
        await box.close_session()
        assert here.units[21].written[SESSION_REGISTER] == 0
        for session, timeout_s in ((0, 30), (0x10000, 30), (1, 0)):
            with pytest.raises(ValueError, match=r"1\.\.65535"):
                await box.open_session(session, timeout_s)


@pytest.mark.parametrize("make", [Keypad, RatingBox])
async def test_unknown_event_is_acknowledged_so_that_later_ones_come(
    make: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    async with bench(1) as here:
        make(here.bus, 1, take)
        here.units[1].press(0xEE, kind=3)
        await until(lambda: not here.units[1].queue)
        assert "unknown event" in caplog.text


async def test_restarted_unit_is_told_of_again() -> None:
    async with bench(1) as here:
        EventUnit(here.bus, 1, take)
        await here.answering(1)
        here.units[1].boot = 0x7777
        await until(lambda: here.told == [(1, True), (1, True)])


async def test_unit_without_event_registers_is_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with bench(1) as here:
        unit = EventUnit(here.bus, 1, take)
        here.units[1].has_events = False
        await until(lambda: len(here.heard(ReadInputRegisters, 1)) > 5)
        warnings = [each for each in caplog.records if each.levelno == logging.WARNING]
        assert len(warnings) == 1
        with pytest.raises(ValueError, match="fit"):
            await unit.write(0x40, 0x10000)


async def test_refused_write_is_an_error() -> None:
    async with bench(1) as here:
        unit = EventUnit(here.bus, 1, take)
        await here.answering(1)
        here.units[1].refuses_writes = True
        with pytest.raises(UnitRefused) as refused:
            await unit.write(LAMP_REGISTER, 1)
        assert (refused.value.function, refused.value.code) == (6, 2)


async def test_own_echo_is_never_taken_for_an_answer() -> None:
    """The reply to a written register is the request itself, and so is its echo."""
    async with bench(1, 2, faults=Faults(echo=True)) as here:
        keypad = Keypad(here.bus, 1, take)
        Keypad(here.bus, 2, take)
        await here.answering(1, 2)
        await keypad.set_lamp(3)
        assert here.units[1].written[LAMP_REGISTER] == 3
        here.units[1].answers = False
        with pytest.raises(UnitSilent):
            await keypad.set_lamp(1)


async def test_lost_line_is_lost_units_and_both_come_back() -> None:
    async with bench(1, 2, faults=Faults()) as here:
        for unit in (1, 2):
            EventUnit(here.bus, unit, take)
        await here.answering(1, 2)
        assert isinstance(here.link, FaultyLink)
        here.link.hang_up()
        await until(lambda: len(here.told) == 4)
        here.units[1].press(0x10)
        await asyncio.sleep(0.05)
        here.link.plug_in()
        await until(lambda: not here.units[1].queue)
        await until(lambda: len(here.told) == 6)
        assert here.told == [
            *((unit, True) for unit in (1, 2)),
            *((unit, False) for unit in (1, 2)),
            *((unit, True) for unit in (1, 2)),
        ]


async def test_failing_driver_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def ill() -> None:
        raise KeyError("driver")

    async with bench(2) as here:
        here.bus.add_unit(1, ill)
        EventUnit(here.bus, 2, take)
        await here.answering(2)

        def errors() -> int:
            return sum(each.levelno == logging.ERROR for each in caplog.records)

        await until(lambda: errors() >= 3)
        assert errors() == 3  # then it is tried like a dead unit


async def test_ten_idle_units_keep_the_processor_cool() -> None:
    """Default times at 19200: some ten rounds in a second, a small part of one core."""
    async with bench(*range(1, 11), settings=BusSettings()) as here:
        for unit in range(1, 11):
            EventUnit(here.bus, unit, take)
        await here.answering(*range(1, 11))
        before, polls = os.times(), len(here.units.heard)
        await until(lambda: len(here.units.heard) - polls > 80)
        after = os.times()
        used_s = after.user + after.system - before.user - before.system
        # The scripted slave and the test runner count too.
        assert used_s < 0.5 * (after.elapsed - before.elapsed)
