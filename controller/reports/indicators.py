"""The hall's figures. Sync functions of a connection; times come in ms and leave in seconds.

Percentiles are nearest-rank on the sorted values, so SQLite and PostgreSQL agree to the digit:
p90 of n values is the one at place ceil(0.9 n). Definitions: domain.md 2.5 and section 7.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select

from controller.store import queries
from controller.store.queries import VISIT, Days, VisitCount
from controller.store.schema import ratings, tickets

Figures = dict[str, Any]
Value = TypeVar("Value", int, float)
SATISFIED_FROM = 3
GRADES = range(1, 6)
GIVEN_BACK_MS = 60_000
DAY_NAMES = (
    "issued", "visits", "queued", "direct", "people", "called", "done", "no_show",
    "cases_accepted", "cases_finished",
)  # fmt: skip


def nearest_rank(ordered: Sequence[Value], percent: int) -> Value:
    """Return the nearest-rank percentile of sorted values (at least one)."""
    place = -(-percent * len(ordered) // 100)
    return ordered[max(place, 1) - 1]


def seconds(ms: float) -> float:
    """Return milliseconds as seconds."""
    return round(ms / 1000, 3)


def wait_figures(waits_ms: Iterable[int]) -> Figures:
    """Return count, mean, p50, p90 and maximum in seconds; null where there is nothing."""
    ordered = sorted(waits_ms)
    if not ordered:
        return {"count": 0, "mean_s": None, "p50_s": None, "p90_s": None, "max_s": None}
    return {
        "count": len(ordered),
        "mean_s": seconds(sum(ordered) / len(ordered)),
        "p50_s": seconds(nearest_rank(ordered, 50)),
        "p90_s": seconds(nearest_rank(ordered, 90)),
        "max_s": seconds(ordered[-1]),
    }


def waits_report(
    connection: Connection, hall: str, days: Days, services: Sequence[str]
) -> Figures:
    """Return the waits of every named service and of any other that has some, and of all."""
    found = queries.waits(connection, hall, days)
    rows = [
        {"service": code, **wait_figures(found.get(code, ()))}
        for code in _with_others(services, found)
    ]
    every = [wait for waits in found.values() for wait in waits]
    return {"from": days.first, "to": days.last, "rows": rows, "total": wait_figures(every)}


def ratings_report(
    connection: Connection, hall: str, days: Days, services: Sequence[str]
) -> Figures:
    """Return the ratings of every named service and of any other that has some, and of all."""
    grades = _grades_by_service(connection, hall, days)
    finished = _finished_by_service(connection, hall, days)
    rows = [
        {"service": code, **rating_figures(grades.get(code, {}), finished.get(code, 0))}
        for code in _with_others(services, {**finished, **grades})
    ]
    every: dict[tuple[str, int], int] = {}
    for counts in grades.values():
        for name, count in counts.items():
            every[name] = every.get(name, 0) + count
    total = rating_figures(every, sum(finished.values()))
    return {"from": days.first, "to": days.last, "rows": rows, "total": total}


def rating_figures(counts: dict[tuple[str, int], int], rateable: int) -> Figures:
    """Return the figures of ratings counted by (kind, grade).

    Only active ratings stand in `active`, `satisfied` and `grades`; a default never does.
    """
    active = {grade: counts.get(("ACTIVE", grade), 0) for grade in GRADES}
    given = sum(active.values())
    return {
        "count": sum(counts.values()),
        "active": given,
        "rateable": rateable,
        "missing": max(0, rateable - given),
        "satisfied": sum(count for grade, count in active.items() if grade >= SATISFIED_FROM),
        "grades": {str(grade): count for grade, count in active.items()},
    }


def volume_report(connection: Connection, hall: str, days: Days) -> Figures:
    """Return 接待人次, 取号量 and 受理量, which differ; queued and direct visits stand apart.

    An agent's batch is one visit of several people. `issued` leaves out what was given back
    within a minute (domain.md 7).
    """
    counts = queries.visit_counts(connection, hall, days)
    cases = queries.case_counts(connection, hall, days)
    queued = [one for one in counts if not one.direct]
    at_once = queries.given_back_at_once(connection, hall, days, GIVEN_BACK_MS)
    return {
        "from": days.first,
        "to": days.last,
        "visits": _visits(counts),
        "queued": _visits(queued),
        "direct": _visits(counts) - _visits(queued),
        "people": sum(one.people for one in counts),
        "issued": _visits(queued) - at_once,
        "called": sum(one.called for one in queued),
        "done": _visits(counts, "DONE"),
        "done_direct": _visits(counts, "DONE") - _visits(queued, "DONE"),
        "no_show": _visits(counts, "NO_SHOW"),
        "cancelled": _visits(counts, "CANCELLED"),
        "expired": _visits(counts, "EXPIRED"),
        "advice": _advice(connection, hall, days),
        "cases_accepted": sum(cases.values()),
        "cases_finished": cases.get("FINISHED", 0),
        "cases_handed_on": cases.get("HANDED_ON", 0),
    }


def _visits(counts: Iterable[VisitCount], state: str = "") -> int:
    return sum(one.visits for one in counts if state in ("", one.state))


def day_figures(connection: Connection, hall: str, date: str) -> Figures:
    """Return the stored part of the manager's overview of one business date."""
    days = Days(date, date)
    volume = volume_report(connection, hall, days)
    waits = wait_figures(w for some in queries.waits(connection, hall, days).values() for w in some)
    handlings = queries.handlings(connection, hall, days)
    every = [ms for some in handlings.values() for ms in some]
    rated = ratings_report(connection, hall, days, ())["total"]
    return {
        **{name: volume[name] for name in DAY_NAMES},
        "mean_wait_s": waits["mean_s"],
        "p90_wait_s": waits["p90_s"],
        "mean_handle_s": _mean_s(every),
        "ratings": {name: rated[name] for name in ("active", "satisfied", "rateable")},
        "counters": {
            no: {"done": len(some), "mean_handle_s": _mean_s(some)}
            for no, some in handlings.items()
        },
    }


def _mean_s(values_ms: Sequence[int]) -> float | None:
    return seconds(sum(values_ms) / len(values_ms)) if values_ms else None


def _with_others(services: Sequence[str], found: Iterable[str]) -> list[str]:
    return [*services, *sorted(set(found) - set(services))]


def _grades_by_service(
    connection: Connection, hall: str, days: Days
) -> dict[str, dict[tuple[str, int], int]]:
    query = (
        select(ratings.c.service, ratings.c.kind, ratings.c.grade, func.count())
        .where(ratings.c.hall == hall, days.of(ratings.c.date))
        .group_by(ratings.c.service, ratings.c.kind, ratings.c.grade)
    )
    found: dict[str, dict[tuple[str, int], int]] = {}
    for service, kind, grade, count in connection.execute(query):
        found.setdefault(service, {})[(kind, grade)] = count
    return found


def _finished_by_service(connection: Connection, hall: str, days: Days) -> dict[str, int]:
    query = (
        select(tickets.c.service, func.count())
        .where(tickets.c.hall == hall, days.of(tickets.c.date), tickets.c.state == "DONE", VISIT)
        .group_by(tickets.c.service)
    )
    return {service: count for service, count in connection.execute(query)}


def _advice(connection: Connection, hall: str, days: Days) -> int:
    query = select(func.count()).where(
        tickets.c.hall == hall, days.of(tickets.c.date), tickets.c.outcome == "advice", VISIT
    )
    return int(connection.execute(query).scalar_one())
