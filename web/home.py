"""The start page: where each screen of the hall is."""

from aiohttp import web

from config.settings import Settings
from web.keys import HALL
from web.pages import render


def add_routes(app: web.Application) -> None:
    """GET /"""
    app.router.add_get("/", show)


async def show(request: web.Request) -> web.Response:
    settings: Settings = request.app[HALL].settings
    boards = [area for area in settings.areas if len(settings.areas) > 1]
    booking = any(service.slots for service in settings.services)
    return render(request, "home.html", texts=(), boards=boards, booking=booking)
