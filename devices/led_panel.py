"""What a strip can show: how wide it is, which signs it has, whether a text can run on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from config.settings import UnencodableText, encode_text, plain_text

Colour = Literal["red", "green", "yellow"]
Effect = Literal["static", "flash", "left"]
Signs = Literal["gb2312", "ascii", "digits"]

COLUMN_PX = 8  # one byte of GB2312 at 16 px: half a Hanzi, a whole letter
LINE_PX = 16
_DIGITS = "0123456789- "
_ASCII = "".join(map(chr, range(0x20, 0x7F)))


@dataclass(frozen=True, slots=True)
class LedText:
    """What a strip shows. A text wider than the strip runs to the left, whatever `effect` says.

    "\\n" begins a new row, on cards with a screen only.
    """

    text: str
    colour: Colour = "red"
    effect: Effect = "static"


@dataclass(frozen=True, slots=True)
class Panel:
    """The face of a strip. Sizes in pixels; a column is half a Hanzi or one letter.

    runs: a text that is too wide can run through. signs: what the card has in its font.
    """

    width_px: int
    height_px: int = 16
    column_px: int = COLUMN_PX
    line_px: int = LINE_PX
    signs: Signs = "gb2312"
    runs: bool = True

    @property
    def columns(self) -> int:
        """How many letters stand in a line."""
        return max(1, self.width_px // self.column_px)

    @property
    def lines(self) -> int:
        """How many lines stand above each other."""
        return max(1, self.height_px // self.line_px)

    def encode(self, text: str) -> bytes:
        """The text's bytes. UnencodableText: the strip has no sign for some of it."""
        if self.signs != "gb2312":
            plain = plain_text(text, "gb2312")
            known = _DIGITS if self.signs == "digits" else _ASCII
            lost = "".join(dict.fromkeys(sign for sign in plain if sign not in known))
            if lost:
                raise UnencodableText(text, lost)
        return encode_text(text, "gb2312")

    def cut(self, text: str, size: int) -> bytes:
        """The beginning of the text in so many bytes, no Hanzi halved. UnencodableText."""
        encoded = b""
        for sign in text:
            code = self.encode(sign)
            if len(encoded) + len(code) > size:
                break
            encoded += code
        return encoded

    def can_show(self, text: str) -> bool:
        """Whether the strip has all signs of the text."""
        try:
            self.encode(text)
        except UnencodableText:
            return False
        return True

    def holds(self, text: str) -> bool:
        """Whether the text stands still on the strip, all of it. UnencodableText.

        A text of several rows has a line of the strip for each.
        """
        rows = text.split("\n")
        if len(rows) > 1:
            fits = all(len(self.encode(row)) <= self.columns for row in rows)
            return fits and len(rows) <= self.lines
        # A Hanzi that does not fit at the end of a line leaves half of it empty there.
        room = self.columns * self.lines - (self.lines - 1)
        return len(self.encode(text)) <= room
