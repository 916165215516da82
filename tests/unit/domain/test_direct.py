"""Direct reception (直接接待): one key when nobody waits."""

from dataclasses import replace

from controller.domain.commands import (
    AcceptCase,
    CallNext,
    FinishServing,
    IssueTicket,
    RateTicket,
    StartDirect,
)
from controller.domain.events import ServingFinished
from controller.domain.hall_commands import PauseCounter, SignIn, SignOut
from controller.domain.queue_events import DirectServingStarted
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

STAFFED = replace(RULES, staff=("s1", "s2"))
DAY_S = 86_400


def test_a_direct_visit_has_a_number_and_everything_that_a_visit_has() -> None:
    hall = PureHall(STAFFED)
    hall.do(SignIn(3, "s1"))
    (begun,) = hall.do(StartDirect(3, "d1", items=("MZ01",)))
    assert isinstance(begun, DirectServingStarted)
    assert (begun.number, begun.service, begun.clerk, begun.calls) == ("B001", "B", "s1", 0)
    assert begun.issued_at == begun.called_at == begun.started_at == hall.now
    assert hall.ticket("d1").first_contact == "clerk:s1"
    hall.do(AcceptCase(3))
    hall.pass_s(60)
    finished = hall.do(FinishServing(3))[0]
    assert isinstance(finished, ServingFinished)
    assert (finished.direct, finished.clerk, finished.outcome) == (True, "s1", "case")
    assert hall.refusal(RateTicket("d1", 5)) == ""


def test_its_number_is_never_given_again() -> None:
    hall = PureHall()
    numbers = []
    for index in range(3):
        numbers.append(hall.do(StartDirect(1, f"d{index}"))[0].number)  # type: ignore[attr-defined]
        hall.do(FinishServing(1))
    numbers.append(hall.do(IssueTicket("A", "t1"))[0].number)  # type: ignore[attr-defined]
    assert numbers == ["A001", "A002", "A003", "A004"]


def test_who_waits_goes_first() -> None:
    hall = PureHall(STAFFED)
    hall.do(IssueTicket("A", "t1"))
    assert hall.refusal(StartDirect(1, "d1")) == "people_waiting"
    assert hall.refusal(StartDirect(3, "d1")) == "", "nobody waits for counter 3"
    hall.do(CallNext(1))
    assert hall.refusal(StartDirect(1, "d2")) == "counter_busy"


def test_a_direct_visit_is_refused_where_nobody_works() -> None:
    hall = PureHall(replace(STAFFED, sign_in=True))
    assert hall.refusal(StartDirect(1, "d1")) == "not_signed_in"
    hall = PureHall(STAFFED)
    hall.do(SignOut(1))
    assert hall.refusal(StartDirect(1, "d1")) == "counter_closed"
    assert hall.refusal(StartDirect(2, "d1", service="Z")) == "service_unknown"
    assert hall.refusal(StartDirect(2, "d1", items=("MZ01",))) == "item_elsewhere"
    assert hall.refusal(StartDirect(2, "d1", service="B", items=("MZ01",))) == ""


def test_a_direct_visit_ends_a_pause_and_may_open_the_day() -> None:
    hall = PureHall()
    hall.do(IssueTicket("A", "old"))
    hall.do(PauseCounter(1))
    hall.pass_s(DAY_S)
    events = hall.do(StartDirect(1, "d1"))
    assert [type(event).__name__ for event in events] == [
        "TicketExpired",
        "CounterResumed",
        "DayOpened",
        "DirectServingStarted",
    ]
    assert events[-1].number == "A001"  # type: ignore[attr-defined]
    assert hall.state.date == "2026-11-24"
