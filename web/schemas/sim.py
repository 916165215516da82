"""What the simulators give and take. They tell more than stands here; more members may come."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel

from web.schemas.base import Instant, Taken, whole
from web.schemas.tickets import TicketName

Key = Literal[
    "NEXT", "RECALL", "SKIP", "TRANSFER", "PAUSE", "RESUME", "FINISH", "ASK-RATING",
    "CALL-NUMBER", "START", "ACCEPT", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
]  # fmt: skip
"""The keys of "hall-event/1", and ACCEPT for the digit that the hall file names."""

Mode = Literal["up", "down", "slow", "cut"]


class Simulated(BaseModel):
    """Base of what the simulators' process says."""

    model_config = ConfigDict(extra="allow")


class PaperTicket(Simulated):
    """A ticket as it lies in the tray, decoded from the printer's bytes."""

    text: str
    hex: str
    qr: str | None
    cut_at: Instant


class PaperTickets(RootModel[list[PaperTicket]]):
    """All tickets of a printer, the oldest first."""


class Printer(Simulated):
    """A printer and what hangs out of it."""

    state: Any
    tickets: int


class Keypad(Simulated):
    """A keypad unit with the presses that were not yet taken."""

    unit: int
    boot: int
    pending: list[Any]
    lamp: Any


class RatingBox(Simulated):
    """A rating box; `session` 0 is at rest."""

    unit: int
    boot: int
    session: int
    pending: list[Any]


class Led(Simulated):
    """A strip: what it shows and the newest frames that it got, hex."""

    text: str
    colour: str
    effect: str
    frames: list[str]


class Utterance(Simulated):
    """A phrase that the loudspeaker has said."""

    text: str
    voice: str
    wav_url: str
    started_at: Instant
    seconds: float


class Utterances(RootModel[list[Utterance]]):
    """Everything that was said, the oldest first."""


class PlatformStep(Simulated):
    """A state that the platform was told."""

    state: str
    at: str


class PlatformRow(Simulated):
    """A visit or case as the platform has it; `deliveries` counts stored posts."""

    no: str
    item: str | None
    ticket: TicketName
    state: str
    steps: list[PlatformStep]
    deliveries: int


class PlatformRows(RootModel[list[PlatformRow]]):
    """All visits or cases that the platform has."""


class PlatformMode(Simulated):
    """How the platform behaves."""

    mode: Mode


class Bench(Simulated):
    """Every simulated device in one document."""


class KeyPress(Taken):
    """A key of a keypad; `value` is the number typed before CALL-NUMBER."""

    key: Key
    value: Annotated[int, Field(ge=0, le=0xFFFF), BeforeValidator(whole)] = 0


class GradePress(Taken):
    """A key of a rating box."""

    grade: Annotated[int, Field(ge=1, le=5), BeforeValidator(whole)]


class PrinterFault(Taken):
    """What is wrong with a printer; what is left out stays as it is."""

    paper: Literal["ok", "low", "out"] | None = None
    cover: Literal["closed", "open"] | None = None
    cutter: Literal["ok", "error"] | None = None
    off_line: bool | None = None
    silent: bool | None = None
    stalled: bool | None = None


class UnitFault(Taken):
    """Unplug a keypad or a rating box, or plug it in."""

    silent: bool


class LedFault(Taken):
    """Switch a strip off or on."""

    powered: bool


class SpeakerFault(Taken):
    """Take the loudspeaker away or bring it back."""

    gone: bool


class PlatformWish(Taken):
    """How the platform shall behave; `cut` stores and drops the reply."""

    mode: Mode
    delay_s: Annotated[float, Field(ge=0, le=60)] | None = None


class Latched(Simulated):
    """The unit has latched the press; the hall fetches it over the bus."""

    unit: int
    boot: int
    seq: int
