"""Frames that the hall file describes, for strips and key boxes whose makers have vanished.

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

A frame is found in a stream by its fixed bytes, its length or its tail, and its check; what fits
none of them is thrown away byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from devices.framing.template_checks import CHECKS

MAX_TEXT = 200
MAX_FRAME = 320

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


def encode_frame(spec: FrameSpec, fields: Fields) -> bytes:
    """The frame on the wire. ValueError: a field does not fit its part, or a table lacks it."""
    free = _free(spec, fields)
    if len(free) > MAX_TEXT:
        raise ValueError(f"a text of {len(free)} bytes is longer than {MAX_TEXT}")
    wire = b""
    for part in spec.parts:
        match part:
            case Number(name="length"):
                wire += _write(_length(spec, len(free)), part)
            case Number(name=name):
                wire += _write(getattr(fields, name), part)
            case Free():
                wire += free
            case Check(kind=kind, form=form):
                wire += _write(CHECKS[kind][1](wire[spec.check_skip :]), _check_number(kind, form))
            case Choice(name=name):
                wire += _chosen(spec, name, getattr(fields, name))
            case Fixed(data=data):
                wire += data
            case Anything(size=size):
                wire += bytes(size)
    return wire


class FrameDecoder:
    """Finds frames of one kind in a byte stream; never raises, counts what it throws away."""

    def __init__(self, spec: FrameSpec) -> None:
        self._spec = spec
        self._held = b""
        self.garbage = 0  # bytes thrown away since the beginning

    def feed(self, data: bytes) -> list[Fields]:
        """Take bytes in any portion; the frames that are complete now."""
        frames: list[Fields] = []
        self._held += data
        while self._held:
            found = _match(self._spec, self._held)
            if isinstance(found, _Found):
                frames.append(found.fields)
                self._held = self._held[found.size :]
            elif found == "more" and len(self._held) < MAX_FRAME:
                break
            else:
                self._drop_byte()
        return frames

    def reset(self) -> list[Fields]:
        """The line is silent: no unfinished frame will be completed. Whole frames behind it."""
        frames: list[Fields] = []
        while self._held:
            self._drop_byte()
            frames += self.feed(b"")
        return frames

    def _drop_byte(self) -> None:
        self._held = self._held[1:]
        self.garbage += 1


# --- numbers ----------------------------------------------------------------------------------


def _write(number: int, part: Number) -> bytes:
    size = part.size
    written = b""
    if number >= 0:
        match part.form:
            case "dec":
                written = b"%0*d" % (size, number)
            case "hex":
                written = b"%0*X" % (size, number)
            case "bcd":
                digits = f"{number:0{2 * size}d}"
                written = bytes.fromhex(digits) if len(digits) == 2 * size else b""
            case form if number < 1 << 8 * size:
                written = number.to_bytes(size, "big" if form == "be" else "little")
    if len(written) != size:
        raise ValueError(f"{part.name} {number} does not fit {size} bytes ({part.form})")
    return written


def _read(data: bytes, form: str) -> int | None:
    if form in ("dec", "hex"):
        allowed = b"0123456789" + (b"ABCDEFabcdef" if form == "hex" else b"")
        known = all(byte in allowed for byte in data)
        return int(data, 16 if form == "hex" else 10) if known else None
    if form == "bcd":
        digits = data.hex()
        return int(digits) if digits.isdigit() else None
    return int.from_bytes(data, "big" if form == "be" else "little")


def _check_number(kind: str, form: str) -> Number:
    size = CHECKS[kind][0]
    return Number("check", 2 * size if form == "hex" else size, form)


# --- sizes ------------------------------------------------------------------------------------


def _free(spec: FrameSpec, fields: Fields) -> bytes:
    if spec.has("data"):
        return fields.data
    if not spec.has("text"):
        return b""
    if spec.text_size is None:
        return fields.text
    if len(fields.text) > spec.text_size:
        raise ValueError(f"a text of {len(fields.text)} bytes does not fit {spec.text_size}")
    return fields.text.ljust(spec.text_size, bytes((spec.text_fill,)))


def _chosen(spec: FrameSpec, name: str, wanted: str) -> bytes:
    known = spec.choices.get(name, {})
    if wanted not in known:
        raise ValueError(f"the table of {name}s has no {wanted!r}")
    return known[wanted]


def _size(spec: FrameSpec, part: Part, free: int) -> int:
    match part:
        case Fixed(data=data):
            return len(data)
        case Check(kind=kind, form=form):
            return _check_number(kind, form).size
        case Choice(name=name):
            return len(next(iter(spec.choices.get(name, {"": b""}).values())))
        case Free():
            return free
    return part.size


def _length(spec: FrameSpec, free: int) -> int:
    """What a length says when the text or data has `free` bytes."""
    parts = spec.parts
    if spec.length_counts == "text":
        return free + spec.length_add
    if spec.length_counts == "body":
        last = max((at for at, one in enumerate(parts) if _is_length(one)), default=-1)
        end = next((at for at, one in enumerate(parts) if isinstance(one, Check)), len(parts))
        parts = parts[last + 1 : end]
    return sum(_size(spec, part, free) for part in parts) + spec.length_add


def _is_length(part: Part) -> bool:
    return isinstance(part, Number) and part.name == "length"


# --- matching ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    fields: Fields
    size: int


_Match = _Found | Literal["more", "never"]


def _match(spec: FrameSpec, data: bytes) -> _Match:
    """What stands at the beginning of `data`: a frame, perhaps the beginning of one, or none."""
    free = next((at for at, part in enumerate(spec.parts) if isinstance(part, Free)), None)
    if free is None:
        return _walk(spec, data, 0)
    if spec.text_size is not None and spec.has("text"):
        return _walk(spec, data, spec.text_size)
    length = next((at for at, part in enumerate(spec.parts[:free]) if _is_length(part)), None)
    known = free if length is None else length + 1
    head = _walk(replace(spec, parts=spec.parts[:known]), data, None)
    if not isinstance(head, _Found):
        return head
    if length is None:
        return _shortest(spec, data, head.size, free)
    part = spec.parts[length]
    assert isinstance(part, Number)
    told = _read(data[head.size - part.size : head.size], part.form)
    size = -1 if told is None else told - _length(spec, 0)
    return _walk(spec, data, size) if 0 <= size <= MAX_TEXT else "never"


def _shortest(spec: FrameSpec, data: bytes, begin: int, free: int) -> _Match:
    """Without a length: the shortest text that begins at `begin` and fits what is behind it."""
    behind = spec.parts[free + 1] if free + 1 < len(spec.parts) else None
    tail = behind.data if isinstance(behind, Fixed) else b""
    for size in range(MAX_TEXT + 1):
        if not tail.startswith(data[begin + size : begin + size + len(tail)]):
            continue
        found = _walk(spec, data, size)
        if found != "never":
            return found
    return "never"


def _walk(spec: FrameSpec, data: bytes, free: int | None) -> _Match:
    """The parts one after another; `free` None: lengths are not compared with the text yet."""
    fields: dict[str, Any] = {}
    at = 0
    for part in spec.parts:
        end = at + _size(spec, part, free or 0)
        piece = data[at:end]
        if isinstance(part, Fixed) and not part.data.startswith(piece):
            return "never"
        if end > len(data):
            return "more"
        taken = _take(spec, part, data[:end], at)
        if taken is None:
            return "never"
        if isinstance(part, Number) and part.name == "length":
            if free is not None and taken != _length(spec, free):
                return "never"
        elif isinstance(part, Number | Choice | Free):
            fields[part.name] = taken
        at = end
    return _Found(Fields(**fields), at)


def _take(spec: FrameSpec, part: Part, data: bytes, at: int) -> int | str | bytes | None:
    """What a part says that begins at `at` and ends with `data`; None: it cannot say that."""
    piece = data[at:]
    match part:
        case Number(form=form):
            return _read(piece, form)
        case Check(kind=kind, form=form):
            told = _read(piece, form)
            return told if told == CHECKS[kind][1](data[spec.check_skip : at]) else None
        case Choice(name=name):
            names = {code: key for key, code in spec.choices.get(name, {}).items()}
            return names.get(piece)
        case Free(name="text") if spec.text_size is not None:
            return piece.rstrip(bytes((spec.text_fill,)))
    return piece
