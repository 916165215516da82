"""Prove the books: the chain, the folds, the projections, and the main figures a second way."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, create_engine, literal, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from controller.domain.events import StoredEvent
from controller.domain.fold import apply
from controller.domain.state import HallState
from controller.store import event_store, recount
from controller.store.projections import project
from controller.store.schema import PROJECTED, cursors, metadata, snapshots
from controller.store.snapshot_rows import newest_snapshot
from controller.store.snapshots import freeze

BLOCK = 500
SHOWN = 20


def verify(
    engine: Engine, hall: str, progress: Callable[[int], None] = lambda seq: None
) -> list[str]:
    """Return a sentence for each thing that does not hold; an empty list is a clean bill.

    Checks: seq dense from 1; each hash follows from the one before; no cursor or snapshot
    stands beyond the last row; the newest snapshot plus its tail equals the whole fold; every
    projection equals a fold into empty tables; the rows of live tickets tell what the state
    tells; visits, people, ends, calls, cases and ratings recounted from the events by a slow
    second function. A log that cannot be folded is told with the row
    at which it stops, after the chain has been checked to its end.
    """
    chain: list[str] = []
    fold = _Fold()
    previous = (0, event_store.FIRST_HASH)
    try:
        with engine.connect().execution_options(**one_moment(engine)) as source:
            for row in event_store.read_raw(source, hall):
                chain += _check_link(previous, row)
                previous = (row.seq, row.hash)
                fold.take(row)
                if row.seq % BLOCK == 0:
                    progress(row.seq)
            fold.flush()
            problems = chain[:SHOWN] + _check_ends(source, hall, previous[0])
            if fold.broken is not None:
                return [*problems, fold.broken]
            problems += _check_snapshot(source, hall, fold.state)
            with fold.shadow.connect() as copy:
                for table in PROJECTED:
                    problems += _compare(source, copy, hall, table)
            problems += recount.check_live(source, hall, fold.state)
            return problems + recount.check_figures(source, hall, fold.tally)
    finally:
        fold.shadow.dispose()


def one_moment(engine: Engine) -> dict[str, Any]:
    """Return the options by which log and tables are read as of one moment.

    SQLite's BEGIN does this by itself; PostgreSQL would show what is committed meanwhile.
    """
    if engine.dialect.name == "postgresql":
        return {"read_only": True, "isolation_level": "REPEATABLE READ"}
    return {"read_only": True}


class _Fold:
    """The log folded anew, into a state and into empty tables; stops at the first defect."""

    def __init__(self) -> None:
        self.shadow = create_engine("sqlite://", poolclass=StaticPool)
        metadata.create_all(self.shadow)
        self.state = HallState()
        self.tally = recount.Tally()
        self.broken: str | None = None
        self._block: list[StoredEvent] = []

    def take(self, row: Row[tuple[object, ...]]) -> None:
        if self.broken is not None:
            return
        try:
            stored = event_store.stored_event(row)
            apply(self.state, stored)
        except Exception as error:
            self._break(row.seq, error)
            return
        self.tally.take(stored)
        self._block.append(stored)
        if len(self._block) >= BLOCK:
            self.flush()

    def flush(self) -> None:
        if self.broken is not None or not self._block:
            return
        try:
            with self.shadow.begin() as copy:
                project(copy, self._block)
        except SQLAlchemyError as error:
            self._break(self._block[0].seq, error.orig if isinstance(error, DBAPIError) else error)
        self._block.clear()

    def _break(self, seq: int, error: BaseException | None) -> None:
        told = f"{type(error).__name__}: {error}"
        self.broken = (
            f"日志从第 {seq} 行起算不下去 the log cannot be folded from row {seq} on ({told})"
        )


def _check_link(previous: tuple[int, str], row: Row[tuple[object, ...]]) -> list[str]:
    problems = []
    if row.seq != previous[0] + 1:
        problems.append(f"日志缺号 gap in the log: after {previous[0]} comes {row.seq}")
    if event_store.raw_hash(previous[1], row) != row.hash:
        problems.append(
            f"日志被改动 the row {row.seq} ({row.type}) does not fit its hash"
        )
    return problems


def _check_ends(source: Connection, hall: str, last: int) -> list[str]:
    """Find a cut tail: something that has already been further than the log now reaches."""
    problems = []
    for table, name in ((cursors, cursors.c.name), (snapshots, literal("snapshot"))):
        query = select(name.label("name"), table.c.seq).where(
            table.c.hall == hall, table.c.seq > last
        )
        problems += [
            f"日志尾部缺失 the log ends at {last}, but {row.name} has been at {row.seq}"
            for row in source.execute(query)
        ]
    return problems


def _check_snapshot(source: Connection, hall: str, whole: HallState) -> list[str]:
    state = newest_snapshot(source, hall)
    if state is None:
        return []
    for stored in event_store.read_all(source, hall, state.seq):
        apply(state, stored)
    if freeze(state) != freeze(whole):
        return ["快照与日志不符 snapshot and tail differ from the whole fold"]
    return []


def _rows(connection: Connection, hall: str, table: Table) -> dict[tuple[Any, ...], Any]:
    query = select(table).where(table.c.hall == hall)
    keys = [column.name for column in table.primary_key]
    return {
        tuple(row._mapping[key] for key in keys): dict(row._mapping)
        for row in connection.execute(query)
    }


def _compare(source: Connection, copy: Connection, hall: str, table: Table) -> list[str]:
    stored, folded = _rows(source, hall, table), _rows(copy, hall, table)
    wrong = [key for key in stored.keys() | folded.keys() if stored.get(key) != folded.get(key)]
    return [
        f"投影不符 {table.name} {key}: stored {stored.get(key)}, from the log {folded.get(key)}"
        for key in sorted(wrong)[:SHOWN]
    ]
