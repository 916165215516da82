"""The control routes of faults: for each kind of device, and for all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from devices.sim.control_answers import (
    ControlError,
    answer,
    device_of,
    flag_of,
    object_of,
    unknown_fault,
)
from devices.sim.equipment import SimEquipment
from devices.sim.fault_kinds import UnknownFaultError

PLACES = {
    "/printers/{id}": "printer",
    "/leds/{id}": "led",
    "/keypads/{id}": "keypad",
    "/rating-boxes/{id}": "rating-box",
    "/issue-buttons/{id}": "issue-button",
    "/input-modules/{id}": "input-module",
    "/scanners/{id}": "scanner",
    "/card-readers/{id}": "card-reader",
    "/speakers/{id}": "speaker",
    "/lines/{id}": "line",
}
"""Path of a device -> the first part of its name."""


class FaultControl:
    """Break things and mend them."""

    def __init__(self, equipment: SimEquipment) -> None:
        self._equipment = equipment
        self._board = equipment.faults

    def routes(self) -> list[web.RouteDef]:
        """Every route of this part."""
        return [
            *(web.post(f"{path}/fault", self.device_fault) for path in PLACES),
            web.get("/lines/{id}", self.line),
            web.get("/speakers/{id}", self.speaker),
            web.post("/speaker/fault", self.all_speakers),
            web.get("/faults", self.faults),
            web.post("/faults", self.set_fault),
            web.post("/faults/clear", self.clear),
        ]

    async def device_fault(self, request: web.Request) -> web.Response:
        """Some members of the device's faults; answers with its state."""
        kind, id = self._named(request)
        faults = await object_of(request)
        module = self._equipment.inputs.modules.get(id) if kind == "input-module" else None
        if module is not None and "stuck" in faults:
            await self._jam(request, id)
        else:
            self._set(f"{kind}:{id}", faults)
        return answer(self._state(kind, id))

    async def line(self, request: web.Request) -> web.Response:
        return answer(self._state("line", request.match_info["id"]))

    async def speaker(self, request: web.Request) -> web.Response:
        return answer(self._state("speaker", request.match_info["id"]))

    async def all_speakers(self, request: web.Request) -> web.Response:
        """{"gone": …} for all of them."""
        gone = await flag_of(request, "gone")
        for name, device in self._board.devices.items():
            if name.startswith("speaker:"):
                device.set_fault(gone=gone)
        return answer({"gone": gone})

    async def faults(self, request: web.Request) -> web.Response:
        return answer(self._board.overview())

    async def set_fault(self, request: web.Request) -> web.Response:
        """{"device": "printer:kiosk", "faults": {"paper": "out"}}."""
        body = await object_of(request)
        faults = body.get("faults")
        if not isinstance(faults, dict):
            raise unknown_fault("faults")
        self._set(str(body.get("device")), faults)
        return await self.faults(request)

    async def clear(self, request: web.Request) -> web.Response:
        """Make everything well; a scenario would break it again."""
        self._equipment.scenario.stop()
        self._board.clear()
        return await self.faults(request)

    def _set(self, name: str, faults: Mapping[str, Any]) -> None:
        device = device_of(self._board.devices, name)
        try:
            device.set_fault(**faults)
        except UnknownFaultError as error:
            raise unknown_fault(str(error)) from error

    async def _jam(self, request: web.Request, id: str) -> None:
        """{"input": 3, "stuck": …}: one key of a module, whatever the others do."""
        module = self._equipment.inputs.modules[id]
        stuck, number = await flag_of(request, "stuck"), (await object_of(request)).get("input")
        most = module.row.inputs
        if type(number) is not int or not 1 <= number <= most:
            sentence = f"输入须为 1–{most}", f"input must be 1 to {most}"
            raise ControlError(422, "invalid", *sentence)
        module.stick(number, stuck)

    def _named(self, request: web.Request) -> tuple[str, str]:
        place = request.match_info.route.resource
        assert place is not None
        kind, id = PLACES[place.canonical.removesuffix("/fault")], request.match_info["id"]
        device_of(self._board.devices, f"{kind}:{id}")
        return kind, id

    def _state(self, kind: str, id: str) -> dict[str, Any]:
        name = f"{kind}:{id}"
        device: Any = device_of(self._board.devices, name)
        if kind == "rating-box":
            return self._equipment.rating_box(int(id))
        if kind == "issue-button":
            state: dict[str, Any] = device.state() | {"id": id}
            return state
        if kind == "line":
            port = next(port for port in self._equipment.ports if port.name == id)
            return {"name": id, "garbage": device.garbage, "unread": port.lost} | {
                "faults": device.faults()
            }
        if kind == "speaker":
            return {"id": id, "playing": device.playing, "gone": device.gone}
        state = device.state()
        return state
