"""The door of the service for simulated people: what the kiosk's and the clerk's page ask.

Every wish has a key and is asked again under it until there is an answer, as the pages do.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import aiohttp

TIMEOUT_S = 10.0
AGAIN_S = 0.3
GATHER_S = 0.03
"""So long after news the state is read, so that a burst of them is read once."""


class HallDoor:
    """Asks the service at `url`; `day` begins every key, so that no two days share one."""

    def __init__(self, url: str, day: str) -> None:
        self._url = url.rstrip("/")
        self._day = day
        self._session: aiohttp.ClientSession | None = None
        self._asking: dict[object, float] = {}

    @property
    def waiting_s(self) -> float:
        """Since when the longest open wish waits for its answer, real seconds."""
        return max((time.monotonic() - began for began in self._asking.values()), default=0.0)

    async def ask(self, path: str, body: dict[str, Any], key: str) -> tuple[int, Any]:
        """Post until there is an answer; return its status and document."""
        mark = object()
        self._asking[mark] = time.monotonic()
        try:
            while True:
                try:
                    status, document = await self._post(path, body, f"{self._day}-{key}")
                except (aiohttp.ClientError, TimeoutError, OSError):
                    status, document = 503, None
                if status < 500:
                    return status, document
                await asyncio.sleep(AGAIN_S)
        finally:
            del self._asking[mark]

    async def state(self) -> dict[str, Any] | None:
        """What every page may see of the hall; None: no answer."""
        try:
            async with self._client().get(f"{self._url}/api/v1/state") as answer:
                state: dict[str, Any] = await answer.json()
                return state if answer.status == 200 else None
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None

    async def follow(self, seq: int, news: asyncio.Event) -> None:
        """Set `news` at each event behind `seq` until the stream breaks off."""
        unlimited = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT_S)
        stream = self._client().get(
            f"{self._url}/api/v1/stream", params={"after": str(seq)}, timeout=unlimited
        )
        async with stream as answer:
            async for line in answer.content:
                if line.startswith(b"id:"):
                    news.set()

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, path: str, body: dict[str, Any], key: str) -> tuple[int, Any]:
        headers = {"Idempotency-Key": key}
        url = f"{self._url}/api/v1{path}"
        async with self._client().post(url, json=body, headers=headers) as answer:
            data = await answer.read()
            return answer.status, json.loads(data) if data else None

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Only loopback is ever asked: a proxy of this machine has no say in it.
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), trust_env=False
            )
        return self._session


class Screen:
    """The state of the hall as the pages show it, read again at every news."""

    def __init__(self, door: HallDoor) -> None:
        self._door = door
        self._document: dict[str, Any] = {}
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Keep it fresh, for ever."""
        news = asyncio.Event()
        while True:
            state = await self._door.state()
            if state is None:
                await asyncio.sleep(AGAIN_S)
                continue
            self._show(state)
            following = asyncio.create_task(self._door.follow(state["seq"], news))
            try:
                await self._refresh(following, news)
            finally:
                following.cancel()
                await asyncio.wait({following})
                if not following.cancelled():
                    following.exception()

    async def _refresh(self, following: asyncio.Task[None], news: asyncio.Event) -> None:
        while not following.done():
            waiting = asyncio.create_task(news.wait())
            await asyncio.wait({waiting, following}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            await asyncio.sleep(GATHER_S)
            news.clear()
            state = await self._door.state()
            if state is not None:
                self._show(state)

    def _show(self, state: dict[str, Any]) -> None:
        self._document = state
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self, timeout_s: float) -> None:
        """Wait for another state, at most so many real seconds."""
        changed = self._changed
        try:
            async with asyncio.timeout(timeout_s):
                await changed.wait()
        except TimeoutError:
            return

    @property
    def known(self) -> bool:
        """Whether the hall has answered at all."""
        return bool(self._document)

    def counter(self, no: int) -> dict[str, Any]:
        """A counter as the board shows it."""
        counters = self._document.get("counters", ())
        return next((one for one in counters if one["no"] == no), {})

    def number_at(self, no: int) -> str | None:
        """The number that a counter holds."""
        ticket = self.counter(no).get("ticket")
        return None if ticket is None else str(ticket["number"])

    def elsewhere(self, number: str) -> int | None:
        """The counter that holds a number."""
        counters = [one["no"] for one in self._document.get("counters", ())]
        return next((no for no in counters if self.number_at(no) == number), None)

    def waiting(self) -> int:
        """How many wait in the whole hall."""
        return sum(self._document.get("waiting", {}).values())

    def waiting_for(self, no: int) -> int:
        """How many wait for the services of a counter."""
        lines = self._document.get("waiting", {})
        return sum(lines.get(service, 0) for service in self.counter(no).get("services", ()))
