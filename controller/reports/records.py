"""Rows with what belongs to them, read in one go. Sync: run them in a reading thread."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from controller.domain.events import VoiceEvent
from controller.store import call_queries, event_store, queries
from controller.store.queries import Days, Page, Row


@dataclass(frozen=True)
class Part:
    """A part of a list; `next` is the position of its last row when more follow."""

    rows: list[Row]
    next: int | None


def tickets_with_cases(
    connection: Connection, hall: str, page: Page, where: dict[str, Any]
) -> Part:
    """Return tickets in the order of issue, each with the numbers of its cases."""
    rows, following = queries.ticket_rows(connection, hall, page, where)
    _add_cases(connection, hall, rows)
    return Part(rows, following)


def cases_with_steps(
    connection: Connection, hall: str, page: Page, where: dict[str, Any]
) -> Part:
    """Return cases in the order of acceptance, each with its steps."""
    return Part(*queries.case_rows(connection, hall, page, where))


def appointments_of(connection: Connection, hall: str, page: Page, where: dict[str, Any]) -> Part:
    """Return booked slots in the order of booking."""
    return Part(*queries.appointment_rows(connection, hall, page, where))


def referrals(connection: Connection, hall: str, page: Page, days: Days) -> Part:
    """Return the transfers of visits, each with who met the citizen first (首问责任)."""
    return Part(*call_queries.referral_rows(connection, hall, page, days))


def warnings_of(connection: Connection, hall: str, span: tuple[int, int]) -> list[Row]:
    """Return the warnings and the stops of issuing in a span of time (UTC ms), oldest first.

    A stop is told as a warning of kind `stop` about its scope; its facts are kind and sentence.
    """
    stops = [
        row
        | {
            "kind": "stop",
            "about": row["scope"],
            "answer": None,
            "facts": {"kind": row["kind"], "sentence": row["sentence"]},
        }
        for row in call_queries.stop_rows(connection, hall, span)
    ]
    found = [*call_queries.warning_rows(connection, hall, span), *stops]
    return sorted(found, key=lambda row: row["seq"])


def at_counter(
    connection: Connection, asked: tuple[str, str, int, int], held: str | None
) -> tuple[Row | None, list[Row]]:
    """Return the ticket that a counter holds and those last finished there, newest first.

    The row of the one that it holds has `covers` too: whose call it was (AB岗).

    `asked` is hall, business date, counter and how many finished ones are wanted.
    """
    row = queries.one_ticket(connection, asked[0], held) if held is not None else None
    if row is not None:
        called = call_queries.calls_of(connection, asked[0], row["id"])
        row["covers"] = called[-1]["covers"] if called else None
    recent = queries.recent_at_counter(connection, *asked)
    _add_cases(connection, asked[0], recent)
    return row, recent


def announcement(connection: Connection, hall: str, name: str) -> VoiceEvent | None:
    """Return the newest event of an announcement that names its sound, or None."""
    events = event_store.read_subject(connection, hall, f"announcement:{name}")
    named = [event for event in events if isinstance(event, VoiceEvent) and "wav" in event.detail]
    return named[-1] if named else None


def _add_cases(connection: Connection, hall: str, rows: list[Row]) -> None:
    cases = queries.case_numbers(connection, hall, [row["id"] for row in rows])
    for row in rows:
        row["cases"] = cases.get(row["id"], [])
