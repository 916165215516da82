"""The web application of one hall: the interface, the pages, and what holds for both."""

import asyncio
import itertools
import logging
import re
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from config.settings import problem
from controller.app import Hall
from web import (
    admin_voice,
    api_bookings,
    api_counters,
    api_day,
    api_desk,
    api_hall,
    api_lists,
    api_notices,
    api_opening_test,
    api_own_words,
    api_queue,
    api_reports,
    api_sim,
    api_slips,
    api_staffing,
    api_tickets,
    api_voice,
    bench,
    board,
    book,
    clerk,
    desk,
    health,
    home,
    kiosk,
    manager,
    manager_queue,
    openapi,
    pages,
    phone,
    stream,
    ticket,
)
from web.health import METRICS, Metrics
from web.keys import HALL
from web.origins import ORIGINS, Origins
from web.problems import CODE, describe, of_http, opening_in_s, problem_response
from web.queue_views import QUEUE_VIEWS, QueueViews
from web.routes import Handler, Route, Routes
from web.views import VIEWS, Views

logger = logging.getLogger(__name__)

BODY_MOST_BYTES = 64 * 1024
PAGES = (
    home, kiosk, clerk, desk, board, manager, manager_queue, bench, ticket, phone, book,
    admin_voice,
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST")
NOT_PAGES = ("/api/", "/static/")
REQUEST_ID = web.RequestKey("request_id", str)
REQUEST_IDS: web.AppKey[Callable[[], str]] = web.AppKey("request_ids", Callable)  # type: ignore[arg-type]
OWN_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer carries where it says nothing else; pages bring a policy of their own."""

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(hall: Hall) -> web.Application:
    """Return the application of a hall that was built; it need not have started."""
    app = web.Application(client_max_size=BODY_MOST_BYTES, middlewares=[_answering])
    app[HALL] = hall
    app[VIEWS] = Views(hall)
    app[QUEUE_VIEWS] = QueueViews(hall, app[VIEWS])
    app[METRICS] = Metrics()
    app[REQUEST_IDS] = _request_ids()
    app[ORIGINS] = Origins(hall.settings)
    stream.open_streams(app)
    app.on_response_prepare.append(_add_headers)
    tables = interface(simulated=hall.settings.simulates_anything)
    for table in tables:
        table.mount(app)
    openapi.mount(app, declared(tables), hall.settings)
    pages.add_routes(app)
    for page in PAGES:
        page.add_routes(app)
    return app


def interface(*, simulated: bool) -> list[Routes]:
    """Return the declared routes; those of the simulators only where there are some."""
    tables = [
        api_tickets.routes,
        api_counters.routes,
        api_opening_test.routes,
        api_queue.routes,
        api_staffing.routes,
        api_desk.routes,
        api_notices.routes,
        api_slips.routes,
        api_bookings.routes,
        api_hall.routes,
        api_own_words.routes,
        api_lists.routes,
        api_voice.routes,
        api_reports.routes,
        stream.routes,
        health.routes,
    ]
    return [*tables, api_sim.routes, api_day.routes] if simulated else tables


def declared(tables: list[Routes]) -> list[tuple[Route, Handler]]:
    """Return all declarations with their handlers."""
    return [entry for table in tables for entry in table.declared]


def _request_ids() -> Callable[[], str]:
    """Return a source of ids that differ over processes too; random once, not per request."""
    boot, numbers = secrets.token_hex(4), itertools.count(1)
    return lambda: f"{boot}{next(numbers):08x}"


@web.middleware
async def _answering(request: web.Request, handler: Serve) -> web.StreamResponse:
    """Answer every request, also the refused and the failed ones, and count it."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    given = request.headers.get("X-Request-Id", "")
    app = request.app
    request[REQUEST_ID] = given if OWN_ID.fullmatch(given) else app[REQUEST_IDS]()
    status = 500
    try:
        response = await _refusing(request, handler)
        status = response.status
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "none"
        method = request.method if request.method in METHODS else "other"
        spent_s = None if route == "/api/v1/stream" else loop.time() - began
        app[METRICS].count_request(method, route, status, spent_s)
    return response


async def _refusing(request: web.Request, handler: Serve) -> web.StreamResponse:
    response = await _attempt(request, handler)
    wants_page = "text/html" in request.headers.get("Accept", "")
    if CODE not in response or not wants_page or request.path.startswith(NOT_PAGES):
        return response
    said = problem(response[CODE])
    return pages.render(request, "problem.html", status=response.status, said=said)


async def _attempt(request: web.Request, handler: Serve) -> web.StreamResponse:
    try:
        if "\0" in request.path or "\0" in request.query_string:
            return problem_response("malformed")
        refused = request.app[ORIGINS].refusal(request)
        if refused is not None:
            return problem_response(refused)
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return of_http(error)
    except web.RequestPayloadError:
        return problem_response("malformed")
    except ConnectionResetError:
        raise  # the client has gone; nobody reads an answer
    except Exception as error:
        known = describe(error)
        if known is None:
            logger.exception("request %s failed", request[REQUEST_ID])
            return problem_response("internal", {"request": request[REQUEST_ID]})
        code, extra = known
        if code == "closed":
            hall = request.app[HALL]
            extra = extra | {"retry_after_s": opening_in_s(hall.state.rules, hall.clock.now())}
        return problem_response(code, extra)


def add_safe_headers(response: web.StreamResponse) -> None:
    """Add what every answer carries where it says nothing else."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "Yimen"


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    add_safe_headers(response)
    if REQUEST_ID in request:
        response.headers["X-Request-Id"] = request[REQUEST_ID]
