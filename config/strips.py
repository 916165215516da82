"""LED strips over the counters, and frames that the hall file describes for strips and key boxes.

Checks of several keys, and against the lines, are in `config.strip_checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, Strict

from config.equipment import OnLine, Protocol
from config.inputs import Function, Grade, IssueButton, Keypad, RatingBox
from config.part import Part, Slug

LedProtocol = Literal["onbon-bx", "lumen-cpower", "led485", "alpha", "template"]
Signs = Literal["gb2312", "ascii", "digits"]

LINE_OF: Mapping[str, Protocol] = {
    "onbon-bx": "onbon-bx",
    "lumen-cpower": "lumen-cpower",
    "led485": "modbus-rtu",
    "alpha": "alpha",
    "template": "template",
}
"""The protocol of a strip -> that of its line."""

CHECK_NAMES = (
    "sum8", "neg8", "xor", "crc8", "sum16", "crc16-modbus", "crc16-arc", "crc16-ccitt",
    "crc16-xmodem",
)  # fmt: skip
_BYTES = r"[0-9A-F]{2}( [0-9A-F]{2}){0,15}"
_PART = (
    rf"^({_BYTES}|text|data|colour|effect|any:[1-9]"
    r"|(address|length|value|key):[1-9](le|be|bcd|dec|hex)?"
    rf"|({'|'.join(CHECK_NAMES)})(:(le|be|hex))?)$"
)
FramePart = Annotated[str, Field(pattern=_PART)]
Bytes = Annotated[str, Field(pattern=rf"^{_BYTES}$")]
Frame = Annotated[tuple[FramePart, ...], Field(min_length=1, max_length=16), Strict(False)]


class LedFace(OnLine):
    """What every LED strip or screen has.

    font_px: height of its letters (onbon-bx, lumen-cpower). columns: letters of a board (led485,
    template). shows, first_register: what an LED-485 board takes, and where. text: a text of its
    own while there is nothing to tell.
    """

    address: Annotated[int, Field(ge=1, le=0xFFFF)]
    protocol: LedProtocol = "onbon-bx"
    width_px: Annotated[int, Field(ge=32, le=1024, multiple_of=8)] = 128
    height_px: Annotated[int, Field(ge=16, le=256, multiple_of=8)] = 16
    font_px: Literal[16, 24, 32] = 16
    columns: Annotated[int, Field(ge=1, le=64)] | None = None
    shows: Literal["text", "number"] = "text"
    first_register: Annotated[int, Field(ge=0, le=0xFFFF)] | None = None
    template: str | None = None
    text: Annotated[str, Field(max_length=60)] = ""


class Led(LedFace):
    """`[[leds]]`: the LED strip over a counter."""

    counter: int

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"led:{self.counter}"


class MainLed(LedFace):
    """`[[main_leds]]`: the LED screen of an area: the newest calls, the hall's notices.

    rows: how many calls stand on it; left out: as many as it has lines.
    """

    id: Slug
    area: str
    rows: Annotated[int, Field(ge=1, le=12)] | None = None

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"main-led:{self.id}"


class Template(Part):
    """`[[templates]]`: the frames of a strip or key box that no driver knows.

    frame: what a strip gets, or what a box sends. reply: what comes back for it (a strip), or
    what the box wants to hear (a box). refusal: what a strip says when it has not taken a text.
    """

    name: Slug
    frame: Frame
    reply: Frame | None = None
    refusal: Frame | None = None
    encoding: Literal["gb2312", "ascii"] = "gb2312"
    length_counts: Literal["text", "body", "frame"] = "body"
    length_add: Annotated[int, Field(ge=-64, le=64)] = 0
    check_skip: Annotated[int, Field(ge=0, le=16)] = 0
    text_size: Annotated[int, Field(ge=1, le=200)] | None = None
    text_fill: Annotated[str, Field(pattern=r"^[0-9A-F]{2}$")] = "20"
    colours: dict[Literal["red", "green", "yellow"], Bytes] = Field(default_factory=dict)
    effects: dict[Literal["static", "flash", "left"], Bytes] = Field(default_factory=dict)
    keys: dict[Bytes, Function] = Field(default_factory=dict)
    grades: dict[Bytes, Grade] = Field(default_factory=dict)
    broadcast: Annotated[int, Field(ge=0, le=0xFFFF)] | None = None
    gap_ms: Annotated[int, Field(ge=0, le=5000)] = 0

    def functions_of(self, device: Keypad | IssueButton) -> dict[str, str]:
        """Code -> function of a box of this make; the device's own `keys` come first."""
        usual = self.keys if isinstance(device, Keypad) else {}
        return {**usual, **device.keys}

    def grades_of(self, device: RatingBox) -> dict[str, int]:
        """Code -> grade."""
        return dict(device.keys or self.grades)

    @property
    def signs(self) -> Signs:
        """What a strip of this make can show."""
        return self.encoding if "text" in self.frame else "digits"
