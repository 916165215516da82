"""Frames of second-generation resident-card readers (SAM_V, "SDT"; device-protocols.md F.1).

    AA AA AA 96 69 | length 2, big-endian | body | XOR of length and body

length counts the body and the XOR. A command's body is CMD PARA [data], a reply's is SW1 SW2 SW3
[data]; SW3 says how it went. The data of a read card is personal: it is parsed here for the date
of birth and the number alone, and nothing of it may be logged or kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

HEAD = bytes.fromhex("AA AA AA 96 69")
MAX_BODY = 4096

FIND, SELECT, READ = b"\x20\x01", b"\x20\x02", b"\x30\x01"

OK, FOUND = 0x90, 0x9F
NO_CARD, SELECT_FAILED, READ_FAILED = 0x80, 0x81, 0x41
CHECKSUM_WRONG, LENGTH_WRONG, COMMAND_WRONG = 0x10, 0x11, 0x21

TEXT_BYTES, PHOTO_BYTES = 256, 1024
# Offsets in the card's text, UTF-16LE: name 30, sex 2, nation 4, birth 16, address 70, number 36.
_BIRTH = slice(36, 52)
_NUMBER = slice(122, 158)


@dataclass(frozen=True, slots=True)
class SdtReply:
    """A reader's reply. The data stays out of repr, so that no log line shows it."""

    status: int
    data: bytes = field(default=b"", repr=False)


def encode_command(body: bytes) -> bytes:
    """A command (CMD PARA [data]) as it goes on the wire."""
    return _frame(body)


def encode_reply(reply: SdtReply) -> bytes:
    """A reply as a reader sends it."""
    return _frame(bytes((0, 0, reply.status)) + reply.data)


def _frame(body: bytes) -> bytes:
    if len(body) > MAX_BODY:
        raise ValueError(f"{len(body)} bytes do not fit a frame")
    measured = (len(body) + 1).to_bytes(2, "big") + body
    return HEAD + measured + bytes((xor_of(measured),))


def xor_of(data: bytes) -> int:
    """The check byte."""
    check = 0
    for byte in data:
        check ^= byte
    return check


class SdtDecoder:
    """Bodies out of a byte stream, of commands or of replies; noise is thrown away."""

    def __init__(self) -> None:
        self._held = b""
        self.garbage = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes in any portion; the bodies that are complete now."""
        self._held += data
        bodies: list[bytes] = []
        while True:
            self._find_head()
            if len(self._held) < len(HEAD) + 2:
                return bodies
            size = int.from_bytes(self._held[len(HEAD) : len(HEAD) + 2], "big")
            if not 1 < size <= MAX_BODY + 1:
                self._drop(1)
                continue
            end = len(HEAD) + 2 + size
            if len(self._held) < end:
                return bodies
            measured, check = self._held[len(HEAD) : end - 1], self._held[end - 1]
            if xor_of(measured) != check:
                self._drop(1)
                continue
            bodies.append(measured[2:])
            self._held = self._held[end:]

    def reset(self) -> list[bytes]:
        """The line is silent: no unfinished frame will be completed. Whole ones behind it."""
        bodies: list[bytes] = []
        while self._held:
            self._drop(1)
            bodies += self.feed(b"")
        return bodies

    def _find_head(self) -> None:
        place = self._held.find(HEAD)
        if place >= 0:
            self._drop(place)
            return
        # The end may be the beginning of a head.
        kept = next((n for n in range(len(HEAD) - 1, 0, -1) if self._held.endswith(HEAD[:n])), 0)
        self._drop(len(self._held) - kept)

    def _drop(self, count: int) -> None:
        self.garbage += count
        self._held = self._held[count:]


def parse_reply(body: bytes) -> SdtReply | None:
    """The reply that a body is; None when it is too short for one."""
    return SdtReply(body[2], body[3:]) if len(body) >= 3 else None


def card_text(reply: SdtReply) -> bytes | None:
    """The 256 bytes of text of a read card; the photo is left where it is."""
    sizes, rest = reply.data[:4], reply.data[4:]
    if sizes[:2] != TEXT_BYTES.to_bytes(2, "big") or len(rest) < TEXT_BYTES:
        return None
    return rest[:TEXT_BYTES]


def birth_date(text: bytes) -> date | None:
    """The holder's date of birth; None when the field holds none."""
    digits = _field(text, _BIRTH)
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def card_number(text: bytes) -> str:
    """The resident's number, for a keyed digest only."""
    return _field(text, _NUMBER)


def _field(text: bytes, place: slice) -> str:
    return text[place].decode("utf-16-le", "replace").strip("\x00 ")
