"""Parts of frames that the hall file describes, for strips and key boxes of vanished makers.

A frame is a list of parts in the order of the wire:

    "FA 55"          these very bytes
    "address:1"      who is meant; numbers have a form, see below
    "length:2le"     how long something is, see `FrameSpec.length_counts`
    "text"           the text of a strip; at most one part of a frame is a text or data
    "value:2be"      the number in a strip's text (A012 is 12), or one that was typed
    "colour" "effect"     bytes that a table names
    "key:1" "data"   the code of a key, and what comes with it
    "any:2"          bytes that mean nothing to us; sent as 00
    "sum16:be"       a check (`template_checks`) of all bytes before it, less the first `check_skip`

    forms: N or Nle  N bytes, low first      Nbe  high first      Nbcd  two digits in a byte
           Ndec      N digits of ASCII       Nhex N hexadecimal digits of ASCII
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from devices.framing.template_checks import CHECKS

_HEX = re.compile(r"[0-9A-Fa-f]{2}( ?[0-9A-Fa-f]{2})*")
_NUMBER = re.compile(r"(address|length|value|key):([1-9])(le|be|bcd|dec|hex)?")
_CHECK = re.compile(rf"({'|'.join(CHECKS)})(?::(le|be|hex))?")
_ANY = re.compile(r"any:([1-9])")


@dataclass(frozen=True, slots=True)
class Fixed:
    """These very bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Number:
    """`size` bytes (or digits) of the field `name`, written as `form` says."""

    name: str
    size: int
    form: str = "le"


@dataclass(frozen=True, slots=True)
class Choice:
    """The bytes that a table gives the field `name`: colour or effect."""

    name: str


@dataclass(frozen=True, slots=True)
class Free:
    """The one part whose length is free: "text" or "data"."""

    name: str


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the bytes before it."""

    kind: str
    form: str = "le"


@dataclass(frozen=True, slots=True)
class Anything:
    """Bytes that mean nothing to us."""

    size: int


Part = Fixed | Number | Choice | Free | Check | Anything


def parse_part(text: str) -> Part:
    """One part as the hall file writes it. ValueError: it is none."""
    if found := _NUMBER.fullmatch(text):
        return Number(found[1], int(found[2]), found[3] or "le")
    if found := _CHECK.fullmatch(text):
        return Check(found[1], found[2] or "le")
    if found := _ANY.fullmatch(text):
        return Anything(int(found[1]))
    if text in ("text", "data"):
        return Free(text)
    if text in ("colour", "effect"):
        return Choice(text)
    if _HEX.fullmatch(text):
        return Fixed(bytes.fromhex(text))
    raise ValueError(f"{text!r} is no part of a frame")


@dataclass(frozen=True)
class FrameSpec:
    """How a frame is made up.

    length_counts: "text" the text or data alone, "frame" everything, "body" what stands between
    the last length and the check (or the end); `length_add` is added to that. text_size: the
    text is padded with `text_fill` to so many bytes.
    """

    parts: tuple[Part, ...]
    length_counts: Literal["text", "body", "frame"] = "body"
    length_add: int = 0
    check_skip: int = 0
    text_size: int | None = None
    text_fill: int = 0x20
    choices: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether a part carries that field."""
        return any(getattr(part, "name", None) == name for part in self.parts)


class Described(Protocol):
    """The rules of a description that its frames share, as the hall file writes them."""

    @property
    def length_counts(self) -> Literal["text", "body", "frame"]:
        """See `FrameSpec`."""

    @property
    def length_add(self) -> int:
        """See `FrameSpec`."""

    @property
    def check_skip(self) -> int:
        """See `FrameSpec`."""

    @property
    def text_size(self) -> int | None:
        """See `FrameSpec`."""

    @property
    def text_fill(self) -> str:
        """One byte in hexadecimal."""

    @property
    def colours(self) -> Mapping[Any, str]:
        """Colour -> bytes in hexadecimal."""

    @property
    def effects(self) -> Mapping[Any, str]:
        """Effect -> bytes in hexadecimal."""


def spec_of(described: Described, parts: Iterable[str]) -> FrameSpec:
    """One frame of a description. ValueError: a part is none."""
    return FrameSpec(
        parts=tuple(parse_part(part) for part in parts),
        length_counts=described.length_counts,
        length_add=described.length_add,
        check_skip=described.check_skip,
        text_size=described.text_size,
        text_fill=int(described.text_fill, 16),
        choices={
            "colour": {name: bytes.fromhex(code) for name, code in described.colours.items()},
            "effect": {name: bytes.fromhex(code) for name, code in described.effects.items()},
        },
    )


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands in a frame; a field that the frame has no part for keeps its default."""

    address: int = 0
    value: int = 0
    text: bytes = b""
    colour: str = ""
    effect: str = ""
    key: int = 0
    data: bytes = b""


def check_number(kind: str, form: str) -> Number:
    """How a check is written."""
    size = CHECKS[kind][0]
    return Number("check", 2 * size if form == "hex" else size, form)


def size_of(spec: FrameSpec, part: Part, free: int) -> int:
    """How many bytes a part takes when the text or data has `free` of them."""
    match part:
        case Fixed(data=data):
            return len(data)
        case Check(kind=kind, form=form):
            return check_number(kind, form).size
        case Choice(name=name):
            return len(next(iter(spec.choices.get(name, {"": b""}).values())))
        case Free():
            return free
    return part.size


def length_of(spec: FrameSpec, free: int) -> int:
    """What a length says when the text or data has `free` bytes."""
    parts = spec.parts
    if spec.length_counts == "text":
        return free + spec.length_add
    if spec.length_counts == "body":
        last = max((at for at, one in enumerate(parts) if is_length(one)), default=-1)
        end = next((at for at, one in enumerate(parts) if isinstance(one, Check)), len(parts))
        parts = parts[last + 1 : end]
    return sum(size_of(spec, part, free) for part in parts) + spec.length_add


def is_length(part: Part) -> bool:
    """Whether a part says how long something is."""
    return isinstance(part, Number) and part.name == "length"
