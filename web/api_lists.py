"""What is there: services, items, visits, cases, devices, announcements."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from controller.domain.events import AnnouncementStarted, VoiceEvent
from controller.reports.records import announcement, cases_with_steps, tickets_with_cases
from controller.store.queries import one_case
from web.problems import ProblemError
from web.routes import Call, Route, Routes, answer, listed, unknown
from web.schemas.queries import CasePage, CodePage, ItemPage, VisitPage
from web.schemas.records import Case, Cases, Devices, Items, Services, Visits

routes = Routes()

SOUND_LATE_S, SOUND_LOOK_S = 3.0, 0.05
"""How long the words of a call may take behind its chime, and how often we look."""


@routes.add(
    Route(
        "GET",
        "/api/v1/services",
        "public",
        {200: Services},
        query=CodePage,
        problems=("invalid",),
    )
)
async def services(call: Call) -> web.Response:
    """List the services with what a newcomer would meet."""
    known = _after(call.hall.settings.services, call.query)
    found, following = _begin(known, call.query)
    return listed([call.views.service(one) for one in found], following)


@routes.add(
    Route("GET", "/api/v1/items", "public", {200: Items}, query=ItemPage, problems=("invalid",))
)
async def items(call: Call) -> web.Response:
    """List the items that can be handled here."""
    service = call.service()
    known = _after(call.hall.settings.items, call.query)
    if service is not None:
        known = [item for item in known if item.service == service]
    found, following = _begin(known, call.query)
    return listed([_item(item) for item in found], following)


@routes.add(
    Route("GET", "/api/v1/visits", "manager", {200: Visits}, query=VisitPage, problems=("invalid",))
)
async def visits(call: Call) -> web.Response:
    """List the visits (接待登记) of some business dates in the order of issue."""
    wanted: VisitPage = call.query
    where = {
        "days": call.days(),
        "state": wanted.state,
        "service": call.service(),
        "visits": True,
    }
    found = await call.hall.read(tickets_with_cases, call.code, call.page(), where)
    return listed([call.views.visit(row, row["cases"]) for row in found.rows], found.next)


@routes.add(
    Route("GET", "/api/v1/cases", "clerk", {200: Cases}, query=CasePage, problems=("invalid",))
)
async def cases(call: Call) -> web.Response:
    """List the cases (办件) accepted on some business dates in the order of acceptance."""
    wanted: CasePage = call.query
    where = {"days": call.days(), "state": wanted.state}
    found = await call.hall.read(cases_with_steps, call.code, call.page(), where)
    return listed([call.views.case(row) for row in found.rows], found.next)


@routes.add(Route("GET", "/api/v1/cases/{case}", "clerk", {200: Case}, problems=("not_found",)))
async def case(call: Call) -> web.Response:
    """Look up a case with its steps."""
    row = await call.hall.read(one_case, call.code, call.part("case"))
    if row is None:
        raise ProblemError("not_found")
    return answer(call.views.case(row))


@routes.add(Route("GET", "/api/v1/devices", "manager", {200: Devices}))
async def devices(call: Call) -> web.Response:
    """List the devices of the hall and whether they answer."""
    return listed([call.views.device(device) for device in call.hall.devices], None)


@routes.add(
    Route(
        "GET",
        "/api/v1/announcements/{announcement}.wav",
        "public",
        {200: "audio/wav"},
        problems=("not_found",),
    )
)
async def announcement_sound(call: Call) -> web.StreamResponse:
    """The sound of an announcement, for boards that speak."""
    begun = await call.hall.read(announcement, call.code, call.part("announcement"))
    name = str(begun.detail.get("wav", "")) if begun is not None else ""
    file = Path(call.hall.data_dir) / "voice" / name
    # The name comes from our own event; it is held to one plain file all the same.
    if not name or Path(name).name != name or not await _is_there(file, begun):
        raise ProblemError("not_found")
    return web.FileResponse(file, headers={"Content-Type": "audio/wav"})


async def _is_there(file: Path, begun: VoiceEvent | None) -> bool:
    """Whether the sound is there; of a call that is being said it may still be in the making."""
    end = asyncio.get_running_loop().time() + SOUND_LATE_S
    while not await asyncio.to_thread(file.is_file):
        if not isinstance(begun, AnnouncementStarted) or asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(SOUND_LOOK_S)
    return True


def _after(known: Sequence[Any], wanted: CodePage) -> list[Any]:
    """Return what follows a code in a configured list."""
    if wanted.after is None:
        return list(known)
    for place, part in enumerate(known):
        if part.code == wanted.after:
            return list(known[place + 1 :])
    raise unknown("after")


def _begin(parts: list[Any], wanted: CodePage) -> tuple[list[Any], str | None]:
    """Return the wanted number of parts, and the code to go on after when there are more."""
    following = parts[wanted.limit - 1].code if len(parts) > wanted.limit else None
    return parts[: wanted.limit], following


def _item(item: Any) -> dict[str, Any]:
    names = ("code", "name", "owner", "service", "kind", "legal_days", "promised_days", "minutes")
    return {**{name: getattr(item, name) for name in names}, "materials": list(item.materials)}
