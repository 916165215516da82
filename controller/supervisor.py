"""Named, watched tasks: restarted when they fail, stopped in order when the service ends."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0
"""A task that ran this long before it failed starts again without delay growing."""


@dataclass
class Watched:
    """One task and how it fares: `state` is waiting, running, restarting, done or stopped."""

    name: str
    run: Callable[[], Awaitable[None]]
    state: str = "waiting"
    restarts: int = 0
    error: str = ""
    task: "asyncio.Task[None] | None" = None


class Supervisor:
    """Starts tasks in the order of `add`, stops them in the reverse order.

    A task that raises is started again after a pause that doubles from 0.5 to 30 s (with jitter,
    so that many do not wake together); a task that returns is done. `pause_s` is replaced in
    tests.
    """

    def __init__(self, pause_s: Callable[[int], float] | None = None) -> None:
        self._watched: list[Watched] = []
        self._pause_s = pause_s or restart_pause_s

    def add(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Put a task under watch; it starts with `start`, or at once when that has been."""
        if any(watched.name == name for watched in self._watched):
            raise ValueError(f"a task named {name} is under watch already")
        self._watched.append(Watched(name, run))

    def start(self) -> None:
        """Start every task that waits."""
        for watched in self._watched:
            if watched.task is None:
                watched.task = asyncio.create_task(self._watch(watched), name=watched.name)

    async def stop(self) -> None:
        """Cancel and await the tasks, the last one first.

        A task may take a moment to end what it has begun (`finish_first`).
        """
        for watched in reversed(self._watched):
            if watched.task is not None:
                watched.task.cancel()
                await asyncio.wait({watched.task})
                watched.state = "stopped"

    def health(self) -> list[Watched]:
        """Return the tasks in their order; read only."""
        return list(self._watched)

    async def _watch(self, watched: Watched) -> None:
        loop = asyncio.get_running_loop()
        in_a_row = 0
        while True:
            watched.state = "running"
            began = loop.time()
            try:
                await watched.run()
            except Exception as error:
                watched.error = f"{type(error).__name__}: {error}"
                watched.restarts += 1
                watched.state = "restarting"
                in_a_row = 1 if loop.time() - began > STEADY_S else in_a_row + 1
                pause_s = self._pause_s(in_a_row)
                logger.exception("%s failed; it starts again in %.1f s", watched.name, pause_s)
                await asyncio.sleep(pause_s)
            else:
                watched.state = "done"
                return


def restart_pause_s(failures: int) -> float:
    """Return the pause after so many failures in a row: 0.5 s doubling to 30 s, less up to half."""
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 10))
    return longest * random.uniform(0.5, 1.0)


async def finish_first(work: Coroutine[Any, Any, T], grace_s: float) -> T:
    """Await an effect that has begun, such as paper in the printer.

    A cancellation lets it end for up to `grace_s` (real time) and only then gets through.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait({task}, timeout=grace_s)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
        raise
