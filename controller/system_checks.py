"""What the self-test asks of the PC itself: disk, clock, database, and the way to the platform."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection

from controller.clock import Clock
from controller.domain.state import HallState
from controller.reactors.self_testing import Check, Finding
from controller.store.event_store import last_position

LEAST_BYTES, LOW_BYTES = 200_000_000, 2_000_000_000
CLOCK_MS = 60_000
EARLIEST_MS = 1_767_225_600_000
"""2026-01-01: a PC with an empty battery wakes long before."""
GIGABYTE = 1_000_000_000


class SystemParts(Protocol):
    """The part of `controller.app.Hall` that is looked at."""

    data_dir: Path
    clock: Clock
    code: str

    @property
    def state(self) -> HallState:
        """The published state."""

    def platform_state(self) -> dict[str, Any]:
        """How the posts to the platform fare."""

    @property
    def read(self) -> Callable[[Callable[[Connection, str], Any], str], Awaitable[Any]]:
        """Read from the database in a thread."""


def system_checks(hall: SystemParts) -> dict[str, Check]:
    """Return the checks of the PC, as devices of the kind `system`."""

    async def disk() -> Finding:
        free = (await asyncio.to_thread(shutil.disk_usage, hall.data_dir)).free
        told = f"{free / GIGABYTE:.1f} GB"
        if free < LEAST_BYTES:
            return Finding("fault", "disk-full", told)
        return Finding("warn", "disk-low", told) if free < LOW_BYTES else Finding("ok", "", told)

    async def clock() -> Finding:
        question, now = hall.state.question, hall.clock.now()
        asked = question is not None and question.kind == "clock"
        if asked or now < EARLIEST_MS or abs(hall.clock.wall_difference_ms()) > CLOCK_MS:
            return Finding("fault", "clock-off")
        return Finding("ok")

    async def database() -> Finding:
        before = hall.state.seq
        seq, _ = await hall.read(last_position, hall.code)
        if seq < before:
            return Finding("fault", "database-ill")
        return Finding("ok", "", f"{seq}")

    async def platform() -> Finding:
        told = hall.platform_state()
        if not told["trouble"]:
            return Finding("ok")
        # The hall works on without it, so this is nothing that keeps the doors shut.
        return Finding("warn", "platform-away", f"{told['trouble']}, {told['behind']}")

    parts = {"disk": disk, "clock": clock, "database": database, "platform": platform}
    return {f"system:{name}": check for name, check in parts.items()}
