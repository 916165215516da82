"""The state as JSON, so that a start folds only the tail of the log.

A snapshot may always be deleted, and one of another version is ignored.
"""

import json
from dataclasses import asdict, fields
from typing import Any

from controller.domain.rules import Rules
from controller.domain.state import (
    Counter,
    HallState,
    LastStep,
    Pause,
    Question,
    RatingPrompt,
    Ticket,
    TicketCase,
)
from controller.domain.waits import ServingTimes

STATE_VERSION = 4
DERIVED = {"lines", "arrivals", "batches", "numbered"}
"""Fields that `thaw` makes again from the tickets."""

APART = {"rules", "tickets", "missed", "counters", "servings", "question"}


def freeze(state: HallState) -> str:
    """Return a state as JSON text; what follows from the tickets is left out."""
    plain = {
        one.name: getattr(state, one.name)
        for one in fields(state)
        if one.name not in DERIVED | APART
    }
    data = plain | {
        "rules": state.rules.to_json(),
        "tickets": [asdict(ticket) for ticket in state.tickets.values()],
        "missed": [asdict(ticket) for ticket in state.missed.values()],
        "counters": [asdict(counter) for counter in state.counters.values()],
        "servings": asdict(state.servings),
        "question": asdict(state.question) if state.question else None,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def thaw(text: str) -> HallState:
    """Build the state that `freeze` wrote."""
    data: dict[str, Any] = json.loads(text)
    tickets = [_ticket(row) for row in data.pop("tickets")]
    missed = [_ticket(row) for row in data.pop("missed")]
    counters = [_counter(row) for row in data.pop("counters")]
    question = data.pop("question")
    state = HallState(
        rules=Rules.from_json(data.pop("rules")),
        servings=ServingTimes(**data.pop("servings")),
        missed={ticket.id: ticket for ticket in missed},
        counters={counter.no: counter for counter in counters},
        question=Question(**question) if question else None,
        **data,
    )
    for ticket in tickets:
        state.enter(ticket)
        if ticket.state == "WAITING":
            state.join(ticket)
    return state


def _ticket(row: dict[str, Any]) -> Ticket:
    cases = [TicketCase(**case) for case in row.pop("cases")]
    return Ticket(**row, cases=cases)


def _counter(row: dict[str, Any]) -> Counter:
    prompt, pause, last = row.pop("prompt"), row.pop("pause"), row.pop("last")
    return Counter(
        **row,
        prompt=RatingPrompt(**prompt) if prompt else None,
        pause=Pause(**pause) if pause else None,
        last=_last(last) if last else None,
    )


def _last(row: dict[str, Any]) -> LastStep:
    before, prompt = _ticket(row.pop("before")), row.pop("prompt")
    return LastStep(**row, before=before, prompt=RatingPrompt(**prompt) if prompt else None)
