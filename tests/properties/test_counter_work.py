"""Random work at three counters: nothing is lost or counted twice, undo leaves no trace."""

import json
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain import commands as c
from controller.domain import hall_commands as h
from controller.domain.errors import RefusalError
from controller.domain.event import Event
from controller.domain.events import ServingFinished, TicketIssued
from controller.domain.queue_events import (
    CompletionUndone,
    ParkUndone,
    ServiceCompleted,
    TicketParked,
    TicketSplit,
    TicketTransferred,
    TransferUndone,
)
from controller.domain.rules import CounterRule, ProfileRule, ServiceRule
from controller.domain.staffing import is_working
from controller.domain.state import HallState, Ticket
from controller.domain.tickets import LIFE
from controller.domain.undo import UNDO
from controller.store.snapshots import freeze, thaw
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

COUNTERS = (1, 2, 3)
STAFF = ("s1", "s2", "s3")
HALLS = {
    "plain": replace(RULES, staff=STAFF, undo_s=10**6),
    "ratios": replace(
        RULES,
        staff=STAFF,
        undo_s=10**6,
        missed_call="requeue",
        priority_one_in=2,
        counters={no: replace(rule, profile="p") for no, rule in RULES.counters.items()},
        profiles={"p": ProfileRule("p", ratios={"A": 1, "B": 2})},
    ),
    "hasty": replace(RULES, staff=STAFF, undo_s=10**6, finish_on_next=True),
}
LINES = ("A", "B", "counter:1", "counter:3", "clerk:s1")
STEPS_OF_LIFE = {step for _, step in LIFE}
ENDS_CALLED = {"ServingFinished", "ServiceCompleted", "TicketParked", "TicketTransferred"}


def wish(random: Random, hall: PureHall, count: int) -> c.Command:
    """Draw a wish; ids count up."""
    no = random.choice(COUNTERS)
    some = random.choice([*hall.state.tickets, *hall.state.missed, "nobody"])
    makers = (
        lambda: c.IssueTicket(
            random.choice("AB"),
            f"t{count}",
            priority=random.choice([None, None, "elder"]),
            clients=random.choice([1, 1, 3]),
            test=random.random() < 0.1,
        ),
        lambda: c.IssueTicket("A", f"t{count}", further=("B",), together=random.random() < 0.5),
        lambda: c.CallNext(no),
        lambda: c.CallNext(no),
        lambda: c.StartServing(no),
        lambda: c.FinishServing(no),
        lambda: c.MarkNoShow(no),
        lambda: c.ParkTicket(no),
        lambda: c.UnparkTicket(no, silent=random.random() < 0.5),
        lambda: c.TransferTicket(no, random.choice(LINES)),
        lambda: c.StartDirect(no, f"t{count}"),
        lambda: c.SplitTicket(some, 1, f"t{count}"),
        lambda: c.CancelTicket(some),
        lambda: c.ChangeService(some, random.choice("AB")),
        lambda: c.AcceptCase(no, random.choice(["RS01", "MZ01"])),
        lambda: c.UndoStep(no),
        lambda: h.PauseCounter(no, "rest", 5),
        lambda: h.SignIn(no, random.choice(STAFF)),
        lambda: h.SignOut(no, force=random.random() < 0.5),
        lambda: h.ResumeCounter(no),
    )
    return random.choice(makers)()


def picture(state: HallState) -> dict[str, Any]:
    """The state without what only counts forward; the newest calls are cut at a length."""
    data: dict[str, Any] = json.loads(freeze(state))
    for name in ("seq", "at", "sessions", "numbers", "calls"):
        del data[name]
    for counter in data["counters"]:
        del counter["last"]
    data["tickets"].sort(key=lambda ticket: ticket["id"])
    return data


def copy_of(hall: PureHall) -> PureHall:
    twin = copy(hall)
    twin.state, twin.log = thaw(freeze(hall.state)), list(hall.log)
    return twin


def everybody(state: HallState) -> list[Ticket]:
    return [*state.tickets.values(), *state.missed.values()]


class Watch:
    """What must hold of every ticket, told by the events and the state after each wish."""

    def __init__(self) -> None:
        self.births: dict[str, tuple[str, int]] = {}
        self.states: dict[str, str] = {}
        self.parts: dict[str, list[int]] = {}

    def look(self, before: dict[str, Ticket], events: Sequence[Event], hall: PureHall) -> None:
        state = hall.state
        for ticket in everybody(state):
            known = self.births.setdefault(ticket.id, (ticket.number, ticket.issued_at))
            assert known == (ticket.number, ticket.issued_at)
        for event in events:
            self._life(event)
            self._serving(before, event)
            if isinstance(event, TicketTransferred):
                next_but_one_at_most(state, event.ticket, hall.now)
            if isinstance(event, TicketSplit):
                assert event.kept + event.rest == before[event.ticket].clients
        present = {one.id: one.state for one in everybody(state)}
        assert present.items() <= self.states.items()
        hands = [one.ticket for one in state.counters.values() if one.ticket is not None]
        assert len(set(hands)) == len(hands)
        held = {t.id for t in state.tickets.values() if t.state in ("CALLED", "SERVING")}
        assert held == set(hands)
        assert {number for number, _ in self.births.values()} >= state.held
        again = thaw(freeze(state))
        assert freeze(again) == freeze(state)
        for name in ("lines", "batches"):
            full = {key: line for key, line in getattr(state, name).items() if line}
            assert full == {key: line for key, line in getattr(again, name).items() if line}

    def _life(self, event: Event) -> None:
        """Every step is in the table, and tells the state that the table says."""
        name = type(event).__name__
        if name not in STEPS_OF_LIFE:
            return
        after = LIFE[(self.states.get(event.subject, ""), name)]
        assert getattr(event, "state", after) == after or name == "TicketCancelled"
        self.states[event.subject] = after

    def _serving(self, before: dict[str, Ticket], event: Event) -> None:
        """The serving time told by each part is the sum of all parts up to it."""
        if isinstance(event, ParkUndone | TransferUndone | CompletionUndone):
            self.parts[event.ticket].pop()
        ended = ended_at(event)
        if ended is None:
            return
        ticket = before[event.subject]
        began = ticket.started_at if ticket.started_at is not None else ticket.last_called_at
        assert began is not None
        parts = self.parts.setdefault(ticket.id, [])
        if isinstance(event, ServingFinished):
            assert (event.started_at, event.served_ms) == (began, sum(parts))
        else:
            parts.append(ended - began)
            assert event.served_ms == sum(parts)  # type: ignore[attr-defined]


def ended_at(event: Event) -> int | None:
    """Return when a part of a serving ended, None for an event that ends none."""
    if isinstance(event, ServingFinished | ServiceCompleted):
        return event.finished_at
    if isinstance(event, TicketParked):
        return event.parked_at
    return event.transferred_at if isinstance(event, TicketTransferred) else None


def next_but_one_at_most(state: HallState, ticket: str, now: int) -> None:
    """At no counter that may call it one more person comes first, but for others put there."""
    moved = state.tickets[ticket]
    for no in COUNTERS:
        names = state.lines_at(no, now)
        if is_working(state, no) and set(moved.lines).intersection(names):
            waiting = {place for name in names for place in state.line(name)}
            ahead = [place for place in waiting if place < moved.place and place[2] == 0]
            assert len(ahead) <= 1


def undo_leaves_no_trace(hall: PureHall, before: HallState, no: int) -> None:
    """Take the last step back in a twin and compare it with the hall before the step."""
    last = hall.state.counters[no].last
    assert last is not None
    twin = copy_of(hall)
    twin.pass_s(3)
    twin.do(c.UndoStep(no))
    expected = picture(before)
    if last.event in ENDS_CALLED and last.before.state == "CALLED":
        # Whose serving was never started has been served since the call.
        (row,) = (one for one in expected["tickets"] if one["id"] == last.before.id)
        row |= {"state": "SERVING", "started_at": last.before.last_called_at}
    assert picture(twin.state) == expected


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(sorted(HALLS)), seed=st.integers(0, 2**32), steps=st.integers(5, 60))
def test_work_at_the_counters_loses_nothing(name: str, seed: int, steps: int) -> None:
    random = Random(seed)
    hall = PureHall(HALLS[name])
    watch = Watch()
    for count in range(steps):
        hall.pass_s(random.choice([0, 1, 30, 400]))
        command = wish(random, hall, count)
        before = thaw(freeze(hall.state))
        try:
            events = hall.do(command)
        except RefusalError:
            assert freeze(hall.state) == freeze(before), "a refusal changes nothing"
            continue
        watch.look({one.id: one for one in everybody(before)}, events, hall)
        kinds = [type(event).__name__ for event in events]
        if len(kinds) == 1 and kinds[0] in {*UNDO, "DirectServingStarted"}:
            undo_leaves_no_trace(hall, before, vars(command)["counter"])


@given(clients=st.integers(2, 50), cuts=st.lists(st.integers(1, 49), max_size=6))
def test_a_split_conserves_the_clients(clients: int, cuts: list[int]) -> None:
    hall = PureHall()
    hall.do(c.IssueTicket("A", "t", clients=clients))
    hall.do(c.IssueTicket("A", "other"))
    batches = ["t"]
    for index, cut in enumerate(cuts):
        ticket = batches[index % len(batches)]
        whole = hall.ticket(ticket).clients
        if hall.refusal(c.SplitTicket(ticket, cut, f"r{index}")):
            assert cut >= whole
            continue
        batches.append(f"r{index}")
        assert hall.ticket(f"r{index}").clients == whole - cut
        assert isinstance(hall.log[-1].event, TicketIssued)
    assert sum(hall.ticket(ticket).clients for ticket in batches) == clients


@given(
    waiting=st.lists(st.tuples(st.sampled_from("AB"), st.booleans()), max_size=12),
    moves=st.lists(st.sampled_from(["A", "B", "counter:2", "counter:3"]), min_size=1, max_size=4),
)
def test_a_late_ticket_that_is_handed_on_is_next_but_one_at_most(
    waiting: list[tuple[str, bool]], moves: list[str]
) -> None:
    taken = {1: ("C",), 2: ("A", "B"), 3: ("B",)}
    counters = {no: CounterRule(no, "main", services) for no, services in taken.items()}
    services = {**RULES.services, "C": ServiceRule("C", "C", "main")}
    hall = PureHall(replace(RULES, counters=counters, services=services))
    for index, (service, old) in enumerate(waiting):
        hall.do(c.IssueTicket(service, f"t{index}", priority="elder" if old else None))
        hall.pass_s(60)
    for index, to in enumerate(moves):
        hall.do(c.StartDirect(1, f"d{index}"))
        hall.do(c.TransferTicket(1, to))
        next_but_one_at_most(hall.state, f"d{index}", hall.now)
