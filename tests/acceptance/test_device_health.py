"""A device that fares badly is told by a code, a card and its counters, and so is its recovery."""

from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.running import RunningHall, eventually, running_hall

pytestmark = pytest.mark.timeout(120)


async def device(hall: RunningHall, name: str) -> dict[str, Any]:
    rows = (await hall.get("/devices")).body["items"]
    return next(row for row in rows if row["id"] == name)


async def test_a_printer_without_paper_and_a_unit_without_a_plug(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "data") as hall:

        async def state(name: str, wanted: str) -> dict[str, Any]:
            async def probe() -> Any:
                found = await device(hall, name)
                return found if found["state"] == wanted else None

            return dict(await eventually(probe))

        keypad = await state("keypad:1", "ok")
        assert keypad["fault"] is keypad["last_error"] is None
        assert keypad["counters"]["frames"] > 0
        assert 0 < keypad["counters"]["latency_ms"] <= keypad["counters"]["worst_ms"]
        await state("printer:kiosk", "ok")

        await hall.post("/sim/printers/kiosk/fault", {"paper": "out"})
        await hall.post("/tickets", {"service": "A"})
        printer = await state("printer:kiosk", "fault")
        assert printer["detail"] == "paper-out"
        assert (printer["fault"]["code"], printer["fault"]["code_en"]) == ("打印 12", "Printer 12")
        assert "纸卷" in printer["fault"]["action"]
        await hall.post("/sim/printers/kiosk/fault", {"paper": "ok"})
        printer = await state("printer:kiosk", "ok")
        assert printer["fault"] is None
        assert printer["last_error"]["code"] == "打印 12"

        await hall.post("/sim/keypads/1/fault", {"silent": True})
        silent = await state("keypad:1", "lost")
        assert silent["fault"]["code"] == "按键 02"
        assert silent["counters"]["time_outs"] >= 3
        assert (await device(hall, "keypad:2"))["state"] == "ok"
        text = (await hall.get("/metrics", api=False)).body.decode()
        assert 'yimen_device_up{device="keypad:1"} 0.0' in text
        assert 'yimen_device_up{device="keypad:2"} 1.0' in text
        assert 'yimen_device_time_outs_total{device="keypad:1"}' in text
        assert 'yimen_device_latency_seconds{device="printer:kiosk"}' in text


async def test_a_printer_that_takes_nothing_for_ever_delays_no_other_device(tmp_path: Path) -> None:
    """It is told once as lost and once as back, however often it is asked meanwhile."""
    async with running_hall(tmp_path / "data", "--verbose") as hall:

        async def printer(wanted: str) -> None:
            async def probe() -> bool:
                return bool((await device(hall, "printer:kiosk"))["state"] == wanted)

            await eventually(probe)

        async def missed() -> int:
            rows = (await hall.get("/devices")).body["items"]
            others = [row["counters"] for row in rows if row["id"] != "printer:kiosk"]
            return sum(one["time_outs"] + one["crc_errors"] for one in others if one)

        await printer("ok")
        before = await missed()
        await hall.post("/sim/printers/kiosk/fault", {"stalled": True})
        for counter in (1, 2, 3):
            ticket = (await hall.post("/tickets", {"service": "A"})).body
            await hall.post(f"/sim/keypads/{counter}/press", {"key": "NEXT"})

            async def shown(counter: int = counter, number: str = ticket["number"]) -> bool:
                return number in (await hall.get(f"/sim/leds/{counter}")).body["text"]

            await eventually(shown, timeout_s=5)
        await printer("lost")
        assert await missed() - before <= 1  # a busy machine may be late once by itself
        await hall.post("/sim/printers/kiosk/fault", {"stalled": False})
        await printer("ok")
        log = (hall.data / "service.log").read_text("utf-8")
    told = [line for line in log.splitlines() if "device printer:kiosk is" in line]
    states = [line.split("device printer:kiosk is ")[1].split()[0] for line in told]
    assert (states.count("lost"), states.count("ok"), states[-1]) == (1, 1, "ok"), states


async def test_all_devices_test_themselves_and_a_person_hears_the_chime(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "data") as hall:

        async def ready() -> bool:
            rows = (await hall.get("/devices")).body["items"]
            return {row["state"] for row in rows if row["kind"] != "board"} == {"ok"}

        async def sheet() -> Any:
            found = (await hall.get("/opening-test")).body
            return None if found["running"] else found["sheet"]

        await eventually(ready)
        await hall.post("/sim/keypads/1/fault", {"silent": True})
        await hall.post("/opening-test")
        found = await eventually(sheet)
        rows = {row["device"]: row for row in found["rows"]}
        assert rows["keypad:1"]["fault"]["code"] == "按键 02"
        assert rows["printer:kiosk"]["state"] == rows["led:1"]["state"] == "ok"
        assert rows["printer:kiosk"]["told"]
        assert rows["rating-box:1"]["state"] == rows["keypad:2"]["state"] == "ok"
        assert rows["system:database"]["state"] == "ok"
        assert found["failed"] == 1
        assert rows["speaker:hall"]["sound"]["by"] == "machine"
        await hall.post("/opening-test/heard", {"device": "speaker:hall"})
        found = await eventually(sheet)
        (row,) = [row for row in found["rows"] if row["device"] == "speaker:hall"]
        assert row["sound"]["by"] == "person"
