"""What pages and the interface read: sync functions of a connection and a hall."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, not_, select

from controller.store.schema import appointments, case_steps, cases, tickets

Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted: after a position, at most `limit` rows."""

    after: int = 0
    limit: int = 100


@dataclass(frozen=True)
class Days:
    """Business dates (ISO), both included."""

    first: str
    last: str

    def of(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that a date column lies within."""
        return column.between(self.first, self.last)


VISIT = and_(tickets.c.test == 0, not_(func.coalesce(tickets.c.cause, "") == "direct"))
"""What counts as a visit: no test ticket, no direct reception that was taken back."""


def ticket_rows(
    connection: Connection, hall: str, page: Page, where: dict[str, Any]
) -> tuple[list[Row], int | None]:
    """Return tickets in the order of issue and the position to go on from.

    `where` may hold date, state, service and counter for equality, `days` (`Days`) and `visits`
    (True: only what counts as a visit).
    """
    return _page(connection, tickets, hall, page, where)


def case_rows(
    connection: Connection, hall: str, page: Page, where: dict[str, Any]
) -> tuple[list[Row], int | None]:
    """Return cases in the order of acceptance, each with its steps, and the next position."""
    rows, following = _page(connection, cases, hall, page, where)
    _add_steps(connection, hall, rows)
    return rows, following


def _page(
    connection: Connection, table: Table, hall: str, page: Page, where: dict[str, Any]
) -> tuple[list[Row], int | None]:
    query = select(table).where(table.c.hall == hall, table.c.seq > page.after)
    for name, value in where.items():
        if name == "days":
            query = query.where(value.of(table.c.date))
        elif name == "visits":
            query = query.where(VISIT)
        elif value is not None:
            query = query.where(table.c[name] == value)
    query = query.order_by(table.c.seq).limit(page.limit + 1)
    rows = [_plain(row._mapping) for row in connection.execute(query)]
    following = rows[page.limit - 1]["seq"] if len(rows) > page.limit else None
    return rows[: page.limit], following


def _plain(mapping: Any) -> Row:
    row = dict(mapping)
    if "items" in row:
        row["items"] = json.loads(row["items"])
    if row.get("reason"):
        row["reason"] = json.loads(row["reason"])
    if "asked" in row:
        row["asked"] = json.loads(row["asked"]) if row["asked"] else [row["service"]]
    return row


def appointment_rows(
    connection: Connection, hall: str, page: Page, where: dict[str, Any]
) -> tuple[list[Row], int | None]:
    """Return booked slots in the order of booking and the position to go on from.

    `where` may hold date, state and service for equality and `days` (`Days`).
    """
    return _page(connection, appointments, hall, page, where)


def one_ticket(connection: Connection, hall: str, ticket: str) -> Row | None:
    """Return a ticket with the numbers of its cases, or None.

    A slot that was booked and has no ticket yet has a row of the same form: no number, no times.
    """
    query = select(tickets).where(tickets.c.hall == hall, tickets.c.id == ticket)
    found = connection.execute(query).first()
    if found is None:
        return _booked(connection, hall, ticket)
    row = _plain(found._mapping)
    row["cases"] = case_numbers(connection, hall, [ticket]).get(ticket, [])
    row["slot_end"] = None
    return row


def _booked(connection: Connection, hall: str, ticket: str) -> Row | None:
    query = select(appointments).where(appointments.c.hall == hall, appointments.c.ticket == ticket)
    found = connection.execute(query).first()
    if found is None:
        return None
    empty: Row = dict.fromkeys(tickets.c.keys())
    flags = ("together", "escort", "late", "test", "direct", "calls", "served_ms", "ahead")
    return (
        empty
        | dict.fromkeys(flags, 0)
        | {
            "hall": hall,
            "id": found.ticket,
            "seq": found.seq,
            "date": found.date,
            "number": "",
            "service": found.service,
            "state": found.state,
            "source": found.source,
            "slot": found.slot_start,
            "slot_end": found.slot_end,
            "person": found.person,
            "finished_at": found.ended_at,
            "items": [],
            "asked": [found.service],
            "cases": [],
            "clients": 1,
            "first_contact": "",
            "paper": "none",
            "paper_detail": "",
            "paper_printer": "",
        }
    )


def one_case(connection: Connection, hall: str, no: str) -> Row | None:
    """Return a case with its steps, or None."""
    query = select(cases).where(cases.c.hall == hall, cases.c.no == no)
    found = connection.execute(query).first()
    if found is None:
        return None
    rows = [_plain(found._mapping)]
    _add_steps(connection, hall, rows)
    return rows[0]


def case_numbers(connection: Connection, hall: str, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the case numbers of tickets, in the order of acceptance."""
    found: dict[str, list[str]] = {}
    if not ids:
        return found
    query = (
        select(cases.c.ticket, cases.c.no)
        .where(cases.c.hall == hall, cases.c.ticket.in_(ids))
        .order_by(cases.c.seq)
    )
    for row in connection.execute(query):
        found.setdefault(row.ticket, []).append(row.no)
    return found


def _add_steps(connection: Connection, hall: str, rows: list[Row]) -> None:
    by_no: dict[str, list[Row]] = {row["no"]: [] for row in rows}
    query = (
        select(case_steps)
        .where(case_steps.c.hall == hall, case_steps.c.no.in_(list(by_no)))
        .order_by(case_steps.c.seq)
    )
    for step in connection.execute(query):
        by_no[step.no].append({"state": step.state, "at": step.at})
    for row in rows:
        row["steps"] = by_no[row["no"]]


def recent_at_counter(
    connection: Connection, hall: str, date: str, counter: int, limit: int
) -> list[Row]:
    """Return the tickets last finished at a counter, newest first."""
    query = (
        select(tickets)
        .where(
            tickets.c.hall == hall,
            tickets.c.date == date,
            tickets.c.counter == counter,
            tickets.c.finished_at.is_not(None),
        )
        .order_by(tickets.c.finished_at.desc(), tickets.c.seq.desc())
        .limit(limit)
    )
    return [_plain(row._mapping) for row in connection.execute(query)]


def waits(connection: Connection, hall: str, days: Days) -> dict[str, list[int]]:
    """Return the waits (ms) of every queued visit that was called: first call less issue."""
    query = select(tickets.c.service, tickets.c.wait_ms).where(
        tickets.c.hall == hall,
        days.of(tickets.c.date),
        tickets.c.wait_ms.is_not(None),
        tickets.c.direct == 0,
        VISIT,
    )
    found: dict[str, list[int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.service, []).append(row.wait_ms)
    return found


def handlings(connection: Connection, hall: str, days: Days) -> dict[int, list[int]]:
    """Return the serving times (ms) of finished visits by the counter that finished them."""
    query = select(tickets.c.counter, tickets.c.handle_ms).where(
        tickets.c.hall == hall, days.of(tickets.c.date), tickets.c.handle_ms.is_not(None), VISIT
    )
    found: dict[int, list[int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.counter, []).append(row.handle_ms)
    return found


def issues(connection: Connection, hall: str, days: Days) -> list[tuple[str, int]]:
    """Return the business date and the time of issue (ms) of every visit, in its order."""
    query = (
        select(tickets.c.date, tickets.c.issued_at)
        .where(tickets.c.hall == hall, days.of(tickets.c.date), VISIT)
        .order_by(tickets.c.seq)
    )
    return [(date, issued_at) for date, issued_at in connection.execute(query)]


@dataclass(frozen=True)
class VisitCount:
    """Visits of one state and kind: how many, the people in them, those called at least once."""

    state: str
    direct: bool
    visits: int
    people: int
    called: int


def visit_counts(connection: Connection, hall: str, days: Days) -> list[VisitCount]:
    """Count visits and people by state, queued and direct ones apart; tests count nowhere."""
    query = (
        select(
            tickets.c.state,
            tickets.c.direct,
            func.count(),
            func.sum(tickets.c.clients),
            func.count(tickets.c.called_at),
        )
        .where(tickets.c.hall == hall, days.of(tickets.c.date), VISIT)
        .group_by(tickets.c.state, tickets.c.direct)
    )
    return [
        VisitCount(state, bool(direct), int(visits), int(people), int(called))
        for state, direct, visits, people, called in connection.execute(query)
    ]


def given_back_at_once(connection: Connection, hall: str, days: Days, within_ms: int) -> int:
    """Count the queued tickets that were cancelled within a span of their issue."""
    query = select(func.count()).where(
        tickets.c.hall == hall,
        days.of(tickets.c.date),
        tickets.c.state == "CANCELLED",
        tickets.c.direct == 0,
        tickets.c.finished_at - tickets.c.issued_at <= within_ms,
        VISIT,
    )
    return int(connection.execute(query).scalar_one())


def case_counts(connection: Connection, hall: str, days: Days) -> dict[str, int]:
    """Return how many cases accepted in the period are in each state."""
    query = (
        select(cases.c.state, func.count())
        .where(cases.c.hall == hall, days.of(cases.c.date))
        .group_by(cases.c.state)
    )
    return {state: count for state, count in connection.execute(query)}
