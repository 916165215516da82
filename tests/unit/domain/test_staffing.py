"""Who works where: sign-in, pauses, the close of a counter, and counters that are no more."""

from dataclasses import replace

import pytest

from controller.domain.commands import (
    AdoptRules,
    CallNext,
    FinishServing,
    IssueTicket,
    OpenDay,
    ParkTicket,
    StartServing,
    TransferTicket,
    UndoStep,
    UnparkTicket,
)
from controller.domain.events import Event
from controller.domain.hall_commands import (
    AssignPost,
    PauseCounter,
    ResumeCounter,
    SignIn,
    SignOut,
)
from controller.domain.hall_events import ClerkSignedOut, CounterPaused, CounterResumed
from controller.domain.queue_events import TicketReturned
from controller.domain.rules import PostRule, Rules
from controller.domain.staffing import is_shut
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

STAFFED = replace(RULES, staff=("s1", "s2", "s3"))


@pytest.fixture
def hall() -> PureHall:
    return PureHall(STAFFED)


def names(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def adopt(hall: PureHall, rules: Rules) -> list[str]:
    return names(hall.do(AdoptRules(rules.to_json())))


# --- sign-in --------------------------------------------------------------------------------------


def test_a_clerk_works_at_one_counter_at_a_time(hall: PureHall) -> None:
    assert names(hall.do(SignIn(1, "s1"))) == ["ClerkSignedIn"]
    assert hall.do(SignIn(1, "s1")) == [], "signed in already"
    assert hall.refusal(SignIn(2, "s1")) == "clerk_elsewhere"
    assert hall.refusal(SignIn(2, "who")) == "clerk_unknown"
    assert hall.refusal(SignIn(9, "s2")) == "counter_unknown"
    hall.do(SignOut(1, force=True))
    assert hall.refusal(SignIn(2, "s1")) == ""


def test_the_next_clerk_takes_the_place_of_the_one_before(hall: PureHall) -> None:
    hall.do(SignIn(1, "s1"))
    hall.do(PauseCounter(1, "meal"))
    events = hall.do(SignIn(1, "s2"))
    assert names(events) == ["ClerkSignedOut", "CounterResumed", "ClerkSignedIn"]
    counter = hall.state.counters[1]
    assert (counter.clerk, counter.pause, counter.closed) == ("s2", None, False)


def test_nobody_takes_the_place_of_a_clerk_who_serves_or_is_waited_for(hall: PureHall) -> None:
    hall.do(SignIn(1, "s1"))
    hall.do(SignIn(2, "s2"))
    hall.do(IssueTicket("A", "t1"))
    hall.do(CallNext(2))
    assert hall.refusal(SignIn(2, "s3")) == "counter_busy"
    hall.do(TransferTicket(2, "clerk:s1"))
    assert hall.refusal(SignIn(1, "s3")) == "people_waiting"


# --- pauses ---------------------------------------------------------------------------------------


def test_a_pause_says_why_until_when_and_where_else(hall: PureHall) -> None:
    (paused,) = hall.do(PauseCounter(1, "meal", 30))
    assert isinstance(paused, CounterPaused)
    assert (paused.reason, paused.elsewhere) == ("meal", [2, 3])
    assert paused.until is not None and paused.until - paused.since == 30 * 60_000
    (paused,) = hall.do(PauseCounter(2))
    assert isinstance(paused, CounterPaused)
    assert (paused.until, paused.elsewhere) == (None, [3])
    (back,) = hall.do(ResumeCounter(1))
    assert isinstance(back, CounterResumed) and back.cause == "resume"
    assert hall.do(ResumeCounter(1)) == []
    assert hall.refusal(PauseCounter(1, "whim")) == "reason_unknown"


def test_where_clerks_are_signed_in_an_empty_counter_is_no_elsewhere(hall: PureHall) -> None:
    hall.do(SignIn(1, "s1"))
    hall.do(SignIn(3, "s3"))
    (paused,) = hall.do(PauseCounter(1))
    assert isinstance(paused, CounterPaused) and paused.elsewhere == [3]


def test_a_longer_pause_still_began_when_it_began(hall: PureHall) -> None:
    hall.do(PauseCounter(1, "meal", 10))
    began = hall.now
    assert hall.do(PauseCounter(1, "meal", 10)) == [], "the same once more is no news"
    hall.pass_s(600)
    (longer,) = hall.do(PauseCounter(1, "meal", 10))
    assert isinstance(longer, CounterPaused)
    assert (longer.since, longer.until) == (began, hall.now + 600_000)


# --- close ----------------------------------------------------------------------------------------


def test_a_counter_closes_when_another_serves_its_people(hall: PureHall) -> None:
    hall.do(IssueTicket("A", "t1"))
    (closed,) = hall.do(SignOut(1))
    assert isinstance(closed, ClerkSignedOut) and closed.elsewhere == [2, 3]
    assert hall.do(SignOut(1)) == [], "closed already"
    assert hall.refusal(SignOut(2)) == "people_waiting"
    assert hall.refusal(SignOut(2, force=True)) == ""
    assert hall.refusal(PauseCounter(2)) == "counter_closed"
    assert names(hall.do(ResumeCounter(2))) == ["CounterResumed"]
    assert names(hall.do(CallNext(2))) == ["TicketCalled"]
    assert hall.refusal(SignOut(2)) == "counter_busy"


def test_a_forced_close_sends_those_who_wait_for_it_alone_to_their_services(
    hall: PureHall,
) -> None:
    hall.do(SignIn(1, "s1"))
    hall.do(SignIn(2, "s2"))
    for index, to in enumerate(("counter:1", "clerk:s1")):
        hall.do(IssueTicket("A", f"t{index}", further=("B",)))
        hall.do(CallNext(2))
        hall.do(TransferTicket(2, to))
    assert hall.refusal(SignOut(1)) == "people_waiting"
    events = hall.do(SignOut(1, force=True))
    assert names(events) == ["TicketReturned", "TicketReturned", "ClerkSignedOut"]
    returned = events[0]
    assert isinstance(returned, TicketReturned)
    assert (returned.cause, returned.from_state, returned.lines) == (
        "closed",
        "WAITING",
        ["A", "B"],
    )
    assert hall.do(CallNext(2))[0].subject == "t0", "in its own place"
    assert hall.ticket("t0").further == ["B"]


def test_who_stands_in_for_a_clerk_serves_those_who_wait_for_that_clerk() -> None:
    post = PostRule("front", 1, "s1", "s2")
    hall = PureHall(replace(STAFFED, posts={"front": post}))
    hall.do(SignIn(1, "s1"))
    hall.do(SignIn(2, "s2"))
    hall.do(IssueTicket("A", "t1"))
    hall.do(CallNext(2))
    hall.do(TransferTicket(2, "clerk:s1"))
    assert hall.refusal(SignOut(1)) == ""
    called = hall.do(CallNext(2))[0]
    assert (called.subject, called.covers) == ("t1", "s1")  # type: ignore[attr-defined]
    hall.do(TransferTicket(2, "clerk:s1"))
    assert hall.refusal(SignOut(2)) == "people_waiting", "nobody else stands in"
    hall.do(AssignPost("front", hall.state.date, "s1", "s3"))
    assert hall.do(CallNext(2)) == [], "another stands in today"


# --- counters that are no more --------------------------------------------------------------------


def without(no: int, rules: Rules = STAFFED) -> Rules:
    return replace(rules, counters={k: rule for k, rule in rules.counters.items() if k != no})


def test_people_of_a_vanished_counter_go_back_to_their_services(hall: PureHall) -> None:
    hall.do(IssueTicket("A", "t1"))
    hall.do(CallNext(1))
    hall.do(TransferTicket(1, "counter:2"))
    hall.do(SignIn(2, "s2"))
    assert adopt(hall, without(2)) == ["TicketReturned", "ClerkSignedOut", "RulesAdopted"]
    assert hall.do(SignIn(1, "s2")) != []
    assert hall.do(CallNext(1))[0].subject == "t1"


def test_a_visit_at_a_vanished_counter_can_be_ended(hall: PureHall) -> None:
    hall.do(IssueTicket("B", "t1"))
    hall.do(CallNext(2))
    hall.do(StartServing(2))
    hall.do(IssueTicket("B", "t2"))
    adopt(hall, without(2))
    assert hall.refusal(PauseCounter(2)) == "counter_unknown"
    hall.do(ParkTicket(2))
    assert hall.refusal(UndoStep(2)) == "counter_unknown"
    assert hall.refusal(CallNext(2)) == "counter_unknown"
    hall.do(UnparkTicket(3, "t1", silent=True))
    assert names(hall.do(FinishServing(3)))[0] == "ServingFinished"
    hall.do(SignOut(3, force=True))
    adopt(hall, STAFFED)
    assert hall.do(CallNext(2))[0].subject == "t2", "it is back with the rules"


@pytest.mark.parametrize("finish_on_next", [False, True])
def test_a_vanished_counter_that_holds_a_ticket_calls_no_other(finish_on_next: bool) -> None:
    rules = replace(STAFFED, finish_on_next=finish_on_next)
    hall = PureHall(rules)
    hall.do(IssueTicket("A", "t1"))
    hall.do(IssueTicket("A", "t2"))
    hall.do(CallNext(2))
    adopt(hall, without(2, rules))
    assert hall.refusal(CallNext(2)) == ("" if finish_on_next else "counter_busy")
    assert "t2" in hall.state.tickets
    assert hall.ticket("t2").state == "WAITING"


def test_people_of_a_clerk_who_has_left_the_staff_go_back(hall: PureHall) -> None:
    hall.do(SignIn(1, "s1"))
    hall.do(SignIn(2, "s2"))
    hall.do(IssueTicket("A", "t1"))
    hall.do(CallNext(2))
    hall.do(TransferTicket(2, "clerk:s1"))
    fewer = replace(STAFFED, staff=("s2",))
    assert adopt(hall, fewer) == ["RulesAdopted"], "who is signed in still works"
    hall.do(SignOut(1, force=True))
    assert hall.do(CallNext(2))[0].subject == "t1"


def test_pauses_and_sign_ins_end_with_the_day_but_a_visit_goes_on(hall: PureHall) -> None:
    hall.do(SignIn(1, "s1"))
    hall.do(PauseCounter(1, "meal", 30))
    hall.do(SignIn(2, "s2"))
    hall.do(IssueTicket("A", "late"))
    hall.do(CallNext(2))
    hall.pass_s(24 * 3600)
    ended = [type(event).__name__ for event in hall.do(OpenDay())]
    assert ended == ["CounterResumed", "ClerkSignedOut", "DayOpened"]
    one, two = hall.state.counters[1], hall.state.counters[2]
    assert (one.clerk, one.closed, one.pause) == (None, False, None)
    assert (two.clerk, two.ticket) == ("s2", "late")


def test_nobody_pauses_a_counter_where_nobody_has_signed_in() -> None:
    hall = PureHall(replace(RULES, sign_in=True, staff=("s1",)))
    assert hall.refusal(PauseCounter(1, "meal", 30)) == "not_signed_in"
    assert is_shut(hall.state, 1)
    hall.do(SignIn(1, "s1"))
    hall.do(PauseCounter(1, "meal", 30))
    assert not is_shut(hall.state, 1)
