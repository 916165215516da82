"""What pages and the interface read about calls, moves of tickets, pauses and sign-ins.

Sync functions of a connection and a hall; steps that were taken back are left out.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from controller.store.queries import VISIT, Days, Page, Row
from controller.store.schema import calls, moves, pauses, sign_ins, stops, tickets, warnings


@dataclass(frozen=True)
class Stretch:
    """Places in the log: after `after`, before `before` (None: to the end)."""

    after: int
    before: int | None


def calls_of(connection: Connection, hall: str, ticket: str) -> list[Row]:
    """Return the calls of a ticket, oldest first."""
    query = (
        select(calls)
        .where(calls.c.hall == hall, calls.c.ticket == ticket, calls.c.undone == 0)
        .order_by(calls.c.seq)
    )
    return _called(connection, query)


def calls_between(
    connection: Connection, hall: str, stretch: Stretch, services: Iterable[str], limit: int
) -> list[Row]:
    """Return the newest calls of tickets of some services within a stretch, oldest first.

    `issued_seq` is the place of the ticket's issue: two may be issued in the same millisecond.
    """
    query = (
        select(calls, tickets.c.seq.label("issued_seq"))
        .join(tickets, (tickets.c.hall == calls.c.hall) & (tickets.c.id == calls.c.ticket))
        .where(
            calls.c.hall == hall,
            calls.c.seq > stretch.after,
            calls.c.service.in_(list(services)),
            calls.c.undone == 0,
        )
        .order_by(calls.c.seq.desc())
        .limit(limit)
    )
    if stretch.before is not None:
        query = query.where(calls.c.seq < stretch.before)
    return _called(connection, query)[::-1]


def _called(connection: Connection, query: Select[Any]) -> list[Row]:
    return [
        dict(row._mapping) | {"reason": json.loads(row.reason)}
        for row in connection.execute(query)
    ]


@dataclass(frozen=True)
class FirstCall:
    """The first call of a visit: its place in the log, whom, when issued, and by which rule."""

    seq: int
    number: str
    service: str
    issued_at: int
    issued_seq: int
    rule: str


def first_calls(connection: Connection, hall: str, days: Days) -> list[FirstCall]:
    """Return the first call of each queued visit, in their order."""
    first = (
        select(calls.c.ticket, func.min(calls.c.seq).label("seq"))
        .join(tickets, (tickets.c.hall == calls.c.hall) & (tickets.c.id == calls.c.ticket))
        .where(calls.c.hall == hall, calls.c.undone == 0, days.of(tickets.c.date))
        .where(tickets.c.direct == 0, VISIT)
        .group_by(calls.c.ticket)
        .subquery()
    )
    query = (
        select(calls, tickets.c.seq.label("issued_seq"))
        .join(first, first.c.seq == calls.c.seq)
        .join(tickets, (tickets.c.hall == calls.c.hall) & (tickets.c.id == calls.c.ticket))
        .where(calls.c.hall == hall)
        .order_by(calls.c.seq)
    )
    return [
        FirstCall(row.seq, row.number, row.service, row.issued_at, row.issued_seq, row.rule)
        for row in connection.execute(query)
    ]


def call_rules(connection: Connection, hall: str, days: Days) -> dict[str, int]:
    """Return how many calls of queued visits each rule made."""
    query = (
        _of_visits(calls, hall, days, calls.c.rule, func.count())
        .where(tickets.c.direct == 0)
        .group_by(calls.c.rule)
    )
    return {rule: count for rule, count in connection.execute(query)}


def referral_rows(
    connection: Connection, hall: str, page: Page, days: Days
) -> tuple[list[Row], int | None]:
    """Return the transfers of visits with who met the citizen first (首问), in their order."""
    query = (
        _of_visits(moves, hall, days, moves, tickets.c.date, tickets.c.first_contact)
        .where(moves.c.kind == "transferred", moves.c.seq > page.after)
        .order_by(moves.c.seq)
        .limit(page.limit + 1)
    )
    rows = [dict(row._mapping) for row in connection.execute(query)]
    following = rows[page.limit - 1]["seq"] if len(rows) > page.limit else None
    return rows[: page.limit], following


def call_counts(connection: Connection, hall: str, days: Days) -> dict[tuple[int, str], int]:
    """Return how many calls of visits each (counter, clerk) made; "" when nobody signed in."""
    query = _of_visits(calls, hall, days, calls.c.counter, calls.c.clerk, func.count()).group_by(
        calls.c.counter, calls.c.clerk
    )
    return {(counter, clerk or ""): count for counter, clerk, count in connection.execute(query)}


def parts(connection: Connection, hall: str, days: Days) -> list[Row]:
    """Return the servings of visits that did not end them: counter, clerk, ticket, served_ms.

    `served_ms` is all of the ticket's serving until then.
    """
    query = _of_visits(moves, hall, days, moves).order_by(moves.c.ticket, moves.c.seq)
    return [dict(row._mapping) for row in connection.execute(query)]


def ends(connection: Connection, hall: str, days: Days) -> list[Row]:
    """Return the finished visits: counter, clerk, handle_ms, served_ms before the last part."""
    query = select(
        tickets.c.counter, tickets.c.clerk, tickets.c.handle_ms, tickets.c.served_ms
    ).where(tickets.c.hall == hall, days.of(tickets.c.date), tickets.c.state == "DONE", VISIT)
    return [dict(row._mapping) for row in connection.execute(query)]


def _of_visits(table: Table, hall: str, days: Days, *columns: Any) -> Select[Any]:
    """Select from a table of ticket steps those that stand and belong to visits of the days."""
    return (
        select(*columns)
        .select_from(table)
        .join(tickets, (tickets.c.hall == table.c.hall) & (tickets.c.id == table.c.ticket))
        .where(table.c.hall == hall, table.c.undone == 0, days.of(tickets.c.date), VISIT)
    )


def pause_rows(connection: Connection, hall: str, span: tuple[int, int]) -> list[Row]:
    """Return the pauses that touch a span of time (UTC ms: from, until)."""
    return _touching(connection, pauses, hall, span)


def sign_in_rows(connection: Connection, hall: str, span: tuple[int, int]) -> list[Row]:
    """Return the times at which somebody was signed in that touch a span of time (UTC ms)."""
    return _touching(connection, sign_ins, hall, span)


def warning_rows(connection: Connection, hall: str, span: tuple[int, int]) -> list[Row]:
    """Return the warnings that were on in a span of time (UTC ms), with their facts."""
    found = _touching(connection, warnings, hall, span)
    return [row | {"facts": json.loads(row["facts"])} for row in found]


def stop_rows(connection: Connection, hall: str, span: tuple[int, int]) -> list[Row]:
    """Return the times in a span of time (UTC ms) at which no numbers were given out."""
    return _touching(connection, stops, hall, span)


def _touching(connection: Connection, table: Table, hall: str, span: tuple[int, int]) -> list[Row]:
    query = (
        select(table)
        .where(
            table.c.hall == hall,
            table.c.since < span[1],
            (table.c.open == 1) | (table.c.ended_at > span[0]),
        )
        .order_by(table.c.seq)
    )
    return [dict(row._mapping) for row in connection.execute(query)]
