"""The bare aiohttp service that the product is held against: an echo, and a fan-out of bytes."""

import asyncio
import contextlib
import sys

from aiohttp import web

STREAMS: web.AppKey[list[web.StreamResponse]] = web.AppKey("streams", list)


async def echo(request: web.Request) -> web.Response:
    """Take JSON, give it back: what any aiohttp service does at least."""
    return web.json_response(await request.json(), status=201)


async def stream(request: web.Request) -> web.StreamResponse:
    """Keep a stream open; `event` writes to it."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    request.app[STREAMS].append(response)
    try:
        await asyncio.sleep(3600)
    finally:
        request.app[STREAMS].remove(response)
    return response


async def event(request: web.Request) -> web.Response:
    """Write the same bytes to every open stream, then answer."""
    data = (await request.json())["text"].encode()
    for response in list(request.app[STREAMS]):
        with contextlib.suppress(ConnectionResetError):
            await response.write(data)
    return web.json_response({}, status=201)


def main(port: int) -> None:
    app = web.Application()
    app[STREAMS] = []
    app.add_routes([
        web.post("/api/v1/tickets", echo), web.get("/stream", stream), web.post("/event", event),
    ])  # fmt: skip
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None, shutdown_timeout=0.5)


if __name__ == "__main__":
    main(int(sys.argv[1]))
