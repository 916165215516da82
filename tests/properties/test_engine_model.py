"""The engine, with its store, against the model of the rules in tests/model."""

import asyncio
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest
from hypothesis.stateful import rule, run_state_machine_as_test
from sqlalchemy import delete, select

from controller.domain import commands as c
from controller.domain import hall_commands as h
from controller.domain.command import Command
from controller.domain.errors import RefusalError
from controller.domain.event import StoredEvent
from controller.domain.events import TicketCalled, TicketIssued
from controller.domain.fold import apply
from controller.domain.queue_events import DirectServingStarted
from controller.domain.rules import (
    WEEKDAYS,
    Condition,
    CounterRule,
    ProfileRule,
    Rules,
    ServiceRule,
    SlotRule,
)
from controller.domain.state import HallState
from controller.domain.tickets import LIFE
from controller.store import event_store
from controller.store.rebuild import rebuild_projections
from controller.store.schema import PROJECTED, projection_versions
from controller.store.snapshots import freeze, thaw
from controller.store.verify import verify
from tests.fixtures.core import HALL, RULES, SmallHall, fresh_engine
from tests.fixtures.postgres import throw_away_database
from tests.model.hall import date_of
from tests.model.machine import SEEDS, Days, bounded, never_happened
from tests.model.ways import Ways

DATABASES = count(1)
STEPS_OF_LIFE = {step for _, step in LIFE}
SLOTS = (SlotRule(WEEKDAYS, "08:00", "17:00", 30, 2),)


def rules_of(ways: Ways) -> Rules:
    """The model's ways as the engine's rules."""
    profiles = {
        f"p{no}": ProfileRule(
            f"p{no}",
            tuple(Condition(*one) for one in ways.conditions.get(no, ())),
            ways.ratios.get(no, {}),
        )
        for no in ways.counters
    }
    return Rules(
        hall=HALL,
        case_prefix=RULES.case_prefix,
        priorities=ways.priorities,
        staff=ways.clerks,
        priority_credit_s=ways.credit_s,
        priority_one_in=ways.one_in,
        ageing_s=ways.ageing_s,
        missed_call=ways.missed,
        missed_within=ways.within,
        missed_behind=ways.behind,
        numbers=ways.numbers,
        keep_overnight=ways.overnight,
        guard_ms=ways.guard_ms,
        finish_on_next=ways.finish_on_next,
        undo_s=ways.undo_s,
        recall_spacing_s=ways.spacing_s,
        recall_limit=ways.recalls,
        no_show_calls=ways.calls_needed,
        no_show_s=ways.patience_s,
        sign_in=ways.sign_in,
        booked_credit_s=ways.booked_credit_s,
        services={
            code: ServiceRule(
                code, code, "main",
                daily_quota=ways.quota.get(code, 0), slots=SLOTS if code == "A" else (),
            )
            for code in "ABC"
        },
        counters={
            no: CounterRule(no, "main", tuple(services), profile=f"p{no}")
            for no, services in ways.counters.items()
        },
        profiles=profiles,
    )  # fmt: skip


def _issue(now: int, ticket: str, services: str, more: Any, **wish: Any) -> Command:
    clients, test = more
    further = tuple(services[1:])
    return c.IssueTicket(services[0], ticket, further=further, clients=clients, test=test, **wish)


def _book(now: int, ticket: str, days: int, half_hours: int) -> Command:
    start = f"{half_hours // 2:02d}:{half_hours % 2 * 30:02d}"
    return c.BookTicket("A", ticket, date_of(now + days * 86_400_000), start)


COMMANDS: dict[str, Any] = {
    "open_day": lambda now: c.OpenDay(),
    "clear": lambda now: h.ClearQueue(now, "clearing"),
    "issue": _issue,
    "book": _book,
    "check_in": lambda now, ticket: c.CheckIn(ticket),
    "cancel": lambda now, ticket: c.CancelTicket(ticket, "desk"),
    "change": lambda now, ticket, service: c.ChangeService(ticket, service),
    "split": lambda now, ticket, after, rest: c.SplitTicket(ticket, after, rest),
    "return_ticket": lambda now, ticket, cause: c.ReturnTicket(ticket, cause),
    "stop": lambda now, scope, kind: h.StopIssuing(scope, kind, "other"),
    "resume_issuing": lambda now, scope: h.ResumeIssuing(scope),
    "next": lambda now, no: c.CallNext(no),
    "call_chosen": lambda now, no, ticket: c.CallTicket(no, ticket, None, "urgent"),
    "recall": lambda now, no: c.RecallTicket(no),
    "start": lambda now, no: c.StartServing(no),
    "finish": lambda now, no: c.FinishServing(no),
    "no_show": lambda now, no: c.MarkNoShow(no),
    "park": lambda now, no: c.ParkTicket(no),
    "unpark": lambda now, no, ticket, silent: c.UnparkTicket(no, ticket, silent),
    "transfer": lambda now, no, to: c.TransferTicket(no, to),
    "direct": lambda now, no, ticket: c.StartDirect(no, ticket),
    "undo": lambda now, no: c.UndoStep(no),
    "pause": lambda now, no: h.PauseCounter(no, "rest"),
    "resume": lambda now, no: h.ResumeCounter(no),
    "sign_in": lambda now, no, clerk: h.SignIn(no, clerk),
    "sign_out": lambda now, no, force: h.SignOut(no, force),
}


class EngineDays(Days):
    """A writer on a database in memory, or on one of its own on a server."""

    server = ""

    def open(self, ways: Ways) -> None:
        self.loop = asyncio.new_event_loop()
        self.rest = ExitStack()
        url = "sqlite://"
        if self.server:
            name = f"engine_{next(DATABASES)}"
            url = self.rest.enter_context(throw_away_database(self.server, name))
        self.engine = fresh_engine(url)
        self.real = self.run(SmallHall(self.engine, rules_of(ways)).start())
        self.thawed: HallState | None = None
        self.lives: dict[str, str] = {}
        assert self.real.clock.now() == self.hall.now

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def passed(self, ms: int) -> None:
        self.real.time.pass_s(ms / 1000)
        assert self.real.clock.now() == self.hall.now

    def ask(self, name: str, wish: dict[str, Any]) -> dict[str, Any] | str:
        command = COMMANDS[name](self.hall.now, **wish)
        before = freeze(self.real.writer.state)
        try:
            outcome = self.run(self.real.do(command))
        except RefusalError as refusal:
            assert freeze(self.real.writer.state) == before, "a refusal changes nothing"
            return refusal.code
        if outcome.repeated:
            return answer(outcome.events)
        self.fold(outcome.events)
        return answer(outcome.events)

    def fold(self, events: tuple[StoredEvent, ...]) -> None:
        """Each step is in the table of lives; a snapshot goes on as the whole log does."""
        for row in events:
            if row.type in STEPS_OF_LIFE:
                self.lives[row.event.subject] = LIFE[
                    self.lives.get(row.event.subject, ""), row.type
                ]
            if self.thawed is not None:
                apply(self.thawed, row)

    def look(self) -> None:
        assert picture(self.real.writer.state) == self.hall.picture()
        for one in self.hall.people.values():
            assert self.lives[one.id] == one.state

    @rule(seed=SEEDS)
    def go_on_from_a_snapshot(self, seed: int) -> None:
        self.thawed = thaw(freeze(self.real.writer.state))
        self.work(seed, 30)

    @rule(seed=SEEDS)
    def restart(self, seed: int) -> None:
        before = freeze(self.real.writer.state)
        self.run(self.real.writer.stop())
        old, self.real = self.real, SmallHall(self.engine, self.real.rules)
        self.real.time, self.real.clock = old.time, old.clock
        self.real.writer = type(old.writer)(self.real.ledger, old.clock)
        self.run(self.real.writer.start())
        assert freeze(self.real.writer.state) == before
        self.work(seed, 30)

    def teardown(self) -> None:
        if not hasattr(self, "real"):
            return
        state = freeze(self.real.writer.state)
        self.run(self.real.writer.stop())
        self.loop.close()
        with self.engine.connect() as connection:
            rows = list(event_store.read_all(connection, HALL, 0))
        whole = HallState()
        for row in rows:
            apply(whole, row)
        assert freeze(whole) == state
        assert self.thawed is None or freeze(self.thawed) == state
        issued = [row.event for row in rows]
        check_numbers(issued)
        assert verify(self.engine, HALL) == []
        self.check_rebuild()
        self.engine.dispose()
        self.rest.close()

    def check_rebuild(self) -> None:
        """Rows that are made anew from the log are those that stand."""
        stored = self.tables()
        with self.engine.begin() as connection:
            connection.execute(delete(projection_versions))
            assert rebuild_projections(connection, HALL, lambda seq, last: None)
        assert self.tables() == stored

    def tables(self) -> dict[str, list[str]]:
        with self.engine.connect() as connection:
            return {
                table.name: sorted(map(repr, connection.execute(select(table))))
                for table in PROJECTED
            }


def answer(events: tuple[StoredEvent, ...]) -> dict[str, Any]:
    """What the events tell whoever wished."""
    told: dict[str, Any] = {"ticket": None}
    for event in (row.event for row in events):
        if isinstance(event, TicketIssued):
            told |= {"number": event.number, "ahead": event.ahead}
        if isinstance(event, DirectServingStarted):
            told |= {"number": event.number}
        if isinstance(event, TicketCalled):
            names = ("rule", "waited_s", "credit_s", "waiting")
            told |= {"ticket": event.ticket, "reason": {name: event.reason[name] for name in names}}
    return told


def picture(state: HallState) -> dict[str, Any]:
    """What the model shows of its hall, of the engine's."""
    return {
        "lines": {name: [place[3] for place in line] for name, line in state.lines.items() if line},
        "people": {
            one.id: [one.state, one.number, one.service, one.further, one.counter, one.calls,
                     one.clients, one.first_contact]
            for one in state.tickets.values()
        },
        "missed": set(state.missed),
        "desks": {
            one.no: [one.ticket, one.clerk, one.closed, one.pause is not None, one.turns,
                     one.since_credit, one.cycle]
            for one in state.counters.values()
        },
    }  # fmt: skip


def check_numbers(events: list[Any]) -> None:
    """Unique per day."""
    given = [
        (event.date, event.number)
        for event in events
        if isinstance(event, TicketIssued | DirectServingStarted)
    ]
    assert len(set(given)) == len(given)


@pytest.mark.timeout(120)
def test_the_engine_keeps_the_rules() -> None:
    run_state_machine_as_test(EngineDays, settings=bounded(24, 8))


@pytest.mark.timeout(120)
def test_the_engine_keeps_the_rules_on_postgresql(postgres_server: str) -> None:
    days = type("PostgresDays", (EngineDays,), {"server": postgres_server})
    run_state_machine_as_test(days, settings=bounded(2, 4))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_engine_keeps_the_rules_for_long() -> None:
    run_state_machine_as_test(EngineDays, settings=bounded(1000, 12))
    assert not never_happened(COMMANDS), "the days prove less than they say"
