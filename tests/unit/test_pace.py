"""How fast the hall's clock may run: held back when something waits, faster when nothing does."""

from pathlib import Path

import pytest

from config.settings import load
from controller.bench import Bench
from controller.clock import Clock
from controller.domain.rules import Rules
from controller.pace import Pace, next_moment
from controller.rules_from_settings import rules_from
from tests.fixtures.core import START_MS, FakeTime
from tests.fixtures.hall_files import CONFIG

HOUR_MS = 3600_000


def pace_at(speed: float, called_ago_s: float | None = None) -> Pace:
    real = FakeTime()
    clock = Clock(START_MS, speed, wall=real, ticks=real)
    called_at = None if called_ago_s is None else START_MS - round(called_ago_s * 1000)
    return Pace(clock, Bench(Path("nowhere"), clock), lambda: called_at)


@pytest.mark.parametrize(
    ("speed", "behind", "wanted"),
    [
        (200.0, {"keys": 0.2}, 100.0),
        (200.0, {"keys": 0.1}, 200.0),
        (100.0, {"keys": 0.2}, 100.0),
        (100.0, {"keys": 0.1}, 125.0),
        (190.0, {}, 200.0),
        (200.0, {}, 200.0),
        (100.0, {"answers": 1.0}, 50.0),
        (1.5, {"paper": 90.0}, 1.0),
        (1.0, {"paper": 90.0}, 1.0),
    ],
)
def test_the_speed_follows_what_waits(
    speed: float, behind: dict[str, float], wanted: float
) -> None:
    assert pace_at(speed).wanted(200.0, behind) == wanted


def test_a_call_that_waits_to_be_said_holds_the_clock_back() -> None:
    assert pace_at(100, called_ago_s=91).wanted(200, {}) == 50
    assert pace_at(100, called_ago_s=50).wanted(200, {}) == 100
    assert pace_at(100, called_ago_s=5).wanted(200, {}) == 125


def test_a_day_begins_at_the_next_such_hour_never_in_the_past() -> None:
    rules = Rules.from_json(rules_from(load(CONFIG / "demo.toml")))
    today = rules.local(START_MS).date().isoformat()
    nine = rules.instant(today, "09:00")
    assert next_moment(rules, nine - HOUR_MS, "09:00") == nine
    assert next_moment(rules, nine, "09:00") == nine
    assert next_moment(rules, nine + 30_000, "09:00") == nine + 30_000
    later = next_moment(rules, nine + HOUR_MS, "09:00")
    assert later > nine + HOUR_MS
    assert f"{rules.local(later):%H:%M}" == "09:00"
