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
    OpeningTest,
    Pause,
    Question,
    RatingPrompt,
    Ticket,
    TicketCase,
)
from controller.domain.waits import ServingTimes

ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
STATE_VERSION = 8
DERIVED = {"lines", "arrivals", "batches", "numbered"}
"""Fields that `thaw` makes again from the tickets."""

APART = {"rules", "tickets", "missed", "counters", "servings", "question", "opening_test"}


def freeze(state: HallState) -> str:
    """Return a state as JSON text; what follows from the tickets is left out."""
    return render(picture(state))


def picture(state: HallState) -> dict[str, Any]:
    """Return a copy of a state that stays as it is while the hall goes on; fast."""
    plain = {
        one.name: _copied(getattr(state, one.name))
        for one in fields(state)
        if one.name not in DERIVED | APART
    }
    return plain | {
        "rules": state.rules.to_json(),
        "tickets": [_plain(ticket) for ticket in state.tickets.values()],
        "missed": [_plain(ticket) for ticket in state.missed.values()],
        "counters": [asdict(counter) for counter in state.counters.values()],
        "servings": asdict(state.servings),
        "question": asdict(state.question) if state.question else None,
        "opening_test": asdict(state.opening_test),
    }


def render(taken: dict[str, Any]) -> str:
    """Return the JSON text of a picture.

    Ticket by ticket: the encoder keeps the interpreter for as long as a call of it lasts.
    """
    tickets = ",".join([ENCODER.encode(ticket) for ticket in taken["tickets"]])
    rest = ENCODER.encode({name: value for name, value in taken.items() if name != "tickets"})
    return f'{{"tickets":[{tickets}],{rest[1:]}'


def _plain(ticket: Ticket) -> dict[str, Any]:
    copied = {name: _copied(value) for name, value in vars(ticket).items()}
    if ticket.cases:
        copied["cases"] = [asdict(case) for case in ticket.cases]
    return copied


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return list(value) if isinstance(value, list) else value


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
        opening_test=OpeningTest(**data.pop("opening_test")),
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
    before, prompt, prior = _ticket(row.pop("before")), row.pop("prompt"), row.pop("prior")
    return LastStep(
        **row,
        before=before,
        prompt=RatingPrompt(**prompt) if prompt else None,
        prior=_last(prior) if prior else None,
    )
