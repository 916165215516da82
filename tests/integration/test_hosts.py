"""A site that makes its own name point to this machine (DNS rebinding) reads and steps nothing."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import load
from tests.fixtures.served import DEMO, ServedHall, served

PUBLIC = "https://hall.yunxi.gov.cn:8443"
OURS = (
    "127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "192.168.1.20", "[fd00::1]", "localhost:8080",
    "LocalHost.", "hall", "hall-pc:8080", "hall.test", "hall.lan", "hall.local.", "a.b.internal",
    "hall.yunxi.gov.cn", "HALL.yunxi.gov.cn:8443", socket.gethostname(),
)  # fmt: skip
FOREIGN = (
    "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example",
    "evil.test.example", "test.evil.example", "hall.yunxi.gov.cn.evil.example", "yunxi.gov.cn",
    "localhost@evil.example", "evil.example#.test", "hall.test:80:80", "[::1", ".test", "",
)  # fmt: skip


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path, settings=load(DEMO).with_public_url(PUBLIC)) as hall:
        yield hall


@pytest.mark.parametrize("path", ["/api/v1/state", "/api/v1/stream", "/kiosk", "/openapi.json"])
async def test_a_foreign_name_reads_nothing(hall: ServedHall, path: str) -> None:
    async with hall.client.get(path, headers={"Host": "evil.example"}) as reply:
        problem = await reply.json(content_type=None)
        assert reply.content_type == "application/problem+json"
    assert (reply.status, problem["code"]) == (403, "bad_host")
    headers = {"Host": "evil.example", "Accept": "text/html"}
    async with hall.client.get("/kiosk", headers=headers) as reply:
        assert (reply.status, reply.content_type) == (403, "text/html")
        assert "这不是本大厅的网址" in await reply.text()


async def test_a_foreign_name_steps_nothing(hall: ServedHall) -> None:
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    wish = {"service": "A"}
    async with hall.client.post("/api/v1/tickets", json=wish, headers=headers) as reply:
        assert (reply.status, (await reply.json(content_type=None))["code"]) == (403, "bad_host")
    assert (await hall.get("/tickets"))["items"] == []


async def test_which_names_are_ours(hall: ServedHall) -> None:
    for names, status in ((OURS, 200), (FOREIGN, 403)):
        for name in names:
            async with hall.client.get("/healthz", headers={"Host": name}) as reply:
                assert reply.status == status, name


async def test_without_a_host_no_browser_asks(hall: ServedHall) -> None:
    reader, writer = await asyncio.open_connection(hall.client.host, hall.client.port)
    writer.write(b"GET /healthz HTTP/1.0\r\n\r\n")
    assert b" 200 OK\r\n" in await reader.readline()
    writer.close()


@pytest.mark.parametrize("origin", ["http://[bad", "://", "http://hall.test@evil.example", ""])
async def test_an_origin_that_is_none_is_foreign(hall: ServedHall, origin: str) -> None:
    headers = {"Origin": origin, "Host": "hall.test"}
    wish = {"service": "A"}
    async with hall.client.post("/api/v1/tickets", json=wish, headers=headers) as reply:
        assert (reply.status, (await reply.json(content_type=None))["code"]) == (403, "bad_origin")
