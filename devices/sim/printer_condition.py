"""What is wrong with a simulated printer, and the status bytes that say so (A.4, A.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from devices.sim.fault_kinds import SILENT, SLOW, FaultKind, flag

Paper = Literal["ok", "low", "out"]
Cover = Literal["closed", "open"]
Cutter = Literal["ok", "error"]
Head = Literal["ok", "hot"]
Power = Literal["on", "off"]

KINDS = (
    FaultKind("paper", get_args(Paper)),
    FaultKind("cover", get_args(Cover)),
    FaultKind("cutter", get_args(Cutter)),
    FaultKind("head", get_args(Head)),
    FaultKind("power", get_args(Power)),
    flag("off_line"),
    SILENT,
    flag("stalled"),
    flag("garbage"),
    SLOW,
)


@dataclass(slots=True)
class Condition:
    """What is wrong with it; each field can be set as a fault.

    silent: a broken return wire. stalled: XOFF, and nothing more is taken. garbage: its answers
    are noise. slow_ms: they come so much later.
    """

    paper: Paper = "ok"
    cover: Cover = "closed"
    cutter: Cutter = "ok"
    head: Head = "ok"
    power: Power = "on"
    off_line: bool = False
    silent: bool = False
    stalled: bool = False
    garbage: bool = False
    slow_ms: int = 0

    @property
    def prints(self) -> bool:
        """Whether the mechanism works at all; else the printer is off-line."""
        fine = self.paper != "out" and self.cover == "closed" and self.cutter == "ok"
        return fine and self.head == "ok" and self.power == "on" and not self.off_line

    @property
    def word(self) -> str:
        """The same words as the driver's states."""
        words = {
            "silent": self.silent or self.stalled or self.power == "off",
            "cover-open": self.cover == "open",
            "paper-out": self.paper == "out",
            "cutter-error": self.cutter == "error",
            "head-hot": self.head == "hot",
            "off-line": self.off_line,
            "paper-low": self.paper == "low",
        }
        return next((word for word, true in words.items() if true), "ready")

    def real_time_status(self, n: int) -> int | None:
        """The byte of DLE EOT n (A.4); None for an n that this printer does not know."""
        bits = {
            1: [(0x04, True), (0x08, not self.prints)],
            2: [
                (0x04, self.cover == "open"),
                (0x20, self.paper == "out"),
                (0x40, self.cutter == "error" or self.head == "hot"),
            ],
            3: [(0x08, self.cutter == "error"), (0x40, self.head == "hot")],
            4: [(0x0C, self.paper != "ok"), (0x60, self.paper == "out")],
        }
        if n not in bits:
            return None
        return 0x12 | sum(bit for bit, true in bits[n] if true)

    def auto_status(self) -> bytes:
        """The four bytes of automatic status back (A.5)."""
        first = 0x14 | (0x08 if not self.prints else 0) | (0x20 if self.cover == "open" else 0)
        second = (0x08 if self.cutter == "error" else 0) | (0x40 if self.head == "hot" else 0)
        return bytes((first, second, self.paper_byte(), 0))

    def paper_byte(self) -> int:
        """GS r 1 and the third byte of automatic status."""
        return {"ok": 0x00, "low": 0x03, "out": 0x0F}[self.paper]
