"""Who is polled when: the plan alone, with made-up time."""

import pytest

from devices.bus import BusSettings, PollPlan

SETTINGS = BusSettings(dead_after=3, dead_poll_s=5.0)


async def _poll() -> None:
    """A poll that is never called here."""


def plan_of(*units: int, period_s: float = 0.0) -> PollPlan:
    plan = PollPlan(SETTINGS)
    for unit in units:
        plan.add(unit, _poll, period_s)
    return plan


def test_every_living_unit_is_due_in_every_round() -> None:
    plan = plan_of(1, 2, 3)
    for unit in (1, 2, 3):
        assert plan.answered(unit, 10.0)
        assert not plan.answered(unit, 10.0)  # no news the second time
    assert plan.due(10.0) == [1, 2, 3]
    assert plan.rest_s(10.0) == 0.0


def test_slow_unit_is_due_after_its_period() -> None:
    plan = plan_of(1, period_s=20.0)
    plan.answered(1, 100.0)
    assert plan.due(119.9) == []
    assert plan.rest_s(119.5) == pytest.approx(0.5)
    assert plan.due(120.0) == [1]


def test_a_slow_unit_is_in_every_round_while_somebody_works_with_it() -> None:
    plan = plan_of(1, period_s=20.0)
    plan.answered(1, 100.0)
    plan.active(1, 101.0, 30.0)
    assert plan.due(101.0) == [1]
    plan.answered(1, 130.0)
    assert plan.due(130.0) == [1]
    plan.answered(1, 131.0)
    assert plan.due(131.0) == []


def test_work_with_a_dead_unit_does_not_wake_it_up() -> None:
    plan = plan_of(1)
    for now in (1.0, 2.0, 3.0):
        plan.missed(1, now)
    plan.active(1, 4.0)
    assert plan.due(4.0) == []
    assert plan.refuses(1, 4.0)


def test_a_round_is_longer_while_nobody_works_with_any_unit() -> None:
    plan = PollPlan(BusSettings(idle_s=0.03, quiet_s=0.25))
    plan.add(1, _poll)
    assert plan.round_s(100.0) == 0.25
    plan.active(1, 100.0)
    assert plan.round_s(109.9) == 0.03
    assert plan.round_s(110.0) == 0.25


def test_unit_is_dead_after_three_misses_and_that_is_told_once() -> None:
    plan = plan_of(1)
    plan.answered(1, 0.0)
    assert [plan.missed(1, now) for now in (1.0, 2.0, 3.0, 8.0)] == [False, False, True, False]
    assert plan.alive(1) is False


def test_dead_unit_is_tried_every_five_seconds_only() -> None:
    plan = plan_of(1, 2)
    for now in (1.0, 2.0, 3.0):
        plan.missed(1, now)
    assert plan.due(7.9) == [2]
    assert plan.refuses(1, 7.9)
    assert plan.due(8.0) == [2, 1]
    assert not plan.refuses(1, 8.0)


def test_many_dead_units_are_tried_one_in_a_round_longest_waiting_first() -> None:
    plan = plan_of(1, 2, 3, 9)
    for unit, now in ((3, 1.0), (1, 2.0), (2, 3.0)):
        for _ in range(3):
            plan.missed(unit, now)
    plan.answered(9, 5.0)
    assert plan.due(20.0) == [9, 3]
    plan.missed(3, 20.1)
    assert plan.due(20.2) == [9, 1]
    plan.missed(1, 20.3)
    assert plan.due(20.4) == [9, 2]


def test_dead_unit_that_answers_is_alive_at_once() -> None:
    plan = plan_of(1)
    for now in (1.0, 2.0, 3.0):
        plan.missed(1, now)
    assert plan.answered(1, 8.0)
    assert plan.due(8.0) == [1]
    assert not plan.missed(1, 9.0)  # counts anew


def test_lost_line_says_nothing_about_its_units() -> None:
    plan = plan_of(1, 2)
    for now in (1.0, 2.0, 3.0):
        plan.missed(1, now)
    plan.answered(2, 3.0)
    plan.line_lost()
    assert plan.alive(1) is plan.alive(2) is None
    assert plan.due(3.1) == [1, 2]


def test_unit_outside_of_the_plan_is_nobodys_news() -> None:
    plan = plan_of()
    assert not plan.answered(7, 0.0)
    assert not plan.missed(7, 0.0)
    assert not plan.refuses(7, 0.0)
    assert plan.alive(7) is None
    assert plan.rest_s(5.0) == 1.0


def test_address_twice_is_refused() -> None:
    plan = plan_of(1)
    with pytest.raises(ValueError, match="unit 1 is on the bus twice"):
        plan.add(1, _poll)
