"""The hall of the model: who waits, who is where, and what each wish does to it."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.model.choosing import Crowd, choose, told
from tests.model.ways import Desk, NoError, Person, Ways

ZONE_MS = 8 * 3600 * 1000
"""Asia/Shanghai, which has no summer time."""
DAY_MS = 86_400_000


def local(at: int) -> datetime:
    return datetime.fromtimestamp((at + ZONE_MS) / 1000, UTC)


def date_of(at: int) -> str:
    return local(at).date().isoformat()


class Hall:
    """Everybody who ever took a ticket, the counters, the day. Each wish is a method.

    A method raises `NoError` with the codes that would be true, or returns what must be answered.
    """

    def __init__(self, ways: Ways, now: int) -> None:
        self.ways = ways
        self.now = now
        self.people: dict[str, Person] = {}
        self.desks = {no: Desk(no, services) for no, services in ways.counters.items()}
        self.date = date_of(now)
        self.given: dict[str, int] = {}
        self.issued: list[tuple[str, ...]] = []
        self.slots: list[tuple[str, int]] = []
        self.stops: dict[str, str] = {}
        self.wishes = 0
        self.order = 0
        self.nudges = 0

    def do(self, name: str, **wish: Any) -> dict[str, Any]:
        """Fulfil a wish, or raise `NoError` and leave everything as it was."""
        self.wishes += 1
        before = deepcopy(self.__dict__)
        try:
            answer: dict[str, Any] | None = getattr(self, name)(**wish)
        except NoError:
            self.__dict__.update(before)
            raise
        return answer or {}

    # --- looking ------------------------------------------------------------------------------

    def everybody(self, *states: str) -> list[Person]:
        return [one for one in self.people.values() if one.state in states]

    def picture(self) -> dict[str, Any]:
        """What can be seen of the hall: the lines, everybody in it, the counters."""
        lines = {name for one in self.everybody("WAITING") for name in one.lines}
        return {
            "lines": {name: [one.id for one in self.waiting_for([name])] for name in lines},
            "people": {
                one.id: [one.state, one.number, one.service, one.further, one.counter, one.calls,
                         one.clients, one.first_contact]
                for one in self.people.values() if self.in_hall(one)
            },
            "missed": {
                one.id for one in self.everybody("NO_SHOW") if not self.long_missed(one)
            },
            "desks": {
                desk.no: [desk.ticket, desk.clerk, desk.closed, desk.paused, desk.turns,
                          desk.since_credit, desk.counted]
                for desk in self.desks.values()
            },
        }  # fmt: skip

    def waiting(self) -> list[Person]:
        return sorted(self.everybody("WAITING"), key=lambda one: one.place)

    def names(self, no: int) -> list[str]:
        """The lines from which a counter takes."""
        desk = self.desks[no]
        return [*desk.services, f"counter:{no}"] + ([f"clerk:{desk.clerk}"] if desk.clerk else [])

    def waiting_for(self, names: list[str]) -> list[Person]:
        return [one for one in self.waiting() if set(one.lines) & set(names)]

    def crowd(self, no: int) -> Crowd:
        names = self.names(no)
        return Crowd(self.ways, self.desks[no], names, self.waiting_for(names), self.now)

    def staffed(self) -> bool:
        return self.ways.sign_in or any(desk.clerk for desk in self.desks.values())

    def works(self, no: int) -> bool:
        desk = self.desks[no]
        return not desk.closed and not desk.paused and bool(desk.clerk or not self.staffed())

    def at(self, no: int) -> Person:
        ticket = self.desks[no].ticket
        if ticket is None:
            raise NoError("nothing_called")
        return self.people[ticket]

    def find(self, ticket: str) -> Person:
        """A ticket that is in the hall, or was missed today."""
        one = self.people.get(ticket)
        if one is None:
            raise NoError("not_found")
        if one.state in ("DONE", "CANCELLED", "EXPIRED") or self.long_missed(one):
            raise NoError("not_found", "illegal_step")
        return one

    def long_missed(self, one: Person) -> bool:
        return one.state == "NO_SHOW" and one.date < self.date

    def ahead(self, service: str, place: tuple[int, int, int]) -> int:
        """People whom today's order calls before such a place, by counters that take both."""
        names = {service}
        for desk in self.desks.values():
            if service in desk.services:
                names |= set(self.names(desk.no))
        others = [one for one in self.waiting_for(list(names)) if one.place < place]
        return sum(one.clients for one in others if not one.test)

    def ahead_of(self, one: Person) -> int:
        """The people before somebody who waits, where they are fewest."""
        if not one.target:
            return min(self.ahead(code, one.place) for code in one.lines)
        kind, _, name = one.target.partition(":")
        names = [one.target]
        for desk in self.desks.values():
            if name == (str(desk.no) if kind == "counter" else desk.clerk):
                names += self.names(desk.no)
        others = [other for other in self.waiting_for(names) if other.place < one.place]
        return sum(other.clients for other in others if not other.test)

    # --- the day ------------------------------------------------------------------------------

    def pass_ms(self, ms: int) -> None:
        self.now += ms

    def open_day(self) -> None:
        """Begin the present date, if it has not begun: who is not kept goes home."""
        today = date_of(self.now)
        if today <= self.date:
            return
        self.date = today
        for one in self.people.values():
            gone = one.state == "PARKED" or (one.state == "BOOKED" and one.date < today)
            if gone or (one.state == "WAITING" and not self.ways.overnight):
                one.state, one.moved = "EXPIRED", self.wishes
        self.given, self.issued = {}, []
        self.stops = {scope: kind for scope, kind in self.stops.items() if kind == "emergency"}
        for desk in self.desks.values():
            desk.turns, desk.counted = 0, {}
            if desk.ticket is None:
                desk.last = desk.clerk = None
                desk.paused = False

    def clear(self) -> None:
        """Send home who waits since before this moment."""
        for one in self.everybody("WAITING"):
            if one.issued_at < self.now:
                one.state, one.moved = "EXPIRED", self.wishes

    # --- numbers ------------------------------------------------------------------------------

    def draw(self, service: str, test: bool = False) -> str:
        """The next number; left out are those in the hall, and of those who may come back."""
        letter = {"digits": ""}.get(self.ways.numbers, service)
        series = {"digits": "*", "series": "*"}.get(self.ways.numbers, service)
        if test:
            letter = series = "T"
        live = {one.number for one in self.people.values() if self.in_hall(one)}
        live |= {p.number for p in self.everybody("NO_SHOW") if not self.long_missed(p)}
        steps = [desk.last for desk in self.desks.values() if desk.last is not None]
        live |= {last["one"].number for last in steps if last["kind"] == "finish"}
        while True:
            self.given[series] = self.given.get(series, 0) + 1
            number = f"{letter}{self.given[series]:03d}"
            if number not in live:
                return number

    def in_hall(self, one: Person) -> bool:
        return one.state in ("BOOKED", "WAITING", "CALLED", "SERVING", "PARKED")

    def enter(self, one: Person) -> dict[str, Any]:
        """Somebody waits who did not before; returns what the ticket says."""
        ahead = [self.ahead(code, one.place) for code in one.lines]
        self.people[one.id] = one
        one.moved = self.wishes
        if not one.test:
            self.issued.append((one.service, *one.further))
        return {"number": one.number, "ahead": min(ahead)}

    def next_place(self, credit_ms: int) -> tuple[int, int, int]:
        self.order += 1
        return (self.now - credit_ms, self.order, 0)

    def issue(
        self, ticket: str, services: str, *, together: bool, priority: str | None, more: Any
    ) -> dict[str, Any]:
        clients, test = more
        if date_of(self.now) > self.date:
            self.open_day()
        if not test:
            self.require_issuing(services)
        number = self.draw(services[0], test)
        place = self.next_place(self.ways.credit_s * 1000 if priority else 0)
        one = Person(ticket, number, services[0], self.now, place, list(services[1:]))
        one.together = together and len(services) > 1
        one.clients, one.test = clients, test
        return self.enter(one)

    def require_issuing(self, services: str) -> None:
        codes = set()
        if {"hall", *services} & set(self.stops):
            codes.add("stopped")
        for code in services:
            most = self.ways.quota.get(code)
            if most is not None and sum(code in lines for lines in self.issued) >= most:
                codes.add("quota_used")
        if codes:
            raise NoError(*codes)

    def stop(self, scope: str, kind: str) -> None:
        self.open_day()
        self.stops[scope] = kind

    def resume_issuing(self, scope: str) -> None:
        self.stops.pop(scope, None)

    # --- appointments -------------------------------------------------------------------------

    def book(self, ticket: str, days: int, half_hours: int) -> None:
        """Slots of half an hour from 08:00 to 17:00 of service A, some days ahead."""
        minute = half_hours * 30
        midnight = datetime.combine(local(self.now).date(), datetime.min.time(), UTC)
        start = round((midnight + timedelta(days=days, minutes=minute)).timestamp() * 1000)
        start -= ZONE_MS
        codes = set()
        if not 8 * 60 <= minute < 17 * 60 or days > self.ways.book_days:
            codes.add("slot_unknown")
        elif start <= self.now:
            codes.add("too_late_to_book")
        elif self.slots.count(("A", start)) >= self.ways.slot_quota:
            codes.add("slot_full")
        if codes:
            raise NoError(*codes)
        self.slots.append(("A", start))
        one = Person(ticket, "", "A", self.now, (start, 0, 0), state="BOOKED")
        one.slot, one.date, one.moved = start, date_of(start), self.wishes
        self.people[ticket] = one

    def check_in(self, ticket: str) -> dict[str, Any]:
        one = self.people.get(ticket)
        if one is None or one.state in ("DONE", "CANCELLED", "EXPIRED", "NO_SHOW"):
            raise NoError("not_found")
        if one.state != "BOOKED":
            raise NoError("not_booked")
        if one.date != max(self.date, date_of(self.now)):
            raise NoError("not_today")
        if self.now < one.slot - self.ways.early_s * 1000:
            raise NoError("check_in_early")
        late = self.now > one.slot + self.ways.late_s * 1000
        self.open_day()
        if late:
            self.require_issuing("A")
        elif {"hall", "A"} & set(self.stops):
            raise NoError("stopped")
        would_be = one.slot - self.ways.booked_credit_s * 1000
        credit = 0 if late else max(0, self.now - would_be)
        one.issued_at, one.place = self.now, self.next_place(credit)
        one.number, one.state = self.draw("A"), "WAITING"
        return self.enter(one)

    # --- the call -----------------------------------------------------------------------------

    def require_ready(self, no: int, *, free: bool = True) -> None:
        desk, codes = self.desks[no], set()
        if self.ways.sign_in and desk.clerk is None:
            codes.add("not_signed_in")
        if desk.closed:
            codes.add("counter_closed")
        if free and desk.ticket is not None:
            codes.add("counter_busy")
        if codes:
            raise NoError(*codes)

    def next(self, no: int) -> dict[str, Any]:
        """Call who is next of those who wait when the key is pressed."""
        desk = self.desks[no]
        if desk.ticket is not None and desk.last is not None and desk.last["kind"] == "call":
            by_turn = self.people[desk.ticket].rule != "chosen"
            if by_turn and self.now - desk.last["at"] < self.ways.guard_ms:
                return {"ticket": desk.ticket}
        self.require_ready(no, free=not self.ways.finish_on_next)
        crowd = self.crowd(no)
        turn = choose(crowd)
        self.make_ready(no)
        if turn is None:
            return {"ticket": None}
        self.call(no, turn.person, turn.service, turn.rule, turn.overtook is not None)
        return {"ticket": turn.person.id, "reason": told(crowd, turn)}

    def make_ready(self, no: int) -> None:
        """A call ends a pause and, where the hall says so, the old visit."""
        if self.desks[no].paused:
            self.desks[no].paused, self.desks[no].last = False, None
        if self.desks[no].ticket is not None:
            self.finish(no)

    def call(self, no: int, one: Person, service: str, rule: str, overtook: bool) -> None:
        desk = self.desks[no]
        self.note(no, "call", one)
        if service != one.service:
            one.further = [code for code in (one.service, *one.further) if code != service]
            one.service = service
        one.came_from, one.target, one.rule = one.target, "", rule
        self.take(no, one, "CALLED")
        one.calls = 1
        one.turn_at = one.last_called_at = self.now
        one.first_contact = one.first_contact or (
            f"clerk:{desk.clerk}" if desk.clerk else f"counter:{no}"
        )
        desk.turns += 1
        by_credit = overtook and rule in ("credit", "condition", "ratio")
        desk.since_credit = 0 if by_credit else desk.since_credit + 1
        share = self.ways.ratios.get(no, {}).get(service, 0)
        if share and desk.counted.get(service, 0) >= share:
            desk.counted = {}
        if share:
            desk.counted[service] = desk.counted.get(service, 0) + 1

    def call_chosen(self, no: int, ticket: str) -> dict[str, Any]:
        one = self.find(ticket)
        codes = set() if one.state == "WAITING" else {"not_waiting"}
        try:
            self.require_ready(no, free=not self.ways.finish_on_next)
        except NoError as refused:
            codes |= refused.codes
        if codes:
            raise NoError(*codes)
        crowd = self.crowd(no)
        service = one.service
        if one.together and not one.target:
            service = next((code for code in one.lines if code in crowd.names), service)
        self.make_ready(no)
        self.call(no, one, service, "chosen", False)
        return {"ticket": ticket}

    # --- steps that leave a trace ---------------------------------------------------------------

    def take(self, no: int, one: Person, state: str) -> None:
        one.state, one.counter = state, no
        self.desks[no].ticket = one.id

    def note(self, no: int, kind: str, one: Person) -> None:
        """Keep both as they are before the counter's newest step."""
        desk = self.desks[no]
        before = {"one": deepcopy(one), "counted": dict(desk.counted)}
        before |= {"since_credit": desk.since_credit, "at": self.now, "wish": self.wishes}
        desk.last = {"kind": kind, **before}
        one.moved = self.wishes

    def leave(self, no: int, kind: str) -> Person:
        one = self.at(no)
        self.note(no, kind, one)
        self.desks[no].ticket = None
        return one

    def wait_again(self, one: Person, place: tuple[int, int, int] | None = None) -> None:
        one.state, one.counter, one.calls = "WAITING", None, 0
        one.place = place or one.place
        one.moved = self.wishes

    def finish(self, no: int) -> None:
        one = self.leave(no, "finish")
        if one.further:
            one.service, *one.further = one.further
            self.wait_again(one)
        else:
            one.state = "DONE"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Steps at a counter and moves of a ticket stand in `tests.model.steps`."""
        from tests.model import steps

        found = getattr(steps, name, None)
        if name.startswith("_") or found is None:
            raise AttributeError(name)
        return lambda **wish: found(self, **wish)
