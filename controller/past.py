"""A made-up past of a hall: for trying pages and reports, and for measuring.

Nobody is pretended to the hall: citizens and clerks are drawn by a seeded chance, but every
number, call, case and rating is decided, folded, chained and projected by the code that serves.

    08:00 day opens   arrivals with a peak at ten and one at three
    arrival --> call --> (start) --> accept --> finish --> (rating) --> next call
                  \\--> recall --> no-show
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import Engine

from controller.clock import Clock
from controller.domain.commands import (
    AcceptCase,
    AdoptRules,
    CallNext,
    Command,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    OpenDay,
    RateAtCounter,
    RecallTicket,
    StartServing,
)
from controller.domain.hall_commands import SignIn
from controller.domain.rules import ItemRule, Rules
from controller.domain.state import HallState
from controller.ledger import Ledger, Wish

S = 1000
MINUTE = 60 * S
OPENS, CLOSES, BREAK, AGAIN = "08:30", "17:15", "12:00", "14:00"
TICKETS_PER_COUNTER = 55
SERVING_S = (360.0, 0.45)
"""Mean serving time in seconds, and how much of it varies."""
SHARES = {"priority": 0.08, "item": 0.6, "missed": 0.04, "start": 0.6, "case": 0.75, "rated": 0.35}
GRADES = (5, 5, 5, 5, 5, 5, 4, 4, 3, 1)


@dataclass(frozen=True)
class Wanted:
    """How much of a past: the last `waiting` tickets still wait, `open_cases` are not finished.

    `until` is the last day, default yesterday by the wall clock; days before it are filled
    backwards, Monday to Friday. `log=False` writes the projections alone: for reports over more
    days than a log is needed for.
    """

    tickets: int
    seed: int
    until: date | None = None
    open_cases: int = 0
    waiting: int = 0
    log: bool = True


def make_past(
    engine: Engine, hall: str, rules: dict[str, Any], wanted: Wanted
) -> Iterator[tuple[int, HallState]]:
    """Write a past into an empty database; yields (tickets so far, state) after each block."""
    ledger = Ledger(engine, hall)
    past = _Past(wanted, Rules.from_json(rules), ledger.load_working())
    wishes = (Wish(command, actor, at=at) for command, actor, at in past.wishes(rules))
    for state in ledger.pour(wishes, log=wanted.log):
        yield past.issued, state


class _Past:
    """Draws what people wish for; looks at the state that the last wish has left."""

    def __init__(self, wanted: Wanted, rules: Rules, state: HallState) -> None:
        self._wanted = wanted
        self._rules = rules
        self._state = state
        self._chance = Random(wanted.seed)
        self._open_left = wanted.open_cases
        self._items: dict[str, list[ItemRule]] = {}
        for item in rules.items.values():
            if item.kind in ("immediate", "promised"):
                self._items.setdefault(item.service, []).append(item)
        self.issued = 0

    def wishes(self, rules: dict[str, Any]) -> Iterator[tuple[Command, str, int]]:
        """Draw the whole past, one wish after another, each with its actor and time."""
        first = True
        for day, tickets, last in self._days():
            at = self._rules.instant(day.isoformat(), "08:00")
            if first:
                yield AdoptRules(rules), "system:start", at
            yield OpenDay(), "system:timing", at
            first = False
            yield from self._sign_in(at)
            waiting = min(self._wanted.waiting, tickets) if last else 0
            yield from _Day(self, day, tickets - waiting, waiting).wishes()

    def _days(self) -> Iterator[tuple[date, int, bool]]:
        each = TICKETS_PER_COUNTER * max(1, len(self._rules.counters))
        # The line that waits at the end belongs to the last day, however long it is.
        before = max(0, self._wanted.tickets - self._wanted.waiting)
        days = max(1, -(-before // each))
        found: list[date] = []
        day = self._wanted.until or self._yesterday()
        while len(found) < days:
            if day.weekday() < 5:
                found.append(day)
            day -= timedelta(days=1)
        left = self._wanted.tickets
        for index, day in enumerate(reversed(found)):
            last = index == days - 1
            tickets = left if last else min(each, left)
            left -= tickets
            yield day, tickets, last

    def _yesterday(self) -> date:
        return self._rules.local(Clock().now()).date() - timedelta(days=1)

    def _sign_in(self, at: int) -> Iterator[tuple[Command, str, int]]:
        if self._rules.sign_in:
            for no, clerk in zip(self._rules.counters, self._rules.staff, strict=False):
                if self._state.counters[no].clerk is None:
                    yield SignIn(no, clerk), f"clerk:{clerk}", at

    def ticket(self, at: int) -> IssueTicket:
        """Draw a citizen."""
        chance, self.issued = self._chance, self.issued + 1
        service = chance.choice(list(self._rules.services))
        items = self._items.get(service, [])
        proposed = (chance.choice(items).code,) if items and self.happens("item") else ()
        return IssueTicket(
            service,
            f"{at & 0xFFFFFFFFFF:010x}{chance.getrandbits(40):010x}",
            proposed,
            chance.choice(self._rules.priorities)
            if self._rules.priorities and self.happens("priority")
            else None,
        )

    def case_item(self, service: str) -> str | None:
        """Draw what a clerk accepts; promised items stay open, and only so many may."""
        kind = "promised" if self._open_left > 0 else "immediate"
        fitting = [item.code for item in self._items.get(service, []) if item.kind == kind]
        if not fitting or not self.happens("case"):
            return None
        self._open_left -= kind == "promised"
        return self._chance.choice(fitting)

    def happens(self, what: str) -> bool:
        return self._chance.random() < SHARES[what]

    def grade(self) -> int:
        return self._chance.choice(GRADES)

    def serving_ms(self) -> int:
        mean, spread = SERVING_S
        return round(mean * S * self._chance.lognormvariate(-spread * spread / 2, spread))

    def held(self, counter: int) -> str | None:
        """Return the service of the ticket at a counter."""
        ticket = self._state.ticket_at(counter)
        return None if ticket is None else ticket.service

    def arrivals(self, day: date, tickets: int) -> list[int]:
        """Draw the times of arrival within the two sessions, with a peak in each."""
        iso, instant = day.isoformat(), self._rules.instant
        sessions = [(instant(iso, OPENS), instant(iso, BREAK)), (instant(iso, AGAIN), 0)]
        sessions[1] = (sessions[1][0], instant(iso, CLOSES))
        times = []
        for _ in range(tickets):
            start, end = sessions[self._chance.random() < 0.42]
            times.append(round(self._chance.triangular(start, end, start + (end - start) * 0.4)))
        return sorted(times)

    @property
    def rules(self) -> Rules:
        return self._rules


class _Day:
    """One day as a line of due moments: (time, order, what, counter)."""

    def __init__(self, past: _Past, day: date, tickets: int, waiting: int) -> None:
        self._past = past
        self._due: list[tuple[int, int, str, int]] = []
        self._order = count()
        self._idle = set(past.rules.counters)
        self._now = past.rules.instant(day.isoformat(), OPENS)
        self._waiting = waiting
        for at in past.arrivals(day, tickets):
            self._plan(at, "arrives")

    def wishes(self) -> Iterator[tuple[Command, str, int]]:
        """Play the day until nothing is due; then those come who will be found waiting."""
        while self._due:
            at, _, what, counter = heapq.heappop(self._due)
            self._now = max(self._now, at)
            for command in getattr(self, f"_{what}")(counter):
                actor = f"counter:{counter}" if counter else "kiosk:1"
                yield command, actor, self._now
        for _ in range(self._waiting):
            self._now += S
            yield self._past.ticket(self._now), "kiosk:1", self._now

    def _plan(self, at: int, what: str, counter: int = 0) -> None:
        heapq.heappush(self._due, (at, next(self._order), what, counter))

    def _arrives(self, _: int) -> Iterator[Command]:
        wish = self._past.ticket(self._now)
        yield wish
        for no in sorted(self._idle):
            if wish.service in self._past.rules.counters[no].services:
                self._idle.discard(no)
                self._plan(self._now + 3 * S, "calls", no)
                return

    def _calls(self, counter: int) -> Iterator[Command]:
        yield CallNext(counter)
        past, now = self._past, self._now
        if past.held(counter) is None:
            self._idle.add(counter)
        elif past.happens("missed"):
            pause = S * max(30, past.rules.recall_spacing_s, past.rules.no_show_s)
            self._plan(now + pause, "recalls", counter)
            self._plan(now + 2 * pause, "recalls", counter)
            self._plan(now + 3 * pause, "misses", counter)
        else:
            if past.happens("start"):
                self._plan(now + 20 * S, "starts", counter)
            self._plan(now + 30 * S + past.serving_ms(), "ends", counter)

    def _recalls(self, counter: int) -> Iterator[Command]:
        yield RecallTicket(counter)

    def _misses(self, counter: int) -> Iterator[Command]:
        yield MarkNoShow(counter)
        self._plan(self._now + 5 * S, "calls", counter)

    def _starts(self, counter: int) -> Iterator[Command]:
        yield StartServing(counter)

    def _ends(self, counter: int) -> Iterator[Command]:
        service = self._past.held(counter)
        item = None if service is None else self._past.case_item(service)
        if item is not None:
            yield AcceptCase(counter, item)
        yield FinishServing(counter)
        if self._past.happens("rated"):
            self._plan(self._now + 8 * S, "rates", counter)
        self._plan(self._now + 20 * S, "calls", counter)

    def _rates(self, counter: int) -> Iterator[Command]:
        yield RateAtCounter(counter, self._past.grade())
