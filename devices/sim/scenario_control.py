"""The control routes of scenarios: what runs, and starting one."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from config.settings import ConfigErrors, shipped_scenario, shipped_scenarios
from devices.sim.control_answers import ControlError, answer, object_of
from devices.sim.equipment import SimEquipment
from devices.sim.scenario import read_steps


async def begin(equipment: SimEquipment, file: Path) -> None:
    """Start a scenario file on the devices of a hall. Raises ConfigErrors."""
    equipment.scenario.start(*await asyncio.to_thread(read_steps, file, equipment.faults))


class ScenarioControl:
    """One scenario at a time."""

    def __init__(self, equipment: SimEquipment) -> None:
        self._equipment = equipment

    def routes(self) -> list[web.RouteDef]:
        """Every route of this part."""
        return [web.get("/scenario", self.scenario), web.post("/scenario", self.start)]

    async def scenario(self, request: web.Request) -> web.Response:
        """What runs, or ran last, and the names of those that ship."""
        return answer(self._equipment.scenario.state() | {"shipped": shipped_scenarios()})

    async def start(self, request: web.Request) -> web.Response:
        """{"name": one that ships}; {"file": any, from this machine}; {"name": null} stops."""
        body = await object_of(request)
        name, file = body.get("name"), body.get("file")
        path = Path(file) if isinstance(file, str) else shipped_scenario(str(name))
        if name is None and file is None:
            self._equipment.scenario.stop()
        elif path is None:
            known = ", ".join(shipped_scenarios())
            sentence = f"没有这个场景；有：{known}", f"no such scenario; there are: {known}"
            raise ControlError(404, "not_found", *sentence)
        else:
            await self._begin(path)
        return await self.scenario(request)

    async def _begin(self, path: Path) -> None:
        try:
            await begin(self._equipment, path)
        except ConfigErrors as errors:
            zh = "；".join(f"{one.file} {one.key}：{one.sentence_zh}" for one in errors.errors)
            en = "; ".join(f"{one.file} {one.key}: {one.sentence}" for one in errors.errors)
            raise ControlError(422, "invalid", zh, en) from errors
