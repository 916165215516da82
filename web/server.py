"""Below the application: a request that is no HTTP is refused in the words of all refusals.

aiohttp answers such requests before any route or middleware, in plain text with its version,
and logs a traceback for each. It gives no option for that, so its own classes are extended.
"""

import asyncio
import logging
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from web.app import add_safe_headers
from web.problems import of_http, problem_response

logger = logging.getLogger(__name__)

TOLD_EVERY_S = 60.0


class HallRunner(web.AppRunner):
    """Runs the application of a hall; use it as `web.AppRunner`."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(made, **self._kwargs)


class BrokenRequests:
    """Tells the log of broken requests, once a minute with their number.

    Neither the request nor the parser's words are repeated: they may be personal, or made up
    to look like lines of the log.
    """

    def __init__(self) -> None:
        self._count = 0
        self._last = ""
        self._pause: asyncio.TimerHandle | None = None

    def add(self, kind: str, remote: str | None) -> None:
        """Count a request; `kind` is the name of the parser's error."""
        self._count += 1
        self._last = f"{kind} from {remote}"
        if self._pause is None:
            self._tell()

    def _tell(self) -> None:
        self._pause = None
        if not self._count:
            return
        requests = "request" if self._count == 1 else "requests"
        logger.warning("%d broken %s, the last: %s", self._count, requests, self._last)
        self._count = 0
        self._pause = asyncio.get_running_loop().call_later(TOLD_EVERY_S, self._tell)


class _Server(web.Server):
    """As aiohttp's, with connections of our own."""

    def __init__(self, made: web.Server, **options: Any) -> None:
        super().__init__(made.request_handler, request_factory=made.request_factory, **options)
        self._broken = BrokenRequests()

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, self._broken, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    """One connection."""

    __slots__ = ("_broken",)

    def __init__(self, server: web.Server, broken: BrokenRequests, **options: Any) -> None:
        super().__init__(server, **options)
        self._broken = broken

    def data_received(self, data: bytes) -> None:
        """Wake the handler whose body breaks off; aiohttp would let it wait for the rest."""
        seen = self._request_count
        super().data_received(data)
        request = self._current_request
        # A message after a body that has not ended can only be the parser's error.
        if request is not None and self._request_count > seen and not request.content.is_eof():
            self._broken.add("body", request.remote)
            request.content.set_exception(web.RequestPayloadError("the body breaks off"))
            request.content.feed_eof()
            self.close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Refuse what could not be parsed (400), or what failed outside of the application."""
        if status < 500:
            self._broken.add(type(exc).__name__, request.remote)
            code = "too_large" if isinstance(exc, LineTooLong) else "malformed"
        else:
            logger.error("an answer failed", exc_info=exc)
            code = "internal"
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun, there is no room for a refusal")
        response = problem_response(code)
        add_safe_headers(response)
        response.force_close()
        return response

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer; aiohttp refuses an unknown `Expect` before any middleware."""
        if isinstance(resp, web.HTTPException) and resp.status >= 400:
            resp = of_http(resp)
            add_safe_headers(resp)
            resp.force_close()
        return await super().finish_response(request, resp, start_time)
