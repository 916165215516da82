"""The self-test of the devices before opening: its result sheet, and who heard the chime."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from web.schemas.base import Day, Given, Instant, Taken
from web.schemas.records import DeviceKind, FaultCard


class SoundProof(Given):
    """Whether the chime of a loudspeaker was heard."""

    by: Literal["player", "machine", "person"]
    """player: it only took the chime; machine: its end was told; person: somebody ticked 听到了."""
    who: str | None
    """Who ticked it; null otherwise."""
    at: Instant | None
    """When; null otherwise."""


class TestRow(Given):
    """What became of the test of a device."""

    device: str
    """The device's id, or `system:` and a part of the PC."""
    kind: DeviceKind | Literal["system"]
    """What it is."""
    state: Literal["ok", "warn", "fault", "untested"]
    """warn: it works and wants a person; untested: `detail` says why."""
    detail: str
    """A code of the faults, or why it was not tested; may be empty."""
    told: str
    """What it said of itself; may be empty."""
    fault: FaultCard | None
    """What to do; null when nothing."""
    sound: SoundProof | None
    """Of a loudspeaker that played the chime; null otherwise."""


class TestSheet(Given):
    """The newest result sheet."""

    date: Day
    """The business date."""
    cause: Literal["planned", "asked"]
    """Before the opening, or because somebody asked."""
    planned_at: Instant | None
    """The opening that it was made for; null when somebody asked."""
    started_at: Instant
    """When it began."""
    finished_at: Instant
    """When it ended."""
    failed: int
    """How many rows have a fault."""
    warned: int
    """How many work and want a person."""
    untested: int
    """How many could not be tested."""
    rows: list[TestRow]
    """In the order of the hall file, the PC last."""


class OpeningTest(Given):
    """The self-test before opening."""

    running: bool
    """Whether one is being made now."""
    next_at: Instant | None
    """When the next one of today begins by itself; null when none does."""
    sheet: TestSheet | None
    """The newest result; null when there was none."""


class HeardWish(Taken):
    """Whose chime was heard."""

    device: Annotated[str, Field(pattern=r"^speaker:[0-9a-z][0-9a-z-]{0,40}$")]
    """The loudspeaker's id."""
