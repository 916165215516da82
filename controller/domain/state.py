"""The queue in memory: counters, live tickets, the day's numbers, the rules.

A fold over the log; `fold.apply` is the only thing that changes it. Cases and finished visits
live on in the log and the projections, not here.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from controller.domain.events import Event
from controller.domain.rules import CounterRule, Rules, all_services
from controller.domain.ticket import Place as Place
from controller.domain.ticket import Ticket as Ticket
from controller.domain.ticket import TicketCase as TicketCase
from controller.domain.waits import ServingTimes, wait_range

CALLS_KEPT = 12


@dataclass(frozen=True)
class Context:
    """What a decider may know besides the state: the time and the asked-for histories.

    `person` is the random reference of who shows an ID card (the vault knows whose).
    """

    now: int
    history: tuple[Event, ...] = ()
    person: str | None = None


@dataclass
class RatingPrompt:
    """A rating that a counter's box asks for."""

    ticket: str
    number: str
    service: str
    session: int
    until: int


@dataclass
class Pause:
    """A counter's pause; `until` (UTC ms) is when it should be back, None when nobody knows."""

    reason: str
    since: int
    until: int | None
    elsewhere: list[int]


@dataclass
class LastStep:
    """The newest step at a counter, for undo and the guard against a double press.

    `seq` is the first event of its command, `event` its type, `before` the ticket before it,
    `cycle` and `since_credit` what the counter had counted before it, `idle_since` and `prompt`
    what else the counter then had. `prior` is the step before a call that the hall made by itself:
    the clerk's own step, which is taken back together with that call.
    """

    seq: int
    at: int
    event: str
    before: Ticket
    rated: bool = False
    cycle: dict[str, int] = field(default_factory=dict)
    since_credit: int = 0
    idle_since: int = 0
    prompt: RatingPrompt | None = None
    prior: "LastStep | None" = None


@dataclass
class Counter:
    """What a counter is doing now.

    `clerk` is the staff id of who is signed in, `closed` whether somebody signed out,
    `idle_since` when it last had a ticket, `turns` its calls today, `cycle` what its ratio has
    counted, `since_credit` the calls since a time credit last overtook somebody, `rest_until` till
    when (UTC ms) nobody is called to it by the hall itself, because a call was taken back,
    `strip_text` what its strip says instead of its usual text.
    """

    no: int
    ticket: str | None = None
    prompt: RatingPrompt | None = None
    clerk: str | None = None
    closed: bool = False
    pause: Pause | None = None
    idle_since: int = 0
    turns: int = 0
    cycle: dict[str, int] = field(default_factory=dict)
    since_credit: int = 0
    rest_until: int = 0
    last: LastStep | None = None
    strip_text: str = ""


@dataclass
class Question:
    """What a lead has to answer: `kind` is outage or clock; `until` None: no answer in time."""

    kind: str
    at: int
    until: int | None
    facts: dict[str, int]


@dataclass
class OpeningTest:
    """The newest self-test of the devices; `seq` is that of its start, 0: there was none.

    `planned_at` is the opening (UTC ms) that was tested for last. `finished_at` None: it is still
    going on. `sounds` loudspeaker -> played, verified (by the player's end) or heard (by a
    person).
    """

    seq: int = 0
    started_at: int = 0
    planned_at: int | None = None
    cause: str = ""
    finished_at: int | None = None
    failed: int = 0
    sounds: dict[str, str] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self.seq > 0 and self.finished_at is None


@dataclass
class HallState:
    """The whole fold.

    `numbers` holds the last count per prefix and under "*" of the whole hall; `numbered` the
    live ticket of each number; `arrivals` are the lines as they would be without time credits;
    `issued` the tickets of today per service and per "service|band";
    `stops` scope -> {kind, sentence}; `cleared` the planned times of today's clearings; `cards`
    the cards entered today; `slots` the bookings per "service|slot start", come or not; `persons`
    the live tickets per person; `passes` the used passes of phone pages -> until when;
    `notice` what people are told since the queue was voided: sentence and until (UTC ms);
    `posts` "post|date" -> [a, b]; `unmanned` the posts whose alarm is on; `warned` the services
    over their warning count; `lost_devices` device -> why it cannot work, `warned_devices` ->
    what it wants a person for.
    """

    seq: int = 0
    at: int = 0
    rules: Rules = field(default_factory=Rules)
    rules_seq: int = 0
    date: str = ""
    numbers: dict[str, int] = field(default_factory=dict)
    numbered: dict[str, str] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    missed: dict[str, Ticket] = field(default_factory=dict)
    lines: dict[str, list[Place]] = field(default_factory=dict)
    arrivals: dict[str, list[Place]] = field(default_factory=dict)
    batches: dict[str, list[Place]] = field(default_factory=dict)
    counters: dict[int, Counter] = field(default_factory=dict)
    servings: ServingTimes = field(default_factory=ServingTimes)
    issued: dict[str, int] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    persons: dict[str, list[str]] = field(default_factory=dict)
    stops: dict[str, dict[str, str]] = field(default_factory=dict)
    cleared: list[int] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    question: Question | None = None
    notice: dict[str, Any] | None = None
    passes: dict[str, int] = field(default_factory=dict)
    posts: dict[str, list[str]] = field(default_factory=dict)
    unmanned: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    case_numbers: int = 0
    sessions: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)
    lost_devices: dict[str, str] = field(default_factory=dict)
    warned_devices: dict[str, str] = field(default_factory=dict)
    opening_test: OpeningTest = field(default_factory=OpeningTest)
    refused_deliveries: int = 0
    notices: list[str] = field(default_factory=list)

    # --- live tickets -------------------------------------------------------------------------

    @property
    def held(self) -> AbstractSet[str]:
        """The numbers that live tickets carry."""
        return self.numbered.keys()

    def enter(self, ticket: Ticket) -> None:
        """Make a ticket live: it carries its number and stands for its person."""
        self.tickets[ticket.id] = ticket
        if ticket.number:
            self.numbered[ticket.number] = ticket.id
        if ticket.person is not None:
            mine = self.persons.setdefault(ticket.person, [])
            if ticket.id not in mine:
                mine.append(ticket.id)

    def end(self, ticket: Ticket) -> None:
        """Take a ticket out of the hall."""
        self.tickets.pop(ticket.id, None)
        self.numbered.pop(ticket.number, None)
        mine = self.persons.get(ticket.person or "", [])
        if ticket.id in mine:
            mine.remove(ticket.id)
            if not mine:
                del self.persons[ticket.person or ""]

    # --- the waiting order --------------------------------------------------------------------

    def line(self, name: str) -> list[Place]:
        """Return the waiting order of one line, first in line first."""
        return self.lines.setdefault(name, [])

    def join(self, ticket: Ticket) -> None:
        """Put a ticket into its lines."""
        for name in ticket.lines:
            insort(self.line(name), ticket.place)
            insort(self.arrivals.setdefault(name, []), ticket.arrival)
            if _weighs(ticket):
                insort(self.batches.setdefault(name, []), ticket.place)

    def leave(self, ticket: Ticket) -> None:
        """Take a ticket out of its lines."""
        for name in ticket.lines:
            _remove(self.line(name), ticket.place)
            _remove(self.arrivals.setdefault(name, []), ticket.arrival)
            if _weighs(ticket):
                _remove(self.batches.setdefault(name, []), ticket.place)

    def lines_at(self, no: int, now: int) -> list[str]:
        """Return the lines that a counter takes from: services, its own, its clerk's.

        A counter that the rules have dropped takes from none.
        """
        counter = self.counters[no]
        rule = self.rules.counters.get(no)
        if rule is None:
            return []
        names = [*self.rules.services_at(rule, now), f"counter:{no}"]
        if counter.clerk is not None:
            names.append(f"clerk:{counter.clerk}")
        return names

    def competing(self, service: str) -> list[str]:
        """Return the lines whose tickets compete with those of a service for its counters."""
        names = list(self.rules.companions(service))
        for rule in self.rules.counters_for(service):
            counter = self.counters.get(rule.no)
            names.append(f"counter:{rule.no}")
            if counter is not None and counter.clerk is not None:
                names.append(f"clerk:{counter.clerk}")
        return names

    def people_ahead(
        self, service: str, effective_at: int, order: int | None = None, nudge: int = 0
    ) -> int:
        """Count the people whom today's order calls before such a ticket.

        Only lines that share a counter with this service compete with it. A batch counts as its
        clients; a ticket that waits in several lines counts once.
        """
        place = (effective_at, self.seq + 1 if order is None else order, nudge, "")
        return self._before(self.competing(service), place)

    def ahead_of(self, ticket: Ticket) -> tuple[int, str]:
        """Return the people before one who waits, and the service in whose line they are fewest.

        Who was handed to a counter or clerk has those before it whom that counter takes.
        """
        place = (*ticket.place[:3], "")
        if ticket.target:
            return self._before(self._beside(ticket.target), place), ticket.service
        return min((self._before(self.competing(code), place), code) for code in ticket.lines)

    def _beside(self, target: str) -> list[str]:
        names = [target]
        for no, counter in self.counters.items():
            rule = self.rules.counters.get(no)
            mine = (f"counter:{no}", f"clerk:{counter.clerk}")
            if rule is not None and target in mine:
                names += [*all_services(rule), *(name for name in mine if name != target)]
        return names

    def _before(self, names: Iterable[str], place: Place) -> int:
        names = list(names)
        ahead = sum(bisect_left(self.lines[name], place) for name in names if name in self.lines)
        seen: set[str] = set()
        for name in names:
            for heavy in self.batches.get(name, ()):
                if heavy >= place:
                    break
                again = heavy[3] in seen
                seen.add(heavy[3])
                ahead += -1 if again else self.tickets[heavy[3]].weight - 1
        return ahead

    def people_in(self, name: str) -> int:
        """Count the people in a line: a batch is its clients, a test nobody."""
        heavy = (self.tickets[place[3]].weight - 1 for place in self.batches.get(name, ()))
        return len(self.lines.get(name, ())) + sum(heavy)

    def wait_for(self, service: str, ahead: int) -> tuple[int, int] | None:
        """Return the expected wait (low, high) in seconds, or None while too little is known."""
        return wait_range(ahead, self.servings, self.open_counters(service))

    def open_counters(self, service: str) -> int:
        """Count the counters that take a service and work now.

        Where somebody is signed in anywhere, a counter without a clerk is not open.
        """
        staffed = any(counter.clerk is not None for counter in self.counters.values())
        takers = [self.counters[rule.no] for rule in self.rules.counters_for(service)]
        return sum(
            not one.closed and one.pause is None and (one.clerk is not None or not staffed)
            for one in takers
        )

    def waiting(self) -> dict[str, int]:
        """Return how many tickets wait for each service; those for a test count nowhere."""
        return {
            code: len(self.line(code))
            - sum(self.tickets[place[3]].test for place in self.batches.get(code, ()))
            for code in self.rules.services
        }

    def ticket_at(self, counter: int) -> Ticket | None:
        """Return the ticket that a counter has called or serves."""
        held = self.counters[counter].ticket
        return self.tickets[held] if held is not None else None

    def parked_at(self, counter: int) -> list[Ticket]:
        """Return the tickets that a counter has parked, the longest parked first."""
        parked = [
            ticket
            for ticket in self.tickets.values()
            if ticket.state == "PARKED" and ticket.counter == counter
        ]
        return sorted(parked, key=lambda ticket: (ticket.parked_at or 0, ticket.order))

    def rule_of(self, no: int) -> CounterRule:
        """Return the rule of a counter."""
        return self.rules.counters[no]


def _weighs(ticket: Ticket) -> bool:
    return ticket.weight != 1 or len(ticket.lines) > 1


def _remove(line: list[Place], place: Place) -> None:
    index = bisect_left(line, place)
    if index < len(line) and line[index] == place:
        del line[index]
