"""Appointments: slots, quotas, the window of the check-in, late arrivals."""

from dataclasses import replace

import pytest

from controller.domain.commands import BookTicket, CallNext, CancelTicket, CheckIn, IssueTicket
from controller.domain.errors import RefusalError
from controller.domain.events import TicketIssued
from controller.domain.hall_commands import StopIssuing
from controller.domain.rules import ServiceRule, SlotRule
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

DAY_S = 24 * 3600
SLOTS = SlotRule(("mon", "tue"), "09:00", "11:10", 30, 2)
BOOKABLE = replace(
    RULES, services=RULES.services | {"A": ServiceRule("A", "A", "main", slots=(SLOTS,))}
)
MONDAY, TUESDAY = "2026-11-23", "2026-11-24"


@pytest.fixture
def hall() -> PureHall:
    """It is 08:30 on Monday."""
    return PureHall(BOOKABLE)


def checked_in(hall: PureHall, ticket: str) -> TicketIssued:
    issued = hall.do(CheckIn(ticket))[-1]
    assert isinstance(issued, TicketIssued)
    return issued


def test_slots_are_cut_from_the_rule(hall: PureHall) -> None:
    for start in ("09:00", "09:30", "10:00", "10:30"):
        assert hall.refusal(BookTicket("A", f"b{start}", TUESDAY, start)) == ""
    for start in ("08:30", "09:10", "11:00", "9:00", "", "25:00"):
        assert hall.refusal(BookTicket("A", "b", TUESDAY, start)) == "slot_unknown", start


@pytest.mark.parametrize(
    ("service", "date", "start", "code"),
    [
        ("X", TUESDAY, "09:00", "service_unknown"),
        ("B", TUESDAY, "09:00", "slot_unknown"),
        ("A", "2026-11-25", "09:00", "slot_unknown"),
        ("A", "2026-11-30", "09:00", "slot_unknown"),
        ("A", "2026-11-22", "09:00", "too_late_to_book"),
        ("A", "soon", "09:00", "slot_unknown"),
        ("A", "2026-02-30", "09:00", "slot_unknown"),
    ],
)
def test_what_cannot_be_booked_is_refused(
    hall: PureHall, service: str, date: str, start: str, code: str
) -> None:
    assert hall.refusal(BookTicket(service, "b", date, start)) == code


def test_a_slot_of_today_can_be_booked_until_it_begins(hall: PureHall) -> None:
    assert hall.refusal(BookTicket("A", "b1", MONDAY, "09:00")) == ""
    hall.pass_s(1800)
    assert hall.refusal(BookTicket("A", "b2", MONDAY, "09:00")) == "too_late_to_book"


def test_a_slot_has_room_for_its_quota(hall: PureHall) -> None:
    for index in range(2):
        hall.do(BookTicket("A", f"b{index}", TUESDAY, "09:00"))
    assert hall.refusal(BookTicket("A", "b2", TUESDAY, "09:00")) == "slot_full"
    hall.do(CancelTicket("b0"))
    assert hall.refusal(BookTicket("A", "b2", TUESDAY, "09:00")) == ""


def test_a_slot_stays_taken_when_its_holder_has_come(hall: PureHall) -> None:
    hall.do(BookTicket("A", "b0", MONDAY, "09:00"))
    hall.do(BookTicket("A", "b1", MONDAY, "09:00"))
    hall.pass_s(15 * 60)
    hall.do(CheckIn("b0"))
    assert hall.refusal(BookTicket("A", "b2", MONDAY, "09:00")) == "slot_full"


def test_the_window_of_the_check_in(hall: PureHall) -> None:
    hall.do(BookTicket("A", "b", MONDAY, "09:00"))
    hall.pass_s(15 * 60 - 10.5)
    with pytest.raises(RefusalError) as caught:
        hall.do(CheckIn("b"))
    assert (caught.value.code, caught.value.facts) == ("check_in_early", {"retry_after_s": 11})
    hall.pass_s(10.5)
    issued = checked_in(hall, "b")
    assert (issued.number, issued.late, issued.source) == ("A001", False, "booking")
    assert hall.refusal(CheckIn("b")) == "not_booked"
    assert hall.refusal(CheckIn("nobody")) == "not_found"


def test_who_is_in_time_has_the_credit_of_the_slot(hall: PureHall) -> None:
    hall.do(BookTicket("A", "b", MONDAY, "09:00"))
    hall.pass_s(18 * 60)
    hall.do(IssueTicket("A", "before"))
    hall.pass_s(10 * 60)
    hall.do(IssueTicket("A", "between"))
    hall.pass_s(17 * 60)  # 09:15, the last moment
    issued = checked_in(hall, "b")
    assert not issued.late
    assert issued.slot is not None
    assert issued.effective_at == issued.slot - 900_000, "as if issued at 08:45"
    assert hall.do(CallNext(1))[0].subject == "b"


def test_who_is_late_has_an_ordinary_ticket(hall: PureHall) -> None:
    hall.do(BookTicket("A", "b", MONDAY, "09:00"))
    hall.pass_s(45 * 60)
    hall.do(IssueTicket("A", "before"))
    hall.pass_s(1)
    issued = checked_in(hall, "b")
    assert (issued.late, issued.effective_at, issued.ahead) == (True, issued.issued_at, 1)


def test_a_check_in_is_for_its_day(hall: PureHall) -> None:
    hall.do(BookTicket("A", "b", TUESDAY, "09:00"))
    assert hall.refusal(CheckIn("b")) == "not_today"
    hall.pass_s(DAY_S + 1800)
    opened, issued = hall.do(CheckIn("b"))
    assert (type(opened).__name__, issued.subject) == ("DayOpened", "b")


def test_who_does_not_come_expires_after_the_day_and_not_before(hall: PureHall) -> None:
    hall.do(BookTicket("A", "today", MONDAY, "09:00"))
    hall.do(BookTicket("A", "tomorrow", TUESDAY, "09:00"))
    hall.pass_s(DAY_S)
    hall.do(IssueTicket("A", "morning"))
    assert set(hall.state.tickets) == {"tomorrow", "morning"}
    assert len(hall.state.slots) == 1


def test_neither_hours_nor_quotas_keep_a_punctual_holder_out(hall: PureHall) -> None:
    hall.do(BookTicket("A", "b", MONDAY, "09:00"))
    hall.do(BookTicket("A", "late", MONDAY, "09:00"))
    limited = replace(BOOKABLE.services["A"], hours={"mon": ["14:00-15:00"]}, daily_quota=1)
    hall.state.rules = replace(BOOKABLE, services=BOOKABLE.services | {"A": limited})
    hall.pass_s(1800)
    assert hall.refusal(CheckIn("b")) == ""
    hall.pass_s(16 * 60)
    assert hall.refusal(CheckIn("late")) == "closed"
    hall.pass_s(5 * 3600)
    assert hall.refusal(CheckIn("late")) == "quota_used"


def test_an_emergency_stops_the_check_in_too(hall: PureHall) -> None:
    hall.do(BookTicket("A", "b", MONDAY, "09:00"))
    hall.do(StopIssuing("hall", "emergency", "safety"))
    hall.pass_s(1800)
    assert hall.refusal(CheckIn("b")) == "stopped"
