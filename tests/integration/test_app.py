"""A hall as a whole: started on either database, restarted, changed, refused; the pass-through."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from config.settings import Settings, load
from controller.app import CannotStartError, Hall, build, check_books, new_id
from controller.bench import Bench, BenchDownError
from controller.domain.commands import IssueTicket
from controller.store.queries import one_ticket

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(ROOT / "config/demo.toml")


def make(settings: Settings, folder: Path, engine_url: str | None = None) -> Hall:
    """A hall without devices."""
    return build(
        settings, folder, engine_url=engine_url, without=frozenset(settings.device_ids)
    )


async def issue(hall: Hall) -> str:
    ticket = new_id()
    await hall.writer.execute(IssueTicket("A", ticket), actor="kiosk:1")
    return ticket


async def lives_on(settings: Settings, folder: Path, engine_url: str | None) -> None:
    hall = make(settings, folder, engine_url)
    await hall.start()
    ticket = await issue(hall)
    token = hall.token_for(ticket)
    await hall.stop()
    hall = make(settings, folder, engine_url)
    await hall.start()
    try:
        row = await hall.read(one_ticket, hall.code, ticket)
        assert row is not None and row["number"] == "A001"
        assert hall.token_for(ticket) == token
        assert hall.token_for("another") != token
        assert hall.state.tickets[ticket].number == "A001"
        assert hall.supervisor.healthy
        await issue(hall)
        assert [t.number for t in hall.state.tickets.values()] == ["A001", "A002"]
    finally:
        await hall.stop()
    assert await asyncio.to_thread(check_books, settings, folder, engine_url) == []


async def test_a_hall_lives_on_after_a_restart(settings: Settings, tmp_path: Path) -> None:
    await lives_on(settings, tmp_path, None)


async def test_a_hall_lives_on_on_postgresql(
    settings: Settings, tmp_path: Path, postgres_url: str
) -> None:
    await lives_on(settings, tmp_path, postgres_url)


async def test_rules_are_adopted_when_they_change_and_not_otherwise(
    settings: Settings, tmp_path: Path
) -> None:
    async def rules_seq(hall_settings: Settings) -> int:
        hall = make(hall_settings, tmp_path)
        await hall.start()
        await hall.stop()
        return hall.state.rules_seq

    assert await rules_seq(settings) == 1
    assert await rules_seq(settings) == 1
    changed = settings.hall.model_copy(update={"rating_prompt_s": 30})
    assert await rules_seq(settings.model_copy(update={"hall": changed})) == 3


async def test_a_second_hall_on_the_folder_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    hall = make(settings, tmp_path)
    with pytest.raises(CannotStartError, match="in use by another"):
        make(settings, tmp_path)
    await hall.stop()
    await make(settings, tmp_path).stop()


async def test_a_database_that_is_none_is_told_in_a_sentence(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "hall.db").write_bytes(b"this is no database" * 100)
    hall = make(settings, tmp_path)
    with pytest.raises(CannotStartError, match="database cannot be used"):
        await hall.start()
    await hall.stop()


def test_ids_are_opaque_and_short() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(each) == 20 and each.isalnum() for each in ids)


def write_ports(folder: Path, ports: dict[str, Any]) -> None:
    (folder / "sim").mkdir(exist_ok=True)
    (folder / "sim" / "ports.json").write_text(json.dumps(ports), "utf-8")


async def test_the_bench_passes_requests_on_to_where_the_simulators_are_now(
    tmp_path: Path,
) -> None:
    async def echo(request: web.Request) -> web.Response:
        body = await request.text()
        return web.json_response(
            {"path": request.path_qs, "method": request.method, "body": body}, status=202
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", echo)
    bench = Bench(tmp_path)
    assert not await bench.alive()
    with pytest.raises(BenchDownError):
        await bench.forward("GET", "/health")
    async with TestServer(app) as server:
        write_ports(tmp_path, {"control": str(server.make_url("")).rstrip("/")})
        status, headers, body = await bench.forward("POST", "/keypads/3/press", "a=1", b"{}")
        assert (status, headers["Content-Type"]) == (202, "application/json; charset=utf-8")
        assert json.loads(body) == {
            "path": "/keypads/3/press?a=1", "method": "POST", "body": "{}"
        }  # fmt: skip
    with pytest.raises(BenchDownError):
        await bench.forward("GET", "/health")
    await bench.shutdown()
    await bench.close()


def test_the_bench_knows_lines_and_addresses_as_they_are_now(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(OSError, match="simulators do not run"):
        bench.line_url("kiosk")
    write_ports(tmp_path, {"lines": {"kiosk": "/dev/pts/3"}, "speaker": "http://127.0.0.1:1/s"})
    assert bench.line_url("kiosk") == "/dev/pts/3"
    assert bench.address("speaker") == "http://127.0.0.1:1/s"
    with pytest.raises(OSError, match="no platform"):
        bench.address("platform")
