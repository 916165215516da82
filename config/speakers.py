"""The loudspeakers of the hall file: who speaks in an area, how, how loud and when."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, Strict, field_validator

from config.errors import refuse
from config.part import Part, Slug

Percent = Annotated[int, Field(ge=5, le=100)]


class Loudness(Part):
    """One row of `volumes`: so many percent between two times of day, "HH:MM-HH:MM"."""

    during: str
    percent: Percent

    @field_validator("during")
    @classmethod
    def _within_a_day(cls, value: str) -> str:
        clock = "([01][0-9]|2[0-3]):[0-5][0-9]"
        found = re.fullmatch(f"{clock}-({clock}|24:00)", value)
        first, _, end = value.partition("-")
        if not found or not first < end:
            refuse(
                f"“{value}”不是时段，应像 12:00-14:30，早的在前",
                f'"{value}" is no span of a day; write it like 12:00-14:30',
            )
        return value


class Speaker(Part):
    """`[[speakers]]`: the voice of an area.

    `recorded` names a folder of recorded words below DATA/voice/sets; `rate` is in words per
    minute; `times` and `recall_times` tell how often a call is said; `yao` reads 1 as 幺; `call`
    and `recall` replace the phrases of `language`; `line` belongs to output "module", `board`
    (the id of the board whose page speaks) to "board". `simulate`: a simulated loudspeaker (or
    module) speaks instead.
    """

    id: Slug
    area: str
    output: Literal["sim://speaker", "system", "module", "board"]
    board: Slug | None = None
    line: str | None = None
    baud: int | None = None
    recorded: Slug | None = None
    language: Slug = "zh"
    voice: Annotated[str, Field(min_length=1)] = "cmn-latn-pinyin"
    rate: Annotated[int, Field(ge=80, le=300)] = 150
    times: Annotated[int, Field(ge=1, le=3)] = 2
    recall_times: Annotated[int, Field(ge=1, le=3)] | None = None
    chime: bool = True
    yao: bool = False
    volume: Percent = 100
    volumes: Annotated[tuple[Loudness, ...], Strict(False)] = ()
    call: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    recall: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    ahead: bool = True
    simulate: bool = False

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"speaker:{self.id}"

    def volume_at(self, minute: str) -> int:
        """Percent of loudness at a local "HH:MM"; the first row that fits counts."""
        for row in self.volumes:
            first, _, end = row.during.partition("-")
            if first <= minute < end:
                return row.percent
        return self.volume

    def phrase_key(self, kind: str) -> str:
        """The key of a phrase in phrases.toml: Mandarin's have no group."""
        return kind if self.language == "zh" else f"{self.language}.{kind}"
