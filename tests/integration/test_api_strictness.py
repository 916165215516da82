"""A wish that is not understood whole is refused: nothing mistyped is quietly left out."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.served import ServedHall, served
from web.app import declared, interface

LISTS = ("services", "items", "tickets", "visits", "cases", "devices")
VALUES = {
    "notice": "n1", "ticket": "x", "counter": "1", "case": "1", "announcement": "x", "post": "x",
    "printer": "kiosk", "sheet": "1", "sound": "x", "button": "x", "reader": "x", "module": "x",
    "scanner": "x", "line": "x", "speaker": "x", "area": "hall", "set": "own",
}  # fmt: skip


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


def wrong(problem: Any) -> list[tuple[str, str]]:
    return [(one["field"], one["rule"]) for one in problem["errors"]]


async def test_no_address_takes_an_unknown_query_member(hall: ServedHall) -> None:
    for route, _ in declared(interface(simulated=True)):
        if not route.path.startswith("/api/v1"):
            continue
        path = route.path.format(**VALUES).removeprefix("/api/v1")
        ask = hall.get if route.method == "GET" else hall.post
        options: Any = {"status": 400}
        members = route.query.model_fields if route.query is not None else {}
        needed = "".join(f"{name}=x&" for name, one in members.items() if one.is_required())
        problem = await ask(f"{path}?{needed}form=2026-11-23", **options)
        assert problem["code"] == "malformed"
        assert wrong(problem) == [("form", "extra_forbidden")], path


@pytest.mark.parametrize(
    "asked",
    ["tickets?unknown=1", "reports/waits?limit=-5", "visits?x=y", "cases?first=2026-11-23"],
)
async def test_the_unknown_member_is_named(hall: ServedHall, asked: str) -> None:
    problem = await hall.get(f"/{asked}", 400)
    (name, _), *others = wrong(problem)
    assert (name, others) == (asked.partition("?")[2].partition("=")[0], [])


@pytest.mark.parametrize(
    "asked",
    [
        "tickets?state=NOPE", "visits?state=NOPE", "cases?state=WAITING",
        "tickets?service=Q", "visits?service=Q", "items?service=Q",
        "items?after=nothing", "services?after=Q",
    ],
)  # fmt: skip
async def test_a_filter_that_this_hall_does_not_have(hall: ServedHall, asked: str) -> None:
    problem = await hall.get(f"/{asked}", 422)
    assert problem["code"] == "invalid"
    assert wrong(problem) == [(asked.partition("?")[2].partition("=")[0], "unknown")]


async def test_what_is_written_wrongly_comes_before_what_is_unknown(hall: ServedHall) -> None:
    assert (await hall.get("/tickets?state=NOPE&limit=0", 400))["code"] == "malformed"
    assert (await hall.get("/visits?service=Q&limit=0", 400))["code"] == "malformed"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/tickets?service=A%00", "/api/v1/tickets?A%00=1", "/api/v1/tickets/a%00b",
        "/api/v1/healthz%00", "/board?area=%00", "/t/a/b%00",
    ],
)  # fmt: skip
async def test_a_nul_is_malformed_everywhere(hall: ServedHall, path: str) -> None:
    async with hall.client.get(path) as reply:
        problem = await reply.json(content_type=None)
    assert (reply.status, problem["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ('{"service":"A","service":"B"}', [("service", "repeated")]),
        ('{"service":"A","items":[{"a":1,"a":1}]}', [("a", "repeated")]),
        ('{"service":"A\\u0000"}', []),
        ('{"service":"A","items":["\\\\\\u0000"]}', []),
    ],
)
async def test_json_that_says_two_things_or_holds_a_nul(
    hall: ServedHall, body: str, errors: list[tuple[str, str]]
) -> None:
    headers = {"Content-Type": "application/json"}
    async with hall.client.post("/api/v1/tickets", data=body, headers=headers) as reply:
        problem = await reply.json(content_type=None)
    assert (reply.status, problem["code"]) == (400, "malformed")
    assert [(one["field"], one["rule"]) for one in problem.get("errors", [])] == errors
    assert (await hall.get("/tickets"))["items"] == []


async def test_the_words_backslash_u_are_no_nul(hall: ServedHall) -> None:
    problem = await hall.post("/tickets", {"service": "\\u0000"}, 422)
    assert problem["code"] == "service_unknown"


@pytest.mark.parametrize("no", ["01", "001", "+1", "%201", "1.0", "9"])
async def test_a_counter_has_one_way_to_be_written(hall: ServedHall, no: str) -> None:
    assert (await hall.get(f"/counters/{no}", 404))["code"] == "counter_unknown"
    if no.startswith("0"):
        assert (await hall.get(f"/sim/keypads/{no}", 404))["code"] == "not_found"


async def test_an_item_may_be_null_and_that_is_said(hall: ServedHall) -> None:
    await hall.take("A", items=["RS01", "RS01", "RS02"], priority=None)
    await hall.post("/counters/1/next")
    assert (await hall.get("/tickets"))["items"][0]["items"] == ["RS01", "RS02"]
    accepted = await hall.post("/counters/1/accept", {"item": None})
    assert (await hall.get(f"/cases/{accepted['case']}"))["item"] == "RS01"
    async with hall.client.get("/openapi.json") as reply:
        schemas = (await reply.json())["components"]["schemas"]
    item = schemas["AcceptWish"]["properties"]["item"]
    assert None in item["enum"] and "null" in item["description"]
    wish = schemas["TicketWish"]["properties"]
    assert "counts once" in wish["items"]["description"]
    assert None in wish["priority"]["enum"] and "null" in wish["priority"]["description"]


async def test_every_list_goes_on_in_the_same_way(hall: ServedHall) -> None:
    for service in "AB":
        await hall.take(service, items=["RS01"] if service == "A" else [])
        await hall.post("/counters/1/next")
        item = "RS01" if service == "A" else "MZ01"
        await hall.post("/counters/1/accept", {"item": item})
        await hall.post("/counters/1/finish")
    async with hall.client.get("/openapi.json") as reply:
        document = await reply.json()
    for name in LISTS:
        whole = (await hall.get(f"/{name}"))["items"]
        schema = document["components"]["schemas"][name.capitalize()]["properties"]["next"]
        assert schema["anyOf"] == [{"type": "string"}, {"type": "null"}], name
        if name == "devices":
            continue
        first = await hall.get(f"/{name}?limit=1")
        assert isinstance(first["next"], str), name
        second = await hall.get(f"/{name}?limit=1&after={first['next']}")
        assert first["items"] + second["items"] == whole[:2], name
        parameters = document["paths"][f"/api/v1/{name}"]["get"]["parameters"]
        (after,) = [one["schema"] for one in parameters if one["name"] == "after"]
        assert after["type"] == "string", name


async def test_a_list_of_one_service_goes_on_after_any_item(hall: ServedHall) -> None:
    every = (await hall.get("/items"))["items"]
    other = next(item["code"] for item in every if item["service"] == "B")
    after = [item["code"] for item in every].index(other)
    found = (await hall.get(f"/items?service=C&after={other}"))["items"]
    assert found == [item for item in every[after:] if item["service"] == "C"]
