"""Every event type and version that was ever on main still folds, byte for byte."""

import json
from pathlib import Path

import pytest

from controller.domain.events import EVENT_TYPES, StoredEvent, UnknownEventError, decode
from controller.domain.fold import apply
from controller.domain.state import HallState
from controller.store.event_store import FIRST_HASH, chain_hash
from controller.store.projections import changes

GOLDEN = Path(__file__).parents[2] / "golden" / "events" / "log.jsonl"


HASHED = (
    "hall", "seq", "at", "type", "v", "actor", "key", "digest", "part", "subject", "body",
)  # fmt: skip


def golden() -> list[StoredEvent]:
    rows = []
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        event = decode(row.pop("type"), row.pop("v"), row["body"])
        row.pop("subject")
        rows.append(StoredEvent(**row, event=event))
    return rows


def test_every_event_type_has_a_golden_row() -> None:
    assert {row.type for row in golden()} == set(EVENT_TYPES)


def test_golden_rows_keep_their_hash() -> None:
    previous = FIRST_HASH
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        columns = [row[name] for name in HASHED]
        assert chain_hash(previous, columns) == row["hash"]
        previous = row["hash"]


def test_golden_rows_fold_and_project() -> None:
    state = HallState()
    for row in golden():
        assert row.event.body() == row.body
        apply(state, row)
        changes(row)
    assert state.seq == len(golden())
    assert state.tickets == {}


def test_an_unknown_event_stops_with_a_sentence() -> None:
    with pytest.raises(UnknownEventError, match="a newer version wrote it"):
        decode("SomethingNewer", 1, "{}")
    with pytest.raises(UnknownEventError, match="DayOpened v9"):
        decode("DayOpened", 9, '{"date":"2026-11-23"}')
    for body in ("{}", "nojson", '{"date":"2026-11-23","more":1}', "[]"):
        with pytest.raises(UnknownEventError, match="DayOpened v1"):
            decode("DayOpened", 1, body)
