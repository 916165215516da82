"""The way to the simulators: requests, ports, and the hall's time, told to each process once."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from controller import bench as bench_module
from controller.bench import Bench, BenchDownError
from controller.clock import Clock
from tests.fixtures.core import START_MS, FakeTime
from tests.fixtures.reacting import eventually

OLD, NEW = os.getppid(), os.getpid()
"""Two processes that live."""


@dataclass
class FakeControl:
    """A control port that notes what it is told; `status` is what it says to the clock."""

    folder: Path
    url: str = ""
    status: int = 200
    clocks: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        if request.path == "/clock":
            self.clocks.append(await request.json())
            return web.json_response({}, status=self.status)
        body, key = await request.text(), request.headers.get("Idempotency-Key")
        asked = {"path": request.path_qs, "method": request.method, "body": body, "key": key}
        self.asked.append(asked)
        return web.json_response(asked, status=202)

    def runs(self, pid: int, **ports: Any) -> None:
        """Write ports.json as the process of that id would."""
        found = {"pid": pid, "control": self.url, "lines": {}, **ports}
        (self.folder / "sim").mkdir(exist_ok=True)
        (self.folder / "sim" / "ports.json").write_text(json.dumps(found), "utf-8")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path, Clock(speed=60, wall=FakeTime(), ticks=FakeTime()))
    yield made
    await made.close()


@asynccontextmanager
async def control_port(folder: Path) -> AsyncIterator[FakeControl]:
    control = FakeControl(folder)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", control.take)
    async with TestServer(app) as server:
        control.url = str(server.make_url("")).rstrip("/")
        yield control


async def test_requests_are_passed_on_to_where_the_simulators_are_now(
    bench: Bench, tmp_path: Path
) -> None:
    assert not await bench.alive()
    with pytest.raises(BenchDownError):
        await bench.forward("GET", "/health")
    async with control_port(tmp_path) as control:
        control.runs(OLD)
        path = "/keypads/3/press"
        status, headers, _ = await bench.forward("POST", path, "a=1", b"{}", "pk-1")
        assert (status, headers["Content-Type"]) == (202, "application/json; charset=utf-8")
        assert control.asked == [
            {"path": f"{path}?a=1", "method": "POST", "body": "{}", "key": "pk-1"}
        ]
    with pytest.raises(BenchDownError):
        await bench.forward("GET", "/health")
    await bench.shutdown()


async def test_lines_and_addresses_are_given_as_they_are_now(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="simulators do not run"):
        bench.line_url("kiosk")
    async with control_port(tmp_path) as control:
        control.runs(OLD, lines={"kiosk": "/dev/pts/3"}, speaker="http://127.0.0.1:1/s")
        await bench.tell_time()
        assert bench.line_url("kiosk") == "/dev/pts/3"
        assert bench.address("speaker") == "http://127.0.0.1:1/s"
        with pytest.raises(OSError, match="no platform"):
            bench.address("platform")


async def test_each_process_is_told_the_time_once_and_before_anything_else(
    bench: Bench, tmp_path: Path
) -> None:
    async with control_port(tmp_path) as control:
        control.runs(OLD, lines={"kiosk": "/dev/pts/3"})
        with pytest.raises(OSError, match="hall's time"):
            bench.line_url("kiosk")
        for _ in range(2):
            await bench.forward("GET", "/health")
        assert control.clocks == [{"at": START_MS, "speed": 60}]
        control.runs(NEW, lines={"kiosk": "/dev/pts/4"})
        with pytest.raises(OSError, match="hall's time"):
            bench.line_url("kiosk")
        await bench.tell_time()
        assert len(control.clocks) == 2
        assert bench.line_url("kiosk") == "/dev/pts/4"


async def test_new_simulators_are_noticed_without_a_request(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_module, "LOOK_EVERY_S", 0.01)
    task = asyncio.create_task(bench.run())
    async with control_port(tmp_path) as control:
        for told, pid in enumerate((OLD, NEW), 1):
            control.runs(pid)
            await eventually(lambda: len(control.clocks) == told)  # noqa: B023
    await asyncio.sleep(0.05)
    assert not task.done(), "simulators that are gone are no failure"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_simulators_without_a_clock_are_used_and_complained_of_once(
    bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with control_port(tmp_path) as control:
        control.status = 404
        control.runs(OLD, lines={"kiosk": "/dev/pts/3"})
        for _ in range(3):
            assert (await bench.forward("GET", "/health"))[0] == 202
        assert bench.line_url("kiosk") == "/dev/pts/3"
    assert [record.levelname for record in caplog.records] == ["WARNING"]


async def test_the_lines_of_simulators_that_were_killed_are_nowhere(
    tmp_path: Path, bench: Bench
) -> None:
    """The name of a pseudo-terminal soon belongs to somebody else."""
    gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await gone.wait()
    async with control_port(tmp_path) as control:
        control.runs(gone.pid, lines={"kiosk": "/dev/pts/3"})
        await bench.tell_time()
        with pytest.raises(OSError, match="have ended"):
            bench.line_url("kiosk")
