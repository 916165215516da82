"""How the simulators' control port answers: JSON, and refusals with a code and two sentences."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from aiohttp import web

_Device = TypeVar("_Device")


class ControlError(Exception):
    """A refusal: status, code, a sentence in Chinese and one in English."""

    def __init__(self, status: int, code: str, detail: str, detail_en: str) -> None:
        self.status = status
        self.document: dict[str, Any] = {
            "type": "about:blank",
            "title": code,
            "status": status,
            "code": code,
            "detail": detail,
            "detail_en": detail_en,
        }


def answer(document: Any, status: int = 200) -> web.Response:
    """JSON, with Chinese as it is."""
    problem = status >= 400
    return web.Response(
        text=json.dumps(document, ensure_ascii=False),
        status=status,
        content_type="application/problem+json" if problem else "application/json",
    )


def device_of(devices: Mapping[Any, _Device], wanted: str | int | None) -> _Device:
    """The device of that name; 404 when there is none."""
    if wanted not in devices:
        known = ", ".join(str(one) for one in devices) or "-"
        sentence = f"没有这个模拟设备；有：{known}", f"there is no such device; there are: {known}"
        raise ControlError(404, "not_found", *sentence)
    return devices[wanted]


def counter_of(request: web.Request) -> int | None:
    """The counter in the path; None when it is no number."""
    counter = request.match_info["counter"]
    return int(counter) if counter.isascii() and counter.isdigit() and len(counter) < 6 else None


async def object_of(request: web.Request) -> dict[str, Any]:
    """The body, a JSON object; nothing is an empty one."""
    try:
        body = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError) as error:
        raise ControlError(400, "malformed", "请求不是 JSON", "the body is not JSON") from error
    if not isinstance(body, dict):
        raise ControlError(400, "malformed", "请求不是 JSON 对象", "the body is not an object")
    return body


async def flag_of(request: web.Request, name: str) -> bool:
    """A member of the body that is true or false."""
    value = (await object_of(request)).get(name)
    if not isinstance(value, bool):
        raise unknown_fault(name)
    return value


def unknown_fault(name: str) -> ControlError:
    """The refusal of a fault that does not exist, or of its value."""
    return ControlError(
        422, "unknown_fault", f"故障“{name}”或它的值不可用", f'no fault "{name}" with that value'
    )
