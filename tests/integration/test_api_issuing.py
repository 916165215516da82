"""What a newcomer is told over HTTP: why no numbers are given out, and checking in."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from config.queue import Band, Booking, ServiceHours
from config.settings import Settings, load
from tests.fixtures.served import DEMO, ServedHall, served

# 2026-11-23 is a Monday; the tests begin at 8:30.
WEEK = ServiceHours(mon=("09:00-11:30", "14:00-17:00"), tue=("09:00-11:30",))


def limited() -> Settings:
    """The demo: hours for A, two numbers of B a day, one of C until nine, D as it is."""
    settings = load(DEMO)
    own: dict[str, dict[str, Any]] = {
        "A": {"hours": WEEK},
        "B": {"daily_quota": 2},
        "C": {"bands": (Band(band="08:00-09:00", most=1),)},
    }
    services = tuple(one.model_copy(update=own.get(one.code, {})) for one in settings.services)
    booking = Booking(check_in_before_s=600)
    return settings.model_copy(update={"services": services, "booking": booking})


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path, settings=limited()) as running:
        yield running


async def newcomer(hall: ServedHall, code: str) -> Any:
    rows = (await hall.get("/services"))["items"]
    return next(row for row in rows if row["code"] == code)


async def test_a_service_says_when_it_gives_out_numbers_again(hall: ServedHall) -> None:
    early = await newcomer(hall, "A")
    assert (early["open"], early["shut"]["why"]) == (False, "hours")
    assert early["shut"]["opens"] == "2026-11-23T09:00:00.000+08:00"
    assert early["hours"] == ["09:00-11:30", "14:00-17:00"]
    hall.time.pass_s(30 * 60)
    assert (await newcomer(hall, "A"))["shut"] is None
    hall.time.pass_s(3 * 3600)
    assert (await newcomer(hall, "A"))["shut"]["opens"] == "2026-11-23T14:00:00.000+08:00"
    hall.time.pass_s(6 * 3600)
    assert (await newcomer(hall, "A"))["shut"]["opens"] == "2026-11-24T09:00:00.000+08:00"
    assert (await newcomer(hall, "D"))["hours"] is None


async def test_a_used_up_quota_is_told_and_is_over_the_next_day(hall: ServedHall) -> None:
    assert (await newcomer(hall, "B"))["left"] == 2
    await hall.take("B")
    await hall.take("B")
    told = await newcomer(hall, "B")
    assert (told["open"], told["left"]) == (False, 0)
    assert told["shut"] == {"why": "quota", "stop": None, "opens": None}
    assert (await hall.get("/state"))["open"]["B"] is False
    assert (await hall.post("/tickets", {"service": "B"}, 409))["code"] == "quota_used"
    hall.time.pass_s(24 * 3600)
    told = await newcomer(hall, "B")
    assert (told["open"], told["left"]) == (True, 2)
    await hall.take("B")


async def test_a_part_of_the_day_that_is_given_out_ends(hall: ServedHall) -> None:
    await hall.take("C")
    told = await newcomer(hall, "C")
    assert told["shut"]["why"] == "band"
    assert told["shut"]["opens"] == "2026-11-23T09:00:00.000+08:00"
    hall.time.pass_s(30 * 60)
    assert (await newcomer(hall, "C"))["shut"] is None


async def test_a_stop_is_told_with_its_sentence(hall: ServedHall) -> None:
    await hall.post("/issuing/stop", {"scope": "D", "kind": "today", "sentence": "full"})
    told = await newcomer(hall, "D")
    assert told["shut"] == {
        "why": "stopped",
        "stop": {"kind": "today", "sentence": "full"},
        "opens": None,
    }
    assert (await newcomer(hall, "E"))["shut"] is None
    await hall.post("/issuing/stop", {"scope": "hall", "sentence": "safety"})
    assert (await newcomer(hall, "E"))["shut"]["stop"]["sentence"] == "safety"


async def test_a_paused_counter_is_not_counted_as_working(hall: ServedHall) -> None:
    assert (await newcomer(hall, "D"))["working"] == 5
    await hall.post("/counters/1/pause", {"reason": "meal", "minutes": 30})
    assert (await newcomer(hall, "D"))["working"] == 4


async def test_a_ticket_in_all_its_lines_waits_once(hall: ServedHall) -> None:
    await hall.take("D", further=["E"], together=True)
    overview = await hall.get("/overview")
    assert overview["waiting"] == 1
    assert [one["number"] for one in overview["waiting_tickets"]] == ["D001"]


async def book(hall: ServedHall, no: str = "") -> Any:
    wish = {"service": "A", "date": "2026-11-23", "start": "09:00", "no": no}
    return await hall.post("/appointments", wish, 201)


async def test_the_code_of_an_appointment_checks_it_in_once(hall: ServedHall) -> None:
    booked = await book(hall)
    hall.time.pass_s(25 * 60)
    code = f"http://hall.test/t/{booked['id']}/{booked['token']}"
    wrong = f"/t/{booked['id']}/{'x' * 20}"
    assert (await hall.post("/check-in", {"code": wrong}, 403))["code"] == "token_wrong"
    ticket = await hall.post("/check-in", {"code": code}, key="come")
    assert (ticket["number"], ticket["late"]) == ("A001", False)
    assert await hall.post("/check-in", {"code": code}, key="come") == ticket
    again = await hall.post("/check-in", {"code": code}, 409)
    assert again["code"] == "not_booked"


async def test_the_number_of_an_appointment_checks_it_in(hall: ServedHall) -> None:
    await book(hall, "YY-17")
    hall.time.pass_s(25 * 60)
    assert (await hall.post("/check-in", {"code": "YY-18"}, 404))["code"] == "not_found"
    assert (await hall.post("/check-in", {"code": " "}, 404))["code"] == "not_found"
    ticket = await hall.post("/check-in", {"code": " YY-17 "}, key="typed")
    assert ticket["number"] == "A001"
    assert await hall.post("/check-in", {"code": " YY-17 "}, key="typed") == ticket
