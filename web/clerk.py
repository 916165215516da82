"""The clerk's pages: choose a counter, work at a counter."""

from typing import Any

from aiohttp import web

from config.settings import Settings
from web.keys import HALL
from web.pages import render
from web.problems import ProblemError

# What the help lists: the key's word, its place on the number pad, another way to it.
KEYS = (
    ("next", "Enter", "F2"),
    ("recall", "+", "F3"),
    ("start", ".", "F6"),
    ("finish", "0", "F4"),
    ("no-show", "−", "F7"),
    ("undo", "/", ""),
    ("pause", "*", "F8"),
    ("transfer", "4", ""),
    ("park", "5", ""),
    ("unpark", "9", ""),
    ("notice", "8", "N"),
    ("accept", "", "A"),
    ("item", "", "F10"),
    ("direct", "", "D"),
    ("choose", "", "C"),
    ("split", "", "S"),
    ("back", "", "B"),
    ("seat", "", "L"),
    ("close", "", "F9"),
    ("help", "", "F1"),
)


TEXTS = (
    "clerk", "common", "counters", "kinds", "case_states", "reasons", "papers", "paper_proofs",
)  # fmt: skip


def add_routes(app: web.Application) -> None:
    """Add the clerk's pages to the application."""
    app.router.add_get("/clerk", _choose)
    app.router.add_get("/clerk/{no}", _counter)


async def _choose(request: web.Request) -> web.Response:
    settings: Settings = request.app[HALL].settings
    names = _names(request)
    counters = [
        (counter, [names[code] for code in counter.services]) for counter in settings.counters
    ]
    return render(
        request, "clerk_choose.html", counters=counters, texts=("clerk", "common", "counters")
    )


async def _counter(request: web.Request) -> web.Response:
    settings: Settings = request.app[HALL].settings
    known = {str(counter.no): counter for counter in settings.counters}
    counter = known.get(request.match_info["no"])
    if counter is None:
        raise ProblemError("counter_unknown")
    names = _names(request)
    return render(
        request,
        "clerk.html",
        counter=counter,
        area=next(area for area in settings.areas if area.code == counter.area),
        takes=[names[code] for code in counter.services],
        keys=KEYS,
        carried=_carried(settings, counter.no, names),
        texts=TEXTS,
    )


def _carried(settings: Settings, no: int, names: dict[str, str]) -> dict[str, Any]:
    """What the page's script knows from the start: the rules that tell why a key is off."""
    queue = settings.queue
    rules = {
        "sign_in": settings.staffing.sign_in,
        "call_rights": list(settings.staffing.call_rights),
        "recall_spacing_s": queue.recall_spacing_s,
        "recall_limit": queue.recall_limit,
        "no_show_calls": queue.no_show_calls,
        "missed_call": settings.hall.missed_call,
    }
    return {
        "no": no,
        "finishOnNext": settings.hall.finish_on_next,
        "rules": rules,
        "services": names,
        "counters": [{"no": one.no, "name": one.name} for one in settings.counters],
    }


def _names(request: web.Request) -> dict[str, str]:
    """The services in the page's language."""
    settings: Settings = request.app[HALL].settings
    english = request.query.get("lang") == "en"
    return {one.code: one.name_en if english else one.name for one in settings.services}
