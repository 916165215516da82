"""Services, items, state, devices, sounds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller.domain.commands import RecordAnnouncement
from tests.fixtures.served import ServedHall, served
from web.schemas.queries import Page


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


async def test_services_tell_what_a_newcomer_meets(hall: ServedHall) -> None:
    await hall.take("A")
    found = await hall.get("/services")
    assert [row["code"] for row in found["items"]] == list("ABCDE")
    first = found["items"][0]
    assert (first["name"], first["counters"], first["open"]) == ("社保医保", [1, 2, 3, 4, 5], True)
    assert (first["waiting"], first["ahead"]) == (1, 1)
    assert found["items"][1]["waiting"] == 0
    assert found["items"][1]["ahead"] == 1
    assert found["next"] is None


async def test_items_come_whole_or_in_parts(hall: ServedHall) -> None:
    every = (await hall.get("/items"))["items"]
    assert len(every) == 42
    part = await hall.get("/items?limit=30")
    rest = await hall.get(f"/items?limit=30&after={part['next']}")
    assert part["items"] + rest["items"] == every
    assert rest["next"] is None
    mine = (await hall.get("/items?service=A"))["items"]
    assert mine == [item for item in every if item["service"] == "A"]


async def test_the_state_shows_the_board(hall: ServedHall) -> None:
    await hall.take("A")
    await hall.take("B")
    await hall.post("/counters/4/next")
    await hall.post("/counters/4/recall")
    state = await hall.get("/state")
    assert state["at"] == "2026-11-23T08:30:00.000+08:00"
    assert (state["date"], state["hall"]["code"]) == ("2026-11-23", "yunxi")
    assert state["waiting"] == {"A": 0, "B": 1, "C": 0, "D": 0, "E": 0}
    assert state["waits"]["A"] is None
    (call,) = state["calls"]
    assert (call["number"], call["counter"], call["call"], call["area"]) == ("A001", 4, 2, "hall")
    counter = state["counters"][3]
    assert counter["ticket"]["number"] == "A001"
    assert "items" not in counter["ticket"]
    assert (counter["no"], counter["state"]) == (4, "called")


async def test_the_past_is_found_by_its_dates(hall: ServedHall) -> None:
    await hall.take()
    await hall.serve()
    hall.time.pass_s(86400)
    await hall.take()
    assert len((await hall.get("/visits"))["items"]) == 1
    assert (await hall.get("/visits?from=2026-11-23&to=2026-11-23"))["items"][0]["state"] == "DONE"
    both = (await hall.get("/visits?from=2026-11-23"))["items"]
    assert [row["date"] for row in both] == ["2026-11-23", "2026-11-24"]
    assert (await hall.get("/cases?from=2026-11-23&to=2026-11-24"))["items"] == []
    for query in ("from=2026-11-25", "from=2026-11-24&to=2026-11-23", "to=2026-11-23"):
        assert (await hall.get(f"/visits?{query}", 422))["code"] == "invalid"


DEVICE = {"id", "kind", "state", "detail", "since", "fault", "last_error", "counters"}


async def test_devices_are_listed(hall: ServedHall) -> None:
    found = await hall.get("/devices")
    assert found["next"] is None
    assert all(set(row) == DEVICE for row in found["items"])


async def test_a_case_that_is_not_there(hall: ServedHall) -> None:
    assert (await hall.get("/cases/1", 404))["code"] == "not_found"


async def test_an_announcement_can_be_heard(hall: ServedHall) -> None:
    voice = hall.hall.data_dir / "voice"
    voice.mkdir(exist_ok=True)
    (voice / "a.wav").write_bytes(b"RIFF")
    (hall.hall.data_dir / "secret.wav").write_bytes(b"no")
    for name, wav in [("one", "a.wav"), ("two", "../secret.wav"), ("three", "gone.wav")]:
        detail = {"number": "A001", "wav": wav, "text": "", "seconds": 1.0}
        command = RecordAnnouncement(name, "started", "t", 1, "hall", detail)
        await hall.hall.writer.execute(command, actor="test")
    async with hall.client.get("/api/v1/announcements/one.wav") as reply:
        assert (reply.status, reply.content_type) == (200, "audio/wav")
        assert await reply.read() == b"RIFF"
    for name in ("two", "three", "four", "..%2fa"):
        assert (await hall.get(f"/announcements/{name}.wav", 404))["code"] == "not_found"


async def test_a_list_gives_five_hundred_at_most(hall: ServedHall) -> None:
    ticket = await hall.take()
    part = await hall.get("/tickets?limit=100000")
    assert [one["id"] for one in part["items"]] == [ticket["id"]]
    assert Page.model_validate({"limit": "100000"}).limit == 500
