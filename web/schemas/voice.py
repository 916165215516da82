"""The sound of an area and the recorded words of a voice."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from web.schemas.base import Code, Given, Taken


class SoundStep(Taken):
    """What a board's page tells of the sound that it makes."""

    page: Annotated[str, Field(pattern=r"^[0-9a-f]{16,64}$")]
    """The page's own name, drawn by lot; one page makes the sound of an area."""
    board: Code | None = None
    """The board whose page it is."""
    step: Literal["ready", "started", "ended", "failed"]
    """ready: its sound is on, told every 15 s; the others: how it fares with an announcement."""
    announcement: Annotated[str, Field(pattern=r"^[0-9A-Za-z_.:-]{0,64}$")] = ""
    """The announcement's id, as the stream gives it; empty with "ready"."""


class SoundTurn(Given):
    """Whether the page may go on."""

    go: bool
    """False: this is not the announcement that it is to play now."""


class WordOf(Taken):
    """A word of a set of recorded words."""

    word: Annotated[str, Field(min_length=1, max_length=80)]
    """The word, as the list of the sets has it."""


class RecordedWord(Given):
    """A word that calls need."""

    word: str
    """The word itself; 叮咚 is the chime, which a set need not have."""
    seconds: float | None
    """Its length after trimming; null while it is not recorded."""
    level: float | None
    """Its loudness (RMS) after levelling, of full scale; null while it is not recorded."""
    optional: bool
    """Whether calls can be said without it."""
    before: bool
    """Whether the recording before this one can be brought back."""


class RecordedSet(Given):
    """The recorded words of one voice."""

    name: str
    """The set's name, as `recorded` of a loudspeaker has it."""
    in_use: bool
    """Whether a loudspeaker of the hall file uses it."""
    recorded: int
    """How many of the needed words are there."""
    wanted: int
    """How many words calls need."""
    words: list[RecordedWord]
    """All words, the chime last."""


class RecordedSets(Given):
    """All sets of recorded words."""

    items: list[RecordedSet]
    """Those of the hall file first."""
    next: str | None
    """Always null: the list is whole."""
