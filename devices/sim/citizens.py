"""A simulated citizen: takes a number, waits for the call, goes to the counter, presses a grade.

    comes -> ticket -> sees or hears the call -> walks -> at the counter -> (grade) -> goes
                 \\-> has gone when called -> maybe comes back for another ticket
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devices.sim.clock import Watch
from devices.sim.hall_door import HallDoor, Screen
from devices.sim.inputs import SimKeys
from devices.sim.people import Citizen
from devices.sim.senses import Senses

LOOK_S = 0.03
"""How often a person at a counter looks up, real seconds."""
WIRE_S = 1.5
"""How long people wait for a wire before they believe what they see, real seconds."""
BOX_S = 40.0
"""How long a person waits for the rating box to ask, seconds of the hall."""
CREATED = 201


@dataclass
class Room:
    """The hall as simulated people share it.

    `present` is who stands at which counter; `tallies` counts people by what became of them.
    `raters` are the loop times since when people wait for a box. `careful` are citizens whose
    grade must reach the hall while it asks, which at most `careful_speed` times the speed allows.
    """

    now: Watch
    door: HallDoor
    screen: Screen
    senses: Senses
    keypads: Mapping[int, SimKeys]
    boxes: Mapping[int, SimKeys]
    tallies: Counter[str] = field(default_factory=Counter)
    present: dict[int, tuple[str, Citizen]] = field(default_factory=dict)
    raters: dict[int, float] = field(default_factory=dict)
    careful: set[int] = field(default_factory=set)
    careful_speed: float = 60.0


class Visitor:
    """One citizen on the way through the hall."""

    def __init__(self, room: Room, citizen: Citizen) -> None:
        self._room = room
        self._citizen = citizen

    async def visit(self) -> None:
        """Come, and do what there is to do, until this person goes home."""
        room, citizen = self._room, self._citizen
        room.tallies["arrived"] += 1
        ticket = await self._take("first")
        if ticket is not None and citizen.gone:
            room.tallies["gone"] += 1
            if citizen.back_s is None:
                return
            await room.now.sleep(citizen.back_s)
            room.tallies["came_back"] += 1
            ticket = await self._take("back")
        if ticket is None:
            return
        if not await self._be_served(ticket):
            room.tallies["missed"] += 1
            again = await self._take("again")
            if again is None or not await self._be_served(again):
                room.tallies["went_home"] += 1

    async def _take(self, turn: str) -> dict[str, Any] | None:
        citizen, room = self._citizen, self._room
        wish: dict[str, Any] = {"service": citizen.service, "items": list(citizen.items)}
        if citizen.priority is not None:
            wish["priority"] = citizen.priority
        status, ticket = await room.door.ask("/tickets", wish, f"{citizen.no}-{turn}")
        if status != CREATED:
            room.tallies["turned_away"] += 1
            return None
        room.tallies["tickets"] += 1
        return dict(ticket)

    async def _be_served(self, ticket: dict[str, Any]) -> bool:
        """Wait for the call and be at the counter; False when the number was called in vain."""
        room, number = self._room, str(ticket["number"])
        try:
            counter = await room.senses.wait_for(number)
        finally:
            room.senses.forget(number)
        room.tallies["called"] += 1
        await room.now.sleep(self._citizen.walk_s)
        while not await self._holds(counter, number):
            # Handed on to another counter, or taken back: the next call is for this person too.
            if room.screen.elsewhere(number) is None:
                return False
            counter = room.screen.elsewhere(number) or counter
        room.present[counter] = (number, self._citizen)
        try:
            while room.screen.number_at(counter) == number:
                await room.screen.changed(WIRE_S)
        finally:
            if room.present.get(counter, ("",))[0] == number:
                del room.present[counter]
        room.tallies["served"] += 1
        await self._rate(counter, ticket)
        return True

    async def _holds(self, counter: int, number: str) -> bool:
        """Whether the counter has called the number; the pages may know it a moment later."""
        loop = asyncio.get_running_loop()
        until = loop.time() + WIRE_S
        while self._room.screen.number_at(counter) != number:
            if loop.time() >= until:
                return False
            await self._room.screen.changed(LOOK_S)
        return True

    async def _rate(self, counter: int, ticket: dict[str, Any]) -> None:
        """Press a grade as soon as the box asks; without a box by the phone."""
        grade, room = self._citizen.grade, self._room
        if grade is None:
            return
        try:
            await self._press(counter, grade, ticket)
        finally:
            room.careful.discard(self._citizen.no)

    async def _press(self, counter: int, grade: int, ticket: dict[str, Any]) -> None:
        room = self._room
        box = room.boxes.get(counter)
        loop = asyncio.get_running_loop()
        until, began = loop.time() + WIRE_S, room.now()
        room.raters[self._citizen.no] = loop.time()
        try:
            while box is not None and not box.silent:
                asks = box.state()
                if asks.get("session", asks.get("lamp")) and _pressed(box, grade):
                    room.tallies["graded"] += 1
                    await _fetched(box)
                    return
                if loop.time() >= until and (room.now() - began).total_seconds() >= BOX_S:
                    break
                await asyncio.sleep(LOOK_S)
        finally:
            del room.raters[self._citizen.no]
        wish = {"grade": grade, "token": ticket["token"]}
        path, key = f"/tickets/{ticket['id']}/rating", f"{self._citizen.no}-grade"
        status, _ = await room.door.ask(path, wish, key)
        room.tallies["graded"] += status < 300


async def _fetched(box: SimKeys) -> None:
    """Wait until the hall has taken what was pressed, a while at most."""
    loop = asyncio.get_running_loop()
    until = loop.time() + WIRE_S
    while loop.time() < until:
        await asyncio.sleep(LOOK_S)
        if not box.state()["pending"]:
            return


def _pressed(box: SimKeys, grade: int) -> bool:
    """Press a grade; False when the box has no such key, or is stuck or full."""
    try:
        return box.press(grade) is not None
    except (KeyError, ValueError):
        return False
