"""Auto-call: who waits is sent to the counter that has idled longest, without a key press."""

from controller.domain.commands import CallWaiting
from controller.domain.events import (
    DayOpened,
    NoShowMarked,
    RulesAdopted,
    ServingFinished,
    TicketExpired,
    TicketIssued,
)
from controller.domain.hall_events import (
    ClerkSignedIn,
    ClerkSignedOut,
    CounterPaused,
    CounterResumed,
    OutageAnswered,
    PostAssigned,
)
from controller.domain.queue_events import (
    ServiceChanged,
    ServiceCompleted,
    TicketCancelled,
    TicketParked,
    TicketReturned,
    TicketTransferred,
)
from controller.reactors.ground import Ground
from controller.reactors.hall_log import Place

ACTOR = "system:auto-call"
MOVING = (
    TicketIssued, TicketReturned, TicketTransferred, TicketCancelled, TicketExpired, TicketParked,
    ServiceCompleted, ServiceChanged, ServingFinished, NoShowMarked, ClerkSignedIn, ClerkSignedOut,
    CounterPaused, CounterResumed, OutageAnswered, RulesAdopted, DayOpened, PostAssigned,
)  # fmt: skip
"""What may bring a waiting ticket and an idle counter together. An undone call is none: it would
be made again at once. What time alone brings about is for `timing.Timing`."""


class Distributing:
    """Wishes a call after whatever may make one possible, while the rules say so."""

    def __init__(self, place: Place, ground: Ground) -> None:
        self._place = place
        self._ground = ground

    async def run(self) -> None:
        """Call who waits since before the start, then follow the log."""
        self._place.open()
        await self._call(self._place.seen)
        while True:
            events = await self._place.read()
            moved = [row.seq for row in events if isinstance(row.event, MOVING)]
            if moved:
                await self._call(moved[-1])
            self._place.done()
            if not events:
                await self._place.wait()

    async def _call(self, seq: int) -> None:
        """Call until nobody waits or no counter idles; each wish has the key of its cause."""
        while self._ground.desk.state.rules.auto_call:
            verdict = await self._ground.desk.report(CallWaiting(), ACTOR, f"auto:{seq}")
            if not verdict.events:
                return
            seq = verdict.events[-1].seq
