"""A whole line of units at wire speed: one round's time, and what silence costs the others."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from config.poll_cycle import exchange_ms
from devices.bus import Bus, BusSettings
from devices.event_unit import EventUnit
from devices.framing.hall_event import LAMP_REGISTER
from tests.fixtures.paced_line import PacedLine
from tests.fixtures.scripted_units import ScriptedUnits
from tests.fixtures.virtual_time import run_virtually

TIMEOUT_S = BusSettings().reply_s
DEAD_POLL_S = BusSettings().dead_poll_s


async def take(event: object) -> bool:
    return True


@dataclass
class Hall:
    """Units on a paced line; `told` is what the bus told of them."""

    line: PacedLine
    units: ScriptedUnits
    bus: Bus
    drivers: dict[int, EventUnit]
    told: list[tuple[int, bool]] = field(default_factory=list)

    def asked_at(self, unit: int) -> list[float]:
        return [at for at, wire in self.line.written if wire[0] == unit]


@asynccontextmanager
async def hall(count: int, baud: int) -> AsyncIterator[Hall]:
    units = ScriptedUnits(*range(1, count + 1))
    line = PacedLine(baud, units.hear)
    told: list[tuple[int, bool]] = []
    bus = Bus(line, BusSettings(), lambda unit, alive: told.append((unit, alive)))
    drivers = {unit: EventUnit(bus, unit, take) for unit in units.units}
    running = asyncio.create_task(bus.run())
    try:
        yield Hall(line, units, bus, drivers, told)
    finally:
        running.cancel()
        await asyncio.wait([running])


@pytest.mark.parametrize(
    ("count", "baud"), [(8, 9600), (20, 19200), (32, 19200), (32, 38400), (32, 115200)]
)
def test_a_round_takes_what_the_arithmetic_says(count: int, baud: int) -> None:
    async def rounds() -> list[float]:
        async with hall(count, baud) as here:
            await asyncio.sleep(10)
            return here.asked_at(1)

    starts = run_virtually(rounds())[2:]
    mean_s = (starts[-1] - starts[0]) / (len(starts) - 1)
    assert mean_s <= 1.15 * count * exchange_ms(25, baud) / 1000


@pytest.mark.parametrize("thinks_s", [0.002, 0.030, 0.080])
@pytest.mark.parametrize("writes", [False, True])
def test_a_silent_unit_costs_the_others_one_time_out_in_five_seconds(
    thinks_s: float, writes: bool
) -> None:
    """From its first missed answer on, whether it was quick or slow, and lamps are set as well."""

    async def waits(silent: bool) -> dict[int, list[float]]:
        async with hall(10, 19200) as here:
            slow = {1: thinks_s}
            here.line.turnaround_s = lambda wire: slow.get(wire[0], 0.002)
            await asyncio.sleep(20)
            here.line.written.clear()
            here.units[1].answers = not silent
            for mask in range(20):
                if writes:
                    with_silence = here.drivers[1].write(LAMP_REGISTER, mask)
                    await asyncio.gather(with_silence, return_exceptions=True)
                await asyncio.sleep(1)
            return {unit: here.asked_at(unit) for unit in range(2, 11)}

    def lost_s(asked: list[float], usual_s: float) -> float:
        """The most that was lost in any five seconds, against the usual time of a round."""
        late = [(b, max(0.0, b - a - usual_s)) for a, b in itertools.pairwise(asked)]
        ends = [at for at, _ in late]
        return max(sum(lost for at, lost in late if end - DEAD_POLL_S < at <= end) for end in ends)

    normal, silent = run_virtually(waits(False)), run_virtually(waits(True))
    for unit, asked in silent.items():
        usual_s = max(b - a for a, b in itertools.pairwise(normal[unit]))
        question_s = 25 * 10 / 19200 * 4  # the questions themselves take their time on the wire
        assert lost_s(asked, usual_s) <= TIMEOUT_S + question_s


def test_every_unit_may_fall_silent_at_once_and_is_found_again() -> None:
    async def tell() -> tuple[Hall, list[int]]:
        async with hall(12, 19200) as here:
            await asyncio.sleep(5)
            for unit in range(1, 12):
                here.units[unit].answers = False
            await asyncio.sleep(60)
            dead = [unit for unit, alive in here.told if not alive]
            for unit in range(1, 12):
                here.units[unit].answers = True
            await asyncio.sleep(20)
            return here, dead

    here, dead = run_virtually(tell())
    assert sorted(dead) == list(range(1, 12))
    assert all(here.bus.plan.alive(unit) for unit in range(1, 13))
    waits = [b - a for a, b in itertools.pairwise(here.asked_at(12))]
    assert max(waits) < 12 * TIMEOUT_S, "eleven time-outs at most, once"
    assert sorted(waits)[len(waits) // 2] < 3 * TIMEOUT_S


def test_a_late_answer_is_no_miss() -> None:
    """A unit that becomes slow is waited for; the bus does not take it for dead."""

    async def tell() -> list[tuple[int, bool]]:
        async with hall(4, 38400) as here:
            await asyncio.sleep(5)
            here.line.turnaround_s = lambda wire: 0.060 if wire[0] == 2 else 0.004
            await asyncio.sleep(60)
            assert len(here.asked_at(2)) > 200
            return here.told

    assert run_virtually(tell()) == [(unit, True) for unit in range(1, 5)]


def test_the_unit_that_somebody_works_with_comes_first() -> None:
    async def rounds() -> tuple[list[int], list[int]]:
        async with hall(6, 19200) as here:
            await asyncio.sleep(2)
            before = [wire[0] for _, wire in here.line.written]
            here.units[4].press(0x10)
            await asyncio.sleep(1)
            here.line.written.clear()
            await asyncio.sleep(1)
            return before, [wire[0] for _, wire in here.line.written]

    before, after = run_virtually(rounds())
    assert before[:6] == [1, 2, 3, 4, 5, 6]
    first = after.index(4)
    assert after[first : first + 6] == [4, 1, 2, 3, 5, 6]
