"""The pass-through to the simulators' process: the service itself never imports a simulator."""

import asyncio
import contextlib
import json
import logging
import os
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from controller.clock import Clock

logger = logging.getLogger(__name__)

TIMEOUT_S = 10.0
LOOK_EVERY_S = 1.0
"""How soon simulators that were started anew are noticed."""
HEADERS_PASSED = ("Content-Type", "Content-Disposition", "Content-Range", "Accept-Ranges")


class BenchDownError(Exception):
    """No simulators answer on this data folder."""


class Bench:
    """Asks the control port that `DATA/sim/ports.json` names at the time of the call.

    The simulators may be started, stopped and started again under a running service. Each
    process of theirs is told the hall's time before anything else, so that its stamps follow it.
    """

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self.data_dir = data_dir
        self._file = data_dir / "sim" / "ports.json"
        self._clock = clock
        self._told: object = None
        self._session: aiohttp.ClientSession | None = None

    async def forward(
        self, method: str, path: str, query: str = "", body: bytes = b"", key: str | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Pass a request on; return status, headers to hand back, and body.

        `path` is below the control port ("/printers/kiosk/tickets"), `query` without its "?".
        `key` goes along as Idempotency-Key: the simulators know which presses they have taken.
        Raises `BenchDownError`.
        """
        ports = await asyncio.to_thread(self.ports)
        await self._tell_time(ports)
        headers = {"Content-Type": "application/json"} if body else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        url = f"{_control(ports)}{path}" + (f"?{query}" if query else "")
        return await self._request(method, url, body, headers)

    async def run(self) -> None:
        """Tell the time to simulators that come under a running service, for ever."""
        while True:
            with contextlib.suppress(BenchDownError):
                await self.tell_time()
            await asyncio.sleep(LOOK_EVERY_S)

    async def tell_time(self, *, again: bool = False) -> None:
        """Tell the simulators the hall's time unless they know it. Raises `BenchDownError`.

        `again`: they know an old one, the clock has gone on or runs at another speed.
        """
        await self._tell_time(await asyncio.to_thread(self.ports), again=again)

    async def alive(self) -> bool:
        """Tell whether the simulators answer."""
        try:
            status, _, _ = await self.forward("GET", "/health")
        except BenchDownError:
            return False
        return status == 200

    async def shutdown(self) -> None:
        """Ask the simulators to end; harmless when there are none."""
        try:
            await self.forward("POST", "/shutdown")
        except BenchDownError as error:
            logger.debug("no simulators to stop: %s", error)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def ports(self) -> dict[str, Any]:
        """Return what `ports.json` says, or an empty dict. A file of a few lines: no thread."""
        try:
            found: dict[str, Any] = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def line_url(self, name: str) -> str:
        """Return the port of a simulated line; OSError while the simulators are not ready."""
        url = self._told_ports().get("lines", {}).get(name)
        if not url:
            raise OSError(f"the simulators do not run: no line {name} in {self._file}")
        return str(url)

    def address(self, name: str) -> str:
        """Return the HTTP address of `platform` or `speaker`; OSError while there is none."""
        url = self._told_ports().get(name)
        if not url:
            raise OSError(f"the simulators do not run: no {name} in {self._file}")
        return str(url)

    def _told_ports(self) -> dict[str, Any]:
        """Return the ports of simulators that know the hall's time; else OSError."""
        ports = self.ports()
        if ports and not _is_alive(ports):
            # The names of its lines may already belong to terminals of somebody else.
            raise OSError(f"the simulators of {self._file} have ended")
        if ports and _process(ports) != self._told:
            raise OSError(f"the simulators do not know the hall's time yet: {self._file}")
        return ports

    async def _tell_time(self, ports: dict[str, Any], *, again: bool = False) -> None:
        if _process(ports) == self._told and not again:
            return
        url = f"{_control(ports)}/clock"
        body = json.dumps({"at": self._clock.now(), "speed": self._clock.speed}).encode()
        status, _, _ = await self._request("POST", url, body, {"Content-Type": "application/json"})
        if status != HTTPStatus.OK:
            logger.warning("the simulators do not take the hall's time: HTTP %d", status)
        self._told = _process(ports)

    async def _request(
        self, method: str, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        try:
            async with self._client().request(
                method, url, data=body or None, headers=headers
            ) as answer:
                passed = {
                    name: answer.headers[name] for name in HEADERS_PASSED if name in answer.headers
                }
                return answer.status, passed, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise BenchDownError(f"{url}: {error}") from error

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), trust_env=False
            )
        return self._session


def _control(ports: dict[str, Any]) -> str:
    if not ports.get("control"):
        raise BenchDownError("no control port is named in sim/ports.json")
    return str(ports["control"])


def _is_alive(ports: dict[str, Any]) -> bool:
    """Tell whether the process that wrote ports.json is still there (always so on Windows)."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(int(ports["pid"]), 0)
    except (KeyError, ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _process(ports: dict[str, Any]) -> object:
    """What tells one process of simulators from the next."""
    return ports.get("pid"), ports.get("control")
