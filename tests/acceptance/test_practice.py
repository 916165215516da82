"""`run.py practice`: a hall of its own beside the real one, marked everywhere."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.running import ROOT, Answer, RunningHall, eventually

pytestmark = pytest.mark.timeout(120)


async def tried(data: Path) -> tuple[int, str]:
    """Start practice on a folder that is held already."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "run.py", "practice", "--port", "0", "--data", str(data),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def test_citizens_come_and_every_face_says_that_it_is_practice(tmp_path: Path) -> None:
    hall = RunningHall(tmp_path / "data", command="practice", arguments=("--people", "2000"))
    try:
        await hall.start()

        async def somebody_waits() -> Any:
            state = (await hall.get("/state")).body
            return state if sum(state["waiting"].values()) else None

        state = await eventually(somebody_waits, timeout_s=40)
        assert state["practice"] is True
        assert state["hall"]["name"].startswith("练习 ")
        for page in ("kiosk", "clerk/1", "board", "manager", "bench", "desk"):
            shown = await hall.get(f"/{page}", api=False)
            assert "练习模式（不计数）" in shown.body.decode(), page

        async def strip_says_so() -> bool:
            strip: Answer = await hall.get("/sim/leds/1")
            return strip.status == 200 and strip.body["text"] == "练习"

        await eventually(strip_says_so)
        await hall.post("/counters/1/next")

        async def somebody_came() -> Any:
            return (await hall.get("/sim/day")).body["present"].get("1")

        assert await eventually(somebody_came, timeout_s=60)
        status, said = await tried(hall.data)
        assert status == 1
        assert "请下班后停止它" in said
    finally:
        await hall.stop()
    assert not (hall.data / "hall.db").exists()
    assert (hall.data / "practice" / "hall.db").exists()
