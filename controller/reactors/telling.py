"""A number that no paper tells is told aloud: a button that issues tickets has no screen.

    TicketIssued by a button, TicketPrintFailed | Unknown --> the area's loudspeaker, else a beep

Told once and soon or not at all: after a restart, or `FRESH_S` late, nobody stands there any more.
"""

import logging
from collections.abc import Awaitable, Callable

from controller.domain.events import (
    StoredEvent,
    TicketIssued,
    TicketPrinted,
    TicketPrintFailed,
    TicketPrintUnknown,
)
from controller.domain.tickets import first_paper
from controller.reactors.ground import Ground
from controller.reactors.hall_log import Place

logger = logging.getLogger(__name__)

FRESH_S = 15.0
KEPT = 50

Say = Callable[[TicketIssued], Awaitable[bool]]


class Telling:
    """Tells the numbers of buttons' tickets; `say` is False where nothing could be heard."""

    def __init__(
        self, place: Place, ground: Ground, say: Say, beep: Callable[[str], None]
    ) -> None:
        self._place = place
        self._ground = ground
        self._say = say
        self._beep = beep
        self._open: dict[str, StoredEvent] = {}

    async def run(self) -> None:
        """Follow the log and tell what no paper will."""
        self._place.open()
        while True:
            while events := await self._place.read():
                for stored in events:
                    await self._learn(stored)
            self._place.done()
            await self._place.wait()

    async def _learn(self, stored: StoredEvent) -> None:
        event = stored.event
        if isinstance(event, TicketIssued):
            if event.source == "button":
                self._open[event.ticket] = stored
                if len(self._open) > KEPT:
                    self._open.pop(next(iter(self._open)))
                if first_paper(event) == "none":
                    await self._tell(event.ticket)
        elif isinstance(event, TicketPrinted):
            self._open.pop(event.ticket, None)
        elif isinstance(event, TicketPrintFailed | TicketPrintUnknown):
            await self._tell(event.ticket)

    async def _tell(self, ticket: str) -> None:
        stored = self._open.pop(ticket, None)
        clock = self._ground.clock
        if stored is None or clock.now() - stored.at > FRESH_S * 1000 * max(1.0, clock.speed):
            return
        assert isinstance(stored.event, TicketIssued)
        if not await self._say(stored.event):
            logger.warning("nobody could be told the number %s", stored.event.number)
            self._beep(stored.actor.removeprefix("device:"))
