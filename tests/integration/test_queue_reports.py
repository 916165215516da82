"""Figures and lists of the whole queue, held against what was done; on both databases."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from controller.domain.commands import (
    BookTicket,
    CallNext,
    CallTicket,
    CancelTicket,
    CheckIn,
    FinishServing,
    IssueTicket,
    ParkTicket,
    SplitTicket,
    StartDirect,
    StartServing,
    TransferTicket,
    UndoStep,
    UnparkTicket,
)
from controller.domain.hall_commands import PauseCounter, ResumeCounter, SignIn, SignOut
from controller.domain.rules import WEEKDAYS, ServiceRule, SlotRule
from controller.reports.fairness import fairness_report
from controller.reports.indicators import volume_report, waits_report
from controller.reports.reasons import told_why
from controller.reports.records import appointments_of, referrals
from controller.reports.workload import pauses_report, workload_report
from controller.store.queries import Days, Page, one_ticket
from tests.fixtures.core import HALL, RULES, START_MS, SmallHall, fresh_engine

TODAY = "2026-11-23"
DAY = Days(TODAY, TODAY)
STAFF = ("s1", "s2")
SLOTS = (SlotRule(WEEKDAYS, "08:00", "17:00", 30, 2),)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path}/hall.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = fresh_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
async def hall(engine: Engine) -> AsyncIterator[SmallHall]:
    rules = replace(
        RULES,
        staff=STAFF,
        call_rights=STAFF,
        services={**RULES.services, "A": ServiceRule("A", "A", "main", slots=SLOTS)},
    )
    hall = await SmallHall(engine, rules).start()
    yield hall
    await hall.writer.stop()


def read(hall: SmallHall, work: Any, *args: Any) -> Any:
    with hall.engine.connect() as connection:
        return work(connection, HALL, *args)


async def test_queued_direct_and_test_visits_are_counted_apart(hall: SmallHall) -> None:
    await hall.do(StartDirect(3, "gone"))
    await hall.do(UndoStep(3))
    await hall.do(IssueTicket("A", "one"))
    await hall.do(IssueTicket("A", "batch", clients=4))
    await hall.do(IssueTicket("A", "test", test=True))
    await hall.do(IssueTicket("A", "back"))
    hall.time.pass_s(59)
    await hall.do(CancelTicket("back", "citizen"))
    await hall.do(CallNext(1))
    await hall.do(FinishServing(1))
    hall.time.pass_s(10)
    await hall.do(CallNext(1))
    await hall.do(SplitTicket("batch", 1, "rest"))
    await hall.do(FinishServing(1))
    await hall.do(StartDirect(3, "direct"))
    await hall.do(FinishServing(3))
    volume = read(hall, volume_report, DAY)
    names = ("visits", "queued", "direct", "people", "issued", "called", "done", "done_direct")
    assert [volume[name] for name in names] == [5, 4, 1, 7, 3, 2, 3, 1]
    assert (volume["cancelled"], volume["advice"]) == (1, 3)
    waits = read(hall, waits_report, DAY, ["A"])["total"]
    assert (waits["count"], waits["max_s"]) == (2, 69)


async def test_a_visit_in_parts_counts_each_counter_for_its_own(hall: SmallHall) -> None:
    await hall.do(SignIn(1, "s1"))
    await hall.do(SignIn(3, "s2"))
    await hall.do(IssueTicket("A", "one"))
    await hall.do(CallNext(1))
    await hall.do(StartServing(1))
    hall.time.pass_s(30)
    await hall.do(ParkTicket(1))
    hall.time.pass_s(500)
    await hall.do(UnparkTicket(1, silent=True))
    hall.time.pass_s(20)
    await hall.do(TransferTicket(1, "B"))
    await hall.do(UndoStep(1))
    hall.time.pass_s(10)
    await hall.do(TransferTicket(1, "B", "wrong_service"))
    await hall.do(CallNext(3))
    await hall.do(StartServing(3))
    hall.time.pass_s(40)
    await hall.do(FinishServing(3))
    row = read(hall, one_ticket, "one")
    assert (row["state"], row["handle_ms"], row["counter"]) == ("DONE", 100_000, 3)
    assert read(hall, workload_report, DAY)["rows"] == [
        {"counter": 1, "clerk": "s1", "calls": 1, "done": 0, "serving_s": 60},
        {"counter": 3, "clerk": "s2", "calls": 1, "done": 1, "serving_s": 40},
    ]
    told = read(hall, referrals, Page(), DAY).rows
    facts = ("number", "service", "to", "reason", "counter", "clerk", "first_contact", "date")
    assert [tuple(row[name] for name in facts) for row in told] == [
        ("A001", "A", "B", "wrong_service", 1, "s1", "clerk:s1", TODAY)
    ]


async def test_referrals_come_in_parts(hall: SmallHall) -> None:
    for index in range(3):
        await hall.do(IssueTicket("A", f"t{index}"))
        await hall.do(CallNext(1))
        await hall.do(TransferTicket(1, "counter:3"))
    first = read(hall, referrals, Page(limit=2), DAY)
    rest = read(hall, referrals, Page(after=first.next, limit=2), DAY)
    assert [row["ticket"] for row in (*first.rows, *rest.rows)] == ["t0", "t1", "t2"]
    assert rest.next is None


async def test_calls_out_of_order_are_told(hall: SmallHall) -> None:
    await hall.do(SignIn(1, "s1"))
    await hall.do(IssueTicket("A", "test", test=True))
    for name in ("one", "two", "three"):
        await hall.do(IssueTicket("A", name))
        hall.time.pass_s(1)
    await hall.do(CallNext(1))
    await hall.do(FinishServing(1))
    await hall.do(CallTicket(1, "three", None, "urgent"))
    await hall.do(FinishServing(1))
    for _ in range(2):
        await hall.do(CallNext(1))
        await hall.do(FinishServing(1))
    report = read(hall, fairness_report, DAY)
    assert (report["visits_called"], report["out_of_order"]) == (3, 1)
    assert (report["overtaken"], report["max_overtakes"]) == (2, 1)
    assert report["by_rule"] == {"chosen": 1, "first": 1, "only": 1}
    assert [row["number"] for row in report["most_overtaken"]] == ["A001", "A002"]


async def test_why_tells_the_calls_between_issue_and_call(hall: SmallHall) -> None:
    await hall.do(IssueTicket("A", "before"))
    await hall.do(CallNext(1))
    hall.time.pass_s(5)
    await hall.do(IssueTicket("A", "me"))
    hall.time.pass_s(5)
    await hall.do(IssueTicket("B", "elder", priority="elder"))
    await hall.do(CallNext(3))
    told = read(hall, told_why, "me", hall.rules)
    assert (told["ticket"]["number"], told["calls"]) == ("A002", [])
    (other,) = told["between"]
    assert (other["number"], other["counter"], other["earlier"]) == ("B001", 3, False)
    await hall.do(CallNext(2))
    await hall.do(UndoStep(2))
    assert read(hall, told_why, "me", hall.rules)["calls"] == []
    await hall.do(CallNext(2))
    await hall.do(IssueTicket("B", "later"))
    await hall.do(FinishServing(3))
    await hall.do(CallNext(3))
    told = read(hall, told_why, "me", hall.rules)
    assert [call["reason"]["rule"] for call in told["calls"]] == ["only"]
    assert [call["number"] for call in told["between"]] == ["B001"]
    with pytest.raises(KeyError):
        read(hall, told_why, "nobody", hall.rules)


async def test_pauses_are_cut_to_the_days_and_counted_by_reason(hall: SmallHall) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    await hall.do(SignIn(1, "s1"))
    await hall.do(PauseCounter(1, "meal", 30))
    hall.time.pass_s(600)
    await hall.do(ResumeCounter(1))
    hall.time.pass_s(50)
    await hall.do(PauseCounter(1, "rest"))
    hall.time.pass_s(20)
    await hall.do(PauseCounter(2, "meal"))
    now = hall.clock.now() + 30_000
    report = read(hall, pauses_report, DAY, zone, now)
    assert report["reasons"] == [
        {"reason": "meal", "pauses": 2, "paused_s": 630},
        {"reason": "rest", "pauses": 1, "paused_s": 50},
    ]
    assert report["counters"] == [
        {"counter": 1, "pauses": 2, "paused_s": 650, "signed_in_s": 700},
        {"counter": 2, "pauses": 1, "paused_s": 30, "signed_in_s": 0},
    ]
    hall.time.pass_s(16 * 3600)  # into the next morning
    await hall.do(SignOut(1, True))
    tomorrow = Days("2026-11-24", "2026-11-24")
    report = read(hall, pauses_report, tomorrow, zone, hall.clock.now())
    assert report["counters"] == [], "both end with their day"
    report = read(hall, pauses_report, DAY, zone, hall.clock.now())
    assert report["counters"][0]["signed_in_s"] == 15.5 * 3600


async def test_a_booked_slot_is_found_before_and_after_check_in(hall: SmallHall) -> None:
    await hall.do(BookTicket("A", "booked", TODAY, "09:00", no="w7"))
    await hall.do(BookTicket("A", "other", TODAY, "09:00"))
    row = read(hall, one_ticket, "booked")
    assert (row["state"], row["number"], row["issued_at"]) == ("BOOKED", "", None)
    assert row["slot"] == START_MS + 30 * 60_000
    await hall.do(CancelTicket("other", "citizen"))
    hall.time.pass_s(20 * 60)
    await hall.do(CheckIn("booked"))
    ticket = read(hall, one_ticket, "booked")
    assert ticket.keys() == row.keys()
    assert (ticket["state"], ticket["number"], ticket["slot"]) == ("WAITING", "A001", row["slot"])
    rows = read(hall, appointments_of, Page(), {"date": TODAY, "service": "A"}).rows
    assert [(one["ticket"], one["state"], one["number"]) for one in rows] == [
        ("booked", "CHECKED_IN", "A001"),
        ("other", "CANCELLED", None),
    ]
    assert read(hall, volume_report, DAY)["visits"] == 1
