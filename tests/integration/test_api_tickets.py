"""Tickets over HTTP: given out once, looked up, rated with their token only."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import load
from controller.domain.commands import CallNext
from tests.fixtures.core import START_MS, FakeTime
from tests.fixtures.served import DEMO, ServedHall, served


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


async def test_a_ticket_is_given_out(hall: ServedHall) -> None:
    ticket = await hall.take("A", items=["RS01"], priority="elder")
    assert list(ticket) == [
        "id", "number", "service", "state", "ahead", "wait", "clients", "late", "token", "seq",
    ]  # fmt: skip
    assert (ticket["number"], ticket["state"], ticket["ahead"]) == ("A001", "WAITING", 0)
    assert ticket["wait"] is None
    assert len(ticket["id"]) == 20


async def test_a_ticket_is_looked_up(hall: ServedHall) -> None:
    first = await hall.take("A", items=["RS01", "RS01"])
    second = await hall.take("B")
    found = await hall.get(f"/tickets/{second['id']}")
    assert (found["number"], found["ahead"], found["wait"]) == ("B001", 1, None)
    assert found["issued_at"] == "2026-11-23T08:30:00.000+08:00"
    assert found["print"] == {"state": "waiting", "proof": "", "at": None, "printer": ""}
    assert "token" not in found
    assert (await hall.get(f"/tickets/{first['id']}"))["items"] == ["RS01"]
    await hall.serve()
    assert (await hall.get(f"/tickets/{second['id']}"))["ahead"] == 0
    done = await hall.get(f"/tickets/{first['id']}")
    assert (done["state"], done["outcome"], done["counter"], done["calls"]) == (
        "DONE", "advice", 1, 1,
    )  # fmt: skip
    assert done["ahead"] is None
    assert (await hall.get("/tickets/nobody", 404))["code"] == "not_found"
    assert (await hall.get("/tickets/no%01body", 404))["code"] == "not_found"


async def test_the_wait_is_told_after_ten_servings(hall: ServedHall) -> None:
    for _ in range(10):
        await hall.take("A")
        await hall.serve(seconds=100)
    assert (await hall.take("A"))["wait"] == {"low_s": 0, "high_s": 20}  # five counters
    assert (await hall.take("A"))["wait"] == {"low_s": 20, "high_s": 40}
    state = await hall.get("/state")
    assert state["waits"]["A"] == {"low_s": 40, "high_s": 60}


async def test_a_priority_comes_first_and_says_why(hall: ServedHall) -> None:
    await hall.take("A")
    hall.time.pass_s(60)
    await hall.take("A", priority="elder")
    called = await hall.post("/counters/1/next")
    assert called["ticket"]["number"] == "A002"
    assert called["reason"]["rule"] == "credit"
    assert called["reason"]["compared"] == [{"number": "A001", "waited_s": 60}]


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"service": "Z"}, 422, "service_unknown"),
        ({"service": "A", "items": ["XX99"]}, 422, "item_unknown"),
        ({"service": "B", "items": ["RS01"]}, 422, "item_elsewhere"),
        ({"service": "A", "priority": "king"}, 422, "priority_unknown"),
        ({}, 422, "invalid"),
        ({"service": 5}, 422, "invalid"),
        ({"service": "A", "vip": True}, 422, "invalid"),
        ({"service": "A", "items": "RS01"}, 422, "invalid"),
        ([], 422, "invalid"),
    ],
)
async def test_a_wrong_wish_is_refused(
    hall: ServedHall, wish: object, status: int, code: str
) -> None:
    problem = await hall.post("/tickets", wish, status)
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["detail"] and problem["detail_en"] and problem["action"]
    assert (await hall.get("/tickets"))["items"] == []


async def test_a_repeat_gets_the_same_bytes_also_after_a_restart(tmp_path: Path) -> None:
    headers = {"Idempotency-Key": "one-intention"}
    said = []
    for _ in range(2):
        async with served(tmp_path) as hall:
            for _ in range(2):
                reply = await hall.client.post(
                    "/api/v1/tickets", json={"service": "A"}, headers=headers
                )
                said.append((reply.status, await reply.read()))
            problem = await hall.post("/tickets", {"service": "B"}, 422, key="one-intention")
            assert problem["code"] == "key_reused"
            assert len((await hall.get("/tickets"))["items"]) == 1
    assert said == [said[0]] * 4
    assert said[0][0] == 201


async def test_without_a_key_each_wish_is_its_own(hall: ServedHall) -> None:
    assert (await hall.take())["number"] == "A001"
    assert (await hall.take())["number"] == "A002"


@pytest.mark.parametrize("key", ["", "with space", "x" * 201, "键"])
async def test_a_key_that_is_none_is_refused(hall: ServedHall, key: str) -> None:
    problem = await hall.post("/tickets", {"service": "A"}, 400, key=key)
    assert problem["code"] == "malformed"


async def test_a_key_from_outside_cannot_take_the_place_of_a_press(hall: ServedHall) -> None:
    taken = await hall.post("/tickets", {"service": "A"}, 201, key="press:units:1:7:1")
    outcome = await hall.hall.writer.execute(
        CallNext(1), actor="device:keypad:1", key="press:units:1:7:1"
    )
    assert not outcome.repeated
    assert outcome.events[0].event.subject == taken["id"]


async def test_the_longest_key_is_taken(hall: ServedHall) -> None:
    key = "~" * 200
    first = await hall.post("/tickets", {"service": "A"}, 201, key=key)
    assert await hall.post("/tickets", {"service": "A"}, 201, key=key) == first


async def test_tickets_are_listed_in_parts(hall: ServedHall) -> None:
    for service in "ABABA":
        await hall.take(service)
    first = await hall.get("/tickets?limit=2")
    assert [row["number"] for row in first["items"]] == ["A001", "B001"]
    rest = await hall.get(f"/tickets?limit=3&after={first['next']}")
    assert [row["number"] for row in rest["items"]] == ["A002", "B002", "A003"]
    assert rest["next"] is None
    only = await hall.get("/tickets?service=B&state=WAITING&date=2026-11-23")
    assert [row["number"] for row in only["items"]] == ["B001", "B002"]
    assert (await hall.get("/tickets?date=2026-11-22"))["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=x", "limit=1.5", "after=-1", "after=", "date=today",
        "date=2026-02-30", "limit=1&limit=2", "service=",
    ],
)  # fmt: skip
async def test_a_malformed_query_is_refused(hall: ServedHall, query: str) -> None:
    problem = await hall.get(f"/tickets?{query}", 400)
    assert problem["code"] == "malformed"
    assert problem["errors"][0]["field"] == query.partition("=")[0]


async def test_a_rating_needs_the_token_and_a_finished_visit(hall: ServedHall) -> None:
    ticket = await hall.take()
    path = f"/tickets/{ticket['id']}/rating"
    wish = {"grade": 5, "token": ticket["token"]}
    assert (await hall.post(path, wish, 409))["code"] == "not_finished"
    await hall.serve()
    assert (await hall.post(path, {**wish, "token": "x"}, 403))["code"] == "token_wrong"
    assert (await hall.post(path, {**wish, "token": "键"}, 403))["code"] == "token_wrong"
    for grade in (0, 6, -1):
        problem = await hall.post(path, {**wish, "grade": grade}, 422)
        assert problem["code"] == "grade_unknown"
    for odd in (True, "5", 4.5, None):
        assert (await hall.post(path, {**wish, "grade": odd}, 422))["code"] == "invalid"
    rated = await hall.post(path, {**wish, "grade": 4.0}, key="r")
    assert rated == await hall.post(path, {**wish, "grade": 4}, key="r")
    assert rated["ticket"] == {"id": ticket["id"], "number": "A001"}
    assert (await hall.post(path, wish, 409))["code"] == "already_rated"
    assert (await hall.post("/tickets/nobody/rating", wish, 404))["code"] == "not_found"
    assert (await hall.get(f"/tickets/{ticket['id']}"))["rating"] == 4


async def test_a_closed_hall_says_when_it_opens(tmp_path: Path) -> None:
    settings = load(DEMO)
    settings = settings.model_copy(
        update={"hours": settings.hours.model_copy(update={"always_open": False})}
    )
    time = FakeTime(START_MS - 30 * 60 * 1000)  # Monday 08:00, it opens at 08:30
    async with served(tmp_path, settings=settings, time=time) as hall:
        reply = await hall.client.post("/api/v1/tickets", json={"service": "A"})
        problem = await reply.json(content_type=None)
        assert (reply.status, problem["code"]) == (409, "closed")
        assert problem["retry_after_s"] == 1800
        assert reply.headers["Retry-After"] == "1800"
        assert not (await hall.get("/services"))["items"][0]["open"]
        time.pass_s(1800)
        await hall.take()
        time.pass_s(4 * 86400 + 9 * 3600)  # Friday 17:30, the weekend ahead
        problem = await hall.post("/tickets", {"service": "A"}, 409)
        assert problem["retry_after_s"] == (2 * 24 + 15) * 3600
