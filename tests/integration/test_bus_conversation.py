"""A long conversation with five units over every bad line: no press lost, none doubled."""

import asyncio
import random
from contextlib import suppress

import pytest

from devices.bus import Bus, BusSettings
from devices.faults import Faults, FaultyLink
from devices.framing.hall_event import KIND_RATING
from devices.keypad import Keypad, KeyPressed
from devices.link import DeviceError
from devices.rating_box import RatingBox, RatingPressed
from tests.fixtures.bad_lines import BAD_LINES
from tests.fixtures.pty_line import PtyLine, open_link, until
from tests.fixtures.scripted_units import ScriptedUnits

QUICK = BusSettings(reply_s=0.02, gap_s=0.001, idle_s=0.001, dead_poll_s=0.05, refused_rest_s=0.002)
KEYPADS, BOX = (3, 4, 5, 6), 21
PRESSES = 80

Press = tuple[int, int, int]


class Taker:
    """Stores presses; one in ten is refused or fails at the first attempt."""

    def __init__(self, seed: int) -> None:
        self.taken: list[Press] = []
        self._random = random.Random(seed)

    async def take(self, pressed: KeyPressed | RatingPressed) -> bool:
        await asyncio.sleep(0)
        whim = self._random.random()
        if whim < 0.05:
            return False
        if whim < 0.1:
            raise OSError("the disk is full")
        self.taken.append((pressed.unit, pressed.boot, pressed.seq))
        return True


@pytest.mark.timeout(30)
@pytest.mark.parametrize("faults", BAD_LINES)
async def test_no_press_is_lost_and_none_doubled(faults: Faults) -> None:
    line, units, taker = PtyLine(), ScriptedUnits(*KEYPADS, BOX), Taker(faults.seed)
    line.answer_by(units.hear)
    pressed: list[Press] = []
    async with open_link(line.path) as link:
        assert await link.wait_open(8)
        bus = Bus(FaultyLink(link, faults), QUICK)
        for unit in KEYPADS:
            Keypad(bus, unit, taker.take)
        box = RatingBox(bus, BOX, taker.take)
        running = asyncio.create_task(bus.run())
        clerk = random.Random(faults.seed)
        for number in range(PRESSES):
            unit = clerk.choice((*KEYPADS, BOX))
            kind = {"detail": 5, "kind": KIND_RATING} if unit == BOX else {"detail": 0x10}
            if len(units[unit].queue) < 16:
                pressed.append((unit, *units[unit].press(**kind)))
            if number % 10 == 0:
                with suppress(DeviceError):
                    await box.open_session(number + 1, 30)
            await asyncio.sleep(clerk.uniform(0, 0.008))
        await until(lambda: not any(units[unit].queue for unit in units.units), 20)
        await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.wait([running])
    line.hang_up()
    assert len(taker.taken) == len(set(taker.taken))
    for unit in units.units:
        assert [press for press in taker.taken if press[0] == unit] == [
            press for press in pressed if press[0] == unit
        ]
