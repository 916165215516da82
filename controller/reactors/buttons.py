"""Keys: a press becomes a command, durable before it is acknowledged.

The press is the command's key, so a press that comes twice (a lost acknowledgement, a restart)
is decided once. A refusal is acknowledged as well, with a beep where the keypad has one; only an
unknown outcome is not, and the driver offers the press again. A key that was pressed long ago,
while nobody listened, is taken away without effect: the clerk has gone on.
"""

import logging
from collections import Counter as Tally
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from controller.domain.commands import (
    AcceptCase,
    CallNext,
    CallTicket,
    Command,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    ParkTicket,
    RateAtCounter,
    RecallTicket,
    StartDirect,
    StartServing,
    TransferTicket,
    UndoStep,
    UnparkTicket,
)
from controller.domain.hall_commands import PauseCounter, ResumeCounter
from controller.ids import new_ticket_id
from controller.reactors.ground import Ground
from controller.reactors.hall_log import Verdict
from controller.reactors.signals import Signals
from devices.keypad import KeyPressed
from devices.rating_box import RatingPressed

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class At:
    """Where and when a key was pressed; `number` was typed before it (0: none).

    `ticket`: the one that waits with these digits, as today's order meets them at this counter.
    `delivered`: the platform has been told of everything up to this seq.
    """

    counter: int
    number: int
    now: int
    delivered: int
    ticket: str | None = None


BY_KEY = "other"
"""The reason of a chosen call (`rules.CALL_REASONS`): a key has no words for it."""

COMMANDS: dict[str, Callable[[At], Command | None]] = {
    "next": lambda at: CallNext(at.counter),
    "recall": lambda at: RecallTicket(at.counter),
    "no_show": lambda at: MarkNoShow(at.counter),
    "start": lambda at: StartServing(at.counter),
    "finish": lambda at: FinishServing(at.counter),
    "accept": lambda at: AcceptCase(at.counter),
    "pause": lambda at: PauseCounter(at.counter),
    "resume": lambda at: ResumeCounter(at.counter),
    "park": lambda at: ParkTicket(at.counter),
    "unpark": lambda at: UnparkTicket(at.counter),
    "transfer": lambda at: (
        TransferTicket(at.counter, f"counter:{at.number}") if at.number else None
    ),
    "call": lambda at: (
        CallTicket(at.counter, at.ticket, None, BY_KEY) if at.ticket is not None else None
    ),
    "direct": lambda at: StartDirect(at.counter, new_ticket_id(at.now)),
    "undo": lambda at: UndoStep(at.counter, at.delivered),
}
"""What the functions of a key map do at a counter; None: a number had to be typed before.

`ask_rating` asks a box and stores nothing.
"""

STALE_S = 60.0
SAME_PRESS_MS = 24 * 3600 * 1000

Press = KeyPressed | RatingPressed


@dataclass(frozen=True)
class Pad:
    """A keypad or rating box: its counter, its name as a device, and what its keys do."""

    counter: int
    device: str
    functions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TicketKeys:
    """Keys that give out tickets: key -> service, and how long a key rests after one."""

    device: str
    services: Mapping[str, str]
    rest_s: float


class Buttons:
    """Translates the presses of one line (or pad); its name begins the names of the presses.

    `ask_again` re-opens the rating session at a counter.
    """

    def __init__(
        self,
        line: str,
        ground: Ground,
        signals: Signals,
        ask_again: Callable[[int], None],
    ) -> None:
        self._line = line
        self._ground = ground
        self._signals = signals
        self._ask_again = ask_again
        self._rests_until: dict[tuple[str, str], int] = {}
        self.presses: Tally[str] = Tally()
        """How many had which result.

        done, unused, stale, resting, no_number, unknown, or a refusal's code.
        """

    async def key(self, pad: Pad, pressed: KeyPressed) -> bool:
        """Carry out a key press; True when the driver may forget it."""
        name = pad.functions.get(pressed.key)
        self._ground.supervising.pressed(pad.device)
        if self._is_stale(pad.device, pressed):
            return True
        if name == "ask_rating":
            self._ask_again(pad.counter)
            self.presses["done"] += 1
            return True
        make = COMMANDS.get(name) if name is not None else None
        if make is None:
            self.presses["unused"] += 1
            logger.info("%s: the key %s has no use here", pad.device, pressed.key)
            return True
        ground = self._ground
        now, delivered = ground.clock.now(), ground.delivered()
        ticket = self._numbered(pad.counter, pressed.value, now) if name == "call" else None
        command = make(At(pad.counter, pressed.value, now, delivered, ticket))
        if command is None:
            self.presses["no_number"] += 1
            self._signals.refused(pad.device)
            return True
        verdict = await self._wish(pad.device, pressed, command)
        if verdict.refusal is not None:
            self._signals.refused(pad.device)
        return self._told(pad.device, verdict)

    async def rating(self, pad: Pad, pressed: RatingPressed) -> bool:
        """Carry out a rating; True when the driver may forget it."""
        command = RateAtCounter(pad.counter, pressed.grade, pressed.session)
        verdict = await self._wish(pad.device, pressed, command)
        if verdict.events and not verdict.repeated:
            self._signals.thank(pad.device)
        return self._told(pad.device, verdict)

    async def issue(self, keys: TicketKeys, pressed: KeyPressed) -> bool:
        """Give out a ticket for a key press; True when the driver may forget it."""
        service = keys.services.get(pressed.key)
        if self._is_stale(keys.device, pressed):
            return True
        if service is None:
            self.presses["unused"] += 1
            return True
        place, now = (keys.device, pressed.key), self._ground.clock.now()
        if now < self._rests_until.get(place, 0):
            self.presses["resting"] += 1
            return True
        command = IssueTicket(service, new_ticket_id(now), source="button")
        verdict = await self._wish(keys.device, pressed, command)
        if verdict.refusal is not None:
            self._signals.refused(keys.device)
        elif verdict.events:
            self._rests_until[place] = now + round(keys.rest_s * 1000)
        return self._told(keys.device, verdict)

    def _numbered(self, no: int, number: int, now: int) -> str | None:
        """Return who waits with these digits ("A012" is 12): in this counter's lines, or alone."""
        state = self._ground.desk.state
        waiting = [
            ticket
            for ticket in state.tickets.values()
            if ticket.state == "WAITING" and number and digits_of(ticket.number) == number
        ]
        own = set(state.lines_at(no, now)) if no in state.counters else set()
        here = [ticket for ticket in waiting if own & set(ticket.lines)]
        found = sorted(here or waiting, key=lambda ticket: ticket.place)
        return found[0].id if found and (here or len(found) == 1) else None

    def _is_stale(self, device: str, pressed: KeyPressed) -> bool:
        if pressed.age_s <= STALE_S:
            return False
        self.presses["stale"] += 1
        logger.warning("%s: %s of %d s ago has no effect", device, pressed.key, pressed.age_s)
        return True

    def _told(self, device: str, verdict: Verdict) -> bool:
        if verdict.unknown:
            self.presses["unknown"] += 1
            return False
        self.presses["done" if verdict.refusal is None else verdict.refusal.code] += 1
        if verdict.refusal is not None:
            logger.info("%s: refused, %s", device, verdict.refusal.code)
        self._ground.stop("press-before-ack")
        return True

    async def _wish(self, device: str, pressed: Press, command: Command) -> Verdict:
        """Execute under the press's key; a key of long ago belongs to another press.

        Sequence numbers come again after 65,535 presses of one power cycle (hall-event/1).
        """
        press = f"press:{self._line}:{pressed.unit}:{pressed.boot}:{pressed.seq}"
        for turn in count():
            key = f"{press}:{turn}" if turn else press
            verdict = await self._ground.desk.wish(command, f"device:{device}", key)
            if not self._is_of_another_press(verdict):
                return verdict
        raise AssertionError("unreachable")

    def _is_of_another_press(self, verdict: Verdict) -> bool:
        if verdict.refusal is not None:
            return verdict.refusal.code == "key_reused"
        if not verdict.repeated:
            return False
        return self._ground.clock.now() - verdict.events[0].at > SAME_PRESS_MS


def digits_of(number: str) -> int:
    """Return the number in a ticket's number, 0 when there is none."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return int(digits or 0)
