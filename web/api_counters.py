"""Counters: what a clerk sees, and the steps of a visit."""

from aiohttp import web

from controller.domain.answers import counter_answer
from controller.domain.commands import (
    AcceptCase,
    CallNext,
    Command,
    FinishServing,
    MarkNoShow,
    RecallTicket,
    StartServing,
)
from controller.domain.events import TicketCalled
from controller.reports.records import at_counter
from web.routes import Call, Route, Routes, answer
from web.schemas.hall import CounterView
from web.schemas.tickets import Step
from web.schemas.wishes import AcceptWish, Nothing

routes = Routes()

RECENT_SHOWN = 10
COUNTER = "/api/v1/counters/{counter}"


def step(name: str, *problems: str) -> Route:
    """Declare a step that needs a ticket at the counter."""
    known = ("counter_unknown", "nothing_called", *problems)
    return Route("POST", f"{COUNTER}/{name}", "clerk", {200: Step}, body=Nothing, problems=known)


@routes.add(Route("GET", COUNTER, "clerk", {200: CounterView}, problems=("counter_unknown",)))
async def counter(call: Call) -> web.Response:
    """Look at a counter: its ticket, who waits for it, whom it has finished."""
    no = call.counter()
    held = call.hall.state.ticket_at(no)
    asked = (call.code, call.views.today, no, RECENT_SHOWN)
    row, recent = await call.hall.read(at_counter, asked, held.id if held is not None else None)
    shown = [call.views.ticket(one, one["cases"]) for one in recent]
    return answer(call.views.counter(no, row, shown))


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/next",
        "clerk",
        {200: Step, 204: None},
        body=Nothing,
        problems=(
            "counter_unknown", "counter_busy", "counter_closed", "not_signed_in",
            "outage_question",
        ),
    )
)  # fmt: skip
async def call_next(call: Call) -> web.Response:
    """Call the next ticket in line; 204 when nobody waits."""
    no = call.counter()
    outcome = await call.execute(CallNext(no), call.actor(no))
    # Where NEXT finishes first and nobody waits, the stored step is the finish alone.
    if not any(isinstance(stored.event, TicketCalled) for stored in outcome.events):
        return web.Response(status=204)
    return told(call, counter_answer(outcome.events))


@routes.add(step("recall", "illegal_step", "recall_too_soon", "recall_limit", "outage_question"))
async def recall(call: Call) -> web.Response:
    """Call the ticket at the counter once more."""
    return await _step(call, RecallTicket)


@routes.add(step("start", "illegal_step"))
async def start(call: Call) -> web.Response:
    """The citizen has come; optional, without it serving starts at the last call."""
    return await _step(call, StartServing)


@routes.add(step("finish"))
async def finish(call: Call) -> web.Response:
    """End the visit; its cases are closed or handed on, the box asks for a rating."""
    return await _step(call, FinishServing)


@routes.add(step("no-show", "illegal_step", "too_early"))
async def no_show(call: Call) -> web.Response:
    """Nobody has come to the counter."""
    return await _step(call, MarkNoShow)


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/accept",
        "clerk",
        {200: Step},
        body=AcceptWish,
        problems=(
            "counter_unknown", "nothing_called", "item_unknown", "item_stopped", "item_no_case",
            "item_missing", "already_accepted", "test_ticket",
        ),
    )
)  # fmt: skip
async def accept(call: Call) -> web.Response:
    """Accept an item as a case; without an item the first proposal not yet accepted."""
    wish: AcceptWish = call.body
    no = call.counter()
    outcome = await call.execute(AcceptCase(no, wish.item), call.actor(no))
    return told(call, counter_answer(outcome.events))


async def _step(call: Call, command: type[Command]) -> web.Response:
    no = call.counter()
    outcome = await call.execute(command(no), call.actor(no))  # type: ignore[call-arg]
    return told(call, counter_answer(outcome.events))


def told(call: Call, step: dict[str, object] | None) -> web.Response:
    """Return the answer to a step at a counter."""
    assert step is not None, "a step at a counter always stores an event about its ticket"
    return answer(call.views.step(step))
