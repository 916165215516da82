"""The control routes of a whole day: begin one, look how far it is, end it."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from aiohttp import web

from config.settings import Settings
from devices.sim.control_answers import ControlError, answer, object_of
from devices.sim.equipment import SimEquipment
from devices.sim.hall import SimDay, seconds_from, sessions_of
from devices.sim.hall_door import HallDoor
from devices.sim.people import DayWish, usual_people

PEOPLE_MOST = 5000
SEEDS = 1 << 31


class DayControl:
    """One day at a time; it outlives neither this process nor POST /day/stop."""

    def __init__(self, settings: Settings, equipment: SimEquipment) -> None:
        self._settings = settings
        self._equipment = equipment
        self._day: SimDay | None = None
        self._playing: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """Every route of this part."""
        return [
            web.get("/day", self.look),
            web.post("/day", self.begin),
            web.post("/day/stop", self.stop),
        ]

    async def look(self, request: web.Request) -> web.Response:
        """How far the day is; {"state": "none"} before the first."""
        return answer({"state": "none"} if self._day is None else self._day.status())

    async def begin(self, request: web.Request) -> web.Response:
        """{"url": the service's, "seed": 1, "opens": "08:30", "closes": "17:30", …}: a day."""
        if self._playing is not None and not self._playing.done():
            sentence = "一天正在演，请先停下", "a day is being played; stop it first"
            raise ControlError(409, "illegal_step", *sentence)
        body = await object_of(request)
        wish = self._wish(body)
        door = HallDoor(str(body.get("url")), f"day-{secrets.token_hex(4)}")
        self._day = SimDay(self._settings, self._equipment, wish, door)
        running = self._day.run(clerks=body.get("clerks", True) is True)
        self._playing = asyncio.create_task(running, name="day")
        return answer(self._day.status(), 202)

    async def stop(self, request: web.Request) -> web.Response:
        """Everybody goes home at once; what they have begun stays as it is."""
        await self.end()
        return await self.look(request)

    async def end(self) -> None:
        """End the day, if one is played."""
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.wait({self._playing})

    def _wish(self, body: dict[str, Any]) -> DayWish:
        now = self._equipment.now()
        sessions = sessions_of(self._settings, now.weekday())
        market = body.get("market", False) is True
        people = body.get("people")
        if people is None:
            people = usual_people(self._settings, market=market)
        seed = body.get("seed", 1)
        try:
            first = seconds_from(body.get("opens"), sessions[0][0])
            last = seconds_from(body.get("closes"), sessions[-1][1])
        except ValueError as error:
            raise _wrong("时间须像 08:30", "times look like 08:30") from error
        if not first < last:
            raise _wrong("开始须早于结束", "the day ends before it begins")
        if type(people) is not int or not 1 <= people <= PEOPLE_MOST:
            raise _wrong(f"人数须为 1–{PEOPLE_MOST}", f"people must be 1 to {PEOPLE_MOST}")
        if type(seed) is not int or not 0 <= seed < SEEDS:
            raise _wrong("种子须为非负整数", "the seed must be a whole number")
        even = body.get("clerks", True) is False
        return DayWish(seed, first, last, people, market, even)


def _wrong(detail: str, detail_en: str) -> ControlError:
    return ControlError(422, "invalid", detail, detail_en)
