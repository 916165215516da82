"""Tickets at the helper desk (导办台): give back, return, another service, split, print, why."""

from hmac import compare_digest

from aiohttp import web

from controller.app import new_ticket_id
from controller.domain.answers import desk_answer, split_answer, ticket_answer
from controller.domain.command import Command
from controller.domain.commands import (
    CancelTicket,
    ChangeService,
    CheckIn,
    ReturnTicket,
    SplitTicket,
)
from controller.domain.hall_commands import AskPrint
from controller.reports.reasons import told_why
from controller.store.queries import one_ticket
from web.problems import ProblemError
from web.routes import Call, Route, Routes, answer
from web.schemas.queue import DeskStep, Noted, Split, Why
from web.schemas.queue_wishes import CancelWish, ReturnWish, ServiceWish, SplitWish
from web.schemas.tickets import Receipt
from web.schemas.wishes import Nothing

routes = Routes()

TICKET = "/api/v1/tickets/{ticket}"
DESK = "desk"


async def _step(call: Call, command: Command, actor: str = DESK) -> web.Response:
    outcome = await call.execute(command, actor)
    return answer(desk_answer(outcome.events))


@routes.add(
    Route(
        "POST",
        f"{TICKET}/cancel",
        "clerk",
        {200: DeskStep},
        body=CancelWish,
        problems=("not_found", "token_wrong", "illegal_step"),
        holder=True,
    )
)
async def cancel(call: Call) -> web.Response:
    """Give a booked, waiting or parked ticket back; the citizen by its token."""
    wish: CancelWish = call.body
    name = call.part("ticket")
    if wish.token is None:
        return await _step(call, CancelTicket(name, "desk"))
    if not compare_digest(call.hall.token_for(name).encode(), wish.token.encode()):
        raise ProblemError("token_wrong")
    return await _step(call, CancelTicket(name, "citizen"), "phone")


@routes.add(
    Route(
        "POST",
        f"{TICKET}/return",
        "clerk",
        {200: DeskStep},
        body=ReturnWish,
        problems=("not_found", "illegal_step", "return_not_allowed"),
    )
)
async def return_ticket(call: Call) -> web.Response:
    """Let a missed or parked ticket wait again without queueing anew."""
    wish: ReturnWish = call.body
    name = call.part("ticket")
    live = call.hall.state.tickets.get(name)
    usual = "documents" if live is not None and live.state == "PARKED" else "desk"
    return await _step(call, ReturnTicket(name, wish.cause or usual))


@routes.add(
    Route(
        "POST",
        f"{TICKET}/check-in",
        "kiosk",
        {200: Receipt},
        body=Nothing,
        problems=(
            "not_found", "not_booked", "not_today", "check_in_early", "closed", "stopped",
            "quota_used",
        ),
    )
)  # fmt: skip
async def check_in(call: Call) -> web.Response:
    """The holder of a booked ticket has come: it gets a number and waits."""
    name = call.part("ticket")
    outcome = await call.execute(CheckIn(name), "kiosk:1")
    document = ticket_answer(outcome.events)
    return answer({**document, "token": call.hall.token_for(name)})


@routes.add(
    Route(
        "POST",
        f"{TICKET}/service",
        "clerk",
        {200: DeskStep},
        body=ServiceWish,
        problems=("not_found", "not_waiting", "service_unknown", "illegal_step", "one_ticket"),
    )
)
async def change_service(call: Call) -> web.Response:
    """Move a waiting ticket to another service; number and time of issue stay."""
    wish: ServiceWish = call.body
    return await _step(call, ChangeService(call.part("ticket"), wish.service))


@routes.add(
    Route(
        "POST",
        f"{TICKET}/split",
        "clerk",
        {200: Split},
        body=SplitWish,
        problems=("not_found", "illegal_step", "clients_wrong", "nobody_waits"),
    )
)
async def split(call: Call) -> web.Response:
    """Cut an agent's batch: some clients stay, the others wait with a new number."""
    wish: SplitWish = call.body
    command = SplitTicket(call.part("ticket"), wish.after, new_ticket_id(call.hall.clock.now()))
    outcome = await call.execute(command, DESK)
    document = split_answer(outcome.events)
    token = call.hall.token_for(document["rest"]["id"])
    return answer({**document, "rest": {**document["rest"], "token": token}})


@routes.add(
    Route(
        "POST",
        f"{TICKET}/print",
        "clerk",
        {200: Noted},
        body=Nothing,
        problems=("not_found", "illegal_step"),
    )
)
async def print_again(call: Call) -> web.Response:
    """Print the ticket again (补打), marked as such."""
    name = call.part("ticket")
    outcome = await call.execute(AskPrint(name), DESK)
    return answer({"seq": outcome.events[-1].seq})


@routes.add(Route("GET", f"{TICKET}/why", "public", {200: Why}, problems=("not_found",)))
async def why(call: Call) -> web.Response:
    """Why it was called when it was; while it waits, who was called since its issue."""
    name = call.part("ticket")
    if await call.hall.read(one_ticket, call.code, name) is None:
        raise ProblemError("not_found")
    competing = call.hall.state.rules
    told = await call.hall.read(told_why, call.code, name, competing)
    return answer(call.queue.why(told))
