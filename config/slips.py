"""Layouts of paper: what stands on a slip from top to bottom, as `config/slips/*.toml` tell it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict, model_validator

from config.errors import refuse
from config.messages import FOLDER, placeholders
from config.part import Part

TICKET_FIELDS = frozenset(
    ("hall", "mark", "label", "number", "service", "details", "ahead", "wait", "keep",
     "notice", "caption", "time", "phone", "last")
)  # fmt: skip
NOTICE_FIELDS = frozenset(
    ("hall", "title", "mark", "sheet", "time", "counter", "clerk", "number", "item", "code",
     "owner", "basis", "conditions", "limits", "fee", "steps", "place", "missing", "phone",
     "told", "sign_citizen", "sign_clerk", "caption", "last")
)  # fmt: skip
KINDS = ("text", "rule", "space_mm", "qr", "barcode", "logo")


class SlipPart(Part):
    """One part of a slip: exactly one of text, rule, space_mm, qr, barcode and logo.

    width, height: times the font; a text that is too wide for one line gets narrower. `logo` is
    the number of a picture that was stored in the printer by its maker's tool.
    """

    known: ClassVar[frozenset[str]] = TICKET_FIELDS
    kinds: ClassVar[tuple[str, ...]] = KINDS

    text: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    rule: bool = False
    space_mm: Annotated[float, Field(ge=0.5, le=17)] | None = None
    qr: bool = False
    barcode: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    logo: Annotated[int, Field(ge=1, le=255)] | None = None
    width: Annotated[int, Field(ge=1, le=8)] = 1
    height: Annotated[int, Field(ge=1, le=8)] = 1
    bold: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> SlipPart:
        given = [kind for kind in self.kinds if getattr(self, kind) not in (None, False)]
        if len(given) != 1:
            names = "、".join(self.kinds)
            refuse(
                f"每段正好写一样：{names}",
                f"each part has exactly one of: {', '.join(self.kinds)}",
            )
        for text in (self.text, self.barcode):
            self._known_fields(text or "")
        return self

    @classmethod
    def _known_fields(cls, text: str) -> None:
        try:
            unknown = placeholders(text) - cls.known
        except ValueError:
            refuse(f"“{text}”里的大括号不成对", f'the braces in "{text}" are not a pair')
        if unknown:
            told, known = ", ".join(sorted(unknown)), ", ".join(sorted(cls.known))
            refuse(f"没有 {told}，可用：{known}", f"there is no {told}; known: {known}")

    @property
    def fields(self) -> frozenset[str]:
        """The fields that its text names."""
        return placeholders(self.text or self.barcode or "")


class NoticePart(SlipPart):
    """One part of a one-time notice: also the table of materials. `left`: not centred."""

    known: ClassVar[frozenset[str]] = NOTICE_FIELDS
    kinds: ClassVar[tuple[str, ...]] = (*KINDS, "table")

    table: Literal["materials"] | None = None
    left: bool = False


class Layout(Part):
    """A whole slip."""

    parts: Annotated[tuple[SlipPart, ...], Field(max_length=60), Strict(False)]

    @model_validator(mode="after")
    def _has_number(self) -> Layout:
        if not any("number" in part.fields for part in self.parts):
            refuse(
                "小票上要有 {number}，没有号不成一张票",
                "a ticket needs {number}; without it nobody knows what to listen for",
            )
        _require_last(self.parts)
        return self


class NoticeLayout(Part):
    """A whole one-time notice (一次性告知单)."""

    parts: Annotated[tuple[NoticePart, ...], Field(min_length=1, max_length=60), Strict(False)]

    @model_validator(mode="after")
    def _has_materials(self) -> NoticeLayout:
        if not any(part.table for part in self.parts):
            refuse(
                '告知单上要有材料表：table = "materials"',
                'a notice needs the table of materials: table = "materials"',
            )
        _require_last(self.parts)
        return self


def _require_last(parts: Sequence[SlipPart]) -> None:
    if "last" not in parts[-1].fields:
        refuse(
            "最后一段要有 {last}（无此行作废）：纸半路断了，人和窗口都看得出来",
            "the last part needs {last}, so that half a slip shows that it is half",
        )


@cache
def shipped_layout() -> Layout:
    """The layout that comes with the product."""
    with (FOLDER / "slips" / "ticket.toml").open("rb") as file:
        raw: Mapping[str, Any] = tomllib.load(file)
    return Layout.model_validate(raw)


@cache
def shipped_notice() -> NoticeLayout:
    """The layout of a notice that comes with the product."""
    with (FOLDER / "slips" / "notice.toml").open("rb") as file:
        raw: Mapping[str, Any] = tomllib.load(file)
    return NoticeLayout.model_validate(raw)


def layout_file(hall: Path, name: str) -> Path:
    """Where a layout lies: beside the hall file, else among ours."""
    beside = hall.parent / name
    return beside if beside.exists() else FOLDER / "slips" / name
