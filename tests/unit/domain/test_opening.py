"""The business day in every zone: change, downtime, daylight saving, clocks that are wrong."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from controller.domain.commands import (
    CallNext,
    FinishServing,
    IssueTicket,
    OpenDay,
    ParkTicket,
    StartServing,
)
from controller.domain.events import TicketIssued
from controller.domain.hall_commands import ClearQueue
from controller.domain.hall_events import QueueCleared
from controller.domain.opening import clearings, due_clearings
from controller.reactors.timing import next_midnight
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

DAY_S = 24 * 3600


def ms(text: str, zone: str = "Asia/Shanghai") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def hall_at(text: str, zone: str) -> PureHall:
    """A hall in a zone, its day opened at a local time."""
    hall = PureHall(replace(RULES, time_zone=zone))
    hall.state.date = ""
    hall.state.at = 0
    hall.now = ms(text, zone)
    hall.do(OpenDay())
    return hall


def took(hall: PureHall, ticket: str) -> TicketIssued:
    issued = hall.do(IssueTicket("A", ticket))[-1]
    assert isinstance(issued, TicketIssued)
    return issued


@pytest.mark.parametrize(
    ("zone", "before", "after", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-30", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-26", 25),
        ("America/New_York", "2026-03-08", "2026-03-09", 23),
        ("America/New_York", "2026-11-01", "2026-11-02", 25),
        ("Asia/Shanghai", "2028-02-28", "2028-02-29", 24),
        ("Asia/Shanghai", "2028-02-29", "2028-03-01", 24),
        ("Asia/Shanghai", "2027-02-28", "2027-03-01", 24),
        ("Asia/Shanghai", "2026-12-31", "2027-01-01", 24),
        ("Asia/Kathmandu", "2026-12-31", "2027-01-01", 24),
    ],
)
def test_a_day_goes_from_midnight_to_midnight_of_the_halls_zone(
    zone: str, before: str, after: str, hours: int
) -> None:
    hall = hall_at(f"{before}T00:00", zone)
    begin = hall.now
    assert hall.state.date == before
    assert next_midnight(begin, zone) - begin == hours * 3_600_000
    assert took(hall, "t1").number == "A001"
    hall.now = begin + hours * 3_600_000 - 1
    assert (took(hall, "t2").number, hall.state.date) == ("A002", before)
    hall.now += 1
    issued = took(hall, "t3")
    assert (issued.number, issued.date, hall.state.date) == ("A001", after, after)


@pytest.mark.parametrize("minute", ["02:30", "01:30"])
@pytest.mark.parametrize("date", ["2026-03-29", "2026-10-25"])
def test_an_hour_that_is_missing_or_double_clears_once(minute: str, date: str) -> None:
    rules = replace(RULES, time_zone="Europe/Berlin", clearings=(minute,))
    planned = clearings(rules, date)
    assert len(planned) == 1
    midnight = ms(f"{date}T00:00", "Europe/Berlin")
    assert midnight < planned[0][0] < midnight + 5 * 3_600_000


def test_nothing_is_lost_by_a_week_of_downtime() -> None:
    hall = hall_at("2026-11-23T10:00", "Asia/Shanghai")
    for ticket in ("served", "called", "parked", "waits"):
        took(hall, ticket)
    hall.do(CallNext(1))
    hall.do(FinishServing(1))
    hall.do(CallNext(1))
    hall.do(CallNext(2))
    hall.do(StartServing(2))
    hall.do(ParkTicket(2))
    hall.pass_s(7 * DAY_S)
    assert [type(event).__name__ for event in hall.do(OpenDay())] == [
        "TicketExpired", "TicketExpired", "DayOpened",
    ]  # fmt: skip
    assert hall.state.date == "2026-11-30"
    assert {ticket.id: ticket.state for ticket in hall.state.tickets.values()} == {
        "called": "CALLED"
    }
    assert hall.do(OpenDay()) == []
    assert took(hall, "new").number == "A001"
    assert took(hall, "newer").number == "A003", "A002 is still called"


def test_the_clock_an_hour_back_goes_on_in_the_same_day() -> None:
    hall = hall_at("2026-11-24T00:20", "Asia/Shanghai")
    took(hall, "t1")
    hall.pass_s(-3600)
    assert took(hall, "t2").number == "A002"
    assert (hall.state.date, hall.do(OpenDay())) == ("2026-11-24", [])


def test_a_clock_ten_years_back_opens_no_day_and_numbers_go_on() -> None:
    hall = hall_at("2026-11-24T09:00", "Asia/Shanghai")
    took(hall, "t1")
    hall.now = ms("2016-11-24T09:00")
    assert hall.do(OpenDay()) == []
    issued = took(hall, "t2")
    assert (issued.number, issued.date) == ("A002", "2026-11-24")


def test_a_zone_further_west_does_not_open_yesterday_again() -> None:
    hall = hall_at("2026-11-24T00:20", "Asia/Shanghai")
    took(hall, "t1")
    hall.state.rules = replace(RULES, time_zone="America/New_York")
    assert hall.do(OpenDay()) == []
    assert took(hall, "t2").number == "A002"


def test_clearings_are_those_of_the_rules_and_the_last_session() -> None:
    rules = replace(
        RULES,
        always_open=False,
        hours={"mon": ["14:00-17:30", "08:30-12:00"]},
        clearings=("12:30",),
        closing="expire",
    )
    assert clearings(rules, "2026-11-23") == [
        (ms("2026-11-23T12:30"), "clearing"),
        (ms("2026-11-23T17:30"), "closing"),
    ]
    assert clearings(rules, "2026-11-24") == [(ms("2026-11-24T12:30"), "clearing")]
    assert clearings(replace(rules, closing="serve_all", clearings=()), "2026-11-23") == []
    whole = replace(rules, hours={"mon": ["00:00-24:00"]}, clearings=())
    assert clearings(whole, "2026-11-23") == [(ms("2026-11-24T00:00"), "closing")]


def test_a_late_clearing_spares_who_came_after_its_time_and_is_done_once() -> None:
    hall = hall_at("2026-11-23T12:00", "Asia/Shanghai")
    hall.state.rules = replace(RULES, clearings=("12:30",))
    took(hall, "before")
    hall.pass_s(2400)
    took(hall, "after")
    ((planned_at, cause),) = due_clearings(hall.state, hall.now)
    expired, cleared = hall.do(ClearQueue(planned_at, cause))
    assert (expired.subject, cleared) == ("before", QueueCleared(planned_at, "clearing", 1))
    assert due_clearings(hall.state, hall.now) == []
    assert hall.do(ClearQueue(planned_at, cause)) == []
    hall.pass_s(-3600)
    assert due_clearings(hall.state, hall.now) == [], "an hour back clears nobody again"
    hall.pass_s(3600 + DAY_S)
    assert due_clearings(hall.state, hall.now) == [], "the day is not opened yet"
    hall.do(OpenDay())
    assert len(due_clearings(hall.state, hall.now)) == 1


def test_every_day_of_two_years_is_opened_once_in_its_order() -> None:
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"):
        hall = hall_at("2027-01-01T00:00", zone)
        seen = [hall.state.date]
        last = datetime(2028, 12, 31, tzinfo=ZoneInfo(zone)).timestamp() * 1000
        while hall.now < last:
            hall.now = next_midnight(hall.now, zone)
            hall.do(OpenDay())
            seen.append(hall.state.date)
        first = date(2027, 1, 1)
        assert seen == [(first + timedelta(days=i)).isoformat() for i in range(731)]
