"""What the simulators give and take. They tell more than stands here; more members may come."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel

from web.schemas.base import Instant, whole
from web.schemas.tickets import TicketName


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
    """How the platform behaves; `cut` stores and drops the reply."""

    mode: Literal["up", "down", "slow", "cut"]


class Bench(Simulated):
    """Every simulated device in one document."""


class KeyPress(BaseModel):
    """A key of a keypad."""

    model_config = ConfigDict(extra="allow")

    key: Annotated[str, Field(examples=["NEXT", "RECALL", "START", "FINISH", "SKIP"])]


class GradePress(BaseModel):
    """A key of a rating box."""

    model_config = ConfigDict(extra="allow")

    grade: Annotated[int, Field(ge=1, le=5), BeforeValidator(whole)]


class Fault(BaseModel):
    """What is wrong with a device, by its kind; {} changes nothing."""

    model_config = ConfigDict(extra="allow")


class Latched(Simulated):
    """The unit has latched the press; the hall fetches it over the bus."""

    unit: int
    boot: int
    seq: int
