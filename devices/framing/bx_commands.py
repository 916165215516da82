"""What stands in the data of a BX frame: dynamic areas, ping, answers (device-protocols.md D.1).

    A3 06 dynamic areas: reply wanted 1 | process mode 00 | 00 | delete count 1 [ids] |
                         area count 1 | per area: length 2 | area
    area: type 00 | X 2 | Y 2 | W 2 | H 2 | id 1 | line gap 1 | run mode 1 | time-out 2 | sound 00 |
          extension 00 | align 1 | single line 1 | new line 1 | effect 1 | exit 00 | speed 1 |
          stay 1 | text length 4 | text

X and W count pixels when bit 15 is set, else units of 8. The text is strict GB2312 with marks:
`\\FO000` Chinese font of 16 px, `\\FE000` ASCII font, `\\C1` red.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

PING = b"\xa2\x00"
SHOW_AREAS = b"\xa3\x06"
ANSWER_GROUP = 0xA0
DELETE_ALL = 0xFF
REPLY_WANTED, NO_REPLY = 0x01, 0x02

ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE = 0, 1, 2
ALIGN_TOP, ALIGN_BOTTOM, ALIGN_MIDDLE = 0x0, 0x4, 0x8
EFFECT_STATIC, EFFECT_QUICK, EFFECT_LEFT, EFFECT_RIGHT, EFFECT_UP, EFFECT_DOWN = 1, 2, 3, 4, 5, 6
RUN_LOOP, RUN_HOLD, RUN_LOOP_THEN_DELETE = 0, 1, 2
COLOURS = {
    "red": 1,
    "green": 2,
    "yellow": 3,
    "blue": 4,
    "cyan": 5,
    "magenta": 6,
    "white": 7,
}

ERRORS = {
    1: "bad group",
    2: "no such command",
    3: "busy",
    4: "out of memory",
    5: "checksum",
    6: "no such file",
    7: "flash",
    8: "file",
    9: "file",
    10: "file",
    11: "file",
    12: "font missing",
    13: "wrong controller type",
    14: "date",
    15: "file exists",
    16: "block number",
}
ERROR_BUSY, ERROR_CHECKSUM = 3, 5

_PIXELS = 0x8000
_AREA = struct.Struct("<BHHHHBBBHBBBBBBBBBI")


@dataclass(frozen=True, slots=True)
class DynamicArea:
    """One area of a card's screen and its text, which stands in RAM only.

    Lengths in pixels; `stay` in half seconds; `timeout_s` is used by RUN_LOOP_THEN_DELETE;
    `speed` 0 (fast) to 24 (slow). `text` is GB2312 with marks (see `mark_up`).
    """

    text: bytes
    width: int
    height: int
    x: int = 0
    y: int = 0
    area_id: int = 0
    line_gap: int = 0
    run_mode: int = RUN_LOOP
    timeout_s: int = 0
    align: int = 0
    single_line: bool = False
    auto_wrap: bool = True
    effect: int = EFFECT_STATIC
    speed: int = 2
    stay: int = 10

    def to_bytes(self) -> bytes:
        """The area as it stands in the payload, without the length before it."""
        head = _AREA.pack(
            0,
            self.x | _PIXELS,
            self.y,
            self.width | _PIXELS,
            self.height,
            self.area_id,
            self.line_gap,
            self.run_mode,
            self.timeout_s,
            0,
            0,
            self.align,
            1 if self.single_line else 2,
            2 if self.auto_wrap else 1,
            self.effect,
            0,
            self.speed,
            self.stay,
            len(self.text),
        )
        return head + self.text

    @classmethod
    def from_bytes(cls, data: bytes) -> DynamicArea | None:
        """The area in `data`; None when it is broken or speaks (sound modes 1 and 2)."""
        if len(data) < _AREA.size:
            return None
        kind, x, y, width, height, area_id, gap, run, timeout, *rest = _AREA.unpack_from(data)
        sound, extension, align, single, newline, effect, _exit, speed, stay, length = rest
        text = data[_AREA.size :]
        if kind or sound or extension or length != len(text):
            return None
        return cls(
            text=text,
            width=_pixels(width),
            height=height,
            x=_pixels(x),
            y=y,
            area_id=area_id,
            line_gap=gap,
            run_mode=run,
            timeout_s=timeout,
            align=align,
            single_line=single == 1,
            auto_wrap=newline == 2,
            effect=effect,
            speed=speed,
            stay=stay,
        )


def _pixels(value: int) -> int:
    return value & ~_PIXELS if value & _PIXELS else value * 8


@dataclass(frozen=True, slots=True)
class Ping:
    """A2 00: is a card there?"""

    def to_bytes(self) -> bytes:
        """The data of the frame."""
        return PING + bytes((REPLY_WANTED, 0, 0))


@dataclass(frozen=True, slots=True)
class ShowAreas:
    """A3 06: show these areas; `delete` names areas to remove first, `delete_all` all of them."""

    areas: tuple[DynamicArea, ...]
    delete: tuple[int, ...] = ()
    delete_all: bool = False

    def to_bytes(self) -> bytes:
        """The data of the frame."""
        removed = bytes((DELETE_ALL,)) if self.delete_all else bytes((len(self.delete),))
        removed += b"" if self.delete_all else bytes(self.delete)
        head = SHOW_AREAS + bytes((REPLY_WANTED, 0, 0)) + removed + bytes((len(self.areas),))
        bodies = (area.to_bytes() for area in self.areas)
        return head + b"".join(struct.pack("<H", len(body)) + body for body in bodies)


@dataclass(frozen=True, slots=True)
class Ack:
    """A0 00 00 00 00: done."""

    def to_bytes(self) -> bytes:
        """The data of the frame."""
        return bytes((ANSWER_GROUP, 0, 0, 0, 0))


@dataclass(frozen=True, slots=True)
class Nack:
    """A0 01 error 00 00: refused, with the card's reason (`ERRORS`)."""

    error: int

    def to_bytes(self) -> bytes:
        """The data of the frame."""
        return bytes((ANSWER_GROUP, 1, self.error, 0, 0))


@dataclass(frozen=True, slots=True)
class OtherData:
    """Data that is whole (its CRC agreed) but means nothing to us."""

    data: bytes

    def to_bytes(self) -> bytes:
        """The data of the frame."""
        return self.data


Command = Ping | ShowAreas | OtherData
Answer = Ack | Nack | OtherData


def parse_command(data: bytes) -> Command:
    """What a host asks of a card."""
    if data[:2] == PING:
        return Ping()
    shown = _parse_areas(data) if data[:2] == SHOW_AREAS else None
    return shown or OtherData(data)


def parse_answer(data: bytes) -> Answer:
    """What a card answers."""
    if len(data) < 5 or data[0] != ANSWER_GROUP or data[1] > 1:
        return OtherData(data)
    return Nack(data[2]) if data[1] else Ack()


def _parse_areas(data: bytes) -> ShowAreas | None:
    if len(data) < 7:
        return None
    delete_all = data[5] == DELETE_ALL
    first = 6 + (0 if delete_all else data[5])
    areas: list[DynamicArea] = []
    position = first + 1
    while position + 2 <= len(data):
        end = position + 2 + int.from_bytes(data[position : position + 2], "little")
        area = DynamicArea.from_bytes(data[position + 2 : end])
        if area is None:
            return None
        areas.append(area)
        position = end
    if position != len(data) or data[first] != len(areas):
        return None
    return ShowAreas(tuple(areas), tuple(data[6:first]), delete_all)


# --- marks in the text ------------------------------------------------------------------------

_MARK = re.compile(rb"\\(?:FO\d{3}|FE\d{3}|C\d)")
_COLOUR_MARK = re.compile(rb"\\C(\d)")


FONTS = {16: 0, 24: 1, 32: 2}  # pixels -> number of \FO and \FE


def mark_up(text: bytes, colour: str = "red", font_px: int = 16) -> bytes:
    """GB2312 text with the marks for its fonts and a colour; its own backslashes are dropped.

    A trail byte of GB2312 is A1..FE, so no Hanzi holds a backslash (GBK's may).
    """
    marks = rb"\FO%03d\FE%03d\C%d" % (FONTS[font_px], FONTS[font_px], COLOURS[colour])
    return marks + text.replace(b"\\", b"")


def read_mark_up(text: bytes) -> tuple[bytes, str | None]:
    """GB2312 text without its marks, and the name of its colour, if it has one."""
    found = _COLOUR_MARK.search(text)
    names = {code: name for name, code in COLOURS.items()}
    colour = names.get(int(found[1])) if found else None
    return _MARK.sub(b"", text), colour
