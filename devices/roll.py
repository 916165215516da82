"""Paper that is counted: a roll of known length, less each slip's own length.

For printers without a near-end sensor. A new roll is believed after paper out, and after an open
cover when the count said that the old one was nearly used up (people change it at the red edge).
"""

from __future__ import annotations

import json
from pathlib import Path

from devices.framing.escpos_commands import CommandParser
from devices.framing.escpos_paper import TicketText
from devices.printer import PrinterStatus

LOW_SLIPS = 50
DOTS_PER_MM = 8
"""`TicketText` counts in dots of 1/203 inch."""


def length_mm(job: bytes) -> float:
    """The paper that these bytes take, from the first line to the blade."""
    paper = TicketText()
    for operation in CommandParser().feed(job):
        paper.add(operation)
    return paper.fed_dots / DOTS_PER_MM


class PaperRoll:
    """The roll in one printer; `path` keeps the count over a restart."""

    def __init__(self, path: Path, roll_mm: int) -> None:
        self._path = path
        self._roll_mm = roll_mm
        self._used_mm = 0.0
        self._slip_mm = 0.0
        self._was = PrinterStatus.READY

    @property
    def slips_left(self) -> int | None:
        """How many slips like the last one are left; None before the first."""
        if not self._slip_mm:
            return None
        return max(0, int((self._roll_mm - self._used_mm) / self._slip_mm))

    @property
    def is_low(self) -> bool:
        """Whether a new roll should lie ready."""
        return self.slips_left is not None and self.slips_left < LOW_SLIPS

    def printed(self, job: bytes) -> None:
        """Count a slip."""
        self._slip_mm = length_mm(job)
        self._used_mm += self._slip_mm

    def told(self, status: PrinterStatus) -> bool:
        """Take the printer's word; whether it means that a new roll was put in."""
        changed = self._was == PrinterStatus.PAPER_OUT or (
            self._was == PrinterStatus.COVER_OPEN and self.is_low
        )
        fresh = changed and status.can_print
        if fresh:
            self._used_mm = 0.0
        if status != PrinterStatus.SILENT and not (
            self._was == PrinterStatus.PAPER_OUT and not status.can_print
        ):
            self._was = status
        return fresh

    def load_blocking(self) -> None:
        """Go on with the count of the process before; a new roll where there is none."""
        try:
            found = json.loads(self._path.read_text("utf-8"))
            self._used_mm, self._slip_mm = float(found["used_mm"]), float(found["slip_mm"])
        except (OSError, ValueError, KeyError, TypeError):
            return

    def save_blocking(self) -> None:
        """Keep the count, whole or not at all."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"used_mm": self._used_mm, "slip_mm": self._slip_mm}), "utf-8")
        fresh.replace(self._path)
