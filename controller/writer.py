"""One writer per hall: every command passes through one place in one order.

A batch is decided one command after another against a working state, committed in one
transaction (group commit), and only then published: answers, streams, reactors and the state
that queries read move together.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from controller.clock import Clock
from controller.domain.commands import Command
from controller.domain.events import StoredEvent
from controller.domain.fold import apply
from controller.domain.state import HallState
from controller.ledger import Ledger, Outcome, Wish

logger = logging.getLogger(__name__)

T = TypeVar("T")

BATCH_LIMIT = 512
FAILURES_BEFORE_UNREADY = 3
CROWD = 8
LINGER_S = 0.001
"""Where batches of so many are usual, the next one is given a moment to gather: deciding and
answering then take turns at the interpreter instead of fighting for it."""


class OutcomeUnknownError(Exception):
    """The commit failed; the command may have reached the disk. A repeat finds out."""


@dataclass
class _Pending:
    wish: Wish
    answer: "asyncio.Future[Outcome]"


class Writer:
    """Decides, stores and publishes; the only way to change the hall.

    `state` is what queries and reactors may read: it moves only when a batch is published.
    """

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.ledger = ledger
        self.clock = clock
        self.state = HallState()
        self.failures = 0
        self.stopped_reason: str | None = None
        self._waiting: deque[_Pending] = deque()
        self._arrived = asyncio.Event()
        self._stopping = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._listeners: list[Callable[[Sequence[StoredEvent]], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._patience = _Patience()

    async def start(self) -> None:
        """Load the state and begin to take commands."""
        self.state = await self._in_thread(self.ledger.load)
        self._task = asyncio.create_task(self._run(), name="writer")

    async def stop(self) -> None:
        """Finish what was asked, then stop; harmless when called twice."""
        if self._stopping:
            return
        self._stopping = True
        self._arrived.set()
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._patience.close()
        await self._in_thread(self.ledger.close)
        self._thread.shutdown()

    def listen(self, listener: Callable[[Sequence[StoredEvent]], None]) -> None:
        """Call `listener(events)` in the loop after each published batch."""
        self._listeners.append(listener)

    @property
    def ready(self) -> bool:
        """Tell whether commits work."""
        if self._task is None or self._task.done() or self.stopped_reason is not None:
            return False
        return self.failures < FAILURES_BEFORE_UNREADY

    async def execute(
        self,
        command: Command,
        *,
        actor: str,
        key: str | None = None,
        patience_s: float | None = None,
        identity: str | None = None,
    ) -> Outcome:
        """Decide and store a command; return its events.

        Raises `RefusalError` (nothing stored), `KeyReusedError`, or `OutcomeUnknownError`
        when the commit failed, or was not done within about `patience_s` (real seconds): the
        command may still come to be stored. `identity` is the keyed hash of an ID card
        (`vault.identity_hash`).
        """
        if self.stopped_reason is not None:
            raise OutcomeUnknownError(self.stopped_reason)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        if patience_s is not None:
            self._patience.watch(answer, patience_s)
        self._waiting.append(_Pending(Wish(command, actor, key, identity=identity), answer))
        self._arrived.set()
        return await answer  # a caller that gives up cancels its answer, never the wish

    async def _run(self) -> None:
        usual = 0.0
        while True:
            if not self._waiting:
                if self._stopping:
                    return
                self._arrived.clear()
                await self._arrived.wait()
                continue
            if usual >= CROWD and len(self._waiting) < usual * 1.5:
                await asyncio.sleep(LINGER_S)
            most = min(BATCH_LIMIT, len(self._waiting))
            usual = max(most, (usual + most) / 2)
            batch = [self._waiting.popleft() for _ in range(most)]
            try:
                await self._commit(batch)
            except Exception as error:
                # The state that people see cannot follow the log: better no hall than a wrong one.
                logger.exception("publishing failed; the writer stops")
                self.stopped_reason = f"a stored event cannot be published: {error}"
                for pending in batch:
                    _fail(pending.answer, OutcomeUnknownError(self.stopped_reason))

    async def _commit(self, batch: list[_Pending]) -> None:
        wishes = [pending.wish for pending in batch]
        if self.stopped_reason is not None:
            for pending in batch:
                _fail(pending.answer, OutcomeUnknownError(self.stopped_reason))
            return
        try:
            results, rows = await self._in_thread(
                lambda: self.ledger.commit_batch(wishes, self.clock.now())
            )
        except Exception as error:
            self.failures += 1
            logger.exception("commit failed (%d in a row)", self.failures)
            if isinstance(error, IntegrityError):
                self.stopped_reason = "another writer has written to this log"
            for pending in batch:
                _fail(pending.answer, OutcomeUnknownError(str(error)))
            await self._reload()
            return
        if rows:
            self.failures = 0
            if rows[0].seq != self.state.seq + 1:
                await self._reload()
                rows = []
        self._publish(rows)
        for pending, result in zip(batch, results, strict=True):
            if isinstance(result, BaseException):
                _fail(pending.answer, result)
            elif not pending.answer.done():
                pending.answer.set_result(result)

    async def _reload(self) -> None:
        """Throw the working state away, load it again, and publish what did reach the disk."""
        try:
            rows = await self._in_thread(lambda: self.ledger.reload(self.state.seq))
        except Exception as error:
            self.failures += 1
            logger.error("the log cannot be read: %s", error)
            return
        self._publish(rows)

    def _publish(self, rows: Sequence[StoredEvent]) -> None:
        if not rows:
            return
        for row in rows:
            apply(self.state, row)
        for listener in self._listeners:
            try:
                listener(rows)
            except Exception:
                logger.exception("a listener failed")

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


class _Patience:
    """Fails the answers that take too long; one timer for all, where each its own costs more."""

    def __init__(self) -> None:
        self._watched: deque[tuple[float, asyncio.Future[Outcome]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, answer: "asyncio.Future[Outcome]", patience_s: float) -> None:
        """Look at an answer ten times within its patience; the same one for all is expected."""
        loop = asyncio.get_running_loop()
        self._watched.append((loop.time() + patience_s, answer))
        if self._timer is None:
            self._timer = loop.call_later(patience_s / 10, self._look, patience_s / 10)

    def close(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self, every_s: float) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._watched and (self._watched[0][1].done() or self._watched[0][0] <= now):
            _fail(self._watched.popleft()[1], OutcomeUnknownError("the commit takes too long"))
        self._timer = loop.call_later(every_s, self._look, every_s) if self._watched else None


def _fail(answer: "asyncio.Future[Outcome]", error: BaseException) -> None:
    if not answer.done():
        answer.set_exception(error)
        answer.exception()  # asked for once, so an abandoned request is not a warning
