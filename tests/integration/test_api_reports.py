"""Figures over HTTP, held against figures made here by hand from the list of visits."""

import math
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.served import ServedHall, served


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


def figures(waits: list[float]) -> dict[str, Any]:
    """The figures of some waits in seconds, by the definition of nearest rank."""
    if not waits:
        return {"count": 0, "mean_s": None, "p50_s": None, "p90_s": None, "max_s": None}
    ordered = sorted(waits)
    return {
        "count": len(ordered),
        "mean_s": pytest.approx(sum(ordered) / len(ordered), abs=0.001),
        "p50_s": ordered[math.ceil(0.5 * len(ordered)) - 1],
        "p90_s": ordered[math.ceil(0.9 * len(ordered)) - 1],
        "max_s": ordered[-1],
    }


async def a_morning(hall: ServedHall) -> None:
    dice = random.Random(7)
    for number in range(24):
        ticket = await hall.take(dice.choice("ABC"), items=[])
        hall.time.pass_s(dice.uniform(1, 90))
        if number % 2:
            await hall.post("/counters/1/next")
            if number % 10 == 9:
                await hall.post("/counters/1/no-show")
                continue
            hall.time.pass_s(dice.uniform(30, 300))
            done = (await hall.post("/counters/1/finish"))["ticket"]["id"]
            if number % 3 and done == ticket["id"]:
                continue
            wish = {"grade": dice.randint(1, 5), "token": hall.hall.token_for(done)}
            await hall.post(f"/tickets/{done}/rating", wish)


async def test_the_waits_are_those_of_the_visits(hall: ServedHall) -> None:
    await a_morning(hall)
    visits = (await hall.get("/visits?limit=500"))["items"]
    report = await hall.get("/reports/waits")
    assert (report["from"], report["to"]) == ("2026-11-23", "2026-11-23")
    assert [row["service"] for row in report["rows"]] == list("ABCDE")
    for row in report["rows"]:
        waits = [v["wait_s"] for v in visits if v["service"] == row["service"] and v["called_at"]]
        assert row == {"service": row["service"], **figures(waits)}
    assert report["total"] == figures([v["wait_s"] for v in visits if v["called_at"]])
    assert report["rows"][4]["p90_s"] is None


async def test_the_ratings_are_those_of_the_visits(hall: ServedHall) -> None:
    await a_morning(hall)
    visits = (await hall.get("/visits?limit=500"))["items"]
    grades = [v["rating"] for v in visits if v["rating"]]
    finished = [v for v in visits if v["state"] == "DONE"]
    report = await hall.get("/reports/ratings")
    assert report["total"] == {
        "count": len(grades),
        "active": len(grades),
        "rateable": len(finished),
        "missing": len(finished) - len(grades),
        "satisfied": sum(grade >= 3 for grade in grades),
        "grades": {str(grade): grades.count(grade) for grade in range(1, 6)},
    }
    for name in ("count", "active", "rateable", "missing", "satisfied"):
        assert sum(row[name] for row in report["rows"]) == report["total"][name]


@pytest.mark.timeout(60)
async def test_both_databases_give_the_same_figures(tmp_path: Path, postgres_url: str) -> None:
    told = []
    for engine_url in (None, postgres_url):
        async with served(tmp_path / str(engine_url is None), engine_url=engine_url) as hall:
            await a_morning(hall)
            names = ("waits", "ratings", "volume", "fairness", "workload", "referrals")
            reports = [await hall.get(f"/reports/{name}") for name in names]
            overview = await hall.get("/overview")
            assert (await hall.get("/tickets?service=%00", 400))["code"] == "malformed"
            assert (await hall.get("/tickets/%00", 400))["code"] == "malformed"
            told.append((reports, {**overview, "devices": [], "platform": {}}))
    assert told[0] == told[1]


async def test_visits_and_cases_are_counted_apart(hall: ServedHall) -> None:
    await hall.take("A", items=["RS01", "RS02"])
    await hall.take("A")
    await hall.take("A")
    await hall.post("/counters/1/next")
    await hall.post("/counters/1/accept")
    await hall.post("/counters/1/accept")
    await hall.post("/counters/1/finish")
    await hall.serve(2)
    volume = await hall.get("/reports/volume")
    assert (volume["visits"], volume["done"], volume["advice"]) == (3, 2, 1)
    assert (volume["cases_accepted"], volume["cases_finished"]) == (2, 1)
    assert volume["cases_handed_on"] == 1
    overview = await hall.get("/overview")
    assert (overview["visits"], overview["cases_accepted"]) == (3, 2)
    assert (overview["waiting"], overview["issued"], overview["done"]) == (1, 3, 2)


async def test_the_overview_of_an_empty_day(hall: ServedHall) -> None:
    overview = await hall.get("/overview")
    assert (overview["waiting"], overview["longest_wait_s"], overview["visits"]) == (0, 0, 0)
    assert overview["mean_wait_s"] is None
    assert overview["counters"][0] == {
        "no": 1, "state": "idle", "number": None, "since": None, "done": 0, "mean_handle_s": None,
    }  # fmt: skip
    assert overview["ratings"] == {"active": 0, "satisfied": 0, "rateable": 0}


async def test_the_overview_of_a_busy_moment(hall: ServedHall) -> None:
    await a_morning(hall)
    await hall.post("/counters/2/next")
    visits = (await hall.get("/visits?limit=500"))["items"]
    overview = await hall.get("/overview")
    waiting = [v for v in visits if v["state"] == "WAITING"]
    assert overview["waiting"] == len(waiting)
    assert [row["number"] for row in overview["waiting_tickets"]] == [
        v["ticket"]["number"] for v in waiting
    ]
    assert overview["longest_wait_s"] == overview["waiting_tickets"][0]["waited_s"]
    handled = [v["handle_s"] for v in visits if v["handle_s"] is not None]
    assert overview["mean_handle_s"] == pytest.approx(sum(handled) / len(handled), abs=0.001)
    assert overview["counters"][0]["done"] == len(handled)
    assert overview["counters"][1]["state"] == "called"
    assert overview["no_show"] == sum(v["state"] == "NO_SHOW" for v in visits)


@pytest.mark.parametrize("report", ["waits", "ratings", "volume"])
async def test_a_span_is_checked(hall: ServedHall, report: str) -> None:
    span = "from=2026-11-24&to=2026-11-23"
    assert (await hall.get(f"/reports/{report}?{span}", 422))["code"] == "invalid"
    assert (await hall.get(f"/reports/{report}?from=1.1.2026", 400))["code"] == "malformed"
    whole = await hall.get(f"/reports/{report}?from=2026-01-01&to=2026-12-31")
    assert (whole["from"], whole["to"]) == ("2026-01-01", "2026-12-31")


async def test_a_referral_names_its_line_and_the_first_contact(hall: ServedHall) -> None:
    await hall.take("A")
    await hall.post("/counters/1/next")
    await hall.post("/counters/1/transfer", {"counter": 2, "reason": "colleague"})
    (row,) = (await hall.get("/reports/referrals"))["items"]
    facts = ("service", "counter", "line", "reason", "first_contact")
    assert [row[name] for name in facts] == ["A", 1, "counter:2", "colleague", "counter:1"]
    assert row["ticket"]["number"] == "A001"
    work = (await hall.get("/reports/workload"))["rows"]
    assert [(one["counter"], one["calls"], one["done"]) for one in work] == [(1, 1, 0)]
    assert (await hall.get("/reports/fairness"))["visits_called"] == 1
    assert (await hall.get("/reports/pauses"))["reasons"] == []


async def test_a_test_ticket_and_an_undone_direct_reception_are_no_visits(hall: ServedHall) -> None:
    await hall.post("/counters/1/direct", {})
    await hall.post("/counters/1/undo")
    await hall.take("A", test=True)
    await hall.take("A")
    tickets = (await hall.get("/tickets"))["items"]
    assert [(one["state"], one["test"]) for one in tickets] == [
        ("CANCELLED", False), ("WAITING", True), ("WAITING", False),
    ]  # fmt: skip
    visits = (await hall.get("/visits"))["items"]
    assert [visit["id"] for visit in visits] == [tickets[2]["id"]]
    assert (await hall.get("/reports/volume"))["visits"] == 1


async def test_a_stop_of_issuing_stands_among_the_warnings(hall: ServedHall) -> None:
    await hall.post("/issuing/stop", {"scope": "A", "kind": "today", "sentence": "full"})
    (row,) = (await hall.get("/reports/warnings"))["rows"]
    assert (row["kind"], row["about"], row["ended_at"]) == ("stop", "A", None)
    assert row["facts"] == {"kind": "today", "sentence": "full"}
    yesterday = await hall.get("/reports/warnings?from=2026-11-22&to=2026-11-22")
    assert yesterday["rows"] == []
