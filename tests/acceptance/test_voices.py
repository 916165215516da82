"""The other voices of a hall: recorded words, and a serial module, in the running product."""

from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.device_tools import device_tool
from tests.fixtures.running import ROOT, RunningHall, eventually, running_hall

pytestmark = pytest.mark.timeout(120)

MODULE_LINE = """
[[lines]]
name = "voice"
port = "sim://voice"
baud = 9600
protocol = "syn6288"
"""


def hall_with(folder: Path, was: str, now: str, more: str = "") -> Path:
    """The demo hall with one thing changed."""
    text = (ROOT / "config" / "demo.toml").read_text("utf-8")
    assert was in text
    path = folder / "hall.toml"
    path.write_text(text.replace(was, now, 1) + more, "utf-8")
    return path


async def called(hall: RunningHall) -> dict[str, Any]:
    """Take a ticket, press NEXT at counter 1, and return what was heard to its end."""
    issued = await hall.post("/tickets", {"service": "A"})
    assert issued.status == 201
    await hall.post("/sim/keypads/1/press", {"key": "NEXT"})

    async def heard() -> Any:
        said = (await hall.get("/sim/speaker")).body
        return said and said[0]["ended_at"] and said[0]

    phrase: dict[str, Any] = await eventually(heard, timeout_s=40)
    return phrase


async def test_a_set_made_by_the_engine_speaks_the_calls(tmp_path: Path) -> None:
    config = hall_with(tmp_path, 'output = "sim://speaker"',
                       'output = "sim://speaker"\nrecorded = "synthesised"')  # fmt: skip
    data = tmp_path / "data"
    async with running_hall(data, "--config", str(config)) as hall:
        words = data / "voice" / "sets" / "synthesised"

        async def made() -> bool:
            return words.is_dir()

        await eventually(made, timeout_s=40)
        assert {path.stem for path in words.glob("*.wav")} >= {"请", "号", "到", "号窗口", "A"}
        phrase = await called(hall)
        assert phrase["text"] == "请A 零 零 一号，到一号窗口"
        assert phrase["voice"] == "synthesised"
        assert phrase["peak"] > 0.1


async def test_a_serial_module_speaks_the_calls(tmp_path: Path) -> None:
    config = hall_with(tmp_path, 'output = "sim://speaker"',
                       'output = "module"\nline = "voice"', MODULE_LINE)  # fmt: skip
    async with running_hall(tmp_path / "data", "--config", str(config)) as hall:
        phrase = await called(hall)
        assert phrase["text"] == "请A 零 零 一号，到一号窗口"
        assert phrase["voice"] == "voice-module"


async def test_a_serial_module_is_asked_and_heard_by_the_tools(tmp_path: Path) -> None:
    config = hall_with(tmp_path, 'output = "sim://speaker"',
                       'output = "module"\nline = "voice"', MODULE_LINE)  # fmt: skip
    data = tmp_path / "data"
    async with running_hall(data, "--config", str(config)) as hall:
        await hall.kill()  # the simulators live on
        told = await device_tool(data, "probe", "speaker:hall", "--config", str(config))
        assert "voice module answers" in told.row("speaker:hall"), told
        told = await device_tool(data, "test", "speaker:hall", "--config", str(config))
        assert told.status == 0
        assert "sentence" in told.row("speaker:hall")


async def test_a_call_without_a_loudspeaker_is_said_when_it_is_back(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "data") as hall:
        assert (await hall.post("/sim/speaker/fault", {"gone": True})).status == 200
        assert (await hall.post("/tickets", {"service": "A"})).status == 201
        await hall.post("/sim/keypads/1/press", {"key": "NEXT"})

        async def lost() -> bool:
            return "lost" in [
                device["state"]
                for device in (await hall.get("/devices")).body["items"]
                if device["id"] == "speaker:hall"
            ]

        await eventually(lost, timeout_s=20)
        await hall.post("/sim/speaker/fault", {"gone": False})

        async def heard() -> Any:
            said = (await hall.get("/sim/speaker")).body
            return said and said[0]["ended_at"] and said

        [phrase] = await eventually(heard, timeout_s=20)
        assert phrase["text"] == "请A 零 零 一号，到一号窗口"
