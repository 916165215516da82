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
