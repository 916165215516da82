"""What all reactors of a hall stand on."""

from collections.abc import Callable
from dataclasses import dataclass

from controller.clock import Clock
from controller.reactors.hall_log import CursorStore, Desk, Log, Place
from controller.reactors.supervising import Supervising


@dataclass(frozen=True)
class Ground:
    """Log, desk, clock, cursors, the device list, and the crash test's stops.

    `boot` is new in each process, so that a report of this process is told from one before.
    """

    log: Log
    desk: Desk
    clock: Clock
    cursors: CursorStore
    supervising: Supervising
    boot: str
    stop: Callable[[str], None] = lambda name: None

    def place(self, name: str, *, from_first: bool = False) -> Place:
        """Return a reactor's place in the log (`CursorStore.expect`)."""
        self.cursors.expect(name, from_first=from_first)
        return Place(name, self.log, self.cursors)
