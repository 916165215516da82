"""The last step at a counter is taken back, and the hall is as it was before it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from controller.domain.calling import next_chance
from controller.domain.commands import (
    AcceptCase,
    CallNext,
    CallWaiting,
    CancelTicket,
    Command,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    ParkTicket,
    RateAtCounter,
    RateTicket,
    RecallTicket,
    SplitTicket,
    StartDirect,
    StartServing,
    TransferTicket,
    UndoStep,
    UnparkTicket,
)
from controller.domain.hall_commands import PauseCounter, ResumeCounter
from controller.domain.queue_events import CompletionUndone, FinishUndone
from controller.domain.rules import ProfileRule
from controller.store.snapshots import freeze, thaw
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

WITH_RATIOS = replace(
    RULES,
    counters={no: replace(rule, profile="p") for no, rule in RULES.counters.items()},
    profiles={"p": ProfileRule("p", ratios={"A": 2, "B": 1})},
)


@pytest.fixture
def hall() -> PureHall:
    hall = PureHall(WITH_RATIOS)
    for index, service in enumerate("AABA"):
        hall.do(IssueTicket(service, f"t{index}", items=("RS01",) if service == "A" else ()))
        hall.pass_s(10)
    return hall


def picture(hall: PureHall) -> dict[str, Any]:
    """The state without what only counts forward."""
    data: dict[str, Any] = json.loads(freeze(hall.state))
    for name in ("seq", "at", "sessions", "numbers", "case_numbers"):
        del data[name]
    for counter in data["counters"]:
        del counter["last"]
    data["tickets"].sort(key=lambda ticket: ticket["id"])
    return data


SETUPS: dict[str, tuple[list[Command], Command, str]] = {
    "a call": ([], CallNext(1), "CallUndone"),
    "a call after a visit": ([CallNext(1), FinishServing(1)], CallNext(1), "CallUndone"),
    "a start": ([CallNext(1)], StartServing(1), "StartUndone"),
    "a finish": (
        [CallNext(1), StartServing(1), AcceptCase(1)],
        FinishServing(1),
        "FinishUndone",
    ),
    "a no-show": ([CallNext(1)], MarkNoShow(1), "NoShowUndone"),
    "a park": ([CallNext(1), StartServing(1)], ParkTicket(1), "ParkUndone"),
    "a transfer": ([CallNext(1), StartServing(1)], TransferTicket(1, "B"), "TransferUndone"),
    "a transfer to a counter": (
        [CallNext(1), StartServing(1)],
        TransferTicket(1, "counter:2"),
        "TransferUndone",
    ),
    "a start after parking": (
        [CallNext(1), StartServing(1), ParkTicket(1), UnparkTicket(1)],
        StartServing(1),
        "StartUndone",
    ),
}


@pytest.mark.parametrize("name", SETUPS)
def test_undo_leaves_no_trace(hall: PureHall, name: str) -> None:
    setup, step, undoing = SETUPS[name]
    for command in setup:
        hall.do(command)
        hall.pass_s(7)
    before = picture(hall)
    hall.do(step)
    assert picture(hall) != before
    hall.state = thaw(freeze(hall.state))
    hall.pass_s(30)
    assert [type(event).__name__ for event in hall.do(UndoStep(1))] == [undoing]
    assert picture(hall) == before
    assert hall.refusal(UndoStep(1)) == "nothing_to_undo"


def test_undo_of_one_of_several_services_leaves_no_trace() -> None:
    hall = PureHall(RULES)
    hall.do(IssueTicket("A", "t1", items=("RS01",), further=("B",)))
    for command in (CallNext(1), StartServing(1), AcceptCase(1)):
        hall.do(command)
        hall.pass_s(7)
    before = picture(hall)
    finished = [type(event).__name__ for event in hall.do(FinishServing(1))]
    assert finished == ["ServiceCompleted", "CaseFinished"]
    assert hall.refusal(UndoStep(1, delivered=hall.state.seq)) == "already_delivered"
    (undone,) = hall.do(UndoStep(1))
    assert isinstance(undone, CompletionUndone)
    assert len(undone.cases) == 1
    assert picture(hall) == before
    hall.do(FinishServing(1))
    hall.do(CallNext(3))
    assert hall.refusal(UndoStep(1)) == "illegal_step", "it is being served elsewhere"


AUTO = replace(WITH_RATIOS, auto_call=True)


@pytest.mark.parametrize("step", [FinishServing(1), MarkNoShow(1), ParkTicket(1)])
def test_an_untouched_auto_call_is_taken_back_with_the_step_under_it(step: Command) -> None:
    hall = PureHall(AUTO)
    for index in range(2):
        hall.do(IssueTicket("A", f"t{index}"))
    hall.do(CallNext(1))
    if not isinstance(step, MarkNoShow):
        hall.do(StartServing(1))
    before = picture(hall)
    hall.do(step)
    for no in (2, 3):
        hall.do(PauseCounter(no))
    assert [event.ticket for event in hall.do(CallWaiting())] == ["t1"]  # type: ignore[attr-defined]
    hall.state = thaw(freeze(hall.state))
    hall.pass_s(20)
    assert len(hall.do(UndoStep(1))) == 2
    for no in (2, 3):
        hall.do(ResumeCounter(no))
    after = picture(hall)
    for data in (before, after):
        for counter in data["counters"]:
            del counter["rest_until"], counter["idle_since"]
    assert after == before


def test_an_auto_call_of_the_same_ticket_is_taken_back_with_its_completion() -> None:
    hall = PureHall(AUTO)
    hall.do(IssueTicket("A", "t1", further=("B",)))
    hall.do(CallNext(1))
    hall.do(FinishServing(1))
    for no in (2, 3):
        hall.do(PauseCounter(no))
    hall.do(CallWaiting())
    undone = [type(event).__name__ for event in hall.do(UndoStep(1))]
    assert undone == ["CallUndone", "CompletionUndone"]
    assert (hall.ticket("t1").state, hall.ticket("t1").service) == ("SERVING", "A")


def test_what_cannot_be_taken_back_keeps_the_auto_call_above_it() -> None:
    hall = PureHall(AUTO)
    for index in range(2):
        hall.do(IssueTicket("A", f"t{index}"))
    hall.do(CallNext(1))
    hall.do(FinishServing(1))
    hall.do(CallWaiting())
    assert hall.refusal(UndoStep(1, delivered=hall.state.seq)) == "already_delivered"
    hall.do(RateTicket("t0", 5))
    assert hall.refusal(UndoStep(1)) == "already_rated"


def test_after_an_undone_auto_call_the_counter_rests_and_then_is_called_to_again() -> None:
    hall = PureHall(AUTO)
    hall.do(IssueTicket("A", "t0"))
    for no in (2, 3):
        hall.do(PauseCounter(no))
    hall.do(CallWaiting())
    hall.do(UndoStep(1))
    assert hall.do(CallWaiting()) == []
    chance = next_chance(hall.state, hall.now)
    assert chance == hall.now + 30_000
    hall.now = chance
    assert len(hall.do(CallWaiting())) == 1


def test_undo_of_a_requeued_no_show_leaves_no_trace() -> None:
    hall = PureHall(replace(RULES, missed_call="requeue"))
    for index in range(5):
        hall.do(IssueTicket("A", f"t{index}"))
    hall.do(CallNext(1))
    before = picture(hall)
    assert len(hall.do(MarkNoShow(1))) == 2
    hall.do(UndoStep(1))
    assert picture(hall) == before


def test_undo_of_a_direct_reception_cancels_its_number() -> None:
    hall = PureHall()
    hall.do(IssueTicket("A", "t1"))
    hall.do(CallNext(1))
    hall.do(FinishServing(1))
    before = picture(hall)
    hall.pass_s(5)
    hall.do(StartDirect(1, "d1"))
    (gone,) = hall.do(UndoStep(1))
    assert (type(gone).__name__, gone.cause) == ("TicketCancelled", "direct")  # type: ignore[attr-defined]
    assert picture(hall) == before
    assert hall.do(StartDirect(1, "d2"))[0].number == "A003"  # type: ignore[attr-defined]


def test_undo_of_the_next_call_leaves_the_finished_visit_finished() -> None:
    hall = PureHall(replace(RULES, finish_on_next=True))
    hall.do(IssueTicket("A", "t1"))
    hall.do(IssueTicket("A", "t2"))
    hall.do(CallNext(1))
    hall.do(CallNext(1))
    hall.do(UndoStep(1))
    assert list(hall.state.tickets) == ["t2"]
    prompt = hall.state.counters[1].prompt
    assert prompt is not None and prompt.ticket == "t1", "the box asks again"


def test_a_rating_by_phone_ends_the_question_of_the_box_for_good() -> None:
    hall = PureHall(replace(RULES, finish_on_next=True))
    hall.do(IssueTicket("A", "t1"))
    hall.do(IssueTicket("A", "t2"))
    hall.do(CallNext(1))
    hall.do(CallNext(1))
    hall.do(RateTicket("t1", 5))
    hall.do(UndoStep(1))
    assert hall.refusal(RateAtCounter(1, 1)) == "no_rating_open"


def test_an_undone_finish_opens_its_cases_again_and_cannot_be_rated(hall: PureHall) -> None:
    hall.do(CallNext(1))
    case = hall.do(AcceptCase(1))[0].subject
    hall.do(FinishServing(1))
    (undone,) = hall.do(UndoStep(1))
    assert isinstance(undone, FinishUndone)
    assert (undone.cases, undone.state) == ([case], "SERVING")
    assert hall.refusal(RateAtCounter(1, 5)) == "no_rating_open"
    assert hall.refusal(RateTicket("t0", 5)) == "not_finished"
    assert [type(event).__name__ for event in hall.do(FinishServing(1))][1] == "CaseFinished"
    assert hall.refusal(RateTicket("t0", 5)) == ""


def test_undo_is_refused_when_it_is_too_late(hall: PureHall) -> None:
    hall.do(CallNext(1))
    hall.pass_s(30.001)
    assert hall.refusal(UndoStep(1)) == "undo_too_late"


def test_undo_is_refused_once_rated_or_told(hall: PureHall) -> None:
    hall.do(CallNext(1))
    hall.do(FinishServing(1))
    step = hall.state.counters[1].last
    assert step is not None
    assert hall.refusal(UndoStep(1, delivered=step.seq)) == "already_delivered"
    hall.do(RateAtCounter(1, 5))
    assert hall.refusal(UndoStep(1, delivered=step.seq - 1)) == "already_rated"


def test_what_is_no_step_of_a_visit_cannot_be_taken_back(hall: PureHall) -> None:
    assert hall.refusal(UndoStep(1)) == "nothing_to_undo"
    hall.do(CallNext(1))
    hall.do(RecallTicket(1))
    assert hall.refusal(UndoStep(1)) == "nothing_to_undo"
    hall.do(AcceptCase(1))
    assert hall.refusal(UndoStep(1)) == "nothing_to_undo"
    assert hall.refusal(UndoStep(9)) == "counter_unknown"


def test_a_ticket_that_has_moved_on_is_not_taken_back(hall: PureHall) -> None:
    hall.do(CallNext(1))
    hall.do(TransferTicket(1, "counter:2"))
    hall.do(CallNext(2))
    assert hall.refusal(UndoStep(1)) == "illegal_step"
    hall.do(UndoStep(2))
    assert hall.refusal(UndoStep(1)) == "", "it waits where the transfer had put it"
    hall.do(ParkTicket(1))
    hall.do(CancelTicket("t0"))
    assert hall.refusal(UndoStep(1)) == "nothing_to_undo"


def test_a_batch_that_was_cut_since_is_not_made_whole_by_an_undo() -> None:
    hall = PureHall()
    hall.do(IssueTicket("A", "t1", clients=4))
    hall.do(IssueTicket("A", "t2"))
    hall.do(CallNext(1))
    hall.do(TransferTicket(1, "A"))
    hall.do(SplitTicket("t1", 1, "r"))
    assert hall.refusal(UndoStep(1)) == "illegal_step"
    assert sum(ticket.clients for ticket in hall.state.tickets.values()) == 5
