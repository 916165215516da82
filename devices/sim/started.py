"""The simulators' process of a demo: started before the service, ended after it."""

import asyncio
import contextlib
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from devices.sim.lock import wait_until_free_blocking

READY_S = 20.0


class SimFailedError(Exception):
    """The simulators did not start; the text is a sentence for a person."""


class ControlPort(Protocol):
    """The simulators' control port, wherever `ports.json` says it is."""

    async def alive(self) -> bool:
        """Tell whether it answers."""

    async def shutdown(self) -> None:
        """Ask the process to end."""

    async def close(self) -> None:
        """Close the connections."""

    def ports(self) -> dict[str, Any]:
        """Return what `ports.json` says."""

    async def forward(
        self, method: str, path: str, query: str = "", body: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        """Pass a request on; status, headers and body of the answer."""


async def begin_scenario(bench: ControlPort | None, file: Path) -> None:
    """Let the running simulators begin with a scenario file. Raises SimFailedError."""
    if bench is None or not await bench.alive():
        raise SimFailedError(
            "模拟设备没有运行，场景开始不了。 The simulators do not run; no scenario can begin."
        )
    status, _, answer = await bench.forward("POST", "/scenario", body=_wish(file))
    if status >= 400:
        refused = json.loads(answer)
        raise SimFailedError(f"{refused['detail']}\n{refused['detail_en']}")


def _wish(file: Path) -> bytes:
    # The simulators may have been started in another folder.
    return json.dumps({"file": str(file.absolute())}).encode()


class Simulators:
    """The simulators' process of the demo: its own session, so it outlives a killed service.

    One that an earlier demo left behind is used again; `stop` ends both kinds, but never one
    that a person started with `run.py sim`.
    """

    def __init__(self, bench: ControlPort, data_dir: Path, command: Sequence[str]) -> None:
        """`command` starts the process that plays the devices of `data_dir`."""
        self._bench = bench
        self._command = list(command)
        self._mark = data_dir / "sim" / "demo.json"
        self._ours = False
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start the process unless one lives, and wait until it answers."""
        if await self._bench.alive():
            self._ours = await asyncio.to_thread(self._is_marked_blocking)
            return
        self._process = await asyncio.to_thread(self._start_blocking)
        self._ours = True
        for _ in range(round(READY_S / 0.05)):
            if await self._bench.alive():
                return
            if self._process.poll() is not None:
                break
            await asyncio.sleep(0.05)
        raise SimFailedError(
            f"模拟设备没有启动，见 {self._log}。 The simulators did not start; see {self._log}."
        )

    async def stop(self) -> None:
        """End the process if a demo started it; another may have taken its place meanwhile."""
        if not self._ours or not await asyncio.to_thread(self._is_marked_blocking):
            return
        await self._bench.shutdown()
        await self._bench.close()
        await asyncio.to_thread(wait_until_free_blocking, self._mark.parent, 5.0)
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)

    @property
    def _log(self) -> Path:
        return self._mark.with_name("sim.log")

    def _start_blocking(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._mark.write_text(json.dumps({"pid": process.pid}), "utf-8")
        return process

    def _is_marked_blocking(self) -> bool:
        try:
            marked = json.loads(self._mark.read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return bool(marked.get("pid") == self._bench.ports().get("pid"))
