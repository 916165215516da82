"""Prove the books: the chain, the folds, the projections, and the main figures a second way."""

import contextlib
import gc
import multiprocessing
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, String, Table, create_engine, literal, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from controller.domain.event import EVENT_TYPES, UnknownEventError
from controller.domain.fold import apply
from controller.domain.state import HallState
from controller.store import event_store, recount
from controller.store.engine import open_engine
from controller.store.projections import STEPS, project
from controller.store.schema import PROJECTED, cursors, metadata, snapshots
from controller.store.snapshot_rows import newest_snapshot
from controller.store.snapshots import freeze

BLOCK = 2000
SHOWN = 20
PROJECTED_AT_ONCE = 10_000
BESIDE_FROM = 20_000
"""A log of so many events is proved by two processes."""

UNPROJECTED = {name for name, cls in EVENT_TYPES.items() if cls not in STEPS}

Progress = Callable[[int], None]


def verify(engine: Engine, hall: str, progress: Progress = lambda seq: None) -> list[str]:
    """Return a sentence for each thing that does not hold; an empty list is a clean bill.

    Checks: seq dense from 1; each hash follows from the one before; no cursor or snapshot
    stands beyond the last row; the newest snapshot plus its tail equals the whole fold; every
    projection equals a fold into empty tables; the rows of live tickets tell what the state
    tells; visits, people, ends, calls, cases and ratings recounted from the events by a slow
    second function. A log that cannot be folded is told with the row at which it stops, after
    the chain has been checked to its end.

    A long log is read by two processes at once, each as of one moment of its own: this one
    proves the chain, the state and the figures, the other one the tables.
    """
    if not _is_long(engine, hall) or not _can_fork():
        tables = prove_tables(engine, hall)
        return _together(prove_log(engine, hall, progress), tables)
    url = engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=context) as beside:
        tables_proved = beside.submit(_prove_tables_beside, url, hall)
        log = prove_log(engine, hall, progress)
        return _together(log, tables_proved.result())


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave the collector of cycles alone: a fold makes millions of objects and no cycle."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass
class Proof:
    """What was found: in the log's rows, why it cannot be folded, and by what follows from it."""

    rows: list[str]
    broken: str | None
    follows: list[str]


def _together(log: Proof, tables: Proof) -> list[str]:
    broken = log.broken or tables.broken
    if broken is not None:
        return [*log.rows, broken]
    snapshot, figures = log.follows[:1], log.follows[1:]
    return [*log.rows, *filter(None, snapshot), *tables.follows, *figures]


def _is_long(engine: Engine, hall: str) -> bool:
    with engine.connect().execution_options(read_only=True) as source:
        return event_store.last_position(source, hall)[0] >= BESIDE_FROM


def _can_fork() -> bool:
    """Whether a child may be forked: only from a process without other threads."""
    ways = multiprocessing.get_all_start_methods()
    return "fork" in ways and threading.active_count() == 1 and (os.cpu_count() or 1) > 1


def _prove_tables_beside(url: str, hall: str) -> Proof:
    engine = open_engine(url)
    try:
        return prove_tables(engine, hall)
    finally:
        engine.dispose()


def prove_log(engine: Engine, hall: str, progress: Progress) -> Proof:
    """Prove chain, ends, snapshot, live tickets and figures; `follows` begins with the snapshot."""
    chain: list[str] = []
    fold = _Fold()
    previous = (0, event_store.FIRST_HASH)
    with (
        _without_collecting(),
        engine.connect().execution_options(**one_moment(engine)) as source,
    ):
        for block in event_store.read_raw(source, hall, BLOCK):
            for row in block:
                if row[1] != previous[0] + 1 or event_store.raw_hash(previous[1], row) != row[11]:
                    chain += _wrong_link(previous, row)
                previous = (row[1], row[11])
            fold.take(block)
            progress(previous[0])
        rows = chain[:SHOWN] + _check_ends(source, hall, previous[0])
        if fold.broken is not None:
            return Proof(rows, fold.broken, [])
        follows = _check_snapshot(source, hall, fold.state) or [""]
        follows += recount.check_live(source, hall, fold.state)
        return Proof(rows, None, follows + recount.check_figures(source, hall, fold.tally))


def prove_tables(engine: Engine, hall: str) -> Proof:
    """Hold every projection against a fold of the log into empty tables."""
    shadow = create_engine("sqlite://", creator=_empty_database, poolclass=StaticPool)
    try:
        with (
            _without_collecting(),
            shadow.connect() as copy,
            engine.connect().execution_options(**one_moment(engine)) as source,
        ):
            metadata.create_all(copy, tables=list(PROJECTED))
            for block in event_store.read_raw(source, hall, PROJECTED_AT_ONCE):
                broken = _project(copy, [row for row in block if row[3] not in UNPROJECTED])
                if broken is not None:
                    return Proof([], broken, [])
            follows = [
                problem for table in PROJECTED for problem in _compare(source, copy, hall, table)
            ]
            return Proof([], None, follows)
    finally:
        shadow.dispose()


def _empty_database() -> sqlite3.Connection:
    """Return a database that SQLite keeps in a file of its own where memory does not suffice."""
    made = sqlite3.connect("", check_same_thread=False)
    for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-64000"):
        made.execute(f"PRAGMA {pragma}")
    return made


def _project(copy: Connection, block: Sequence[event_store.RawRow]) -> str | None:
    """Project a block; tell the row at which the log cannot be folded."""
    try:
        project(copy, event_store.stored_events(block))
        copy.commit()
    except (SQLAlchemyError, UnknownEventError) as error:
        copy.rollback()
        if len(block) == 1:
            return _cannot_fold(block[0][1], error)
        half = len(block) // 2
        return _project(copy, block[:half]) or _project(copy, block[half:])
    return None


def one_moment(engine: Engine) -> dict[str, Any]:
    """Return the options by which log and tables are read as of one moment.

    SQLite's BEGIN does this by itself; PostgreSQL would show what is committed meanwhile.
    """
    if engine.dialect.name == "postgresql":
        return {"read_only": True, "isolation_level": "REPEATABLE READ"}
    return {"read_only": True}


class _Fold:
    """The log folded anew into a state and counted; stops at the first defect."""

    def __init__(self) -> None:
        self.state = HallState()
        self.tally = recount.Tally()
        self.broken: str | None = None

    def take(self, block: Sequence[event_store.RawRow]) -> None:
        if self.broken is not None:
            return
        try:
            events = event_store.stored_events(block)
        except UnknownEventError as error:
            if len(block) == 1:
                self.broken = _cannot_fold(block[0][1], error)
                return
            self.take(block[: len(block) // 2])
            self.take(block[len(block) // 2 :])
            return
        for stored in events:
            try:
                apply(self.state, stored)
            except Exception as error:
                self.broken = _cannot_fold(stored.seq, error)
                return
            self.tally.take(stored)


def _cannot_fold(seq: int, error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    told = f"{type(cause).__name__}: {cause}"
    return f"日志从第 {seq} 行起算不下去 the log cannot be folded from row {seq} on ({told})"


def _wrong_link(previous: tuple[int, str], row: event_store.RawRow) -> list[str]:
    problems = []
    if row[1] != previous[0] + 1:
        problems.append(f"日志缺号 gap in the log: after {previous[0]} comes {row[1]}")
    if event_store.raw_hash(previous[1], row) != row[11]:
        problems.append(f"日志被改动 the row {row[1]} ({row[3]}) does not fit its hash")
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


def _compare(source: Connection, copy: Connection, hall: str, table: Table) -> list[str]:
    """Walk both tables in the order of their key; tell the rows that differ."""
    keys = [column.name for column in table.primary_key]
    positions = [list(table.c.keys()).index(name) for name in keys]
    problems: list[str] = []
    stored, folded = _walk(source, hall, table), _walk(copy, hall, table)
    left, right = next(stored, None), next(folded, None)
    while (left is not None or right is not None) and len(problems) < SHOWN:
        if left == right:
            left, right = next(stored, None), next(folded, None)
            continue
        key = min(tuple(row[at] for at in positions) for row in (left, right) if row is not None)
        found = [
            row if row is not None and tuple(row[at] for at in positions) == key else None
            for row in (left, right)
        ]
        told = [row and dict(zip(table.c.keys(), row, strict=True)) for row in found]
        problems.append(f"投影不符 {table.name} {key}: stored {told[0]}, from the log {told[1]}")
        left = next(stored, None) if found[0] is not None else left
        right = next(folded, None) if found[1] is not None else right
    return problems


def _walk(connection: Connection, hall: str, table: Table) -> Iterator[tuple[Any, ...]]:
    """Read a table in the order of its key, the same on both databases, as plain tuples."""
    binary = "C" if connection.dialect.name == "postgresql" else "BINARY"
    order = [
        column.collate(binary) if isinstance(column.type, String) else column
        for column in table.primary_key
    ]
    query = select(table).where(table.c.hall == hall).order_by(*order)
    result = connection.execution_options(stream_results=True).execute(query)
    assert result.cursor is not None
    while block := result.cursor.fetchmany(1000):
        yield from block
    result.close()
