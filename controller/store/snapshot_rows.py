"""Snapshots in their table."""

import contextlib

from sqlalchemy import Connection, delete, func, insert, select

from controller.domain.state import HallState
from controller.store import snapshots as form
from controller.store.schema import events, snapshots

SNAPSHOTS_KEPT = 2


def newest_snapshot(connection: Connection, hall: str) -> HallState | None:
    """Return the newest usable state: right version, and its event still carries its hash."""
    query = (
        select(snapshots.c.seq, snapshots.c.hash, snapshots.c.body, events.c.hash.label("logged"))
        .join(
            events,
            (events.c.hall == snapshots.c.hall) & (events.c.seq == snapshots.c.seq),
        )
        .where(snapshots.c.hall == hall, snapshots.c.state_version == form.STATE_VERSION)
        .order_by(snapshots.c.seq.desc())
    )
    for row in connection.execute(query):
        if row.hash != row.logged:
            continue
        # A snapshot may always be left out: one that cannot be read is none.
        with contextlib.suppress(TypeError, KeyError, ValueError):
            return form.thaw(row.body)
    return None


def newest_snapshot_seq(connection: Connection, hall: str) -> int:
    """Return the position of the newest snapshot of this version, 0 when there is none."""
    query = select(func.max(snapshots.c.seq)).where(
        snapshots.c.hall == hall, snapshots.c.state_version == form.STATE_VERSION
    )
    return int(connection.execute(query).scalar_one() or 0)


def store_snapshot(connection: Connection, hall: str, seq: int, body: str) -> None:
    """Store a frozen state and drop all but the newest few."""
    logged = connection.execute(
        select(events.c.hash).where(events.c.hall == hall, events.c.seq == seq)
    ).scalar_one()
    connection.execute(
        delete(snapshots).where(snapshots.c.hall == hall, snapshots.c.seq == seq)
    )
    connection.execute(
        insert(snapshots).values(
            hall=hall, seq=seq, state_version=form.STATE_VERSION, hash=logged, body=body
        )
    )
    old = (
        select(snapshots.c.seq)
        .where(snapshots.c.hall == hall)
        .order_by(snapshots.c.seq.desc())
        .offset(SNAPSHOTS_KEPT)
    )
    stale = [row.seq for row in connection.execute(old)]
    if stale:
        connection.execute(
            delete(snapshots).where(snapshots.c.hall == hall, snapshots.c.seq.in_(stale))
        )
