"""What a person is asked after an outage, and when the clock is wrong."""

from dataclasses import replace

from controller.domain.commands import CallNext, IssueTicket, OpenDay
from controller.domain.events import TicketExpired
from controller.domain.hall_commands import (
    AnswerClock,
    AnswerOutage,
    ReportClockBehind,
    ReportOutage,
    StopIssuing,
)
from controller.domain.hall_events import ClockAnswered, OutageFound
from controller.domain.opening import due_clearings
from tests.fixtures.core import RULES, START_MS
from tests.fixtures.pure import PureHall

DAY_S = 24 * 3600


def after_outage(seconds: float = 601, tickets: int = 2) -> PureHall:
    """A hall that was down for a while with people waiting; the question has been reported."""
    hall = PureHall()
    for index in range(tickets):
        hall.do(IssueTicket("A", f"t{index}"))
    hall.pass_s(seconds)
    hall.do(ReportOutage(START_MS))
    return hall


def names(events: list[object]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_a_lead_is_asked_after_a_long_outage_with_people_waiting() -> None:
    hall = after_outage()
    assert hall.log[-1].event == OutageFound(
        START_MS, START_MS + 601_000, 2, START_MS + 601_000 + 120_000
    )
    assert hall.refusal(CallNext(1)) == "outage_question", "nothing old is called"


def test_nobody_is_asked_after_a_short_one_an_empty_one_or_over_midnight() -> None:
    for hall in (after_outage(599), after_outage(601, 0), after_outage(DAY_S)):
        assert hall.state.question is None
        assert hall.refusal(AnswerOutage("keep")) == "no_question"


def test_the_queue_is_kept_by_keep_and_by_cards() -> None:
    for choice in ("keep", "cards"):
        hall = after_outage()
        assert names(list(hall.do(AnswerOutage(choice)))) == ["OutageAnswered"]
        assert hall.do(CallNext(1))[0].subject == "t0"
        assert hall.refusal(AnswerOutage(choice)) == "no_question"


def test_void_ends_who_waited_and_not_who_came_after_the_start() -> None:
    hall = after_outage()
    hall.do(IssueTicket("A", "new"))
    assert names(list(hall.do(AnswerOutage("void")))) == [
        "OutageAnswered", "TicketExpired", "TicketExpired", "QueueCleared",
    ]  # fmt: skip
    assert set(hall.state.tickets) == {"new"}
    assert hall.do(CallNext(1))[0].subject == "new"


def test_who_keeps_the_queue_overnight_is_asked_over_midnight_too() -> None:
    hall = PureHall(replace(RULES, keep_overnight=True))
    hall.do(IssueTicket("A", "t1"))
    hall.pass_s(DAY_S)
    hall.do(OpenDay())
    assert names(list(hall.do(ReportOutage(START_MS)))) == ["OutageFound"]


def test_a_voided_queue_is_told_why_for_a_while() -> None:
    hall = after_outage()
    assert hall.refusal(AnswerOutage("void", "whim")) == "reason_unknown"
    events = hall.do(AnswerOutage("void", "power"))
    assert {event.cause for event in events if isinstance(event, TicketExpired)} == {
        "outage:power"
    }
    assert hall.state.notice == {"sentence": "power", "until": hall.now + 15 * 60 * 1000}
    kept = after_outage()
    kept.do(AnswerOutage("keep"))
    assert kept.state.notice is None


def test_an_answer_that_nobody_knows_is_refused() -> None:
    assert after_outage().refusal(AnswerOutage("maybe")) == "reason_unknown"


def test_a_second_outage_during_the_question_is_one_with_the_first() -> None:
    hall = after_outage()
    down = hall.now
    hall.pass_s(30)
    assert hall.do(ReportOutage(down)) == [], "a short one more: the question stands"
    hall.pass_s(700)
    (found,) = hall.do(ReportOutage(down + 30_000))
    assert isinstance(found, OutageFound)
    assert (found.since, found.until) == (START_MS, hall.now)


def behind() -> PureHall:
    """A hall whose PC woke ten years back; its clock goes on from the last event."""
    rules = replace(
        RULES, always_open=False, hours={"mon": ["08:00-12:00"]}, clearings=("11:00",)
    )
    hall = PureHall(rules)
    hall.do(IssueTicket("A", "t0"))
    hall.do(ReportClockBehind(10 * 365 * DAY_S * 1000, START_MS))
    return hall


def test_while_the_time_is_asked_for_no_day_begins_and_numbers_go_on() -> None:
    hall = behind()
    assert hall.do(ReportClockBehind(1, START_MS)) == [], "asked once"
    hall.pass_s(4 * 3600)
    assert due_clearings(hall.state, hall.now) == []
    hall.pass_s(DAY_S)
    assert hall.do(OpenDay()) == []
    issued = hall.do(IssueTicket("A", "t1"))[-1]
    assert (issued.number, issued.date) == ("A002", "2026-11-23")  # type: ignore[attr-defined]
    assert hall.refusal(IssueTicket("A", "t2")) == "", "no hours where no time is known"
    assert names(list(hall.do(StopIssuing("hall", "today", "other")))) == ["IssuingStopped"]


def test_the_true_time_moves_the_clock_forward_and_opens_the_day() -> None:
    hall = behind()
    hall.pass_s(60)
    true_at = hall.now + 7 * DAY_S * 1000
    assert hall.do(AnswerClock(true_at)) == [ClockAnswered(true_at, 7 * DAY_S * 1000)]
    hall.now = true_at
    assert names(list(hall.do(OpenDay()))) == ["TicketExpired", "DayOpened"]
    assert hall.state.date == "2026-11-30"


def test_a_true_time_before_the_last_event_leaves_the_clock() -> None:
    hall = behind()
    (answered,) = hall.do(AnswerClock(hall.now - 3600_000))
    assert answered == ClockAnswered(hall.now - 3600_000, 0)
    assert hall.refusal(AnswerClock(hall.now)) == "no_question"


def test_a_wrong_year_is_not_taken() -> None:
    hall = behind()
    assert hall.refusal(AnswerClock(hall.now + 401 * DAY_S * 1000)) == "time_unlikely"
    assert hall.state.question is not None


def test_with_the_true_time_an_outage_comes_to_light() -> None:
    hall = behind()
    true_at = START_MS + 3_600_000
    answered, found = hall.do(AnswerClock(true_at))
    assert isinstance(answered, ClockAnswered)
    assert found == OutageFound(START_MS, true_at, 1, true_at + 120_000)
    assert hall.state.question is not None and hall.state.question.kind == "outage"


def test_an_outage_is_not_judged_before_the_time_is_known() -> None:
    hall = behind()
    hall.pass_s(3600)
    assert hall.do(ReportOutage(START_MS)) == []
