"""The hall now, and its figures."""

from typing import Any

from aiohttp import web

from controller.reports import indicators, records, workload
from controller.reports.fairness import fairness_report
from web.readiness import health
from web.routes import Call, Route, Routes, answer, listed
from web.schemas.hall import State
from web.schemas.queries import Period, ReferralPage
from web.schemas.queue_reports import Fairness, Pauses, Referrals, Warnings, Workload
from web.schemas.reports import Overview, RatingsReport, Volume, WaitsReport

routes = Routes()


@routes.add(Route("GET", "/api/v1/state", "public", {200: State}))
async def state(call: Call) -> web.Response:
    """The hall now; the stream goes on after its seq."""
    return answer(call.views.hall_state())


@routes.add(
    Route(
        "GET",
        "/api/v1/reports/waits",
        "manager",
        {200: WaitsReport},
        query=Period,
        problems=("invalid",),
    )
)
async def waits(call: Call) -> web.Response:
    """Waits from issue to first call by service."""
    known = [service.code for service in call.hall.settings.services]
    asked = (call.code, call.days(), known)
    return answer(await call.hall.read(indicators.waits_report, *asked))


@routes.add(
    Route(
        "GET",
        "/api/v1/reports/ratings",
        "manager",
        {200: RatingsReport},
        query=Period,
        problems=("invalid",),
    )
)
async def ratings(call: Call) -> web.Response:
    """Ratings (好差评) by service."""
    known = [service.code for service in call.hall.settings.services]
    asked = (call.code, call.days(), known)
    return answer(await call.hall.read(indicators.ratings_report, *asked))


@routes.add(
    Route(
        "GET",
        "/api/v1/reports/volume",
        "manager",
        {200: Volume},
        query=Period,
        problems=("invalid",),
    )
)
async def volume(call: Call) -> web.Response:
    """接待人次 and 受理量."""
    return answer(await call.hall.read(indicators.volume_report, call.code, call.days()))


@routes.add(
    Route(
        "GET",
        "/api/v1/reports/fairness",
        "manager",
        {200: Fairness},
        query=Period,
        problems=("invalid",),
    )
)
async def fairness(call: Call) -> web.Response:
    """Calls out of order and who was overtaken (公平性)."""
    return answer(await call.hall.read(fairness_report, call.code, call.days()))


@routes.add(
    Route(
        "GET",
        "/api/v1/reports/workload",
        "manager",
        {200: Workload},
        query=Period,
        problems=("invalid",),
    )
)
async def work(call: Call) -> web.Response:
    """Calls, visits and serving time by counter and clerk."""
    return answer(await call.hall.read(workload.workload_report, call.code, call.days()))


@routes.add(
    Route(
        "GET",
        "/api/v1/reports/pauses",
        "manager",
        {200: Pauses},
        query=Period,
        problems=("invalid",),
    )
)
async def pauses(call: Call) -> web.Response:
    """Pauses by reason and by counter."""
    asked = (call.code, call.days(), call.views.zone, call.hall.clock.now())
    return answer(await call.hall.read(workload.pauses_report, *asked))


@routes.add(
    Route(
        "GET",
        "/api/v1/reports/warnings",
        "manager",
        {200: Warnings},
        query=Period,
        problems=("invalid",),
    )
)
async def warned(call: Call) -> web.Response:
    """Warnings, questions after an outage, and stops of issuing."""
    days, views = call.days(), call.views
    span = workload.span_of(days, views.zone)
    names = ("kind", "about", "answer", "facts")
    rows = [
        {
            **{name: row[name] for name in names},
            "since": views.instant(row["since"]),
            "ended_at": views.at(row["ended_at"]),
        }
        for row in await call.hall.read(records.warnings_of, call.code, span)
    ]
    return answer({"from": days.first, "to": days.last, "rows": rows})


@routes.add(
    Route(
        "GET",
        "/api/v1/reports/referrals",
        "manager",
        {200: Referrals},
        query=ReferralPage,
        problems=("invalid",),
    )
)
async def referred(call: Call) -> web.Response:
    """List the tickets that were handed on, with who met the citizen first (首问责任)."""
    found = await call.hall.read(records.referrals, call.code, call.page(), call.days())
    names = ("date", "service", "counter", "clerk", "reason", "first_contact")
    rows = [
        {
            "ticket": {"id": row["ticket"], "number": row["number"]},
            "at": call.views.instant(row["at"]),
            "line": row["to"],
            **{name: row[name] for name in names},
        }
        for row in found.rows
    ]
    return listed(rows, found.next)


@routes.add(Route("GET", "/api/v1/overview", "manager", {200: Overview}))
async def overview(call: Call) -> web.Response:
    """The manager's day at a glance."""
    stored = await call.hall.read(indicators.day_figures, call.code, call.views.today)
    per_counter = stored.pop("counters")
    shown = {**_now(call), **stored, "counters": _counters(call, per_counter)}
    return answer({**shown, "health": await health(call.hall)})


def _now(call: Call) -> dict[str, Any]:
    """The part of the overview that stands in memory."""
    state, views, now = call.hall.state, call.views, call.hall.clock.now()
    names = {place[3] for line in state.lines.values() for place in line}  # once, in however many
    waiting = sorted((state.tickets[name] for name in names), key=lambda t: (t.issued_at, t.order))
    rows = [
        {
            "number": ticket.number,
            "service": ticket.service,
            "waited_s": max(0, now - ticket.issued_at) // 1000,
        }
        for ticket in waiting
    ]
    return {
        "seq": state.seq,
        "at": views.instant(now),
        "date": views.today,
        "waiting": len(rows),
        "longest_wait_s": rows[0]["waited_s"] if rows else 0,
        "waiting_tickets": rows,
        "platform": {"refused": state.refused_deliveries, **call.hall.platform_state()},
        "devices": [views.device(device) for device in call.hall.devices],
    }


def _counters(call: Call, stored: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    nothing = {"done": 0, "mean_handle_s": None}
    shown = []
    for no in call.hall.state.rules.counters:
        ticket = call.hall.state.ticket_at(no)
        since = None
        if ticket is not None:
            since = ticket.started_at if ticket.state == "SERVING" else ticket.called_at
        shown.append(
            {
                "no": no,
                "state": call.views.counter_state(no),
                "number": ticket.number if ticket is not None else None,
                "since": call.views.at(since),
                **stored.get(no, nothing),
            }
        )
    return shown
