"""Parked, handed on, moved, given back and cut: number and first issue time stay."""

from dataclasses import replace
from typing import Any

import pytest

from controller.domain.commands import (
    AcceptCase,
    CallNext,
    CancelTicket,
    ChangeService,
    Command,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    ParkTicket,
    SplitTicket,
    StartDirect,
    StartServing,
    TransferTicket,
    UnparkTicket,
)
from controller.domain.errors import RefusalError
from controller.domain.events import ServingFinished, TicketCalled, TicketIssued, TicketRecalled
from controller.domain.hall_commands import PauseCounter, SignIn, SignOut
from controller.domain.queue_events import (
    ServiceCompleted,
    TicketCancelled,
    TicketParked,
    TicketSplit,
    TicketTransferred,
)
from controller.domain.rules import CounterRule
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

STAFFED = replace(RULES, staff=("s1", "s2", "s3"))


@pytest.fixture
def hall() -> PureHall:
    return PureHall(STAFFED)


@pytest.fixture
def apart() -> PureHall:
    """A at counters 1 and 2, B at counter 3 alone."""
    taken = {1: ("A",), 2: ("A",), 3: ("B",)}
    counters = {no: CounterRule(no, "main", services) for no, services in taken.items()}
    return PureHall(replace(STAFFED, counters=counters))


def serving(hall: PureHall, ticket: str, counter: int = 1, **more: Any) -> None:
    hall.do(IssueTicket("A", ticket, **more))
    hall.do(CallNext(counter))
    assert hall.state.counters[counter].ticket == ticket
    hall.do(StartServing(counter))


def called(hall: PureHall, counter: int) -> str:
    event = hall.do(CallNext(counter))[-1]
    assert isinstance(event, TicketCalled)
    return event.ticket


def names(hall: PureHall, command: Command) -> list[str]:
    return [type(event).__name__ for event in hall.do(command)]


# --- park -----------------------------------------------------------------------------------------


def test_a_parked_ticket_frees_the_counter_and_keeps_its_served_time(hall: PureHall) -> None:
    serving(hall, "t1")
    hall.pass_s(100)
    (parked,) = hall.do(ParkTicket(1))
    assert isinstance(parked, TicketParked)
    assert (parked.served_ms, parked.reason, parked.state) == (100_000, "documents", "PARKED")
    assert hall.state.counters[1].ticket is None
    assert hall.ticket("t1").state == "PARKED"


def test_a_parked_ticket_is_called_once_more_when_it_is_taken_up(hall: PureHall) -> None:
    serving(hall, "t1")
    hall.do(ParkTicket(1))
    hall.pass_s(5)
    _, again = hall.do(UnparkTicket(1))
    assert isinstance(again, TicketRecalled)
    assert (again.ticket, again.counter, again.call, again.area) == ("t1", 1, 2, "main")
    assert hall.ticket("t1").state == "CALLED"


def test_taken_up_silently_the_serving_goes_on_and_adds_up(hall: PureHall) -> None:
    serving(hall, "t1")
    hall.pass_s(100)
    hall.do(ParkTicket(1, "copy"))
    hall.pass_s(1000)
    assert names(hall, UnparkTicket(1, silent=True)) == ["TicketUnparked", "ServingStarted"]
    hall.pass_s(20)
    finished = hall.do(FinishServing(1))[0]
    assert isinstance(finished, ServingFinished)
    assert finished.served_ms + finished.finished_at - finished.started_at == 120_000
    assert hall.state.servings.total_ms == 120_000


def test_the_longest_parked_comes_first_and_another_counter_may_name_one(hall: PureHall) -> None:
    for ticket in ("t1", "t2", "t3"):
        serving(hall, ticket)
        hall.pass_s(1)
        hall.do(ParkTicket(1))
    assert hall.do(UnparkTicket(1))[0].subject == "t1"
    assert hall.do(UnparkTicket(2, "t3"))[0].subject == "t3"
    assert hall.ticket("t3").counter == 2
    assert hall.refusal(UnparkTicket(1)) == "counter_busy"


def test_what_is_not_parked_cannot_be_taken_up(hall: PureHall) -> None:
    hall.do(IssueTicket("A", "t1"))
    assert hall.refusal(UnparkTicket(1)) == "nothing_parked"
    assert hall.refusal(UnparkTicket(1, "t1")) == "not_parked"
    assert hall.refusal(UnparkTicket(1, "t9")) == "not_found"
    assert hall.refusal(ParkTicket(1)) == "nothing_called"
    hall.do(CallNext(1))
    assert hall.refusal(ParkTicket(1, "whim")) == "reason_unknown"


def test_taking_a_ticket_up_ends_a_pause(hall: PureHall) -> None:
    serving(hall, "t1")
    hall.do(ParkTicket(1))
    hall.do(PauseCounter(1, "meal"))
    assert names(hall, UnparkTicket(1)) == ["CounterResumed", "TicketUnparked", "TicketRecalled"]
    assert hall.state.counters[1].pause is None


# --- transfer -------------------------------------------------------------------------------------


def test_a_transferred_ticket_keeps_number_issue_time_and_first_contact(hall: PureHall) -> None:
    hall.do(SignIn(1, "s1"))
    serving(hall, "t1")
    issued_at = hall.ticket("t1").issued_at
    hall.pass_s(60)
    (moved,) = hall.do(TransferTicket(1, "B"))
    assert isinstance(moved, TicketTransferred)
    assert (moved.service, moved.from_service, moved.served_ms) == ("B", "A", 60_000)
    assert moved.first_contact == "clerk:s1"
    ticket = hall.ticket("t1")
    assert (ticket.number, ticket.issued_at, ticket.state) == ("A001", issued_at, "WAITING")
    assert ticket.lines == ["B"]
    hall.do(SignIn(3, "s3"))
    assert called(hall, 3) == "t1"
    assert hall.ticket("t1").first_contact == "clerk:s1"


def test_who_came_earlier_is_called_first_after_a_transfer(apart: PureHall) -> None:
    serving(apart, "early")
    apart.pass_s(60)
    apart.do(IssueTicket("B", "b1"))
    apart.do(TransferTicket(1, "B"))
    assert called(apart, 3) == "early"


def test_a_transferred_ticket_is_next_but_one_at_most(apart: PureHall) -> None:
    for index in range(4):
        apart.do(IssueTicket("B", f"b{index}"))
        apart.pass_s(1)
    for counter, ticket in ((1, "d1"), (2, "d2")):
        apart.do(StartDirect(counter, ticket))
        apart.do(TransferTicket(counter, "B"))
    order = []
    for _ in range(6):
        order.append(called(apart, 3))
        apart.do(FinishServing(3))
    assert order == ["b0", "d1", "d2", "b1", "b2", "b3"]


def test_a_ticket_can_be_handed_to_a_counter_or_a_clerk(hall: PureHall) -> None:
    serving(hall, "t1")
    hall.do(TransferTicket(1, "counter:3", "colleague"))
    hall.do(IssueTicket("A", "t2"))
    assert called(hall, 2) == "t2", "who was handed to counter 3 waits for it alone"
    assert called(hall, 3) == "t1"
    hall.do(SignIn(2, "s2"))
    hall.do(TransferTicket(3, "clerk:s2"))
    hall.do(FinishServing(2))
    assert called(hall, 2) == "t1"
    assert hall.ticket("t1").service == "A"


def test_nothing_is_handed_to_where_nobody_would_call_it(hall: PureHall) -> None:
    serving(hall, "t1")
    hall.do(SignOut(3))
    expected = {
        "Z": "service_unknown",
        "counter:9": "line_unknown",
        "counter:": "line_unknown",
        "counter:02": "line_unknown",
        "counter:x": "line_unknown",
        "desk:1": "line_unknown",
        "clerk:nobody": "line_unknown",
        "clerk:s2": "not_signed_in",
        "counter:3": "counter_closed",
    }
    assert {to: hall.refusal(TransferTicket(1, to)) for to in expected} == expected
    assert hall.refusal(TransferTicket(1, "B", "whim")) == "reason_unknown"


# --- several services -----------------------------------------------------------------------------


def test_several_services_are_done_one_after_the_other(hall: PureHall) -> None:
    serving(hall, "t1", further=("B",))
    hall.do(AcceptCase(1, "RS01"))
    hall.pass_s(60)
    done, closed = hall.do(FinishServing(1))
    assert isinstance(done, ServiceCompleted)
    assert (done.done, done.service, done.lines, done.served_ms) == ("A", "B", ["B"], 60_000)
    assert type(closed).__name__ == "CaseFinished"
    assert hall.ticket("t1").cases == []
    assert called(hall, 3) == "t1"
    hall.do(StartServing(3))
    hall.pass_s(30)
    finished, asked = hall.do(FinishServing(3))
    assert isinstance(finished, ServingFinished)
    assert (finished.served_ms, finished.outcome) == (60_000, "case")
    assert type(asked).__name__ == "RatingAsked"
    assert (hall.state.servings.count, hall.state.servings.total_ms) == (2, 90_000)


def test_a_test_ticket_asks_no_rating_and_has_no_case(hall: PureHall) -> None:
    serving(hall, "t1", test=True)
    assert hall.refusal(AcceptCase(1, "RS01")) == "test_ticket"
    assert names(hall, FinishServing(1)) == ["ServingFinished"]
    assert hall.state.servings.count == 0


# --- change, cancel, split ------------------------------------------------------------------------


def test_a_waiting_ticket_moves_to_another_service_with_its_place(hall: PureHall) -> None:
    hall.do(IssueTicket("A", "t1"))
    hall.pass_s(10)
    hall.do(IssueTicket("B", "t2"))
    hall.do(ChangeService("t1", "B"))
    assert called(hall, 3) == "t1"
    assert hall.refusal(ChangeService("t1", "A")) == "not_waiting"
    assert hall.refusal(ChangeService("t2", "Z")) == "service_unknown"
    assert hall.refusal(ChangeService("t9", "A")) == "not_found"


def test_who_waits_or_is_parked_may_give_the_number_back(hall: PureHall) -> None:
    hall.do(IssueTicket("A", "t1"))
    (gone,) = hall.do(CancelTicket("t1"))
    assert isinstance(gone, TicketCancelled)
    assert (gone.state, gone.cause) == ("WAITING", "citizen")
    assert hall.do(CallNext(1)) == []
    serving(hall, "t2")
    assert hall.refusal(CancelTicket("t2")) == "illegal_step"
    hall.do(ParkTicket(1))
    assert hall.do(CancelTicket("t2", "desk"))[0].subject == "t2"
    assert hall.state.tickets == {}
    hall.do(IssueTicket("A", "t3"))
    hall.do(CallNext(1))
    hall.do(MarkNoShow(1))
    assert hall.refusal(CancelTicket("t3")) == "illegal_step"
    assert hall.refusal(CancelTicket("t3", "whim")) == "reason_unknown"


@pytest.mark.parametrize("command", [CancelTicket("t1"), ChangeService("t1", "B")])
def test_a_ticket_that_has_ended_is_told_from_one_that_never_was(
    hall: PureHall, command: Command
) -> None:
    assert hall.refusal(command) == "not_found"
    serving(hall, "t1")
    hall.do(FinishServing(1))
    with pytest.raises(RefusalError) as refused:
        hall.do(command)
    assert (refused.value.code, refused.value.facts["state"]) == ("illegal_step", "DONE")


def test_the_rest_of_a_batch_waits_again_when_others_wait(hall: PureHall) -> None:
    serving(hall, "t1", clients=5)
    assert hall.refusal(SplitTicket("t1", 2, "r")) == "nobody_waits"
    hall.pass_s(60)
    hall.do(IssueTicket("B", "t2"))
    cut, rest = hall.do(SplitTicket("t1", 2, "r"))
    assert isinstance(cut, TicketSplit) and isinstance(rest, TicketIssued)
    assert (cut.kept, cut.rest, cut.rest_ticket, cut.counter) == (2, 3, "r", 1)
    assert (rest.clients, rest.source, rest.number) == (3, "split", "A002")
    assert rest.effective_at == hall.now
    assert hall.do(FinishServing(1))[0].clients == 2  # type: ignore[attr-defined]
    assert [called(hall, 1), called(hall, 2)] == ["t2", "r"]
    assert hall.refusal(SplitTicket("r", 3, "q")) == "clients_wrong"
    assert hall.refusal(SplitTicket("t2", 1, "q")) == "clients_wrong"


def test_who_was_cut_off_a_waiting_batch_is_not_ahead_of_themselves(hall: PureHall) -> None:
    hall.do(IssueTicket("A", "t1", clients=5))
    hall.do(IssueTicket("A", "t2"))
    _, rest = hall.do(SplitTicket("t1", 2, "r"))
    assert isinstance(rest, TicketIssued)
    assert (rest.clients, rest.ahead) == (3, 2 + 1)
    hall.do(IssueTicket("A", "t3", clients=3, test=True))
    _, rest = hall.do(SplitTicket("t3", 1, "q"))
    assert isinstance(rest, TicketIssued) and rest.ahead == 2 + 1 + 3


def test_a_batch_may_have_one_case_of_an_item_for_each_client(hall: PureHall) -> None:
    serving(hall, "t1", clients=2)
    hall.do(AcceptCase(1, "RS01"))
    hall.do(AcceptCase(1, "RS01"))
    assert hall.refusal(AcceptCase(1, "RS01")) == "already_accepted"
