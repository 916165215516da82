"""The append-only log of one hall: rows in, rows out, one chain of hashes."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, Row, select

from controller.domain.events import Event, StoredEvent, decode
from controller.store.bulk import insert_rows
from controller.store.schema import events

FIRST_HASH = "0" * 64
COLUMNS = tuple(events.c.keys())


LENGTHS = [length.to_bytes(4, "big") for length in range(4096)]
NULL = b"\xff\xff\xff\xff"


def chain_hash(previous: str, columns: Sequence[str | int | None]) -> str:
    """Return SHA-256 over the previous hash and every other column, length-prefixed.

    NULL is written as the length FFFFFFFF, so it differs from an empty text.
    """
    parts = [bytes.fromhex(previous)]
    for column in columns:
        if column is None:
            parts.append(NULL)
            continue
        data = str(column).encode()
        size = len(data)
        parts.append(LENGTHS[size] if size < len(LENGTHS) else size.to_bytes(4, "big"))
        parts.append(data)
    return hashlib.sha256(b"".join(parts)).hexdigest()


def next_row(
    previous: tuple[int, str], at: int, head: tuple[str, str, str | None, str | None], part: int,
    event: Event,
) -> StoredEvent:
    """Build the row that follows `previous` (seq, hash); `head` is hall, actor, key, digest."""
    hall, actor, key, digest = head
    seq = previous[0] + 1
    body = event.body()
    name = type(event).__name__
    link = chain_hash(
        previous[1],
        (hall, seq, at, name, event.v, actor, key, digest, part, event.subject, body),
    )
    return StoredEvent(hall, seq, at, actor, key, digest, part, event, body, link)


def append(connection: Connection, rows: Sequence[StoredEvent]) -> None:
    """Insert rows; a second writer collides on (hall, seq)."""
    insert_rows(
        connection,
        events,
        COLUMNS,
        [
            (
                row.hall, row.seq, row.at, row.type, row.event.v, row.actor, row.key, row.digest,
                row.part, row.event.subject, row.body, row.hash,
            )
            for row in rows
        ],
    )  # fmt: skip


def read_raw(
    connection: Connection, hall: str
) -> Iterator[Row[tuple[object, ...]]]:
    """Walk the rows as they stand, without asking what they mean."""
    after = -(2**62)
    query = select(events).where(events.c.hall == hall).order_by(events.c.seq).limit(2000)
    while block := connection.execute(query.where(events.c.seq > after)).all():
        yield from block
        after = block[-1].seq


def raw_hash(previous: str, row: Row[tuple[object, ...]]) -> str:
    """Return the hash that a row must carry after `previous`."""
    return chain_hash(
        previous,
        (
            row.hall, row.seq, row.at, row.type, row.v, row.actor, row.key, row.digest, row.part,
            row.subject, row.body,
        ),
    )  # fmt: skip


def stored_event(row: Row[tuple[object, ...]]) -> StoredEvent:
    """Return a row with its event decoded. Raises `UnknownEventError` or ValueError."""
    event = decode(row.type, row.v, row.body)
    return StoredEvent(
        row.hall, row.seq, row.at, row.actor, row.key, row.digest, row.part, event, row.body,
        row.hash,
    )


def read_after(connection: Connection, hall: str, seq: int, limit: int) -> list[StoredEvent]:
    """Return up to `limit` events after a position, in order."""
    query = (
        select(events)
        .where(events.c.hall == hall, events.c.seq > seq)
        .order_by(events.c.seq)
        .limit(limit)
    )
    return [stored_event(row) for row in connection.execute(query)]


def read_all(connection: Connection, hall: str, after: int = 0) -> Iterator[StoredEvent]:
    """Walk the log in blocks."""
    while block := read_after(connection, hall, after, 2000):
        yield from block
        after = block[-1].seq


def read_subject(connection: Connection, hall: str, subject: str) -> list[Event]:
    """Return the past of one ticket, case or announcement."""
    query = (
        select(events)
        .where(events.c.hall == hall, events.c.subject == subject)
        .order_by(events.c.seq)
    )
    return [stored_event(row).event for row in connection.execute(query)]


def find_keys(
    connection: Connection, hall: str, keys: Iterable[str]
) -> dict[str, tuple[int, str | None]]:
    """Return seq and digest of the commands already done under these keys."""
    wanted = list(keys)
    if not wanted:
        return {}
    query = select(events.c.key, events.c.seq, events.c.digest).where(
        events.c.hall == hall, events.c.key.in_(wanted)
    )
    return {row.key: (row.seq, row.digest) for row in connection.execute(query)}


def read_command(connection: Connection, hall: str, seq: int) -> list[StoredEvent]:
    """Return all events of the command whose first event stands at `seq`."""
    found: list[StoredEvent] = []
    after = seq - 1
    while block := read_after(connection, hall, after, 32):
        for row in block:
            if found and row.part == 0:
                return found
            found.append(row)
        after = block[-1].seq
    return found


def last_position(connection: Connection, hall: str) -> tuple[int, str]:
    """Return (seq, hash) of the newest event, (0, zeros) for an empty log."""
    query = (
        select(events.c.seq, events.c.hash)
        .where(events.c.hall == hall)
        .order_by(events.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row.seq, row.hash) if row else (0, FIRST_HASH)
