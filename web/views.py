"""Rows and state as the JSON documents of the interface.

Times are RFC 3339 with the offset of the hall's zone and milliseconds; seconds are numbers.
Reads the published state only, so call it in the loop's thread.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from config.settings import Service, Settings
from controller.app import Hall
from controller.domain.choosing import view_of
from controller.domain.staffing import elsewhere, is_shut
from controller.domain.state import HallState, Ticket
from controller.domain.undo import undoable
from controller.reactors.supervising import DeviceState
from web import device_views, issuing

Json = dict[str, Any]
Row = dict[str, Any]

QUEUE_SHOWN = 20
CALLS_SHOWN = 10
COUNTER_STATES = {"CALLED": "called", "SERVING": "serving"}
UNDOABLE = {
    "TicketCalled": "call",
    "ServingStarted": "start",
    "ServingFinished": "finish",
    "ServiceCompleted": "finish",
    "NoShowMarked": "no-show",
    "TicketParked": "park",
    "TicketTransferred": "transfer",
    "DirectServingStarted": "direct",
}
TIMES = ("issued_at", "called_at", "last_called_at", "started_at", "finished_at")


class Views:
    """How one hall is shown. `hall` gives `settings`, `state` and `clock`."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        settings: Settings = hall.settings
        self.zone = ZoneInfo(settings.hall.time_zone)
        self.service_names = {service.code: service.name for service in settings.services}
        self.counter_names = {counter.no: counter.name for counter in settings.counters}

    @property
    def state(self) -> HallState:
        """The published state."""
        return self._hall.state

    @property
    def today(self) -> str:
        """The business date."""
        return self.state.date or self.state.rules.business_date(self._hall.clock.now())

    def at(self, ms: int | None) -> str | None:
        """Return a UTC millisecond time as RFC 3339."""
        return None if ms is None else self.instant(ms)

    def instant(self, ms: int) -> str:
        """Return a UTC millisecond time as RFC 3339."""
        local = datetime.fromtimestamp(ms // 1000, self.zone)
        return local.replace(microsecond=ms % 1000 * 1000).isoformat(timespec="milliseconds")

    # --- tickets ------------------------------------------------------------------------------

    def expectation(self, ticket: Ticket) -> tuple[int, Json | None]:
        """Return people ahead and the expected wait of somebody who waits."""
        ahead, service = self.state.ahead_of(ticket)
        return ahead, self.wait(service, ahead)

    def wait(self, service: str, ahead: int) -> Json | None:
        """Return the expected wait as a range, None while too little is known."""
        found = self.state.wait_for(service, ahead)
        return None if found is None else {"low_s": found[0], "high_s": found[1]}

    def ticket(self, row: Row, cases: Sequence[str] = ()) -> Json:
        """Return a ticket from its row; while it waits, with its live place."""
        live = self.state.tickets.get(row["id"])
        ahead, wait = None, None
        if row["state"] == "WAITING" and live is not None and live.state == "WAITING":
            ahead, wait = self.expectation(live)
        return {
            "id": row["id"],
            "number": row["number"],
            "service": row["service"],
            "service_name": self.service_names.get(row["service"], row["service"]),
            "state": row["state"],
            "items": row["items"],
            "priority": row["priority"],
            "clients": row["clients"],
            "further": list(live.further) if live is not None else [],
            "escort": bool(row["escort"]),
            "test": bool(row["test"]),
            "direct": bool(row["direct"]),
            "slot": self.at(row["slot"]),
            "parked": row["park_reason"] if row["state"] == "PARKED" else None,
            "parked_at": self.at(live.parked_at) if live is not None else None,
            "clerk": row["clerk"],
            "ahead": ahead,
            "wait": wait,
            **{name: self.at(row[name]) for name in TIMES},
            "calls": row["calls"],
            "counter": row["counter"],
            "outcome": row["outcome"],
            "rating": row["rating"],
            "cases": list(cases),
            "print": self._print(row),
        }

    def live_ticket(self, ticket: Ticket, row: Row | None = None) -> Json:
        """Return a ticket from the state; its row adds what became of the paper."""
        ahead, wait = self.expectation(ticket) if ticket.state == "WAITING" else (None, None)
        return {
            "id": ticket.id,
            "number": ticket.number,
            "service": ticket.service,
            "service_name": self.service_names.get(ticket.service, ticket.service),
            "state": ticket.state,
            "items": ticket.items,
            "priority": ticket.priority,
            "clients": ticket.clients,
            "further": list(ticket.further),
            "escort": ticket.escort,
            "test": ticket.test,
            "direct": ticket.direct,
            "slot": self.at(ticket.slot),
            "parked": ticket.park_reason if ticket.state == "PARKED" else None,
            "parked_at": self.at(ticket.parked_at),
            "clerk": ticket.clerk,
            "ahead": ahead,
            "wait": wait,
            "issued_at": self.instant(ticket.issued_at),
            "called_at": self.at(ticket.called_at),
            "last_called_at": self.at(ticket.last_called_at),
            "started_at": self.at(ticket.started_at),
            "finished_at": None,
            "calls": ticket.calls,
            "counter": ticket.counter,
            "outcome": None,
            "rating": None,
            "cases": [case.case for case in ticket.cases],
            "print": self._print(row) if row is not None else None,
        }

    def _print(self, row: Row) -> Json:
        proof = row["paper_detail"] if row["paper"] == "printed" else ""
        return {
            "state": row["paper"],
            "proof": proof,
            "printer": row["paper_printer"],
            "at": self.at(row["paper_at"]),
        }

    def visit(self, row: Row, cases: Sequence[str]) -> Json:
        """Return a visit (接待登记) from the row of its ticket."""
        return {
            "id": row["id"],
            "ticket": {"id": row["id"], "number": row["number"]},
            "service": row["service"],
            "date": row["date"],
            "state": row["state"],
            "outcome": row["outcome"],
            **{name: self.at(row[name]) for name in TIMES if name != "last_called_at"},
            "wait_s": seconds(row["wait_ms"]),
            "handle_s": seconds(row["handle_ms"]),
            "counter": row["counter"],
            "rating": row["rating"],
            "cases": list(cases),
            "items": row["items"],
            "direct": bool(row["direct"]),
            "clients": row["clients"],
            "clerk": row["clerk"],
        }

    def case(self, row: Row) -> Json:
        """Return a case (办件) from its row."""
        return {
            "no": row["no"],
            "item": row["item"],
            "item_name": row["item_name"],
            "ticket": {"id": row["ticket"], "number": row["number"]},
            "state": row["state"],
            "counter": row["counter"],
            "accepted_at": self.instant(row["accepted_at"]),
            "finished_at": self.at(row["finished_at"]),
            "steps": [{"state": step["state"], "at": self.at(step["at"])} for step in row["steps"]],
        }

    def step(self, answer: Json) -> Json:
        """Return the answer to a step with its times written out."""
        ticket = {
            name: self.at(value) if name in TIMES else value
            for name, value in answer["ticket"].items()
        }
        return {**answer, "ticket": ticket}

    # --- the hall now -------------------------------------------------------------------------

    def line(self, names: Iterable[str]) -> list[Ticket]:
        """Return the first of those who wait in these lines, in the order of their places."""
        places = merge(*(self.state.lines.get(name, []) for name in names))
        once = dict.fromkeys(place[3] for place in islice(places, 2 * QUEUE_SHOWN))
        return [self.state.tickets[name] for name in islice(once, QUEUE_SHOWN)]

    def counter_state(self, no: int) -> str:
        """Return what a counter does: called, serving, paused, closed or idle."""
        counter, ticket = self.state.counters[no], self.state.ticket_at(no)
        if ticket is not None:
            return COUNTER_STATES[ticket.state]
        return "paused" if counter.pause else "closed" if is_shut(self.state, no) else "idle"

    def pause(self, no: int) -> Json | None:
        """Return a counter's pause."""
        pause = self.state.counters[no].pause
        if pause is None:
            return None
        return {
            "reason": pause.reason,
            "since": self.instant(pause.since),
            "until": self.at(pause.until),
        }

    def elsewhere(self, no: int) -> list[int]:
        """Return where else people of a paused or closed counter may go."""
        counter = self.state.counters[no]
        if no in self.state.rules.counters and (counter.pause or is_shut(self.state, no)):
            return elsewhere(self.state, no, self._hall.clock.now())
        return []

    def counter(self, no: int, row: Row | None, recent: Sequence[Json]) -> Json:
        """Return a counter as its clerk sees it; `row` is that of the ticket it holds."""
        state = self.state
        rule = state.rules.counters[no]
        ticket = state.ticket_at(no)
        prompt = state.counters[no].prompt
        now = self._hall.clock.now()
        lines = view_of(state, no, now).names
        waiting = {place[3] for name in lines for place in state.lines.get(name, ())}
        if row is not None and (ticket is None or row["id"] != ticket.id):
            row = None
        return {
            "no": no,
            "name": self.counter_names.get(no, ""),
            "area": rule.area,
            "services": list(rule.services),
            "state": self.counter_state(no),
            "clerk": self.state.counters[no].clerk,
            "pause": self.pause(no),
            "elsewhere": self.elsewhere(no),
            "parked": [self.live_ticket(parked) for parked in state.parked_at(no)],
            "undo": self.undoable(no),
            "ticket": self.live_ticket(ticket, row) if ticket is not None else None,
            "queue": [self.live_ticket(waiting) for waiting in self.line(lines)],
            "waiting": len(waiting),
            "recent": list(recent),
            "reason": ticket.reason if ticket is not None else None,
            "covers": row["covers"] if row is not None else None,
            "no_show_at": self._no_show_at(ticket),
            "rating_open": prompt is not None and now <= prompt.until,
        }

    def _no_show_at(self, ticket: Ticket | None) -> str | None:
        """Return from when the ticket at a counter may be marked as missed."""
        if ticket is None or ticket.state != "CALLED":
            return None
        turn_at = ticket.turn_at if ticket.turn_at is not None else ticket.last_called_at
        return self.instant((turn_at or 0) + self.state.rules.no_show_s * 1000)

    def public_counter(self, no: int) -> Json:
        """Return a counter as the board shows it."""
        rule = self.state.rules.counters[no]
        ticket = self.state.ticket_at(no)
        called = None
        if ticket is not None:
            called = {
                "id": ticket.id,
                "number": ticket.number,
                "service": ticket.service,
                "state": ticket.state,
                "calls": ticket.calls,
                "called_at": self.at(ticket.called_at),
            }
        return {
            "no": no,
            "name": self.counter_names.get(no, ""),
            "area": rule.area,
            "services": list(rule.services),
            "state": self.counter_state(no),
            "pause": self.pause(no),
            "elsewhere": self.elsewhere(no),
            "ticket": called,
        }

    def undoable(self, no: int) -> Json | None:
        """Return the step that the counter may take back now and until when."""
        now = self._hall.clock.now()
        step = undoable(self.state, no, now)
        if step is None:
            return None
        until = step.at + self.state.rules.undo_s * 1000
        if now > until or step.rated:
            return None
        return {"step": UNDOABLE[step.event], "until": self.instant(until)}

    def notice(self) -> Json | None:
        """Return what people are told for some minutes after the queue was voided."""
        told = self.state.notice
        if told is None or told["until"] <= self._hall.clock.now():
            return None
        return {"sentence": told["sentence"], "until": self.instant(told["until"])}

    def newcomer(self, service: str) -> tuple[int, Json | None]:
        """Return people ahead and wait of somebody who would take a ticket now."""
        ahead = self.state.people_ahead(service, self._hall.clock.now())
        return ahead, self.wait(service, ahead)

    def hall_state(self) -> Json:
        """Return the hall now; a stream goes on after its `seq`."""
        state, now = self.state, self._hall.clock.now()
        hall = self._hall.settings.hall
        calls = [
            {**{name: call[name] for name in ("seq", "number", "service", "counter", "area")},
             "call": call["call"], "at": self.at(call["at"])}
            for call in state.calls[:CALLS_SHOWN]
        ]  # fmt: skip
        return {
            "seq": state.seq,
            "at": self.instant(now),
            "date": self.today,
            "hall": {
                "name": hall.name, "name_en": hall.name_en, "phone": hall.phone, "code": hall.code,
            },
            "counters": [self.public_counter(no) for no in state.rules.counters],
            "waiting": state.waiting(),
            "waits": {code: self.newcomer(code)[1] for code in state.rules.services},
            "open": {code: self.gives(code) for code in state.rules.services},
            "stop": state.stops.get("hall"),
            "notice": self.notice(),
            "calls": calls,
            "notices": state.notices,
            "practice": self._hall.settings.practice,
        }  # fmt: skip

    def service(self, service: Service) -> Json:
        """Return a service with what a newcomer would meet."""
        ahead, wait = self.newcomer(service.code)
        rules, stops = self.state.rules, self.state.stops
        known = service.code in rules.services
        shut, now = self.shut(service.code), self._hall.clock.now()
        return {
            "code": service.code,
            "name": service.name,
            "name_en": service.name_en,
            "icon": service.icon,
            "examples": service.examples,
            "examples_en": service.examples_en,
            "area": service.area,
            "counters": [rule.no for rule in rules.counters_for(service.code)],
            "waiting": len(self.state.lines.get(service.code, ())),
            "ahead": ahead,
            "wait": wait,
            "working": self.state.open_counters(service.code),
            "open": shut is None,
            "shut": shut,
            "hours": issuing.hours(rules, service.code, now),
            "stop": stops.get("hall") or stops.get(service.code),
            "left": issuing.left(self.state, service.code, now) if known else None,
        }

    def gives(self, service: str) -> bool:
        """Tell whether numbers of a service are given out now."""
        return issuing.shut(self.state, service, self._hall.clock.now()) is None

    def shut(self, service: str) -> Json | None:
        """Return why no numbers of a service are given out."""
        found = issuing.shut(self.state, service, self._hall.clock.now())
        return None if found is None else {**found, "opens": self.at(found["opens"])}

    def device(self, device: DeviceState) -> Json:
        """Return a device: how it fares, its fault card, its counters."""
        return device_views.device(device, self.at)


def seconds(ms: int | None) -> float | None:
    """Return milliseconds as seconds."""
    return None if ms is None else round(ms / 1000, 3)


VIEWS: web.AppKey[Views] = web.AppKey("views", Views)
