"""Scanners: a ticket that was held up is checked in, or handed to whoever asks for it.

A code with an address names the ticket and carries its token; the token is checked here. A code
with a number alone means today's ticket of that number: enough to find it, and no proof of having
it in one's hand.
"""

import hmac
import logging
from collections import Counter as Tally
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from controller.domain.commands import CheckIn
from controller.reactors.ground import Ground
from devices.scanner import TicketScanned

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """A ticket that was held up; `proved`: the code carried its token. `press` names the scan."""

    device: str
    use: str
    ticket: str
    proved: bool
    press: str


OnFound = Callable[[Found], Awaitable[None]]


class Scanning:
    """One scanner's reactor: "check-in" checks a booked ticket in, "find" calls `on_found`.

    `on_found` None: nothing asks for found tickets in this hall, and they are counted only.
    """

    def __init__(
        self,
        device: str,
        use: str,
        ground: Ground,
        token_for: Callable[[str], str],
        on_found: OnFound | None = None,
    ) -> None:
        self._device = device
        self._use = use
        self._ground = ground
        self._token_for = token_for
        self._on_found = on_found
        self.scans: Tally[str] = Tally()
        """How many scans had which result: done, unused, wrong_token, or a refusal's code, …"""

    async def scanned(self, scan: TicketScanned) -> None:
        """Take a scan of the driver."""
        self._ground.supervising.working(self._device)
        ticket = scan.ticket or self._todays(scan.number)
        if ticket is None:
            self.scans["unknown_ticket"] += 1
            logger.info("%s: no ticket of today has this number", self._device)
            return
        if scan.ticket and not hmac.compare_digest(scan.token, self._token_for(ticket)):
            self.scans["wrong_token"] += 1
            logger.info("%s: a code has a wrong token", self._device)
            return
        press = f"scan:{self._device}:{scan.boot}:{scan.seq}"
        if self._use == "check-in":
            await self._check_in(ticket, bool(scan.token), press)
            return
        if self._on_found is None:
            self.scans["unused"] += 1
            logger.info("%s: nothing is done with a scan for %s yet", self._device, self._use)
            return
        await self._on_found(Found(self._device, self._use, ticket, bool(scan.token), press))
        self.scans["done"] += 1

    async def _check_in(self, ticket: str, proved: bool, press: str) -> None:
        """The holder of a booked ticket has come. OSError: nobody knows whether it is stored."""
        if not proved:
            self.scans["unproved"] += 1
            return
        verdict = await self._ground.desk.wish(CheckIn(ticket), f"device:{self._device}", press)
        if verdict.unknown:
            self.scans["unknown"] += 1
            raise OSError("the check-in is not stored; the next scan tries again")
        self.scans["done" if verdict.refusal is None else verdict.refusal.code] += 1

    def _todays(self, number: str) -> str | None:
        tickets = self._ground.desk.state.tickets.values()
        return next((ticket.id for ticket in tickets if ticket.number == number), None)
