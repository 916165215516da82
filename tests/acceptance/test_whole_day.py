"""Simulated people use the hall while its devices break: nobody is without a number or a call."""

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.day_log import check_calls, check_faults, check_numbers, check_voice, read_day
from tests.fixtures.running import ROOT, RunningHall, eventually, running_hall

START = "2031-03-04T08:29:00+08:00"
FAULTS: dict[str, list[tuple[str, dict[str, Any], dict[str, Any]]]] = {
    "printer:kiosk": [
        ("/printers/kiosk/fault", {"paper": "out"}, {"paper": "ok"}),
        ("/printers/kiosk/fault", {"cover": "open"}, {"cover": "closed"}),
        ("/printers/kiosk/fault", {"cutter": "error"}, {"cutter": "ok"}),
        ("/printers/kiosk/fault", {"off_line": True}, {"off_line": False}),
        ("/printers/kiosk/fault", {"silent": True}, {"silent": False}),
        ("/printers/kiosk/fault", {"stalled": True}, {"stalled": False}),
    ],
    "keypad:1": [("/keypads/1/fault", {"silent": True}, {"silent": False})],
    "keypad:4": [("/keypads/4/fault", {"silent": True}, {"silent": False})],
    "rating-box:2": [("/rating-boxes/2/fault", {"silent": True}, {"silent": False})],
    "led:3": [("/leds/3/fault", {"powered": False}, {"powered": True})],
    "led:5": [("/leds/5/fault", {"powered": False}, {"powered": True})],
    "speaker:hall": [("/speaker/fault", {"gone": True}, {"gone": False})],
}
"""Device -> what can break there: the address, what breaks it, what mends it."""
SEEN_S, WHOLE_S = 30, 60
MOST_REST_S = 2.0


class Breaker:
    """Breaks and mends devices in a random order; each stays broken until the hall has seen it."""

    def __init__(self, hall: RunningHall, seed: int) -> None:
        self._hall = hall
        self._chance = random.Random(seed)
        self.broken: list[tuple[str, str]] = []

    async def run(self, *devices: str) -> None:
        """Break everything that can break of these devices, once each."""
        faults = [(device, fault) for device in devices for fault in FAULTS[device]]
        self._chance.shuffle(faults)
        for device, (path, breaks, mends) in faults:
            await asyncio.sleep(self._chance.uniform(0.2, MOST_REST_S))
            assert (await self._hall.post(f"/sim{path}", breaks)).status == 200
            self.broken.append((device, str(breaks)))
            await self._until(device, works=False)
            await self._hall.post(f"/sim{path}", mends)
            await self._until(device, works=True)

    async def _until(self, device: str, *, works: bool) -> None:
        async def probe() -> bool:
            devices = (await self._hall.get("/devices")).body["items"]
            state = next(one["state"] for one in devices if one["id"] == device)
            return (state == "ok") is works

        await eventually(probe, timeout_s=SEEN_S if not works else WHOLE_S, every_s=0.2)


async def play(hall: RunningHall, wish: dict[str, Any], rounds: int) -> list[tuple[str, str]]:
    """Play a day, break everything so many times meanwhile, and check what came of it."""
    breaker = Breaker(hall, wish["seed"])
    groups = (
        ("printer:kiosk",), ("keypad:1", "rating-box:2", "keypad:4"), ("led:3", "led:5"),
        ("speaker:hall",),
    )  # fmt: skip

    async def break_all(devices: tuple[str, ...]) -> None:
        for _ in range(rounds):
            await breaker.run(*devices)

    assert (await hall.post("/sim/day", wish)).status == 202
    async with asyncio.TaskGroup() as breaking:
        for devices in groups:
            breaking.create_task(break_all(devices))

    async def over() -> Any:
        day = (await hall.get("/sim/day")).body
        return day if day["state"] == "done" else None

    day = await eventually(over, timeout_s=600, every_s=0.2)
    assert day["arrived"] == wish["people"]
    assert day["turned_away"] == 0
    await eventually(lambda: _is_quiet(hall), timeout_s=60, every_s=0.2)
    log, said = read_day(hall.data), (await hall.get("/sim/speaker")).body
    check_numbers(log, day["tickets"])
    check_calls(log)
    check_voice(log, said)
    check_faults(log, breaker.broken)
    served = sum(row.type == "ServingFinished" for row in log)
    assert served == day["served"] > wish["people"] * 0.8
    assert sum(row.type == "TicketRated" for row in log) == day["graded"]
    return breaker.broken


async def _is_quiet(hall: RunningHall) -> bool:
    """Whether every call that is still to be said has been said, or dropped."""
    rows = read_day(hall.data)
    called = {f"{row.body['ticket']}-{row.seq}" for row in rows if row.type == "TicketCalled"}
    ends = ("AnnouncementEnded", "AnnouncementUnknown", "AnnouncementDropped")
    return called <= {row.body["announcement"] for row in rows if row.type in ends}


async def verify(hall: RunningHall) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "run.py", "verify", "--data", str(hall.data),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


async def play_and_verify(data: Path, wish: dict[str, Any], rounds: int) -> None:
    async with running_hall(data, "--start", START) as hall:
        await play(hall, wish, rounds)
        log = hall.log()
    assert "Traceback" not in log, log
    await verify(hall)


@pytest.mark.timeout(300)
async def test_a_busy_hour_at_a_hundred_times_the_speed(tmp_path: Path) -> None:
    wish = {"seed": 4, "opens": "09:00", "closes": "10:00", "people": 30, "speed": 100}
    await play_and_verify(tmp_path / "data", wish, rounds=1)


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_a_market_day_at_two_hundred_times_the_speed(tmp_path: Path) -> None:
    wish = {"seed": 5, "people": 240, "market": True, "speed": 200}
    await play_and_verify(tmp_path / "data", wish, rounds=6)
