"""Keypads and rating boxes: a press becomes a command, durable before it is acknowledged.

The press is the command's key, so a press that comes twice (a lost acknowledgement, a restart)
is decided once. A refusal is acknowledged as well; only an unknown outcome is not, and the unit
shows the press again. A key that was pressed long ago, while nobody listened, is taken away
without effect: the clerk has gone on.
"""

import logging
from collections import Counter as Tally
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

from controller.domain.commands import (
    AcceptCase,
    CallNext,
    Command,
    FinishServing,
    MarkNoShow,
    RateAtCounter,
    RecallTicket,
    StartServing,
)
from controller.reactors.ground import Ground
from controller.reactors.hall_log import Verdict
from devices.keypad import KeyPressed
from devices.rating_box import RatingPressed

logger = logging.getLogger(__name__)

COMMANDS: dict[str, Callable[[int], Command]] = {
    "NEXT": CallNext,
    "RECALL": RecallTicket,
    "SKIP": MarkNoShow,
    "START": StartServing,
    "FINISH": FinishServing,
    "ACCEPT": AcceptCase,
}

STALE_S = 60.0
SAME_PRESS_MS = 24 * 3600 * 1000


@dataclass(frozen=True)
class Unit:
    """The place of a unit on a line: its counter and its name as a device."""

    counter: int
    device: str


class Buttons:
    """Translates the presses of one line.

    `units` names the unit at each bus address, `keys` the commands that digits stand for,
    `ask_again` re-opens the rating session at a counter.
    """

    def __init__(
        self,
        line: str,
        units: Mapping[int, Unit],
        keys: Mapping[str, str],
        ask_again: Callable[[int], None],
        ground: Ground,
    ) -> None:
        self._line = line
        self._units = units
        self._keys = keys
        self._ask_again = ask_again
        self._ground = ground
        self.presses: Tally[str] = Tally()
        """How many had which result: done, unused, stale, unknown, or the refusal's code."""

    async def key(self, pressed: KeyPressed) -> bool:
        """Carry out a key press; True when the unit may forget it."""
        unit = self._units[pressed.unit]
        name = self._keys.get(pressed.key, pressed.key)
        if pressed.age_s > STALE_S:
            self.presses["stale"] += 1
            logger.warning("%s: %s of %d s ago has no effect", unit.device, name, pressed.age_s)
            return True
        if name == "ASK-RATING":
            self._ask_again(unit.counter)
            self.presses["done"] += 1
            return True
        make = COMMANDS.get(name)
        if make is None:
            self.presses["unused"] += 1
            logger.info("%s: the key %s has no use here", unit.device, pressed.key)
            return True
        return await self._carry_out(pressed, make(unit.counter))

    async def rating(self, pressed: RatingPressed) -> bool:
        """Carry out a rating; True when the unit may forget it."""
        unit = self._units[pressed.unit]
        return await self._carry_out(
            pressed, RateAtCounter(unit.counter, pressed.grade, pressed.session)
        )

    async def _carry_out(self, pressed: KeyPressed | RatingPressed, command: Command) -> bool:
        unit = self._units[pressed.unit]
        verdict = await self._wish(pressed, command, f"device:{unit.device}")
        if verdict.unknown:
            self.presses["unknown"] += 1
            return False
        self.presses["done" if verdict.refusal is None else verdict.refusal.code] += 1
        if verdict.refusal is not None:
            logger.info("%s: refused, %s", unit.device, verdict.refusal.code)
        self._ground.stop("press-before-ack")
        return True

    async def _wish(
        self, pressed: KeyPressed | RatingPressed, command: Command, actor: str
    ) -> Verdict:
        """Execute under the press's key; a key of long ago belongs to another press.

        Sequence numbers come again after 65,535 presses of one power cycle (hall-event/1).
        """
        press = f"press:{self._line}:{pressed.unit}:{pressed.boot}:{pressed.seq}"
        for turn in count():
            key = f"{press}:{turn}" if turn else press
            verdict = await self._ground.desk.wish(command, actor, key)
            if not self._is_of_another_press(verdict):
                return verdict
        raise AssertionError("unreachable")

    def _is_of_another_press(self, verdict: Verdict) -> bool:
        if verdict.refusal is not None:
            return verdict.refusal.code == "key_reused"
        if not verdict.repeated:
            return False
        return self._ground.clock.now() - verdict.events[0].at > SAME_PRESS_MS
