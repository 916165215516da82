"""The rules of the queue, through the writer, on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from controller.domain.answers import counter_answer, ticket_answer
from controller.domain.commands import (
    AcceptCase,
    CallNext,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    RateAtCounter,
    RateTicket,
    RecallTicket,
    RecordAnnouncement,
    RecordPrint,
    StartServing,
)
from controller.domain.errors import RefusalError
from controller.domain.events import RatingAsked, ServingFinished, TicketRated
from tests.fixtures.core import SmallHall, fresh_engine


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[SmallHall]:
    engine = fresh_engine(f"sqlite:///{tmp_path}/hall.db")
    hall = await SmallHall(engine).start()
    yield hall
    await hall.writer.stop()
    engine.dispose()


async def issue(hall: SmallHall, ticket: str, service: str = "A", **more: Any) -> dict[str, Any]:
    return ticket_answer((await hall.do(IssueTicket(service, ticket, **more))).events)


async def refused(hall: SmallHall, command: Any) -> RefusalError:
    before = hall.writer.state.seq
    with pytest.raises(RefusalError) as caught:
        await hall.do(command)
    assert hall.writer.state.seq == before, "a refusal changes nothing"
    return caught.value


async def test_numbers_count_up_for_each_service(hall: SmallHall) -> None:
    numbers = [(await issue(hall, f"t{i}", s))["number"] for i, s in enumerate("AABAB")]
    assert numbers == ["A001", "A002", "B001", "A003", "B002"]


async def test_number_999_is_followed_by_1000(hall: SmallHall) -> None:
    hall.ledger._working.numbers["A"] = 998
    assert [(await issue(hall, f"t{i}"))["number"] for i in range(2)] == ["A999", "A1000"]


async def test_people_ahead_are_those_called_before_by_the_present_order(hall: SmallHall) -> None:
    ahead = [(await issue(hall, f"t{i}", s))["ahead"] for i, s in enumerate("AABB")]
    assert ahead == [0, 1, 2, 3]


async def test_priority_moves_a_ticket_by_its_credit_only(hall: SmallHall) -> None:
    await issue(hall, "early")
    hall.time.pass_s(1000)
    await issue(hall, "late")
    elder = await issue(hall, "elder", priority="elder")
    assert elder["ahead"] == 1
    called = [
        (await hall.do(CallNext(counter))).events[0].event.subject for counter in (1, 2)
    ]
    assert called == ["early", "elder"]


async def test_a_call_says_why(hall: SmallHall) -> None:
    await issue(hall, "first")
    hall.time.pass_s(60)
    await issue(hall, "second", priority="elder")
    answer = counter_answer((await hall.do(CallNext(1))).events)
    assert answer is not None
    assert answer["ticket"]["number"] == "A002"
    assert answer["reason"] == {
        "rule": "credit",
        "waited_s": 0,
        "credit_s": 900,
        "waiting": 2,
        "compared": [{"number": "A001", "waited_s": 60}],
    }


async def test_next_when_nobody_waits_stores_nothing(hall: SmallHall) -> None:
    assert (await hall.do(CallNext(1), key="n1")).events == ()
    await issue(hall, "t")
    assert (await hall.do(CallNext(1), key="n1")).events[0].event.subject == "t"


async def test_next_at_a_busy_counter_is_refused_with_its_ticket(hall: SmallHall) -> None:
    await issue(hall, "t1")
    await issue(hall, "t2")
    await hall.do(CallNext(1))
    refusal = await refused(hall, CallNext(1))
    assert refusal.code == "counter_busy"
    assert refusal.facts["ticket"]["number"] == "A001"  # type: ignore[index]


async def test_next_finishes_first_where_the_hall_wants_it(hall: SmallHall) -> None:
    await hall.adopt(finish_on_next=True)
    await issue(hall, "t1")
    await issue(hall, "t2")
    await hall.do(CallNext(1))
    assert await hall.types(CallNext(1)) == ["ServingFinished", "RatingAsked", "TicketCalled"]


async def test_a_counter_calls_only_its_services(hall: SmallHall) -> None:
    await issue(hall, "a", "A")
    assert (await hall.do(CallNext(3))).events == ()
    await issue(hall, "b", "B")
    assert (await hall.do(CallNext(3))).events[0].event.subject == "b"


async def test_serving_without_start_begins_at_the_last_call(hall: SmallHall) -> None:
    await issue(hall, "t")
    await hall.do(CallNext(1))
    hall.time.pass_s(30)
    await hall.do(RecallTicket(1))
    hall.time.pass_s(100)
    finished = (await hall.do(FinishServing(1))).events[0].event
    assert isinstance(finished, ServingFinished)
    assert finished.finished_at - finished.started_at == 100_000
    assert finished.outcome == "advice"


async def test_start_moves_the_beginning_of_the_serving(hall: SmallHall) -> None:
    await issue(hall, "t")
    await hall.do(CallNext(1))
    hall.time.pass_s(30)
    await hall.do(StartServing(1))
    hall.time.pass_s(70)
    finished = (await hall.do(FinishServing(1))).events[0].event
    assert isinstance(finished, ServingFinished)
    assert finished.finished_at - finished.started_at == 70_000


async def test_steps_that_the_table_does_not_list_are_refused(hall: SmallHall) -> None:
    for command in (RecallTicket(1), StartServing(1), FinishServing(1), MarkNoShow(1)):
        assert (await refused(hall, command)).code == "nothing_called"
    await issue(hall, "t")
    await hall.do(CallNext(1))
    await hall.do(StartServing(1))
    for command in (RecallTicket(1), StartServing(1), MarkNoShow(1)):
        assert (await refused(hall, command)).code == "illegal_step"
    assert (await refused(hall, CallNext(9))).code == "counter_unknown"


async def test_accept_without_item_takes_the_proposals_in_order(hall: SmallHall) -> None:
    await issue(hall, "t", items=("RS01", "RS02"))
    await hall.do(CallNext(1))
    first = (await hall.do(AcceptCase(1))).events[0].event
    second = (await hall.do(AcceptCase(1))).events[0].event
    assert [first.item, second.item] == ["RS01", "RS02"]  # type: ignore[attr-defined]
    assert first.subject == "9999990012026112300001"
    assert (await refused(hall, AcceptCase(1))).code == "item_missing"
    assert (await refused(hall, AcceptCase(1, "RS01"))).code == "already_accepted"
    assert await hall.types(FinishServing(1)) == [
        "ServingFinished",
        "CaseFinished",
        "CaseHandedOn",
        "RatingAsked",
    ]


async def test_items_that_make_no_case_are_refused(hall: SmallHall) -> None:
    for items, code in ((("XX",), "item_unknown"), (("WJ02",), "item_stopped"),
                        (("MZ01",), "item_elsewhere")):
        assert (await refused(hall, IssueTicket("A", "t", items))).code == code
    await issue(hall, "t")
    await hall.do(CallNext(1))
    assert (await refused(hall, AcceptCase(1, "ZX01"))).code == "item_no_case"
    assert (await refused(hall, AcceptCase(1, "WJ02"))).code == "item_stopped"
    assert (await refused(hall, AcceptCase(1, "??"))).code == "item_unknown"


async def test_one_visit_is_rated_once_by_box_or_phone(hall: SmallHall) -> None:
    await issue(hall, "t")
    assert (await refused(hall, RateTicket("t", 5))).code == "not_finished"
    await hall.do(CallNext(1))
    assert (await refused(hall, RateAtCounter(1, 5))).code == "no_rating_open"
    asked = (await hall.do(FinishServing(1))).events[-1].event
    assert isinstance(asked, RatingAsked)
    other = asked.session + 1
    assert (await refused(hall, RateAtCounter(1, 5, other))).code == "no_rating_open"
    rated = (await hall.do(RateAtCounter(1, 4, asked.session))).events[0].event
    assert isinstance(rated, TicketRated)
    assert (rated.ticket, rated.grade, rated.kind) == ("t", 4, "ACTIVE")
    assert (await refused(hall, RateTicket("t", 5))).code == "already_rated"
    assert (await refused(hall, RateAtCounter(1, 5))).code == "no_rating_open"
    assert (await refused(hall, RateTicket("unknown", 5))).code == "not_found"
    assert (await refused(hall, RateTicket("t", 6))).code == "grade_unknown"


async def test_the_box_stops_asking_at_the_next_call_and_after_its_time(hall: SmallHall) -> None:
    for ticket in ("t1", "t2"):
        await issue(hall, ticket)
        await hall.do(CallNext(1))
        await hall.do(FinishServing(1))
        if ticket == "t1":
            hall.time.pass_s(61)
            assert (await refused(hall, RateAtCounter(1, 5))).code == "no_rating_open"
    await issue(hall, "t3")
    await hall.do(CallNext(1))
    assert (await refused(hall, RateAtCounter(1, 5))).code == "no_rating_open"
    assert await hall.types(RateTicket("t2", 3)) == ["TicketRated"]


async def test_the_wait_is_told_once_ten_servings_are_known(hall: SmallHall) -> None:
    for index in range(10):
        assert (await issue(hall, f"t{index}"))["wait"] is None
        await hall.do(CallNext(1))
        hall.time.pass_s(240)
        await hall.do(FinishServing(1))
    waits = [(await issue(hall, f"n{index}"))["wait"] for index in range(3)]
    # two counters take A: 240 s / 2 for each person ahead, one serving more at most
    assert waits == [
        {"low_s": 0, "high_s": 120},
        {"low_s": 120, "high_s": 240},
        {"low_s": 240, "high_s": 360},
    ]


async def test_a_new_day_starts_at_001_and_ends_the_old_line(hall: SmallHall) -> None:
    await issue(hall, "waits")
    await issue(hall, "called")
    await hall.do(CallNext(1))
    hall.time.pass_s(24 * 3600)
    outcome = await hall.do(IssueTicket("A", "morning"))
    assert [row.type for row in outcome.events] == ["TicketExpired", "DayOpened", "TicketIssued"]
    answer = ticket_answer(outcome.events)
    # A001 is still in a citizen's hand at counter 1, so it is left out and the event says so
    assert (answer["number"], answer["ahead"]) == ("A002", 0)
    assert outcome.events[-1].event.skipped == ["A001"]  # type: ignore[attr-defined]


async def test_a_clock_in_the_past_opens_no_day(hall: SmallHall) -> None:
    await issue(hall, "t")
    hall.time.pass_s(-5 * 24 * 3600)
    assert (await issue(hall, "u"))["number"] == "A002"
    assert hall.writer.state.date == "2026-11-23"


async def test_tickets_are_given_out_in_opening_hours_only(hall: SmallHall) -> None:
    await hall.adopt(always_open=False, hours={"mon": ["08:30-12:00", "14:00-17:30"]})
    await issue(hall, "open")
    hall.time.pass_s(3.5 * 3600)
    assert (await refused(hall, IssueTicket("A", "noon"))).code == "closed"
    hall.time.pass_s(2 * 3600)
    await issue(hall, "afternoon")
    hall.time.pass_s(24 * 3600)
    assert (await refused(hall, IssueTicket("A", "tuesday"))).code == "closed"


async def test_paper_goes_one_way(hall: SmallHall) -> None:
    await issue(hall, "t")
    assert (await refused(hall, RecordPrint("t", "printed", "kiosk"))).code == "illegal_step"
    await hall.do(RecordPrint("t", "started", "kiosk"))
    await hall.do(RecordPrint("t", "unknown", "kiosk"))
    assert (await refused(hall, RecordPrint("t", "started", "kiosk"))).code == "illegal_step"
    assert (await refused(hall, RecordPrint("x", "started", "kiosk"))).code == "not_found"


async def test_an_announcement_is_started_once(hall: SmallHall) -> None:
    started = RecordAnnouncement("t-1", "started", "t", 1, "main", {"number": "A001"})
    await hall.do(started)
    assert (await refused(hall, started)).code == "illegal_step"
    await hall.do(RecordAnnouncement("t-1", "ended", "t", 1, "main"))
    assert (await refused(hall, RecordAnnouncement("t-1", "unknown", "t", 1, "main"))).code == (
        "illegal_step"
    )
