"""The hall's big screen: which number goes to which counter."""

from aiohttp import web

from config.settings import Settings
from web.keys import HALL
from web.missed import missed_facts
from web.pages import render
from web.problems import ProblemError


def add_routes(app: web.Application) -> None:
    """GET /board, GET /board?area=…"""
    app.router.add_get("/board", show)


async def show(request: web.Request) -> web.Response:
    settings: Settings = request.app[HALL].settings
    area = request.query.get("area")
    if area is not None and area not in {known.code for known in settings.areas}:
        raise ProblemError("not_found")
    page = facts(settings, area)
    return render(request, "board.html", texts=("board", "missed", "stop"), page=page)


def facts(settings: Settings, area: str | None) -> dict[str, object]:
    """What the page's script needs before it asks: see `Page` in static/board.js."""
    hours = settings.hours
    days = (hours.mon, hours.tue, hours.wed, hours.thu, hours.fri, hours.sat, hours.sun)
    return {
        "area": area,
        **missed_facts(settings),
        "phone": settings.hall.phone,
        "scan": settings.hall.public_url is not None,
        "priorities": bool(settings.hall.priorities),
        "voices": [speaker.area for speaker in settings.speakers],
        "week": [list(day) for day in days],
    }
