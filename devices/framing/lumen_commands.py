"""What stands in the data of a Lumen packet: windows, text, power, version (D.2).

    7B external calls: length 2 | packet 1 | last packet 1 | sub-command 1 | …   length: from CC on
       01 split screen: count 1 | per window X 2 | Y 2 | W 2 | H 2              high byte first
       12 plain text:   window 1 | effect 1 | align 1 | speed 1 | stay 2 (s, high byte first) |
                        font 1 (bits 0-3 size, 4-6 style) | R G B | text GB2312 | 00
       07 00 00 00 save to flash, 07 01 00 00 clear           06 back to the stored programmes
    76 power:   host 01 asks | host 00, on 1, 00 x 7 sets     card 01, on 1, times 8
    2E version: host 00          card 00 | type 1 | logic 1 | bios 1 | 00 x 3 | app 1 (nibbles)

A card takes what it shows by 01 and 12 into RAM only. Return codes of 7B: 0 done, 1 checksum,
2 packet order, others unknown.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

EXTERNAL, POWER, VERSION = 0x7B, 0x76, 0x2E
SPLIT, TEXT, STORED, STORE = 0x01, 0x12, 0x06, 0x07
MAX_WINDOWS = 8
MAX_TEXT = 200  # bytes; so that a text is one packet on every card

DONE, BAD_CHECKSUM, BAD_ORDER = 0, 1, 2
ERRORS = {BAD_CHECKSUM: "checksum", BAD_ORDER: "packet order"}

EFFECT_DRAW, EFFECT_LEFT, EFFECT_FLICKER = 0x00, 0x0E, 0x0D
EFFECT_SCROLL_LEFT = 0x0B  # once; EFFECT_LEFT goes on without a gap
ALIGN_LEFT, ALIGN_CENTRE, ALIGN_MIDDLE = 0x00, 0x01, 0x04
FONTS = {8: 0, 12: 1, 16: 2, 24: 3, 32: 4, 40: 5, 48: 6, 56: 7}  # pixels -> code

_HEAD = struct.Struct("<HBB")
_WINDOW = struct.Struct(">HHHH")
_TEXT = struct.Struct(">BBBBHBBBB")


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the screen, in pixels; windows are counted from 0."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SplitScreen:
    """01: these windows and no others; what was in the old ones is gone."""

    windows: tuple[Window, ...]

    def to_bytes(self) -> bytes:
        """The data of the packet."""
        rows = (_WINDOW.pack(one.x, one.y, one.width, one.height) for one in self.windows)
        return _external(bytes((SPLIT, len(self.windows))) + b"".join(rows))


@dataclass(frozen=True, slots=True)
class PlainText:
    """12: a text for a window. `speed` 1 (fast) to 100; `font` a size code, with style above."""

    text: bytes
    window: int = 0
    effect: int = EFFECT_DRAW
    align: int = ALIGN_CENTRE | ALIGN_MIDDLE
    speed: int = 1
    stay_s: int = 0
    font: int = 2
    rgb: tuple[int, int, int] = (255, 0, 0)

    def to_bytes(self) -> bytes:
        """The data of the packet."""
        head = _TEXT.pack(
            self.window, self.effect, self.align, self.speed, self.stay_s, self.font, *self.rgb
        )
        return _external(bytes((TEXT,)) + head + self.text + b"\x00")


@dataclass(frozen=True, slots=True)
class OtherCall:
    """Another sub-command, with what follows it."""

    code: int
    rest: bytes

    def to_bytes(self) -> bytes:
        """The data of the packet."""
        return _external(bytes((self.code,)) + self.rest)


Call = SplitScreen | PlainText | OtherCall


@dataclass(frozen=True, slots=True)
class Version:
    """What a card says of itself; versions as (major, minor)."""

    card_type: int
    app: tuple[int, int]

    def to_bytes(self) -> bytes:
        """The data of the card's answer."""
        return bytes((0, self.card_type, 0, 0, 0, 0, 0, self.app[0] << 4 | self.app[1]))


def parse_call(data: bytes) -> Call | None:
    """What a host calls for (7B); None when the data is not whole or of several packets."""
    if len(data) <= _HEAD.size:
        return None
    length, packet, last = _HEAD.unpack_from(data)
    code, rest = data[_HEAD.size], data[_HEAD.size + 1 :]
    if packet or last or length != len(rest) + 1:
        return None
    if code == SPLIT:
        return _parse_split(rest)
    if code == TEXT:
        return _parse_text(rest)
    return OtherCall(code, rest)


def set_power(on: bool) -> bytes:
    """Data of 76 that lights the screen or darkens it."""
    return bytes((0, on)) + bytes(7)


ASK_POWER = b"\x01"
ASK_VERSION = b"\x00"


def parse_version(data: bytes) -> Version | None:
    """A card's answer to 2E."""
    if len(data) < 8:
        return None
    return Version(data[1], (data[7] >> 4, data[7] & 0x0F))


def _external(call: bytes) -> bytes:
    return _HEAD.pack(len(call), 0, 0) + call


def _parse_split(rest: bytes) -> SplitScreen | None:
    if not rest or not 1 <= rest[0] <= MAX_WINDOWS or len(rest) != 1 + rest[0] * _WINDOW.size:
        return None
    return SplitScreen(tuple(Window(*row) for row in _WINDOW.iter_unpack(rest[1:])))


def _parse_text(rest: bytes) -> PlainText | None:
    if len(rest) < _TEXT.size + 1 or rest[-1]:
        return None
    window, effect, align, speed, stay_s, font, red, green, blue = _TEXT.unpack_from(rest)
    text = rest[_TEXT.size : -1]
    rgb = (red, green, blue)
    return PlainText(text, window, effect, align, speed, stay_s, font, rgb)
