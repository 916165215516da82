"""The event stream: dense, public, resumable, and no burden when a reader is slow."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse

from controller.domain.commands import RecordAnnouncement
from tests.fixtures.running import eventually
from tests.fixtures.served import ServedHall, served
from web import stream
from web.stream import STREAMS


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


@dataclass(frozen=True)
class Message:
    """One server-sent event; `raw` is what came over the wire."""

    id: int | None
    event: str
    data: Any
    raw: str


class Listener:
    """Reads server-sent events one by one."""

    def __init__(self, reply: ClientResponse) -> None:
        self._reply = reply

    async def block(self) -> str:
        lines = []
        while line := (await self._reply.content.readline()).decode().rstrip("\n"):
            lines.append(line)
        return "\n".join(lines)

    async def next(self) -> Message:
        raw = await self.block()
        fields = dict(line.split(": ", 1) for line in raw.splitlines())
        if "data" not in fields:
            return await self.next()
        number = int(fields["id"]) if "id" in fields else None
        return Message(number, fields["event"], json.loads(fields["data"]), raw)

    async def until(self, seq: int) -> list[Message]:
        found: list[Message] = []
        while not found or (found[-1].id or 0) < seq:
            found.append(await self.next())
        return found


@asynccontextmanager
async def listening(
    hall: ServedHall, query: str = "", **headers: str
) -> AsyncIterator[Listener]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with hall.client.get(f"/api/v1/stream{query}", headers=named) as reply:
        assert reply.status == 200
        assert reply.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert reply.headers["X-Accel-Buffering"] == "no"
        assert reply.headers["Cache-Control"] == "no-store"
        listener = Listener(reply)
        assert await listener.block() == "retry: 2000"
        yield listener


async def a_visit(hall: ServedHall) -> dict[str, Any]:
    """A visit with everything that the public must not see."""
    ticket: dict[str, Any] = await hall.take("A", items=["RS01"], priority="elder")
    await hall.post("/counters/1/next")
    await hall.post("/counters/1/accept")
    await hall.post("/counters/1/finish")
    await hall.post(f"/tickets/{ticket['id']}/rating", {"grade": 2, "token": ticket["token"]})
    return ticket


async def test_the_whole_log_comes_dense_and_public(hall: ServedHall) -> None:
    ticket = await a_visit(hall)
    seq = (await hall.get("/state"))["seq"]
    async with listening(hall, "?after=0") as listener:
        messages = await listener.until(seq)
    assert [message.id for message in messages] == list(range(1, seq + 1))
    assert [message.event for message in messages] == [
        "RulesAdopted", "DayOpened", "TicketIssued", "TicketCalled", "hidden", "ServingFinished",
        "hidden", "RatingAsked", "TicketRated",
    ]  # fmt: skip
    assert messages[2].data == {
        "seq": 3,
        "at": "2026-11-23T08:30:00.000+08:00",
        "ticket": ticket["id"],
        "number": "A001",
        "service": "A",
        "ahead": 0,
    }
    assert messages[3].data["call"] == 1
    assert messages[4].data == {"seq": 5}
    assert messages[8].data.keys() == {"seq", "at", "ticket", "counter"}
    wire = "".join(message.raw for message in messages)
    for secret in (ticket["token"], "RS01", "elder", "grade", "reason", "credit", "actor"):
        assert secret not in wire


async def test_what_happens_comes_at_once_and_the_same_as_later(hall: ServedHall) -> None:
    async with listening(hall) as early:
        await a_visit(hall)
        seq = hall.hall.state.seq
        live = await early.until(seq)
    first = live[0].id
    assert first == 3  # without a position it begins now
    async with listening(hall, "?after=2") as late:
        replayed = await late.until(seq)
    assert [message.raw for message in live] == [message.raw for message in replayed]


async def test_the_browsers_own_position_is_newer_than_the_address(hall: ServedHall) -> None:
    for _ in range(5):
        await hall.take()
    async with listening(hall, "?after=0", Last_Event_ID="6") as listener:
        assert (await listener.next()).id == 7
    for position in ("x", "-1", "9" * 20):
        problem = await hall.get("/stream", 400, headers={"Last-Event-ID": position})
        assert problem["code"] == "malformed"
        assert (await hall.get(f"/stream?after={position}", 400))["code"] == "malformed"


async def test_a_ping_comes_also_between_events(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PING_S", 0.03)
    async with listening(hall) as listener:
        message = await listener.next()
        assert (message.id, message.event, message.data) == (None, "ping", {})
        await hall.take()
        seen = [(await listener.next()).event for _ in range(4)]
    assert "TicketIssued" in seen
    assert "ping" in seen


async def test_too_much_missed_is_a_reset_and_goes_on_from_now(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MISSED_MOST", 5)
    for _ in range(4):
        await hall.take()
    assert hall.hall.state.seq == 6
    async with listening(hall, "?after=1") as listener:
        assert (await listener.next()).id == 2  # exactly five missed: all of them come
    for query in ("?after=0", "?after=999"):
        async with listening(hall, query) as listener:
            message = await listener.next()
            seq = hall.hall.state.seq
            assert (message.event, message.id, message.data) == ("reset", seq, {"seq": seq})
            await hall.take()
            assert (await listener.next()).id == seq + 1


async def test_no_gap_and_no_double_where_memory_ends_and_disk_begins(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.hall.feed._ring = deque(maxlen=8)
    monkeypatch.setattr(stream, "BLOCK", 7)

    async def issue() -> None:
        for _ in range(60):
            await asyncio.gather(*(hall.take("ABCDE"[n % 5]) for n in range(3)))

    issuing = asyncio.create_task(issue())
    for start in (0, 1, 20, 50, 100):
        while hall.hall.state.seq < start:
            await hall.hall.feed.wait(hall.hall.state.seq)
        async with listening(hall, f"?after={start}") as listener:
            messages = await listener.until(182 if start == 100 else hall.hall.state.seq + 5)
        ids = [message.id for message in messages]
        assert ids == list(range(start + 1, start + 1 + len(ids)))
    await issuing


async def test_many_readers_share_the_bytes(hall: ServedHall, monkeypatch: Any) -> None:
    encoded: list[int] = []
    plain = stream.encode
    monkeypatch.setattr(
        stream, "encode", lambda stored, at: (encoded.append(stored.seq), plain(stored, at))[1]
    )

    async def read() -> list[str]:
        async with listening(hall, "?after=0") as listener:
            return [message.raw for message in await listener.until(12)]

    reading = [asyncio.create_task(read()) for _ in range(20)]
    for _ in range(10):
        await hall.take()
    told = await asyncio.gather(*reading)
    assert all(one == told[0] for one in told)
    assert len(encoded) == len(set(encoded)) == 12


async def test_a_reader_that_takes_nothing_is_dropped(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "WRITE_TIMEOUT_S", 0.2)
    monkeypatch.setattr(stream, "encode", lambda stored, at: b": " + b"x" * 400_000 + b"\n\n")
    streams = hall.client.app[STREAMS]

    async def opened() -> bool:
        return len(streams) > 0

    async def closed() -> bool:
        return len(streams) == 0

    reader, writer = await asyncio.open_connection(hall.client.host, hall.client.port, limit=1024)
    writer.write(b"GET /api/v1/stream?after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
    await eventually(opened)
    for _ in range(30):
        await hall.take()
    await eventually(closed, timeout_s=8)
    await hall.take()  # the hall has gone on
    writer.close()
    assert reader is not None


async def test_streams_end_quickly_with_the_service(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with served(tmp_path) as hall:
        replies = [await hall.client.get("/api/v1/stream") for _ in range(5)]
        began = loop.time()
        await hall.client.server.close()
        assert loop.time() - began < 5
        for reply in replies:
            reply.close()


async def test_there_is_an_end_to_the_number_of_streams(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "STREAMS_MOST", 1)
    async with listening(hall):
        problem = await hall.get("/stream", 429)
        assert (problem["code"], problem["retry_after_s"]) == ("too_many", 5)

    async def noticed() -> bool:
        await hall.take()
        return len(hall.client.app[STREAMS]) == 0

    await eventually(noticed, timeout_s=8)
    async with listening(hall):
        pass


async def test_an_announcement_names_its_sound(hall: ServedHall) -> None:
    seq = hall.hall.state.seq
    detail = {"number": "A001", "text": "请A 零 零 一号", "wav": "x.wav", "seconds": 3.2}
    begin = RecordAnnouncement("one", "started", "t", 2, "hall", detail)
    await hall.hall.writer.execute(begin, actor="test")
    async with listening(hall, f"?after={seq}") as listener:
        message = await listener.next()
    assert message.data == {
        "seq": seq + 1,
        "at": "2026-11-23T08:30:00.000+08:00",
        "announcement": "one",
        "ticket": "t",
        "number": "A001",
        "counter": 2,
        "area": "hall",
        "text": "请A 零 零 一号",
        "seconds": 3.2,
        "wav_url": "/api/v1/announcements/one.wav",
    }
