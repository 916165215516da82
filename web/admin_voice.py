"""The page where the words of the calls are recorded: /admin/voice."""

from aiohttp import web

from web.pages import render


def add_routes(app: web.Application) -> None:
    """GET /admin/voice"""
    app.router.add_get("/admin/voice", show)


async def show(request: web.Request) -> web.Response:
    return render(request, "admin_voice.html", texts=("admin_voice",))
