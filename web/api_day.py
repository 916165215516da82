"""A whole day of simulated people: begin one, look how far it is, end it.

Only in a hall whose devices are all simulated: its clock goes forward and runs faster. Where new
clerks practise, people have begun to come already, and one can look.
"""

import json
from typing import Any

from aiohttp import web

from controller.pace import DayWish, Pace
from web.addresses import origin_of
from web.problems import CODE_OF_STATUS, STATUS, ProblemError
from web.routes import Call, Route, Routes, answer
from web.schemas import sim_day
from web.schemas.wishes import Nothing

routes = Routes()

DAY = "/api/v1/sim/day"


def _pace(call: Call) -> Pace:
    if call.hall.pace is None:  # with a real device no clock runs faster
        raise ProblemError("not_found")
    return call.hall.pace


@routes.add(
    Route(
        "POST", DAY, "sim", {202: sim_day.DayPlayed}, body=sim_day.DayWish,
        problems=("illegal_step", "invalid", "not_found", "sim_down"),
    )
)  # fmt: skip
async def begin(call: Call) -> web.Response:
    """Let a day of people come; the hall's clock goes forward to its first hour."""
    wish: sim_day.DayWish = call.body
    given = DayWish(
        wish.speed, wish.seed, wish.opens, wish.closes, wish.people, wish.market, wish.clerks
    )
    rules = call.hall.state.rules
    return _told(call, *await _pace(call).begin(rules, given, own_url(call.request)))


@routes.add(Route("GET", DAY, "sim", {200: sim_day.DayPlayed}, problems=("sim_down",)))
async def look(call: Call) -> web.Response:
    """Look how far the day is."""
    bench = call.hall.bench
    if bench is None:
        raise ProblemError("sim_down")
    status, _, body = await bench.forward("GET", "/day")
    return _told(call, status, body)


@routes.add(
    Route(
        "POST", f"{DAY}/stop", "sim", {200: sim_day.DayPlayed}, body=Nothing,
        problems=("not_found", "sim_down"),
    )
)  # fmt: skip
async def stop(call: Call) -> web.Response:
    """Send everybody home; the clock runs as before the day."""
    return _told(call, *await _pace(call).stop())


def own_url(request: web.Request) -> str:
    """Return where this service listens, for simulators on this machine."""
    assert request.transport is not None
    host, port = request.transport.get_extra_info("sockname")[:2]
    return origin_of(host, port)


def _told(call: Call, status: int, body: bytes) -> web.Response:
    document: dict[str, Any] = json.loads(body)
    if status >= 400:
        code = str(document.get("code"))
        if STATUS.get(code) != status:
            code = CODE_OF_STATUS.get(status, "illegal_step")
        said = {name: document[name] for name in ("detail", "detail_en") if name in document}
        raise ProblemError(code, **said)
    wished = None if call.hall.pace is None else call.hall.pace.wished
    return answer(document | {"speed": call.hall.clock.speed, "wished": wished}, status)
