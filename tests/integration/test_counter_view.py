"""What a counter's view tells its clerk beyond the ticket: whose call, from when, who waits."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.settings import Settings, load
from tests.fixtures.served import DEMO, served

pytestmark = pytest.mark.asyncio


def strict() -> Settings:
    """The demo hall with a real hall's patience."""
    settings = load(DEMO)
    queue = settings.queue.model_copy(update={"no_show_calls": 2, "no_show_s": 60})
    return settings.model_copy(update={"queue": queue})


async def test_the_view_says_from_when_a_no_show_may_be_marked(tmp_path: Path) -> None:
    async with served(tmp_path, settings=strict()) as hall:
        await hall.take("A")
        assert (await hall.get("/counters/1"))["no_show_at"] is None
        await hall.post("/counters/1/next")
        view = await hall.get("/counters/1")
        called_at = datetime.fromisoformat(view["ticket"]["called_at"])
        assert datetime.fromisoformat(view["no_show_at"]) == called_at + timedelta(seconds=60)
        hall.time.pass_s(20)
        await hall.post("/counters/1/recall")
        refused = await hall.post("/counters/1/no-show", status=409)
        assert refused["code"] == "too_early"
        hall.time.pass_s(refused["retry_after_s"])
        await hall.post("/counters/1/no-show")
        assert (await hall.get("/counters/1"))["no_show_at"] is None


async def test_the_b_of_a_post_sees_and_is_told_of_the_calls_of_an_absent_a(
    tmp_path: Path,
) -> None:
    settings = load(DEMO)
    counters = tuple(
        counter.model_copy(update={"services": ("B",)}) if counter.no == 2 else counter
        for counter in settings.counters
    )
    settings = settings.model_copy(update={"counters": counters})
    async with served(tmp_path, settings=settings) as hall:
        await hall.post("/counters/2/sign-in", {"clerk": "1002"})
        await hall.take("A")
        view = await hall.get("/counters/2")
        assert (view["waiting"], [one["number"] for one in view["queue"]]) == (1, ["A001"])
        await hall.post("/counters/2/next")
        assert (await hall.get("/counters/2"))["covers"] == "1001"
        await hall.post("/counters/2/finish")
        await hall.take("B")
        await hall.post("/counters/2/next")
        assert (await hall.get("/counters/2"))["covers"] is None


async def test_a_ticket_in_two_lines_at_once_waits_once(tmp_path: Path) -> None:
    async with served(tmp_path) as hall:
        await hall.take("A", further=["B"], together=True)
        view = await hall.get("/counters/1")
        assert (view["waiting"], len(view["queue"])) == (1, 1)


async def test_a_counter_that_nobody_may_open_says_so(tmp_path: Path) -> None:
    settings = load(DEMO)
    staffing = settings.staffing.model_copy(update={"sign_in": True})
    settings = settings.model_copy(update={"staffing": staffing})
    async with served(tmp_path, settings=settings) as hall:
        refused = await hall.post("/counters/1/resume", status=409)
        assert refused["code"] == "not_signed_in"
        refused = await hall.post("/counters/1/pause", {"reason": "meal"}, 409)
        assert refused["code"] == "not_signed_in"
        assert {one["state"] for one in (await hall.get("/state"))["counters"]} == {"closed"}
        await hall.post("/counters/1/sign-in", {"clerk": "1003"})
        await hall.take("A")
        await hall.post("/counters/1/next")
        refused = await hall.post("/counters/1/transfer", {"clerk": "1004"}, 409)
        assert refused["code"] == "not_signed_in"
        await hall.post("/counters/1/transfer", {"clerk": "1003"})
        refused = await hall.post("/counters/1/sign-in", {"clerk": "1004"}, 409)
        assert (refused["code"], refused["waiting"]) == ("people_waiting", 1)
