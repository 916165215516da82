"""What the simulators show of their devices; GET /api/v1/sim/bench has all of it."""

from __future__ import annotations

from typing import Literal

from pydantic import RootModel

from web.schemas.base import Given, Grade, Instant
from web.schemas.sim import Cover, Cutter, HardKey, Head, Paper, Power
from web.schemas.sim_faults import FaultyDevice
from web.schemas.sim_inputs import BenchIssueButton, CardReader, InputModule, Scanner
from web.schemas.sim_platform import PlatformCase, PlatformMode, PlatformVisit

PrinterState = Literal[
    "ready", "paper-low", "paper-out", "cover-open", "cutter-error", "off-line", "silent",
    "head-hot",
]  # fmt: skip
Colour = Literal["red", "green", "yellow", "blue", "cyan", "magenta", "white"]
Effect = Literal["static", "flash", "left", "right", "up", "down"]


# --- printers


class PaperTicket(Given):
    """A ticket as it lies in the tray, decoded from the printer's bytes."""

    no: int
    """The sheet's number, from 1."""
    text: str
    """Its lines of text."""
    hex: str
    """All bytes that made it, hexadecimal."""
    qr: str | None
    """What its QR code says."""
    cut_at: Instant
    """When it was cut off."""
    uncut_before: str
    """Text of a slip that was never cut and hangs in front of it; else empty."""


class PaperTickets(RootModel[list[PaperTicket]]):
    """All tickets of a printer, the oldest first."""


class PaperLine(Given):
    """One printed line."""

    text: str
    """Its text; a QR code's content; a picture's size in dots."""
    width: int
    """Width of its characters, a multiple of the font's (1 to 8)."""
    height: int
    """Height of its characters, a multiple of the font's (1 to 8)."""
    bold: bool
    """Whether it is bold."""
    align: Literal["left", "centre", "right"]
    """Where on the paper it stands."""
    kind: Literal["text", "qr", "image"]
    """What is printed."""
    dots: int
    """Dots of a QR module; else 0."""
    columns: int
    """Its width in columns of font A; a Hanzi takes two."""


class DrawnTicket(PaperTicket):
    """A ticket with what the bench page needs to draw it."""

    bytes: int
    """How many bytes made it."""
    ms: int
    """From its first byte to the cut, in milliseconds."""
    lines: list[PaperLine]
    """Its lines from top to bottom."""
    ignored: list[str]
    """What the printer passed over, in words."""


class OpenPaper(Given):
    """Paper that hangs out of a printer and is not cut."""

    text: str
    """Its lines of text."""
    uncut_before: str
    """Text of a slip before it that was never cut; else empty."""
    hex: str
    """All bytes since the last cut, hexadecimal."""
    line_buffer: str
    """Text of a line that is not printed yet."""


class Printer(Given):
    """A printer and what hangs out of it."""

    id: str
    """The printer's id in the hall file."""
    width_dots: int
    """Printing width, in dots."""
    state: PrinterState
    """The worst of its troubles, in the driver's words."""
    paper: Paper
    """How much paper is left on the roll."""
    cover: Cover
    """Whether the lid is open."""
    cutter: Cutter
    """Whether the blade is stuck."""
    off_line: bool
    """Whether it was put off-line by its button."""
    silent: bool
    """Whether it never answers."""
    stalled: bool
    """Whether it takes no more bytes from its line."""
    head: Head
    """Whether its head is too hot."""
    power: Power
    """Whether it is switched on."""
    garbled: bool
    """Whether its answers are noise."""
    slow_ms: int
    """How late it answers, in milliseconds."""
    open_paper: OpenPaper
    """The paper that is not cut."""
    waiting_bytes: int
    """Bytes that it has not carried out."""
    tickets: int
    """How many tickets lie in the tray."""
    garbage: int
    """Bytes that meant nothing or did not fit its buffer."""


class BenchPrinter(Printer):
    """A printer with what the bench page draws."""

    last: list[DrawnTicket]
    """The newest tickets, the newest first, 5 at most."""
    open_lines: list[PaperLine]
    """The lines of the uncut paper."""


# --- counters' devices


class Unit(Given):
    """What a keypad and a rating box have in common."""

    counter: int
    """The counter where it stands."""
    unit: int
    """Its bus address."""
    boot: int
    """Its boot id; another one after every restart."""
    seq: int
    """Number of the newest press in this boot; 0 before the first."""
    overflow: bool
    """Whether a press was lost because its queue was full."""
    lamp: int
    """What the hall wrote to its lamp register; 0 is dark."""
    beeps: int
    """How often it has beeped."""
    silent: bool
    """Whether it is unplugged."""


class PendingKey(Given):
    """A key press that was not yet taken."""

    seq: int
    """Its number in this boot."""
    key: HardKey
    """The key's name."""
    value: int
    """The number typed before it; else 0."""


class Keypad(Unit):
    """A keypad unit."""

    pending: list[PendingKey]
    """Presses that were not yet taken, the oldest first."""


class PendingGrade(Given):
    """A grade that was not yet taken."""

    seq: int
    """Its number in this boot."""
    grade: Grade
    """The grade, 1 (worst) to 5 (best)."""
    value: int
    """The session in which it was given; 0 is none."""


class RatingBox(Unit):
    """A rating box."""

    pending: list[PendingGrade]
    """Grades that were not yet taken, the oldest first."""
    session: int
    """The open session; 0 is at rest."""
    open_until: Instant | None
    """When the open session ends by itself."""


class LedFace(Given):
    """What hangs somewhere and what it shows."""

    address: int
    """Its address on the line."""
    text: str
    """The text that is lit; empty when dark."""
    colour: Colour
    """The text's colour."""
    effect: Effect
    """How the text moves."""
    width_px: int
    """Its width, in pixels."""
    height_px: int
    """Its height, in pixels."""
    powered: bool
    """Whether it has power."""
    overwritten: bool
    """Whether it shows what a vendor's tool has put there."""
    shown_at: Instant | None
    """When the text came."""
    frames: list[str]
    """The newest frames that it got, hexadecimal, the newest last, 50 at most."""


class Led(LedFace):
    """A strip and what it shows."""

    counter: int
    """The counter above which it hangs."""


class MainLed(LedFace):
    """The main LED of an area and what it shows; its rows stand on lines of their own."""

    id: str
    """Its id in the hall file."""


# --- loudspeakers


class Utterance(Given):
    """A phrase that a loudspeaker has said or says."""

    id: str
    """The phrase's id."""
    speaker: str
    """The loudspeaker's id in the hall file."""
    text: str
    """The words."""
    voice: str
    """The voice that spoke."""
    times: int
    """How often the call is said in it."""
    seconds: float
    """Its length, in seconds."""
    peak: float
    """The greatest loudness, 0 to 1 of full scale."""
    started_at: Instant
    """When it began."""
    ended_at: Instant | None
    """When it ended; null while it plays."""
    wav_url: str
    """Where the sound is; 404 once it is too old."""


class Utterances(RootModel[list[Utterance]]):
    """Everything that was said, the oldest first."""


class DrawnUtterance(Utterance):
    """A phrase with what the bench page needs to draw it."""

    peaks: list[float]
    """Loudness of equal parts of it, 0 to 1 of full scale."""


class BenchSpeaker(Given):
    """A loudspeaker."""

    id: str
    """The loudspeaker's id in the hall file."""
    playing: bool
    """Whether it speaks now."""
    gone: bool
    """Whether it was taken away."""


# --- all together


class BenchPlatform(PlatformMode):
    """The platform with its newest rows."""

    visits: list[PlatformVisit]
    """The newest visits, the newest first, 20 at most."""
    cases: list[PlatformCase]
    """The newest cases, the newest first, 20 at most."""


class BenchLine(Given):
    """A simulated serial line."""

    name: str
    """The line's name in the hall file."""
    garbage: int
    """Bytes that meant nothing to the devices on it."""
    unread: int
    """Bytes of the devices that the service did not read."""


class Bench(Given):
    """Every simulated device in one document."""

    at: Instant
    """The hall's time."""
    speed: float
    """How fast the hall's clock runs; 1 is real time."""
    printers: list[BenchPrinter]
    """The printers."""
    leds: list[Led]
    """The strips above the counters."""
    screens: list[MainLed]
    """The main LEDs of the areas."""
    keypads: list[Keypad]
    """The clerks' keypads."""
    rating_boxes: list[RatingBox]
    """The rating boxes."""
    speakers: list[BenchSpeaker]
    """The loudspeakers."""
    speaker: list[DrawnUtterance]
    """The newest phrases of all loudspeakers, the newest first, 12 at most."""
    platform: BenchPlatform
    """The single-window platform."""
    lines: list[BenchLine]
    """The simulated serial lines."""
    faults: list[FaultyDevice]
    """What is wrong, and what else could be, device by device."""
    issue_buttons: list[BenchIssueButton]
    """Buttons that give out tickets with no screen."""
    input_modules: list[InputModule]
    """Plain digital-input modules."""
    scanners: list[Scanner]
    """Ticket scanners."""
    card_readers: list[CardReader]
    """Readers of resident cards."""
