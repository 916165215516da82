"""The kiosk's page: take a ticket by touch."""

from aiohttp import web

from config.settings import Settings
from web.keys import HALL
from web.pages import render


def add_routes(app: web.Application) -> None:
    """GET /kiosk"""
    app.router.add_get("/kiosk", show)


async def show(request: web.Request) -> web.Response:
    page = facts(request.app[HALL].settings)
    groups = ("kiosk", "missed", "priorities")
    return render(request, "kiosk.html", texts=groups, page=page)


def facts(settings: Settings) -> dict[str, object]:
    """What the page's script needs before it asks: see `Page` in static/kiosk_parts.js."""
    hall, hours = settings.hall, settings.hours
    days = (hours.mon, hours.tue, hours.wed, hours.thu, hours.fri, hours.sat, hours.sun)
    return {
        "name": hall.name,
        "name_en": hall.name_en,
        # By custom the last service of the list takes what belongs to no other.
        "general": settings.services[-1].code,
        "priorities": list(hall.priorities),
        "credit_min": hall.priority_credit_s // 60,
        "missed": hall.missed_call,
        "qr": hall.public_url is not None,
        "week": [list(day) for day in days],
    }
