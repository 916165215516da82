"""The page where citizens book a slot (预约): /book."""

from aiohttp import web

from config.settings import Settings
from web.keys import HALL
from web.pages import render


def add_routes(app: web.Application) -> None:
    """GET /book"""
    app.router.add_get("/book", show)


async def show(request: web.Request) -> web.Response:
    """The page; where no service has slots it says so."""
    page = facts(request.app[HALL].settings)
    return render(request, "book.html", texts=("book",), page=page)


def facts(settings: Settings) -> dict[str, object]:
    """Which services can be booked, how many days ahead, whether an ID number is asked for."""
    return {
        "services": [
            {"code": one.code, "name": one.name, "name_en": one.name_en, "icon": one.icon,
             "examples": one.examples, "examples_en": one.examples_en}
            for one in settings.services if one.slots
        ],
        "days": settings.booking.days,
        "identity": settings.identity.mode,
    }  # fmt: skip
