"""A hall with every kind of input, as run.py runs it: modules, pads, buttons, scanners, cards."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.input_hall import input_hall
from tests.fixtures.running import RunningHall, eventually

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[RunningHall]:
    running = RunningHall(tmp_path / "data", arguments=("--config", str(input_hall(tmp_path))))
    try:
        await running.start()
        await eventually(lambda: all_work(running))
        yield running
    finally:
        await running.stop()


async def all_work(hall: RunningHall) -> bool:
    devices = (await hall.get("/devices")).body["items"]
    kinds = ("keypad", "rating-box", "input-module", "issue-button", "scanner", "card-reader")
    return all(one["state"] == "ok" for one in devices if one["kind"] in kinds)


async def waiting(hall: RunningHall) -> list[str]:
    tickets = (await hall.get("/tickets", state="WAITING")).body["items"]
    return [ticket["number"] for ticket in tickets]


async def state_of(hall: RunningHall, no: int, state: str) -> None:
    async def reached() -> bool:
        return bool((await hall.get(f"/counters/{no}")).body["state"] == state)

    await eventually(reached)


async def press(hall: RunningHall, path: str, body: dict[str, Any]) -> None:
    answer = await hall.post(f"/sim{path}", body)
    assert answer.status in (200, 202), answer.body


async def test_every_kind_of_key_leads_a_ticket_through_its_counter(hall: RunningHall) -> None:
    for button, key in (("door", "NEXT"), ("door", "1"), ("hall", "7")):
        await press(hall, f"/issue-buttons/{button}/press", {"key": key})

    async def three() -> bool:
        return sorted(await waiting(hall)) == ["A001", "B001", "E001"]

    await eventually(three)

    async def lit() -> bool:
        return bool((await hall.get("/sim/keypads/3")).body["lamp"])

    await eventually(lit)
    for no, (finish, grade) in {1: ("FINISH", 2), 2: ("FINISH", 5), 3: ("FINISH", 1)}.items():
        await press(hall, f"/keypads/{no}/press", {"key": "NEXT"})
        await state_of(hall, no, "called")
        await press(hall, f"/keypads/{no}/press", {"key": finish})
        await state_of(hall, no, "idle")
        await press(hall, f"/rating-boxes/{no}/press", {"grade": grade})

    async def rated() -> bool:
        visits = (await hall.get("/visits")).body["items"]
        return sorted(visit["rating"] for visit in visits if visit["rating"]) == [1, 2, 5]

    await eventually(rated)

    async def dark() -> bool:
        return not (await hall.get("/sim/keypads/3")).body["lamp"]

    await eventually(dark)
    await press(hall, "/keypads/3/press", {"key": "FINISH"})

    async def beeped() -> bool:
        return bool((await hall.get("/sim/keypads/3")).body["beeps"] == 1)

    await eventually(beeped)
    missing = await hall.post("/sim/rating-boxes/1/press", {"grade": 1})
    assert (missing.status, missing.body["code"]) == (422, "invalid")


async def test_lost_inputs_come_back_and_scans_and_cards_reach_the_service(
    hall: RunningHall,
) -> None:
    async def state(device: str, wanted: str) -> bool:
        devices = (await hall.get("/devices")).body["items"]
        return bool(next(one for one in devices if one["id"] == device)["state"] == wanted)

    losses = (
        ("/keypads/2/fault", ("keypad:2",)),
        ("/input-modules/wall/fault", ("input-module:wall", "keypad:3", "issue-button:hall")),
        ("/card-readers/kiosk/fault", ("card-reader:kiosk",)),
    )
    for path, devices in losses:
        for silent, wanted in ((True, "lost"), (False, "ok")):
            await press(hall, path, {"silent": silent})
            for device in devices:
                await eventually(lambda d=device, w=wanted: state(d, w))
    issued = await hall.post("/tickets", {"service": "A"})
    await press(hall, "/scanners/door/scan", {"code": issued.body["number"]})
    await press(hall, "/card-readers/kiosk/card", {"born": "1950-01-02"})

    async def read() -> bool:
        return bool((await hall.get("/sim/card-readers/kiosk")).body["reads"] == 1)

    await eventually(read)
    scanner = (await hall.get("/sim/scanners/door")).body
    assert scanner == {"id": "door", "scans": 1, "silent": False}
    assert "1950" not in hall.log()
