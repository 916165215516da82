"""The simulators seen through the service."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import load
from tests.fixtures.hall_files import CONFIG
from tests.fixtures.served import DEMO, ServedHall, served
from tests.fixtures.simulators import running_simulators

pytestmark = pytest.mark.timeout(60)  # processes, on a machine that may be busy

MEMBERS = {"type", "title", "status", "code", "detail", "detail_en", "action", "action_en"}


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with running_simulators(tmp_path), served(tmp_path) as hall:
        yield hall


async def test_the_devices_are_seen_and_pressed(hall: ServedHall) -> None:
    assert await hall.get("/sim/printers/kiosk/tickets") == []
    assert (await hall.get("/sim/leds/1"))["frames"] == []
    assert await hall.get("/sim/speaker") == []
    assert await hall.get("/sim/platform/cases") == []
    assert "printers" in await hall.get("/sim/bench")
    pressed = await hall.post("/sim/keypads/3/press", {"key": "NEXT"}, 202)
    assert pressed["seq"] > 0
    (press,) = (await hall.get("/sim/keypads/3"))["pending"]
    assert press["key"] == "NEXT"
    await hall.post("/sim/rating-boxes/3/press", {"grade": 5}, 202)
    assert (await hall.post("/sim/platform/mode", {"mode": "down"}))["mode"] == "down"


async def test_a_repeated_press_is_one_press(hall: ServedHall) -> None:
    path, wish = "/sim/keypads/1/press", {"key": "NEXT"}
    first, again = await asyncio.gather(*(hall.post(path, wish, 202, key="k") for _ in range(2)))
    assert first == again
    assert len((await hall.get("/sim/keypads/1"))["pending"]) == 1
    assert (await hall.post(path, {"key": "RECALL"}, 422, key="k"))["code"] == "key_reused"
    await hall.post("/sim/keypads/1/press", {"key": "no"}, 422, key="l")
    await hall.post("/sim/keypads/1/press", {"key": "FINISH"}, 202, key="l")


async def test_a_repeat_after_a_restart_of_the_service_is_still_one_press(tmp_path: Path) -> None:
    path, wish = "/sim/keypads/4/press", {"key": "NEXT"}
    async with running_simulators(tmp_path):
        async with served(tmp_path) as hall:
            first = await hall.post(path, wish, 202, key="pk-1")
        async with served(tmp_path) as hall:
            assert await hall.post(path, wish, 202, key="pk-1") == first
            assert len((await hall.get("/sim/keypads/4"))["pending"]) == 1
            problem = await hall.post(path, {"key": "RECALL"}, 422, key="pk-1")
            assert problem["code"] == "key_reused"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/sim/keypads/9/press", {"key": "NEXT"}, 404),
        ("/sim/keypads/1/press", {"key": "HOPE"}, 422),
        ("/sim/rating-boxes/1/press", {"grade": 6}, 422),
        ("/sim/printers/none/fault", {"paper": "out"}, 404),
        ("/sim/platform/mode", {"mode": "odd"}, 422),
        ("/sim/platform/visits", {}, 405),
        ("/sim/shutdown", {}, 404),
        ("/sim/speaker/play", {}, 404),
    ],
)
async def test_a_refusal_of_the_simulators_looks_like_ours(
    hall: ServedHall, path: str, body: Any, status: int
) -> None:
    problem = await hall.post(path, body, status)
    assert problem.keys() >= MEMBERS
    assert problem["status"] == status
    assert problem["action"]


async def test_what_is_not_there_is_not_passed_on(hall: ServedHall) -> None:
    for path in ("/sim/printers/x%2e%2e%2f..%2fshutdown", "/sim/leds/..", "/sim/health"):
        assert (await hall.get(path, 404))["code"] == "not_found"


async def test_without_simulators_the_bench_is_down(tmp_path: Path) -> None:
    async with served(tmp_path) as hall:
        problem = await hall.get("/sim/bench", 503)
        assert (problem["code"], problem["retry_after_s"]) == ("sim_down", 2)


async def test_a_hall_of_real_devices_has_no_bench(tmp_path: Path) -> None:
    async with served(tmp_path, settings=load(CONFIG / "hall.toml")) as hall:
        assert (await hall.get("/sim/bench", 404))["code"] == "not_found"
        async with hall.client.get("/openapi.json") as reply:
            assert not [path for path in (await reply.json())["paths"] if "/sim/" in path]


async def test_a_hall_of_real_and_simulated_devices_has_a_bench(tmp_path: Path) -> None:
    settings = load(DEMO)
    lines = (settings.lines[0].model_copy(update={"port": "COM3"}), *settings.lines[1:])
    mixed = settings.model_copy(update={"lines": lines})
    async with running_simulators(tmp_path), served(tmp_path, settings=mixed) as hall:
        assert (await hall.get("/sim/bench"))["leds"]
        async with hall.client.get("/bench") as reply:
            assert reply.status == 200


async def test_faults_are_set_by_device_or_all_in_one_place_and_mended(hall: ServedHall) -> None:
    assert (await hall.post("/sim/printers/kiosk/fault", {"head": "hot"}))["state"] == "head-hot"
    assert (await hall.post("/sim/lines/units/fault", {"lost_byte": 20}))["faults"]["lost_byte"]
    assert (await hall.post("/sim/keypads/3/fault", {"stuck": True}))["silent"] is False
    jammed = await hall.post("/sim/keypads/3/press", {"key": "NEXT"}, 409)
    assert "卡住" in jammed["detail"]
    assert (await hall.post("/sim/speakers/hall/fault", {"gone": True}))["gone"] is True
    wish = {"device": "led:2", "faults": {"overwritten": True}}
    rows = {row["device"]: row["faults"] for row in await hall.post("/sim/faults", wish)}
    assert [fault["value"] for fault in rows["led:2"]] == [True, True]
    wrong = {"device": "led:2", "faults": {"paper": "out"}}
    assert "paper" in (await hall.post("/sim/faults", wrong, 422))["detail"]
    for row in await hall.post("/sim/faults/clear", {}):
        for fault in row["faults"]:
            assert fault["value"] == fault["choices"][0], row["device"]
    await hall.post("/sim/keypads/3/press", {"key": "NEXT"}, 202)


async def test_a_scenario_that_ships_is_started_seen_and_stopped(hall: ServedHall) -> None:
    idle = await hall.get("/sim/scenario")
    assert (idle["name"], idle["running"]) == (None, False)
    assert "bad-morning" in idle["shipped"]
    begun = await hall.post("/sim/scenario", {"name": "bad-morning"})
    assert (begun["title"], begun["running"]) == ("糟糕的早晨", True)
    assert {step["state"] for step in begun["steps"]} == {"waiting"}
    assert (await hall.post("/sim/scenario", {"name": "no-such"}, 404))["code"] == "not_found"
    assert (await hall.post("/sim/scenario", {"name": None}))["running"] is False
