"""Prove the books: the chain, the folds, the projections, and the main figures a second way."""

from collections import Counter as Tally
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, func, select

from controller.domain.events import (
    CaseAccepted,
    NoShowMarked,
    ServingFinished,
    StoredEvent,
    TicketCalled,
    TicketExpired,
    TicketIssued,
    TicketRated,
)
from controller.domain.fold import apply
from controller.domain.state import HallState
from controller.store import event_store
from controller.store.projections import project
from controller.store.schema import PROJECTED, metadata, tickets
from controller.store.snapshot_rows import newest_snapshot
from controller.store.snapshots import freeze

BLOCK = 500


def verify(
    engine: Engine, hall: str, progress: Callable[[int], None] = lambda seq: None
) -> list[str]:
    """Return a sentence for each thing that does not hold; an empty list is a clean bill.

    Checks: seq dense from 1; each hash follows from the one before; the newest snapshot plus
    its tail equals the whole fold; every projection equals a fold into empty tables; tickets
    by state, cases and ratings recounted from the events by a slow second function.
    """
    problems: list[str] = []
    shadow = create_engine("sqlite://")
    metadata.create_all(shadow)
    tally: Tally[str] = Tally()
    state = HallState()
    with engine.connect().execution_options(read_only=True) as source, shadow.begin() as copy:
        previous = (0, event_store.FIRST_HASH)
        block: list[StoredEvent] = []
        for stored in event_store.read_all(source, hall):
            problems += _check_link(previous, stored)
            previous = (stored.seq, stored.hash)
            apply(state, stored)
            _count(tally, stored)
            block.append(stored)
            if len(block) == BLOCK:
                project(copy, block)
                block.clear()
                progress(stored.seq)
        project(copy, block)
        problems += _check_snapshot(source, hall, state)
        for table in PROJECTED:
            problems += _compare(source, copy, hall, table)
        problems += _recount(source, hall, tally)
    shadow.dispose()
    return problems


def _check_link(previous: tuple[int, str], stored: StoredEvent) -> list[str]:
    if stored.seq != previous[0] + 1:
        return [f"日志缺号 gap in the log: after {previous[0]} comes {stored.seq}"]
    event = stored.event
    link = event_store.chain_hash(
        previous[1],
        (
            stored.hall,
            stored.seq,
            stored.at,
            stored.type,
            event.v,
            stored.actor,
            stored.key,
            stored.digest,
            stored.part,
            event.subject,
            stored.body,
        ),
    )
    if link != stored.hash:
        return [f"日志被改动 the row {stored.seq} ({stored.type}) does not fit its hash"]
    return []


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
        for key in sorted(wrong)[:20]
    ]


ENDS: dict[type, tuple[str, str]] = {
    TicketIssued: ("", "WAITING"),
    TicketCalled: ("WAITING", "CALLED"),
    ServingFinished: ("CALLED", "DONE"),
    NoShowMarked: ("CALLED", "NO_SHOW"),
    TicketExpired: ("WAITING", "EXPIRED"),
}


def _count(tally: "Tally[str]", stored: StoredEvent) -> None:
    """Count a second way: numbers of events, without looking at any ticket."""
    step = ENDS.get(type(stored.event))
    if step is not None:
        tally[step[0]] -= 1
        tally[step[1]] += 1
    if isinstance(stored.event, CaseAccepted):
        tally["cases"] += 1
    if isinstance(stored.event, TicketRated):
        tally["ratings"] += 1


def _recount(source: Connection, hall: str, tally: "Tally[str]") -> list[str]:
    query = (
        select(tickets.c.state, func.count())
        .where(tickets.c.hall == hall)
        .group_by(tickets.c.state)
    )
    found: Tally[str] = Tally(dict((state, n) for state, n in source.execute(query)))
    found["CALLED"] += found.pop("SERVING", 0)
    for name, table in (("cases", PROJECTED[1]), ("ratings", PROJECTED[3])):
        count = select(func.count()).select_from(table).where(table.c.hall == hall)
        found[name] = source.execute(count).scalar_one()
    names = ("WAITING", "CALLED", "DONE", "NO_SHOW", "EXPIRED", "cases", "ratings")
    return [
        f"合计不符 {name}: {found[name]} in the table, {tally[name]} by the events"
        for name in names
        if found[name] != tally[name]
    ]
