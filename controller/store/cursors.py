"""How far each reactor has come in the log. A cursor never goes back."""

from collections.abc import Mapping

from sqlalchemy import Connection, insert, select, update

from controller.store.schema import cursors


def read_cursors(connection: Connection, hall: str) -> dict[str, int]:
    """Return the position of each reactor that has one."""
    query = select(cursors.c.name, cursors.c.seq).where(cursors.c.hall == hall)
    return {row.name: row.seq for row in connection.execute(query)}


def move_cursors(connection: Connection, hall: str, positions: Mapping[str, int]) -> None:
    """Store positions; the transaction is the caller's."""
    for name, seq in positions.items():
        here = (cursors.c.hall == hall) & (cursors.c.name == name)
        moved = connection.execute(update(cursors).where(here).values(seq=seq))
        if moved.rowcount == 0:
            connection.execute(insert(cursors).values(hall=hall, name=name, seq=seq))
