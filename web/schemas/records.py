"""Answers that are lists: services, items, visits, cases, devices."""

from __future__ import annotations

from web.schemas.base import CaseState, Given, Instant, Outcome, TicketState
from web.schemas.tickets import TicketName, Wait


class Service(Given):
    """A service (业务); `ahead` and `wait` are what a newcomer would meet."""

    code: str
    name: str
    name_en: str
    icon: str
    examples: str
    examples_en: str
    area: str
    counters: list[int]
    waiting: int
    ahead: int
    wait: Wait | None
    open: bool


class Services(Given):
    """A part of the list of services."""

    items: list[Service]
    next: str | None


class Item(Given):
    """An item (事项); limits in working days, 0 is at once."""

    code: str
    name: str
    owner: str
    service: str
    kind: str
    legal_days: int | None
    promised_days: int | None
    materials: list[str]
    minutes: int | None


class Items(Given):
    """A part of the list of items."""

    items: list[Item]
    next: str | None


class Visit(Given):
    """A visit (接待登记): what became of a ticket; its id is the ticket's."""

    id: str
    ticket: TicketName
    service: str
    date: str
    state: TicketState
    outcome: Outcome | None
    issued_at: Instant
    called_at: Instant | None
    started_at: Instant | None
    finished_at: Instant | None
    wait_s: float | None
    handle_s: float | None
    counter: int | None
    rating: int | None
    cases: list[str]
    items: list[str]


class Visits(Given):
    """A part of the list of visits."""

    items: list[Visit]
    next: str | None


class CaseStep(Given):
    """One step of a case."""

    state: CaseState
    at: Instant


class Case(Given):
    """A case (办件): an item that a clerk accepted."""

    no: str
    item: str
    item_name: str
    ticket: TicketName
    state: CaseState
    counter: int
    accepted_at: Instant
    finished_at: Instant | None
    steps: list[CaseStep]


class Cases(Given):
    """A part of the list of cases."""

    items: list[Case]
    next: str | None


class Device(Given):
    """A device and whether it answers; `since` is when that last changed."""

    id: str
    kind: str
    state: str
    detail: str
    since: Instant | None


class Devices(Given):
    """All devices of the hall."""

    items: list[Device]
    next: str | None
