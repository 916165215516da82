"""Open the database: SQLite in the hall's folder, or PostgreSQL where one machine is outgrown."""

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool


def open_engine(url: str) -> Engine:
    """Return an engine; SQLite runs in WAL mode with full synchronisation.

    Every transaction on SQLite that may write begins with BEGIN IMMEDIATE: a deferred one that
    reads first fails at once under WAL (libraries.md, section 5). Connections marked with
    `read_only=True` as execution option begin plainly.
    """
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=8,
            connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 5.0},
        )
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
        return engine
    return create_engine(url, pool_size=8, pool_pre_ping=True)


def _on_connect(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
