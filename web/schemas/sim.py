"""What can be done by hand to the simulated devices."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from web.schemas.base import Given, Grade, Taken, whole

HardKey = Literal[
    "NEXT", "RECALL", "SKIP", "TRANSFER", "PAUSE", "RESUME", "FINISH", "ASK-RATING",
    "CALL-NUMBER", "START", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
]  # fmt: skip
"""The keys of "hall-event/1"."""

PadKey = Literal["Enter", "+", "-", "*", "/", ".", "Backspace"]
"""The keys of a USB number pad beside its digits."""

Key = Literal[HardKey, PadKey, "ACCEPT"]
"""These, and ACCEPT for the key that the hall file names."""

Mode = Literal["up", "down", "slow", "cut"]
Paper = Literal["ok", "low", "out"]
Cover = Literal["closed", "open"]
Cutter = Literal["ok", "error"]
Head = Literal["ok", "hot"]
Power = Literal["on", "off"]
Delay = Annotated[int, Field(ge=0, le=60_000), BeforeValidator(whole)]
"""So many milliseconds."""


class KeyPress(Taken):
    """A key of a keypad."""

    key: Key
    """The key's name; on a module or pad a name is the key with that function."""
    value: Annotated[int, Field(ge=0, le=0xFFFF), BeforeValidator(whole)] = 0
    """The number typed before CALL-NUMBER."""


class GradePress(Taken):
    """A key of a rating box."""

    grade: Annotated[Grade, BeforeValidator(whole)]
    """The grade, 1 (worst) to 5 (best)."""


class PrinterFault(Taken):
    """What is wrong with a printer; what is left out stays as it is."""

    paper: Paper | None = None
    """How much paper is left on the roll."""
    cover: Cover | None = None
    """Whether the lid is open; nothing prints then."""
    cutter: Cutter | None = None
    """Whether the blade is stuck; nothing prints then."""
    off_line: bool | None = None
    """Whether it was put off-line by its button."""
    silent: bool | None = None
    """Whether it prints but never answers."""
    stalled: bool | None = None
    """Whether it takes no more bytes from its line, after an XOFF."""
    head: Head | None = None
    """Whether its head is too hot; nothing prints then."""
    power: Power | None = None
    """Off: its buffers are lost, what is printed stays."""
    garbage: bool | None = None
    """Whether its answers are noise."""
    slow_ms: Delay | None = None
    """How late it answers."""


class UnitFault(Taken):
    """What is wrong with a keypad, a rating box or a button; what is left out stays as it is.

    Not every make has every fault.
    """

    silent: bool | None = None
    """True unplugs the unit; false plugs it in, under another boot id."""
    stuck: bool | None = None
    """Whether a key is jammed."""
    low_supply: bool | None = None
    """Whether its voltage is low."""
    ignore_acks: Annotated[int, Field(ge=0, le=100), BeforeValidator(whole)] | None = None
    """How many of the next acknowledgements it does not hear."""
    rebooted: bool | None = None
    """True: it starts anew, under another boot id."""


class LedFault(Taken):
    """What is wrong with a strip; what is left out stays as it is."""

    powered: bool | None = None
    """Whether the strip has power."""
    overwritten: bool | None = None
    """Whether a vendor's tool has put its own text there."""


class SpeakerFault(Taken):
    """Take the loudspeaker away or bring it back."""

    gone: bool
    """Whether the loudspeakers are gone."""


class PlatformWish(Taken):
    """How the platform shall behave."""

    mode: Mode
    """`down` answers 503, `slow` answers late, `cut` stores and drops the reply."""
    delay_s: Annotated[float, Field(ge=0, le=60)] | None = None
    """How late `slow` answers, in seconds; default 2."""


class Latched(Given):
    """The unit has latched the press; the hall fetches it over the bus."""

    unit: int
    """The unit's bus address."""
    boot: int
    """The unit's boot id; another one after every restart."""
    seq: int
    """The press's number in this boot, from 1."""
