"""Why a ticket was called when it was: its calls, and those of others since its issue."""

from typing import Any

from sqlalchemy import Connection

from controller.domain.rules import Rules
from controller.store.call_queries import Stretch, calls_between, calls_of
from controller.store.queries import Row, one_ticket

BETWEEN_MOST = 200


def told_why(connection: Connection, hall: str, ticket: str, rules: Rules) -> dict[str, Any]:
    """Return `ticket` (its row), `calls` (its own) and `between` (of others), oldest first.

    Others are those of services that share a counter with one that the ticket asks for, from its
    issue to its first call, or to its end, or to now; the newest 200. `earlier` tells whether
    that ticket was given out before this one. Raises KeyError when there is no such ticket.
    """
    row = one_ticket(connection, hall, ticket)
    if row is None:
        raise KeyError(ticket)
    mine = calls_of(connection, hall, ticket)
    services = frozenset().union(
        *(rules.companions(code) for code in (*row["asked"], row["service"]))
    )
    stretch = Stretch(row["seq"], mine[0]["seq"] if mine else None)
    others = calls_between(connection, hall, stretch, services, BETWEEN_MOST)
    between = [
        {**call, "earlier": call["issued_seq"] < row["seq"]}
        for call in others
        if call["ticket"] != ticket and _in_time(row, call)
    ]
    return {"ticket": row, "calls": mine, "between": between}


def _in_time(row: Row, call: Row) -> bool:
    return row["finished_at"] is None or call["called_at"] <= row["finished_at"]
