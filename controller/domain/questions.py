"""What only a person can know: what becomes of the queue after an outage, and the true time.

One question stands at a time. That of an outage is answered by itself after its time (keep); that
of the clock stays until somebody answers.
"""

from controller.domain.errors import RefusalError
from controller.domain.events import Event
from controller.domain.hall_commands import (
    AnswerClock,
    AnswerOutage,
    ReportClockBehind,
    ReportOutage,
)
from controller.domain.hall_events import (
    ClockAnswered,
    ClockFoundBehind,
    OutageAnswered,
    OutageFound,
    QueueCleared,
)
from controller.domain.opening import expire, waiting_since_before
from controller.domain.rules import STOP_SENTENCES
from controller.domain.state import Context, HallState, Question

CHOICES = ("keep", "void", "cards")
LONGEST_FORWARD_MS = 400 * 24 * 3600 * 1000
"""A clock never goes back, so a wrong year would end the hall: no answer may be so far ahead."""


def report_outage(state: HallState, command: ReportOutage, context: Context) -> list[Event]:
    """Decide `ReportOutage`: nothing when it was short, or nobody waits.

    Over midnight nobody waits any more, unless the hall keeps the queue overnight.
    """
    open_one = state.question
    if open_one is not None and open_one.kind == "clock":
        return []  # the span is not known before the time is
    since = command.since
    if open_one is not None and context.now - since >= state.rules.outage_s * 1000:
        since = min(since, open_one.facts["since"])
    return _outage(state, since, context.now)


def _outage(state: HallState, since: int, until: int) -> list[Event]:
    rules = state.rules
    waiting = sum(ticket.state == "WAITING" for ticket in state.tickets.values())
    short = until - since < rules.outage_s * 1000
    gone = not rules.keep_overnight and rules.business_date(until) != rules.business_date(since)
    if short or not waiting or gone:
        return []
    return [OutageFound(since, until, waiting, until + rules.outage_answer_s * 1000)]


def answer_outage(state: HallState, command: AnswerOutage, context: Context) -> list[Event]:
    """Decide `AnswerOutage`: `void` sends home who waited when it began."""
    question = _require_question(state, "outage")
    if command.choice not in CHOICES:
        raise RefusalError("reason_unknown", reason=command.choice)
    if command.choice != "void":
        return [OutageAnswered(command.choice)]
    if command.sentence not in STOP_SENTENCES:
        raise RefusalError("reason_unknown", reason=command.sentence)
    answered = OutageAnswered(command.choice, command.sentence)
    gone = waiting_since_before(state, question.facts["since"] + 1)
    expired = [expire(one, f"outage:{command.sentence}") for one in gone]
    return [answered, *expired, QueueCleared(context.now, "outage", len(expired))]


def report_clock_behind(
    state: HallState, command: ReportClockBehind, context: Context
) -> list[Event]:
    """Decide `ReportClockBehind`; an open question is not asked again."""
    if state.question is not None and state.question.kind == "clock":
        return []
    return [ClockFoundBehind(command.difference_ms, command.last_at)]


def answer_clock(state: HallState, command: AnswerClock, context: Context) -> list[Event]:
    """Decide `AnswerClock`: the clock goes on to the true time, never back.

    With the true time it may turn out that there was an outage.
    """
    question = _require_question(state, "clock")
    forward_ms = max(0, command.true_at - context.now)
    if forward_ms > LONGEST_FORWARD_MS:
        raise RefusalError("time_unlikely")
    answered = ClockAnswered(command.true_at, forward_ms)
    if not forward_ms:
        return [answered]
    return [answered, *_outage(state, question.facts["last_at"], command.true_at)]


def _require_question(state: HallState, kind: str) -> Question:
    if state.question is None or state.question.kind != kind:
        raise RefusalError("no_question")
    return state.question
