"""A whole day of the hall: citizens who come by a plan, and clerks who work at their counters.

They use the hall as people do: the kiosk's and the clerk's requests, keypads, rating boxes, the
strips and the voice. How far behind its wires and answers the hall is (`behind`) goes to the
service with every look, which slows its clock down rather than lose a press.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from config.settings import Settings
from devices.sim.citizens import Room, Visitor
from devices.sim.clerks import Hours, SimClerk, seconds_of_day
from devices.sim.clock import stamp
from devices.sim.equipment import SimEquipment
from devices.sim.hall_door import HallDoor, Screen
from devices.sim.people import Citizen, DayWish, plan_of
from devices.sim.senses import Senses

LOOK_S = 0.1
GRADE_S = 0.8
"""A grade has so many real seconds to reach the hall, while the hall asks for it."""
OVERTIME_S = 3600
"""So long after the last hour those who still wait are served."""
TALLIES = (
    "arrived", "tickets", "turned_away", "gone", "came_back", "called", "missed", "no_show",
    "served", "went_home", "cases", "graded",
)  # fmt: skip


class SimDay:
    """One day; `url` is the service's, `name` begins the keys of its requests."""

    def __init__(
        self, settings: Settings, equipment: SimEquipment, wish: DayWish, door: HallDoor
    ) -> None:
        self._settings = settings
        self._wish = wish
        self._plan = plan_of(settings, wish)
        self._printers = equipment.printers
        self._units = [*equipment.inputs.keypads.values(), *equipment.inputs.rating_boxes.values()]
        self._since: dict[str, float] = {}
        self._room = Room(
            equipment.now,
            door,
            Screen(door),
            Senses(equipment.strips.by_counter, equipment.timeline),
            equipment.inputs.keypads,
            equipment.inputs.rating_boxes,
            careful_speed=max(1.0, settings.hall.rating_prompt_s / GRADE_S),
        )
        self._visiting: set[asyncio.Task[None]] = set()
        self._all_came = False
        self.state = "running"

    async def run(self, *, clerks: bool = True) -> None:
        """Play the day to its end."""
        room = self._room
        helping = [asyncio.create_task(each.run()) for each in (room.screen, room.senses)]
        working: list[asyncio.Task[None]] = []
        try:
            while not room.screen.known:
                await room.screen.changed(1.0)
            working = [
                asyncio.create_task(clerk, name="clerk")
                for clerk in (await self._clerks() if clerks else ())
            ]
            await self._let_them_come()
            while not self._is_over():
                await asyncio.sleep(LOOK_S)
                for task in working:
                    if task.done():
                        task.result()
            self.state = "done"
        finally:
            if self.state == "running":
                self.state = "stopped"
            everybody = [*helping, *working, *self._visiting]
            for task in everybody:
                task.cancel()
            await asyncio.gather(*everybody, return_exceptions=True)
            with contextlib.suppress(OSError):
                await room.door.close()

    async def _clerks(self) -> list[Any]:
        """The work of every clerk with a simulated keypad."""
        hours, staff = self._hours(), self._settings.staff
        made = []
        for index, counter in enumerate(self._settings.counters):
            clerk = SimClerk(self._settings, self._room, counter.no, self._wish.seed, hours)
            clerk.over = self._is_over
            if self._settings.staffing.sign_in and index < len(staff):
                await clerk.sign_in(staff[index].id)
            made.append(clerk.work())
        return made

    async def _let_them_come(self) -> None:
        for citizen in self._plan:
            left_s = citizen.at_s - self._now_s()
            if left_s > 0:
                await self._room.now.sleep(left_s)
            task = asyncio.create_task(self._visit(citizen), name=f"citizen {citizen.no}")
            self._visiting.add(task)
            task.add_done_callback(self._visiting.discard)
        left_s = self._wish.to_s - self._now_s()
        if left_s > 0:
            await self._room.now.sleep(left_s)
        self._all_came = True

    async def _visit(self, citizen: Citizen) -> None:
        await Visitor(self._room, citizen).visit()

    def _is_over(self) -> bool:
        """Everybody has come, and nobody waits or is at a counter, or it is far too late."""
        if not self._all_came:
            return False
        if self._now_s() >= self._wish.to_s + OVERTIME_S:
            return True
        screen = self._room.screen
        busy = any(screen.number_at(one.no) for one in self._settings.counters)
        return not busy and not screen.waiting() and not self._visiting

    def _hours(self) -> Hours:
        return Hours(sessions_of(self._settings, self._room.now().weekday()))

    def _now_s(self) -> float:
        return seconds_of_day(self._room)

    def status(self) -> dict[str, Any]:
        """How far the day is."""
        room = self._room
        return {
            "state": self.state,
            "seed": self._wish.seed,
            "market": self._wish.market,
            "people": self._wish.people,
            "opens": clock_face(self._wish.from_s),
            "closes": clock_face(self._wish.to_s),
            "at": stamp(room.now()),
            "waiting": room.screen.waiting(),
            "present": {str(no): number for no, (number, _) in sorted(room.present.items())},
            "at_most": room.careful_speed if room.careful else None,
            "behind": self.behind(),
        } | {name: room.tallies[name] for name in TALLIES}

    def behind(self) -> dict[str, float]:
        """Since when (real seconds) the oldest thing of each kind waits for a wire or an answer.

        What is broken is not waited for: an unplugged keypad, a printer without paper.
        """
        now = asyncio.get_running_loop().time()
        room = self._room
        found = {
            "keys": self._oldest("key", now, {
                str(index): state["pending"][0]["seq"]
                for index, state in enumerate(unit.state() for unit in self._units)
                if state["pending"] and not state["silent"]
            }),
            "paper": self._oldest("paper", now, {
                state["id"]: state["tickets"]
                for state in (printer.state() for printer in self._printers.values())
                if state["waiting_bytes"] and state["state"] in ("ready", "paper-low")
            }),
            "ratings": now - min(room.raters.values(), default=now),
            "answers": room.door.waiting_s,
        }  # fmt: skip
        return {name: round(seconds, 3) for name, seconds in found.items()}

    def _oldest(self, kind: str, now: float, waiting: Mapping[str, int]) -> float:
        """How long the oldest of these has been the same; `waiting` names what waits at each."""
        marks = {f"{kind}:{where}:{what}" for where, what in waiting.items()}
        self._since = {
            mark: since
            for mark, since in self._since.items()
            if mark in marks or not mark.startswith(f"{kind}:")
        }
        for mark in marks:
            self._since.setdefault(mark, now)
        return now - min((self._since[mark] for mark in marks), default=now)


def sessions_of(settings: Settings, weekday: int) -> tuple[tuple[int, int], ...]:
    """A weekday's sessions in seconds since midnight; if it is closed, the first open day's."""
    week = settings.hours.week
    day = week[weekday] or next((sessions for sessions in week if sessions), ((510, 1050),))
    return tuple((first * 60, end * 60) for first, end in day)


def clock_face(seconds: int) -> str:
    """30600 -> "08:30"."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def seconds_from(face: Any, otherwise: int) -> int:
    """ "08:30" -> 30600; None is `otherwise`. ValueError for anything else."""
    if face is None:
        return otherwise
    hours, colon, minutes = str(face).partition(":")
    numbers: Sequence[str] = (hours, minutes)
    if not colon or not all(part.isascii() and part.isdigit() for part in numbers):
        raise ValueError(face)
    seconds = int(hours) * 3600 + int(minutes) * 60
    if int(minutes) > 59 or seconds > 24 * 3600:
        raise ValueError(face)
    return seconds
