"""Fairness of the order (公平性): who was called out of turn, and who was overtaken most.

A call is out of order when somebody who came earlier for the same service was called later. The
count asks no rule; how many calls each rule made stands beside it (domain.md 5.5 and 7).
"""

from bisect import bisect_left, insort
from typing import Any

from sqlalchemy import Connection

from controller.store.call_queries import FirstCall, call_rules, first_calls
from controller.store.queries import Days

MOST_SHOWN = 10


def fairness_report(connection: Connection, hall: str, days: Days) -> dict[str, Any]:
    """Return calls by rule, the calls out of order, and the visits overtaken most."""
    found = first_calls(connection, hall, days)
    overtakes = overtaken(found)
    hurt = sorted((-count, seq) for seq, count in overtakes.items() if count)
    by_seq = {call.seq: call for call in found}
    return {
        "from": days.first,
        "to": days.last,
        "visits_called": len(found),
        "by_rule": dict(sorted(call_rules(connection, hall, days).items())),
        "out_of_order": out_of_order(found),
        "overtaken": len(hurt),
        "max_overtakes": -hurt[0][0] if hurt else 0,
        "most_overtaken": [
            {
                "number": by_seq[seq].number,
                "service": by_seq[seq].service,
                "overtakes": -count,
            }
            for count, seq in hurt[:MOST_SHOWN]
        ],
    }


def overtaken(found: list[FirstCall]) -> dict[int, int]:
    """Return, by the call's seq, how many who came later for its service were called before."""
    earlier: dict[str, list[int]] = {}
    counts: dict[int, int] = {}
    for call in found:
        line = earlier.setdefault(call.service, [])
        counts[call.seq] = len(line) - bisect_left(line, call.issued_seq)
        insort(line, call.issued_seq)
    return counts


def out_of_order(found: list[FirstCall]) -> int:
    """Count the calls after which somebody who had come earlier was still to be called."""
    first: dict[str, int] = {}
    count = 0
    for call in reversed(found):
        earliest = first.get(call.service)
        count += earliest is not None and earliest < call.issued_seq
        first[call.service] = min(call.issued_seq, earliest or call.issued_seq)
    return count
