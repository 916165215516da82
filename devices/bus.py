"""The master of a half-duplex line (RS-485): one exchange at a time, polls, retries, dead units.

The bus knows addresses and time, not frames: a driver brings a `Question` (bytes to send, and how
to find the answer in what is heard) and a poll for its unit. So keypads (Modbus) and LED cards
(BX) share these rules. A line is fair: who waits for it comes before the next poll.

    run():  due units, one after another -> a rest, if it was quick -> …   (`PollPlan`: who is due)

One unit's silence costs the others at most one time-out in `dead_poll_s`. A unit that has always
answered quickly is asked `dead_after` times with a part of the time-out each; a slow one once with
the whole. Then it rests: it is tried every `dead_poll_s`, one such unit in a round, and questions
to it are refused at once. After `dead_after` misses in a row it is told as dead (`on_state`). An
answer that comes too late is no miss: it shows that the unit is slow.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from devices.link import ByteLink, DeviceError, LinkError, LinkLost
from devices.poll_plan import BusSettings, Poll, PollPlan
from devices.traffic import Traffic

__all__ = ["Bus", "BusSettings", "OnUnitState", "Poll", "PollPlan", "Question", "UnitSilent"]

A = TypeVar("A")
OnUnitState = Callable[[int, bool], None]

WRITE_S = 1.0  # a question has a few hundred bytes at most
WAIT_OPEN_S = 1.0
MOST_HEARD = 1024  # the newest bytes of an attempt; a line that babbles holds no more answer
GLANCE_S, CROWDED_S = 10.0, 1.0
SETTLE_S = 0.2  # how long to wait for a late answer to pass by
GAP_BYTES, LEAST_GAP_S = 3.5, 0.00175
WAKE_S = 0.001  # how much later a sleep may end

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
    `echo_is_answer`, and the bus takes the echo out first. `reply_s` None: the bus's own. `probe`:
    a harmless read that tells a bus whether it hears itself, before such an answer is believed.
    """

    unit: int
    wire: bytes
    answer_bytes: int
    answer: Callable[[bytes], A | None]
    echo_is_answer: bool = False
    reply_s: float | None = None
    probe: bytes = b""


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
        self._traffic: dict[int, Traffic] = {}
        self._glances: dict[int, tuple[Poll, float]] = {}
        self._glance_at = 0.0
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._echo = False  # learned: the adapter hears what we send
        self._knows_echo = False  # whether it was learned at all
        self._settled = True  # no answer of an earlier attempt can still be on its way
        self._overdue: Question[Any] | None = None  # asked last and not answered in time
        gap_s = self.settings.gap_s
        self._gap_s = max(LEAST_GAP_S, GAP_BYTES * link.byte_s) if gap_s is None else gap_s
        self._quiet_at = 0.0  # when a byte was last seen on the line
        self.plan = PollPlan(self.settings)

    @property
    def name(self) -> str:
        """The line's name in the hall file."""
        return self._link.name

    def traffic(self, unit: int) -> Traffic:
        """Return the counters of a unit, which go on growing."""
        return self._traffic.setdefault(unit, Traffic())

    def add_unit(self, unit: int, poll: Poll, period_s: float = 0.0) -> None:
        """Let `run` call `poll` every `period_s` (0: in every round). ValueError: added twice."""
        self.plan.add(unit, poll, period_s)

    def add_glance(self, unit: int, glance: Poll) -> None:
        """Let `run` call `glance` about every ten seconds in a rest between two rounds.

        For what is no hurry. A line with so many units that no rest is left has one in a second.
        """
        self._glances[unit] = (glance, 0.0)

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
                began = _now()
                if self._link.state == "open" or await self._link.wait_open(WAIT_OPEN_S):
                    await self._round()
                else:
                    self._line_lost()
                await self._glance(began)
                now = _now()
                rest_s = began + self.plan.round_s(now) - now
                await asyncio.sleep(max(rest_s, self.plan.rest_s(now)))
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
            if self.plan.refuses(unit, _now()):
                raise UnitSilent(self.name, unit)
            traffic = self.traffic(unit)
            for attempt in range(tries or self.settings.tries):
                if attempt:
                    traffic.asked_again()
                reply_s = question.reply_s
                patience_s = self.plan.patience_s(unit) if reply_s is None else reply_s
                asked_at = _now()
                answer = await self._attempt(question, patience_s)
                if answer is not None:
                    traffic.answered(_now() - asked_at)
                    self._answered(question, _now() - asked_at)
                    return answer
                if self.plan.missed(unit, _now(), patience_s):
                    self._tell(unit, False)
                if self.plan.refuses(unit, _now()):
                    break
        raise UnitSilent(self.name, unit)

    async def tell(self, wire: bytes) -> None:
        """Send what nobody answers: a broadcast, or to a unit that cannot speak. LinkError.

        Returns when the bytes have had their time on the wire.
        """
        async with self._turn:
            await self._wait_for_quiet()
            await self._link.write(wire, WRITE_S)
            await asyncio.sleep(len(wire) * self._link.byte_s)
            self._quiet_at = _now()

    def _answered(self, question: Question[Any], took_s: float) -> None:
        wire_s = (len(question.wire) + question.answer_bytes) * self._link.byte_s
        if self.plan.answered(question.unit, _now(), max(0.0, took_s - wire_s)):
            self._tell(question.unit, True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("line %s: %s failed", self.name, task.get_name(), exc_info=error)

    async def _round(self) -> None:
        for unit in self.plan.due(_now()):
            if not await self._poll(unit, self.plan.poll_of(unit)):
                return

    async def _poll(self, unit: int, poll: Poll) -> bool:
        """Let a driver ask its unit; False when the line is lost."""
        try:
            await poll()
        except LinkLost:
            self._line_lost()
            return False
        except DeviceError as error:
            _log.debug("%s", error)
        except Exception:
            _log.exception("line %s: the driver of unit %d failed", self.name, unit)
            self.plan.missed(unit, _now())
        return True

    async def _glance(self, began: float) -> None:
        """Use the rest of a round for one question that is no hurry."""
        now = _now()
        if now - began >= self.settings.idle_s and now < self._glance_at:
            return
        for unit, (glance, due_at) in self._glances.items():
            if due_at <= now and self.plan.alive(unit):
                self._glances[unit] = (glance, now + GLANCE_S)
                self._glance_at = now + CROWDED_S
                await self._poll(unit, glance)
                return

    async def _attempt(self, question: Question[A], patience_s: float) -> A | None:
        if question.probe and not self._knows_echo:
            await self._learn_echo(question.probe, patience_s)
        await self._wait_for_quiet()
        self._settled = False
        try:
            await self._link.write(question.wire, WRITE_S)
        except LinkLost:
            raise
        except LinkError:  # stalled: nobody takes bytes, so nobody will answer
            self.traffic(question.unit).missed(heard=False)
            return None
        wire_s = (len(question.wire) + question.answer_bytes) * self._link.byte_s
        deadline = _now() + wire_s + patience_s
        answer: A | None = None
        heard = b""
        await self._let_pass(len(question.wire) + question.answer_bytes, deadline)
        late = False
        while answer is None and not late:
            left_s = deadline - _now()
            late = left_s <= 0  # a busy PC may wake us late; what has come meanwhile still counts
            if data := await self._link.read(MOST_HEARD, max(0.0, left_s)):
                begins, heard = not heard, (heard + data)[-MOST_HEARD:]
                answer = question.answer(self._without_echo(question, heard))
                if answer is None and begins:
                    await self._let_pass(question.answer_bytes - len(heard), deadline)
        if not question.echo_is_answer and (question.wire in heard or answer is not None):
            self._echo = self._echo or question.wire in heard
            self._knows_echo = True
        self._quiet_at = _now()
        self._settled = answer is not None
        if self._overdue is not None and self._overdue.unit != question.unit:
            self._late(heard)
        if answer is None:
            self.traffic(question.unit).missed(bool(heard.replace(question.wire, b"")))
        # What answers like its own echo proves nothing when it comes late.
        overdue = answer is None and not question.echo_is_answer
        self._overdue = question if overdue else None
        return answer

    async def _learn_echo(self, probe: bytes, patience_s: float) -> None:
        """Ask something harmless, whoever may answer: do our own bytes come back?"""
        await self._wait_for_quiet()
        self._settled = False
        try:
            await self._link.write(probe, WRITE_S)
        except LinkLost:
            raise
        except LinkError:
            return
        deadline = _now() + 2 * len(probe) * self._link.byte_s + patience_s
        heard = b""
        while len(heard) < len(probe) and (left_s := deadline - _now()) > 0:
            heard += await self._link.read(MOST_HEARD, left_s)
        self._echo = heard.startswith(probe)
        self._knows_echo = True

    async def _let_pass(self, missing_bytes: int, deadline: float) -> None:
        """Sleep while bytes that are to come cannot have come: each portion would wake us."""
        sleep_s = min(missing_bytes * self._link.byte_s, deadline - _now()) - WAKE_S
        if sleep_s > 0:
            await asyncio.sleep(sleep_s)

    def _late(self, heard: bytes) -> None:
        """An answer to the question before, which was given up too soon."""
        if self._overdue is None or self._overdue.answer(heard) is None:
            return
        question, self._overdue = self._overdue, None
        if self.plan.answered(question.unit, _now(), self.settings.reply_s):
            self._tell(question.unit, True)

    def _without_echo(self, question: Question[A], heard: bytes) -> bytes:
        if not (question.echo_is_answer and self._echo):
            return heard
        before, _, behind = heard.partition(question.wire)
        return before + behind

    async def _wait_for_quiet(self) -> None:
        """Keep the silence between frames, and let a late answer pass by."""
        if not self._settled:
            until = _now() + SETTLE_S
            heard = b""
            while (data := await self._link.read(MOST_HEARD, self._gap_s)) and _now() < until:
                heard = (heard + data)[-MOST_HEARD:]
            self._late(heard)
        elif (left_s := self._quiet_at + self._gap_s - _now()) > 0:
            await asyncio.sleep(left_s)
        self._link.discard()

    def _line_lost(self) -> None:
        self.plan.line_lost()
        for unit in self.plan.units:
            self._tell(unit, False)

    def _tell(self, unit: int, alive: bool, again: bool = False) -> None:
        if self._told.get(unit) is alive and not again:
            return
        before = self._told.get(unit)
        self._told[unit] = alive
        if alive:
            back = logging.INFO if before is False else logging.DEBUG
            _log.log(back, "line %s: unit %d answers", self.name, unit)
        else:
            _log.warning("line %s: unit %d does not answer", self.name, unit)
        if self._on_state is not None:
            try:
                self._on_state(unit, alive)
            except Exception:
                _log.exception("line %s: nobody could be told about unit %d", self.name, unit)


def _now() -> float:
    """The loop's steady seconds, so that a test can let them pass quickly."""
    return asyncio.get_running_loop().time()
