"""Direct reception (直接接待): nobody waits, and one key starts a serving for who stands there."""

from controller.domain.commands import StartDirect
from controller.domain.counters import clerk_at, require_free, require_open
from controller.domain.cover import covered_by
from controller.domain.errors import RefusalError
from controller.domain.events import Event, TicketExpired
from controller.domain.numbers import series
from controller.domain.opening import opening
from controller.domain.queue_events import DirectServingStarted
from controller.domain.staffing import require_rule, resumed
from controller.domain.state import Context, HallState
from controller.domain.tickets import require_item


def start_direct(state: HallState, command: StartDirect, context: Context) -> list[Event]:
    """Decide `StartDirect`: a number is given silently, no paper, the serving has begun."""
    no = command.counter
    require_rule(state, no)
    require_open(state, no)
    require_free(state, no)
    service = _service(state, command, context.now)
    for item in command.items:
        require_item(state, item, (service,))
    day = opening(state, context)
    _require_nobody(state, command.counter, service, day, context.now)
    number, skipped = series(state, day).draw(state.rules.services[service])
    begun = DirectServingStarted(
        ticket=command.ticket,
        number=number,
        service=service,
        state="SERVING",
        counter=no,
        clerk=clerk_at(state, no),
        calls=0,
        issued_at=context.now,
        called_at=context.now,
        started_at=context.now,
        date=state.rules.business_date(context.now) if day else state.date,
        items=list(command.items),
        skipped=skipped,
    )
    return [*day, *resumed(state, no, "call", day), begun]


def _service(state: HallState, command: StartDirect, now: int) -> str:
    if command.service is None:
        rule = state.rules.counters[command.counter]
        return (*state.rules.services_at(rule, now), *rule.services)[0]
    if command.service not in state.rules.services:
        raise RefusalError("service_unknown", service=command.service)
    return command.service


def _require_nobody(
    state: HallState, no: int, service: str, day: list[Event], now: int
) -> None:
    """Refuse `people_waiting` for the counter or the service.

    Those whom the new day sends home wait no more.
    """
    gone = {event.ticket for event in day if isinstance(event, TicketExpired)}
    names = list(dict.fromkeys([*state.lines_at(no, now), service]))
    for covered in covered_by(state, no, now):
        names += [name for name in covered.lines if name not in names]
    waiting = {place[3] for name in names for place in state.lines.get(name, ())} - gone
    if waiting:
        raise RefusalError("people_waiting", counter=no, waiting=len(waiting))
