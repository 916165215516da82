"""What a ticket or QR scanner sends: one line for each scan, ended by CR, LF or both (F.2).

Anybody can hold anything up to a scanner, so a line is believed only as far as it looks like one
of our tickets: the address in its QR code, the plain text that stands there without an address,
or the printed number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LINE = 512

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,255}/t/([0-9a-v]{20})/([A-Za-z0-9_-]{8,64})")
_NUMBER = re.compile(r"[A-Z][0-9]{3,4}")
_LONE_NUMBER = re.compile(r"(?<![A-Za-z0-9])([A-Z][0-9]{3,4})(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class TicketCode:
    """What a code says of a ticket: its id and token, or only its number."""

    ticket: str = ""
    token: str = ""
    number: str = ""


class LineDecoder:
    """Lines out of a byte stream; longer ones than `MAX_LINE` are thrown away whole."""

    def __init__(self) -> None:
        self._held = b""
        self._too_long = False
        self.garbage = 0  # bytes thrown away since the beginning

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes in any portion; the lines that are complete now, without empty ones."""
        *ended, self._held = re.split(rb"[\r\n]", self._held + data)
        lines = []
        for line in ended:
            if self._too_long or len(line) > MAX_LINE:
                self.garbage += len(line)
            elif line:
                lines.append(line)
            self._too_long = False
        if len(self._held) > MAX_LINE:
            self.garbage += len(self._held)
            self._held, self._too_long = b"", True
        return lines

    def reset(self) -> None:
        """The line is silent: the rest of a half line will not come."""
        self.garbage += len(self._held)
        self._held, self._too_long = b"", False


def ticket_code(line: bytes) -> TicketCode | None:
    """The ticket that a scanned line means; None when it is not one of ours."""
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    if found := _ADDRESS.fullmatch(text):
        return TicketCode(ticket=found[1], token=found[2])
    if _NUMBER.fullmatch(text):
        return TicketCode(number=text)
    if "://" in text or not text.isprintable():
        return None
    numbers = set(_LONE_NUMBER.findall(text))
    return TicketCode(number=numbers.pop()) if len(numbers) == 1 else None
