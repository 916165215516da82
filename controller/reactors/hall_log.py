"""What a reactor sees of the hall: the log, the present state, and a desk for its commands.

The protocols stand here, because reactors know neither the writer nor the settings;
`controller.app` hands them in.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from controller.domain.commands import Command
from controller.domain.errors import RefusalError
from controller.domain.events import StoredEvent
from controller.domain.state import HallState

logger = logging.getLogger(__name__)

BLOCK = 200
CURSOR_PAUSE_S = 0.25


class Log(Protocol):
    """The published events (`controller.feed.Feed`)."""

    seq: int

    async def after(self, seq: int, limit: int = BLOCK) -> list[StoredEvent]:
        """Return published events after a position, at once, maybe none."""

    async def wait(self, seq: int, timeout_s: float | None = None) -> bool:
        """Wait until there is something after a position."""


@dataclass(frozen=True)
class Verdict:
    """What became of a wish: its events, a refusal, or `unknown` when the commit failed."""

    events: tuple[StoredEvent, ...] = ()
    repeated: bool = False
    refusal: RefusalError | None = None
    unknown: bool = False


class Desk(Protocol):
    """Takes the reactors' commands to the writer."""

    @property
    def state(self) -> HallState:
        """The published state; read it in the loop's thread only."""

    async def wish(self, command: Command, actor: str, key: str | None = None) -> Verdict:
        """Execute once and tell what became of it."""

    async def report(self, command: Command, actor: str, key: str) -> Verdict:
        """Execute under a key again and again until the outcome is known."""


async def wait_any(timeout_s: float | None, *waits: Awaitable[object]) -> None:
    """Wait until one of these is done or the time is over; coroutines are ended then."""
    futures = [asyncio.ensure_future(each) for each in waits]
    try:
        await asyncio.wait(futures, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for given, future in zip(waits, futures, strict=True):
            if future is not given:
                future.cancel()


class CursorStore:
    """The positions of all reactors, written together a few times a second.

    `write` stores positions in one transaction. A position that was not written yet
    does no harm: what lies before it is found done when it is read again.
    """

    def __init__(
        self, found: Mapping[str, int], write: Callable[[Mapping[str, int]], Awaitable[None]]
    ) -> None:
        self._positions = dict(found)
        self._expected: dict[str, bool] = {}
        self._write = write
        self._moved: dict[str, int] = {}
        self._wake = asyncio.Event()

    def expect(self, name: str, *, from_first: bool = False) -> None:
        """Name a reactor; `from_first`: as a new one it begins before the first event."""
        self._expected[name] = from_first

    async def begin(self, seq: int) -> None:
        """Give every new reactor its position, the present end `seq` of the log, durably.

        To be done before the doors open: a ticket that is issued before its printer's cursor
        is stored would be forgotten by a crash.
        """
        fresh = {
            name: 0 if from_first else seq
            for name, from_first in self._expected.items()
            if name not in self._positions
        }
        if fresh:
            await self._write(fresh)
            self._positions |= fresh

    def position(self, name: str) -> int:
        """Return up to where everything is done."""
        return self._positions[name]

    def move(self, name: str, seq: int) -> None:
        """Note that everything up to `seq` is done."""
        if seq > self._positions[name]:
            self._positions[name] = self._moved[name] = seq
            self._wake.set()

    async def run(self) -> None:
        """Write what has moved, until cancelled; then once more."""
        try:
            while True:
                await self._wake.wait()
                await asyncio.sleep(CURSOR_PAUSE_S)
                await self.flush()
        finally:
            with contextlib.suppress(Exception):
                await asyncio.shield(self.flush())

    async def flush(self) -> None:
        """Write what has moved; what cannot be written stays noted."""
        self._wake.clear()
        moved, self._moved = self._moved, {}
        if not moved:
            return
        try:
            await self._write(moved)
        except Exception:
            self._moved = moved | self._moved
            self._wake.set()
            raise


class Place:
    """One reactor's place in the log.

    `seen` is what was read; the cursor follows only when `done` says what is still open.
    """

    def __init__(self, name: str, log: Log, cursors: CursorStore) -> None:
        self.name = name
        self.seen = 0
        self._log = log
        self._cursors = cursors

    def open(self) -> None:
        """Go back to the stored position."""
        self.seen = self._cursors.position(self.name)

    async def read(self) -> list[StoredEvent]:
        """Return the next published events at once, none when all are read."""
        events = await self._log.after(self.seen, BLOCK)
        if events:
            self.seen = events[-1].seq
        return events

    async def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until there is something to read; False when the time ran out."""
        return await self._log.wait(self.seen, timeout_s)

    def passed(self, seq: int) -> None:
        """Move the cursor up to an event that is done."""
        self._cursors.move(self.name, seq)

    def done(self, still_open: Sequence[int] = ()) -> None:
        """Move the cursor up to what was read, or to just before the first open event."""
        self._cursors.move(self.name, min((seq - 1 for seq in still_open), default=self.seen))
