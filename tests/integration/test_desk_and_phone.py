"""What the pages of the helper desk, of a phone and of a booking are told."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings, load
from controller.domain.commands import RecordPrint
from tests.fixtures.served import DEMO, ServedHall, served
from tests.integration.test_pages import Reader, read

MINE = "11010119900307125X"
"""A number that passes the check; region, day and sequence are made up."""


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


def changed(**parts: Any) -> Settings:
    """The demo's settings with some tables changed: changed(hall={"missed_call": "keep"})."""
    settings = load(DEMO)
    update = {name: getattr(settings, name).model_copy(update=part) for name, part in parts.items()}
    return settings.model_copy(update=update)


async def facts(hall: ServedHall, ticket: Any) -> Any:
    """What the ticket's own page is told."""
    async with hall.client.get(f"/t/{ticket['id']}/{ticket['token']}/ticket.json") as reply:
        assert reply.status == 200
        return await reply.json()


async def report(hall: ServedHall, ticket: Any, step: str) -> None:
    command = RecordPrint(ticket["id"], step, "kiosk", "")
    await hall.hall.writer.execute(command, actor="device:kiosk")


async def test_slips_of_unknown_fate_are_found_and_printed_again(hall: ServedHall) -> None:
    ticket = await hall.take("A")
    await hall.take("B")
    assert (await hall.get("/tickets?paper=unknown"))["items"] == []
    await report(hall, ticket, "started")
    await report(hall, ticket, "unknown")
    (found,) = (await hall.get("/tickets?paper=unknown"))["items"]
    assert found["id"] == ticket["id"]
    await hall.post(f"/tickets/{ticket['id']}/print")
    assert (await hall.get("/tickets?paper=unknown"))["items"] == []
    await hall.get("/tickets?paper=lost", 422)


async def code_page(hall: ServedHall) -> tuple[str, Reader]:
    code = (await hall.get("/phone-code"))["code"]
    return code, await read(hall, f"/p/{code}")


async def test_who_opened_the_page_in_time_takes_a_number_in_peace(hall: ServedHall) -> None:
    code, page = await code_page(hall)
    given = page.carried["page"]["pass"]
    assert given != code
    other = (await read(hall, f"/p/{code}")).carried["page"]["pass"]
    assert other != given, "each page has a pass of its own"
    hall.time.pass_s(120)
    wish = {"service": "A", "source": "phone"}
    assert (await hall.post("/tickets", wish | {"code": code}, 403))["code"] == "code_expired"
    ticket = await hall.post("/tickets", wish | {"code": given}, 201)
    assert (await facts(hall, ticket))["slip"] is False
    used = await hall.post("/tickets", wish | {"code": given}, 403)
    assert used["code"] == "code_expired", "a pass is good for one number"
    await hall.post("/tickets", wish | {"code": other}, 201)
    hall.time.pass_s(600)
    assert (await hall.post("/tickets", wish | {"code": given}, 403))["code"] == "code_expired"


@pytest.mark.parametrize("code", ["0", "ABC", "%3Cb%3E", "a" * 65])
async def test_a_code_that_is_not_shown_opens_nothing(hall: ServedHall, code: str) -> None:
    page = await read(hall, f"/p/{code}", 403)
    assert "page" not in page.carried
    old = (await hall.get("/phone-code"))["code"]
    hall.time.pass_s(60)
    assert "page" not in (await read(hall, f"/p/{old}", 403)).carried


async def test_a_hall_without_phone_tickets_says_so(tmp_path: Path) -> None:
    async with served(tmp_path, settings=changed(phone={"tickets": False})) as hall:
        page = await read(hall, f"/p/{hall.hall.phone_codes.code(hall.hall.clock.now())}", 403)
        assert "page" not in page.carried


async def booked(hall: ServedHall, start: str = "10:00") -> Any:
    wish = {"service": "A", "date": "2026-11-23", "start": start}
    return await hall.post("/appointments", wish, 201)


async def test_a_booked_slot_has_a_page_before_it_has_a_number(hall: ServedHall) -> None:
    slot = await booked(hall)
    page = await read(hall, f"/t/{slot['id']}/{slot['token']}")
    assert (page.carried["page"]["number"], page.carried["page"]["booked"]) == ("", True)
    told = await facts(hall, slot)
    assert (told["ticket"]["state"], told["ticket"]["issued_at"]) == ("BOOKED", None)
    booking = told["booking"]
    assert re.fullmatch("2026-11-23T10:00:00.*", booking["start"])
    assert booking["end"][11:16] == "10:30"
    assert (booking["from"][11:16], booking["until"][11:16]) == ("09:45", "10:15")
    assert slot["id"].endswith(booking["code"])
    hall.time.pass_s(80 * 60)
    ticket = await hall.post(f"/tickets/{slot['id']}/check-in")
    told = await facts(hall, ticket)
    assert (told["booking"], told["ticket"]["number"]) == (None, "A001")


async def test_its_holder_gives_a_slot_back_and_sees_it(hall: ServedHall) -> None:
    slot = await booked(hall)
    await hall.post(f"/tickets/{slot['id']}/cancel", {"token": slot["token"]})
    told = await facts(hall, slot)
    assert (told["ticket"]["state"], told["booking"]) == ("CANCELLED", None)


async def test_the_page_tells_where_a_ticket_waits_now_and_what_comes_next(
    hall: ServedHall,
) -> None:
    ticket = await hall.take("A", further=["B"])
    told = await facts(hall, ticket)
    assert (told["then"], told["together"]) == (
        [{"name": "民政助残", "name_en": "Civil affairs & disability"}],
        False,
    )
    assert (told["again"], told["waits_at"]) == (None, None)
    await hall.post("/counters/1/next")
    await hall.post("/counters/1/transfer", {"counter": 3})
    told = await facts(hall, ticket)
    assert (told["again"], told["waits_at"]) == ("moved", 3)
    await hall.post("/counters/3/next")
    await hall.post("/counters/3/finish")
    told = await facts(hall, ticket)
    assert (told["ticket"]["service"], told["then"], told["waits_at"]) == ("B", [], None)


async def test_a_ticket_that_was_transferred_to_a_clerk_waits_where_he_sits(
    hall: ServedHall,
) -> None:
    await hall.post("/counters/4/sign-in", {"clerk": "1003"})
    await hall.post("/counters/1/sign-in", {"clerk": "1001"})
    ticket = await hall.take("A")
    await hall.post("/counters/1/next")
    await hall.post("/counters/1/transfer", {"clerk": "1003"})
    assert (await facts(hall, ticket))["waits_at"] == 4


@pytest.mark.parametrize(
    ("policy", "count", "until"), [("void", 5, None), ("within", 5, None), ("keep", 5, "12:00")]
)
async def test_a_missed_ticket_is_told_what_the_hall_allows(
    tmp_path: Path, policy: str, count: int, until: str | None
) -> None:
    settings = changed(hall={"missed_call": policy}, queue={"missed_within": 5})
    async with served(tmp_path, settings=settings) as hall:
        ticket = await hall.take("A")
        await hall.post("/counters/1/next")
        await hall.post("/counters/1/no-show")
        page = await read(hall, f"/t/{ticket['id']}/{ticket['token']}")
        told = page.carried["page"]
        assert (told["missed"], told["missed_count"]) == (policy, count)
        found = (await facts(hall, ticket))["until"]
        assert (found and found[11:16]) == until
        await hall.post(f"/tickets/{ticket['id']}/return", {"cause": "desk"})
        assert (await facts(hall, ticket))["again"] == "missed"


async def test_the_desk_and_the_booking_page_know_what_the_hall_offers(hall: ServedHall) -> None:
    desk = (await read(hall, "/desk")).carried["page"]
    assert (desk["clients_most"], desk["identity"], desk["priorities"][0]) == (50, "off", "elder")
    assert [one["code"] for one in desk["booking"]["services"]] == ["A"]
    book = (await read(hall, "/book")).carried["page"]
    assert book == desk["booking"]
    assert book["days"] == 5


async def test_who_came_first_in_the_same_millisecond_came_earlier(hall: ServedHall) -> None:
    await hall.take("A")
    ticket = await hall.take("A")
    await hall.post("/counters/1/next")
    why = await hall.get(f"/tickets/{ticket['id']}/why")
    assert why["text"] == "您取号以后叫了1个号，其中1个取号比您早。"
    assert [call["why"] for call in why["between"]] == ["取号比您早"]
