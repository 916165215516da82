"""One-time notices (一次性告知单): printed for a visit at a counter, or at the helper desk."""

from aiohttp import web

from controller.app import new_id
from controller.domain.answers import notice_answer, notice_document
from controller.domain.hall_commands import AskNotice
from controller.store.event_store import read_subject
from web.problems import ProblemError
from web.routes import Call, Route, Routes, answer
from web.schemas.tickets import Notice
from web.schemas.wishes import DeskNoticeWish, NoticeWish

routes = Routes()

PROBLEMS = ("item_missing", "item_unknown", "item_stopped", "no_printer", "material_unknown")


@routes.add(
    Route(
        "POST",
        "/api/v1/counters/{counter}/notice",
        "clerk",
        {201: Notice},
        body=NoticeWish,
        problems=("counter_unknown", *PROBLEMS),
    )
)
async def at_counter(call: Call) -> web.Response:
    """Print a one-time notice for the visit at the counter, or for an item that is named."""
    wish: NoticeWish = call.body
    no = call.counter()
    command = AskNotice(new_id(), wish.item, wish.missing, counter=no)
    return await _ask(call, command, call.actor(no))


@routes.add(
    Route(
        "POST",
        "/api/v1/notices",
        "clerk",
        {201: Notice},
        body=DeskNoticeWish,
        problems=("not_found", *PROBLEMS),
    )
)
async def at_desk(call: Call) -> web.Response:
    """Print a one-time notice at the helper desk, with or without a ticket."""
    wish: DeskNoticeWish = call.body
    command = AskNotice(new_id(), wish.item, wish.missing, ticket=wish.ticket)
    return await _ask(call, command, "desk")


@routes.add(
    Route("GET", "/api/v1/notices/{notice}", "clerk", {200: Notice}, problems=("not_found",))
)
async def notice(call: Call) -> web.Response:
    """Look up a notice: what was told, and what became of its paper."""
    past = await call.hall.read(read_subject, call.code, f"notice:{call.part('notice')}")
    if not past:
        raise ProblemError("not_found")
    return answer(notice_document(past))


async def _ask(call: Call, command: AskNotice, actor: str) -> web.Response:
    outcome = await call.execute(command, actor)
    return answer(notice_answer(outcome.events), 201)
