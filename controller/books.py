"""The hall's books while nobody serves them: proved, or made up."""

import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings
from controller.domain.events import UnknownEventError
from controller.domain.state import HallState
from controller.folder import CannotStartError, DataFolder, FolderUnusableError, need_writing
from controller.past import Wanted as Wanted
from controller.past import make_past
from controller.reactors.timing import EVENTS_PER_SNAPSHOT
from controller.rules_from_settings import rules_from
from controller.store.cursors import move_cursors
from controller.store.engine import open_engine
from controller.store.migrate import migrate
from controller.store.rebuild import rebuild_projections
from controller.store.schema import events, tickets
from controller.store.snapshot_rows import newest_snapshot_seq, store_snapshot
from controller.store.snapshots import freeze
from controller.store.verify import verify

Progress = Callable[[int, int], None]

logger = logging.getLogger(__name__)


def check_books(settings: Settings, data_dir: Path, engine_url: str | None = None) -> list[str]:
    """Return a sentence for each thing in the hall's books that does not hold (blocking).

    May run beside the service.
    """
    database = data_dir / "hall.db"
    if engine_url is None:
        _find_blocking(database)
    engine = open_database(engine_url or f"sqlite:///{database}")
    try:
        return verify(engine, settings.hall.code)
    except (SQLAlchemyError, UnknownEventError) as error:
        if engine_url is None:
            need_writing(data_dir)  # SQLite's log of changes must be written even to read it
        raise CannotStartError(f"数据库读不了 The database cannot be read: {error}") from error
    finally:
        engine.dispose()


def open_database(url: str) -> Engine:
    """Open a database, SQLite or PostgreSQL. Raises `CannotStartError`."""
    try:
        return open_engine(url)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        # Without the address, which may hold a password.
        raise CannotStartError(
            "--database 不是能用的地址，应像 postgresql+psycopg://用户@主机/库。 "
            "--database is no address that can be used; "
            "write one like postgresql+psycopg://user@host/name."
        ) from error


def _find_blocking(database: Path) -> None:
    try:
        database.stat()
    except FileNotFoundError as error:
        raise CannotStartError(f"没有这个数据库 There is no database {database}.") from error
    except OSError as error:
        raise FolderUnusableError(database.parent, error) from error


def make_up_past(
    settings: Settings,
    data_dir: Path,
    wanted: Wanted,
    engine_url: str | None = None,
    progress: Progress = lambda tickets, seq: None,
) -> int:
    """Write a made-up past into an empty hall (blocking); return the last event's seq.

    `progress(tickets, seq)` is called after each block. Raises `CannotStartError` when the hall
    has a past of its own.
    """
    folder = DataFolder(data_dir)
    try:
        engine = open_database(engine_url or f"sqlite:///{data_dir / 'hall.db'}")
        try:
            return _fill(engine, settings, wanted, progress)
        except SQLAlchemyError as error:
            raise CannotStartError(f"数据库写不了 The database cannot be used: {error}") from error
        finally:
            engine.dispose()
    finally:
        folder.release()


def _fill(engine: Engine, settings: Settings, wanted: Wanted, progress: Progress) -> int:
    hall, state = settings.hall.code, HallState()
    migrate(engine)
    with engine.begin() as connection:
        if _has_rows(connection):
            raise CannotStartError(
                "这个大厅已有数据，generate 只写空的文件夹或数据库。 "
                "This hall has a past of its own; generate writes into an empty one only."
            )
        rebuild_projections(connection, hall, lambda seq, last: None)
    for issued, state in make_past(engine, hall, rules_from(settings), wanted):
        progress(issued, state.seq)
        if wanted.log:
            _keep_snapshot(engine, hall, state)
    if wanted.log:
        with engine.begin() as connection:
            # The platform was told in its time.
            move_cursors(connection, hall, {"platform": state.seq})
    return state.seq


def _has_rows(connection: Connection) -> bool:
    counts = (select(func.count()).select_from(table) for table in (events, tickets))
    return any(connection.execute(count).scalar_one() for count in counts)


def _keep_snapshot(engine: Engine, hall: str, state: HallState) -> None:
    """Store what the service would have stored on its way."""
    with engine.begin() as connection:
        if state.seq - newest_snapshot_seq(connection, hall) >= EVENTS_PER_SNAPSHOT:
            store_snapshot(connection, hall, state.seq, freeze(state))
