"""Counters beyond the plain visit: park, transfer, undo, direct reception, chosen calls."""

from aiohttp import web

from controller.app import new_ticket_id
from controller.domain.answers import counter_answer
from controller.domain.commands import (
    CallTicket,
    Command,
    ParkTicket,
    StartDirect,
    TransferTicket,
    UndoStep,
    UnparkTicket,
)
from web.api_counters import COUNTER, told
from web.problems import ProblemError
from web.routes import Call, Route, Routes
from web.schemas.queue_wishes import CallWish, DirectWish, ParkWish, TransferWish, UnparkWish
from web.schemas.tickets import Step
from web.schemas.wishes import Nothing

routes = Routes()

CALLING = (
    "counter_unknown", "counter_busy", "counter_closed", "not_signed_in", "outage_question",
)  # fmt: skip


async def _step(call: Call, command: Command, no: int) -> web.Response:
    outcome = await call.execute(command, call.actor(no))
    return told(call, counter_answer(outcome.events))


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/park",
        "clerk",
        {200: Step},
        body=ParkWish,
        problems=("counter_unknown", "nothing_called", "illegal_step"),
    )
)
async def park(call: Call) -> web.Response:
    """Put the ticket aside (挂起), for example while a document is fetched."""
    no = call.counter()
    return await _step(call, ParkTicket(no, call.body.reason), no)


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/unpark",
        "clerk",
        {200: Step},
        body=UnparkWish,
        problems=(*CALLING, "nothing_parked", "not_parked", "not_found"),
    )
)
async def unpark(call: Call) -> web.Response:
    """Take a parked ticket up again (回呼)."""
    wish: UnparkWish = call.body
    no = call.counter()
    return await _step(call, UnparkTicket(no, wish.ticket, wish.silent), no)


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/transfer",
        "clerk",
        {200: Step},
        body=TransferWish,
        problems=(
            "counter_unknown", "nothing_called", "illegal_step", "line_unknown",
            "service_unknown", "counter_closed", "not_signed_in",
        ),
    )
)  # fmt: skip
async def transfer(call: Call) -> web.Response:
    """Hand the ticket to a service, a counter or a clerk; number and place stay."""
    wish: TransferWish = call.body
    no = call.counter()
    return await _step(call, TransferTicket(no, _line(wish), wish.reason), no)


def _line(wish: TransferWish) -> str:
    named = [
        wish.service,
        f"counter:{wish.counter}" if wish.counter is not None else None,
        f"clerk:{wish.clerk}" if wish.clerk is not None else None,
    ]
    given = [name for name in named if name is not None]
    if len(given) != 1:
        errors = [{"field": "service", "rule": "one_of_service_counter_clerk"}]
        raise ProblemError("invalid", errors=errors)
    return given[0]


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/direct",
        "clerk",
        {200: Step},
        body=DirectWish,
        problems=(
            *CALLING, "people_waiting", "service_unknown", "item_unknown",
            "item_stopped", "item_elsewhere",
        ),
    )
)  # fmt: skip
async def direct(call: Call) -> web.Response:
    """Receive the person who stands there though nobody waits (直接接待)."""
    wish: DirectWish = call.body
    no = call.counter()
    items = tuple(dict.fromkeys(wish.items or ()))
    command = StartDirect(no, new_ticket_id(call.hall.clock.now()), wish.service, items)
    return await _step(call, command, no)


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/call",
        "clerk",
        {200: Step},
        body=CallWish,
        problems=(*CALLING, "not_waiting", "not_found", "no_right", "reason_unknown"),
    )
)
async def call_chosen(call: Call) -> web.Response:
    """Call a chosen ticket out of turn (选呼), with a reason."""
    wish: CallWish = call.body
    no = call.counter()
    if (wish.ticket is None) == (wish.number is None):
        errors = [{"field": "ticket", "rule": "one_of_ticket_number"}]
        raise ProblemError("invalid", errors=errors)
    command = CallTicket(no, wish.ticket, wish.number, wish.reason)
    return await _step(call, command, no)


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/undo",
        "clerk",
        {200: Step},
        body=Nothing,
        problems=(
            "counter_unknown", "nothing_to_undo", "undo_too_late", "already_rated",
            "already_delivered", "illegal_step", "counter_busy",
        ),
    )
)  # fmt: skip
async def undo(call: Call) -> web.Response:
    """Take back the counter's last step, for a short while."""
    no = call.counter()
    return await _step(call, UndoStep(no, call.hall.delivered_seq), no)
