"""The whole way of one ticket, through HTTP and the simulated devices, checked in decoded bytes.

The decoders here are small ones of their own, so that a mistake shared by driver and simulator
does not pass.
"""

import asyncio
import json
import math
import re
import struct
import wave
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.phonemes import mistakes
from tests.fixtures.running import RunningHall, eventually, running_hall
from web.schemas.bench import Bench

pytestmark = pytest.mark.timeout(120)


def qr_payload(data: bytes) -> str:
    """Find GS ( k … 31 50 30 and return what is stored."""
    start = data.index(b"\x31\x50\x30")
    length = struct.unpack("<H", data[start - 2 : start])[0] - 3
    return data[start + 3 : start + 3 + length].decode("gb18030")


def bx_text(frame: bytes) -> tuple[int, str]:
    """Return address and text of a BX dynamic area frame; checks its CRC-16/ARC."""
    assert frame.startswith(b"\xa5") and frame.endswith(b"\x5a")
    inner = frame.strip(b"\xa5")[:-1]
    for wire, plain in ((b"\xa6\x02", b"\xa5"), (b"\xa6\x01", b"\xa6"),
                        (b"\x5b\x02", b"\x5a"), (b"\x5b\x01", b"\x5b")):
        inner = inner.replace(wire, plain)
    content, crc = inner[:-2], struct.unpack("<H", inner[-2:])[0]
    register = 0
    for byte in content:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ 0xA001 if register & 1 else register >> 1
    assert register == crc
    area = content[14 + 9 :]
    length_at = area.index(b"\\F") - 4
    length = struct.unpack("<I", area[length_at : length_at + 4])[0]
    text = area[length_at + 4 : length_at + 4 + length].decode("gb2312")
    return struct.unpack("<H", content[:2])[0], re.sub(r"\\F[OE]\d{3}|\\C\d", "", text)


def loudness(data: bytes) -> tuple[float, float]:
    """Return seconds and RMS (0..1) of a 16-bit WAV."""
    with wave.open(BytesIO(data)) as sound:
        assert sound.getsampwidth() == 2
        frames = sound.readframes(sound.getnframes())
        seconds = sound.getnframes() / sound.getframerate()
    samples = struct.unpack(f"<{len(frames) // 2}h", frames)
    return seconds, math.sqrt(sum(s * s for s in samples) / len(samples)) / 32768


async def visit(hall: RunningHall, ticket: str, **wanted: Any) -> Any:
    async def probe() -> Any:
        rows = (await hall.get("/visits")).body["items"]
        row = next(row for row in rows if row["ticket"]["id"] == ticket)
        return row if all(row[name] == value for name, value in wanted.items()) else None

    return await eventually(probe)


async def test_one_ticket_goes_through_the_whole_hall(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "data") as hall:
        before = (await hall.get("/reports/waits")).body["total"]["count"]
        issued = await hall.post(
            "/tickets", {"service": "A", "items": ["RS01"], "priority": "elder"}, key="one"
        )
        assert issued.status == 201
        ticket = issued.body
        assert (ticket["number"], ticket["ahead"], ticket["wait"]) == ("A001", 0, None)
        await check_paper(hall, ticket)
        await check_call(hall)
        await check_voice(hall)
        await check_visit_and_case(hall, ticket)
        await check_rating(hall, ticket)
        await check_platform(hall, ticket)
        # Each member of the bench's document is described, none is missing, none is more.
        Bench.model_validate_json(json.dumps((await hall.get("/sim/bench")).body))
        after = (await hall.get("/reports/waits")).body
        assert after["total"]["count"] == before + 1
        row = next(row for row in after["rows"] if row["service"] == "A")
        assert row["count"] == 1 and row["max_s"] == row["p50_s"] == row["mean_s"]
        ratings = (await hall.get("/reports/ratings")).body["total"]
        assert (ratings["count"], ratings["active"], ratings["grades"]["5"]) == (1, 1, 1)


async def check_paper(hall: RunningHall, ticket: dict[str, Any]) -> None:
    async def printed() -> Any:
        return (await hall.get("/sim/printers/kiosk/tickets")).body

    papers = await eventually(printed)
    assert len(papers) == 1
    paper = papers[0]
    data = bytes.fromhex(paper["hex"])
    assert b"\x1d\x21\x33" + b"A001" in data, "the number is printed four times as large"
    for text in ("云溪镇政务服务中心", "社保医保", "过号"):
        assert text.encode("gb18030") in data
        assert text in paper["text"]
    assert "RS01" not in paper["text"] and "养老" not in paper["text"]
    assert "分钟" not in paper["text"], "no wait is printed while none is known"
    url = f"{hall.base}/t/{ticket['id']}/{ticket['token']}"
    assert qr_payload(data) == paper["qr"] == url
    page = await hall.get(f"/t/{ticket['id']}/{ticket['token']}", api=False)
    assert page.status == 200 and b"A001" in page.body

    async def confirmed() -> Any:
        state = (await hall.get(f"/tickets/{ticket['id']}")).body["print"]
        return state if state["state"] == "printed" else None

    assert (await eventually(confirmed))["proof"] == "process-id"


async def check_call(hall: RunningHall) -> None:
    pressed = await hall.post("/sim/keypads/3/press", {"key": "NEXT"})
    assert pressed.status == 202

    async def called() -> Any:
        counter = (await hall.get("/counters/3")).body
        return counter["ticket"]

    assert (await eventually(called))["number"] == "A001"

    async def shown() -> Any:
        led = (await hall.get("/sim/leds/3")).body
        return led if "A001" in led["text"] else None

    led = await eventually(shown)
    addresses_and_texts = [bx_text(bytes.fromhex(frame)) for frame in led["frames"]]
    assert addresses_and_texts[-1] == (3, led["text"])
    assert "A001" in addresses_and_texts[-1][1]
    other = (await hall.get("/sim/leds/2")).body
    assert "A001" not in other["text"]
    board = (await hall.get("/state")).body["calls"][0]
    assert (board["number"], board["counter"]) == ("A001", 3)


async def check_voice(hall: RunningHall) -> None:
    async def spoken() -> Any:
        return (await hall.get("/sim/speaker")).body

    phrase = (await eventually(spoken))[-1]
    assert "A 零 零 一" in phrase["text"] and "三号窗口" in phrase["text"]
    assert phrase["voice"] == "cmn-latn-pinyin"
    sound = await hall.get(phrase["wav_url"], api=False)
    seconds, level = loudness(sound.body)
    assert abs(seconds - phrase["seconds"]) < 0.2 and 2 < seconds < 12 and level > 0.01
    assert mistakes(phrase["text"]) == [], "qing3 … ling2 ling2 yi1 hao4, dao4 san1 hao4 …"


async def check_visit_and_case(hall: RunningHall, ticket: dict[str, Any]) -> None:
    assert (await hall.post("/counters/3/start")).status == 200
    accepted = await hall.post("/counters/3/accept", {"item": "RS01"})
    assert accepted.status == 200
    assert (await hall.post("/counters/3/next")).status == 409
    assert (await hall.post("/sim/keypads/3/press", {"key": "FINISH"})).status == 202
    row = await visit(hall, ticket["id"], state="DONE")
    assert row["outcome"] == "case" and len(row["cases"]) == 1
    case = (await hall.get(f"/cases/{row['cases'][0]}")).body
    assert [step["state"] for step in case["steps"]] == ["ACCEPTED", "FINISHED"]


async def check_rating(hall: RunningHall, ticket: dict[str, Any]) -> None:
    async def asked() -> Any:
        return (await hall.get("/sim/rating-boxes/3")).body["session"]

    await eventually(asked)
    assert (await hall.post("/sim/rating-boxes/3/press", {"grade": 5})).status == 202
    await visit(hall, ticket["id"], rating=5)
    again = await hall.post(
        f"/tickets/{ticket['id']}/rating", {"grade": 1, "token": ticket["token"]}
    )
    assert (again.status, again.body["code"]) == (409, "already_rated")


async def check_platform(hall: RunningHall, ticket: dict[str, Any]) -> None:
    async def delivered(kind: str, steps: list[str]) -> Any:
        rows = (await hall.get(f"/sim/platform/{kind}")).body
        for row in rows:
            if row["ticket"]["id"] == ticket["id"]:
                return row if [s["state"] for s in row["steps"]] == steps else None
        return None

    case = await eventually(lambda: delivered("cases", ["ACCEPTED", "FINISHED"]))
    assert (case["item"], case["state"]) == ("RS01", "FINISHED")
    assert case["ticket"]["number"] == "A001"

    async def rated() -> Any:
        row = await delivered("visits", ["WAITING", "CALLED", "SERVING", "DONE"])
        return row if row and row["rating"] == 5 else None

    row = await eventually(rated)
    assert (row["item"], row["outcome"], row["deliveries"]) == ("RS01", "case", 5)


async def test_a_platform_that_is_down_gets_everything_later(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "data") as hall:
        await hall.post("/sim/platform/mode", {"mode": "down"})
        ticket = (await hall.post("/tickets", {"service": "B"})).body
        await hall.post("/counters/1/next")
        await hall.post("/counters/1/finish")
        assert (await hall.get("/sim/platform/visits")).body == []
        await hall.post("/sim/platform/mode", {"mode": "up"})

        async def delivered() -> Any:
            rows = (await hall.get("/sim/platform/visits")).body
            return rows and rows[0]["state"] == "DONE" and rows

        rows = await eventually(delivered)
        assert [row["ticket"]["id"] for row in rows] == [ticket["id"]]


async def test_the_stream_goes_on_without_gap_or_double(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "data") as hall:
        seq = (await hall.get("/state")).body["seq"]
        for _ in range(5):
            await hall.post("/tickets", {"service": "C"})
        assert hall.session is not None
        first = await read_stream(hall, seq, 4)
        rest = await read_stream(hall, first[-1][0], 2)
        ids = [number for number, _ in first + rest]
        assert ids == list(range(seq + 1, seq + 7))
        await hall.kill()
        await hall.start()
        again = await read_stream(hall, seq, 6)
        assert again == first + rest


async def read_stream(hall: RunningHall, after: int, count: int) -> list[tuple[int, str]]:
    assert hall.session is not None
    found: list[tuple[int, str]] = []
    url = f"{hall.base}/api/v1/stream?after={after}"
    number, kind = 0, ""
    async with asyncio.timeout(20), hall.session.get(url) as response:
        assert response.content_type == "text/event-stream"
        while len(found) < count:
            line = (await response.content.readline()).decode().rstrip("\n")
            if line.startswith("id:"):
                number = int(line[3:])
            elif line.startswith("event:"):
                kind = line[6:].strip()
            elif line == "" and number:
                found.append((number, kind))
                number = 0
    return found
