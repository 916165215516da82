"""What holds for every address: refusals, headers, HEAD, origins, sizes, health."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.served import ServedHall, served
from web import routes

TICKETS = "/api/v1/tickets"
PAGES = ["/", "/kiosk", "/clerk", "/clerk/1", "/board", "/manager", "/bench"]


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


async def ask(hall: ServedHall, method: str, path: str, **options: Any) -> tuple[int, Any]:
    """Status and decoded problem of a refusal."""
    async with hall.client.request(method, path, **options) as reply:
        assert reply.content_type == "application/problem+json"
        return reply.status, await reply.json(content_type=None)


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b'{"service": "A"', b'{"service": NaN}', b'{"service":"\xff"}', b"\xff\xfe",
     b'{"service":"\\ud800"}', b"[" * 10000, b'{"service": ' + b"1" * 6000 + b"}"],
)  # fmt: skip
async def test_what_is_no_json_is_malformed(hall: ServedHall, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    status, problem = await ask(hall, "POST", TICKETS, data=body, headers=headers)
    assert (status, problem["code"]) == (400, "malformed")


async def test_json_may_come_without_its_type_but_with_no_other(hall: ServedHall) -> None:
    body = b'{"service":"A"}'
    skip = {"skip_auto_headers": ["Content-Type"]}
    async with hall.client.post(TICKETS, data=body, **skip) as reply:
        assert reply.status == 201
    for kind in (
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
        "application/json; charset=gbk",
    ):  # fmt: skip
        headers = {"Content-Type": kind}
        status, problem = await ask(hall, "POST", TICKETS, data=body, headers=headers)
        assert (status, problem["code"]) == (415, "media_type")
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json"):
        async with hall.client.post(TICKETS, data=body, headers={"Content-Type": kind}) as reply:
            assert reply.status == 201


async def test_a_body_that_is_too_large(hall: ServedHall) -> None:
    body = json.dumps({"service": "A" * 70_000})
    headers = {"Content-Type": "application/json"}
    status, problem = await ask(hall, "POST", TICKETS, data=body, headers=headers)
    assert (status, problem["code"]) == (413, "too_large")


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_body_that_cannot_be_unpacked(hall: ServedHall, coding: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    status, problem = await ask(hall, "POST", TICKETS, data=b"no such coding", headers=headers)
    assert (status, problem["code"]) == (400, "malformed")


async def test_a_client_that_goes_away_in_mid_body_leaves_no_trace(
    hall: ServedHall, caplog: pytest.LogCaptureFixture
) -> None:
    head = f"POST {TICKETS} HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n"
    for body in (b"", b'{"service":'):
        _, writer = await asyncio.open_connection(hall.client.host, hall.client.port)
        writer.write(head.encode() + body)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()
        await writer.wait_closed()
    await asyncio.sleep(0.05)
    await hall.take()
    assert "failed" not in caplog.text


async def test_a_disk_that_hangs_is_503_and_the_ticket_is_there_later(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = threading.Event()
    monkeypatch.setattr(routes, "STORE_TIMEOUT_S", 0.1)
    monkeypatch.setattr(hall.hall.ledger, "_stop", lambda name: hangs.wait(5))
    headers = {"Idempotency-Key": "k"}
    status, problem = await ask(hall, "POST", TICKETS, json={"service": "A"}, headers=headers)
    assert (status, problem["code"]) == (503, "outcome_unknown")
    hangs.set()
    monkeypatch.setattr(routes, "STORE_TIMEOUT_S", 5)
    assert (await hall.post("/tickets", {"service": "A"}, 201, key="k"))["number"] == "A001"


async def test_unknown_addresses_and_methods(hall: ServedHall) -> None:
    assert (await ask(hall, "GET", "/api/v1/nothing"))[1]["code"] == "not_found"
    status, problem = await ask(hall, "DELETE", TICKETS)
    assert (status, problem["code"]) == (405, "method_not_allowed")
    async with hall.client.put("/api/v1/state") as reply:
        assert reply.headers["Allow"] == "GET,HEAD"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_page_of_another_host_cannot_step_the_hall(hall: ServedHall, origin: str) -> None:
    headers = {"Origin": origin}
    status, problem = await ask(hall, "POST", TICKETS, json={"service": "A"}, headers=headers)
    assert (status, problem["code"]) == (403, "bad_origin")
    public = hall.hall.settings.hall.public_url
    for own in (f"http://{hall.client.host}:{hall.client.port}", public):
        headers = {"Origin": str(own)}
        async with hall.client.post(TICKETS, json={"service": "A"}, headers=headers) as reply:
            assert reply.status == 201


@pytest.mark.parametrize("path", ["/api/v1/state", TICKETS, "/api/v1/nothing", "/healthz"])
async def test_every_answer_carries_the_safe_headers(hall: ServedHall, path: str) -> None:
    async with hall.client.get(path, headers={"X-Request-Id": "abcdefgh-1"}) as reply:
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Request-Id"] == "abcdefgh-1"
        assert "aiohttp" not in reply.headers["Server"]
        assert "Access-Control-Allow-Origin" not in reply.headers
    async with hall.client.get(path, headers={"X-Request-Id": "not one"}) as reply:
        assert len(reply.headers["X-Request-Id"]) == 16


@pytest.mark.parametrize("path", ["/api/v1/state", TICKETS, "/api/v1/stream", "/openapi.json"])
async def test_head_is_a_get_without_its_body(hall: ServedHall, path: str) -> None:
    async with hall.client.head(path) as reply:
        assert reply.status == 200
        assert await reply.read() == b""


async def test_a_defect_is_told_without_its_insides(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hall.hall, "token_for", lambda ticket: 1 / 0)
    status, problem = await ask(hall, "POST", TICKETS, json={"service": "A"})
    assert (status, problem["code"]) == (500, "internal")
    assert "ZeroDivision" not in json.dumps(problem)
    assert problem["request"] in caplog.text


async def test_health_and_readiness(hall: ServedHall) -> None:
    async with hall.client.get("/healthz") as reply:
        assert await reply.json() == {"status": "ok"}
    async with hall.client.get("/readyz") as reply:
        found = await reply.json()
    seq = hall.hall.state.seq
    assert found == {"ready": True, "seq": seq, "reasons": [], "degraded": []}


async def test_a_commit_that_fails_is_503_and_a_repeat_finds_out(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(name: str) -> None:
        if name == "before-commit":
            raise OSError("disk full")

    monkeypatch.setattr(hall.hall.ledger, "_stop", fail)
    headers = {"Idempotency-Key": "k"}
    status, problem = await ask(hall, "POST", TICKETS, json={"service": "A"}, headers=headers)
    assert (status, problem["code"], problem["retry_after_s"]) == (503, "outcome_unknown", 1)
    monkeypatch.setattr(hall.hall.ledger, "_stop", lambda name: None)
    ticket = await hall.post("/tickets", {"service": "A"}, 201, key="k")
    assert ticket["number"] == "A001"
    assert "disk full" in caplog.text


async def test_metrics_are_prometheus_text(hall: ServedHall) -> None:
    await hall.take()
    async with hall.client.get("/metrics") as reply:
        assert reply.content_type == "text/plain"
        text = await reply.text()
    assert 'yimen_http_requests_total{method="POST",route="/api/v1/tickets",status="201"} 1' in text
    assert 'yimen_waiting{service="A"} 1.0' in text
    assert "yimen_writer_ready 1.0" in text


@pytest.mark.parametrize("path", ["/nothing", "/board/x"])
async def test_a_browser_is_refused_with_a_page(hall: ServedHall, path: str) -> None:
    async with hall.client.get(path, headers={"Accept": "text/html,*/*;q=0.8"}) as reply:
        assert reply.status == 404
        assert reply.content_type == "text/html"
        text = await reply.text()
    assert 'lang="zh-CN"' in text
    assert "没有找到" in text
    assert (await ask(hall, "GET", path))[1]["code"] == "not_found"


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_served_under_a_strict_policy(hall: ServedHall, path: str) -> None:
    async with hall.client.get(path) as reply:
        assert reply.status == 200
        assert reply.content_type == "text/html"
        policy = reply.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy
        assert reply.headers["Cache-Control"] == "no-store"
