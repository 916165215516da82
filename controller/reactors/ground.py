"""What all reactors of a hall stand on."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from controller.clock import Clock
from controller.domain.event import Event
from controller.reactors.hall_log import CursorStore, Desk, Log, Place
from controller.reactors.supervising import Supervising


async def no_history(subject: str) -> Sequence[Event]:
    """A log without a past."""
    return ()


@dataclass(frozen=True)
class Ground:
    """Log, desk, clock, cursors, the device list, and the crash test's stops.

    `boot` is new in each process, so that a report of this process is told from one before.
    `history(subject)` reads all events of a ticket, oldest first. `delivered` tells up to which
    seq the platform knows everything.
    """

    log: Log
    desk: Desk
    clock: Clock
    cursors: CursorStore
    supervising: Supervising
    boot: str
    stop: Callable[[str], None] = lambda name: None
    history: Callable[[str], Awaitable[Sequence[Event]]] = no_history
    delivered: Callable[[], int] = lambda: 0

    def place(self, name: str, *, from_first: bool = False) -> Place:
        """Return a reactor's place in the log (`CursorStore.expect`)."""
        self.cursors.expect(name, from_first=from_first)
        return Place(name, self.log, self.cursors)
