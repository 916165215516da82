"""Who shows an ID card, for as long as it matters: a keyed hash and a random reference.

The log carries the reference only. A row lives until its business date is over, or as long as a
ticket of that person is live; then nothing leads from the log back to a person. The number itself
is never stored, and its hash is of no use without the hall's key (table `secrets`).
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select, update

from controller.store.schema import persons

SECRET = "identity"
WAIT_MS = 200


@dataclass(frozen=True)
class Person:
    """A person's reference, and the ISO date until which the vault keeps it."""

    ref: str
    date: str


def identity_hash(key: bytes, number: str) -> str:
    """Return the HMAC-SHA-256 (hex) of an identity number under the hall's key."""
    return hmac.new(key, number.encode(), "sha256").hexdigest()


def find_person(connection: Connection, hall: str, hashed: str) -> Person | None:
    """Return who has this hash, if the vault knows."""
    query = select(persons.c.ref, persons.c.date).where(
        persons.c.hall == hall, persons.c.hash == hashed
    )
    row = connection.execute(query).first()
    return Person(row.ref, row.date) if row is not None else None


def keep_person(connection: Connection, hall: str, hashed: str, person: Person) -> None:
    """Store a person's reference, in place of one under the same hash."""
    mine = (persons.c.hall == hall) & (persons.c.hash == hashed)
    values = {"ref": person.ref, "date": person.date}
    if connection.execute(update(persons).where(mine).values(values)).rowcount == 0:
        connection.execute(insert(persons).values(hall=hall, hash=hashed, **values))


def forget_persons(
    connection: Connection, hall: str, before: str, living: Collection[str]
) -> int:
    """Delete the rows of dates before an ISO date, but those of `living` references.

    SQLite overwrites what it deletes here. Return how many rows are gone.
    """
    query = select(persons.c.hash, persons.c.ref).where(
        persons.c.hall == hall, persons.c.date < before
    )
    gone = [row.hash for row in connection.execute(query) if row.ref not in living]
    if not gone:
        return 0
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    for hashed in gone:
        connection.execute(
            delete(persons).where(persons.c.hall == hall, persons.c.hash == hashed)
        )
    return len(gone)


def empty_journal(engine: Engine) -> None:
    """Cut SQLite's journal of changes, which still holds the deleted rows (outside a transaction).

    Readers may keep it for now; it is then overwritten in the course of the day.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout={WAIT_MS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.close()
    finally:
        raw.close()
