"""A hall as a whole: started on either database, restarted, changed, refused."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from config.settings import Settings, load
from controller.app import CannotStartError, Hall, build, check_books, new_id
from controller.clock import Clock
from controller.domain.commands import IssueTicket
from controller.store.queries import one_ticket
from tests.fixtures.core import START_MS

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
        assert {task.state for task in hall.supervisor.health()} == {"running"}
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


async def test_a_clock_that_woke_in_the_past_lets_nobody_overtake(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nothing = frozenset(settings.device_ids)
    hall = build(settings, tmp_path, clock=Clock(START_MS), without=nothing)
    await hall.start()
    first = await issue(hall)
    await hall.stop()
    three_days_ago = START_MS - 3 * 24 * 3600 * 1000
    hall = build(settings, tmp_path, clock=Clock(three_days_ago), without=nothing)
    await hall.start()
    try:
        second = await issue(hall)
        tickets = hall.state.tickets
        assert tickets[second].issued_at >= tickets[first].issued_at
        assert tickets[second].number == "A002"
        assert hall.state.people_ahead("A", *tickets[second].place[:2]) == 1
        assert "The clock is in the past" in caplog.text
    finally:
        await hall.stop()


async def test_projections_of_another_version_are_made_anew_at_the_start(
    settings: Settings, tmp_path: Path
) -> None:
    hall = make(settings, tmp_path)
    await hall.start()
    ticket = await issue(hall)
    with hall.engine.begin() as connection:
        connection.execute(text("UPDATE tickets SET number = 'Z999'"))
        connection.execute(text("UPDATE projection_versions SET version = 0"))
    await hall.stop()
    hall = make(settings, tmp_path)
    await hall.start()
    try:
        row = await hall.read(one_ticket, hall.code, ticket)
        assert row is not None and row["number"] == "A001"
    finally:
        await hall.stop()


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
