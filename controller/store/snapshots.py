"""The state as JSON, so that a start folds only the tail of the log.

A snapshot may always be deleted, and one of another version is ignored.
"""

import json
from dataclasses import asdict
from typing import Any

from controller.domain.rules import Rules
from controller.domain.state import (
    Counter,
    HallState,
    RatingPrompt,
    Ticket,
    TicketCase,
)
from controller.domain.waits import ServingTimes

STATE_VERSION = 2


def freeze(state: HallState) -> str:
    """Return a state as JSON text; the waiting lines are left out, `thaw` makes them again."""
    data = {
        "seq": state.seq,
        "at": state.at,
        "rules": state.rules.to_json(),
        "rules_seq": state.rules_seq,
        "date": state.date,
        "numbers": state.numbers,
        "tickets": [asdict(ticket) for ticket in state.tickets.values()],
        "counters": [asdict(counter) for counter in state.counters.values()],
        "servings": asdict(state.servings),
        "case_numbers": state.case_numbers,
        "sessions": state.sessions,
        "calls": state.calls,
        "lost_devices": state.lost_devices,
        "refused_deliveries": state.refused_deliveries,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def thaw(text: str) -> HallState:
    """Build the state that `freeze` wrote."""
    data: dict[str, Any] = json.loads(text)
    tickets = [_ticket(row) for row in data.pop("tickets")]
    counters = [_counter(row) for row in data.pop("counters")]
    state = HallState(
        rules=Rules.from_json(data.pop("rules")),
        servings=ServingTimes(**data.pop("servings")),
        tickets={ticket.id: ticket for ticket in tickets},
        counters={counter.no: counter for counter in counters},
        **data,
    )
    for ticket in tickets:
        if ticket.state == "WAITING":
            state.join(ticket)
    return state


def _ticket(row: dict[str, Any]) -> Ticket:
    cases = [TicketCase(**case) for case in row.pop("cases")]
    return Ticket(**row, cases=cases)


def _counter(row: dict[str, Any]) -> Counter:
    prompt = row["prompt"]
    return Counter(row["no"], row["ticket"], RatingPrompt(**prompt) if prompt else None)
