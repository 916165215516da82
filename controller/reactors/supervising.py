"""How the devices fare: the list that people see, and every fault, seen and cleared, in the log.

Where all devices of a line fall silent, the line itself is the fault: one `line:<name>` is lost
instead of twenty units. So a loss on a shared line waits a moment before it is stored.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from controller.domain.commands import RecordDevice
from controller.reactors.hall_log import Desk
from devices.traffic import Traffic

logger = logging.getLogger(__name__)

ACTOR = "system:supervising"

GATHER_S = 2.0
"""How long a loss on a shared line waits for the others; real seconds, as the polls are."""
LINK_LOST = "link-lost"
LINE_CUT = "line-cut"
AGAIN_S = 1.0

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
    presses: int = 0
    sheets: int = 0
    """What it did since the start: keys that were taken, slips that left a printer."""
    lost_with: str = ""
    """The line (`line:<name>`) whose fault this is, where all its devices are lost at once."""


async def keep_nothing(states: list[DeviceState]) -> None:
    """For tests and tools that need no list on disk."""


class Supervising:
    """Takes the drivers' news and stores every change of how a device fares.

    Tickets and calls go on without any device: nothing here ever refuses a command.
    """

    def __init__(
        self,
        devices: Iterable[str],
        desk: Desk,
        now: Callable[[], int],
        keep: Callable[[list[DeviceState]], Awaitable[None]] = keep_nothing,
        lines: Mapping[str, str] | None = None,
    ) -> None:
        """`keep` is given all states after each change; `lines` tells on which line devices hang.

        A device on no line of its own has no place in `lines`.
        """
        self._desk = desk
        self._keep = keep
        self._now = now
        start = now()
        self._states = {
            device: DeviceState(device, device.partition(":")[0], "connecting", "", start)
            for device in devices
        }
        self._members: dict[str, list[str]] = {}
        for device, line in (lines or {}).items():
            if device in self._states:
                self._members.setdefault(line, []).append(device)
        self._line_of = {device: line for line, those in self._members.items() for device in those}
        self._shut: set[str] = set()
        self._cut: dict[str, DeviceState] = {}
        self._lost_at: dict[str, float] = {}
        self._changed = asyncio.Event()

    @property
    def states(self) -> list[DeviceState]:
        """All configured devices in the order of the hall file, behind the lines that are cut."""
        return [*self._cut.values(), *map(self._shown, self._states.values())]

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

    def has(self, device: str) -> bool:
        """Tell whether the hall file has this device, and nobody left it out."""
        return device in self._states

    def is_working(self, device: str) -> bool:
        """Tell whether the last news of the device was good."""
        return self._states[device].state == "ok"

    def pressed(self, device: str) -> None:
        """Count a key that was taken."""
        self._count(device, presses=1)

    def printed(self, device: str) -> None:
        """Count a slip that has left a printer."""
        self._count(device, sheets=1)

    def port(self, line: str, is_open: bool) -> None:
        """The port of a line was lost, with all that hangs on it, or is open again."""
        if is_open:
            self._shut.discard(line)
            return
        self._shut.add(line)
        for device in self._members.get(line, ()):
            self._note(device, "lost", LINK_LOST)

    async def run(self) -> None:
        """Store what has changed, again and again."""
        while True:
            pause_s = await self._bring_up_to_date()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._changed.wait()
            if self._changed.is_set():
                self._changed.clear()
                await self._keep(self.states)

    def _count(self, device: str, presses: int = 0, sheets: int = 0) -> None:
        if (old := self._states.get(device)) is not None:
            self._states[device] = replace(
                old, presses=old.presses + presses, sheets=old.sheets + sheets
            )

    def _shown(self, state: DeviceState) -> DeviceState:
        line = self._line_of.get(state.id)
        return replace(state, lost_with=f"line:{line}") if line in self._cut else state

    def _note(self, device: str, state: DeviceCondition, detail: str) -> None:
        old = self._states[device]
        line = self._line_of.get(device)
        if state == "lost" and line in self._shut:
            detail = LINK_LOST  # whoever asks it meanwhile only finds it silent
        if (old.state, old.detail) == (state, detail):
            return
        since = old.since if old.state == state else self._now()
        new = replace(old, state=state, detail=detail, since=since)
        if state != "ok":
            new = replace(new, last_error=detail, last_error_at=self._now())
        self._states[device] = new
        if old.state != state:
            well = logging.INFO if old.last_error_at else logging.DEBUG  # back, or there at last
            level = well if state == "ok" else logging.WARNING
            logger.log(level, "device %s is %s %s", device, state, detail)
            if state == "lost":
                self._lost_at[device] = _loop_s()
        if line is not None:
            self._look_at_line(line)
        self._changed.set()

    def _look_at_line(self, line: str) -> None:
        """A line is cut when all its devices are lost, and there is more than one."""
        members = [self._states[device] for device in self._members[line]]
        if len(members) < 2 or any(one.state != "lost" for one in members):
            if self._cut.pop(line, None) is not None:
                for one in members:
                    self._lost_at[one.id] = _loop_s()  # who follows in a moment is not told
            return
        shut = all(one.detail == LINK_LOST for one in members)
        detail, name, now = LINK_LOST if shut else LINE_CUT, f"line:{line}", self._now()
        old = self._cut.get(line) or DeviceState(name, "line", "lost", detail, now)
        self._cut[line] = replace(old, detail=detail, last_error=detail, last_error_at=now)

    async def _bring_up_to_date(self) -> float | None:
        """Bring the log to the present state; seconds to the next look, None: with the next news.

        What the log has as lost or warned and the hall file no more is over.
        """
        known = self._desk.state
        lines = {f"line:{line}": line for line in self._members}
        pauses: list[float] = []
        for name in {*known.lost_devices, *known.warned_devices} - {*self._states, *lines}:
            kind = name.partition(":")[0]
            pauses.append(await self._store(DeviceState(name, kind, "ok", "", 0)))
        for name, line in lines.items():
            cut = self._cut.get(line)
            if cut is not None:
                pauses.append(await self._store(cut))
            elif name in known.lost_devices and self._is_heard(line):
                pauses.append(await self._store(DeviceState(name, "line", "ok", "", 0)))
        for device in list(self._states):
            pauses.append(await self._store_device(device))
        return min((pause for pause in pauses if pause > 0), default=None)

    def _is_heard(self, line: str) -> bool:
        return any(self._states[device].state in ("ok", "fault") for device in self._members[line])

    async def _store_device(self, device: str) -> float:
        state = self._states[device]
        line = self._line_of.get(device)
        if state.state == "connecting" or (state.state == "lost" and line in self._cut):
            return 0.0
        if state.state == "lost" and line is not None and len(self._members[line]) > 1:
            pause_s = self._lost_at.get(device, 0.0) + GATHER_S - _loop_s()
            if pause_s > 0 and device not in self._desk.state.lost_devices:
                return pause_s
        return await self._store(state)

    async def _store(self, state: DeviceState) -> float:
        """Store how a device fares, if that is news; seconds until it is tried again, else 0."""
        broken, known = state.state != "ok", self._desk.state
        stored = known.lost_devices.get(state.id)
        warned = known.warned_devices.get(state.id, "")
        if (stored, warned) == ((state.detail, "") if broken else (None, state.detail)):
            return 0.0
        command = RecordDevice(state.id, state.kind, broken, state.detail)
        verdict = await self._desk.wish(command, ACTOR)
        return AGAIN_S if verdict.unknown else 0.0


def _loop_s() -> float:
    return asyncio.get_running_loop().time()
