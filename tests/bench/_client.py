"""The load: a process of its own, with a light HTTP client, so that it takes little of two cores.

`python -m tests.bench._client '{"mode": "post", …}'` prints one JSON document. The same client
asks the product and the bare service that the product is held against.
"""

import asyncio
import functools
import itertools
import json
import random
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any


class Line(asyncio.Protocol):
    """One connection: sends a request, tells its owner (status, seconds), one at a time."""

    def __init__(self) -> None:
        self.told: Callable[[int, float], None] = lambda status, seconds: None
        self._transport: asyncio.Transport | None = None
        self._began = 0.0
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, request: bytes) -> None:
        assert self._transport is not None
        self._began = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        heard = self._heard + data if self._heard else data
        end = heard.find(b"\r\n\r\n")
        if end < 0 or len(heard) < end + 4 + _length(heard[:end]):
            self._heard = heard
            return
        self._heard = b""
        self.told(int(heard[9:12]), time.perf_counter() - self._began)

    def connection_lost(self, error: Exception | None) -> None:
        self.told(0, 0.0)

    async def ask(self, request: bytes) -> tuple[int, float]:
        answered: asyncio.Future[tuple[int, float]] = asyncio.get_running_loop().create_future()
        self.told = lambda status, seconds: (
            None if answered.done() else answered.set_result((status, seconds))
        )
        self.send(request)
        return await answered

    def close(self) -> None:
        assert self._transport is not None
        self.told = lambda status, seconds: None
        self._transport.close()


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def post(path: str, body: dict[str, Any]) -> bytes:
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


async def lines(port: int, count: int) -> list[Line]:
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(Line, "127.0.0.1", port) for _ in range(count)]
    return [line for _, line in made]


async def posts(port: int, path: str, connections: int, seconds: float) -> dict[str, Any]:
    """Post tickets on every connection without a pause; count the answers within the time."""
    requests = itertools.cycle([post(path, {"service": code}) for code in "ABCDE"])
    spent: list[float] = []
    bad: list[int] = []
    open_lines = await lines(port, connections)
    for line in open_lines:
        line.told = _again(line, requests, spent, bad)
    began = time.perf_counter()
    for line in open_lines:
        line.send(next(requests))
    await asyncio.sleep(seconds)
    count, lasted = len(spent), time.perf_counter() - began
    for line in open_lines:
        line.told = lambda status, seconds: None
    await asyncio.sleep(0.2)  # what is under way still gets its answer
    for line in open_lines:
        line.close()
    return {"rate": count / lasted, "bad": bad[:5], "spent": sorted(spent)}


def _again(
    line: Line, requests: "itertools.cycle[bytes]", spent: list[float], bad: list[int]
) -> Callable[[int, float], None]:
    def told(status: int, seconds: float) -> None:
        spent.append(seconds)
        if status not in (200, 201):
            bad.append(status)
        line.send(next(requests))

    return told


async def posts_counted(port: int, count: int) -> dict[str, Any]:
    """Post so many tickets, 16 at a time."""
    left = itertools.repeat(None, count)
    wish = itertools.cycle([post("/api/v1/tickets", {"service": code}) for code in "ABCDE"])
    bad: list[int] = []

    async def work(line: Line) -> None:
        for _ in left:
            status, _ = await line.ask(next(wish))
            if status != 201:
                bad.append(status)

    open_lines = await lines(port, 16)
    async with asyncio.TaskGroup() as group:
        for line in open_lines:
            group.create_task(work(line))
    return {"bad": bad[:5]}


async def calls(
    port: int, counters: int, samples: int, refill: bool, rest_s: float = 0.0
) -> dict[str, Any]:
    """Every counter calls, finishes and calls again; a new ticket takes each called one's place.

    Between two visits a counter rests for `rest_s`, half of it more or less.
    """
    chance = random.Random(1)
    spent: list[float] = []
    bad: list[int] = []
    wish = itertools.cycle([post("/api/v1/tickets", {"service": code}) for code in "ABCDE"])

    async def work(no: int, line: Line) -> None:
        following = post(f"/api/v1/counters/{no}/next", {})
        finish = post(f"/api/v1/counters/{no}/finish", {})
        while len(spent) < samples:
            await asyncio.sleep(rest_s * chance.uniform(0.5, 1.5))
            status, seconds = await line.ask(following)
            if status == 200:
                spent.append(seconds)
            rest = [await line.ask(finish)]
            if refill:
                rest.append(await line.ask(next(wish)))
            bad.extend(one for one, _ in [(status, 0), *rest] if one not in (200, 201))
            if bad:
                return

    open_lines = await lines(port, counters)
    async with asyncio.TaskGroup() as group:
        for no, line in enumerate(open_lines, 1):
            group.create_task(work(no, line))
    for line in open_lines:
        line.close()
    return {"spent": sorted(spent), "bad": bad[:5]}


class Reader(asyncio.Protocol):
    """One open stream: tells when the bytes that are waited for have come."""

    def __init__(self, path: str, seen: Callable[[bytes], None]) -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        self._seen = seen

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._seen(data)


async def listen(port: int, path: str, streams: int) -> dict[str, Any]:
    """Keep streams open, and read them, until standard input ends."""
    loop = asyncio.get_running_loop()
    for _ in range(streams):
        await loop.create_connection(lambda: Reader(path, lambda data: None), "127.0.0.1", port)
    print("{}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    return {}


async def fan_out(port: int, path: str, streams: int, wishes: list[Any]) -> dict[str, Any]:
    """Post wishes at their times; tell for each how long until the last stream had its event.

    A wish is [seconds after the begin, path, body, marker]; the marker is found in the bytes of
    its event on every stream. One without a marker is posted beside the others, and not timed.
    """
    loop = asyncio.get_running_loop()
    waited: dict[str, Any] = {"marker": b"", "left": 0, "done": loop.create_future()}
    heard: list[tuple[float, str]] = []

    def seen(data: bytes) -> None:
        if waited["marker"] and waited["marker"] in data:
            waited["left"] -= 1
            if waited["left"] == 0:
                waited["done"].set_result(time.perf_counter())

    def recorded(data: bytes) -> None:
        heard.append((time.perf_counter(), data.decode("utf-8", "replace")))
        seen(data)

    readers = []
    for number in range(streams):
        make = functools.partial(Reader, path, recorded if number == 0 else seen)
        _, reader = await loop.create_connection(make, "127.0.0.1", port)
        readers.append(reader)
    await asyncio.sleep(1.0)
    line, beside = await lines(port, 2)
    spent: list[float] = []
    began = time.perf_counter()
    quiet = asyncio.create_task(_beside(beside, began, [one for one in wishes if not one[3]]))
    for due, wish_path, body, marker in [one for one in wishes if one[3]]:
        await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
        waited.update(marker=marker.encode(), left=streams, done=loop.create_future())
        posted = time.perf_counter()
        status, _ = await line.ask(post(wish_path, body))
        if status not in (200, 201):
            return {"spent": spent, "bad": [status], "heard": []}
        spent.append(await asyncio.wait_for(waited["done"], 10.0) - posted)
    quiet.cancel()
    told = [(at - began, text) for at, text in heard]
    return {"spent": spent, "bad": [], "heard": told}


async def _beside(line: Line, began: float, wishes: list[Any]) -> None:
    for due, path, body, _ in wishes:
        await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
        await line.ask(post(path, body))


MODES: dict[str, Callable[..., Coroutine[Any, Any, dict[str, Any]]]] = {
    "post": posts, "post_count": posts_counted, "calls": calls, "listen": listen,
    "fan_out": fan_out,
}  # fmt: skip


if __name__ == "__main__":
    given = json.loads(sys.stdin.readline() if len(sys.argv) < 2 else sys.argv[1])
    print(json.dumps(asyncio.run(MODES[given.pop("mode")](**given))))
