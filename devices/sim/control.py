"""The HTTP side of the simulators, on loopback: what the bench page and the tests read and press.

The service passes /api/v1/sim/* through to the same paths here. JSON; refusals are
application/problem+json with a stable code, a Chinese and an English sentence.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, cast
from urllib.parse import unquote, urlsplit

from aiohttp import web

from devices.framing.escpos_commands import CommandParser
from devices.sim.button_unit import SimButtonUnit
from devices.sim.clock import stamp
from devices.sim.equipment import SimEquipment
from devices.sim.paper_picture import FontError, paper_png
from devices.sim.platform import MODES, SLOW_S, Ledger, Mode, Post
from devices.sim.repeats import KeyReusedError, Repeats, digest_of
from devices.sim.speaker import Announcement, SpeakerBusyError, UnplayableError

LAST_MS = 32_503_680_000_000
"""The year 3000."""
MOST_SPEED = 10_000
MAX_BODY_BYTES = 32 << 20
OWN_WAYS = ("/platform/visits", "/platform/cases", "/speaker/play")
"""Posts of the service's own: the platform judges keys itself, every playing is heard."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
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


class Control:
    """The routes; `stopped` is set by POST /shutdown."""

    def __init__(self, equipment: SimEquipment, stopped: asyncio.Event) -> None:
        self._equipment = equipment
        self._stopped = stopped
        self._started_at = stamp(equipment.now())
        self._slow_s = SLOW_S
        self._repeats = Repeats()
        self._one_by_one = asyncio.Lock()

    def app(self) -> web.Application:
        """An aiohttp application with every control route."""
        app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[_refusals, self._once])
        app.add_routes(
            [
                web.get("/health", self.health),
                web.get("/bench", self.bench),
                web.post("/shutdown", self.shutdown),
                web.post("/clock", self.set_clock),
                web.get("/printers/{id}", self.printer),
                web.get("/printers/{id}/tickets", self.tickets),
                web.get("/printers/{id}/tickets/{no}.png", self.picture),
                web.post("/printers/{id}/fault", self.printer_fault),
                web.get("/leds/{counter}", self.led),
                web.post("/leds/{counter}/fault", self.led_fault),
                web.get("/keypads/{counter}", self.keypad),
                web.post("/keypads/{counter}/press", self.press_key),
                web.post("/keypads/{counter}/fault", self.unit_fault),
                web.get("/rating-boxes/{counter}", self.rating_box),
                web.post("/rating-boxes/{counter}/press", self.press_grade),
                web.post("/rating-boxes/{counter}/fault", self.unit_fault),
                web.get("/speaker", self.phrases),
                web.get("/speaker/{id}.wav", self.wav),
                web.post("/speaker/play", self.play),
                web.post("/speaker/fault", self.speaker_fault),
                web.get("/platform/mode", self.mode),
                web.post("/platform/mode", self.set_mode),
                web.get("/platform/{ledger:visits|cases}", self.rows),
                web.post("/platform/{ledger:visits|cases}", self.receive),
            ]
        )
        return app

    @web.middleware
    async def _once(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Do a thing once per key; the lock is for repeats that overtake the first answer."""
        key = request.headers.get("Idempotency-Key")
        if request.method != "POST" or key is None or request.path in OWN_WAYS:
            return await handler(request)
        digest = digest_of(request.method, request.path, await request.read())
        async with self._one_by_one:
            try:
                given: web.StreamResponse | None = self._repeats.answer(key, digest)
            except KeyReusedError as error:
                sentence = (
                    "同一个操作编号用在了两件不同的事上",
                    "this key belongs to another request",
                )
                raise ControlError(422, "key_reused", *sentence) from error
            if given is None:
                given = await handler(request)
                self._repeats.remember(key, digest, given)
        return given

    async def health(self, request: web.Request) -> web.Response:
        return answer({"ok": True, "pid": os.getpid(), "started_at": self._started_at})

    async def bench(self, request: web.Request) -> web.Response:
        return answer(self._equipment.overview())

    async def shutdown(self, request: web.Request) -> web.Response:
        self._stopped.set()
        return answer({"ok": True}, 202)

    async def set_clock(self, request: web.Request) -> web.Response:
        """{"at": UTC ms, "speed": n}: the hall's clock, which all stamps follow from now on."""
        body = await _object(request)
        at, speed = body.get("at"), body.get("speed")
        if type(at) is not int or not 0 <= at <= LAST_MS:
            raise ControlError(422, "invalid", "时间 at 须为毫秒数", "at must be UTC milliseconds")
        if not isinstance(speed, int | float) or speed is True or not 0 < speed <= MOST_SPEED:
            sentence = "快慢 speed 须大于 0", f"speed must be above 0, at most {MOST_SPEED}"
            raise ControlError(422, "invalid", *sentence)
        self._equipment.now.set(at, speed)
        return answer({"at": stamp(self._equipment.now()), "speed": speed})

    # --- printers

    async def printer(self, request: web.Request) -> web.Response:
        return answer(_device(self._equipment.printers, request.match_info["id"]).state())

    async def tickets(self, request: web.Request) -> web.Response:
        printer = _device(self._equipment.printers, request.match_info["id"])
        return answer([ticket.brief() for ticket in printer.tickets])

    async def picture(self, request: web.Request) -> web.Response:
        """A ticket as a PNG of its own dots."""
        printer = _device(self._equipment.printers, request.match_info["id"])
        tickets = {str(ticket.no): ticket for ticket in printer.tickets}
        ticket = _device(tickets, request.match_info["no"])
        operations = CommandParser().feed(ticket.paper.raw)
        try:
            png = await asyncio.to_thread(paper_png, operations, printer.make.width_dots)
        except FontError as error:
            sentence = "没有安装中文字体，画不出小票", str(error)
            raise ControlError(503, "no_font", *sentence) from error
        return web.Response(body=png, content_type="image/png")

    async def printer_fault(self, request: web.Request) -> web.Response:
        printer = _device(self._equipment.printers, request.match_info["id"])
        try:
            printer.set_fault(**await _object(request))
        except ValueError as error:
            raise _unknown_fault(str(error)) from error
        return answer(printer.state())

    # --- LED strips

    async def led(self, request: web.Request) -> web.Response:
        return answer(_device(self._equipment.leds, _counter(request)).state())

    async def led_fault(self, request: web.Request) -> web.Response:
        card = _device(self._equipment.leds, _counter(request))
        card.set_power(await _flag(request, "powered"))
        return answer(card.state())

    # --- keypads and rating boxes

    async def keypad(self, request: web.Request) -> web.Response:
        return answer(_device(self._equipment.keypads, _counter(request)).state())

    async def press_key(self, request: web.Request) -> web.Response:
        unit = _device(self._equipment.keypads, _counter(request))
        body = await _object(request)
        key, value = body.get("key"), body.get("value", 0)
        key = self._equipment.keys.get(str(key), str(key))
        if not isinstance(value, int) or not 0 <= value <= 0xFFFF:
            raise ControlError(422, "invalid", "号码须为 0–65535", "value must be 0 to 65535")
        try:
            seq = unit.press(key, value)
        except KeyError as error:
            sentence = f"键盘上没有“{key}”键", f'there is no key "{key}"'
            raise ControlError(422, "unknown_key", *sentence) from error
        return _latched(unit, seq)

    async def rating_box(self, request: web.Request) -> web.Response:
        box = _device(self._equipment.rating_boxes, _counter(request))
        return answer(self._equipment.rating_box(box.counter))

    async def press_grade(self, request: web.Request) -> web.Response:
        unit = _device(self._equipment.rating_boxes, _counter(request))
        grade = (await _object(request)).get("grade")
        if type(grade) is not int or not 1 <= grade <= 5:
            raise ControlError(422, "unknown_grade", "评价须为 1–5", "grade must be 1 to 5")
        return _latched(unit, unit.press(grade))

    async def unit_fault(self, request: web.Request) -> web.Response:
        """{"silent": true} unplugs the unit; {"silent": false} plugs it in: a new boot id."""
        is_keypad = request.path.startswith("/keypads/")
        units: Mapping[int, SimButtonUnit] = (
            self._equipment.keypads if is_keypad else self._equipment.rating_boxes
        )
        unit = _device(units, _counter(request))
        silent = await _flag(request, "silent")
        if unit.silent and not silent:
            unit.power_up()
        unit.silent = silent
        return await (self.keypad(request) if is_keypad else self.rating_box(request))

    # --- loudspeaker

    async def phrases(self, request: web.Request) -> web.Response:
        return answer([phrase.brief() for phrase in self._equipment.timeline.phrases.values()])

    async def wav(self, request: web.Request) -> web.Response:
        data = self._equipment.timeline.wav(request.match_info["id"])
        if data is None:
            raise ControlError(404, "not_found", "没有这段录音", "there is no such recording")
        return web.Response(body=data, content_type="audio/wav")

    async def play(self, request: web.Request) -> web.Response:
        """Answers when the phrase has been played."""
        wanted = request.headers.get("X-Speaker") or next(iter(self._equipment.speakers), "")
        speaker = _device(self._equipment.speakers, wanted)
        if speaker.gone:
            raise ControlError(503, "speaker_gone", "扬声器不在", "the loudspeaker is gone")
        times = request.headers.get("X-Times", "1")
        said = Announcement(
            text=unquote(request.headers.get("X-Text", "")),
            voice=unquote(request.headers.get("X-Voice", "")),
            times=int(times) if times.isascii() and times.isdigit() else 1,
        )
        try:
            phrase = await speaker.play(await request.read(), said)
        except SpeakerBusyError as error:
            busy = ControlError(409, "speaker_busy", "正在播放另一段", "another phrase is playing")
            busy.document["retry_after_s"] = round(error.left_s, 1)
            raise busy from error
        except UnplayableError as error:
            sentence = f"不是可播放的 WAV：{error}", f"not a WAV that plays: {error}"
            raise ControlError(422, "unplayable", *sentence) from error
        return answer(phrase.brief())

    async def speaker_fault(self, request: web.Request) -> web.Response:
        gone = await _flag(request, "gone")
        for speaker in self._equipment.speakers.values():
            speaker.gone = gone
        return answer({"gone": gone})

    # --- platform

    async def mode(self, request: web.Request) -> web.Response:
        return answer(self._equipment.platform.summary())

    async def set_mode(self, request: web.Request) -> web.Response:
        body = await _object(request)
        mode, delay_s = body.get("mode"), body.get("delay_s", SLOW_S)
        if mode not in MODES or not isinstance(delay_s, int | float) or not 0 <= delay_s <= 60:
            known = ", ".join(MODES)
            raise ControlError(422, "unknown_mode", f"可用：{known}", f"mode is one of {known}")
        self._equipment.platform.mode = cast(Mode, mode)
        self._slow_s = delay_s
        return answer(self._equipment.platform.summary())

    async def rows(self, request: web.Request) -> web.Response:
        return answer(self._equipment.platform.rows(_ledger(request)))

    async def receive(self, request: web.Request) -> web.StreamResponse:
        platform = self._equipment.platform
        body = await request.read()
        given = platform.receive(Post(_ledger(request), request.headers, body))
        if platform.mode == "slow":
            await asyncio.sleep(self._slow_s)
        elif platform.mode == "cut" and request.transport:
            request.transport.abort()  # stored, and the sender does not learn it
        return answer(given.document, given.status)


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals as problem+json. A page of another site in a browser here gets nothing."""
    origin = _host(request.headers.get("Origin", ""))
    if _host(f"//{request.host}") not in LOOPBACK or (origin and origin not in LOOPBACK):
        foreign = ControlError(403, "forbidden", "只限本机使用", "for this machine only")
        return answer(foreign.document, foreign.status)
    try:
        return await handler(request)
    except ControlError as error:
        return answer(error.document, error.status)
    except web.HTTPException as error:
        code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status)
        sentence = "没有这个地址或方法", error.reason
        refusal = ControlError(error.status, code or "refused", *sentence)
        return answer(refusal.document, refusal.status)


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return address


def _device(devices: Mapping[Any, _Device], wanted: str | int | None) -> _Device:
    if wanted not in devices:
        known = ", ".join(str(one) for one in devices) or "-"
        sentence = f"没有这个模拟设备；有：{known}", f"there is no such device; there are: {known}"
        raise ControlError(404, "not_found", *sentence)
    return devices[wanted]


def _counter(request: web.Request) -> int | None:
    counter = request.match_info["counter"]
    return int(counter) if counter.isascii() and counter.isdigit() and len(counter) < 6 else None


def _ledger(request: web.Request) -> Ledger:
    return "visits" if request.match_info["ledger"] == "visits" else "cases"


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError) as error:
        raise ControlError(400, "malformed", "请求不是 JSON", "the body is not JSON") from error
    if not isinstance(body, dict):
        raise ControlError(400, "malformed", "请求不是 JSON 对象", "the body is not an object")
    return body


async def _flag(request: web.Request, name: str) -> bool:
    value = (await _object(request)).get(name)
    if not isinstance(value, bool):
        raise _unknown_fault(name)
    return value


def _unknown_fault(name: str) -> ControlError:
    return ControlError(
        422, "unknown_fault", f"故障“{name}”或它的值不可用", f'no fault "{name}" with that value'
    )


def _latched(unit: SimButtonUnit, seq: int | None) -> web.Response:
    if seq is None:
        sentence = "按键队列已满，这次没有记住", "the unit's queue is full, the press is lost"
        raise ControlError(409, "unit_full", *sentence)
    return answer({"unit": unit.unit, "boot": unit.boot, "seq": seq}, 202)
