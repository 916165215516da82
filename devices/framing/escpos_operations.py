"""What a receipt printer can be told to do: one frozen class for each kind of operation.

Bytes become operations in `escpos_commands`, operations become paper in `escpos_paper`.
Source: device-protocols.md A.2, A.4-A.6; the names are Epson's.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks. Width and height in multiples (1-8) of the resident font."""

    width: int = 1
    height: int = 1
    bold: bool = False
    underline: bool = False
    reverse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing the printer does. `raw` are its bytes; they do not count in comparisons."""

    raw: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Text(Operation):
    """Characters for the line buffer, GB18030 (two-byte region) decoded; nothing prints yet."""

    text: str
    style: Style = Style()


@dataclass(frozen=True, slots=True)
class Initialise(Operation):
    """ESC @: the line buffer and all modes are cleared, the receive buffer is not."""


@dataclass(frozen=True, slots=True)
class LineFeed(Operation):
    """LF: print the line buffer and go to the next line."""


@dataclass(frozen=True, slots=True)
class Feed(Operation):
    """ESC d (lines) or ESC J (dots): print the line buffer and feed."""

    lines: int = 0
    dots: int = 0


@dataclass(frozen=True, slots=True)
class Align(Operation):
    """ESC a: "left", "centre" or "right"; works only at the beginning of a line."""

    side: str


@dataclass(frozen=True, slots=True)
class SetStyle(Operation):
    """ESC ! / FS ! / GS ! / FS W / ESC E / ESC G / ESC - / FS - / GS B: the style from here on."""

    style: Style


@dataclass(frozen=True, slots=True)
class HanziMode(Operation):
    """FS & or FS . : two-byte characters on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class QrModel(Operation):
    """GS ( k 65."""

    model: int


@dataclass(frozen=True, slots=True)
class QrSize(Operation):
    """GS ( k 67: dots of one module."""

    dots: int


@dataclass(frozen=True, slots=True)
class QrLevel(Operation):
    """GS ( k 69: error correction "L", "M", "Q" or "H"."""

    level: str


@dataclass(frozen=True, slots=True)
class QrStore(Operation):
    """GS ( k 80: the symbol's data; drawn later by `QrPrint`."""

    data: bytes

    @property
    def text(self) -> str:
        """The data as a phone would read it: UTF-8, else GB18030."""
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError:
            return self.data.decode("gb18030", errors="replace")


@dataclass(frozen=True, slots=True)
class QrPrint(Operation):
    """GS ( k 81: draw what is stored; works only at the beginning of a line."""


@dataclass(frozen=True, slots=True)
class Cut(Operation):
    """GS V, ESC i, ESC m; works only at the beginning of a line. `feed_dots` beyond the blade."""

    partial: bool
    feed_dots: int | None = None


@dataclass(frozen=True, slots=True)
class ProcessIdRequest(Operation):
    """GS ( H 48: answer 37 22 id 00 when everything before has been printed."""

    id: str


@dataclass(frozen=True, slots=True)
class OffLineResponse(Operation):
    """GS ( H 49: mode 1 or 2, the printer reports going off-line by itself."""

    mode: int


@dataclass(frozen=True, slots=True)
class RealTimeStatusRequest(Operation):
    """DLE EOT n: executed when received."""

    n: int


@dataclass(frozen=True, slots=True)
class RealTimeRequest(Operation):
    """DLE ENQ n: 1 goes on after an error, 2 goes on with cleared buffers."""

    n: int


@dataclass(frozen=True, slots=True)
class ClearBuffers(Operation):
    """DLE DC4 8 with its seven fixed bytes: executed when received, answered 37 25 00."""


@dataclass(frozen=True, slots=True)
class TransmitStatus(Operation):
    """GS r n: 1 paper, 2 drawer; answered in its order among the print data (the fence)."""

    n: int


@dataclass(frozen=True, slots=True)
class AutoStatus(Operation):
    """GS a n: which changes are reported by four bytes; 0 none."""

    n: int


@dataclass(frozen=True, slots=True)
class TransmitId(Operation):
    """GS I n: 1-3 one byte, 41 ff. (0x41...) an information block."""

    n: int


@dataclass(frozen=True, slots=True)
class RasterImage(Operation):
    """GS v 0: `width_bytes` x `rows`, 1 = black, most significant bit left."""

    width_bytes: int
    rows: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Setting(Operation):
    """A known command without a text of its own: pitch, margin, code page, buzzer, drawer …"""

    command: str
    parameters: bytes = b""


@dataclass(frozen=True, slots=True)
class Undecodable(Operation):
    """Bytes that no resident font or command explains; paper would show junk."""

    hex: str
