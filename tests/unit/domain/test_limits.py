"""Hours, stops, quotas, tests and batches; the warning when many wait."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from controller.domain.commands import CallNext, CancelTicket, IssueTicket
from controller.domain.events import TicketIssued
from controller.domain.hall_commands import ClearQueue, ResumeIssuing, StopIssuing
from controller.domain.rules import Quota, ServiceRule
from tests.fixtures.core import RULES, SmallHall, fresh_engine
from tests.fixtures.pure import PureHall

DAY_S = 24 * 3600


def with_a(**service: object) -> PureHall:
    """A hall whose service A has limits; it is 08:30 on a Monday."""
    limited = ServiceRule("A", "A", "main", **service)  # type: ignore[arg-type]
    return PureHall(replace(RULES, services=RULES.services | {"A": limited}))


def took(hall: PureHall, ticket: str, service: str = "A", **more: object) -> TicketIssued:
    issued = hall.do(IssueTicket(service, ticket, **more))[-1]  # type: ignore[arg-type]
    assert isinstance(issued, TicketIssued)
    return issued


def test_a_service_has_hours_of_its_own() -> None:
    hall = with_a(hours={"mon": ["09:00-10:00"]})
    assert hall.refusal(IssueTicket("A", "early")) == "closed"
    assert hall.refusal(IssueTicket("B", "other")) == ""
    assert hall.refusal(IssueTicket("B", "both", further=("A",))) == "closed"
    hall.pass_s(1800)
    assert hall.refusal(IssueTicket("A", "in time")) == ""
    hall.pass_s(3600)
    assert hall.refusal(IssueTicket("A", "late")) == "closed"
    assert hall.refusal(IssueTicket("A", "tried", test=True)) == "", "a test is free of limits"


def test_the_days_numbers_end_and_begin_anew() -> None:
    hall = with_a(daily_quota=2)
    took(hall, "t1")
    took(hall, "t2", "B", further=("A",))
    assert hall.refusal(IssueTicket("A", "t3")) == "quota_used"
    assert hall.refusal(IssueTicket("B", "t3", further=("A",))) == "quota_used"
    assert hall.refusal(IssueTicket("A", "probe", test=True)) == ""
    assert hall.refusal(IssueTicket("A", "card", card="K001")) == ""
    hall.pass_s(DAY_S)
    assert hall.refusal(IssueTicket("A", "morning")) == ""


def test_a_band_has_a_quota_of_its_own() -> None:
    hall = with_a(bands=(Quota("08:00-09:00", 1), Quota("09:00-10:00", 2)))
    took(hall, "t1")
    assert hall.refusal(IssueTicket("A", "t2")) == "quota_used"
    hall.pass_s(1800)
    took(hall, "t3")
    took(hall, "t4")
    assert hall.refusal(IssueTicket("A", "t5")) == "quota_used"
    hall.pass_s(3600)
    assert hall.refusal(IssueTicket("A", "t6")) == "", "no band, no quota"


def test_an_emergency_stops_until_it_is_resumed() -> None:
    hall = PureHall()
    stop = StopIssuing("hall", "emergency", "power")
    assert [type(event).__name__ for event in hall.do(stop)] == ["IssuingStopped"]
    assert hall.do(stop) == [], "no news"
    assert hall.refusal(IssueTicket("A", "t1")) == "stopped"
    hall.pass_s(DAY_S)
    assert hall.refusal(IssueTicket("A", "t1")) == "stopped"
    assert len(hall.do(ResumeIssuing("hall"))) == 1
    assert hall.do(ResumeIssuing("hall")) == []
    assert hall.refusal(IssueTicket("A", "t1")) == ""


def test_no_more_today_ends_with_the_day() -> None:
    hall = PureHall()
    hall.do(StopIssuing("A", "today", "full"))
    assert hall.refusal(IssueTicket("A", "t1")) == "stopped"
    assert hall.refusal(IssueTicket("B", "t2", further=("A",))) == "stopped"
    assert hall.refusal(IssueTicket("B", "t2")) == ""
    hall.pass_s(DAY_S)
    assert hall.refusal(IssueTicket("A", "morning")) == ""


def test_a_stop_before_the_day_has_begun_holds_on_that_day() -> None:
    hall = PureHall()
    hall.pass_s(DAY_S)
    events = hall.do(StopIssuing("A", "today", "other"))
    assert [type(event).__name__ for event in events] == ["DayOpened", "IssuingStopped"]
    assert hall.refusal(IssueTicket("A", "t1")) == "stopped"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (StopIssuing("X", "today", "full"), "service_unknown"),
        (StopIssuing("A", "for ever", "full"), "reason_unknown"),
        (StopIssuing("A", "today", "mood"), "reason_unknown"),
        (ResumeIssuing("X"), "service_unknown"),
        (IssueTicket("A", "t", clients=0), "clients_wrong"),
        (IssueTicket("A", "t", clients=51), "clients_wrong"),
        (IssueTicket("A", "t", further=("X",)), "service_unknown"),
        (IssueTicket("A", "t", further=("B", "B")), "service_repeated"),
        (IssueTicket("A", "t", further=("A",)), "service_repeated"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(command: object, code: str) -> None:
    assert PureHall().refusal(command) == code  # type: ignore[arg-type]


def test_a_batch_counts_as_its_people() -> None:
    hall = PureHall()
    took(hall, "agent", clients=7)
    assert took(hall, "next").ahead == 7


def test_a_test_is_nobody() -> None:
    hall = with_a(warn_waiting=1)
    took(hall, "probe", test=True)
    assert took(hall, "first").ahead == 0
    hall.do(CallNext(1))
    assert hall.state.issued == {"A": 1}


def test_several_services_wait_in_order_or_in_all_lines() -> None:
    hall = PureHall()
    took(hall, "order", "A", further=("B",))
    assert hall.ticket("order").lines == ["A"]
    took(hall, "both", "A", further=("B",), together=True)
    assert hall.ticket("both").lines == ["A", "B"]
    assert took(hall, "last", "B").ahead == 2, "who waits in two lines is one person"


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[SmallHall]:
    engine = fresh_engine(f"sqlite:///{tmp_path}/hall.db")
    limited = ServiceRule("A", "A", "main", warn_waiting=2)
    rules = replace(RULES, services=RULES.services | {"A": limited})
    hall = await SmallHall(engine, rules).start()
    yield hall
    await hall.writer.stop()
    engine.dispose()


async def test_a_full_line_is_warned_of_once_and_eased_by_whatever_shortens_it(
    hall: SmallHall,
) -> None:
    assert await hall.types(IssueTicket("A", "t1")) == ["TicketIssued"]
    assert await hall.types(IssueTicket("A", "t2")) == ["TicketIssued", "WaitingWarned"]
    assert await hall.types(IssueTicket("A", "t3")) == ["TicketIssued"]
    assert await hall.types(CallNext(1)) == ["TicketCalled"]
    assert await hall.types(CallNext(2)) == ["TicketCalled", "WaitingEased"]
    assert await hall.types(IssueTicket("A", "t4", clients=3)) == ["TicketIssued", "WaitingWarned"]
    assert await hall.types(CancelTicket("t4")) == ["TicketCancelled", "WaitingEased"]
    await hall.do(IssueTicket("A", "t5"))
    cleared = await hall.types(ClearQueue(hall.clock.now() + 1, "clearing"))
    assert cleared == ["TicketExpired", "TicketExpired", "QueueCleared", "WaitingEased"]


async def test_a_warning_is_given_again_on_a_new_day_that_begins_full(hall: SmallHall) -> None:
    await hall.adopt(keep_overnight=True)
    await hall.do(IssueTicket("A", "t1"))
    await hall.do(IssueTicket("A", "t2"))
    hall.time.pass_s(DAY_S)
    assert await hall.types(IssueTicket("B", "t3")) == [
        "DayOpened", "TicketIssued", "WaitingWarned",
    ]  # fmt: skip


async def test_a_warning_ends_when_the_rules_drop_it(hall: SmallHall) -> None:
    await hall.do(IssueTicket("A", "t1"))
    await hall.do(IssueTicket("A", "t2"))
    await hall.adopt(services=RULES.services)
    assert hall.writer.state.warned == []
