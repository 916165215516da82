"""Frames that the hall file describes (`template_parts`): bytes from fields, fields from bytes.

A frame is found in a stream by its fixed bytes, its length or its tail, and its check; what fits
none of them is thrown away byte by byte.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from devices.framing.template_checks import CHECKS
from devices.framing.template_parts import (
    Anything,
    Check,
    Choice,
    Fields,
    Fixed,
    FrameSpec,
    Free,
    Number,
    Part,
    check_number,
    is_length,
    length_of,
    size_of,
)

MAX_TEXT = 200
MAX_FRAME = 512


def encode_frame(spec: FrameSpec, fields: Fields) -> bytes:
    """The frame on the wire. ValueError: a field does not fit its part, or a table lacks it."""
    free = _free(spec, fields)
    if len(free) > MAX_TEXT:
        raise ValueError(f"a text of {len(free)} bytes is longer than {MAX_TEXT}")
    wire = b""
    for part in spec.parts:
        match part:
            case Number(name="length"):
                wire += _write(length_of(spec, len(free)), part)
            case Number(name=name):
                wire += _write(getattr(fields, name), part)
            case Free():
                wire += free
            case Check(kind=kind, form=form):
                wire += _write(CHECKS[kind][1](wire[spec.check_skip :]), check_number(kind, form))
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
    length = next((at for at, part in enumerate(spec.parts[:free]) if is_length(part)), None)
    known = free if length is None else length + 1
    head = _walk(replace(spec, parts=spec.parts[:known]), data, None)
    if not isinstance(head, _Found):
        return head
    if length is None:
        return _shortest(spec, data, head.size, free)
    part = spec.parts[length]
    assert isinstance(part, Number)
    told = _read(data[head.size - part.size : head.size], part.form)
    size = -1 if told is None else told - length_of(spec, 0)
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
        end = at + size_of(spec, part, free or 0)
        piece = data[at:end]
        if isinstance(part, Fixed) and not part.data.startswith(piece):
            return "never"
        if end > len(data):
            return "more"
        taken = _take(spec, part, data[:end], at)
        if taken is None:
            return "never"
        if isinstance(part, Number) and part.name == "length":
            if free is not None and taken != length_of(spec, free):
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
