"""What people press and hold up: keypads, rating boxes, buttons, scanners, card readers.

A key hangs on one of three things: a unit with event registers (`line`, `address`), an input of a
plain input module (`module`), or a USB number pad (`usb`). Checks over several tables are in
`config.input_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config.equipment import OnLine
from config.errors import refuse
from config.part import Part, Slug

Digit = Annotated[str, Field(pattern=r"^[0-9]$")]
Address = Annotated[int, Field(ge=1, le=247)]
Output = Annotated[int, Field(ge=1, le=64)]
Grade = Annotated[int, Field(ge=1, le=5)]

FUNCTIONS = (
    "next", "recall", "start", "finish", "no_show", "accept", "ask_rating",
    "pause", "resume", "park", "unpark", "transfer", "direct", "undo", "call",
)  # fmt: skip
"""What a key can do; `transfer` hands the ticket to the counter whose number was typed before.

`call` calls the waiting ticket whose digits were typed.
"""

UNIT_KEYS: Mapping[str, str] = {
    "NEXT": "next",
    "RECALL": "recall",
    "SKIP": "no_show",
    "TRANSFER": "transfer",
    "PAUSE": "pause",
    "RESUME": "resume",
    "FINISH": "finish",
    "ASK-RATING": "ask_rating",
    "START": "start",
    "CALL-NUMBER": "call",
}
"""What the named keys of "hall-event/1" do unless the hall file says otherwise."""
PAD_KEYS: Mapping[str, str] = {
    "Enter": "next",
    "+": "recall",
    "-": "no_show",
    "*": "transfer",
    "/": "pause",
    "number": "call",
}
"""The same for USB number pads."""
UNIT_KEY_NAMES = (*UNIT_KEYS, *map(str, range(10)))
PAD_KEY_NAMES = (*PAD_KEYS, ".", "Backspace", *map(str, range(10)))
"""`number` is typed digits and Enter."""
FIVE_GRADES: Mapping[str, int] = {str(grade): grade for grade in range(1, 6)}


def _known_function(value: str) -> str:
    known = ", ".join(FUNCTIONS)
    if value not in FUNCTIONS:
        refuse(
            f"没有“{value}”这个功能；可用：{known}", f'no function "{value}"; there are: {known}'
        )
    return value


def _usable_pad(value: str) -> str:
    if not re.fullmatch(r"sim://[a-z0-9-]{1,32}|/\S+", value):
        refuse(
            f"“{value}”不是键盘的位置，应像 /dev/input/by-path/…-event-kbd",
            f'"{value}" is no keyboard; write it like /dev/input/by-path/…-event-kbd',
        )
    return value


Function = Annotated[str, AfterValidator(_known_function)]
PadPath = Annotated[str, AfterValidator(_usable_pad)]


class Pressed(Part):
    """What all things with keys share: where they hang. Exactly one of line, module and usb.

    template: the `[[templates]]` of a box that is no Modbus unit. simulate: a USB pad is played
    by the simulators.
    """

    line: str | None = None
    address: Address | None = None
    baud: int | None = None
    module: str | None = None
    usb: PadPath | None = None
    template: str | None = None
    simulate: bool = False


class Keypad(Pressed):
    """`[[keypads]]`: the clerk's keys at a counter; `keys` maps a key to its function.

    `lamp` and `buzzer`: outputs of the module.
    """

    counter: int
    keys: dict[str, Function] = Field(default_factory=dict)
    lamp: Output | None = None
    buzzer: Output | None = None

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"keypad:{self.counter}"

    def functions(self, digits: Mapping[str, str]) -> dict[str, str]:
        """Key -> function; `digits`: what `[keys]` says of all units' digit keys."""
        if self.module is not None:
            return dict(self.keys)
        usual = PAD_KEYS if self.usb is not None else {**UNIT_KEYS, **digits}
        return {**usual, **self.keys}


class RatingBox(Pressed):
    """`[[rating_boxes]]`: the rating keys on a counter; `keys` maps a key's code to a grade.

    Left out: five keys that send their grade.
    """

    counter: int
    keys: dict[str, Grade] = Field(default_factory=dict)
    lamp: Output | None = None
    buzzer: Output | None = None

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"rating-box:{self.counter}"

    @property
    def grades(self) -> dict[str, int]:
        """Key -> grade."""
        return dict(self.keys or FIVE_GRADES)


class IssueButton(Pressed):
    """`[[issue_buttons]]`: keys that give out a ticket with no screen; key -> service.

    `rest_s`: seconds after a ticket in which the same key does nothing.
    """

    id: Slug
    keys: Annotated[dict[str, str], Field(min_length=1)]
    rest_s: Annotated[int, Field(ge=0, le=60)] = 2

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"issue-button:{self.id}"


class InputModule(OnLine):
    """`[[input_modules]]`: a plain Modbus module with dry contacts and perhaps relays.

    `mode`: level (closed now), latched (until cleared), counted. Addresses as in its manual,
    from 0. `stretch_ms`: how much a pulse relay prolongs each press.
    """

    id: Slug
    address: Address
    inputs: Annotated[int, Field(ge=1, le=64)] = 8
    mode: Literal["level", "latched", "counted"] = "level"
    first: Annotated[int, Field(ge=0, le=0xFFFF)] = 0
    holding: bool = False
    first_clear: Annotated[int, Field(ge=0, le=0xFFFF)] = 64
    outputs: Annotated[int, Field(ge=0, le=64)] = 0
    first_output: Annotated[int, Field(ge=0, le=0xFFFF)] = 0
    debounce_ms: Annotated[int, Field(ge=0, le=500)] = 30
    stretch_ms: Annotated[int, Field(ge=0, le=2000)] = 0

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"input-module:{self.id}"


class Scanner(OnLine):
    """`[[scanners]]`: a ticket or QR scanner that sends lines; `use` says what a scan is for.

    `same_s`: seconds in which the same code again is the same scan.
    """

    id: Slug
    use: Literal["check-in", "find"]
    same_s: Annotated[int, Field(ge=0, le=60)] = 3

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"scanner:{self.id}"


class CardReader(OnLine):
    """`[[card_readers]]`: a reader of second-generation resident cards; off unless `enabled`.

    Only whether the holder is `elder_age` or older leaves the driver.
    """

    id: Slug
    enabled: bool = False
    elder_age: Annotated[int, Field(ge=50, le=100)] = 70

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"card-reader:{self.id}"


class Keys(Part):
    """`[keys]`: commands that a unit's digit key stands for in the whole hall, as ACCEPT = "1"."""

    ACCEPT: Digit | None = None
    NEXT: Digit | None = None
    RECALL: Digit | None = None
    START: Digit | None = None
    FINISH: Digit | None = None
    SKIP: Digit | None = None

    @property
    def commands(self) -> dict[str, str]:
        """Digit -> command, as {"1": "ACCEPT"}."""
        return {digit: command for command, digit in self if digit is not None}

    @property
    def functions(self) -> dict[str, str]:
        """Digit -> function, as {"1": "accept"}."""
        names = {**UNIT_KEYS, "ACCEPT": "accept"}
        return {digit: names[command] for digit, command in self.commands.items()}
