"""A ticket or QR scanner on a serial port (RS-232 or USB virtual port): one event for each scan.

A code that stays before the scanner is read several times a second; it is one scan as long as it
keeps coming within `same_s` of the last time. What is no ticket of ours is counted and dropped,
and never written to the log: strangers' codes are personal.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from devices.framing.scan_line import LineDecoder, TicketCode, ticket_code
from devices.link import ByteLink, LinkLost
from devices.traffic import Traffic

SILENCE_S = 0.2
WAIT_OPEN_S = 1.0
MAX_BOOT = 0x7FFFFFFF

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TicketScanned:
    """A ticket was held up: id and token, or its number. (boot, seq) is the scan's own name."""

    boot: int
    seq: int
    ticket: str = ""
    token: str = ""
    number: str = ""


OnScan = Callable[[TicketScanned], Awaitable[None]]


class Scanner:
    """The scanner of one line. `run` it; cancel it to end."""

    def __init__(self, link: ByteLink, on_scan: OnScan, same_s: float = 3.0) -> None:
        self.traffic = Traffic()
        self._link = link
        self._on_scan = on_scan
        self._same_s = same_s
        self._boot = secrets.randbelow(MAX_BOOT) + 1
        self._seq = 0
        self._last: TicketCode | None = None
        self._seen_at = 0.0
        self.foreign = 0
        """Scanned lines that were no ticket of ours."""

    async def run(self) -> None:
        """Read for ever; the link reconnects by itself."""
        decoder = LineDecoder()
        while True:
            if self._link.state != "open" and not await self._link.wait_open(WAIT_OPEN_S):
                continue
            try:
                data = await self._link.read(timeout_s=SILENCE_S)
            except LinkLost:
                decoder.reset()
                continue
            if not data:
                decoder.reset()
            for line in decoder.feed(data):
                await self._scanned(line)

    async def _scanned(self, line: bytes) -> None:
        self.traffic.heard()
        code = ticket_code(line)
        if code is None:
            self.foreign += 1
            _log.info("line %s: a code of %d bytes is no ticket", self._link.name, len(line))
            return
        now = time.monotonic()
        same = code == self._last and now - self._seen_at < self._same_s
        self._last, self._seen_at = code, now
        if same:
            return
        self._seq += 1
        try:
            await self._on_scan(
                TicketScanned(self._boot, self._seq, code.ticket, code.token, code.number)
            )
        except Exception:
            self._last = None  # the same code again is another try
            _log.exception("line %s: nobody could be told of a scan", self._link.name)
