"""Keep one port open: a thread per port, states, backoff, one line in the log when it is lost.

The thread (house.md: one thread per port) does all blocking work. The event loop hands it bytes
and takes bytes from it through bounded buffers, so a stalled port delays nobody else:

    write() --job--> [ thread: open, wait, write, read, close, back off ] --bytes--> read()

Time-outs here are real time: devices do not follow the hall's clock.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from devices.port import LinkSettings, Port, open_port_blocking

__all__ = [
    "ByteLink",
    "DeviceError",
    "Link",
    "LinkError",
    "LinkLost",
    "LinkSettings",
    "LinkState",
    "WriteTimedOut",
]

LinkState = Literal["open", "lost"]
OnState = Callable[[LinkState], None]

MAX_UNREAD = 64 * 1024  # bytes that nobody has read; older ones are dropped
IDLE_WAIT_S = 5.0  # the thread is woken for work; this only bounds a wake that went astray
STEADY_S = 5.0  # an open port that lived as long has earned a quick first attempt again
STOP_S = 2.0  # longer only while pyserial is connecting to an address that does not answer
DROP_S = 1.5  # how long the thread may take to let go of a job: one stalled step

_log = logging.getLogger(__name__)


class DeviceError(Exception):
    """Something went wrong between us and a device."""


class LinkError(DeviceError):
    """The bytes did not get through. `written`: how many the port took, at least."""

    def __init__(self, name: str, sentence: str, written: int = 0) -> None:
        super().__init__(f"line {name}: {sentence}")
        self.name = name
        self.written = written


class LinkLost(LinkError):  # noqa: N818  a state more than an error; the name is the contract's
    """The port is closed, or was closed meanwhile."""

    def __init__(self, name: str, written: int = 0) -> None:
        super().__init__(name, "lost", written)


class WriteTimedOut(LinkError):  # noqa: N818
    """The device did not take all bytes in time; the rest has been dropped."""

    def __init__(self, name: str, written: int = 0) -> None:
        super().__init__(name, f"write timed out after {written} bytes", written)


class ByteLink(Protocol):
    """What drivers need of a link; `devices/faults.py` wraps any."""

    @property
    def name(self) -> str:
        """The line's name in the hall file."""

    @property
    def state(self) -> LinkState:
        """Whether bytes can go through now."""

    @property
    def byte_s(self) -> float:
        """How long one byte takes on the wire."""

    async def write(self, data: bytes, timeout_s: float = 2.0) -> None:
        """Hand all bytes to the port. LinkLost, WriteTimedOut."""

    async def read(self, max_bytes: int = 4096, timeout_s: float = 1.0) -> bytes:
        """What has come in, at the latest after the time-out, then empty. LinkLost."""

    def discard(self) -> int:
        """Throw away what has come in and was not read; how many bytes."""

    async def wait_open(self, timeout_s: float) -> bool:
        """Whether the port is open, or came open within the time-out."""


@dataclass(eq=False, slots=True)
class _WriteJob:
    """Bytes on their way through the thread, which says in the loop how it ended."""

    data: bytes
    done: asyncio.Future[LinkError | None]
    written: int = 0
    given_up: bool = False


@dataclass(slots=True)
class _Shared:
    """What loop and thread both touch, under `mutex`, held for microseconds only."""

    mutex: threading.Lock = field(default_factory=threading.Lock)
    jobs: deque[_WriteJob] = field(default_factory=deque)
    unread: bytearray = field(default_factory=bytearray)
    announced: bool = False  # the loop was told, and has read nothing since
    port: Port | None = None  # for `wake`; None before the port is closed


class Link:
    """One port, kept open. Use from one event loop: `start`, then `read` and `write`, `stop`."""

    def __init__(self, settings: LinkSettings, on_state: OnState | None = None) -> None:
        self._settings = settings
        self._on_state = on_state
        self._shared = _Shared()
        self._state: LinkState = "lost"
        self._told: LinkState | None = None
        self._dropped = 0
        self._stopping = threading.Event()
        self._changed = asyncio.Event()
        self._opened = asyncio.Event()
        self._ended = asyncio.Event()
        self._turn = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def name(self) -> str:
        """The line's name in the hall file."""
        return self._settings.name

    @property
    def state(self) -> LinkState:
        """Whether bytes can go through now."""
        return self._state

    @property
    def byte_s(self) -> float:
        """How long one byte takes on the wire."""
        return self._settings.byte_s

    @property
    def dropped(self) -> int:
        """Bytes that came in and were dropped because nobody read them."""
        return self._dropped

    async def start(self) -> None:
        """Begin to open the port; returns at once, `wait_open` tells when it is."""
        if self._thread is not None:
            raise RuntimeError(f"line {self.name} was started before")
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name=f"line {self.name}", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Close the port and end the thread. Harmless when repeated."""
        self._stopping.set()
        self._wake_thread()
        if self._thread is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                await self._ended.wait()
            self._thread.join(STOP_S)
        self._set_state("lost", "stopped")

    async def write(self, data: bytes, timeout_s: float = 2.0) -> None:
        """Hand all bytes to the port, after those of earlier writes. LinkLost, WriteTimedOut."""
        job: _WriteJob | None = None
        try:
            async with asyncio.timeout(timeout_s), self._turn:
                if self._state != "open":
                    raise LinkLost(self.name)
                job = _WriteJob(data, asyncio.get_running_loop().create_future())
                with self._shared.mutex:
                    self._shared.jobs.append(job)
                self._wake_thread()
                # Shielded: a time-out must not hide from us what the thread still writes.
                error = await asyncio.shield(job.done)
        except TimeoutError:
            written = await self._take_back(job) if job else 0
            if job and written == len(data):
                return
            raise WriteTimedOut(self.name, written) from None
        finally:
            if job:
                job.given_up = True
        if error is not None:
            raise error

    async def read(self, max_bytes: int = 4096, timeout_s: float = 1.0) -> bytes:
        """What has come in, at the latest after the time-out, then empty. LinkLost."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    self._changed.clear()
                    if data := self._take(max_bytes):
                        return data
                    if self._state != "open":
                        raise LinkLost(self.name)
                    await self._changed.wait()
        except TimeoutError:
            return b""

    def discard(self) -> int:
        """Throw away what has come in and was not read; how many bytes."""
        return len(self._take(MAX_UNREAD))

    async def wait_open(self, timeout_s: float) -> bool:
        """Whether the port is open, or came open within the time-out."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._opened.wait()
        return self._state == "open"

    def _take(self, max_bytes: int) -> bytes:
        with self._shared.mutex:
            data = bytes(self._shared.unread[:max_bytes])
            del self._shared.unread[:max_bytes]
            self._shared.announced = False
        return data

    async def _take_back(self, job: _WriteJob) -> int:
        """Let the thread drop a job; how many of its bytes went out, known for certain."""
        job.given_up = True
        self._wake_thread()
        await asyncio.wait([job.done], timeout=DROP_S)
        return job.written

    def _wake_thread(self) -> None:
        with self._shared.mutex:
            if self._shared.port is not None:
                self._shared.port.wake()

    # --- called in the loop, on behalf of the thread ------------------------------------------

    def _set_state(self, state: LinkState, reason: str) -> None:
        self._state = state
        self._changed.set()
        if state == "open":
            self._opened.set()
        else:
            self._opened.clear()
        if state == self._told or self._stopping.is_set():  # stopping is no loss
            return
        before, self._told = self._told, state
        self._log_state(state, reason, before)
        if self._on_state is not None:
            try:
                self._on_state(state)
            except Exception:
                _log.exception("line %s: nobody could be told that it is %s", self.name, state)

    def _log_state(self, state: LinkState, reason: str, before: LinkState | None) -> None:
        if state == "open":
            back = logging.INFO if before == "lost" else logging.DEBUG
            _log.log(back, "line %s is open", self.name)
        else:
            _log.warning("line %s is lost and will be tried again: %s", self.name, reason)

    # --- the thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        wait_s = self._settings.first_wait_s
        while not self._stopping.is_set():
            opened_at = time.monotonic()
            reason = self._serve_once()
            if time.monotonic() - opened_at > STEADY_S:
                wait_s = self._settings.first_wait_s
            self._in_loop(self._set_state, "lost", reason)
            self._stopping.wait(wait_s)
            wait_s = min(wait_s * 2, self._settings.most_wait_s)
        self._in_loop(self._ended.set)

    def _serve_once(self) -> str:
        """Open the port and serve it until it is lost; why it was."""
        try:
            port = open_port_blocking(self._settings)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        with self._shared.mutex:
            self._shared.port = port
            self._shared.unread.clear()
        self._in_loop(self._set_state, "open", "")
        try:
            while not self._stopping.is_set():
                self._serve(port)
            return "stopped"
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        finally:
            with self._shared.mutex:
                self._shared.port = None
                jobs = list(self._shared.jobs)
                self._shared.jobs.clear()
            port.close_blocking()
            for job in jobs:
                self._finish(job, LinkLost(self.name, job.written))

    def _serve(self, port: Port) -> None:
        job = self._next_job()
        port.wait_blocking(job is not None, IDLE_WAIT_S)
        if data := port.read_blocking():
            self._received(data)
        if job is None or job.given_up:
            return
        try:
            job.written += port.write_blocking(job.data[job.written :])
        except TimeoutError:
            job.given_up = True
            self._finish(job, WriteTimedOut(self.name, job.written))

    def _next_job(self) -> _WriteJob | None:
        """The first job that still has bytes to write; those that have none are finished."""
        while True:
            with self._shared.mutex:
                job = self._shared.jobs[0] if self._shared.jobs else None
                if job is None or not (job.given_up or job.written == len(job.data)):
                    return job
                self._shared.jobs.popleft()
            self._finish(job, None)

    def _received(self, data: bytes) -> None:
        shared = self._shared
        with shared.mutex:
            shared.unread += data
            over = max(0, len(shared.unread) - MAX_UNREAD)
            del shared.unread[:over]
            announced, shared.announced = shared.announced, True
        if not announced:
            self._in_loop(self._changed.set)
        if over:
            self._dropped += over
            self._stopping.wait(0.01)  # a device that babbles must not keep a core busy

    def _finish(self, job: _WriteJob, error: LinkError | None) -> None:
        self._in_loop(_settle, job.done, error)

    def _in_loop(self, call: Callable[..., None], *args: Any) -> None:
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(call, *args)


def _settle(done: asyncio.Future[LinkError | None], error: LinkError | None) -> None:
    if not done.done():
        done.set_result(error)
