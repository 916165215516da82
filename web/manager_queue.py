"""Drawings of the reports about the queue itself: which rule called, how counters spent time."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from aiohttp import web

from config.settings import Settings
from controller.reports import workload
from controller.reports.fairness import fairness_report
from controller.store.queries import Days
from web.charts import Chart, SpentRow, bars_across, spent
from web.figures import Figure, Words, words_of
from web.keys import HALL
from web.pages import render
from web.views import VIEWS

RULES = (
    "first", "only", "credit", "cap", "ageing", "condition", "ratio", "transfer", "chosen",
)  # fmt: skip
HOUR_S = 3600


def add_routes(app: web.Application) -> None:
    """GET /manager/queue-charts?from=…&to=…"""
    app.router.add_get("/manager/queue-charts", _charts)


async def _charts(request: web.Request) -> web.Response:
    """The calls of a period by their rule, and the time of its counters."""
    hall = request.app[HALL]
    settings: Settings = hall.settings
    words = words_of(request, settings)
    days = Days(_date(request, "from"), _date(request, "to"))
    fair = await hall.read(fairness_report, hall.code, days)
    work = await hall.read(workload.workload_report, hall.code, days)
    asked = (hall.code, days, request.app[VIEWS].zone, hall.clock.now())
    presence = await hall.read(workload.pauses_report, *asked)
    figures = [
        Figure("rules", words("by_rule"), words("by_rule_note"), _rules(fair["by_rule"], words)),
        Figure("time", words("time"), words("time_note"), _time(work, presence, words)),
    ]
    return render(request, "manager_charts.html", charts=figures, late={})


def _date(request: web.Request, name: str) -> str:
    try:
        return date.fromisoformat(request.query.get(name, "")).isoformat()
    except ValueError:
        raise web.HTTPBadRequest(text=f"{name}: YYYY-MM-DD") from None


def _rules(by_rule: Mapping[str, int], words: Words) -> Chart:
    values = [(words(f"rule.{rule}"), float(by_rule.get(rule, 0))) for rule in RULES]
    known = [(name, value) for name, value in values if value]
    return bars_across(known, words("by_rule"), (words("rule_head"), words("calls")))


def _time(work: Mapping[str, Any], presence: Mapping[str, Any], words: Words) -> Chart:
    """Each counter's hours: serving, signed in and neither serving nor paused, paused."""
    served: dict[int, float] = defaultdict(float)
    for row in work["rows"]:
        served[row["counter"]] += row["serving_s"]
    there = {row["counter"]: row for row in presence["counters"]}
    rows = []
    for no in sorted(served.keys() | there.keys()):
        paused = there[no]["paused_s"] if no in there else 0.0
        signed_in = there[no]["signed_in_s"] if no in there else 0.0
        rest = max(0.0, signed_in - served[no] - paused)
        hours = tuple(part / HOUR_S for part in (served[no], rest, paused))
        if sum(hours):
            rows.append(SpentRow(words("counter_n", no=no), hours))
    parts = [words("time_serving"), words("time_free"), words("time_paused")]
    return spent(rows, parts, words("time"))
