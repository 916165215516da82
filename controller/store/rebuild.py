"""Projections of another version are made anew from the log before serving."""

from collections.abc import Callable

from sqlalchemy import Connection, delete, insert, select

from controller.store import event_store
from controller.store.projections import VERSION, project
from controller.store.schema import PROJECTED, projection_versions

NAME = "all"
BLOCK = 1000


def rebuild_projections(
    connection: Connection, hall: str, progress: Callable[[int, int], None]
) -> bool:
    """Rebuild every projection if its stored version is not the code's; tell whether it was.

    All in the caller's transaction, so readers see the old rows until it is done, and a kill
    leaves them as they were. `progress(seq, last)` is called after each block.
    """
    mine = (projection_versions.c.hall == hall) & (projection_versions.c.name == NAME)
    stored = connection.execute(select(projection_versions.c.version).where(mine)).scalar()
    if stored == VERSION:
        return False
    last = event_store.last_position(connection, hall)[0]
    for table in PROJECTED:
        connection.execute(delete(table).where(table.c.hall == hall))
    seq = 0
    while block := event_store.read_after(connection, hall, seq, BLOCK):
        project(connection, block)
        seq = block[-1].seq
        progress(seq, last)
    connection.execute(delete(projection_versions).where(mine))
    connection.execute(
        insert(projection_versions).values(hall=hall, name=NAME, version=VERSION)
    )
    return last > 0
