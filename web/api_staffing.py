"""Who works where: sign-in, pauses, AB posts."""

from aiohttp import web

from controller.domain.answers import staffing_answer
from controller.domain.command import Command
from controller.domain.hall_commands import (
    AssignPost,
    PauseCounter,
    ResumeCounter,
    SignIn,
    SignOut,
)
from web.api_counters import COUNTER
from web.routes import Call, Route, Routes, answer
from web.schemas.queries import DateQuery
from web.schemas.queue import Noted, Posts, Staffing, StaffList
from web.schemas.queue_wishes import PauseWish, PostWish, SignInWish, SignOutWish
from web.schemas.wishes import Nothing

routes = Routes()


async def _step(call: Call, command: Command, no: int) -> web.Response:
    outcome = await call.execute(command, call.actor(no))
    told = staffing_answer(outcome.events)
    return answer(call.queue.staffing(no, told))


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/pause",
        "clerk",
        {200: Staffing},
        body=PauseWish,
        problems=("counter_unknown", "counter_busy", "counter_closed", "not_signed_in"),
    )
)
async def pause(call: Call) -> web.Response:
    """Pause the counter (暂停服务); strip and board say until when and where else to go."""
    wish: PauseWish = call.body
    no = call.counter()
    return await _step(call, PauseCounter(no, wish.reason, wish.minutes), no)


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/resume",
        "clerk",
        {200: Staffing},
        body=Nothing,
        problems=("counter_unknown", "not_signed_in"),
    )
)
async def resume(call: Call) -> web.Response:
    """End the pause."""
    no = call.counter()
    return await _step(call, ResumeCounter(no), no)


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/sign-in",
        "clerk",
        {200: Staffing},
        body=SignInWish,
        problems=(
            "counter_unknown", "clerk_unknown", "clerk_elsewhere", "counter_busy",
            "people_waiting",
        ),
    )
)  # fmt: skip
async def sign_in(call: Call) -> web.Response:
    """A clerk starts to work at the counter."""
    wish: SignInWish = call.body
    no = call.counter()
    return await _step(call, SignIn(no, wish.clerk), no)


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/sign-out",
        "clerk",
        {200: Staffing},
        body=SignOutWish,
        problems=("counter_unknown", "counter_busy", "people_waiting"),
    )
)
async def sign_out(call: Call) -> web.Response:
    """The counter closes."""
    wish: SignOutWish = call.body
    no = call.counter()
    return await _step(call, SignOut(no, wish.force), no)


@routes.add(Route("GET", "/api/v1/staff", "clerk", {200: StaffList}))
async def staff(call: Call) -> web.Response:
    """List the staff and where they are signed in."""
    return answer({"items": call.queue.staff(), "next": None})


@routes.add(Route("GET", "/api/v1/posts", "manager", {200: Posts}, query=DateQuery))
async def posts(call: Call) -> web.Response:
    """List the AB posts (AB岗) of a business date."""
    date = call.query.date or call.views.today
    return answer({"items": call.queue.posts(date), "next": None})


@routes.add(
    Route(
        "POST",
        "/api/v1/posts/{post}",
        "manager",
        {200: Noted},
        body=PostWish,
        problems=("not_found", "post_unknown", "clerk_unknown", "same_clerk"),
    )
)
async def assign(call: Call) -> web.Response:
    """Set the clerks A and B of a post on a date."""
    wish: PostWish = call.body
    date = wish.date or call.views.today
    command = AssignPost(call.part("post"), date, wish.a, wish.b)
    outcome = await call.execute(command, "manager")
    return answer({"seq": outcome.events[-1].seq if outcome.events else call.hall.state.seq})
