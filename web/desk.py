"""The page of the helper desk (导办台): /desk."""

from aiohttp import web

from config.settings import Settings
from web import book
from web.keys import HALL
from web.pages import render


def add_routes(app: web.Application) -> None:
    """GET /desk"""
    app.router.add_get("/desk", show)


async def show(request: web.Request) -> web.Response:
    page = facts(request.app[HALL].settings)
    groups = ("desk", "book", "shut", "stop", "priorities", "papers", "paper_proofs")
    return render(request, "desk.html", texts=groups, page=page)


def facts(settings: Settings) -> dict[str, object]:
    """What the page's script needs before it asks: see `Page` in static/desk_parts.js."""
    hall = settings.hall
    return {
        "priorities": list(hall.priorities),
        "clients_most": settings.queue.clients_most,
        "identity": settings.identity.mode,
        "missed": hall.missed_call,
        "public": hall.public_url is not None,
        "booking": book.facts(settings),
    }
