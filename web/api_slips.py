"""Pictures of slips: what the layout of the hall looks like on a printer's own paper."""

import asyncio

from aiohttp import web

from controller.slip_preview import FontError, preview_blocking
from web.problems import ProblemError
from web.routes import Call, Route, Routes
from web.schemas.queries import SlipQuery

routes = Routes()


@routes.add(
    Route(
        "GET",
        "/api/v1/printers/{printer}/preview.png",
        "manager",
        {200: "image/png"},
        query=SlipQuery,
        problems=("not_found", "invalid", "no_font"),
    )
)
async def preview(call: Call) -> web.Response:
    """Draw a sample slip from the very bytes that the printer would get, one pixel a dot."""
    settings, wanted = call.hall.settings, call.part("printer")
    printer = next((one for one in settings.printers if one.id == wanted), None)
    if printer is None:
        raise ProblemError("not_found")
    now = call.hall.clock.now()
    try:
        png = await asyncio.to_thread(preview_blocking, settings, printer, call.query.slip, now)
    except FontError as error:
        raise ProblemError("no_font") from error
    except LookupError as error:
        raise ProblemError("not_found") from error
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=png, content_type="image/png", headers=headers)
