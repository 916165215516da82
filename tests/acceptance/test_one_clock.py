"""`--start` and `--speed` set one clock: the hall's, on its tickets and on every device."""

import asyncio
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.running import ROOT, RunningHall, eventually, running_hall, send
from tests.fixtures.simulators import read_ports

pytestmark = pytest.mark.timeout(120)

START = "2031-03-03T09:00:00+08:00"
NEAR_S = 15 * 60
"""A quarter of an hour of the hall: 15 s of the test."""
WIRE_S = 60
"""The simulators' clock is behind by as long as the message was under way."""


def time_of(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()


async def first_of(hall: RunningHall, path: str) -> Any:
    async def probe() -> Any:
        return (await hall.get(path)).body

    return (await eventually(probe))[0]


async def shown_at(hall: RunningHall, number: str) -> str:
    async def probe() -> Any:
        answer = await hall.get("/sim/leds/1")
        return answer.status == 200 and number in answer.body["text"] and answer.body["shown_at"]

    return str(await eventually(probe, timeout_s=40))


async def test_paper_voice_light_and_platform_show_the_halls_time(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "data", "--start", START, "--speed", "60") as hall:
        issued = (await hall.post("/tickets", {"service": "A"})).body
        ticket = (await hall.get(f"/tickets/{issued['id']}")).body
        began = time_of(ticket["issued_at"])
        assert 0 <= began - time_of(START) < 3600
        await hall.post("/sim/keypads/1/press", {"key": "NEXT"})
        stamps = {
            "cut_at": (await first_of(hall, "/sim/printers/kiosk/tickets"))["cut_at"],
            "started_at": (await first_of(hall, "/sim/speaker"))["started_at"],
            "received_at": (await first_of(hall, "/sim/platform/visits"))["received_at"],
            "shown_at": await shown_at(hall, "A001"),
        }
        for name, stamp in stamps.items():
            assert -WIRE_S < time_of(stamp) - began < NEAR_S, (name, stamp, ticket["issued_at"])
        await check_new_simulators(hall)
        log = hall.log()
    assert "Traceback" not in log and "ERROR" not in log, log
    async with running_hall(tmp_path / "data") as hall:
        bench = (await hall.get("/sim/bench")).body
        assert abs(time_of(bench["at"]) - datetime.now().astimezone().timestamp()) < 30
        assert bench["speed"] == 1


async def check_new_simulators(hall: RunningHall) -> None:
    """Simulators that start after the service show its time from their first stamp on."""
    old = read_ports(hall.data)
    assert hall.session is not None
    async with hall.session.post(f"{old['control']}/shutdown"):
        pass

    async def are_gone() -> bool:
        return has_ended(old["pid"])

    await eventually(are_gone)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "run.py", "sim", "--data", str(hall.data), cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        stamp = await shown_at(hall, "A001")
        now = (await hall.get("/state")).body["at"]
        assert -WIRE_S < time_of(now) - time_of(stamp) < NEAR_S, (stamp, now)
    finally:
        send(process, signal.SIGTERM)
        await process.wait()


def has_ended(pid: int) -> bool:
    """A process that has ended stays listed as Z until its parent asks; its lock is free then."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"
