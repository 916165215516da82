"""The page behind the kiosk's changing QR: a number on a phone, in the hall. /p/{code}."""

import re

from aiohttp import web

from config.settings import Settings
from web.keys import HALL
from web.pages import render

CODE = re.compile(r"[0-9a-z]{1,64}")


def add_routes(app: web.Application) -> None:
    """GET /p/{code}"""
    app.router.add_get("/p/{code}", show)


async def show(request: web.Request) -> web.Response:
    """The page; a code that is no longer shown gets one that says to scan again."""
    hall = request.app[HALL]
    settings: Settings = hall.settings
    code = request.match_info["code"]
    now = hall.clock.now()
    valid = CODE.fullmatch(code) is not None and hall.phone_codes.valid(code, now)
    if not (settings.phone.tickets and valid):
        key = "expired" if settings.phone.tickets else "off"
        return render(request, "phone_expired.html", status=403, key=key)
    page = {
        "priorities": list(settings.hall.priorities),
        "pass": hall.phone_codes.pass_for(now),
        "identity": settings.identity.mode,
    }
    groups = ("take", "shut", "stop", "book", "priorities")
    return render(request, "phone.html", texts=groups, page=page)
