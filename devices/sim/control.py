"""The HTTP side of the simulators, on loopback: what the bench page and the tests read and press.

The service passes /api/v1/sim/* through to the same paths here. JSON; refusals are
application/problem+json with a stable code, a Chinese and an English sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast
from urllib.parse import unquote, urlsplit

from aiohttp import ClientPayloadError, StreamReader, web

from config.settings import Settings
from devices.framing.escpos_commands import CommandParser
from devices.paper_picture import FontError, paper_png
from devices.sim.clock import stamp
from devices.sim.control_answers import (
    ControlError,
    answer,
    counter_of,
    device_of,
    object_of,
)
from devices.sim.day_control import DayControl
from devices.sim.equipment import SimEquipment
from devices.sim.fault_control import FaultControl
from devices.sim.input_control import InputControl
from devices.sim.platform import MODES, SLOW_S, Ledger, Mode, Post
from devices.sim.repeats import KeyReusedError, Repeats, digest_of
from devices.sim.scenario_control import ScenarioControl
from devices.sim.speaker import Announcement, SimSpeaker, SpeakerBusyError, UnplayableError

LAST_MS = 32_503_680_000_000
"""The year 3000."""
MOST_SPEED = 10_000
MAX_BODY_BYTES = 32 << 20
FIRST_BYTES = 4096
OWN_WAYS = ("/platform/visits", "/platform/cases", "/speaker/play")
"""Posts of the service's own: the platform judges keys itself, every playing is heard."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_Device = TypeVar("_Device")


class Control:
    """The routes; `stopped` is set by POST /shutdown."""

    def __init__(
        self, settings: Settings, equipment: SimEquipment, stopped: asyncio.Event
    ) -> None:
        self._equipment = equipment
        self._stopped = stopped
        self.day = DayControl(settings, equipment)
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
                web.get("/leds/{counter}", self.led),
                *InputControl(self._equipment).routes(),
                *self.day.routes(),
                *FaultControl(self._equipment).routes(),
                *ScenarioControl(self._equipment).routes(),
                web.get("/speaker", self.phrases),
                web.get("/speaker/{id}.wav", self.wav),
                web.get("/speaker/there", self.speaker_there),
                web.post("/speaker/play", self.play),
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
        body = await object_of(request)
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
        return answer(device_of(self._equipment.printers, request.match_info["id"]).state())

    async def tickets(self, request: web.Request) -> web.Response:
        printer = device_of(self._equipment.printers, request.match_info["id"])
        return answer([ticket.brief() for ticket in printer.tickets])

    async def picture(self, request: web.Request) -> web.Response:
        """A ticket as a PNG of its own dots."""
        printer = device_of(self._equipment.printers, request.match_info["id"])
        tickets = {str(ticket.no): ticket for ticket in printer.tickets}
        ticket = device_of(tickets, request.match_info["no"])
        operations = CommandParser().feed(ticket.paper.raw)
        try:
            png = await asyncio.to_thread(paper_png, operations, printer.make.width_dots)
        except FontError as error:
            sentence = "没有安装中文字体，画不出小票", str(error)
            raise ControlError(503, "no_font", *sentence) from error
        return web.Response(body=png, content_type="image/png")

    # --- LED strips

    async def led(self, request: web.Request) -> web.Response:
        return answer(device_of(self._equipment.strips.by_counter, counter_of(request)).state())

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
        speaker = self._speaker_there(request)
        times = request.headers.get("X-Times", "1")
        said = Announcement(
            text=unquote(request.headers.get("X-Text", "")),
            voice=unquote(request.headers.get("X-Voice", "")),
            times=int(times) if times.isascii() and times.isdigit() else 1,
        )
        try:
            if "Content-Length" in request.headers:
                phrase = await speaker.play(await request.read(), said)
            else:
                first = await _first_samples(request.content)
                phrase = await speaker.play(first, said, _until_end(request.content))
        except SpeakerBusyError as error:
            busy = ControlError(409, "speaker_busy", "正在播放另一段", "another phrase is playing")
            busy.document["retry_after_s"] = round(error.left_s, 1)
            raise busy from error
        except UnplayableError as error:
            sentence = f"不是可播放的 WAV：{error}", f"not a WAV that plays: {error}"
            raise ControlError(422, "unplayable", *sentence) from error
        return answer(phrase.brief())

    async def speaker_there(self, request: web.Request) -> web.Response:
        """Whether it would play now: 503 when it would not."""
        return answer({"playing": self._speaker_there(request).playing})

    def _speaker_there(self, request: web.Request) -> SimSpeaker:
        wanted = request.headers.get("X-Speaker") or next(iter(self._equipment.speakers), "")
        speaker = device_of(self._equipment.speakers, wanted)
        if speaker.gone:
            raise ControlError(503, "speaker_gone", "扬声器不在", "the loudspeaker is gone")
        return speaker

    # --- platform

    async def mode(self, request: web.Request) -> web.Response:
        return answer(self._equipment.platform.summary())

    async def set_mode(self, request: web.Request) -> web.Response:
        body = await object_of(request)
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


def _ledger(request: web.Request) -> Ledger:
    return "visits" if request.match_info["ledger"] == "visits" else "cases"


async def _first_samples(content: StreamReader) -> bytes:
    """The head of a WAV that comes in pieces, and enough behind it to begin with."""
    data = b""
    while len(data) < FIRST_BYTES and not content.at_eof():
        data += await content.readany()
    return data


async def _until_end(content: StreamReader) -> bytes:
    """The rest, as far as it comes: who sends it may die, and the speaker plays what it has."""
    data = b""
    with contextlib.suppress(OSError, ClientPayloadError, web.RequestPayloadError):
        while chunk := await content.readany():
            data += chunk
    return data
