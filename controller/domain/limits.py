"""When numbers are given out: hours, stops, quotas; and the warning when many wait."""

from controller.domain.errors import RefusalError
from controller.domain.events import Event
from controller.domain.hall_commands import ResumeIssuing, StopIssuing
from controller.domain.hall_events import (
    IssuingResumed,
    IssuingStopped,
    WaitingEased,
    WaitingWarned,
)
from controller.domain.opening import opening
from controller.domain.rules import STOP_SENTENCES, within
from controller.domain.state import Context, HallState

HALL = "hall"
STOP_KINDS = ("emergency", "today")


def require_open(state: HallState, service: str, now: int) -> None:
    """Refuse `closed` outside the hours of issuing.

    While nobody knows the true time, hours cannot be told and none are asked for.
    """
    unknown = state.question is not None and state.question.kind == "clock"
    if not unknown and not state.rules.is_open(now, service):
        raise RefusalError("closed")


def require_running(state: HallState, service: str, new_day: bool) -> None:
    """Refuse `stopped` when the hall or the service gives out no numbers.

    A stop for today is over when the command itself begins a `new_day`.
    """
    for scope in (HALL, service):
        stop = state.stops.get(scope)
        if stop is not None and not (new_day and stop["kind"] == "today"):
            raise RefusalError("stopped", scope=scope, kind=stop["kind"], sentence=stop["sentence"])


def require_quota(state: HallState, service: str, now: int, new_day: bool) -> None:
    """Refuse `quota_used` when the day's or the band's numbers of a service are given out."""
    rule = state.rules.services[service]
    issued = {} if new_day else state.issued
    if rule.daily_quota and issued.get(service, 0) >= rule.daily_quota:
        raise RefusalError("quota_used", service=service, most=rule.daily_quota)
    if not rule.bands:
        return
    minute = f"{state.rules.local(now):%H:%M}"
    for quota in rule.bands:
        used = issued.get(f"{service}|{quota.band}", 0)
        if within(quota.band, minute) and used >= quota.most:
            raise RefusalError("quota_used", service=service, most=quota.most, band=quota.band)


def stop_issuing(state: HallState, command: StopIssuing, context: Context) -> list[Event]:
    """Decide `StopIssuing`; the same stop once more is no news."""
    _require_scope(state, command.scope)
    if command.kind not in STOP_KINDS or command.sentence not in STOP_SENTENCES:
        raise RefusalError("reason_unknown", reason=command.sentence)
    day = opening(state, context)
    wanted = {"kind": command.kind, "sentence": command.sentence}
    if not day and state.stops.get(command.scope) == wanted:
        return []
    return [*day, IssuingStopped(command.scope, command.kind, command.sentence)]


def resume_issuing(state: HallState, command: ResumeIssuing, context: Context) -> list[Event]:
    """Decide `ResumeIssuing`; where nothing is stopped nothing happens."""
    _require_scope(state, command.scope)
    return [IssuingResumed(command.scope)] if command.scope in state.stops else []


def _require_scope(state: HallState, scope: str) -> None:
    if scope != HALL and scope not in state.rules.services:
        raise RefusalError("service_unknown", service=scope)


def warnings(state: HallState) -> list[Event]:
    """Return the warnings that a state calls for: a line has reached its count, or is below it.

    Every command may move people, so this is asked after each one's events have been folded.
    """
    found: list[Event] = []
    for code in {**dict.fromkeys(state.rules.warned), **dict.fromkeys(state.warned)}:
        rule = state.rules.services.get(code)
        limit = rule.warn_waiting if rule is not None else 0  # 0: dropped by new rules
        waiting = state.people_in(code)
        full = limit > 0 and waiting >= limit
        if full and code not in state.warned:
            found.append(WaitingWarned(code, waiting, limit))
        elif not full and code in state.warned:
            found.append(WaitingEased(code, waiting, limit))
    return found
