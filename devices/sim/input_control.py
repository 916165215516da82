"""The control routes of everything that is pressed or held up."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web

from devices.sim.control_answers import (
    ControlError,
    answer,
    counter_of,
    device_of,
    object_of,
)
from devices.sim.equipment import SimEquipment
from devices.sim.inputs import SimKeys


class InputControl:
    """Keypads, rating boxes, issue buttons, input modules, scanners and card readers."""

    def __init__(self, equipment: SimEquipment) -> None:
        self._equipment = equipment
        self._inputs = equipment.inputs

    def routes(self) -> list[web.RouteDef]:
        """Every route of this part."""
        return [
            web.get("/keypads/{counter}", self.keypad),
            web.post("/keypads/{counter}/press", self.press_key),
            web.get("/rating-boxes/{counter}", self.rating_box),
            web.post("/rating-boxes/{counter}/press", self.press_grade),
            web.get("/issue-buttons/{id}", self.issue_button),
            web.post("/issue-buttons/{id}/press", self.press_button),
            web.get("/input-modules/{id}", self.module),
            web.post("/input-modules/{id}/press", self.press_input),
            web.get("/scanners/{id}", self.scanner),
            web.post("/scanners/{id}/scan", self.scan),
            web.get("/card-readers/{id}", self.card_reader),
            web.post("/card-readers/{id}/card", self.lay_card),
        ]

    # --- keypads, rating boxes, issue buttons

    async def keypad(self, request: web.Request) -> web.Response:
        return answer(device_of(self._inputs.keypads, counter_of(request)).state())

    async def press_key(self, request: web.Request) -> web.Response:
        unit = device_of(self._inputs.keypads, counter_of(request))
        body = await object_of(request)
        key, value = body.get("key"), body.get("value", 0)
        if not isinstance(value, int) or not 0 <= value <= 0xFFFF:
            raise ControlError(422, "invalid", "号码须为 0–65535", "value must be 0 to 65535")
        return _pressed(unit, str(key), value)

    async def rating_box(self, request: web.Request) -> web.Response:
        box = device_of(self._inputs.rating_boxes, counter_of(request))
        return answer(self._equipment.rating_box(box.counter))

    async def press_grade(self, request: web.Request) -> web.Response:
        unit = device_of(self._inputs.rating_boxes, counter_of(request))
        grade = (await object_of(request)).get("grade")
        if type(grade) is not int or not 1 <= grade <= 5:
            raise ControlError(422, "unknown_grade", "评价须为 1–5", "grade must be 1 to 5")
        try:
            seq = unit.press(grade)
        except (KeyError, ValueError) as error:
            sentence = "这个评价器没有这一档", "this box has no key for that grade"
            raise ControlError(422, "unknown_grade", *sentence) from error
        return _latched(unit, seq)

    async def issue_button(self, request: web.Request) -> web.Response:
        return answer(self._button(request).state() | {"id": request.match_info["id"]})

    async def press_button(self, request: web.Request) -> web.Response:
        """{"key": "NEXT"}; without a key the first one."""
        button = self._button(request)
        key = (await object_of(request)).get("key", button.first_key)
        return _pressed(button, str(key), 0)

    def _button(self, request: web.Request) -> SimKeys:
        return device_of(self._inputs.issue_buttons, request.match_info["id"])

    # --- modules

    async def module(self, request: web.Request) -> web.Response:
        return answer(device_of(self._inputs.modules, request.match_info["id"]).state())

    async def press_input(self, request: web.Request) -> web.Response:
        """{"input": 3}: press the key on that input and let go soon."""
        module = device_of(self._inputs.modules, request.match_info["id"])
        number = await self._input(request, module.row.inputs)
        module.press(number)
        return answer(module.state(), 202)

    async def _input(self, request: web.Request, most: int) -> int:
        number = (await object_of(request)).get("input")
        if type(number) is not int or not 1 <= number <= most:
            sentence = f"输入须为 1–{most}", f"input must be 1 to {most}"
            raise ControlError(422, "invalid", *sentence)
        return number

    # --- scanners and card readers

    async def scanner(self, request: web.Request) -> web.Response:
        return answer(device_of(self._inputs.scanners, request.match_info["id"]).state())

    async def scan(self, request: web.Request) -> web.Response:
        """{"code": "…"}: hold that code before the scanner."""
        scanner = device_of(self._inputs.scanners, request.match_info["id"])
        code = (await object_of(request)).get("code")
        try:
            scanner.scan(str(code or ""))
        except (ValueError, UnicodeError) as error:
            sentence = "码须为 1–512 字节，不能换行", "a code has 1 to 512 bytes and no line break"
            raise ControlError(422, "invalid", *sentence) from error
        return answer(scanner.state(), 202)

    async def card_reader(self, request: web.Request) -> web.Response:
        return answer(device_of(self._inputs.card_readers, request.match_info["id"]).state())

    async def lay_card(self, request: web.Request) -> web.Response:
        """{"born": "1950-01-02"}: lay a fake card down; {"born": null} takes it away."""
        reader = device_of(self._inputs.card_readers, request.match_info["id"])
        born: Any = (await object_of(request)).get("born")
        try:
            reader.lay(None if born is None else date.fromisoformat(born))
        except (ValueError, TypeError) as error:
            sentence = "出生日期须像 1950-01-02", "born must be a date such as 1950-01-02"
            raise ControlError(422, "invalid", *sentence) from error
        return answer(reader.state())


def _pressed(unit: SimKeys, key: str, value: int) -> web.Response:
    try:
        seq = unit.press(key, value)
    except KeyError as error:
        sentence = f"键盘上没有“{key}”键", f'there is no key "{key}"'
        raise ControlError(422, "unknown_key", *sentence) from error
    return _latched(unit, seq)


def _latched(unit: SimKeys, seq: int | None) -> web.Response:
    if seq is None and unit.faults().get("stuck"):
        sentence = "有键卡住，这次没有按下", "a key is jammed, the press did not get through"
        raise ControlError(409, "key_stuck", *sentence)
    if seq is None:
        sentence = "按键队列已满，这次没有记住", "the unit's queue is full, the press is lost"
        raise ControlError(409, "unit_full", *sentence)
    return answer({"unit": unit.unit, "boot": unit.boot, "seq": seq}, 202)
