"""When the service was last known to run, so that a quiet hour is not taken for an outage."""

import contextlib
from pathlib import Path

NAME = "alive"


class Pulse:
    """A small file in the data folder with the hall's time (UTC ms) of the last beat.

    It is written without haste: when a power cut loses it, the last event stands in for it.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME

    def beat(self, now: int) -> None:
        """Note the time; a full or read-only disk is told elsewhere."""
        with contextlib.suppress(OSError):
            self._file.write_text(str(now), encoding="ascii")

    def last(self, last_at: int, now: int) -> int:
        """Return when the service last ran: at the last event, or at a later beat before now."""
        try:
            beaten = int(self._file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return last_at
        return beaten if last_at <= beaten <= now else last_at
