"""The simulators' process: `run` starts every device, tells where they are, and waits.

DATA/sim/ports.json is the whole agreement with the service; it exists while they run::

    {"pid": 4711, "control": "http://127.0.0.1:40001", "platform": ".../platform",
     "speaker": ".../speaker", "lines": {"kiosk": "/data/sim/kiosk", ...}}
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from config.settings import Settings
from devices.sim.control import Control
from devices.sim.equipment import SimEquipment
from devices.sim.lock import FolderLock, SimRunningError, wait_until_free_blocking
from devices.sim.scenario import read_steps

__all__ = ["SimRunningError", "run", "wait_until_free_blocking"]

FOLDER = "sim"
PORTS_FILE = "ports.json"
LOOK_EVERY_S = 1.0
GRACE_S = 0.5
Ready = Callable[[dict[str, Any]], None]


async def run(
    settings: Settings,
    data_dir: Path,
    *,
    tcp: bool = False,
    on_ready: Ready | None = None,
    scenario: Path | None = None,
) -> None:
    """Play the devices until SIGTERM, SIGINT, POST /shutdown, or until `data_dir` is gone.

    tcp: TCP ports instead of pseudo-terminals (always so where there are none).
    on_ready: called with the content of ports.json when everything answers.
    scenario: a file of faults that begins then. Raises ConfigErrors for that, SimRunningError
    when simulators already run on `data_dir`. The folder stays locked until the process is gone:
    whoever waits for it (`wait_until_free_blocking`) knows then.
    """
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    FolderLock(folder)
    stopped = asyncio.Event()
    (folder / PORTS_FILE).unlink(missing_ok=True)  # of a killed process
    equipment = SimEquipment(settings, folder, tcp=tcp)
    steps = None if scenario is None else read_steps(scenario, equipment.faults)
    control_port = Control(settings, equipment, stopped)
    async with _playing(equipment, control_port) as (lines, control):
        ports = _write_ports(folder, lines, control)
        if on_ready:
            on_ready(ports)
        if steps is not None:
            equipment.scenario.start(*steps)
        await _wait(folder, stopped)
        await control_port.day.end()
        (folder / PORTS_FILE).unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def _playing(
    equipment: SimEquipment, control: Control
) -> AsyncIterator[tuple[dict[str, str], str]]:
    """Everything started: the addresses of the lines and of the control port."""
    runner = web.AppRunner(control.app(), access_log=None, shutdown_timeout=GRACE_S)
    async with contextlib.AsyncExitStack() as stack:
        for port in equipment.ports:
            stack.push_async_callback(port.stop)
            await port.start()
        work = await stack.enter_async_context(asyncio.TaskGroup())
        tasks = [
            work.create_task(printer.work(), name=f"printer {name}")
            for name, printer in equipment.printers.items()
        ]
        stack.callback(lambda: [task.cancel() for task in tasks])
        stack.callback(equipment.scenario.stop)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, number = runner.addresses[0][:2]
        yield {port.name: port.url for port in equipment.ports}, f"http://{host}:{number}"


def _write_ports(folder: Path, lines: dict[str, str], control: str) -> dict[str, Any]:
    ports = {
        "pid": os.getpid(),
        "control": control,
        "platform": f"{control}/platform",
        "speaker": f"{control}/speaker",
        "lines": lines,
    }
    fresh = folder / f".{PORTS_FILE}.new"
    fresh.write_text(json.dumps(ports, indent=1), encoding="utf-8")
    fresh.replace(folder / PORTS_FILE)
    return ports


async def _wait(folder: Path, stopped: asyncio.Event) -> None:
    """Until somebody asks to stop, or the folder is not the one we began with."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, stopped.set)
    began = _identity(folder)
    while not stopped.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), LOOK_EVERY_S)
        if _identity(folder) != began:
            return


def _identity(folder: Path) -> int | None:
    """The inode of a folder, None when it has vanished."""
    try:
        return folder.stat().st_ino
    except OSError:
        return None
