"""Which devices answer: the list that people see, and `DeviceLost` / `DeviceBack` in the log."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from controller.domain.commands import RecordDevice
from controller.reactors.hall_log import Desk
from devices.traffic import Traffic

logger = logging.getLogger(__name__)

ACTOR = "system:supervising"

DeviceCondition = Literal["connecting", "ok", "fault", "lost"]


@dataclass(frozen=True)
class DeviceState:
    """How a device fares: `fault` answers but cannot work (no paper), `lost` does not answer.

    `detail` is a code such as paper-low, paper-out, no-answer; `since` is UTC ms. `last_error` is
    the newest detail with which it did not work, and `last_error_at` when that was ("" and None:
    never since the start). `traffic` are its counters; None: it has no wire of its own.
    """

    id: str
    kind: str
    state: DeviceCondition
    detail: str
    since: int
    last_error: str = ""
    last_error_at: int | None = None
    traffic: Traffic | None = None
    slips_left: int | None = None
    """Of a printer whose paper is counted."""


async def keep_nothing(states: list[DeviceState]) -> None:
    """For tests and tools that need no list on disk."""


class Supervising:
    """Takes the drivers' news and stores every change between working and not working.

    Tickets and calls go on without any device: nothing here ever refuses a command.
    """

    def __init__(
        self,
        devices: Iterable[str],
        desk: Desk,
        now: Callable[[], int],
        keep: Callable[[list[DeviceState]], Awaitable[None]] = keep_nothing,
    ) -> None:
        """`keep` is given all states after each change."""
        self._desk = desk
        self._keep = keep
        self._now = now
        start = now()
        self._states = {
            device: DeviceState(device, device.partition(":")[0], "connecting", "", start)
            for device in devices
        }
        self._changed = asyncio.Event()

    @property
    def states(self) -> list[DeviceState]:
        """All configured devices in the order of the hall file."""
        return list(self._states.values())

    def measure(self, device: str, traffic: Traffic) -> None:
        """Show these counters with the device."""
        if device in self._states:
            self._states[device] = replace(self._states[device], traffic=traffic)

    def left(self, device: str, slips: int | None) -> None:
        """Show how many slips the paper of a printer lasts for."""
        if device in self._states:
            self._states[device] = replace(self._states[device], slips_left=slips)

    def working(self, device: str, detail: str = "") -> None:
        """The device answers and can do its work."""
        self._note(device, "ok", detail)

    def fault(self, device: str, detail: str) -> None:
        """The device answers, but cannot do its work until a person helps."""
        self._note(device, "fault", detail)

    def lost(self, device: str, detail: str) -> None:
        """The device does not answer."""
        self._note(device, "lost", detail)

    def is_working(self, device: str) -> bool:
        """Tell whether the last news of the device was good."""
        return self._states[device].state == "ok"

    async def run(self) -> None:
        """Store what has changed, again and again."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._keep(self.states)
            for device in list(self._states):
                await self._store(device)

    def _note(self, device: str, state: DeviceCondition, detail: str) -> None:
        old = self._states[device]
        if (old.state, old.detail) == (state, detail):
            return
        since = old.since if old.state == state else self._now()
        new = replace(old, state=state, detail=detail, since=since)
        if state != "ok":
            new = replace(new, last_error=detail, last_error_at=self._now())
        self._states[device] = new
        if old.state != state:
            level = logging.INFO if state == "ok" else logging.WARNING
            logger.log(level, "device %s is %s %s", device, state, detail)
        self._changed.set()

    async def _store(self, device: str) -> None:
        """Bring the log to the present state; a device that changed twice meanwhile is done."""
        while True:
            state = self._states[device]
            if state.state == "connecting":
                return
            broken = state.state != "ok"
            if broken == (device in self._desk.state.lost_devices):
                return
            verdict = await self._desk.wish(
                RecordDevice(device, state.kind, broken, state.detail), ACTOR
            )
            if verdict.unknown:
                await asyncio.sleep(1.0)
