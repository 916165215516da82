"""Rows of what lasts for a while: pauses, sign-ins, warnings, stops of issuing.

Each begins with a row and ends with `open` 0; a new one of the same thing ends the old one.
"""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Table

from controller.domain.events import DayOpened, StoredEvent
from controller.domain.hall_events import (
    ClerkSignedIn,
    ClerkSignedOut,
    ClockAnswered,
    ClockFoundBehind,
    CounterPaused,
    CounterResumed,
    IssuingResumed,
    IssuingStopped,
    OutageAnswered,
    OutageFound,
    PostManned,
    PostUnmanned,
    WaitingEased,
    WaitingWarned,
)
from controller.store.change import Change, new_row
from controller.store.schema import pauses, sign_ins, stops, warnings


def end_rows(table: Table, stored: StoredEvent, which: dict[str, Any], **values: Any) -> Change:
    """Return the end of the open rows that `which` names."""
    key = {"hall": stored.hall, **which, "open": 1}
    return Change(table, key, {"open": 0, "ended_at": stored.at, **values})


def _paused(event: CounterPaused, stored: StoredEvent) -> list[Change]:
    row = new_row(
        pauses,
        stored,
        counter=event.counter,
        clerk=event.clerk,
        reason=event.reason,
        since=event.since,
        until=event.until,
        open=1,
    )
    return [end_rows(pauses, stored, {"counter": event.counter}), row]


def _resumed(event: CounterResumed, stored: StoredEvent) -> list[Change]:
    return [end_rows(pauses, stored, {"counter": event.counter})]


def _signed_in(event: ClerkSignedIn, stored: StoredEvent) -> list[Change]:
    row = new_row(
        sign_ins, stored, counter=event.counter, clerk=event.clerk, since=stored.at, open=1
    )
    return [*_signed_out(event, stored), row]


def _signed_out(event: ClerkSignedIn | ClerkSignedOut, stored: StoredEvent) -> list[Change]:
    here = {"counter": event.counter}
    return [end_rows(pauses, stored, here), end_rows(sign_ins, stored, here)]


def warning_rows(stored: StoredEvent, kind: str, about: str, **facts: Any) -> list[Change]:
    """Return a new warning with its facts."""
    row = new_row(
        warnings,
        stored,
        kind=kind,
        about=about,
        since=stored.at,
        facts=json.dumps(facts, ensure_ascii=False, sort_keys=True),
        open=1,
    )
    return [row]


def _warned(event: WaitingWarned, stored: StoredEvent) -> list[Change]:
    return warning_rows(
        stored, "waiting", event.service, limit=event.limit, waiting=event.waiting
    )


def _eased(event: WaitingEased, stored: StoredEvent) -> list[Change]:
    return [end_rows(warnings, stored, {"kind": "waiting", "about": event.service})]


def _unmanned(event: PostUnmanned, stored: StoredEvent) -> list[Change]:
    return warning_rows(stored, "post", event.post, a=event.a, b=event.b, date=event.date)


def _manned(event: PostManned, stored: StoredEvent) -> list[Change]:
    return [end_rows(warnings, stored, {"kind": "post", "about": event.post})]


def _outage(event: OutageFound, stored: StoredEvent) -> list[Change]:
    return warning_rows(
        stored, "outage", "", since=event.since, until=event.until, waiting=event.waiting
    )


def _answered(event: OutageAnswered, stored: StoredEvent) -> list[Change]:
    return [end_rows(warnings, stored, {"kind": "outage"}, answer=event.choice)]


def _behind(event: ClockFoundBehind, stored: StoredEvent) -> list[Change]:
    return warning_rows(
        stored, "clock", "", difference_ms=event.difference_ms, last_at=event.last_at
    )


def _set(event: ClockAnswered, stored: StoredEvent) -> list[Change]:
    return [end_rows(warnings, stored, {"kind": "clock"}, answer=str(event.true_at))]


def _stopped(event: IssuingStopped, stored: StoredEvent) -> list[Change]:
    row = new_row(
        stops,
        stored,
        scope=event.scope,
        kind=event.kind,
        sentence=event.sentence,
        since=stored.at,
        open=1,
    )
    return [end_rows(stops, stored, {"scope": event.scope}), row]


def _issuing(event: IssuingResumed, stored: StoredEvent) -> list[Change]:
    return [end_rows(stops, stored, {"scope": event.scope})]


def _day(event: DayOpened, stored: StoredEvent) -> list[Change]:
    """A new day ends the stops of the old one, its warnings of long lines and of its test."""
    return [
        end_rows(stops, stored, {"kind": "today"}),
        end_rows(warnings, stored, {"kind": "waiting"}),
        end_rows(warnings, stored, {"kind": "test"}),
    ]


STEPS: dict[type, Callable[[Any, StoredEvent], list[Change]]] = {
    DayOpened: _day,
    CounterPaused: _paused,
    CounterResumed: _resumed,
    ClerkSignedIn: _signed_in,
    ClerkSignedOut: _signed_out,
    WaitingWarned: _warned,
    WaitingEased: _eased,
    PostUnmanned: _unmanned,
    PostManned: _manned,
    OutageFound: _outage,
    OutageAnswered: _answered,
    ClockFoundBehind: _behind,
    ClockAnswered: _set,
    IssuingStopped: _stopped,
    IssuingResumed: _issuing,
}
