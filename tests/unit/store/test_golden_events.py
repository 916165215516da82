"""Every event type and version that was ever on main still folds, byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.pool import StaticPool

from controller.domain.events import EVENT_TYPES, StoredEvent, UnknownEventError, decode
from controller.domain.fold import apply
from controller.domain.state import HallState
from controller.store.event_store import FIRST_HASH, chain_hash
from controller.store.projections import project
from controller.store.recount import Tally, check_figures, check_live
from controller.store.schema import PROJECTED, metadata

GOLDEN = Path(__file__).parents[2] / "golden" / "events" / "log.jsonl"


HASHED = (
    "hall", "seq", "at", "type", "v", "actor", "key", "digest", "part", "subject", "body",
)  # fmt: skip


def stored() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def golden() -> list[StoredEvent]:
    rows = []
    for row in stored():
        event = decode(row.pop("type"), row.pop("v"), row["body"])
        row.pop("subject")
        rows.append(StoredEvent(**row, event=event))
    return rows


def test_every_event_type_and_version_has_a_golden_row() -> None:
    versions = {(name, v) for name, cls in EVENT_TYPES.items() for v in range(1, cls.v + 1)}
    assert {(row["type"], row["v"]) for row in stored()} == versions


def test_golden_rows_keep_their_hash() -> None:
    previous = FIRST_HASH
    for row in stored():
        columns = [row[name] for name in HASHED]
        assert chain_hash(previous, columns) == row["hash"]
        previous = row["hash"]


def test_golden_rows_fold_and_project() -> None:
    state = HallState()
    for row, as_stored in zip(golden(), stored(), strict=True):
        body = json.loads(row.event.body())
        # An older version is read with the later one's defaults; what it told stays.
        assert body | json.loads(row.body) == body
        if as_stored["v"] == row.event.v:
            assert row.event.body() == row.body
        apply(state, row)
    assert state.seq == len(golden())
    assert state.tickets == {}


def test_golden_rows_make_the_tables_that_people_read() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    state = HallState()
    tally = Tally()
    for row in golden():
        apply(state, row)
        tally.take(row)
        with engine.begin() as connection:
            project(connection, [row])
            assert check_live(connection, "test", state) == []
    with engine.connect() as connection:
        assert check_figures(connection, "test", tally) == []
        for table in PROJECTED:
            assert connection.execute(select(table)).first() is not None, table.name
    engine.dispose()


def test_an_unknown_event_stops_with_a_sentence() -> None:
    with pytest.raises(UnknownEventError, match="a newer version wrote it"):
        decode("SomethingNewer", 1, "{}")
    with pytest.raises(UnknownEventError, match="DayOpened v9"):
        decode("DayOpened", 9, '{"date":"2026-11-23"}')
    for body in ("{}", "nojson", '{"date":"2026-11-23","more":1}', "[]"):
        with pytest.raises(UnknownEventError, match="DayOpened v1"):
            decode("DayOpened", 1, body)
