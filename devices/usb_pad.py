"""A USB number pad as keypad, rating box or button, read with the standard library (E.7).

    /dev/input/by-path/…-event-kbd --thread--> input_event -> typed keys -> on_key, one by one

The pad is grabbed (EVIOCGRAB), so that its keys do not type into a window of this PC. It is known
by its socket: pads of one make have no serial number. A path that is no input device (a pipe, as
the simulators make it) is read without a grab. Keys pressed while nobody listened have no effect.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import secrets
import selectors
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from devices.framing.input_event import EVENT_BYTES, EventDecoder, KeyTyper
from devices.keypad import KeyPressed, OnKey
from devices.link import LinkState, OnState
from devices.rating_box import OnRating, RatingPressed
from devices.rating_session import RatingSession
from devices.traffic import Traffic

if sys.platform != "win32":
    import fcntl

EVIOCGRAB = 0x40044590  # _IOW('E', 0x90, int)
CHUNK = 64 * EVENT_BYTES
MOST_WAITING = 32
MAX_BOOT = 0x7FFFFFFF
HANDLE_S = 10.0
STOP_S = 2.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PadSettings:
    """Where the pad is and which digits act at once; waits in seconds.

    `path` may be a function, asked anew at every attempt: simulated pads move.
    """

    name: str
    path: str | Callable[[], str]
    direct: frozenset[str] = frozenset()
    first_wait_s: float = 0.5
    most_wait_s: float = 10.0
    refused_rest_s: float = 0.5


class UsbPad:
    """One pad, kept open by a thread. `run` it in one event loop; cancel it to end."""

    def __init__(
        self, settings: PadSettings, on_key: OnKey, on_state: OnState | None = None
    ) -> None:
        self.traffic = Traffic()
        self._settings = settings
        self._on_key = on_key
        self._on_state = on_state
        self._typer = KeyTyper(settings.direct)
        self._waiting: deque[tuple[float, KeyPressed]] = deque()
        self._news = asyncio.Event()
        self._boot = secrets.randbelow(MAX_BOOT) + 1
        self._seq = 0
        self._told: LinkState | None = None
        self._stopping = threading.Event()
        self._ear, self._bell = socket.socketpair()

    async def run(self) -> None:
        """Hand on what is pressed, for ever; a press that is not taken is offered again."""
        loop = asyncio.get_running_loop()
        thread = threading.Thread(
            target=self._read_blocking, args=(loop,), name=f"pad {self._settings.name}", daemon=True
        )
        thread.start()
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                while self._waiting:
                    await self._hand_on()
        finally:
            self._stopping.set()
            self._bell.send(b"!")
            await asyncio.to_thread(thread.join, STOP_S)
            self._ear.close()
            self._bell.close()

    async def _hand_on(self) -> None:
        pressed_at, key = self._waiting[0]
        taken = False
        try:
            async with asyncio.timeout(HANDLE_S):
                taken = await self._on_key(replace(key, age_s=time.monotonic() - pressed_at))
        except Exception:
            _log.warning("pad %s: %s was not taken", self._settings.name, key.key, exc_info=True)
        if taken:
            self._waiting.popleft()
        else:
            await asyncio.sleep(self._settings.refused_rest_s)

    # --- in the loop, on behalf of the thread

    def _pressed(self, keys: list[tuple[str, int]], at: float) -> None:
        for name, value in keys:
            if len(self._waiting) >= MOST_WAITING:
                _log.warning("pad %s: too many keys, one is lost", self._settings.name)
                return
            self._seq += 1
            self.traffic.heard()
            self._waiting.append((at, KeyPressed(0, self._boot, self._seq, name, value)))
        self._news.set()

    def _tell(self, state: LinkState, reason: str) -> None:
        if state == self._told or self._stopping.is_set():
            return
        before, self._told = self._told, state
        if state == "open":
            back = logging.INFO if before == "lost" else logging.DEBUG
            _log.log(back, "pad %s is there", self._settings.name)
        else:
            _log.warning("pad %s is lost and will be tried again: %s", self._settings.name, reason)
        if self._on_state is not None:
            self._on_state(state)

    # --- the thread

    def _read_blocking(self, loop: asyncio.AbstractEventLoop) -> None:
        wait_s = self._settings.first_wait_s
        while not self._stopping.is_set():
            began = time.monotonic()
            reason = self._serve_once_blocking(loop)
            if time.monotonic() - began > self._settings.most_wait_s:
                wait_s = self._settings.first_wait_s
            _in_loop(loop, self._tell, "lost", reason)
            self._stopping.wait(wait_s)
            wait_s = min(wait_s * 2, self._settings.most_wait_s)

    def _serve_once_blocking(self, loop: asyncio.AbstractEventLoop) -> str:
        """Open the pad and read it until it is gone; why it is."""
        descriptor = -1
        try:
            path = self._settings.path
            descriptor = _open_blocking(path if isinstance(path, str) else path())
            _in_loop(loop, self._tell, "open", "")
            self._serve_blocking(loop, descriptor)
        except Exception as error:  # an unplugged pad has many names: ENODEV, EIO, EOF
            return f"{type(error).__name__}: {error}"
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        return "stopped"

    def _serve_blocking(self, loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
        decoder = EventDecoder()
        with selectors.DefaultSelector() as selector:
            selector.register(self._ear, selectors.EVENT_READ)
            selector.register(descriptor, selectors.EVENT_READ)
            while not self._stopping.is_set():
                ready = selector.select()
                if not any(key.fd == descriptor for key, _ in ready):
                    continue
                data = os.read(descriptor, CHUNK)
                if not data:
                    raise ConnectionResetError("the other end has gone")
                now = time.monotonic()
                typed = [self._typer.feed(event, now) for event in decoder.feed(data)]
                if keys := [key for key in typed if key is not None]:
                    _in_loop(loop, self._pressed, keys, now)


class PadRatingBox:
    """A USB box that sends digits: `grades` maps a key to a grade. It has no lamp and no beep."""

    def __init__(self, grades: Mapping[str, int], on_rating: OnRating) -> None:
        self._grades = grades
        self._on_rating = on_rating
        self._session = RatingSession()

    async def open_session(self, session: int, timeout_s: int) -> None:
        """Take ratings for session 1..65535 during `timeout_s` seconds. ValueError."""
        self._session.begin(session, timeout_s)

    async def close_session(self) -> None:
        """Take none."""
        self._session.end()

    async def on_key(self, key: KeyPressed) -> bool:
        """A key of the pad; give this to `UsbPad`."""
        grade = self._grades.get(key.key)
        if grade is None:
            return True
        session = self._session.at(key.age_s)
        rated = RatingPressed(key.unit, key.boot, key.seq, grade, session, key.age_s)
        if not await self._on_rating(rated):
            return False
        self._session.end()
        return True


def _open_blocking(path: str) -> int:
    if sys.platform == "win32":
        raise OSError("number pads are read on Linux only")
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.ioctl(descriptor, EVIOCGRAB, 1)
    except OSError as error:
        if error.errno not in (errno.ENOTTY, errno.EINVAL):
            os.close(descriptor)
            raise  # EBUSY: another program has it
        _drain_blocking(descriptor)
    return descriptor


def _drain_blocking(descriptor: int) -> None:
    """A pipe keeps what was pressed while nobody listened; a real pad does not."""
    with suppress(BlockingIOError):
        while os.read(descriptor, CHUNK):
            pass


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *values: object) -> None:
    with suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(call, *values)
