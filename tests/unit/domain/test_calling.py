"""The call: guard, readiness, chosen tickets, auto-call, recall, AB posts, first contact."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from controller.domain.commands import (
    CallNext,
    CallTicket,
    CallWaiting,
    FinishServing,
    IssueTicket,
    ParkTicket,
    RecallTicket,
    StartServing,
    UnparkTicket,
)
from controller.domain.errors import AlreadyDoneError
from controller.domain.events import TicketCalled
from controller.domain.hall_commands import (
    PauseCounter,
    ReportOutage,
    SignIn,
    SignOut,
)
from controller.domain.rules import CounterRule, Duty, PostRule
from tests.fixtures.core import RULES, SmallHall, fresh_engine
from tests.fixtures.plain_hall import PlainHall

STAFF: dict[str, Any] = {"staff": ("s1", "s2", "s3")}
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def calls(events: list[Any]) -> list[tuple[int, str]]:
    return [(one.counter, one.number) for one in events if isinstance(one, TicketCalled)]


# --- next -----------------------------------------------------------------------------------------


async def test_a_double_press_of_next_gets_the_same_call_and_stores_nothing(
    tmp_path: Path,
) -> None:
    engine = fresh_engine(f"sqlite:///{tmp_path}/hall.db")
    rules = replace(RULES, guard_ms=1000, finish_on_next=True)
    hall = await SmallHall(engine, rules).start()
    for ticket in ("t1", "t2"):
        await hall.do(issue_for(ticket))
    first = await hall.do(CallNext(1))
    seq = hall.writer.state.seq
    hall.time.pass_s(0.9)
    again = await hall.do(CallNext(1))
    assert again.repeated and again.events == first.events
    assert hall.writer.state.seq == seq
    hall.time.pass_s(0.2)
    later = await hall.do(CallNext(1))
    assert [row.type for row in later.events] == ["ServingFinished", "RatingAsked", "TicketCalled"]
    repeat = await hall.do(CallNext(1))
    assert repeat.events == later.events
    await hall.writer.stop()
    engine.dispose()


async def test_next_after_an_auto_call_gets_the_call_of_its_own_counter(tmp_path: Path) -> None:
    engine = fresh_engine(f"sqlite:///{tmp_path}/hall.db")
    hall = await SmallHall(engine, replace(RULES, guard_ms=1000, auto_call=True)).start()
    for ticket in ("t1", "t2"):
        await hall.do(issue_for(ticket))
    assert [row.event.subject for row in (await hall.do(CallWaiting())).events] == ["t1", "t2"]
    for counter, ticket in ((1, "t1"), (2, "t2")):
        again = await hall.do(CallNext(counter))
        assert [row.event.subject for row in again.events] == [ticket]
    await hall.writer.stop()
    engine.dispose()


def issue_for(ticket: str) -> IssueTicket:
    return IssueTicket("A", ticket)


def test_the_guard_ends_with_another_step_at_the_counter() -> None:
    hall = PlainHall(guard_ms=1000)
    hall.issue()
    hall.issue()
    hall.call(CallNext(1))
    with pytest.raises(AlreadyDoneError):
        hall.do(CallNext(1))
    hall.do(StartServing(1))
    assert hall.refused(CallNext(1)).code == "counter_busy"
    hall.do(FinishServing(1))
    assert hall.call(CallNext(1)).number == "A002"


def test_a_call_of_a_chosen_ticket_is_not_guarded() -> None:
    hall = PlainHall(guard_ms=1000)
    hall.issue()
    hall.call(CallTicket(1, None, "A001", "urgent"))
    assert hall.refused(CallNext(1)).code == "counter_busy"


def test_next_ends_a_pause_by_itself() -> None:
    hall = PlainHall()
    hall.do(PauseCounter(1, "meal", 30))
    assert [type(event).__name__ for event in hall.do(CallNext(1))] == ["CounterResumed"]
    hall.do(PauseCounter(1, "meal", 30))
    hall.issue()
    events = hall.do(CallNext(1))
    assert [type(event).__name__ for event in events] == ["CounterResumed", "TicketCalled"]
    assert events[0].cause == "call"  # type: ignore[attr-defined]
    assert hall.state.counters[1].pause is None


def test_a_counter_without_a_clerk_calls_nobody_where_clerks_sign_in() -> None:
    hall = PlainHall(sign_in=True, **STAFF)
    hall.issue()
    for command in (CallNext(1), CallTicket(1, None, "A001", "urgent")):
        assert hall.refused(command).code == "not_signed_in"
    hall.do(SignIn(1, "s1"))
    call = hall.call(CallNext(1))
    assert (call.clerk, call.first_contact) == ("s1", "clerk:s1")


def test_a_closed_counter_calls_nobody() -> None:
    hall = PlainHall(**STAFF)
    hall.issue()
    hall.do(SignIn(1, "s1"))
    hall.do(SignOut(1, force=True))
    assert hall.refused(CallNext(1)).code == "counter_closed"


def test_nobody_is_called_while_the_outage_is_asked_about() -> None:
    hall = PlainHall(auto_call=True)
    hall.issue("B")
    hall.call(CallNext(3))
    hall.do(ParkTicket(3))
    hall.issue()
    hall.call(CallNext(2))
    hall.issue()
    since = hall.now
    hall.pass_s(3600)
    hall.do(ReportOutage(since))
    assert hall.state.question is not None
    for command in (CallNext(1), CallTicket(1, None, "A001", "urgent"), CallWaiting()):
        assert hall.refused(command).code == "outage_question"
    assert hall.refused(UnparkTicket(3)).code == "outage_question"
    assert hall.refused(RecallTicket(2)).code == "outage_question"
    hall.pass_s(hall.rules.outage_answer_s)
    assert hall.call(CallNext(1)).number == "A002"


def test_first_contact_stays_with_who_met_the_citizen_first() -> None:
    hall = PlainHall()
    hall.issue("A", further=("B",))
    assert hall.call(CallNext(1)).first_contact == "counter:1"
    hall.do(FinishServing(1))
    second = hall.call(CallNext(3))
    assert (second.number, second.service, second.first_contact) == ("A001", "B", "counter:1")
    assert second.first_called_at == hall.now


# --- a chosen ticket ------------------------------------------------------------------------------


def test_a_chosen_ticket_is_called_with_its_reason() -> None:
    hall = PlainHall()
    hall.issue()
    chosen = hall.issue()
    call = hall.call(CallTicket(1, None, "A002", "promised"))
    assert call.ticket == chosen.id
    assert (call.reason["rule"], call.reason["reason"]) == ("chosen", "promised")
    assert call.reason["compared"] == [{"number": "A001", "waited_s": 0}]
    assert hall.call(CallTicket(2, "t1", None, "urgent")).number == "A001"


def test_only_who_has_the_right_may_choose() -> None:
    hall = PlainHall(call_rights=("s1",), **STAFF)
    hall.issue()
    assert hall.refused(CallTicket(1, None, "A001", "urgent")).code == "no_right"
    hall.do(SignIn(1, "s2"))
    assert hall.refused(CallTicket(1, None, "A001", "urgent")).code == "no_right"
    hall.do(SignIn(2, "s1"))
    assert hall.call(CallTicket(2, None, "A001", "urgent")).clerk == "s1"


def test_what_cannot_be_chosen_is_refused() -> None:
    hall = PlainHall()
    hall.issue()
    hall.issue()
    assert hall.refused(CallTicket(1, None, "A001", "because")).code == "reason_unknown"
    assert hall.refused(CallTicket(9, None, "A001", "urgent")).code == "counter_unknown"
    assert hall.refused(CallTicket(1, None, "A009", "urgent")).code == "not_found"
    assert hall.refused(CallTicket(1, None, None, "urgent")).code == "not_found"
    hall.call(CallNext(2))
    assert hall.refused(CallTicket(1, None, "A001", "urgent")).code == "not_waiting"
    hall.call(CallNext(1))
    assert hall.refused(CallTicket(1, "t2", None, "urgent")).code == "counter_busy"


# --- who idles ------------------------------------------------------------------------------------


def test_who_idles_longest_is_sent_the_first() -> None:
    hall = PlainHall(auto_call=True)
    for no in (1, 2):
        hall.issue()
        hall.call(CallNext(no))
    for no in (2, 1):
        hall.pass_s(10)
        hall.do(FinishServing(no))
    for service in "AAA":
        hall.issue(service)
    assert calls(hall.do(CallWaiting())) == [(2, "A003"), (1, "A004")]
    assert hall.do(CallWaiting()) == []
    assert hall.state.ticket_at(1).reason["auto"] is True  # type: ignore[union-attr,index]


def test_each_of_the_idle_is_sent_somebody_of_its_own_services() -> None:
    hall = PlainHall(auto_call=True)
    hall.issue("A")
    hall.issue("B")
    assert calls(hall.do(CallWaiting())) == [(1, "A001"), (2, "B001")]
    hall.issue("A")
    assert hall.do(CallWaiting()) == []  # counter 3 takes B only


def test_nobody_is_sent_to_a_counter_that_does_not_work() -> None:
    off = Duty(WEEK, "00:00-01:00")
    counters = {
        no: CounterRule(no, "main", ("A",), rota=(off,) if no == 5 else ()) for no in range(1, 7)
    }
    hall = PlainHall(counters=counters, auto_call=True, **STAFF)
    for no, clerk in ((1, "s1"), (2, "s2"), (3, "s3")):
        hall.do(SignIn(no, clerk))
    hall.do(PauseCounter(1, "meal", 10))
    hall.do(SignOut(2, force=True))
    for _ in range(6):
        hall.issue()
    assert calls(hall.do(CallWaiting())) == [(3, "A001")]


def test_without_the_option_nobody_is_called_by_itself() -> None:
    hall = PlainHall()
    hall.issue()
    assert hall.do(CallWaiting()) == []


# --- once more ------------------------------------------------------------------------------------


def test_recalls_keep_their_distance_and_their_limit() -> None:
    hall = PlainHall(recall_spacing_s=20, recall_limit=2)
    hall.issue()
    hall.call(CallNext(1))
    hall.pass_s(19.5)
    refusal = hall.refused(RecallTicket(1))
    assert (refusal.code, refusal.facts["retry_after_s"]) == ("recall_too_soon", 1)
    hall.pass_s(0.5)
    hall.do(RecallTicket(1))
    assert hall.refused(RecallTicket(1)).facts["retry_after_s"] == 20
    hall.pass_s(20)
    hall.do(RecallTicket(1))
    hall.pass_s(20)
    assert hall.refused(RecallTicket(1)).code == "recall_limit"


# --- AB posts -------------------------------------------------------------------------------------


def posted() -> PlainHall:
    """Counter 1 takes A with clerk s1 (A of the post), counter 3 takes B with s2 (its B)."""
    counters = {1: CounterRule(1, "main", ("A",)), 3: CounterRule(3, "main", ("B",))}
    posts = {"p": PostRule("p", 1, "s1", "s2")}
    return PlainHall(counters=counters, posts=posts, post_absent_s=600, **STAFF)


def test_the_calls_of_an_absent_clerk_go_to_clerk_b() -> None:
    hall = posted()
    hall.do(SignIn(3, "s2"))
    hall.issue("A")
    call = hall.call(CallNext(3))
    assert (call.service, call.clerk, call.covers) == ("A", "s2", "s1")
    hall.do(FinishServing(3))
    hall.issue("B")
    assert hall.call(CallNext(3)).covers is None
    hall.do(FinishServing(3))
    hall.do(SignIn(1, "s1"))
    hall.issue("A")
    assert hall.do(CallNext(3)) == []
    hall.do(PauseCounter(1, "meal", None))
    hall.pass_s(600)
    assert hall.do(CallNext(3)) == []
    hall.pass_s(1)
    assert hall.call(CallNext(3)).covers == "s1"


def test_nobody_else_takes_the_calls_of_an_absent_clerk() -> None:
    hall = posted()
    hall.do(SignIn(3, "s3"))
    hall.issue("A")
    assert hall.do(CallNext(3)) == []
