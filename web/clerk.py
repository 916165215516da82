"""The clerk's pages: choose a counter, work at a counter."""

from aiohttp import web

from config.settings import Settings
from web.keys import HALL
from web.pages import render

# What the help lists: the key's word, its place on the number pad, another way to it.
KEYS = (
    ("next", "Enter", "F2"),
    ("recall", "+", "F3"),
    ("start", ".", "F6"),
    ("finish", "0", "F4"),
    ("no-show", "−", "F7"),
    ("accept", "", "A"),
    ("item", "", "F10"),
    ("help", "", "F1"),
)


def add_routes(app: web.Application) -> None:
    """Add the clerk's pages to the application."""
    app.router.add_get("/clerk", _choose)
    app.router.add_get(r"/clerk/{no:\d{1,3}}", _counter)


async def _choose(request: web.Request) -> web.Response:
    settings: Settings = request.app[HALL].settings
    names = {service.code: service.name for service in settings.services}
    counters = [
        (counter, [names[code] for code in counter.services]) for counter in settings.counters
    ]
    return render(
        request, "clerk_choose.html", counters=counters, texts=("clerk", "common", "counters")
    )


async def _counter(request: web.Request) -> web.Response:
    settings: Settings = request.app[HALL].settings
    try:
        counter = settings.counter(int(request.match_info["no"]))
    except KeyError:
        raise web.HTTPFound("/clerk") from None
    return render(
        request,
        "clerk.html",
        counter=counter,
        area=next(area for area in settings.areas if area.code == counter.area),
        takes=[settings.service(code).name for code in counter.services],
        keys=KEYS,
        texts=("clerk", "common", "counters", "kinds", "case_states"),
    )
