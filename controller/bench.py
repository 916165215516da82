"""The pass-through to the simulators' process: the service itself never imports a simulator."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import aiohttp

logger = logging.getLogger(__name__)

TIMEOUT_S = 10.0
HEADERS_PASSED = ("Content-Type", "Content-Disposition", "Content-Range", "Accept-Ranges")


class BenchDownError(Exception):
    """No simulators answer on this data folder."""


class Bench:
    """Asks the control port that `DATA/sim/ports.json` names at the time of the call.

    The simulators may be started, stopped and started again under a running service.
    """

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / "sim" / "ports.json"
        self._session: aiohttp.ClientSession | None = None

    async def forward(
        self, method: str, path: str, query: str = "", body: bytes = b"", key: str | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Pass a request on; return status, headers to hand back, and body.

        `path` is below the control port ("/printers/kiosk/tickets"), `query` without its "?".
        `key` goes along as Idempotency-Key: the simulators know which presses they have taken.
        Raises `BenchDownError`.
        """
        control = (await asyncio.to_thread(self.ports)).get("control")
        if not control:
            raise BenchDownError(f"{self._file} names no control port")
        url = f"{control}{path}" + (f"?{query}" if query else "")
        headers = {"Content-Type": "application/json"} if body else {}
        if key is not None:
            headers["Idempotency-Key"] = key
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
        """Return the port of a simulated line; OSError while the simulators are not there."""
        url = self.ports().get("lines", {}).get(name)
        if not url:
            raise OSError(f"the simulators do not run: no line {name} in {self._file}")
        return str(url)

    def address(self, name: str) -> str:
        """Return the HTTP address of `platform` or `speaker`; OSError while there is none."""
        url = self.ports().get(name)
        if not url:
            raise OSError(f"the simulators do not run: no {name} in {self._file}")
        return str(url)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), trust_env=False
            )
        return self._session
