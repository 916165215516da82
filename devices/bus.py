"""The master of a half-duplex line (RS-485): one exchange at a time, polls, retries, dead units.

The bus knows addresses and time, not frames: a driver brings a `Question` (bytes to send, and how
to find the answer in what is heard) and a poll for its unit. So keypads (Modbus) and LED cards
(BX) share these rules. A line is fair: who waits for it comes before the next poll.

    run():  due units, one after another -> a short rest -> …   (`PollPlan` says who is due)

A unit that missed `dead_after` polls is dead: it is tried only every `dead_poll_s`, one dead unit
at a time, so it costs the others at most one time-out in that period. Questions to a dead unit are
refused at once, until a poll finds it alive again and `on_state` tells so.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from devices.link import ByteLink, DeviceError, LinkError, LinkLost

A = TypeVar("A")
OnUnitState = Callable[[int, bool], None]
Poll = Callable[[], Awaitable[None]]

WRITE_S = 1.0  # a question has a few hundred bytes at most
WAIT_OPEN_S = 1.0
MOST_HEARD = 1024  # the newest bytes of an attempt; a line that babbles holds no more answer
SETTLE_S = 0.2  # how long to wait for a late answer to pass by

_log = logging.getLogger(__name__)


class UnitSilent(DeviceError):  # noqa: N818  the state of a unit more than an error
    """No valid answer, in spite of the retries, or the unit is known to be dead."""

    def __init__(self, line: str, unit: int) -> None:
        super().__init__(f"line {line}: unit {unit} does not answer")
        self.unit = unit


@dataclass(frozen=True, slots=True)
class Question(Generic[A]):
    """One exchange as a driver describes it.

    `answer` gets everything heard in this attempt and finds the unit's answer, or None; it must
    not take our own echoed bytes for one, except where the two are the same bytes: then
    `echo_is_answer`, and the bus takes the echo out first. `reply_s` None: the bus's own.
    """

    unit: int
    wire: bytes
    answer_bytes: int
    answer: Callable[[bytes], A | None]
    echo_is_answer: bool = False
    reply_s: float | None = None


@dataclass(frozen=True, slots=True)
class BusSettings:
    """Times of one line, in seconds, beside the time that bytes take on the wire.

    `reply_s`: how long a unit may think. `gap_s`: silence before we speak (Modbus wants 3.5
    characters, never less than 1.75 ms; adapters make 5 ms safe). `idle_s`: rest after a round.
    `refused_rest_s`: rest before an event that was not taken is offered again.
    """

    reply_s: float = 0.1
    gap_s: float = 0.005
    idle_s: float = 0.03
    tries: int = 3
    dead_after: int = 3
    dead_poll_s: float = 5.0
    refused_rest_s: float = 0.5


@dataclass(slots=True)
class _PlannedUnit:
    poll: Poll
    period_s: float
    due_at: float = 0.0
    misses: int = 0
    alive: bool | None = None  # None: has not answered yet, and may still


class PollPlan:
    """Who is due for a poll. Pure: time (monotonic seconds) is an argument."""

    def __init__(self, settings: BusSettings) -> None:
        self._settings = settings
        self._units: dict[int, _PlannedUnit] = {}

    def add(self, unit: int, poll: Poll, period_s: float = 0.0) -> None:
        """Poll `unit` every `period_s`; 0: in every round."""
        if unit in self._units:
            raise ValueError(f"unit {unit} is on the bus twice")
        self._units[unit] = _PlannedUnit(poll, period_s)

    @property
    def units(self) -> list[int]:
        """All units of the plan."""
        return list(self._units)

    def alive(self, unit: int) -> bool | None:
        """Whether a unit answers; None when that is not known yet, or it is not in the plan."""
        planned = self._units.get(unit)
        return planned.alive if planned else None

    def poll_of(self, unit: int) -> Poll:
        """How to poll a unit."""
        return self._units[unit].poll

    def due(self, now: float) -> list[int]:
        """The units of this round: the living that are due, and at most one dead one."""
        waiting = [unit for unit, planned in self._units.items() if planned.due_at <= now]
        living = [unit for unit in waiting if self._units[unit].alive is not False]
        dead = [unit for unit in waiting if self._units[unit].alive is False]
        return living + sorted(dead, key=lambda unit: self._units[unit].due_at)[:1]

    def refuses(self, unit: int, now: float) -> bool:
        """Whether a question to this unit would only cost time."""
        planned = self._units.get(unit)
        return planned is not None and planned.alive is False and now < planned.due_at

    def rest_s(self, now: float) -> float:
        """How long until somebody is due; a second at most, for units can be added."""
        due = min((planned.due_at for planned in self._units.values()), default=now + 1.0)
        return min(max(due - now, 0.0), 1.0)

    def answered(self, unit: int, now: float) -> bool:
        """A unit has answered; whether that is news."""
        planned = self._units.get(unit)
        if planned is None:
            return False
        planned.misses = 0
        planned.due_at = now + planned.period_s
        news, planned.alive = planned.alive is not True, True
        return news

    def missed(self, unit: int, now: float) -> bool:
        """A unit has not answered; whether it is dead by that, which is news."""
        planned = self._units.get(unit)
        if planned is None:
            return False
        planned.misses += 1
        if planned.misses < self._settings.dead_after and planned.alive is not False:
            planned.due_at = now
            return False
        planned.due_at = now + self._settings.dead_poll_s
        news, planned.alive = planned.alive is not False, False
        return news

    def line_lost(self) -> None:
        """The line is lost and tells nothing about its units, who are due when it is back."""
        for planned in self._units.values():
            planned.alive = None
            planned.misses = 0
            planned.due_at = 0.0


class Bus:
    """One half-duplex line and its units. Start its link, add the units, then `run` it."""

    def __init__(
        self,
        link: ByteLink,
        settings: BusSettings | None = None,
        on_state: OnUnitState | None = None,
    ) -> None:
        self._link = link
        self.settings = settings or BusSettings()
        self._on_state = on_state
        self._told: dict[int, bool] = {}
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._echo = False  # learned: the adapter hears what we send
        self._settled = True  # no answer of an earlier attempt can still be on its way
        self._quiet_at = 0.0  # when a byte was last seen on the line
        self.plan = PollPlan(self.settings)

    @property
    def name(self) -> str:
        """The line's name in the hall file."""
        return self._link.name

    def add_unit(self, unit: int, poll: Poll, period_s: float = 0.0) -> None:
        """Let `run` call `poll` every `period_s` (0: in every round). ValueError: added twice."""
        self.plan.add(unit, poll, period_s)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Let a driver do something beside the polls; ended with `run`."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def restarted(self, unit: int) -> None:
        """A driver saw that its unit has restarted: what it showed is gone, so tell again."""
        self._tell(unit, True, again=True)

    async def run(self) -> None:
        """Poll all units for ever; cancel it to end. An ill driver or unit stops nobody else."""
        try:
            while True:
                if self._link.state == "open" or await self._link.wait_open(WAIT_OPEN_S):
                    await self._round()
                else:
                    self._line_lost()
                rest_s = self.plan.rest_s(time.monotonic())
                await asyncio.sleep(max(self.settings.idle_s, rest_s))
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def exchange(self, question: Question[A], tries: int | None = None) -> A:
        """Ask and return the unit's answer. UnitSilent, LinkLost.

        Waits for its turn; polls come after those who wait. Ends by its time-outs at the latest
        after `tries` (the settings' when None; once for a dead unit).
        """
        unit = question.unit
        async with self._turn:
            if self.plan.refuses(unit, time.monotonic()):
                raise UnitSilent(self.name, unit)
            once = self.plan.alive(unit) is False
            for _ in range(1 if once else tries or self.settings.tries):
                answer = await self._attempt(question)
                if answer is not None:
                    if self.plan.answered(unit, time.monotonic()):
                        self._tell(unit, True)
                    return answer
            if self.plan.missed(unit, time.monotonic()):
                self._tell(unit, False)
        raise UnitSilent(self.name, unit)

    async def tell(self, wire: bytes) -> None:
        """Send what nobody answers: a broadcast, or to a unit that cannot speak. LinkError.

        Returns when the bytes have had their time on the wire.
        """
        async with self._turn:
            await self._wait_for_quiet()
            await self._link.write(wire, WRITE_S)
            await asyncio.sleep(len(wire) * self._link.byte_s)
            self._quiet_at = time.monotonic()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("line %s: %s failed", self.name, task.get_name(), exc_info=error)

    async def _round(self) -> None:
        for unit in self.plan.due(time.monotonic()):
            try:
                await self.plan.poll_of(unit)()
            except LinkLost:
                self._line_lost()
                return
            except DeviceError as error:
                _log.debug("%s", error)
            except Exception:
                _log.exception("line %s: the driver of unit %d failed", self.name, unit)
                self.plan.missed(unit, time.monotonic())

    async def _attempt(self, question: Question[A]) -> A | None:
        await self._wait_for_quiet()
        self._settled = False
        try:
            await self._link.write(question.wire, WRITE_S)
        except LinkLost:
            raise
        except LinkError:  # stalled: nobody takes bytes, so nobody will answer
            return None
        reply_s = self.settings.reply_s if question.reply_s is None else question.reply_s
        wire_s = (len(question.wire) + question.answer_bytes) * self._link.byte_s
        deadline = time.monotonic() + wire_s + reply_s
        answer: A | None = None
        heard = b""
        while answer is None and (left_s := deadline - time.monotonic()) > 0:
            if data := await self._link.read(MOST_HEARD, left_s):
                heard = (heard + data)[-MOST_HEARD:]
                answer = question.answer(self._without_echo(question, heard))
        if not question.echo_is_answer and question.wire in heard:
            self._echo = True
        self._quiet_at = time.monotonic()
        self._settled = answer is not None
        return answer

    def _without_echo(self, question: Question[A], heard: bytes) -> bytes:
        if not (question.echo_is_answer and self._echo):
            return heard
        before, _, behind = heard.partition(question.wire)
        return before + behind

    async def _wait_for_quiet(self) -> None:
        """Keep the silence between frames, and let a late answer pass by."""
        gap_s = self.settings.gap_s
        if not self._settled:
            until = time.monotonic() + SETTLE_S
            while await self._link.read(MOST_HEARD, gap_s) and time.monotonic() < until:
                pass
        elif (left_s := self._quiet_at + gap_s - time.monotonic()) > 0:
            await asyncio.sleep(left_s)
        self._link.discard()

    def _line_lost(self) -> None:
        self.plan.line_lost()
        for unit in self.plan.units:
            self._tell(unit, False)

    def _tell(self, unit: int, alive: bool, again: bool = False) -> None:
        if self._told.get(unit) is alive and not again:
            return
        self._told[unit] = alive
        if alive:
            _log.info("line %s: unit %d answers", self.name, unit)
        else:
            _log.warning("line %s: unit %d does not answer", self.name, unit)
        if self._on_state is not None:
            try:
                self._on_state(unit, alive)
            except Exception:
                _log.exception("line %s: nobody could be told about unit %d", self.name, unit)
