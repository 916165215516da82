"""Missed calls: when a no-show may be marked, the four policies, and the ways back."""

from dataclasses import replace
from typing import Any

import pytest

from controller.domain.commands import (
    CallNext,
    CallTicket,
    FinishServing,
    MarkNoShow,
    ParkTicket,
    RecallTicket,
    ReturnTicket,
    StartServing,
    TransferTicket,
)
from controller.domain.hall_commands import SignIn, SignOut
from controller.domain.missed import half_day_end
from tests.fixtures.core import RULES, START_MS
from tests.fixtures.plain_hall import PlainHall

HOUR_MS = 3_600_000
SESSIONS = {"mon": ["08:30-12:00", "14:00-17:30"]}


def missed(**rules: Any) -> PlainHall:
    """A hall in which A001 was called to counter 1 and missed; A002 … A006 wait."""
    hall = PlainHall(**rules)
    for _ in range(6):
        hall.issue()
        hall.pass_s(1)
    hall.call(CallNext(1))
    hall.do(MarkNoShow(1))
    return hall


def order(hall: PlainHall, count: int) -> list[str]:
    numbers = []
    for _ in range(count):
        numbers.append(hall.call(CallNext(2)).number)
        hall.do(FinishServing(2))
    return numbers


# --- the mark -------------------------------------------------------------------------------------


def test_a_no_show_needs_its_calls_and_its_seconds() -> None:
    hall = PlainHall(no_show_calls=2, no_show_s=60)
    hall.issue()
    hall.call(CallNext(1))
    refusal = hall.refused(MarkNoShow(1))
    assert (refusal.code, refusal.facts) == ("too_early", {"calls": 1, "calls_needed": 2})
    hall.pass_s(30)
    hall.do(RecallTicket(1))
    hall.pass_s(29.5)
    refusal = hall.refused(MarkNoShow(1))
    assert (refusal.code, refusal.facts) == ("too_early", {"retry_after_s": 1})
    hall.pass_s(0.5)
    assert [type(event).__name__ for event in hall.do(MarkNoShow(1))] == ["NoShowMarked"]


def test_the_seconds_count_from_the_first_call_of_the_present_turn() -> None:
    hall = missed(missed_call="requeue", missed_behind=1)
    hall.adopt(no_show_s=60)
    assert order(hall, 1) == ["A002"]
    assert hall.call(CallNext(1)).number == "A001"
    hall.pass_s(59)
    assert hall.refused(MarkNoShow(1)).code == "too_early"


# --- the policies ---------------------------------------------------------------------------------


def test_a_void_ticket_comes_back_only_if_it_was_wrongly_marked_or_by_the_desk() -> None:
    hall = missed(missed_call="void")
    for cause in ("within", "keep"):
        refusal = hall.refused(ReturnTicket("t1", cause))
        assert (refusal.code, refusal.facts["policy"]) == ("return_not_allowed", "void")
    hall.do(ReturnTicket("t1", "mistake"))
    assert order(hall, 2) == ["A001", "A002"]


def test_within_holds_while_few_have_passed_at_that_counter() -> None:
    hall = missed(missed_call="within", missed_within=2)
    assert order(hall, 3) == ["A002", "A003", "A004"]  # at counter 2, which does not count
    for _ in range(2):
        hall.call(CallNext(1))
        hall.do(FinishServing(1))
    back = hall.do(ReturnTicket("t1", "within"))[0]
    assert (back.cause, back.from_state, back.lines) == (  # type: ignore[attr-defined]
        "within", "NO_SHOW", ["A"],
    )  # fmt: skip
    hall.issue()
    assert order(hall, 2) == ["A001", "A007"]


def test_within_is_over_when_one_more_has_passed() -> None:
    hall = missed(missed_call="within", missed_within=2)
    for _ in range(3):
        hall.call(CallNext(1))
        hall.do(FinishServing(1))
    refusal = hall.refused(ReturnTicket("t1", "within"))
    assert (refusal.code, refusal.facts["passed"]) == ("return_not_allowed", 3)


@pytest.mark.parametrize("behind", [1, 2, 3, 5, 9])
def test_requeue_puts_a_ticket_some_places_behind_once(behind: int) -> None:
    hall = missed(missed_call="requeue", missed_behind=behind)
    rest = ["A002", "A003", "A004", "A005", "A006"]
    waiting = [*rest[:behind], "A001", *rest[behind:]]
    assert order(hall, waiting.index("A001")) == waiting[: waiting.index("A001")]
    call = hall.call(CallNext(1))
    assert (call.number, call.issued_at, call.call) == ("A001", START_MS, 1)
    assert call.first_called_at == START_MS + 6000
    assert [type(event).__name__ for event in hall.do(MarkNoShow(1))] == ["NoShowMarked"]
    assert "t1" in hall.state.missed


def test_those_who_missed_one_after_the_other_keep_their_order() -> None:
    hall = missed(missed_call="requeue", missed_behind=3)
    hall.call(CallNext(1))
    hall.do(MarkNoShow(1))
    assert order(hall, 6) == ["A003", "A004", "A001", "A002", "A005", "A006"]


def test_being_missed_is_no_way_forward() -> None:
    hall = PlainHall(missed_call="requeue", missed_behind=1)
    for _ in range(3):
        hall.issue()
    hall.call(CallTicket(1, None, "A003", "urgent"))
    hall.do(MarkNoShow(1))
    assert order(hall, 3) == ["A001", "A002", "A003"]


def test_keep_holds_to_the_end_of_the_session() -> None:
    hall = missed(missed_call="keep", hours=SESSIONS)
    hall.pass_s(3.5 * 3600 - 7)
    hall.do(ReturnTicket("t1", "keep"))
    assert hall.state.tickets["t1"].state == "WAITING"
    hall = missed(missed_call="keep", hours=SESSIONS)
    hall.pass_s(3.5 * 3600 - 6)
    assert hall.refused(ReturnTicket("t1", "keep")).code == "return_not_allowed"


@pytest.mark.parametrize(
    ("hours", "after_h", "end_h"),
    [(SESSIONS, 0, 3.5), (SESSIONS, 4, 15.5), (SESSIONS, 5.5, 9), ({}, 0, 3.5), ({}, 3.5, 15.5)],
)
def test_half_days(hours: dict[str, list[str]], after_h: float, end_h: float) -> None:
    rules = replace(RULES, hours=hours)
    end = half_day_end(rules, START_MS + round(after_h * HOUR_MS))
    assert (end - START_MS) / HOUR_MS == end_h


# --- the ways back --------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["void", "within", "requeue", "keep"])
@pytest.mark.parametrize("cause", ["mistake", "desk"])
def test_a_wrong_mark_and_the_desk_lead_back_to_the_old_place(policy: str, cause: str) -> None:
    hall = PlainHall(missed_call=policy)
    hall.issue(priority="elder")
    hall.issue()
    hall.call(CallNext(1))
    for _ in range(1 + (policy == "requeue")):
        if hall.state.counters[1].ticket is None:
            order(hall, 1)
            hall.call(CallNext(1))
        hall.do(MarkNoShow(1))
    hall.pass_s(4 * 3600)
    hall.issue()
    ticket = hall.state.missed["t1"]
    place, number = ticket.place, ticket.number
    hall.do(ReturnTicket("t1", cause))
    again = hall.state.tickets["t1"]
    assert (again.place, again.number, again.state) == (place, number, "WAITING")
    assert order(hall, 1) == ["A001"]


def test_a_missed_ticket_ends_with_its_day() -> None:
    hall = missed()
    hall.pass_s(24 * 3600)
    hall.issue()
    assert hall.refused(ReturnTicket("t1", "desk")).code == "not_found"


def test_a_ticket_that_was_sent_to_a_counter_comes_back_there() -> None:
    hall = PlainHall()
    hall.issue()
    hall.call(CallNext(1))
    hall.do(StartServing(1))
    hall.do(TransferTicket(1, "counter:2"))
    hall.call(CallNext(2))
    hall.do(MarkNoShow(2))
    hall.do(ReturnTicket("t1", "mistake"))
    assert hall.do(CallNext(1)) == []
    assert hall.call(CallNext(2)).number == "A001"


def parked() -> PlainHall:
    hall = PlainHall(staff=("s1", "s2"))
    hall.do(SignIn(1, "s1"))
    hall.do(SignIn(2, "s2"))
    for _ in range(2):
        hall.issue()
    hall.call(CallNext(1))
    hall.do(StartServing(1))
    hall.do(ParkTicket(1))
    hall.pass_s(600)
    return hall


def test_who_fetched_a_document_goes_next_where_it_was_parked() -> None:
    hall = parked()
    back = hall.do(ReturnTicket("t1", "documents"))[0]
    assert (back.from_state, back.lines) == ("PARKED", ["counter:1"])  # type: ignore[attr-defined]
    assert hall.call(CallNext(2)).number == "A002"
    assert hall.call(CallNext(1)).number == "A001"


def test_who_fetched_a_document_for_a_closed_counter_goes_to_any() -> None:
    hall = parked()
    hall.do(SignOut(1, force=True))
    back = hall.state.tickets["t1"]
    if back.state == "PARKED":
        hall.do(ReturnTicket("t1", "documents"))
    assert hall.call(CallNext(2)).number == "A001"


def test_what_cannot_come_back_is_refused() -> None:
    hall = parked()
    assert hall.refused(ReturnTicket("t9", "desk")).code == "not_found"
    assert hall.refused(ReturnTicket("t1", "because")).code == "reason_unknown"
    assert hall.refused(ReturnTicket("t1", "mistake")).code == "return_not_allowed"
    assert hall.refused(ReturnTicket("t2", "desk")).code == "illegal_step"
    hall.call(CallNext(1))
    assert hall.refused(ReturnTicket("t2", "desk")).code == "illegal_step"
    hall.do(MarkNoShow(1))
    assert hall.refused(ReturnTicket("t2", "documents")).code == "return_not_allowed"


def test_who_took_another_number_since_does_not_get_the_missed_one_back() -> None:
    hall = PlainHall(identity="optional")
    hall.person = "p1"
    hall.issue()
    hall.call(CallNext(1))
    hall.do(MarkNoShow(1))
    hall.issue()
    refusal = hall.refused(ReturnTicket("t1", "desk"))
    assert (refusal.code, refusal.facts["ticket"]["number"]) == (  # type: ignore[index]
        "one_ticket", "A002",
    )  # fmt: skip
    hall.call(CallNext(1))
    hall.do(FinishServing(1))
    hall.do(ReturnTicket("t1", "desk"))
