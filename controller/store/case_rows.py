"""Rows of cases (办件) and of their steps."""

from collections.abc import Callable
from typing import Any

from controller.domain.events import CaseAccepted, CaseFinished, CaseHandedOn, StoredEvent
from controller.store.change import Change, new_row
from controller.store.schema import case_steps, cases


def _accepted(event: CaseAccepted, stored: StoredEvent) -> list[Change]:
    row = new_row(
        cases,
        stored,
        no=event.case,
        date=event.date,
        item=event.item,
        item_name=event.item_name,
        kind=event.kind,
        ticket=event.ticket,
        number=event.number,
        counter=event.counter,
        state="ACCEPTED",
        accepted_at=event.accepted_at,
    )
    return [row, _step(stored, event.case, "ACCEPTED", event.accepted_at)]


def _finished(event: CaseFinished, stored: StoredEvent) -> list[Change]:
    return [
        _case(stored, event.case, state="FINISHED", finished_at=event.finished_at),
        _step(stored, event.case, "FINISHED", event.finished_at),
    ]


def _handed_on(event: CaseHandedOn, stored: StoredEvent) -> list[Change]:
    return [
        _case(stored, event.case, state="HANDED_ON"),
        _step(stored, event.case, "HANDED_ON", event.handed_on_at),
    ]


def reopened(stored: StoredEvent, no: str) -> list[Change]:
    """Return the changes of a case whose end was undone; its steps tell both."""
    return [
        _case(stored, no, state="ACCEPTED", finished_at=None),
        _step(stored, no, "ACCEPTED", stored.at),
    ]


def _case(stored: StoredEvent, no: str, **values: Any) -> Change:
    return Change(cases, {"hall": stored.hall, "no": no}, values)


def _step(stored: StoredEvent, no: str, state: str, at: int) -> Change:
    return new_row(case_steps, stored, no=no, state=state, at=at)


STEPS: dict[type, Callable[[Any, StoredEvent], list[Change]]] = {
    CaseAccepted: _accepted,
    CaseFinished: _finished,
    CaseHandedOn: _handed_on,
}
