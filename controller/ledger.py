"""The writer's own thread: decide a batch, fold it, store it in one transaction."""

import contextlib
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine

from controller.domain.commands import Command
from controller.domain.deciding import decide, follow
from controller.domain.errors import AlreadyDoneError, RefusalError
from controller.domain.events import DayOpened, Event, StoredEvent
from controller.domain.fold import apply
from controller.domain.hall_events import NextRepeated
from controller.domain.state import Context, HallState
from controller.store import event_store, snapshots, vault
from controller.store.projections import project
from controller.store.snapshot_rows import newest_snapshot

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wish:
    """A command with who wished it and under which idempotency key.

    `at` (UTC ms) is the time of a made-up past; without it the batch's own time holds.
    `identity` is the keyed hash of the ID card that was shown: no part of the command, so
    neither the log nor the digest there holds anything of it.
    """

    command: Command
    actor: str
    key: str | None = None
    at: int | None = None
    identity: str | None = None


@dataclass(frozen=True)
class Outcome:
    """The events of a command; `repeated` when they were found under its key."""

    events: tuple[StoredEvent, ...]
    repeated: bool = False


class KeyReusedError(Exception):
    """The same idempotency key came with another command."""


class DecisionFailedError(Exception):
    """A decider raised something that is not a refusal: a defect, not the citizen's fault."""


Result = Outcome | Exception

REF_BYTES = 10

POURED = 10_000
"""So many events of a made-up past go into one transaction."""


class Ledger:
    """Holds the working state; used by one thread only.

    `stops` are named places at which the crash test may end the process
    (`before-commit`, `after-commit`); nothing happens there otherwise.
    """

    def __init__(
        self, engine: Engine, hall: str, *, stop: Callable[[str], None] = lambda name: None
    ) -> None:
        self.engine = engine
        self.hall = hall
        self._stop = stop
        self._working = HallState()
        self._position = (0, event_store.FIRST_HASH)
        self._stale = True
        self._connection: Connection | None = None

    def load(self) -> HallState:
        """Load the working state; return a second copy for publishing."""
        self._load_working()
        return snapshots.thaw(snapshots.freeze(self._working))

    def reload(self, seq: int) -> list[StoredEvent]:
        """Load the working state again; return the events after `seq` that are on disk."""
        self._stale = True
        self._load_working()
        with self.engine.connect().execution_options(read_only=True) as connection:
            return list(event_store.read_all(connection, self.hall, seq))

    def commit_batch(
        self, wishes: Sequence[Wish], now: int
    ) -> tuple[list[Result], list[StoredEvent]]:
        """Decide and store wishes in their order; return one result each and all new rows.

        Raises whatever the database raises; the working state is then stale and is loaded
        again before the next batch.
        """
        if self._stale:
            self._load_working()
        self._stale = True
        rows: list[StoredEvent] = []
        forgotten = 0
        with self._held() as connection:
            known = self._known_keys(connection, wishes)
            results = [self._one(connection, wish, now, known, rows) for wish in wishes]
            if rows:
                self._store(connection, rows)
                forgotten = self._forget_persons(connection, rows)
                self._stop("before-commit")
                connection.commit()
                self._stop("after-commit")
            else:
                connection.rollback()
        self._stale = False
        if forgotten:
            vault.empty_journal(self.engine)
        return results, rows

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextlib.contextmanager
    def _held(self) -> Iterator[Connection]:
        """Lend the ledger's own connection: to fetch one from the pool costs as much as a ticket.

        After an error the next batch gets a new one.
        """
        if self._connection is None:
            self._connection = self.engine.connect()
        try:
            yield self._connection
        except BaseException:
            self.close()
            raise

    def load_working(self) -> HallState:
        """Load the working state and return it: for the one who makes up a past (`pour`)."""
        self._load_working()
        return self._working

    def pour(self, wishes: Iterable[Wish], *, log: bool = True) -> Iterator[HallState]:
        """Store wishes with times and without keys, many in a transaction; yields after each.

        Wishes are drawn one at a time, after the one before was folded; a refusal stores
        nothing. Raises `DecisionFailedError`, and whatever the database raises.
        """
        drawn = iter(wishes)
        more = True
        while more:
            more = False
            rows: list[StoredEvent] = []
            with self.engine.connect() as connection:
                for wish in drawn:
                    result = self._one(connection, wish, wish.at or 0, {}, rows)
                    if isinstance(result, DecisionFailedError):
                        raise result
                    if len(rows) >= POURED:
                        more = True
                        break
                self._store(connection, rows, log=log)
                connection.commit()
            yield self._working

    def _store(
        self, connection: Connection, rows: Sequence[StoredEvent], *, log: bool = True
    ) -> None:
        if log:
            event_store.append(connection, rows)
        project(connection, rows)

    def _known_keys(
        self, connection: Connection, wishes: Sequence[Wish]
    ) -> dict[str, tuple[int, str | None]]:
        keys = {wish.key for wish in wishes if wish.key is not None}
        if not keys:
            return {}
        return event_store.find_keys(connection, self.hall, keys)

    def _one(
        self,
        connection: Connection,
        wish: Wish,
        now: int,
        known: dict[str, tuple[int, str | None]],
        rows: list[StoredEvent],
    ) -> Result:
        if wish.key is not None and wish.key in known:
            return self._repeat(connection, wish, known[wish.key], rows)
        person: vault.Person | None = None
        answered: Outcome | None = None
        try:
            person = self._person(connection, wish, now)
            history = self._history(connection, wish.command, rows)
            context = Context(now, history, person.ref if person is not None else None)
            decided = decide(self._working, wish.command, context)
        except RefusalError as refusal:
            return refusal
        except AlreadyDoneError as done:
            answered = self._again(connection, done, rows)
            # Its repeat may come when the guard time is over, or after a restart.
            decided = [NextRepeated(done.counter, done.seq)] if wish.key is not None else []
        except Exception as error:
            logger.exception("deciding %s failed", type(wish.command).__name__)
            return DecisionFailedError(str(error))
        try:
            new = self._fold(decided, wish, now)
        except Exception as error:
            logger.exception("folding the events of %s failed", type(wish.command).__name__)
            self._load_working()
            for row in rows:
                apply(self._working, row)
                self._position = (row.seq, row.hash)
            self._stale = True
            return DecisionFailedError(str(error))
        if new and wish.key is not None:
            known[wish.key] = (new[0].seq, new[0].digest)
        if new and wish.identity is not None and person is not None:
            vault.keep_person(connection, self.hall, wish.identity, _until(person, new))
        rows.extend(new)
        return answered or Outcome(tuple(new))

    def _fold(self, decided: Sequence[Event], wish: Wish, now: int) -> list[StoredEvent]:
        new: list[StoredEvent] = []
        digest = wish.command.digest() if wish.key is not None else None
        for part, event in enumerate(self._with_what_follows(decided)):
            first = part == 0
            head = (
                self.hall,
                wish.actor,
                wish.key if first else None,
                digest if first else None,
            )
            row = event_store.next_row(self._position, now, head, part, event)
            apply(self._working, row)
            self._position = (row.seq, row.hash)
            new.append(row)
        return new

    def _with_what_follows(self, decided: Sequence[Event]) -> Iterator[Event]:
        yield from decided
        if decided:
            # The caller has folded them by now.
            yield from follow(self._working)

    def _person(self, connection: Connection, wish: Wish, now: int) -> vault.Person | None:
        """Return who shows a card: known from today or by a live ticket, else a new reference."""
        if wish.identity is None:
            return None
        working = self._working
        today = max(working.date, working.rules.business_date(now))
        found = vault.find_person(connection, self.hall, wish.identity)
        if found is not None and (found.date >= today or found.ref in working.persons):
            return found
        return vault.Person(secrets.token_hex(REF_BYTES), today)

    def _forget_persons(self, connection: Connection, rows: Sequence[StoredEvent]) -> int:
        if not any(isinstance(row.event, DayOpened) for row in rows):
            return 0
        living = self._working.persons
        return vault.forget_persons(connection, self.hall, self._working.date, living)

    def _repeat(
        self,
        connection: Connection,
        wish: Wish,
        found: tuple[int, str | None],
        rows: Sequence[StoredEvent],
    ) -> Result:
        seq, digest = found
        if digest != wish.command.digest():
            return KeyReusedError(wish.key or "")
        events = self._command_at(connection, seq, rows)
        first = events[0].event
        if isinstance(first, NextRepeated):
            return self._again(connection, AlreadyDoneError(first.first, first.counter), rows)
        return Outcome(tuple(events), True)

    def _again(
        self, connection: Connection, done: AlreadyDoneError, rows: Sequence[StoredEvent]
    ) -> Outcome:
        told = self._command_at(connection, done.seq, rows)
        # One auto-call may reach several counters; each is told of its own.
        mine = (row for row in told if getattr(row.event, "counter", None) == done.counter)
        return Outcome(tuple(mine), True)

    def _command_at(
        self, connection: Connection, seq: int, rows: Sequence[StoredEvent]
    ) -> list[StoredEvent]:
        pending = [row for row in rows if row.seq >= seq]
        if not pending or pending[0].seq != seq:
            return event_store.read_command(connection, self.hall, seq)
        end = next((i for i, row in enumerate(pending) if i and row.part == 0), len(pending))
        return pending[:end]

    def _history(
        self, connection: Connection, command: Command, rows: Sequence[StoredEvent]
    ) -> tuple[Event, ...]:
        past: list[Event] = []
        for subject in command.histories():
            past += event_store.read_subject(connection, self.hall, subject)
            past += [row.event for row in rows if row.event.subject == subject]
        return tuple(past)

    def _load_working(self) -> None:
        with self.engine.connect().execution_options(read_only=True) as connection:
            state = newest_snapshot(connection, self.hall) or HallState()
            for row in event_store.read_all(connection, self.hall, state.seq):
                apply(state, row)
            self._position = event_store.last_position(connection, self.hall)
        self._working = state
        self._stale = False


def _until(person: vault.Person, new: Sequence[StoredEvent]) -> vault.Person:
    """Return a person kept until the last date that these events are about."""
    dates = (str(getattr(row.event, "date", "")) for row in new)
    return replace(person, date=max(person.date, *dates))
