"""The simulators' clock: real until the service has told the hall's."""

from datetime import UTC, datetime

from devices.sim.clock import Watch, stamp
from tests.fixtures.core import FakeTime

HALL_MS = 1_795_137_300_000
"""2026-11-20 09:15:00 in Shanghai."""


def watch(real: FakeTime) -> Watch:
    return Watch("Asia/Shanghai", wall=real, ticks=real)


def test_before_it_is_told_it_shows_real_time() -> None:
    real = FakeTime()
    now = watch(real)
    real.pass_s(2.5)
    assert now() == datetime.fromtimestamp(real.seconds, UTC)
    assert now.wall_s() == real.seconds


def test_once_told_it_runs_from_there_at_the_halls_speed() -> None:
    real = FakeTime()
    now = watch(real)
    now.set(HALL_MS, 60)
    assert stamp(now()) == "2026-11-20T09:15:00.000+08:00"
    real.pass_s(1.5)
    assert stamp(now()) == "2026-11-20T09:16:30.000+08:00"
    assert stamp(now.after(0.5)) == "2026-11-20T09:17:00.000+08:00"
    assert now.wall_s() == real.seconds
    now.set(HALL_MS, 1)
    real.pass_s(1)
    assert stamp(now()) == "2026-11-20T09:15:01.000+08:00"
