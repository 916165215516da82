"""Random days with every command: rows, state, snapshots and recounts tell the same story."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, update

from controller.domain.deciding import DECIDERS
from controller.domain.errors import RefusalError
from controller.domain.fold import apply
from controller.domain.queue_events import UndoEvent
from controller.domain.state import HallState
from controller.ledger import Ledger, Outcome, Wish
from controller.store import event_store
from controller.store.rebuild import rebuild_projections
from controller.store.schema import PROJECTED, projection_versions, tickets
from controller.store.snapshots import freeze, thaw
from controller.store.verify import verify
from tests.fixtures.core import HALL, START_MS, fresh_engine
from tests.fixtures.wishing import EVERYTHING, Wisher

PAPER = ("paper", "paper_detail", "paper_at", "paper_printer", "rating")
POLICIES = ("void", "within", "requeue", "keep")


class Day:
    """A hall of random wishes; each is decided, stored and held against what it should leave."""

    def __init__(self, engine: Engine, seed: int, **rules: Any) -> None:
        self.engine = engine
        self.ledger = Ledger(engine, HALL)
        self.wisher = Wisher(Random(seed), replace(EVERYTHING, **rules))
        self.now = START_MS
        self.state = HallState()
        self.before: dict[int, dict[str, dict[str, Any]]] = {}
        self.done: set[str] = set()
        self.thawed: HallState | None = None

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.now += self.wisher.passing_ms()
            self.wish(self.wisher.next(self.state, self.now))
            if self.wisher.chance(0.03):
                self.thawed = thaw(freeze(self.state))

    def wish(self, command: Any) -> None:
        rows = self.rows()
        wish = Wish(command, "test", identity=self.wisher.identity())
        results, stored = self.ledger.commit_batch([wish], self.now)
        (result,) = results
        assert isinstance(result, Outcome | RefusalError), (command, result)
        for row in stored:
            apply(self.state, row)
            if self.thawed is not None:
                apply(self.thawed, row)
        if stored:
            self.done.add(type(command).__name__)
            self.before[stored[0].seq] = rows
            self.check_undo(stored)
        if self.thawed is not None:
            assert freeze(self.thawed) == freeze(self.state)

    def rows(self) -> dict[str, dict[str, Any]]:
        with self.engine.connect() as connection:
            found = connection.execute(select(tickets))
            return {row.id: dict(row._mapping) for row in found}

    def check_undo(self, stored: list[event_store.StoredEvent]) -> None:
        """A step that was taken back leaves the row that stood before it."""
        for event in (row.event for row in stored):
            if not isinstance(event, UndoEvent):
                continue
            old, new = self.before[event.undone][event.ticket], self.rows()[event.ticket]
            differing = {name for name in old if old[name] != new[name]} - set(PAPER)
            if old["state"] == "PARKED":
                continue  # the same command took it up again, which is no step to undo
            if old["state"] == "CALLED" and new["state"] == "SERVING":
                differing -= {"state", "started_at"}  # it began with its last call
            assert not differing, (event, {name: (old[name], new[name]) for name in differing})


@contextmanager
def hall_of_its_own(url: str = "") -> Iterator[Engine]:
    """An empty hall in a file, or under `url`: one in memory would be one for each connection."""
    with TemporaryDirectory() as folder:
        engine = fresh_engine(url or f"sqlite:///{folder}/hall.db")
        try:
            yield engine
        finally:
            engine.dispose()


def tables(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in PROJECTED
        }


def check_rebuild(engine: Engine) -> None:
    """Rows that are made anew from the log, in other batches, are those that stand."""
    stored = tables(engine)
    with engine.begin() as connection:
        connection.execute(update(projection_versions).values(version=0))
        connection.execute(delete(projection_versions))
        assert rebuild_projections(connection, HALL, lambda seq, last: None)
    assert tables(engine) == stored


@pytest.mark.timeout(180)
@settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(
    seed=st.integers(0, 10_000),
    policy=st.sampled_from(POLICIES),
    keep=st.booleans(),
    numbers=st.sampled_from(["letters", "series", "digits"]),
    signing=st.booleans(),
)
def test_a_random_day_is_proved_by_every_count(
    seed: int, policy: str, keep: bool, numbers: str, signing: bool
) -> None:
    with hall_of_its_own() as engine:
        rules = {"missed_call": policy, "keep_overnight": keep, "sign_in": signing}
        day = Day(engine, seed, numbers=numbers, **rules)
        day.run(150)
        assert verify(engine, HALL) == []
        check_rebuild(engine)
        day.ledger.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.timeout(180)
def test_a_long_day_is_proved_on_both_databases(
    kind: str, request: pytest.FixtureRequest
) -> None:
    url = "" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    with hall_of_its_own(url) as engine:
        day = Day(engine, 11, missed_call="requeue")
        day.run(500)
        assert verify(engine, HALL) == []
        check_rebuild(engine)
        day.ledger.close()


@pytest.mark.timeout(180)
def test_every_command_happens_on_some_random_day() -> None:
    """Else the days above would prove less than they say."""
    missing = {command.__name__ for command in DECIDERS}
    for seed in range(40):
        with hall_of_its_own() as engine:
            day = Day(engine, seed, missed_call=POLICIES[seed % 4], auto_call=seed % 2 == 1)
            day.run(120)
            day.ledger.close()
        missing -= day.done
        if not missing:
            return
    raise AssertionError(f"no random day does {sorted(missing)}")
