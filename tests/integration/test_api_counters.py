"""The way of a visit at a counter, over HTTP."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import load
from tests.fixtures.served import DEMO, ServedHall, served


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


async def test_a_visit_with_a_case_goes_its_whole_way(hall: ServedHall) -> None:
    ticket = await hall.take("A", items=["RS01", "RS02"])
    hall.time.pass_s(90)
    called = await hall.post("/counters/3/next")
    assert called["counter"] == 3
    assert called["ticket"] == {
        "id": ticket["id"],
        "number": "A001",
        "service": "A",
        "state": "CALLED",
        "counter": 3,
        "calls": 1,
        "issued_at": "2026-11-23T08:30:00.000+08:00",
        "called_at": "2026-11-23T08:31:30.000+08:00",
        "started_at": None,
        "finished_at": None,
        "outcome": None,
    }
    assert called["reason"] == {
        "rule": "only", "waited_s": 90, "credit_s": 0, "waiting": 1, "compared": [],
    }  # fmt: skip
    assert called["seq"] == (await hall.get("/state"))["seq"]
    assert (await hall.post("/counters/3/recall"))["ticket"]["calls"] == 2
    hall.time.pass_s(30)
    assert (await hall.post("/counters/3/start"))["ticket"]["state"] == "SERVING"
    accepted = await hall.post("/counters/3/accept", {"item": "RS01"})
    assert accepted["case"].startswith("99999900120261123")
    assert (await hall.post("/counters/3/accept"))["item"] == "RS02"
    hall.time.pass_s(240.5)
    finished = (await hall.post("/counters/3/finish", {}))["ticket"]
    assert (finished["state"], finished["outcome"]) == ("DONE", "case")
    assert finished["started_at"] == "2026-11-23T08:32:00.000+08:00"
    assert finished["finished_at"] == "2026-11-23T08:36:00.500+08:00"
    case = await hall.get(f"/cases/{accepted['case']}")
    assert [step["state"] for step in case["steps"]] == ["ACCEPTED", "FINISHED"]
    assert case["ticket"] == {"id": ticket["id"], "number": "A001"}
    cases = (await hall.get("/cases"))["items"]
    assert [row["state"] for row in cases] == ["FINISHED", "HANDED_ON"]
    (visit,) = (await hall.get("/visits"))["items"]
    assert (visit["wait_s"], visit["handle_s"], visit["outcome"]) == (90.0, 240.5, "case")
    assert visit["cases"] == [row["no"] for row in cases]


async def test_every_step_tells_the_same_of_its_ticket_and_is_repeated_byte_for_byte(
    hall: ServedHall,
) -> None:
    early = await hall.take("A")
    hall.time.pass_s(60)
    await hall.take("A", items=["RS01"], priority="elder")
    members = set()
    for name in ("next", "recall", "start", "accept", "finish", "next", "no-show"):
        seq = (await hall.get("/state"))["seq"]
        said = []
        for _ in range(2):
            reply = await hall.client.post(
                f"/api/v1/counters/2/{name}", headers={"Idempotency-Key": f"{name}-{seq}"}
            )
            said.append((reply.status, await reply.read()))
        assert said[0] == said[1], name
        assert said[0][0] == 200
        members.add(tuple(json.loads(said[0][1])["ticket"]))
    assert len(members) == 1
    left = await hall.get(f"/tickets/{early['id']}")
    assert left["state"] == "NO_SHOW"


async def test_nobody_waits(hall: ServedHall) -> None:
    seq = (await hall.get("/state"))["seq"]
    await hall.post("/counters/1/next", None, 204, key="k")
    assert (await hall.get("/state"))["seq"] == seq
    await hall.take()
    assert (await hall.post("/counters/1/next", key="k"))["ticket"]["number"] == "A001"


async def test_a_busy_counter_names_its_ticket(hall: ServedHall) -> None:
    await hall.take("A")
    await hall.take("B")
    await hall.post("/counters/1/next")
    problem = await hall.post("/counters/1/next", {}, 409)
    assert problem["code"] == "counter_busy"
    assert problem["ticket"]["number"] == "A001"
    assert problem["ticket"]["state"] == "CALLED"
    assert (await hall.post("/counters/2/next"))["ticket"]["number"] == "B001"


async def test_next_may_finish_first(tmp_path: Path) -> None:
    settings = load(DEMO)
    eager = settings.hall.model_copy(update={"finish_on_next": True})
    async with served(tmp_path, settings=settings.model_copy(update={"hall": eager})) as hall:
        first = await hall.take()
        await hall.take()
        await hall.post("/counters/1/next")
        assert (await hall.post("/counters/1/next", key="a"))["ticket"]["number"] == "A002"
        assert (await hall.get(f"/tickets/{first['id']}"))["state"] == "DONE"
        await hall.post("/counters/1/next", None, 204, key="b")
        assert (await hall.get("/counters/1"))["state"] == "idle"
        await hall.take()
        await hall.post("/counters/1/next", None, 204, key="b")


@pytest.mark.parametrize(
    ("steps", "last", "code"),
    [
        ([], "recall", "nothing_called"),
        ([], "finish", "nothing_called"),
        ([], "accept", "nothing_called"),
        (["next", "start"], "recall", "illegal_step"),
        (["next", "start"], "start", "illegal_step"),
        (["next", "start"], "no-show", "illegal_step"),
        (["next", "no-show"], "recall", "nothing_called"),
        (["next", "accept"], "accept", "item_missing"),
    ],
)
async def test_a_step_out_of_order_is_refused(
    hall: ServedHall, steps: list[str], last: str, code: str
) -> None:
    await hall.take("A", items=["RS01"])
    for step in steps:
        await hall.post(f"/counters/1/{step}")
    before = await hall.get("/state")
    status = 422 if code == "item_missing" else 409
    assert (await hall.post(f"/counters/1/{last}", None, status))["code"] == code
    assert (await hall.get("/state"))["seq"] == before["seq"]


async def test_items_that_make_no_case_are_refused(hall: ServedHall) -> None:
    kinds = {item["kind"]: item for item in (await hall.get("/items"))["items"]}
    await hall.take(kinds["advice"]["service"])
    await hall.post("/counters/1/next")
    for kind, code in [("advice", "item_no_case"), ("stopped", "item_stopped")]:
        if kind in kinds:
            wish = {"item": kinds[kind]["code"]}
            assert (await hall.post("/counters/1/accept", wish, 422))["code"] == code
    assert (await hall.post("/counters/1/accept", {"item": "??"}, 422))["code"] == "item_unknown"
    await hall.post("/counters/1/accept", {"item": kinds["promised"]["code"]})
    problem = await hall.post("/counters/1/accept", {"item": kinds["promised"]["code"]}, 409)
    assert problem["code"] == "already_accepted"


@pytest.mark.parametrize("no", ["0", "6", "99999999", "x", "-1", "１"])
async def test_a_counter_that_is_not_there(hall: ServedHall, no: str) -> None:
    assert (await hall.get(f"/counters/{no}", 404))["code"] == "counter_unknown"
    assert (await hall.post(f"/counters/{no}/next", None, 404))["code"] == "counter_unknown"


async def test_a_counter_shows_its_line_and_whom_it_has_finished(hall: ServedHall) -> None:
    for service in "ABCDE" * 5:
        await hall.take(service)
        hall.time.pass_s(1)
    done = [await hall.serve(2) for _ in range(2)]
    await hall.post("/counters/2/next")
    view = await hall.get("/counters/2")
    assert view["ticket"]["number"] == "C001"
    assert view["ticket"]["print"]["state"] == "waiting"
    assert (view["state"], view["waiting"], len(view["queue"])) == ("called", 22, 20)
    assert [row["number"] for row in view["queue"][:3]] == ["D001", "E001", "A002"]
    assert [row["ahead"] for row in view["queue"][:3]] == [0, 1, 2]
    assert [row["id"] for row in view["recent"]] == done[::-1]
    assert view["reason"]["rule"] == "first"
    assert not view["rating_open"]
    await hall.post("/counters/2/finish")
    assert (await hall.get("/counters/2"))["rating_open"]
    hall.time.pass_s(61)
    assert not (await hall.get("/counters/2"))["rating_open"]


async def test_a_repeated_step_gets_the_same_answer(hall: ServedHall) -> None:
    await hall.take()
    first = await hall.post("/counters/1/next", key="press")
    assert await hall.post("/counters/1/next", {}, key="press") == first
    assert (await hall.post("/counters/2/next", {}, 422, key="press"))["code"] == "key_reused"
    assert (await hall.post("/counters/1/recall", {}, 422, key="press"))["code"] == "key_reused"
