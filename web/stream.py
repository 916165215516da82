"""The hall's events for browsers, as server-sent events (docs/stream.md).

Each reader draws from the feed at its own pace, so there is no queue per client: one that is
slow falls behind in the log, and one that takes nothing for a while is dropped and comes back
with its last id. An event is encoded once for all readers. What an event tells the public is
named field by field in `PUBLIC`; whatever is not named there is `hidden`, its seq alone.
"""

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from aiohttp import web

from controller.domain.events import StoredEvent
from web.health import METRICS
from web.problems import ProblemError
from web.routes import Call, Route, Routes
from web.schemas.base import GREATEST_SEQ
from web.schemas.queries import StreamStart
from web.views import VIEWS, Views

routes = Routes()

PING_S = 10.0
MISSED_MOST = 10_000
RETRY_MS = 2000
BLOCK = 500
WRITE_TIMEOUT_S = 15.0
STREAMS_MOST = 1000
ENCODED_KEPT = 5000

CALL_FIELDS = ("ticket", "number", "service", "counter", "area", "call")
STEP_FIELDS = ("ticket", "number", "service", "counter")
PLACE_FIELDS = ("ticket", "number", "service")
VOICE_FIELDS = ("announcement", "ticket", "number", "counter", "area")

PUBLIC: dict[str, tuple[str, ...]] = {
    "TicketIssued": ("ticket", "number", "service", "ahead"),
    "TicketCalled": CALL_FIELDS,
    "TicketRecalled": CALL_FIELDS,
    "ServingStarted": STEP_FIELDS,
    "ServingFinished": STEP_FIELDS,
    "NoShowMarked": STEP_FIELDS,
    "TicketExpired": PLACE_FIELDS,
    "TicketPrinted": ("ticket", "number"),
    "AnnouncementStarted": VOICE_FIELDS,
    "AnnouncementEnded": VOICE_FIELDS,
    "RatingAsked": ("ticket", "counter"),
    "TicketRated": ("ticket", "counter"),
    "DeviceLost": ("device", "kind"),
    "DeviceBack": ("device", "kind"),
    "DayOpened": ("date",),
    "RulesAdopted": (),
    "ServiceChanged": PLACE_FIELDS,
    "TicketSplit": PLACE_FIELDS,
    "TicketCancelled": PLACE_FIELDS,
    "TicketReturned": PLACE_FIELDS,
    "TicketParked": STEP_FIELDS,
    "TicketUnparked": STEP_FIELDS,
    "TicketTransferred": STEP_FIELDS,
    "ServiceCompleted": STEP_FIELDS,
    "DirectServingStarted": ("ticket", "counter"),
    "CallUndone": STEP_FIELDS,
    "StartUndone": STEP_FIELDS,
    "FinishUndone": STEP_FIELDS,
    "NoShowUndone": STEP_FIELDS,
    "ParkUndone": STEP_FIELDS,
    "TransferUndone": STEP_FIELDS,
    "ClerkSignedIn": ("counter",),
    "ClerkSignedOut": ("counter", "elsewhere"),
    "CounterPaused": ("counter", "until", "elsewhere"),
    "CounterResumed": ("counter",),
    "IssuingStopped": ("scope", "kind", "sentence"),
    "IssuingResumed": ("scope",),
    "QueueCleared": ("cause", "count"),
    "WaitingWarned": ("service", "waiting", "limit"),
    "WaitingEased": ("service", "waiting", "limit"),
    "OutageFound": (),
    "OutageAnswered": ("choice",),
    "ClockFoundBehind": (),
    "ClockAnswered": (),
    "PostUnmanned": ("post",),
    "PostManned": ("post",),
}
"""The public form: event type -> the fields of its body that everybody may see."""

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


def public_form(stored: StoredEvent) -> dict[str, Any] | None:
    """Return what everybody may know of an event besides seq and time, None for `hidden`."""
    names = PUBLIC.get(stored.type)
    if names is None:
        return None
    form = {name: getattr(stored.event, name) for name in names}
    if stored.type == "AnnouncementStarted":
        detail = stored.event.detail  # type: ignore[attr-defined]
        form["text"] = detail.get("text", "")
        form["seconds"] = detail.get("seconds")
        form["wav_url"] = f"/api/v1/announcements/{form['announcement']}.wav"
    return form


def encode(stored: StoredEvent, at: Callable[[int], str]) -> bytes:
    """Return an event as the browser gets it."""
    form = public_form(stored)
    if form is None:
        return b'id: %d\nevent: hidden\ndata: {"seq":%d}\n\n' % (stored.seq, stored.seq)
    if form.get("until") is not None:
        form["until"] = at(form["until"])
    data = json.dumps(
        {"seq": stored.seq, "at": at(stored.at), **form},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return f"id: {stored.seq}\nevent: {stored.type}\ndata: {data}\n\n".encode()


class Streams:
    """All open streams: encoded bytes that they share, and their common end."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._encoded: OrderedDict[int, bytes] = OrderedDict()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.closing = False

    def __len__(self) -> int:
        return len(self._tasks)

    def bytes_of(self, stored: StoredEvent) -> bytes:
        """Return an event's bytes, encoded once while it is fresh."""
        found = self._encoded.get(stored.seq)
        if found is None:
            found = encode(stored, self._views.instant)
            self._encoded[stored.seq] = found
            if len(self._encoded) > ENCODED_KEPT:
                self._encoded.popitem(last=False)
        return found

    @contextlib.contextmanager
    def open(self) -> Any:
        """Count a stream while it is open."""
        if self.closing or len(self._tasks) >= STREAMS_MOST:
            raise ProblemError("too_many")
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def close(self, app: web.Application | None = None) -> None:
        """End every stream now; browsers come back with their last id."""
        self.closing = True
        for task in list(self._tasks):
            task.cancel()


STREAMS: web.AppKey[Streams] = web.AppKey("streams", Streams)


@routes.add(
    Route(
        "GET",
        "/api/v1/stream",
        "public",
        {200: "text/event-stream"},
        query=StreamStart,
        problems=("too_many",),
    )
)
async def stream(call: Call) -> web.StreamResponse:
    """Events in their public form, from a position on, without gap or double."""
    position = _start(call)
    streams = call.request.app[STREAMS]
    response = web.StreamResponse(headers=HEADERS)
    if call.request.method == "HEAD":
        await response.prepare(call.request)
        return response
    with streams.open():
        gauge = call.request.app[METRICS].streams
        gauge.inc()
        try:
            await response.prepare(call.request)
            await _Reader(call, response, position).run()
        except (ConnectionResetError, TimeoutError):
            _hang_up(call.request)
        except asyncio.CancelledError:
            if not streams.closing:
                raise
            _hang_up(call.request)
        finally:
            gauge.dec()
    return response


class _Reader:
    """One open stream."""

    def __init__(self, call: Call, response: web.StreamResponse, position: int) -> None:
        self._feed = call.hall.feed
        self._streams = call.request.app[STREAMS]
        self._response = response
        self._position = position
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        await self._write(b"retry: %d\n\n" % RETRY_MS)
        ping_at = self._loop.time() + PING_S
        while True:
            if self._position > self._feed.seq or self._feed.seq - self._position > MISSED_MOST:
                await self._reset()
            events = await self._feed.after(self._position, BLOCK)
            if events:
                await self._write(b"".join(map(self._streams.bytes_of, events)))
                self._position = events[-1].seq
            left_s = ping_at - self._loop.time()
            if left_s <= 0:
                await self._write(b"event: ping\ndata: {}\n\n")
                ping_at = self._loop.time() + PING_S
            elif not events:
                await self._feed.wait(self._position, left_s)

    async def _reset(self) -> None:
        """Tell that too much was missed (or that this log is another one); go on from now."""
        self._position = self._feed.seq
        await self._write(
            b'id: %d\nevent: reset\ndata: {"seq":%d}\n\n' % (self._position, self._position)
        )

    async def _write(self, data: bytes) -> None:
        """Write and wait until the client has taken enough; TimeoutError when it does not."""
        async with asyncio.timeout(WRITE_TIMEOUT_S):
            await self._response.write(data)


def _start(call: Call) -> int:
    """Return the position to go on from; the browser's own header is newer than the address."""
    header = call.request.headers.get("Last-Event-ID")
    if header:
        if not header.isascii() or not header.isdigit() or int(header) > GREATEST_SEQ:
            raise ProblemError("malformed", errors=[{"field": "Last-Event-ID", "rule": "int"}])
        return int(header)
    wanted: StreamStart = call.query
    feed_seq: int = call.hall.feed.seq
    return feed_seq if wanted.after is None else wanted.after


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def open_streams(app: web.Application) -> None:
    """Make the application ready for streams; they end with its shutdown."""
    app[STREAMS] = streams = Streams(app[VIEWS])
    app.on_shutdown.append(streams.close)
