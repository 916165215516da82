"""The migrations make exactly the tables of schema.py."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text

from controller.store.engine import open_engine
from controller.store.migrate import migrate
from controller.store.schema import events, metadata, tickets
from tests.fixtures.core import fresh_engine


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_migrations_make_the_schema(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/hall.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = fresh_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_stands_survives_the_revisions(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/hall.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    migrate(engine, "0001")
    with engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO events (hall, seq, at, type, v, actor, part, subject, body, hash)"
            " VALUES ('h', 1, 5, 'DayOpened', 1, 'test', 0, 'hall', '{}', 'aa')"
        ))  # fmt: skip
        connection.execute(text(
            "INSERT INTO tickets (hall, id, seq, date, number, service, state, items, source,"
            " ahead, issued_at, calls, paper, paper_detail) VALUES ('h', 't1', 1, '2026-11-23',"
            " 'A001', 'A', 'DONE', '[]', 'kiosk', 0, 5, 1, 'printed', '')"
        ))  # fmt: skip
    migrate(engine)
    with engine.connect() as connection:
        event = connection.execute(select(events)).one()
        ticket = connection.execute(select(tickets)).one()
    engine.dispose()
    assert (event.seq, event.type, event.body, event.hash) == (1, "DayOpened", "{}", "aa")
    assert (ticket.id, ticket.number, ticket.state) == ("t1", "A001", "DONE")
    assert (ticket.clients, ticket.test, ticket.direct, ticket.first_contact) == (1, 0, 0, "")
