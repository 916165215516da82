"""A ticket's own page, opened by the code on the slip: /t/{id}/{token}."""

import asyncio
import io
import re
from heapq import merge
from hmac import compare_digest
from itertools import takewhile
from typing import Any

import qrcode
from aiohttp import web
from qrcode.image.svg import SvgPathImage

from config.settings import Settings
from controller.domain.missed import half_day_end
from controller.domain.posts import seat_of
from controller.domain.state import HallState, Ticket
from controller.slips import code_text
from controller.store.queries import one_ticket
from web.keys import HALL
from web.missed import missed_facts
from web.pages import render
from web.views import VIEWS, Json, Views

WORD = re.compile(r"[0-9A-Za-z_.:-]{1,64}")
SHOWN = (
    "number", "service", "service_name", "state", "ahead", "wait", "issued_at", "called_at",
    "last_called_at", "started_at", "finished_at", "calls", "counter", "rating", "slot", "parked",
    "clients",
)  # fmt: skip
LANE = 2
BOOKING_CODE = 6


def add_routes(app: web.Application) -> None:
    """GET /t/{ticket}/{token}, its data ticket.json, its code qr.svg, its number.wav."""
    app.router.add_get("/t/{ticket}/{token}", show)
    app.router.add_get("/t/{ticket}/{token}/ticket.json", now)
    app.router.add_get("/t/{ticket}/{token}/qr.svg", code)
    app.router.add_get("/t/{ticket}/{token}/number.wav", sound)


async def show(request: web.Request) -> web.Response:
    """The page; a wrong address gets a page that says so."""
    row = await _row(request)
    groups = ("phone", "mine", "book", "missed", "grades", "stop")
    settings: Settings = request.app[HALL].settings
    hall = settings.hall
    if row is None:
        return render(request, "ticket_unknown.html", texts=groups, status=404)
    page = {
        "id": row["id"],
        "number": row["number"],
        "token": request.match_info["token"],
        **missed_facts(settings),
        "booked": row["slot_end"] is not None,
        "qr": hall.public_url is not None,
    }
    return render(request, "ticket.html", texts=groups, page=page)


async def now(request: web.Request) -> web.Response:
    """What its holder may know of a ticket; without the token nobody learns it."""
    row = await _row(request)
    if row is None:
        raise web.HTTPNotFound
    hall = request.app[HALL]
    views = request.app[VIEWS]
    document = row_document(views, hall.settings, row)
    # A place in line is stale at once.
    return web.json_response(document, headers={"Cache-Control": "no-store"})


async def code(request: web.Request) -> web.Response:
    """What the slip's QR code holds, for the kiosk's screen: the page's address or plain text."""
    row = await _row(request)
    if row is None:
        raise web.HTTPNotFound
    told = code_text(request.app[HALL].settings, row, request.match_info["token"])
    drawing = await asyncio.to_thread(qr_svg_blocking, told)
    headers = {"Cache-Control": "private, max-age=600", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=drawing, content_type="image/svg+xml", headers=headers)


async def sound(request: web.Request) -> web.StreamResponse:
    """Say the number, for a kiosk whose printer gave nothing; 404 where no voice speaks."""
    row = await _row(request)
    equipment = request.app[HALL].equipment
    numbers = equipment.numbers if equipment is not None else None
    clip = None
    if row is not None and row["number"] and numbers is not None:
        clip = await numbers.clip(row["number"], row["service"])
    if clip is None:
        raise web.HTTPNotFound
    headers = {"Content-Type": "audio/wav", "Cache-Control": "private, max-age=600"}
    return web.FileResponse(clip.path, headers=headers)


def qr_svg_blocking(text: str) -> bytes:
    """Return a QR code (level M, quiet zone of 2 modules: the page adds white) as SVG."""
    drawing = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
    drawing.add_data(text)
    target = io.BytesIO()
    drawing.make_image(image_factory=SvgPathImage).save(target)
    return target.getvalue()


def row_document(views: Views, settings: Settings, row: dict[str, Any]) -> Json:
    """Return the page's data; `seq` is where its stream goes on."""
    state = views.state
    ticket = views.ticket(row)
    live = state.tickets.get(row["id"])
    waits = live is not None and live.state == "WAITING"
    known = {item.code: item for item in settings.items}
    chosen = [known[name] for name in ticket["items"] if name in known]
    return {
        "seq": state.seq,
        "at": views.hall_state()["at"],
        "ticket": {name: ticket[name] for name in SHOWN},
        "slip": ticket["print"]["state"] != "none",
        "booking": booking(views, row) if row["state"] == "BOOKED" else None,
        "again": again(live) if live is not None and waits else None,
        "waits_at": waits_at(state, live) if live is not None and waits else None,
        "together": live is not None and live.together,
        "then": then(settings, live),
        "until": missed_until(views, row),
        "parked_at": views.at(row["parked_at"]),
        "voided": voided(row),
        "lane": lane(state, live) if live is not None and waits else [],
        "items": [{"name": item.name, "materials": list(item.materials)} for item in chosen],
    }


def booking(views: Views, row: dict[str, Any]) -> Json:
    """Return when the slot is, when to check in, and the code that names it at the desk."""
    rules = views.state.rules
    return {
        "date": row["date"],
        "start": views.at(row["slot"]),
        "end": views.at(row["slot_end"]),
        "from": views.at(row["slot"] - rules.check_in_before_s * 1000),
        "until": views.at(row["slot"] + rules.check_in_after_s * 1000),
        "code": row["id"][-BOOKING_CODE:],
    }


def again(ticket: Ticket) -> str | None:
    """Return why a ticket that was called waits again: missed, or moved on; None for the first."""
    if ticket.called_at is None:
        return None
    return "missed" if ticket.missed_at is not None else "moved"


def waits_at(state: HallState, ticket: Ticket) -> int | None:
    """Return the one counter that a handed over ticket waits for, None for a service's line."""
    kind, _, name = ticket.target.partition(":")
    if kind == "counter":
        return int(name)
    seat = seat_of(state, name) if kind == "clerk" else None
    return seat.no if seat is not None else None


def then(settings: Settings, ticket: Ticket | None) -> list[Json]:
    """Return the services that come after the present one."""
    names = {service.code: service for service in settings.services}
    further = ticket.further if ticket is not None else []
    known = [names[code] for code in further if code in names]
    return [{"name": service.name, "name_en": service.name_en} for service in known]


def missed_until(views: Views, row: dict[str, Any]) -> str | None:
    """Return until when a missed ticket may come back where the hall keeps it for a half-day."""
    rules = views.state.rules
    if row["state"] != "NO_SHOW" or rules.missed_call != "keep" or row["finished_at"] is None:
        return None
    return views.at(half_day_end(rules, row["finished_at"]))


def voided(row: dict[str, Any]) -> str | None:
    """Return the sentence with which the queue was voided after an outage, and this ticket too."""
    why, _, sentence = (row["cause"] or "").partition(":")
    return sentence if why == "outage" and sentence else None


def lane(state: HallState, ticket: Ticket) -> list[str]:
    """Return the numbers called before this one, at most the last two, in calling order."""
    lines = [state.line(code) for code in state.rules.companions(ticket.service)]
    before = [place[3] for place in takewhile(lambda place: place < ticket.place, merge(*lines))]
    return [state.tickets[name].number for name in before[-LANE:]]


async def _row(request: web.Request) -> dict[str, Any] | None:
    """The ticket's row, None when ticket or token is wrong."""
    if not _is_holder(request):
        return None
    hall, name = request.app[HALL], request.match_info["ticket"]
    row: dict[str, Any] | None = await hall.read(one_ticket, hall.settings.hall.code, name)
    return row


def _is_holder(request: web.Request) -> bool:
    """Tell whether the address carries the ticket's own token."""
    name, token = request.match_info["ticket"], request.match_info["token"]
    if not (WORD.fullmatch(name) and WORD.fullmatch(token)):
        return False
    return compare_digest(request.app[HALL].token_for(name).encode(), token.encode())
