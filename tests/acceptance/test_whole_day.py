"""Simulated people use the hall while its devices break: nobody is without a number or a call."""

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.day_log import (
    check_calls,
    check_faults,
    check_numbers,
    check_voice,
    read_day,
    was_told,
)
from tests.fixtures.running import ROOT, RunningHall, eventually, running_hall

START = "2031-03-04T08:29:00+08:00"
SEEN: dict[str, list[tuple[str, dict[str, Any], dict[str, Any]]]] = {
    "printer:kiosk": [
        ("printer:kiosk", {"paper": "out"}, {"paper": "ok"}),
        ("printer:kiosk", {"cover": "open"}, {"cover": "closed"}),
        ("printer:kiosk", {"cutter": "error"}, {"cutter": "ok"}),
        ("printer:kiosk", {"head": "hot"}, {"head": "ok"}),
        ("printer:kiosk", {"power": "off"}, {"power": "on"}),
        ("printer:kiosk", {"off_line": True}, {"off_line": False}),
        ("printer:kiosk", {"silent": True}, {"silent": False}),
        ("printer:kiosk", {"stalled": True}, {"stalled": False}),
    ],
    "keypad:1": [("keypad:1", {"silent": True}, {"silent": False})],
    "rating-box:2": [("rating-box:2", {"silent": True}, {"silent": False})],
    "line:units": [("line:units", {"cut": True}, {"cut": False})],
    "led:3": [("led:3", {"powered": False}, {"powered": True})],
    "speaker:hall": [("speaker:hall", {"gone": True}, {"gone": False})],
}
"""Device that the hall must miss -> where it is, what breaks it, what mends it."""
HIDDEN: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "printer:kiosk": [({"paper": "low"}, {"paper": "ok"}), ({"slow_ms": 300}, {"slow_ms": 0})],
    "keypad:4": [
        ({"stuck": True}, {"stuck": False}), ({"low_supply": True}, {"low_supply": False}),
        ({"ignore_acks": 3}, {"ignore_acks": 0}), ({"rebooted": True}, {}),
    ],
    "rating-box:5": [({"rebooted": True}, {}), ({"stuck": True}, {"stuck": False})],
    "line:units": [
        ({"garbage": 20}, {"garbage": 0}), ({"lost_byte": 20}, {"lost_byte": 0}),
        ({"wrong_crc": 20}, {"wrong_crc": 0}), ({"slow_ms": 100}, {"slow_ms": 0}),
    ],
    "led:5": [({"overwritten": True}, {})],
    "line:leds": [({"lost_byte": 20}, {"lost_byte": 0})],
    "platform": [({"mode": mode}, {"mode": "up"}) for mode in ("down", "slow", "cut")],
}  # fmt: skip
"""Device -> what goes wrong there without any device being missed, and what ends it."""
GROUPS = (
    ("printer:kiosk",),
    ("keypad:1", "rating-box:2", "keypad:4", "rating-box:5", "line:units"),
    ("led:3", "led:5", "line:leds"),
    ("speaker:hall", "platform"),
)
"""What breaks one after another; groups break at the same time."""
SEEN_S, WHOLE_S = 40, 60
MOST_REST_S = 0.5
LOST_GRADES = 2
"""So many a round of faults may cost: by the boxes that it unplugs and by the line that it cuts."""


class Breaker:
    """Breaks and mends devices in a random order; `broken` are those that the hall must miss."""

    def __init__(self, hall: RunningHall, seed: int) -> None:
        self._hall = hall
        self._chance = random.Random(seed)
        self.broken: list[str] = []

    async def run(self, devices: tuple[str, ...]) -> None:
        """Break everything that can break of these devices, once each."""
        wrong = [(device, one) for device in devices for one in SEEN.get(device, ())]
        slight = [("", (device, *one)) for device in devices for one in HIDDEN.get(device, ())]
        faults = [*wrong, *slight]
        self._chance.shuffle(faults)
        for missed, (device, breaks, mends) in faults:
            await asyncio.sleep(self._chance.uniform(0.1, MOST_REST_S))
            await self._set(device, breaks)
            if missed:
                self.broken.append(missed)
                await self._until(missed, works=False)
            else:
                await asyncio.sleep(self._chance.uniform(0.3, 0.9))
            if mends:
                await self._set(device, mends)
            if missed:
                await self._until(missed, works=True)

    async def _set(self, device: str, faults: dict[str, Any]) -> None:
        answer = await self._hall.post("/sim/faults", {"device": device, "faults": faults})
        assert answer.status == 200, (device, faults, answer)

    async def _until(self, device: str, *, works: bool) -> None:
        async def probe() -> bool:
            return was_told(self._hall.data, device) == ("DeviceBack" if works else "DeviceLost")

        await eventually(probe, timeout_s=WHOLE_S if works else SEEN_S, every_s=0.2)


async def play(hall: RunningHall, wish: dict[str, Any], rounds: int) -> None:
    """Play a day, break everything so many times meanwhile, and check what came of it."""
    breaker = Breaker(hall, wish["seed"])

    async def break_all(devices: tuple[str, ...]) -> None:
        for _ in range(rounds):
            await breaker.run(devices)

    assert (await hall.post("/sim/day", wish)).status == 202
    async with asyncio.TaskGroup() as breaking:
        for devices in GROUPS:
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
    # Who comes to the counter in the moment in which the number is marked as missed believes it.
    assert served <= day["served"] <= served + day["no_show"]
    assert served > wish["people"] * 0.8
    rated = sum(row.type == "TicketRated" for row in log)
    # A box that is unplugged or starts anew forgets a grade that was not fetched.
    assert 0 <= day["graded"] - rated <= LOST_GRADES * rounds


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
    wish = {"seed": 4, "opens": "09:00", "closes": "10:00", "people": 26, "speed": 100}
    await play_and_verify(tmp_path / "data", wish, rounds=1)


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_a_market_day_at_two_hundred_times_the_speed(tmp_path: Path) -> None:
    wish = {"seed": 5, "people": 240, "market": True, "speed": 200}
    await play_and_verify(tmp_path / "data", wish, rounds=6)
