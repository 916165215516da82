"""Appointments (预约): slots, booking, import."""

import hashlib
import re
from hmac import compare_digest
from typing import Any

from aiohttp import web

from config.settings import problem
from controller.app import new_ticket_id
from controller.domain.answers import booking_answer, ticket_answer
from controller.domain.commands import BookTicket, CheckIn, TakeImport
from controller.domain.errors import RefusalError
from controller.ledger import KeyReusedError
from controller.reports.records import appointments_of
from controller.store.queries import Page, Row
from web.identities import identity_of
from web.problems import ProblemError
from web.routes import Call, Route, Routes, answer, listed, unknown
from web.schemas.queries import AppointmentPage, SlotQuery
from web.schemas.queue import Appointments, Booked, FreeSlots, Imported
from web.schemas.queue_wishes import BookingsWish, BookingWish, CheckInWish
from web.schemas.tickets import Receipt

routes = Routes()

APPOINTMENTS = "/api/v1/appointments"
ADDRESS = re.compile(r"/t/([0-9A-Za-z_.:-]{1,64})/([0-9A-Za-z_-]{1,200})(?:[/?#]|$)")
SAME_NO = 20
PROBLEMS = (
    "service_unknown", "slot_unknown", "slot_full", "too_late_to_book", "one_ticket",
    "identity_needed", "identity_wrong",
)  # fmt: skip


@routes.add(
    Route("POST", APPOINTMENTS, "public", {201: Booked}, body=BookingWish, problems=PROBLEMS)
)
async def book(call: Call) -> web.Response:
    """Book a slot."""
    return answer(await _book(call, call.body), 201)


async def _book(call: Call, wish: BookingWish, part: str | None = "") -> dict[str, Any]:
    identity = identity_of(call, wish.identity)
    command = BookTicket(
        wish.service,
        new_ticket_id(call.hall.clock.now()),
        wish.date,
        wish.start,
        source="booking",
        no=wish.no,
    )
    outcome = await call.execute(command, "booking", part=part, identity=identity.hash)
    document = booking_answer(outcome.events)
    seq = document.pop("seq")
    times = {name: call.views.instant(document[name]) for name in ("start", "end")}
    return {**document, **times, "token": call.hall.token_for(document["id"]), "seq": seq}


@routes.add(Route("POST", f"{APPOINTMENTS}/import", "admin", {200: Imported}, body=BookingsWish))
async def import_bookings(call: Call) -> web.Response:
    """Book the appointments of another system, each by itself.

    A row with a number (`no`) is booked once, however often it is imported; one without is booked
    once under the request's key. What stands twice in an import counts once.
    """
    wishes: tuple[BookingWish, ...] = call.body.items
    if call.key is not None:
        await call.execute(TakeImport(_content(wishes), len(wishes)), "booking")
    rows = []
    for place, wish in enumerate(wishes):
        try:
            found = await _book(call, wish, _part(call, place, wish))
        except (RefusalError, ProblemError) as refusal:
            rows.append(_refused(place, refusal.code))
        except KeyReusedError:
            rows.append(_refused(place, "key_reused"))
        else:
            told = dict.fromkeys(("code", "detail", "detail_en"))
            rows.append({"place": place, "id": found["id"], **told})
    refused = sum(row["id"] is None for row in rows)
    booked = len({row["id"] for row in rows if row["id"] is not None})
    return answer({"booked": booked, "refused": refused, "rows": rows})


def _content(wishes: tuple[BookingWish, ...]) -> str:
    """Return the SHA-256 of what an import is about; who comes is no part of it, as in the log."""
    told = [wish.model_dump_json(exclude={"identity"}) for wish in wishes]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _part(call: Call, place: int, wish: BookingWish) -> str | None:
    """Return the key of a row: its number in the other system, else its place in the request."""
    if wish.no:
        return f"booking:{wish.no}"
    if call.key is None:
        return None
    return f"import:{hashlib.sha256(call.key.encode()).hexdigest()}:{place}"


def _refused(place: int, code: str) -> dict[str, Any]:
    said = problem(code)
    return {"place": place, "id": None, "code": code, "detail": said.zh, "detail_en": said.en}


@routes.add(
    Route(
        "GET",
        f"{APPOINTMENTS}/slots",
        "public",
        {200: FreeSlots},
        query=SlotQuery,
        problems=("invalid",),
    )
)
async def slots(call: Call) -> web.Response:
    """Return the slots of a service on a date and how many places are left."""
    service = call.service()
    if service is None:
        raise unknown("service")
    date = call.query.date or call.views.today
    found = call.queue.free_slots(service, date)
    return answer({"service": service, "date": date, "items": found})


@routes.add(
    Route(
        "GET",
        APPOINTMENTS,
        "clerk",
        {200: Appointments},
        query=AppointmentPage,
        problems=("invalid",),
    )
)
async def appointments(call: Call) -> web.Response:
    """List the booked slots of a business date."""
    wanted: AppointmentPage = call.query
    where = {"date": wanted.date or call.views.today, "service": call.service()}
    found = await call.hall.read(appointments_of, call.code, call.page(), where)
    return listed([call.queue.appointment(row) for row in found.rows], found.next)


@routes.add(
    Route(
        "POST",
        "/api/v1/check-in",
        "kiosk",
        {200: Receipt},
        body=CheckInWish,
        problems=(
            "not_found", "token_wrong", "not_booked", "not_today", "check_in_early", "closed",
            "stopped", "quota_used",
        ),
    )
)  # fmt: skip
async def check_in(call: Call) -> web.Response:
    """The holder of an appointment has come and shows its code, or types its number."""
    wish: CheckInWish = call.body
    shown = ADDRESS.search(wish.code)
    ticket = _proved(call, *shown.groups()) if shown else await _numbered(call, wish.code.strip())
    outcome = await call.execute(CheckIn(ticket), "kiosk:1")
    return answer({**ticket_answer(outcome.events), "token": call.hall.token_for(ticket)})


def _proved(call: Call, ticket: str, token: str) -> str:
    if not compare_digest(call.hall.token_for(ticket).encode(), token.encode()):
        raise ProblemError("token_wrong")
    return ticket


async def _numbered(call: Call, no: str) -> str:
    """Return the booked ticket of a number: of today's the first that is still booked."""
    part, today = Page(0, SAME_NO), call.views.today
    found = await call.hall.read(appointments_of, call.code, part, {"no": no})
    if not found.rows:  # the kiosk's keys have capitals only
        found = await call.hall.read(appointments_of, call.code, part, {"no": no.lower()})

    def rank(row: Row) -> tuple[bool, bool, int]:
        return row["date"] != today, row["state"] != "BOOKED", row["slot_start"]

    rows = sorted((row for row in found.rows if no), key=rank)
    if not rows:
        raise ProblemError("not_found")
    name: str = rows[0]["ticket"]
    return name
