"""AB posts (AB岗): two clerks, a date, and an alarm when neither is there."""

from dataclasses import replace

import pytest

from controller.domain.commands import AdoptRules, CallNext, IssueTicket
from controller.domain.hall_commands import (
    AssignPost,
    CheckPosts,
    PauseCounter,
    ResumeCounter,
    SignIn,
    SignOut,
)
from controller.domain.hall_events import PostAssigned, PostManned, PostUnmanned
from controller.domain.rules import PostRule
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

STAFFED = replace(
    RULES,
    staff=("s1", "s2", "s3"),
    sign_in=True,
    posts={"front": PostRule("front", 1, "s1", "s2")},
    counters={1: RULES.counters[1], 3: RULES.counters[3]},
    post_absent_s=600,
)


@pytest.fixture
def hall() -> PureHall:
    return PureHall(STAFFED)


def test_a_post_has_two_different_clerks_of_this_hall(hall: PureHall) -> None:
    date = hall.state.date
    assert hall.refusal(AssignPost("back", date, "s1", "s2")) == "post_unknown"
    assert hall.refusal(AssignPost("front", date, "s1", "s1")) == "same_clerk"
    assert hall.refusal(AssignPost("front", date, "s1", "who")) == "clerk_unknown"
    assert hall.do(AssignPost("front", date, "s1", "s2")) == [], "as the rules say"
    (assigned,) = hall.do(AssignPost("front", date, "s3", "s2"))
    assert assigned == PostAssigned("front", date, "s3", "s2")
    assert hall.do(AssignPost("front", date, "s3", "s2")) == []


def test_the_calls_of_an_absent_clerk_go_to_the_other(hall: PureHall) -> None:
    hall.do(SignIn(3, "s2"))
    hall.do(IssueTicket("A", "t1"))
    (called,) = hall.do(CallNext(3))
    assert (called.clerk, called.covers) == ("s2", "s1")  # type: ignore[attr-defined]


def test_a_short_pause_is_no_absence(hall: PureHall) -> None:
    hall.do(SignIn(1, "s1"))
    hall.do(SignIn(3, "s2"))
    hall.do(IssueTicket("A", "t1"))
    hall.do(PauseCounter(1, "rest"))
    hall.pass_s(600)
    assert hall.do(CallNext(3)) == []
    hall.pass_s(1)
    assert hall.do(CallNext(3))[0].subject == "t1"


def test_a_post_with_nobody_raises_an_alarm_once(hall: PureHall) -> None:
    date = hall.state.date
    assert hall.do(CheckPosts()) == [PostUnmanned("front", date, "s1", "s2")]
    assert hall.do(CheckPosts()) == []
    hall.do(SignIn(3, "s2"))
    assert hall.do(CheckPosts()) == [PostManned("front", date)]
    hall.do(PauseCounter(3))
    hall.pass_s(601)
    assert len(hall.do(CheckPosts())) == 1
    hall.do(ResumeCounter(3))
    assert hall.do(CheckPosts()) == [PostManned("front", date)]
    hall.do(SignOut(3))
    assert hall.do(CheckPosts()) == [PostUnmanned("front", date, "s1", "s2")]


def test_nobody_is_missed_out_of_hours_or_at_a_post_that_is_no_more(hall: PureHall) -> None:
    hall.do(CheckPosts())
    closed = replace(STAFFED, always_open=False, hours={"mon": ["14:00-17:00"]})
    hall.do(AdoptRules(closed.to_json()))
    assert hall.do(CheckPosts()) == [PostManned("front", hall.state.date)]
    hall.pass_s(6 * 3600)
    assert [type(event).__name__ for event in hall.do(CheckPosts())] == ["PostUnmanned"]
    hall.do(AdoptRules(replace(closed, posts={}).to_json()))
    assert hall.do(CheckPosts()) == [PostManned("front", hall.state.date)]


def test_where_nobody_signs_in_nobody_is_missed() -> None:
    hall = PureHall(replace(STAFFED, sign_in=False))
    assert hall.do(CheckPosts()) == []
    hall.do(SignIn(3, "s3"))
    assert [type(event).__name__ for event in hall.do(CheckPosts())] == ["PostUnmanned"]
