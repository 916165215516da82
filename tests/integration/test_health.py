"""A hall that cannot store says so: to machines, to the manager, in both languages."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from config.settings import message
from controller.clock import Clock
from controller.domain.commands import OpenDay, RecordDeliveryRefused, RecordDevice
from controller.ledger import Ledger
from controller.writer import FAILURES_BEFORE_UNREADY, Writer
from tests.fixtures.running import eventually
from tests.fixtures.served import ServedHall, served
from web.readiness import TASKS

REASON = ("code", "zh", "en")


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


async def readiness(hall: ServedHall) -> tuple[int, Any]:
    async with hall.client.get("/readyz") as reply:
        return reply.status, await reply.json(content_type=None)


def codes(found: list[dict[str, str]]) -> list[str]:
    assert all(tuple(each) == REASON and all(each.values()) for each in found)
    return [each["code"] for each in found]


async def test_a_full_disk_is_told_until_a_commit_works(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> None:
        raise OSError("disk full")

    ticket = await hall.take()
    with monkeypatch.context() as broken:
        broken.setattr(hall.hall.ledger, "_stop", fail)
        for failures in range(1, FAILURES_BEFORE_UNREADY + 1):
            assert (await readiness(hall))[0] == 200, failures
            problem = await hall.post("/tickets", {"service": "A"}, 503)
            assert problem["code"] == "outcome_unknown"
        status, found = await readiness(hall)
        assert (status, found["status"], found["code"]) == (503, 503, "not_ready")
        assert (found["ready"], found["seq"]) == (False, hall.hall.state.seq)
        assert codes(found["reasons"]) == ["writer_failing"]
        assert "磁盘" in found["reasons"][0]["zh"]
        assert "disk full" not in str(found)
        shown = (await hall.get("/overview"))["health"]
        assert (shown["ready"], shown["reasons"]) == (False, found["reasons"])
        assert (await hall.get(f"/tickets/{ticket['id']}"))["state"] == "WAITING"
    await hall.take()
    status, found = await readiness(hall)
    assert (status, found["ready"], found["reasons"]) == (200, True, [])
    assert (await hall.get("/overview"))["health"] == {
        "ready": True, "reasons": [], "degraded": []
    }  # fmt: skip


async def test_a_second_writer_is_told_by_its_name(hall: ServedHall) -> None:
    other = Writer(Ledger(hall.hall.engine, hall.hall.code), Clock())
    await other.start()
    await other.execute(RecordDevice("printer:kiosk", "printer", True, "silent"), actor="other")
    await other.stop()
    await hall.post("/tickets", {"service": "A"}, 503)
    status, found = await readiness(hall)
    assert (status, codes(found["reasons"])) == (503, ["another_writer"])


async def test_a_database_that_is_gone_is_told(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Engine | Connection) -> None:
        raise OSError("no route to host")

    with monkeypatch.context() as broken:
        broken.setattr(Connection, "commit", refuse)
        broken.setattr(Engine, "connect", refuse)
        broken.setattr(Engine, "begin", refuse)
        for _ in range(FAILURES_BEFORE_UNREADY):
            await hall.post("/tickets", {"service": "A"}, 503)
        status, found = await readiness(hall)
    assert (status, codes(found["reasons"])) == (503, ["database_unreachable"])


async def test_a_writer_that_cannot_publish_is_told(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("controller.writer.apply", lambda *_: 1 / 0)
        await hall.post("/tickets", {"service": "A"}, 503)
    status, found = await readiness(hall)
    assert (status, codes(found["reasons"])) == (503, ["writer_stopped"])


async def test_a_task_that_starts_again_leaves_the_hall_ready(hall: ServedHall) -> None:
    async def fail() -> None:
        raise ValueError("a defect")

    supervisor = hall.hall.supervisor
    supervisor.add("printing kiosk", fail)
    supervisor.add("news", fail)
    supervisor.start()

    async def degraded() -> bool:
        return len((await readiness(hall))[1]["degraded"]) == 2

    await eventually(degraded)
    status, found = await readiness(hall)
    assert (status, found["ready"]) == (200, True)
    assert codes(found["degraded"]) == ["task_restarting:printing kiosk", "task_restarting:news"]
    assert found["degraded"][0]["zh"].startswith("小票打印（kiosk）出了错")
    assert (await hall.get("/overview"))["health"]["degraded"] == found["degraded"]
    async with hall.client.get("/metrics") as reply:
        assert "yimen_tasks_restarting 2.0" in await reply.text()


async def test_every_watched_task_has_a_name_in_words(hall: ServedHall) -> None:
    kinds = {watched.name.partition(" ")[0] for watched in hall.hall.supervisor.health()}
    assert kinds <= set(TASKS)
    for kind in TASKS:
        assert message("zh", f"health.task.{kind}") != message("en", f"health.task.{kind}")


async def test_a_post_that_the_platform_refuses_is_counted(hall: ServedHall) -> None:
    assert (await hall.get("/overview"))["platform"]["refused"] == 0
    refusal = RecordDeliveryRefused(3, "visits", "v1", 422, "no such hall")
    await hall.hall.writer.execute(refusal, actor="system:delivering")
    await hall.hall.writer.execute(OpenDay(), actor="system:start")
    assert (await hall.get("/overview"))["platform"]["refused"] == 1
