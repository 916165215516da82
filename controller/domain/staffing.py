"""Who works where: sign-in and sign-out, pauses, the close of a counter with people waiting.

In a hall without sign-in a counter is closed by sign-out and opened again by resume.
"""

from collections.abc import Iterable, Sequence

from controller.domain.counters import clerk_at, require_free, require_reason, step_facts
from controller.domain.cover import covered_by
from controller.domain.errors import RefusalError
from controller.domain.events import Event
from controller.domain.hall_commands import PauseCounter, ResumeCounter, SignIn, SignOut
from controller.domain.hall_events import (
    ClerkSignedIn,
    ClerkSignedOut,
    CounterPaused,
    CounterResumed,
)
from controller.domain.posts import require_staff, seat_of, stand_ins
from controller.domain.queue_events import TicketReturned
from controller.domain.rules import PAUSE_REASONS, Rules
from controller.domain.state import Context, HallState, Ticket

MINUTE_MS = 60_000


def is_working(state: HallState, no: int) -> bool:
    """Tell whether a counter takes people now: not closed, no pause, staffed where others are."""
    counter = state.counters[no]
    if counter.closed or counter.pause is not None:
        return False
    staffed = state.rules.sign_in or any(one.clerk for one in state.counters.values())
    return counter.clerk is not None or not staffed


def is_shut(state: HallState, no: int) -> bool:
    """Tell whether a counter is closed: signed out, or without a clerk where clerks sign in."""
    counter = state.counters[no]
    return counter.closed or (state.rules.sign_in and counter.clerk is None)


def elsewhere(state: HallState, no: int, now: int) -> list[int]:
    """Return the other working counters that take one of a counter's services now."""
    rules = state.rules
    own = set(rules.services_at(rules.counters[no], now))
    return [
        rule.no
        for rule in sorted(rules.counters.values(), key=lambda rule: rule.no)
        if rule.no != no
        and is_working(state, rule.no)
        and own.intersection(rules.services_at(rule, now))
    ]


def resumed(
    state: HallState, no: int, cause: str, day: Sequence[Event] = ()
) -> list[Event]:
    """Return the end of a counter's pause by a step that tells that it works, if it pauses.

    A new day has ended it already when its events `day` say so.
    """
    ended = any(isinstance(event, CounterResumed) and event.counter == no for event in day)
    if state.counters[no].pause is None or ended:
        return []
    return [CounterResumed(no, clerk_at(state, no), cause)]


def sign_in(state: HallState, command: SignIn, context: Context) -> list[Event]:
    """Decide `SignIn`: a clerk is at one counter at a time, and one clerk at a counter.

    Who was signed in there before is signed out, unless people wait for that clerk alone.
    """
    no = command.counter
    require_rule(state, no)
    require_staff(state, command.clerk)
    seat = seat_of(state, command.clerk)
    if seat is not None and seat.no != no:
        raise RefusalError("clerk_elsewhere", clerk=command.clerk, counter=seat.no)
    counter = state.counters[no]
    arrived = [
        *resumed(state, no, "sign-in"),
        ClerkSignedIn(no, command.clerk),
    ]
    if counter.clerk is None:
        return arrived
    if counter.clerk == command.clerk:
        return arrived if len(arrived) > 1 else []
    require_free(state, no)
    _require_nobody(state, no, _stranded(state, no, context.now, [f"clerk:{counter.clerk}"]))
    return [ClerkSignedOut(no, counter.clerk, elsewhere(state, no, context.now)), *arrived]


def sign_out(state: HallState, command: SignOut, context: Context) -> list[Event]:
    """Decide `SignOut`: the counter closes.

    `people_waiting` if somebody waits whom no other working counter serves. With `force` those
    who wait for this counter or its clerk go back to the lines of their services.
    """
    no = command.counter
    require_rule(state, no)
    require_free(state, no)
    counter = state.counters[no]
    if counter.closed:
        return []
    names = state.lines_at(no, context.now)
    for covered in covered_by(state, no, context.now):
        names += [name for name in covered.lines if name not in names]
    stranded = _stranded(state, no, context.now, names)
    if not command.force:
        _require_nobody(state, no, stranded)
    named = [name for name in stranded if ":" in name]
    returned = released(state, named, context.now)
    return [*returned, ClerkSignedOut(no, counter.clerk, elsewhere(state, no, context.now))]


def pause(state: HallState, command: PauseCounter, context: Context) -> list[Event]:
    """Decide `PauseCounter`; a new reason or return time in a pause replaces the old one."""
    no = command.counter
    require_rule(state, no)
    require_reason(command.reason, PAUSE_REASONS)
    counter = state.counters[no]
    if counter.clerk is None and state.rules.sign_in:
        raise RefusalError("not_signed_in", counter=no)
    if counter.closed:
        raise RefusalError("counter_closed", counter=no)
    minutes = command.minutes
    until = context.now + minutes * MINUTE_MS if minutes is not None else None
    old = counter.pause
    if old is not None and (old.reason, old.until) == (command.reason, until):
        return []
    since = old.since if old is not None else context.now
    others = elsewhere(state, no, context.now)
    return [CounterPaused(no, counter.clerk, command.reason, since, until, others)]


def resume(state: HallState, command: ResumeCounter, context: Context) -> list[Event]:
    """Decide `ResumeCounter`: the pause ends, or a closed counter opens where nobody signs in."""
    no = command.counter
    require_rule(state, no)
    counter = state.counters[no]
    if counter.clerk is None and state.rules.sign_in:
        raise RefusalError("not_signed_in", counter=no)
    if counter.pause is None and not counter.closed:
        return []
    return [CounterResumed(no, counter.clerk, "resume")]


def require_rule(state: HallState, no: int) -> None:
    """Refuse `counter_unknown` for a counter that the rules do not have (any more)."""
    if no not in state.rules.counters:
        raise RefusalError("counter_unknown", counter=no)


def released(state: HallState, names: Iterable[str], now: int) -> list[Event]:
    """Return the steps that lead tickets from the lines of a counter or clerk to their services."""
    return [
        _returned(state, state.tickets[place[3]], now)
        for name in names
        for place in state.lines.get(name, ())
    ]


def _returned(state: HallState, ticket: Ticket, now: int) -> TicketReturned:
    return TicketReturned(
        **step_facts(state, ticket, "WAITING", None),
        cause="closed",
        from_state=ticket.state,
        lines=[ticket.service, *ticket.further],
        place=list(ticket.place[:3]),
        returned_at=now,
    )


def dropped(state: HallState, rules: Rules, now: int) -> list[Event]:
    """Return what new rules mean for the counters and clerks that they do not have any more.

    Their lines go back to the services and their clerks are signed out. A ticket that is held
    there stays until its visit ends.
    """
    gone = [one for one in state.counters.values() if one.no not in rules.counters]
    seated = {one.clerk for one in state.counters.values() if one.no in rules.counters}
    names = [f"counter:{one.no}" for one in gone]
    for name in state.lines:
        kind, _, clerk = name.partition(":")
        if kind == "clerk" and clerk not in {*rules.staff, *seated}:
            names.append(name)
    signed_out = [ClerkSignedOut(one.no, one.clerk, []) for one in gone if one.clerk is not None]
    return [*released(state, names, now), *signed_out]


def _stranded(state: HallState, no: int, now: int, names: Iterable[str]) -> list[str]:
    """Return which of these lines have people whom no other working counter would serve.

    Who stands in for the clerk by an AB post (AB岗) serves the lines of that post.
    """
    clerk = state.counters[no].clerk
    backing = stand_ins(state, clerk, now) if clerk is not None else {}
    served: set[str] = set()
    for other in state.rules.counters:
        if other != no and is_working(state, other):
            served.update(state.lines_at(other, now))
            served.update(backing.get(state.counters[other].clerk or "", ()))
            for covered in covered_by(state, other, now):
                served.update(covered.lines)
    return [name for name in names if name not in served and state.lines.get(name)]


def _require_nobody(state: HallState, no: int, names: list[str]) -> None:
    if names:
        waiting = {place[3] for name in names for place in state.lines[name]}
        raise RefusalError("people_waiting", counter=no, waiting=len(waiting), lines=names)
