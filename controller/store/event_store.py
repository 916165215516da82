"""The append-only log of one hall: rows in, rows out, one chain of hashes."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Select, select

from controller.domain.event import decode_many
from controller.domain.events import Event, StoredEvent
from controller.store.bulk import insert_rows
from controller.store.schema import events

FIRST_HASH = "0" * 64
COLUMNS = tuple(events.c.keys())


LENGTHS = [length.to_bytes(4, "big") for length in range(4096)]
NULL = b"\xff\xff\xff\xff"
PIECES_KEPT = 4096
_pieces: dict[str | int, bytes] = {}
"""Short values that come again and again (hall, type, actor, small numbers), length-prefixed."""


def chain_hash(previous: str, columns: Sequence[str | int | None]) -> str:
    """Return SHA-256 over the previous hash and every other column, length-prefixed.

    NULL is written as the length FFFFFFFF, so it differs from an empty text.
    """
    parts = [bytes.fromhex(previous)]
    for column in columns:
        piece = NULL if column is None else _pieces.get(column)
        parts.append(_piece(column) if piece is None else piece)
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _piece(column: str | int | None) -> bytes:
    data = str(column).encode()
    size = len(data)
    found = (LENGTHS[size] if size < 4096 else size.to_bytes(4, "big")) + data
    if column is not None and size < 20 and len(_pieces) < PIECES_KEPT and _comes_again(column):
        _pieces[column] = found
    return found


def _comes_again(column: str | int) -> bool:
    return column < 1000 if isinstance(column, int) else not column[:1].isdigit()


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


RawRow = tuple[str, int, int, str, int, str, str | None, str | None, int, str, str, str]
"""A row as it stands, in the order of `COLUMNS`."""


def read_raw(connection: Connection, hall: str, size: int = 2000) -> Iterator[list[RawRow]]:
    """Walk the rows as they stand, in blocks, without asking what they mean."""
    after = -(2**62)
    query = select(events).where(events.c.hall == hall).order_by(events.c.seq).limit(size)
    while block := _plain_rows(connection, query.where(events.c.seq > after)):
        yield block
        after = block[-1][1]


def _plain_rows(connection: Connection, query: Select[Any]) -> list[RawRow]:
    """Return rows as the driver gives them: a `Row` around each costs as much as the row."""
    result = connection.execute(query)
    assert result.cursor is not None
    found = cast(list[RawRow], result.cursor.fetchall())
    result.close()
    return found


def raw_hash(previous: str, row: RawRow) -> str:
    """Return the hash that a row must carry after `previous`: `chain_hash`, unrolled."""
    hall, seq, at, name, v, actor, key, digest, part, subject, body, _ = row
    known = _pieces.get
    number, moment = str(seq).encode(), str(at).encode()
    about, told = subject.encode(), body.encode()
    size = len(told)
    joined = b"".join((
        bytes.fromhex(previous), known(hall) or _piece(hall),
        LENGTHS[len(number)], number, LENGTHS[len(moment)], moment,
        known(name) or _piece(name), known(v) or _piece(v), known(actor) or _piece(actor),
        NULL if key is None else _piece(key), NULL if digest is None else _piece(digest),
        known(part) or _piece(part), LENGTHS[len(about)], about,
        LENGTHS[size] if size < 4096 else size.to_bytes(4, "big"), told,
    ))  # fmt: skip
    return hashlib.sha256(joined).hexdigest()


def stored_events(rows: Sequence[RawRow]) -> list[StoredEvent]:
    """Return rows with their events decoded. Raises `UnknownEventError` or ValueError."""
    decoded = decode_many([(row[3], row[4], row[10]) for row in rows])
    return [_stored(row, event) for row, event in zip(rows, decoded, strict=True)]


def _stored(row: RawRow, event: Event) -> StoredEvent:
    hall, seq, at, _, _, actor, key, digest, part, _, body, link = row
    stored = object.__new__(StoredEvent)
    stored.__dict__.update(
        hall=hall, seq=seq, at=at, actor=actor, key=key, digest=digest, part=part, event=event,
        body=body, hash=link,
    )  # fmt: skip
    return stored


def read_after(connection: Connection, hall: str, seq: int, limit: int) -> list[StoredEvent]:
    """Return up to `limit` events after a position, in order."""
    query = (
        select(events)
        .where(events.c.hall == hall, events.c.seq > seq)
        .order_by(events.c.seq)
        .limit(limit)
    )
    return stored_events(_plain_rows(connection, query))


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
    return [stored.event for stored in stored_events(_plain_rows(connection, query))]


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
