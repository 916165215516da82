"""Drivers and simulators, which do not know each other, over the simulators' real ports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from devices.bus import Bus
from devices.keypad import Keypad, KeyPressed
from devices.led import LedError, LedLine, LedStrip, LedText, Panel
from devices.led_bx import BxCodec
from devices.link import Link, LinkSettings
from devices.printer import Printer, PrinterError, PrinterStatus, Proof
from devices.profiles import profile
from devices.rating_box import RatingBox, RatingPressed
from devices.slip import TicketSlip, compose
from tests.fixtures.running import eventually
from tests.fixtures.simulators import Simulators, running_simulators

SLIP = TicketSlip(
    hall="云溪镇政务服务中心",
    number="A001",
    service="社保医保",
    ahead_line="前面还有 0 人",
    wait_line=None,
    time_line="2026-11-20 09:15",
    notice="过号作废，请留意叫号",
    qr="http://127.0.0.1:8080/t/abcdefghijk/AbCdEfGhIjKl",
)
MAKE = profile("cn-generic-80", confirm="process-id")


@pytest.fixture(params=[(), ("--tcp",)], ids=["pty", "tcp"])
async def simulators(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Simulators]:
    async with running_simulators(tmp_path, *request.param) as running:
        yield running


@asynccontextmanager
async def open_link(simulators: Simulators, name: str, baud: int) -> AsyncIterator[Link]:
    link = Link(LinkSettings(name, simulators.ports["lines"][name], baud))
    await link.start()
    try:
        assert await link.wait_open(5)
        yield link
    finally:
        await link.stop()


async def test_printer(simulators: Simulators) -> None:
    async with open_link(simulators, "kiosk", 115200) as link:
        printer = Printer(link, MAKE)
        assert await printer.status() == PrinterStatus.READY
        assert await printer.print(compose(SLIP, MAKE), 1) == Proof.PROCESS_ID
        [ticket] = (await simulators.get("/printers/kiosk/tickets")).body
        assert ticket["qr"] == SLIP.qr
        for words in (SLIP.hall, SLIP.number, SLIP.service, SLIP.notice):
            assert words in ticket["text"]
        [drawn] = (await simulators.get("/bench")).body["printers"][0]["last"]
        assert drawn["ignored"] == []
        assert max(line["columns"] for line in drawn["lines"] if line["kind"] == "text") <= 48
        for fault, status in (
            ({"paper": "low"}, PrinterStatus.PAPER_LOW),
            ({"paper": "out"}, PrinterStatus.PAPER_OUT),
            ({"paper": "ok", "cover": "open"}, PrinterStatus.COVER_OPEN),
            ({"cover": "closed", "cutter": "error"}, PrinterStatus.CUTTER_ERROR),
            ({"cutter": "ok", "off_line": True}, PrinterStatus.OFF_LINE),
        ):
            assert (await simulators.post("/printers/kiosk/fault", fault)).status == 200
            assert await printer.status() == status
        with pytest.raises(PrinterError) as refused:
            await printer.print(compose(SLIP, MAKE), 2)
        assert not refused.value.started
        assert len((await simulators.get("/printers/kiosk/tickets")).body) == 1


async def test_strips(simulators: Simulators) -> None:
    async with open_link(simulators, "leds", 57600) as link:
        line = LedLine(link)
        strips = [LedStrip(line, address, BxCodec(Panel(128))) for address in range(1, 6)]
        texts = [LedText(f"请A00{strip.address}号", "green", "flash") for strip in strips]
        await asyncio.gather(*(s.show(t) for s, t in zip(strips, texts, strict=True)))
        for counter in range(1, 6):
            led = (await simulators.get(f"/leds/{counter}")).body
            assert led["text"] == f"请A00{counter}号"
            assert (led["colour"], led["effect"]) == ("green", "flash")
            assert len(led["frames"]) == 1
        await simulators.post("/leds/2/fault", {"powered": False})
        with pytest.raises(LedError, match="no-answer"):
            await strips[1].show(LedText("请A009号"))


async def test_keypads_and_rating_boxes(simulators: Simulators) -> None:
    keys: list[KeyPressed] = []
    grades: list[RatingPressed] = []
    durable = False

    async def on_key(pressed: KeyPressed) -> bool:
        keys.append(pressed)
        return durable

    async def on_rating(pressed: RatingPressed) -> bool:
        grades.append(pressed)
        return True

    async def pending(path: str) -> list[object]:
        return list((await simulators.get(path)).body["pending"])

    async with open_link(simulators, "units", 19200) as link:
        bus = Bus(link)
        for unit in range(1, 6):
            Keypad(bus, unit, on_key)
        boxes = [RatingBox(bus, unit, on_rating) for unit in range(21, 26)]
        polling = asyncio.create_task(bus.run())
        pressed = (await simulators.post("/keypads/3/press", {"key": "NEXT"})).body

        async def told() -> bool:
            return len(keys) > 0

        await eventually(told)
        assert (keys[0].unit, keys[0].boot, keys[0].key) == (3, pressed["boot"], "NEXT")
        assert len(await pending("/keypads/3")) == 1  # not durable, not acknowledged
        durable = True

        async def acknowledged() -> bool:
            return not await pending("/keypads/3")

        await eventually(acknowledged)
        await boxes[2].open_session(77, 30)
        assert (await simulators.get("/rating-boxes/3")).body["session"] == 77
        await simulators.post("/rating-boxes/3/press", {"grade": 5})

        async def rated() -> bool:
            return bool(grades)

        await eventually(rated)
        assert (grades[0].unit, grades[0].grade, grades[0].session) == (23, 5, 77)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
