"""The hall's clock under way: another speed, a leap, and who is told of it."""

import asyncio

import pytest

from controller.clock import Clock
from tests.fixtures.core import START_MS, FakeTime


def test_another_speed_goes_on_from_the_present_moment() -> None:
    real = FakeTime()
    clock = Clock(wall=real, ticks=real)
    real.pass_s(2)
    clock.run_at(100)
    assert clock.now() == START_MS + 2000
    real.pass_s(3)
    assert clock.now() == START_MS + 302_000
    clock.run_at(1)
    assert clock.now() == START_MS + 302_000
    real.pass_s(1)
    assert clock.now() == START_MS + 303_000


def test_it_never_goes_back_and_asks_no_wall_clock_any_more() -> None:
    real = FakeTime()
    clock = Clock(wall=real, ticks=real)
    clock.run_at(2, ahead_ms=-5000)
    assert clock.now() == START_MS
    clock.run_at(2, ahead_ms=5000)
    assert clock.now() == START_MS + 5000
    assert clock.wall_difference_ms() == 0
    with pytest.raises(ValueError, match="above zero"):
        clock.run_at(0)


def test_who_follows_is_told_of_every_change() -> None:
    real = FakeTime()
    clock = Clock(wall=real, ticks=real)
    speeds: list[float] = []
    clock.follow(lambda: speeds.append(clock.speed))
    clock.run_at(8)
    clock.run_at(4, ahead_ms=1)
    assert speeds == [8, 4]


async def test_a_sleeper_wakes_early_when_the_clock_runs_faster() -> None:
    clock = Clock()
    sleeping = asyncio.create_task(clock.sleep(3600))
    await asyncio.sleep(0)
    clock.run_at(1_000_000)
    async with asyncio.timeout(2):
        await sleeping
