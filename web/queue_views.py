"""The queue, its staff and its questions as the JSON documents of the interface."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from controller.app import Hall
from controller.domain.booking import slots_on
from controller.domain.cover import pair_of
from controller.domain.state import HallState, Ticket
from controller.domain.why import plainly
from web import issuing
from web.views import QUEUE_SHOWN, Json, Views

SHOWN = 50


class QueueViews:
    """How the queue of one hall is shown, beside `Views`."""

    def __init__(self, hall: Hall, views: Views) -> None:
        self._hall = hall
        self._views = views
        self.staff_names = {staff.id: staff.name for staff in hall.settings.staff}

    @property
    def state(self) -> HallState:
        """The published state."""
        return self._hall.state

    def queues(self) -> Json:
        """Return the queue now."""
        state, views = self.state, self._views
        targeted = [name for name in state.lines if ":" in name]
        return {
            "seq": state.seq,
            "at": views.instant(self._hall.clock.now()),
            "items": [self._queue(code) for code in state.rules.services],
            "targeted": [views.live_ticket(ticket) for ticket in views.line(targeted)],
            "parked": self._parked(),
            "missed": self._missed(),
            "stop": state.stops.get("hall"),
            "question": self.question(),
        }

    def _queue(self, code: str) -> Json:
        state, views = self.state, self._views
        line = state.line(code)
        weights = [state.tickets[place[3]].weight for place in state.batches.get(code, ())]
        return {
            "service": code,
            "waiting": len(line) - weights.count(0),
            "people": len(line) + sum(weights) - len(weights),
            "counters": state.open_counters(code),
            "wait": views.newcomer(code)[1],
            "open": views.gives(code),
            "stop": state.stops.get(code),
            "left": issuing.left(state, code, self._hall.clock.now()),
            "warned": code in state.warned,
            "tickets": [views.live_ticket(ticket) for ticket in views.line([code])[:QUEUE_SHOWN]],
        }

    def _parked(self) -> list[Json]:
        parked = [ticket for ticket in self.state.tickets.values() if ticket.state == "PARKED"]
        return [
            {
                "id": ticket.id,
                "number": ticket.number,
                "counter": ticket.counter,
                "reason": ticket.park_reason,
                "since": self._views.instant(ticket.parked_at or 0),
            }
            for ticket in _first(parked, "parked_at")
        ]

    def _missed(self) -> list[Json]:
        newest = sorted(self.state.missed.values(), key=lambda one: -(one.missed_at or 0))
        return [
            {
                "id": ticket.id,
                "number": ticket.number,
                "service": ticket.service,
                "counter": ticket.counter,
                "at": self._views.instant(ticket.missed_at or 0),
            }
            for ticket in newest[:SHOWN]
        ]

    def question(self) -> Json | None:
        """Return what a lead has to answer."""
        question, views = self.state.question, self._views
        if question is None:
            return None
        told: dict[str, Any] = {
            "kind": question.kind,
            "asked_at": views.instant(question.at),
            "until": views.at(question.until),
            "since": None,
            "waiting": None,
            "last_at": None,
        }
        if question.kind == "outage":
            told |= {
                "since": views.instant(question.facts["since"]),
                "waiting": question.facts["waiting"],
            }
        else:
            told["last_at"] = views.instant(question.facts["last_at"])
        return told

    def staffing(self, no: int, told: Json | None) -> Json:
        """Return the answer to a step of a counter; `told` None: it was so already."""
        views, counter = self._views, self.state.counters[no]
        if told is None:
            return {
                "counter": no,
                "clerk": counter.clerk,
                "closed": counter.closed,
                "pause": views.pause(no),
                "elsewhere": views.elsewhere(no),
                "seq": self.state.seq,
            }
        pause = told["pause"]
        if pause is not None:
            pause = pause | {
                "since": views.instant(pause["since"]),
                "until": views.at(pause["until"]),
            }
        return {**told, "pause": pause}

    def staff(self) -> list[Json]:
        """Return the staff and where they are signed in."""
        seats = {one.clerk: one.no for one in self.state.counters.values() if one.clerk}
        return [
            {"id": staff, "name": self.staff_names.get(staff, staff), "counter": seats.get(staff)}
            for staff in self.state.rules.staff
        ]

    def posts(self, date: str) -> list[Json]:
        """Return the AB posts of a date."""
        found = []
        for post in self.state.rules.posts.values():
            a, b = pair_of(self.state, post.name, date)
            alarm = post.name in self.state.unmanned and date == self._views.today
            row = {"name": post.name, "date": date, "counter": post.counter}
            found.append(row | {"a": a, "b": b, "alarm": alarm})
        return found

    def free_slots(self, service: str, date: str) -> list[Json]:
        """Return the slots of a service on a date and how many are left in each."""
        views, state = self._views, self.state
        return [
            {
                "start": views.instant(start),
                "end": views.instant(end),
                "quota": quota,
                "free": max(0, quota - state.slots.get(f"{service}|{start}", 0)),
            }
            for _, start, end, quota in slots_on(state.rules, service, date)
        ]

    def why(self, told: Json) -> Json:
        """Return why a ticket was called when it was, from `reports.reasons.told_why`."""
        row, calls, between = told["ticket"], told["calls"], told["between"]
        earlier = sum(call["earlier"] for call in between)
        if between:
            name = "called" if calls else "waiting"
        else:
            name = "first_called" if calls else "none"
        counts = {"count": len(between), "earlier": earlier} if between else {}
        return {
            "ticket": {"id": row["id"], "number": row["number"] or ""},
            "calls": [self._told(call) for call in calls],
            "between": [self._between(call) for call in between],
            "text": self._text("zh", f"why.{name}", **counts),
            "text_en": self._text("en", f"why.{name}", **counts),
        }

    def _told(self, call: Json) -> Json:
        at = self._views.instant(call["called_at"])
        return {"counter": call["counter"], "at": at, "reason": call["reason"]}

    def _between(self, call: Json) -> Json:
        rule = plainly(call["rule"], earlier=call["earlier"])
        return {
            "number": call["number"],
            "counter": call["counter"],
            "at": self._views.instant(call["called_at"]),
            "earlier": call["earlier"],
            "why": self._text("zh", f"why.rule.{rule}"),
            "why_en": self._text("en", f"why.rule.{rule}"),
        }

    def _text(self, lang: str, key: str, **values: object) -> str:
        return self._hall.settings.texts.message(lang, key, **values)

    def appointment(self, row: Json) -> Json:
        """Return a booked slot from its row."""
        views = self._views
        return {
            "id": row["ticket"],
            "service": row["service"],
            "date": row["date"],
            "start": views.instant(row["slot_start"]),
            "end": views.instant(row["slot_end"]),
            "state": row["state"],
            "number": row["number"],
            "no": row["no"],
        }


def _first(tickets: Iterable[Ticket], by: str) -> list[Ticket]:
    return sorted(tickets, key=lambda ticket: getattr(ticket, by) or 0)[:SHOWN]


QUEUE_VIEWS: web.AppKey[QueueViews] = web.AppKey("queue_views", QueueViews)
