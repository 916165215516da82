"""Build a hall from its settings: log, writer, reactors and devices, started and stopped in order.

This is the only module that knows all parts; `build` takes replacements for tests.
"""

import asyncio
import base64
import contextlib
import hmac
import logging
import os
import secrets
from collections import Counter as Tally
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from alembic.util import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings
from controller import device_list
from controller.bench import Bench, BenchDownError
from controller.board_pages import BoardPages
from controller.board_sound import BoardSound
from controller.books import Wanted, check_books, make_up_past, open_database
from controller.clock import Clock
from controller.desk import WriterDesk
from controller.domain.commands import AdoptRules, OpenDay
from controller.domain.events import Event, StoredEvent, UnknownEventError
from controller.domain.state import HallState
from controller.equipment import Equipment, Replacements
from controller.feed import Feed
from controller.folder import (
    CannotStartError,
    DataFolder,
    FolderInUseError,
    make_folder,
)
from controller.ids import new_id, new_ticket_id
from controller.ledger import Ledger
from controller.lines import lines_of
from controller.pace import MOST_SPEED, DayWish, Pace, go_on_ahead, let_practise
from controller.phone_codes import SECRET as PHONE_SECRET
from controller.phone_codes import PhoneCodes
from controller.pulse import Pulse
from controller.reactors.counting import Counting
from controller.reactors.delivering import Backlog, Delivering, PlatformDoor
from controller.reactors.distributing import Distributing
from controller.reactors.ground import Ground
from controller.reactors.hall_log import CursorStore
from controller.reactors.platform_documents import DELIVERED_TYPES
from controller.reactors.supervising import DeviceState, Supervising
from controller.reactors.timing import Snapshots, Timing
from controller.rules_from_settings import rules_from
from controller.stops import StopHere, stop_from_environment
from controller.store import event_store, vault
from controller.store.cursors import move_cursors, read_cursors
from controller.store.deliveries import VisitFacts, count_events, visit_facts
from controller.store.migrate import migrate
from controller.store.rebuild import rebuild_projections
from controller.store.secrets import keep_secret
from controller.store.snapshot_rows import newest_snapshot_seq, store_snapshot
from controller.supervisor import Supervisor
from controller.system_checks import system_checks
from controller.voice_sets import VoiceSets
from controller.writer import Writer

__all__ = [
    "MOST_SPEED", "CannotStartError", "Clock", "DataFolder", "DayWish", "FolderInUseError", "Hall",
    "Wanted", "build", "check_books", "let_practise", "make_folder", "make_up_past", "new_id",
    "new_ticket_id",
]  # fmt: skip

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

ACTOR = "system:start"
READERS = 4
TOKEN_BYTES = 12


def build(
    settings: Settings,
    data_dir: Path,
    *,
    clock: Clock | None = None,
    engine_url: str | None = None,
    **replaced: Any,
) -> "Hall":
    """Make a hall on a data folder; `start` brings it to life.

    The folder is locked here (`CannotStartError` when it cannot be used or another service has
    it) and free again after `stop`. `replaced` are fields of `equipment.Replacements`; the
    crash test's stop comes from the environment otherwise.
    """
    stop = stop_from_environment(os.environ)
    if stop is not None:
        replaced.setdefault("stop", stop)
    folder = DataFolder(data_dir)
    try:
        engine = open_database(engine_url or f"sqlite:///{data_dir / 'hall.db'}")
        return Hall(settings, folder, engine, clock or Clock(), Replacements(**replaced))
    except BaseException:
        folder.release()
        raise


class Hall:
    """A running hall: what the web layer is given."""

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        engine: Engine,
        clock: Clock,
        replaced: Replacements,
    ) -> None:
        self.settings = settings
        self.data_dir = folder.path
        self.clock = clock
        self.engine = engine
        self.code = settings.hall.code
        self.ledger = Ledger(engine, self.code, stop=replaced.stop)
        self.writer = Writer(self.ledger, clock)
        self.feed = Feed(self._read_events)
        self.supervisor = Supervisor()
        self.bench = Bench(self.data_dir, clock) if settings.simulates_anything else None
        self._folder = folder
        self._replaced = replaced
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._supervising = self._make_supervising()
        self.board_pages = BoardPages(settings.boards, self._supervising)
        self._token_key = hmac.new(b"", digestmod="sha256")
        self._identity_key = b""
        self._pulse = Pulse(self.data_dir)
        self.phone_codes = PhoneCodes(b"", settings.phone.code_s)
        self.pace: Pace | None = None
        """Of a hall whose devices are all simulated."""
        self.equipment: Equipment | None = None
        self.voice_sets = VoiceSets(settings, self.data_dir / "voice" / "sets")
        self._delivering: Delivering | None = None
        self._counting: Counting | None = None

    @property
    def state(self) -> HallState:
        """The published state; read it in the loop's thread only, and never change it."""
        return self.writer.state

    @property
    def devices(self) -> list[DeviceState]:
        """All devices and how they fare, in the order of the hall file."""
        return self._supervising.states

    @property
    def presses(self) -> Tally[str]:
        """How many presses of keypads and rating boxes had which result since the start."""
        return Tally() if self.equipment is None else self.equipment.presses

    @property
    def board_sounds(self) -> Mapping[str, BoardSound]:
        """Area -> the sound that a board's page makes there, or may be given."""
        return {} if self.equipment is None else self.equipment.board_sounds

    def platform_state(self) -> dict[str, Any]:
        """Tell how the platform's posts fare: state "ok" or "waiting", behind, trouble (a code)."""
        delivering = self._delivering
        if delivering is None:
            return {"state": "waiting", "behind": 0, "trouble": "starting", "refused": 0}
        state = "waiting" if delivering.trouble else "ok"
        return {
            "state": state,
            "behind": delivering.behind,
            "trouble": delivering.trouble,
            "refused": delivering.refused,
        }

    @property
    def delivered_seq(self) -> int:
        """The place in the log up to which the platform has acknowledged everything."""
        return 0 if self._delivering is None else self._delivering.told

    def token_for(self, ticket: str) -> str:
        """Return the token of a ticket, the same for ever; compare with `hmac.compare_digest`."""
        keyed = self._token_key.copy()
        keyed.update(ticket.encode())
        return base64.urlsafe_b64encode(keyed.digest()[:TOKEN_BYTES]).decode()

    def identity_hash(self, number: str) -> str:
        """Return the keyed hash of an ID number that `identity.read_identity` has read.

        The only form in which a number goes further: to `Writer.execute(identity=…)`.
        """
        return vault.identity_hash(self._identity_key, number)

    async def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(connection, *args)` on a read-only connection in a thread."""

        def blocking() -> T:
            with self.engine.connect().execution_options(read_only=True) as connection:
                return work(connection, *args, **kwargs)

        return await self._in_pool(blocking)

    async def start(self) -> None:
        """Bring the database up to date, load the state, adopt the rules, start the reactors."""
        try:
            cursors, last_snapshot = await self._in_pool(self._prepare_blocking)
            self.writer.listen(self.feed.publish)
            await self.writer.start()
        except CommandError as error:
            raise CannotStartError(
                "数据库是更新版本的一门写的，请用那个版本打开。 "
                f"A newer Yimen wrote this database; open it with that one ({error})."
            ) from error
        except (SQLAlchemyError, UnknownEventError) as error:
            raise CannotStartError(f"数据库打不开 The database cannot be used: {error}") from error
        self.feed.seq = self.state.seq
        ran_until = self._pulse.last(self.state.at, self.clock.now())
        behind_ms = self._tell_of_the_past()
        await self.writer.execute(AdoptRules(rules_from(self.settings)), actor=ACTOR)
        store = CursorStore(cursors, self._move_cursors)
        ground = Ground(
            self.feed,
            WriterDesk(self.writer),
            self.clock,
            store,
            self._supervising,
            new_id(),
            self._replaced.stop,
            self._read_history,
            lambda: self.delivered_seq,
        )
        timing = await self._begin_time(ground, ran_until, behind_ms)
        self.supervisor.add("cursors", store.run)
        self.supervisor.add("supervising", self._supervising.run)
        if self.bench is not None:
            with contextlib.suppress(BenchDownError):
                await self.bench.tell_time()
            self.supervisor.add("simulators", self.bench.run)
        await self._start_devices(ground)
        self._add_delivering(ground)
        if self.bench is not None and self.settings.simulated:
            self.pace = Pace(self.clock, self.bench, lambda: self._voice_behind(store))
            self.supervisor.add("pace", self.pace.run)
        self.supervisor.add("timing", timing.run)
        distributing = Distributing(ground.place("distributing"), ground)
        self.supervisor.add("distributing", distributing.run)
        self._counting = Counting(ground)
        self.supervisor.add("counting", self._counting.run)
        snapshots = Snapshots(ground, last_snapshot, self._store_snapshot)
        self.supervisor.add("snapshots", snapshots.run)
        await store.begin(self.state.seq)
        self.supervisor.start()
        if isinstance(self._replaced.stop, StopHere):
            self._replaced.stop.arm()

    async def stop(self) -> None:
        """Stop in order: reactors, devices, writer; then give the folder free."""
        await self.supervisor.stop()
        if self._counting is not None:
            await self._counting.stop()
        if self.equipment is not None:
            await self.equipment.stop()
        await self.writer.stop()
        if self.bench is not None:
            await self.bench.close()
        await asyncio.to_thread(self._pool.shutdown)
        self.engine.dispose()
        self._folder.release()

    # --- parts of the start

    def _make_supervising(self) -> Supervising:
        without = self._replaced.without
        devices = [device for device in self.settings.device_ids if device not in without]
        desk = WriterDesk(self.writer)
        lines = lines_of(self.settings)
        return Supervising(devices, desk, self.clock.now, self._keep_devices, lines)

    async def _keep_devices(self, states: list[DeviceState]) -> None:
        try:
            await asyncio.to_thread(device_list.write_blocking, self.data_dir, states)
        except OSError as error:
            logger.warning("%s: %s", device_list.NAME, error)

    def _prepare_blocking(self) -> tuple[dict[str, int], int]:
        migrate(self.engine)
        with self.engine.begin() as connection:
            if rebuild_projections(connection, self.code, _tell_rebuild):
                logger.info("投影已重建 the projections were rebuilt")
            key = keep_secret(connection, self.code, "ticket-token", secrets.token_bytes(32))
            self._token_key = hmac.new(key, digestmod="sha256")
            fresh = secrets.token_bytes(32)
            self._identity_key = keep_secret(connection, self.code, vault.SECRET, fresh)
            key = keep_secret(connection, self.code, PHONE_SECRET, secrets.token_bytes(32))
            self.phone_codes = PhoneCodes(key, self.settings.phone.code_s)
            return read_cursors(connection, self.code), newest_snapshot_seq(connection, self.code)

    async def _begin_time(self, ground: Ground, ran_until: int, behind_ms: int) -> Timing:
        timing = Timing(ground, self._pulse.beat)
        self.writer.listen(timing.published)
        await timing.begin(ran_until, behind_ms)
        await self.writer.execute(OpenDay(), actor=ACTOR)
        return timing

    def _tell_of_the_past(self) -> int:
        """A clock in the past goes on from the last event: nobody may overtake by being younger.

        Return by how much it was in the past (ms).
        """
        behind_ms = self.state.at - self.clock.now()
        if behind_ms <= 0 or go_on_ahead(self.data_dir, self.clock, behind_ms):
            return 0
        if self.state.rules.business_date(self.clock.now()) < self.state.date:
            logger.error(
                "本机时间在过去，营业日期保持 %s，请校正时间。 "
                "The clock is in the past; the business date stays. Set the clock right.",
                self.state.date,
            )
        self.clock.catch_up(behind_ms)
        return behind_ms

    async def _start_devices(self, ground: Ground) -> None:
        self.equipment = Equipment(self.settings, ground, self.bench, self._replaced)
        self.equipment.wire(self.data_dir, self.token_for, system_checks(self))
        await self.equipment.start()
        for name, run in self.equipment.tasks:
            self.supervisor.add(name, run)

    def _voice_behind(self, store: CursorStore) -> int | None:
        """Return the time of the oldest event that a working voice has not done with."""
        working = {device.id for device in self.devices if device.state == "ok"}
        names = [
            f"voice:{one.id}" for one in self.settings.speakers if one.device_id in working
        ]
        rows = [self.feed.fresh(store.position(name)) for name in names]
        return min((found[0].at for found in rows if found), default=None)

    def _add_delivering(self, ground: Ground) -> None:
        platform = self.settings.platform
        bench = self.bench

        def address() -> str:
            if not platform.simulated:
                return platform.url
            assert bench is not None
            return bench.address("platform")

        async def facts(ids: Sequence[str]) -> dict[str, VisitFacts]:
            return await self.read(visit_facts, self.code, ids)

        async def count(after: int, until: int) -> int:
            return await self.read(count_events, self.code, (after, until), DELIVERED_TYPES)

        self._delivering = Delivering(
            PlatformDoor(address, platform.secret, self.code, platform.hold_s),
            Backlog(facts, count),
            ground.place("platform", from_first=True),
            ground,
        )
        self.writer.listen(self._delivering.published)
        self.supervisor.add("delivering", self._delivering.run)

    # --- the database, in the pool's threads, so that `stop` can wait for all of them

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def _read_events(self, seq: int, limit: int) -> list[StoredEvent]:
        return await self.read(event_store.read_after, self.code, seq, limit)

    async def _read_history(self, subject: str) -> list[Event]:
        return await self.read(event_store.read_subject, self.code, subject)

    async def _move_cursors(self, positions: Mapping[str, int]) -> None:
        def blocking() -> None:
            with self.engine.begin() as connection:
                move_cursors(connection, self.code, positions)

        await self._in_pool(blocking)

    async def _store_snapshot(self, seq: int, body: str) -> None:
        def blocking() -> None:
            with self.engine.begin() as connection:
                store_snapshot(connection, self.code, seq, body)

        await self._in_pool(blocking)


def _tell_rebuild(seq: int, last: int) -> None:
    logger.info("重建投影 rebuilding the projections: %d / %d", seq, last)
