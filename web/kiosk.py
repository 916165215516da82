"""The kiosk's page: take a ticket by touch, and the changing code for phones."""

import asyncio
import re

from aiohttp import web

from config.settings import Settings
from web.keys import HALL
from web.missed import missed_facts
from web.pages import render
from web.ticket import qr_svg_blocking


def add_routes(app: web.Application) -> None:
    """GET /kiosk, and the QR code of the present address for phones."""
    app.router.add_get("/kiosk", show)
    app.router.add_get("/kiosk/code.svg", code)


async def show(request: web.Request) -> web.Response:
    given = request.query.get("kiosk", "")
    no = int(given) if re.fullmatch(r"[1-9][0-9]{0,3}", given) else 1
    hall = request.app[HALL]
    printers = {one.device_id: one.where or one.id for one in hall.settings.printers}
    own = hall.state.rules.printer_for(f"kiosk:{no}")
    page = facts(hall.settings) | {"kiosk": no, "printer": own, "printers": printers}
    groups = ("kiosk", "missed", "priorities", "stop")
    return render(request, "kiosk.html", texts=groups, page=page)


async def code(request: web.Request) -> web.Response:
    """Draw what a phone in the hall scans now; /api/v1/phone-code tells for how long it is good."""
    hall = request.app[HALL]
    if not hall.settings.phone.tickets:
        raise web.HTTPNotFound
    origin = hall.settings.hall.public_url or str(request.url.origin())
    address = f"{origin}/p/{hall.phone_codes.code(hall.clock.now())}"
    drawing = await asyncio.to_thread(qr_svg_blocking, address)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=drawing, content_type="image/svg+xml", headers=headers)


def facts(settings: Settings) -> dict[str, object]:
    """What the page's script needs before it asks: see `Page` in static/kiosk_parts.js."""
    hall = settings.hall
    return {
        "name": hall.name,
        "name_en": hall.name_en,
        # By custom the last service of the list takes what belongs to no other.
        "general": settings.services[-1].code,
        "priorities": list(hall.priorities),
        "credit_min": hall.priority_credit_s // 60,
        **missed_facts(settings),
        "identity": settings.identity.mode,
        "phone": settings.phone.tickets,
        "booking": any(service.slots for service in settings.services),
        "help": hall.phone,
        "qr": hall.public_url is not None,
    }
