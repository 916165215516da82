"""The hall's events for browsers, as server-sent events (docs/stream.md).

A reader first catches up from the log at its own pace, then it is live: what is new is encoded
once, and the same bytes are handed to every live reader's connection in one go. One that takes
too little falls out and catches up again, so there is no queue per client and no waiting for the
slow; one that takes nothing for a while is dropped and comes back with its last id.

    catching up --> live --> too much in its buffer --> catching up | dropped

What an event tells the public is named field by field in `stream_events.PUBLIC`; whatever is not
named there is `hidden`, its seq alone.
"""

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from aiohttp import HttpVersion11, web

from controller.domain.events import StoredEvent
from controller.feed import Feed
from web.health import METRICS
from web.keys import HALL
from web.problems import ProblemError
from web.routes import Call, Route, Routes
from web.schemas.base import GREATEST_SEQ
from web.schemas.queries import StreamStart
from web.stream_events import PUBLIC
from web.views import VIEWS, Views

routes = Routes()

PING_S = 10.0
MISSED_MOST = 10_000
RETRY_MS = 2000
BLOCK = 500
WRITE_TIMEOUT_S = 15.0
BUFFERED_MOST = 256 * 1024
"""Bytes that a connection may have taken and not sent before its reader is no longer live."""
LOOK_S = 0.1
STREAMS_MOST = 1000
ENCODED_KEPT = 5000

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

    def __init__(self, views: Views, feed: Feed) -> None:
        self._views = views
        self._feed = feed
        self._live: set[_Reader] = set()
        self._sent = 0
        self._ping: asyncio.TimerHandle | None = None
        feed.follow(self._publish)
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

    def join(self, reader: "_Reader") -> None:
        """Make a reader live whose position is the newest event's."""
        self._publish()
        self._live.add(reader)
        if self._ping is None:
            self._ping = asyncio.get_running_loop().call_later(PING_S, self._ping_all)

    def leave(self, reader: "_Reader") -> None:
        """A reader is no longer live."""
        self._live.discard(reader)

    def _publish(self) -> None:
        """Hand what is new to every live reader."""
        events = self._feed.fresh(self._sent)
        self._sent, sent = self._feed.seq, self._sent
        if not self._live:
            return
        if events is None:
            for reader in list(self._live):
                reader.fall_out(sent)
        elif events:
            self._hand_out(b"".join(map(self.bytes_of, events)))

    def _ping_all(self) -> None:
        self._ping = None
        if self._live:
            self._hand_out(b"event: ping\ndata: {}\n\n")
            self._ping = asyncio.get_running_loop().call_later(PING_S, self._ping_all)

    def _hand_out(self, data: bytes) -> None:
        chunk = b"%x\r\n%b\r\n" % (len(data), data)
        for reader in list(self._live):
            reader.take(data, chunk, self._sent)

    async def close(self, app: web.Application | None = None) -> None:
        """End every stream now; browsers come back with their last id."""
        self.closing = True
        if self._ping is not None:
            self._ping.cancel()
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
    if call.request.version >= HttpVersion11:
        response.enable_chunked_encoding()
    if call.request.method == "HEAD":
        await response.prepare(call.request)
        return response
    with streams.open():
        gauge = call.request.app[METRICS].streams
        gauge.inc()
        try:
            await response.prepare(call.request)
            with call.hall.board_pages.shown(call.query.board or ""):
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
        self._request = call.request
        self._response = response
        self._position = position
        self._out: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Tell the log from the position on, until the connection is lost or takes nothing."""
        await self._write(b"retry: %d\n\n" % RETRY_MS)
        while True:
            await self._catch_up()
            self._out = asyncio.get_running_loop().create_future()
            self._streams.join(self)
            try:
                await self._out
            finally:
                self._streams.leave(self)
            await self._room()

    def take(self, data: bytes, chunk: bytes, seq: int) -> None:
        """Hand bytes to the connection, `chunk` is the same in HTTP's chunked form."""
        transport = self._request.transport
        if transport is None or transport.is_closing():
            self._fall_out(ConnectionResetError())
            return
        assert isinstance(transport, asyncio.Transport)
        transport.write(chunk if self._response.chunked else data)
        if transport.get_write_buffer_size() > BUFFERED_MOST:
            self.fall_out(seq)

    def fall_out(self, seq: int) -> None:
        """The reader has everything up to `seq` and has to catch up from there."""
        self._position = seq
        self._fall_out(None)

    def _fall_out(self, error: Exception | None) -> None:
        self._streams.leave(self)
        if self._out.done():
            return
        if error is None:
            self._out.set_result(None)
        else:
            self._out.set_exception(error)

    async def _catch_up(self) -> None:
        """Read the log up to its newest event; no wait lies between the last look and the end."""
        while self._position != self._feed.seq:
            if not 0 <= self._feed.seq - self._position <= MISSED_MOST:
                await self._reset()
                continue
            events = await self._feed.after(self._position, BLOCK)
            await self._write(b"".join(map(self._streams.bytes_of, events)))
            self._position = events[-1].seq

    async def _room(self) -> None:
        """Wait until the client has taken most of its buffer; TimeoutError when it does not."""
        async with asyncio.timeout(WRITE_TIMEOUT_S):
            # asyncio tells the moment to one protocol only, and that is aiohttp's.
            while self._buffered() > BUFFERED_MOST // 4:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)

    def _buffered(self) -> int:
        transport = self._request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError
        assert isinstance(transport, asyncio.Transport)
        return transport.get_write_buffer_size()

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
    app[STREAMS] = streams = Streams(app[VIEWS], app[HALL].feed)
    app.on_shutdown.append(streams.close)
