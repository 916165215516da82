"""Simulated buttons, input modules, scanners and card readers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from web.schemas.base import Day, Given, Taken, whole

KeyName = Annotated[str, Field(pattern=r"^[0-9A-Za-z+*/.-]{1,16}$")]
InputNumber = Annotated[int, Field(ge=1, le=64), BeforeValidator(whole)]


class ButtonPress(Taken):
    """A key that gives out a ticket."""

    key: KeyName | None = None
    """The key as the hall file names it; without one the first key is pressed."""


class PressedKey(Given):
    """A press that was not yet taken."""

    seq: int
    """Its number in this boot."""
    key: str
    """The key."""
    value: int
    """A number that was typed before it; 0 is none."""


class IssueButton(Given):
    """Keys that give out tickets with no screen."""

    id: str
    """The button's id in the hall file."""
    counter: int
    """Always 0: it stands at no counter."""
    unit: int
    """Its address on the line; 0 for a USB pad."""
    boot: int
    """Its boot id; 0 where it has none."""
    seq: int
    """The number of the newest press."""
    pending: list[PressedKey]
    """Presses that were not yet taken, the oldest first."""
    overflow: bool
    """Whether a press was lost because too many waited."""
    lamp: int
    """Which lamps are lit, one bit each."""
    beeps: int
    """How often it was told to beep."""
    silent: bool
    """Whether it is unplugged."""


class BenchIssueButton(IssueButton):
    """A button with what the bench page needs to draw it."""

    keys: dict[str, str]
    """Key to service."""


class InputPress(Taken):
    """A key on an input of a module."""

    input: InputNumber
    """The input's number, from 1."""


class ModuleFault(Taken):
    """Unplug a module, or jam one of its keys."""

    silent: bool | None = None
    """True unplugs the module; false plugs it in, with nothing latched or counted."""
    input: InputNumber | None = None
    """The input whose key is jammed or freed."""
    stuck: bool | None = None
    """Whether that key stays down."""
    stuck_input: Annotated[int, Field(ge=0, le=64), BeforeValidator(whole)] | None = None
    """The only input whose key is jammed; 0 frees all of them."""


class InputModule(Given):
    """A plain digital-input module."""

    id: str
    """The module's id in the hall file."""
    unit: int
    """Its address on the line."""
    mode: Literal["level", "latched", "counted"]
    """What it tells: closed now, closed since it was cleared, or how often."""
    down: list[int]
    """The inputs that are closed now."""
    latched: list[int]
    """The inputs whose latch is set."""
    counts: list[int]
    """How often each input was closed."""
    outputs: list[bool]
    """Which relays are closed."""
    silent: bool
    """Whether it is unplugged."""


class Scan(Taken):
    """A code that is held before a scanner."""

    code: Annotated[str, Field(pattern=r"^[ -~一-鿿]{1,160}$")]
    """What the code says."""


class Scanner(Given):
    """A scanner."""

    id: str
    """The scanner's id in the hall file."""
    scans: int
    """How many codes it has sent."""
    silent: bool
    """Whether it sends nothing."""


class Card(Taken):
    """A fake card that is laid on a reader."""

    born: Day | None
    """Its holder's date of birth; null takes the card away."""


class ReaderFault(Taken):
    """Let a card reader or a scanner fall silent."""

    silent: bool
    """Whether it answers nothing, or sends nothing."""


class CardReader(Given):
    """A card reader."""

    id: str
    """The reader's id in the hall file."""
    card: bool
    """Whether a card lies on it."""
    reads: int
    """How many cards were read."""
    silent: bool
    """Whether it answers nothing."""
