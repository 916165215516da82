"""The hall's big screen: which number goes to which counter."""

from aiohttp import web

from config.settings import Settings
from controller.app import Hall
from web.keys import HALL
from web.missed import missed_facts
from web.pages import render
from web.problems import ProblemError


def add_routes(app: web.Application) -> None:
    """GET /board, GET /board?area=…, GET /board?board=… (a board of the hall file)."""
    app.router.add_get("/board", show)


async def show(request: web.Request) -> web.Response:
    hall = request.app[HALL]
    settings: Settings = hall.settings
    area, board = request.query.get("area"), request.query.get("board")
    if board is not None:
        area = next((known.area for known in settings.boards if known.id == board), "")
    if area is not None and area not in {known.code for known in settings.areas}:
        raise ProblemError("not_found")
    page = facts(settings, area) | {"board": board, "sounds": sounds(hall, board)}
    return render(request, "board.html", texts=("board", "missed", "stop"), page=page)


def sounds(hall: Hall, board: str | None) -> dict[str, bool]:
    """The areas whose sound this page may make: true where nothing else is meant to."""
    return {
        area: sound.board is not None
        for area, sound in hall.board_sounds.items()
        if sound.board in (None, board)
    }


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
