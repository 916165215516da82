"""What differs between receipt printers, as data. Source: device-protocols.md A.1, A.4, A.9.

A hall's printer names one of these and may override any field:
`profile("cn-generic-80", width_dots=512, confirm="fence")`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Encoding = Literal["gb18030", "gb2312"]
Clear = Literal["dle-enq", "dle-dc4", "none"]
Confirm = Literal["process-id", "fence", "status", "none"]
SizeCommands = Literal["gs", "all"]
COLUMN_DOTS = 12
"""Font A is 12 x 24 dots on every profile, a Hanzi 24 x 24."""


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One make of printer. Lengths in dots unless the name says mm.

    encoding          character set of the resident Hanzi font
    confirm           the rung of the ladder (A.6) that this printer was proved to climb
    size_commands     "gs": GS ! scales everything; "all": ESC ! and FS ! are sent before it,
                      for clones that take one for ASCII and the other for Hanzi
    feed_units_per_mm what ESC J counts in
    qr_max_module     largest module the printer accepts (some clones stop at 8)
    qr_model          whether the QR model is told; 9 bytes less where it starts with model 2
    missing_sign      in the place of what the font has no sign for (rare Hanzi); "" refuses it
    black_mark        the paper has marks: each slip ends with a feed to the next one (GS FF)
    clear             how the buffer is cleared (A.4): "dle-enq" DLE ENQ 2, "dle-dc4" DLE DC4 8,
                      "none" not at all
    near_end_fitted   False where the near-end bits say nothing
    paper_flip        bits of the paper byte that this make reports the other way round
    """

    name: str
    width_dots: int = 576
    dots_per_mm: float = 8.0
    feed_units_per_mm: float = 8.0
    encoding: Encoding = "gb18030"
    confirm: Confirm = "fence"
    size_commands: SizeCommands = "all"
    qr_max_module: int = 8
    qr_model: bool = True
    missing_sign: str = "〓"
    cut: bytes = b"\x1d\x56\x42\x00"
    near_end_fitted: bool = True
    paper_near_mask: int = 0x0C
    paper_out_mask: int = 0x60
    paper_flip: int = 0x00
    black_mark: bool = False
    clear: Clear = "dle-enq"
    speed_mm_s: float = 150.0
    chunk_bytes: int = 256
    status_timeout_s: float = 0.5

    @property
    def columns(self) -> int:
        """Half-width characters in a line; a Hanzi takes two."""
        return self.width_dots // COLUMN_DOTS


PROFILES: dict[str, PrinterProfile] = {
    each.name: each
    for each in (
        PrinterProfile(
            "epson-tm",
            width_dots=512,
            dots_per_mm=180 / 25.4,
            feed_units_per_mm=360 / 25.4,
            confirm="process-id",
            size_commands="gs",
            qr_max_module=16,
            qr_model=False,
            clear="dle-dc4",
        ),
        PrinterProfile("cn-generic-80"),
        PrinterProfile("cn-generic-58", width_dots=384, near_end_fitted=False, speed_mm_s=80.0),
        PrinterProfile("kiosk-custom", confirm="status", speed_mm_s=100.0),
    )
}


def profile(name: str, **overrides: object) -> PrinterProfile:
    """The named profile with the given fields instead of its own; None keeps the profile's.

    Raises KeyError for an unknown name, TypeError for an unknown field.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    known = PROFILES[name]
    if "dots_per_mm" in given and known.feed_units_per_mm == known.dots_per_mm:
        given.setdefault("feed_units_per_mm", given["dots_per_mm"])  # it feeds in dots
    return replace(known, **given)  # type: ignore[arg-type]
