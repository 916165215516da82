"""Paper: operations of a receipt printer -> what a person reads on the slip.

Source: device-protocols.md A.1, A.2. Text waits in the line buffer until a line feed; a cut, a
QR code and an alignment work only at the beginning of a line and are ignored elsewhere, as in
the printers.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from devices.framing.escpos_operations import (
    Align,
    ClearBuffers,
    Cut,
    Feed,
    Initialise,
    LineFeed,
    Operation,
    QrLevel,
    QrPrint,
    QrSize,
    QrStore,
    RasterImage,
    RealTimeRequest,
    RealTimeStatusRequest,
    Style,
    Text,
    Undecodable,
)

LINE_DOTS = 34
"""Default line pitch, 1/6 inch at 203 dpi (A.1)."""
HEAD_TO_BLADE_DOTS = 120
"""15 mm at 203 dpi (A.1)."""
COLUMN_DOTS = 12
"""Font A is 12 x 24 dots, a Hanzi 24 x 24."""
WIDTH_DOTS = 576
MOST_LINES, MOST_BYTES = 2000, 1 << 20
"""Of uncut paper; what is older has fallen to the floor."""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One printed line. Width and height are the largest multiple of the font in it (1-8).

    `kind` "qr" carries the code's text and `dots` of a module, "image" a picture's size in dots.
    """

    text: str
    width: int = 1
    height: int = 1
    bold: bool = False
    align: str = "left"
    kind: Literal["text", "qr", "image"] = "text"
    dots: int = 0

    @property
    def columns(self) -> int:
        """Width in columns of font A; a Hanzi takes two."""
        return sum(char_columns(char) for char in self.text) * self.width


def char_columns(char: str) -> int:
    """1 for a Latin character, 2 for one of the Hanzi font."""
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


@dataclass(frozen=True, slots=True)
class PrintedTicket:
    """What lies between two cuts.

    raw: every byte since the last cut, commands included, real-time requests excluded.
    uncut_before: paper of a ticket that was never cut and hangs in front of this one.
    ignored: operations that the printer passed over, in words.
    """

    lines: tuple[PaperLine, ...]
    raw: bytes
    uncut_before: str = ""
    ignored: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text lines, joined by newlines, blank lines at the end left out."""
        return "\n".join(line.text for line in self.lines if line.kind == "text").rstrip("\n")

    @property
    def qr(self) -> tuple[str, ...]:
        return tuple(line.text for line in self.lines if line.kind == "qr")


class TicketText:
    """The paper in the printer: add operations, get a `PrintedTicket` at each cut.

    A line that is longer than the paper is wide goes on in the next one, wherever that breaks it.
    """

    def __init__(self, width_dots: int = WIDTH_DOTS) -> None:
        self.width_dots = width_dots
        self.fed_dots = 0
        """Paper moved since power-up, in dots of 1/203 inch: what printing time depends on."""
        self._lines: list[PaperLine] = []
        self._line: list[Text] = []
        self._raw = bytearray()
        self._uncut = ""
        self._ignored: list[str] = []
        self._align = "left"
        self._qr_data: QrStore | None = None
        self._qr_dots = 3
        self._qr_level = "L"

    @property
    def open_paper(self) -> PrintedTicket:
        """What has been printed and not been cut; the line buffer is not on it."""
        return PrintedTicket(
            tuple(self._lines), bytes(self._raw), self._uncut, tuple(self._ignored)
        )

    @property
    def unprinted(self) -> str:
        """Text in the line buffer."""
        return "".join(part.text for part in self._line)

    def add(self, operation: Operation) -> PrintedTicket | None:
        """Carry out one operation; a ticket when it was a cut."""
        if isinstance(operation, (RealTimeStatusRequest, RealTimeRequest, ClearBuffers)):
            return None
        if isinstance(operation, Initialise):
            self._initialise()
        self._raw += operation.raw
        del self._raw[:-MOST_BYTES], self._lines[:-MOST_LINES]
        if isinstance(operation, Text):
            self._write(operation.text, operation.style)
        elif isinstance(operation, Undecodable):
            self._write("\ufffd" * (len(operation.hex) // 2), Style())
        elif isinstance(operation, LineFeed):
            self._print_line()
        elif isinstance(operation, Feed):
            self._feed(operation)
        elif isinstance(operation, Cut):
            return self._cut(operation)
        else:
            self._draw(operation)
        return None

    def drop_line(self) -> None:
        """Clear the line buffer, as when the buffers are cleared by a real-time request."""
        self._line.clear()

    def restart(self) -> None:
        """Power was off: line buffer and settings are gone, what is printed stays."""
        self._line.clear()
        self._align, self._qr_data, self._qr_dots, self._qr_level = "left", None, 3, "L"

    def _initialise(self) -> None:
        """ESC @ drops the line buffer; paper that was never cut stays in front of what follows."""
        self._line.clear()
        hanging = self.open_paper.text
        self._uncut = "\n".join(part for part in (self._uncut, hanging) if part)
        self._lines.clear()
        self._raw.clear()
        self._align, self._qr_data, self._qr_dots, self._qr_level = "left", None, 3, "L"

    def _write(self, text: str, style: Style) -> None:
        free = self.width_dots - sum(_dots(part.text, part.style) for part in self._line)
        first = 0
        for i, char in enumerate(text):
            wide = _dots(char, style)
            if wide > free:
                self._line.append(Text(text[first:i], style))
                self._print_line()
                first, free = i, self.width_dots
            free -= wide
        self._line.append(Text(text[first:], style))

    def _print_line(self) -> None:
        styles = [part.style for part in self._line if part.text.strip()] or [Style()]
        height = max(style.height for style in styles)
        self._lines.append(
            PaperLine(
                self.unprinted,
                width=max(style.width for style in styles),
                height=height,
                bold=any(style.bold for style in styles),
                align=self._align,
            )
        )
        self._line.clear()
        self.fed_dots += max(LINE_DOTS, 24 * height + 4)

    def _feed(self, feed: Feed) -> None:
        if self._line or feed.lines:
            self._print_line()
        self._lines += [PaperLine("")] * (feed.lines - 1)
        self.fed_dots += LINE_DOTS * max(0, feed.lines - 1) + feed.dots

    def _cut(self, cut: Cut) -> PrintedTicket | None:
        if self._line:
            self._ignored.append("cut not at the beginning of a line")
            return None
        if cut.feed_dots is not None:
            self.fed_dots += HEAD_TO_BLADE_DOTS + cut.feed_dots
        ticket = self.open_paper
        self._lines.clear()
        self._raw.clear()
        self._ignored.clear()
        self._uncut = ""
        return ticket

    def _draw(self, operation: Operation) -> None:
        if isinstance(operation, QrStore):
            self._qr_data = operation
        elif isinstance(operation, QrSize):
            self._qr_dots = operation.dots
        elif isinstance(operation, QrLevel):
            self._qr_level = operation.level
        elif isinstance(operation, RasterImage):
            width, rows = operation.width_bytes * 8, operation.rows
            self._lines.append(PaperLine(f"{width}x{rows}", kind="image", align=self._align))
            self.fed_dots += rows
        elif isinstance(operation, Align):
            if self._line:
                self._ignored.append("align not at the beginning of a line")
            else:
                self._align = operation.side
        elif isinstance(operation, QrPrint):
            self._print_qr()

    def _print_qr(self) -> None:
        if self._line or self._qr_data is None:
            why = "not at the beginning of a line" if self._line else "nothing stored"
            self._ignored.append(f"QR print {why}")
            return
        data = self._qr_data
        side = self._qr_dots * qr_modules(len(data.data), self._qr_level)
        if side > self.width_dots:
            self._ignored.append("QR print wider than the paper")
            return
        line = PaperLine(data.text, align=self._align, kind="qr", dots=self._qr_dots)
        self._lines.append(line)
        self.fed_dots += side


def _dots(text: str, style: Style) -> int:
    return sum(char_columns(char) for char in text) * COLUMN_DOTS * style.width


# Bytes that fit into versions 1-10 by level (ISO/IEC 18004 table 7, byte mode).
_QR_BYTES = {
    "L": (17, 32, 53, 78, 106, 134, 154, 192, 230, 271),
    "M": (14, 26, 42, 62, 84, 106, 122, 152, 180, 213),
    "Q": (11, 20, 32, 46, 60, 74, 86, 108, 130, 151),
    "H": (7, 14, 24, 34, 44, 58, 64, 84, 98, 119),
}


def qr_modules(count: int, level: str) -> int:
    """Modules of one side of a QR code for `count` bytes (versions above 10 are rounded)."""
    sizes = _QR_BYTES[level]
    version = next((v for v, limit in enumerate(sizes, 1) if count <= limit), 11 + count // 300)
    return 17 + 4 * version
