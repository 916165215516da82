"""The bench: every simulated device as a person would see it. Only where one is."""

from aiohttp import web

from config.settings import Settings
from web.keys import HALL
from web.pages import render


def add_routes(app: web.Application) -> None:
    """Add the bench to the application of a hall where anything is simulated."""
    settings: Settings = app[HALL].settings
    if settings.simulates_anything:
        app.router.add_get("/bench", _bench)


async def _bench(request: web.Request) -> web.Response:
    return render(request, "bench.html", texts=("bench", "grades", "common"))
