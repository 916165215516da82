"""The call itself: next, a chosen ticket, to whoever idles, and once more."""

from controller.domain.choosing import (
    BY_TURN,
    Choice,
    View,
    choose,
    chosen,
    covers_of,
    view_of,
    why,
)
from controller.domain.commands import CallNext, CallTicket, CallWaiting, RecallTicket
from controller.domain.counters import (
    finish_events,
    require_counter,
    require_free,
    require_no_outage,
    require_open,
    require_reason,
    require_ticket,
    ticket_facts,
)
from controller.domain.errors import AlreadyDoneError, RefusalError
from controller.domain.events import Event, TicketCalled, TicketRecalled
from controller.domain.hall_events import CounterResumed
from controller.domain.rules import CALL_REASONS
from controller.domain.state import Context, Counter, HallState, Ticket
from controller.domain.tickets import require_step


def call_next(state: HallState, command: CallNext, context: Context) -> list[Event]:
    """Decide `CallNext`; no call among the events means that nobody waits for this counter.

    Raises `AlreadyDoneError` for a second press within the guard time.
    """
    require_counter(state, command.counter)
    _guard(state, command.counter, context.now)
    events = _made_ready(state, command.counter, context)
    view = view_of(state, command.counter, context.now)
    choice = choose(view)
    return events if choice is None else [*events, _call(view, choice)]


def call_ticket(state: HallState, command: CallTicket, context: Context) -> list[Event]:
    """Decide `CallTicket` (选呼): any ticket that waits, by somebody who may, for a reason."""
    if command.counter not in state.rules.counters:
        raise RefusalError("counter_unknown", counter=command.counter)
    clerk = state.counters[command.counter].clerk
    if state.rules.call_rights and clerk not in state.rules.call_rights:
        raise RefusalError("no_right", counter=command.counter)
    require_reason(command.reason, CALL_REASONS)
    ticket = _wanted(state, command)
    events = _made_ready(state, command.counter, context)
    if ticket.state != "WAITING":
        raise RefusalError("not_waiting", ticket=ticket_facts(ticket))
    view = view_of(state, command.counter, context.now)
    return [*events, _call(view, chosen(view, ticket, command.reason))]


def call_waiting(state: HallState, command: CallWaiting, context: Context) -> list[Event]:
    """Decide `CallWaiting`: who idles longest gets who is next there, and so on."""
    if not state.rules.auto_call:
        return []
    require_no_outage(state, context.now)
    calls: list[Event] = []
    taken: frozenset[str] = frozenset()
    for counter in idle_counters(state, context.now):
        view = view_of(state, counter.no, context.now, taken)
        choice = choose(view)
        if choice is not None:
            calls.append(_call(view, choice, auto=True))
            taken |= {choice.ticket.id}
    return calls


def idle_counters(state: HallState, now: int) -> list[Counter]:
    """Return the counters that could call by themselves, the longest idle first.

    Where clerks sign in, a counter without one is not among them; nor one that has just taken a
    call back, for a while.
    """
    staffed = state.rules.sign_in or any(one.clerk is not None for one in state.counters.values())
    idle = [
        state.counters[no]
        for no, rule in state.rules.counters.items()
        if _is_free(state.counters[no], staffed)
        and state.counters[no].rest_until <= now
        and state.rules.on_rota(rule, now)
    ]
    return sorted(idle, key=lambda counter: (counter.idle_since, counter.no))


def next_chance(state: HallState, now: int) -> int | None:
    """Return when (UTC ms) time alone may next bring who waits and an idle counter together.

    A rota entry begins or ends, the clerk A of a post has been away for long enough, a counter
    has rested after an undone call. None: not before an event does.
    """
    rules = state.rules
    due = [counter.rest_until for counter in state.counters.values()]
    if rules.posts:
        pauses = [one.pause for one in state.counters.values() if one.pause is not None]
        due += [pause.since + rules.post_absent_s * 1000 + 1 for pause in pauses]
    hours = {duty.hours for rule in rules.counters.values() for duty in rule.rota}
    date = rules.business_date(now)
    due += [rules.instant(date, minute) for span in hours for minute in span.split("-")]
    return min((at for at in due if at > now), default=None)


def _is_free(counter: Counter, staffed: bool) -> bool:
    manned = counter.clerk is not None or not staffed
    return manned and counter.ticket is None and counter.pause is None and not counter.closed


def recall(state: HallState, command: RecallTicket, context: Context) -> list[Event]:
    """Decide `RecallTicket`: not too soon after the last call, and not without end."""
    rule = require_counter(state, command.counter)
    ticket = require_ticket(state, command.counter)
    require_step(ticket.state, "TicketRecalled")
    require_no_outage(state, context.now)
    assert ticket.called_at is not None and ticket.last_called_at is not None
    limit = state.rules.recall_limit
    if limit and ticket.calls > limit:
        raise RefusalError("recall_limit", counter=command.counter, limit=limit)
    soonest = ticket.last_called_at + state.rules.recall_spacing_s * 1000
    if context.now < soonest:
        raise RefusalError("recall_too_soon", retry_after_s=seconds_until(soonest, context.now))
    return [
        TicketRecalled(
            ticket=ticket.id,
            number=ticket.number,
            service=ticket.service,
            counter=command.counter,
            area=rule.area,
            call=ticket.calls + 1,
            called_at=context.now,
            issued_at=ticket.issued_at,
            first_called_at=ticket.called_at,
        )
    ]


def seconds_until(at: int, now: int) -> int:
    """Return whole seconds from `now` until `at` (both UTC ms), rounded up."""
    return -((now - at) // 1000)


# --- before a call --------------------------------------------------------------------------------


def _guard(state: HallState, no: int, now: int) -> None:
    """Know a double press of NEXT: the counter's last step is a call by turn, just made."""
    last = state.counters[no].last
    ticket = state.ticket_at(no)
    if last is None or ticket is None or last.event != "TicketCalled":
        return
    by_turn = (ticket.reason or {}).get("rule") in BY_TURN
    if by_turn and now - last.at < state.rules.guard_ms:
        raise AlreadyDoneError(last.seq, no)


def _made_ready(state: HallState, no: int, context: Context) -> list[Event]:
    """Return what must happen before a call: a pause ends, the old visit too if the rules say so.

    Refuses a counter that must not call now.
    """
    require_no_outage(state, context.now)
    counter = state.counters[no]
    require_open(state, no)
    if not state.rules.finish_on_next:
        require_free(state, no)
    busy = state.ticket_at(no)
    events: list[Event] = []
    if counter.pause is not None:
        events.append(CounterResumed(no, counter.clerk, "call"))
    if busy is not None:
        events += finish_events(state, busy, context)
    return events


def _wanted(state: HallState, command: CallTicket) -> Ticket:
    """Return the ticket that a direct call names, by id or by number."""
    found = command.ticket or state.numbered.get(command.number or "", "")
    if found in state.tickets:
        return state.tickets[found]
    for missed in state.missed.values():
        if missed.id == command.ticket or missed.number == command.number:
            return missed
    raise RefusalError("not_found", ticket=command.ticket, number=command.number)


def _call(view: View, choice: Choice, *, auto: bool = False) -> TicketCalled:
    """Return the call of a choice, with who meets the citizen first (首问) and for whom (AB岗)."""
    ticket, counter = choice.ticket, view.counter
    first = f"clerk:{counter.clerk}" if counter.clerk else f"counter:{counter.no}"
    return TicketCalled(
        ticket=ticket.id,
        number=ticket.number,
        service=choice.service,
        counter=counter.no,
        area=view.state.rule_of(counter.no).area,
        call=1,
        issued_at=ticket.issued_at,
        called_at=view.now,
        reason=why(view, choice, auto=auto),
        clerk=counter.clerk,
        covers=covers_of(view, ticket),
        first_contact=ticket.first_contact or first,
        first_called_at=ticket.called_at,
    )
