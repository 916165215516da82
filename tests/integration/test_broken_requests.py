"""What is no HTTP, or hardly: refused as everything else is, and told in the log once a minute."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.served import ServedHall, served
from web import server

HOST = b"Host: 127.0.0.1\r\n"
GET = b"GET /api/v1/tickets HTTP/1.1\r\n" + HOST
POST = b"POST /api/v1/tickets HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
BROKEN = {
    "raw bytes in the query": b"GET /api/v1/tickets?date=\xff HTTP/1.1\r\n" + HOST + b"\r\n",
    "raw bytes in the path": b"GET /api/v1/tickets/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target without slash": b"GET nothing HTTP/1.1\r\n" + HOST + b"\r\n",
    "a space in the target": b"GET /api /v1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "an unknown version": b"GET /healthz HTTP/9.0\r\n" + HOST + b"\r\n",
    "an unknown method": b"SING /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": GET + HOST + b"\r\n",
    "a NUL in a header": GET + b"X: a\x00b\r\n\r\n",
    "too many headers": GET + b"".join(b"X%d: a\r\n" % n for n in range(400)) + b"\r\n",
    "a negative length": POST + b"Content-Length: -5\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "length and chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: zip\r\n\r\n",
    "a chunk without size": CHUNKED + b"zz\r\n{}\r\n",
    "a chunk that is too long": CHUNKED + b"2\r\n{}{}\r\n",
    "an unknown expectation": POST + b"Expect: tea\r\nContent-Length: 2\r\n\r\n{}",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n",
}
TOO_LARGE = {
    "the target": b"GET /api/v1/tickets?date=" + b"0" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a header": GET + b"X: " + b"a" * 9000 + b"\r\n\r\n",
}


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


async def send(hall: ServedHall, *parts: bytes) -> tuple[int, dict[str, str], Any]:
    """Send bytes as they are; return status, headers and the decoded problem."""
    reader, writer = await asyncio.open_connection(hall.client.host, hall.client.port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.02 if len(parts) > 1 else 0)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
    finally:
        writer.close()
    return int(head[0].split(" ")[1]), headers, json.loads(body)


async def test_a_broken_request_is_refused_in_both_languages(
    hall: ServedHall, caplog: pytest.LogCaptureFixture
) -> None:
    for name, raw in BROKEN.items():
        status, headers, problem = await send(hall, raw)
        assert (status, problem["status"], problem["code"]) == (400, 400, "malformed"), name
        assert problem["detail"] and problem["detail_en"] and problem["action_en"]
        assert headers["content-type"] == "application/problem+json"
        assert (headers["server"], headers["x-content-type-options"]) == ("yimen", "nosniff")
        assert headers["cache-control"] == "no-store"
    assert "Traceback" not in caplog.text
    assert len(caplog.records) == 1
    assert (await hall.get("/tickets"))["items"] == []


async def test_a_request_line_or_header_that_is_too_long(hall: ServedHall) -> None:
    for name, raw in TOO_LARGE.items():
        status, headers, problem = await send(hall, raw)
        assert (status, problem["code"]) == (413, "too_large"), name
        assert headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("where", ["/api/v1/tickets", "/api/v1/nothing"])
async def test_chunks_that_break_later(
    hall: ServedHall, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    head = CHUNKED.replace(b"/api/v1/tickets", where.encode())
    status, headers, problem = await send(hall, head, b"2\r\n{}\r\n", b"zz\r\n")
    assert (status, problem["code"]) in [(400, "malformed"), (404, "not_found")]
    assert headers["server"] == "yimen"
    await hall.take()
    assert "Traceback" not in caplog.text


async def test_many_broken_requests_are_one_line_a_minute(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(server, "TOLD_EVERY_S", 1.0)
    for raw in list(BROKEN.values())[:8]:
        await send(hall, raw)
    (first,) = caplog.records
    assert "1 broken request" in first.getMessage()
    assert first.exc_info is None
    await asyncio.sleep(1.1)
    (second,) = caplog.records[1:]
    assert "7 broken requests" in second.getMessage()
    assert "127.0.0.1" in second.getMessage()
    await asyncio.sleep(1.1)
    assert len(caplog.records) == 2
