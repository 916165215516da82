"""What counters and clerks did (工作量), pauses by reason, and time signed in. Seconds."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from controller.reports.indicators import seconds
from controller.store import call_queries
from controller.store.queries import Days, Row


def workload_report(connection: Connection, hall: str, days: Days) -> dict[str, Any]:
    """Return calls, finished visits and serving time of each counter and clerk.

    A visit that was handed on is finished where it ended; each counter has its own part of the
    serving time.
    """
    counts = call_queries.call_counts(connection, hall, days)
    served = _served(connection, hall, days)
    done: dict[tuple[int, str], int] = defaultdict(int)
    for end in call_queries.ends(connection, hall, days):
        done[(end["counter"], end["clerk"] or "")] += 1
        served[(end["counter"], end["clerk"] or "")] += end["handle_ms"] - end["served_ms"]
    rows = [
        {
            "counter": counter,
            "clerk": clerk or None,
            "calls": counts.get((counter, clerk), 0),
            "done": done[(counter, clerk)],
            "serving_s": seconds(served[(counter, clerk)]),
        }
        for counter, clerk in sorted(counts.keys() | done.keys() | served.keys())
    ]
    return {"from": days.first, "to": days.last, "rows": rows}


def _served(connection: Connection, hall: str, days: Days) -> dict[tuple[int, str], int]:
    """Return the serving time (ms) of parts that did not end a visit."""
    found: dict[tuple[int, str], int] = defaultdict(int)
    ticket, before = "", 0
    for part in call_queries.parts(connection, hall, days):
        if part["ticket"] != ticket:
            ticket, before = part["ticket"], 0
        found[(part["counter"], part["clerk"] or "")] += part["served_ms"] - before
        before = part["served_ms"]
    return found


def pauses_report(
    connection: Connection, hall: str, days: Days, zone: ZoneInfo, now: int
) -> dict[str, Any]:
    """Return pause time by reason, and pause and signed-in time by counter.

    Only what lies within the days counts; what is still open counts until `now` (UTC ms). A day
    ends both, so what an older log has open for longer ends with the day on which it began.
    """
    begins, ends = span_of(days, zone)
    span = (begins, min(now, ends))
    paused = call_queries.pause_rows(connection, hall, span)
    signed_in = call_queries.sign_in_rows(connection, hall, span)
    paused, signed_in = _within_day(paused, zone, span), _within_day(signed_in, zone, span)
    reasons, counters = _totals(paused, "reason", span), _totals(paused, "counter", span)
    present = _totals(signed_in, "counter", span)
    return {
        "from": days.first,
        "to": days.last,
        "reasons": [
            {"reason": reason, "pauses": count, "paused_s": seconds(ms)}
            for reason, (count, ms) in sorted(reasons.items())
        ],
        "counters": [
            {
                "counter": no,
                "pauses": counters[no][0],
                "paused_s": seconds(counters[no][1]),
                "signed_in_s": seconds(present[no][1]),
            }
            for no in sorted(counters.keys() | present.keys())
        ],
    }


def span_of(days: Days, zone: ZoneInfo) -> tuple[int, int]:
    """Return the time (UTC ms: from, until) that business dates cover by the hall's zone."""
    return midnight(days.first, zone), midnight(days.last, zone, 1)


def midnight(day: str, zone: ZoneInfo, later: int = 0) -> int:
    """Return the UTC ms at which a business date (ISO) begins, or one so many days later."""
    begins = date.fromisoformat(day) + timedelta(days=later)
    return round(datetime(begins.year, begins.month, begins.day, tzinfo=zone).timestamp() * 1000)


def _within_day(rows: Iterable[Row], zone: ZoneInfo, span: tuple[int, int]) -> list[Row]:
    """Return those rows that touch a span, each ended by the day on which it began."""
    found = []
    for row in rows:
        ended = min(span[1] if row["open"] else row["ended_at"], _day_after(row["since"], zone))
        if ended > span[0]:
            found.append({**row, "open": 0, "ended_at": ended})
    return found


def _day_after(at: int, zone: ZoneInfo) -> int:
    """Return the midnight (UTC ms) that follows a time."""
    return midnight(datetime.fromtimestamp(at / 1000, zone).date().isoformat(), zone, 1)


def _totals(rows: Iterable[Row], name: str, span: tuple[int, int]) -> dict[Any, tuple[int, int]]:
    totals: dict[Any, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        ms = max(0, min(row["ended_at"], span[1]) - max(row["since"], span[0]))
        count, before = totals[row[name]]
        totals[row[name]] = (count + 1, before + ms)
    return totals
