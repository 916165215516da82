"""What kiosk and board say when numbers are limited, stopped or bound to a person, in Chromium."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from config.queue import Band, Identity, Queue, ServiceHours
from config.settings import Settings, load
from controller.domain.identity import check_digit
from tests.fixtures.faces import (
    BOARD,
    KIOSK,
    KIOSK_WIDE,
    LAN_NAME,
    Faces,
    faults,
    picture,
    width_beyond,
)
from tests.fixtures.served import DEMO, ServedHall, served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]

Open = Callable[[str, ViewportSize], Awaitable[Page]]
BOTH = pytest.mark.parametrize("size", [KIOSK, KIOSK_WIDE], ids=["portrait", "landscape"])


def settings(**changes: Any) -> Settings:
    """The demo: A from nine, two numbers of B a day, one of C until nine."""
    demo = load(DEMO)
    own: dict[str, dict[str, Any]] = {
        "A": {"hours": ServiceHours(mon=("09:00-11:30", "14:00-17:00"))},
        "B": {"daily_quota": 2},
        "C": {"bands": (Band(band="08:00-09:00", most=1),)},
    }
    services = tuple(one.model_copy(update=own.get(one.code, {})) for one in demo.services)
    return demo.model_copy(update={"services": services, **changes})


def id_number(born: str, last: str = "512") -> str:
    digits = f"999999{born}{last}"
    return digits + check_digit(digits)


@asynccontextmanager
async def opened(
    folder: Path, browser: Browser, chosen: Settings | None = None
) -> AsyncIterator[tuple[ServedHall, Open]]:
    """Pages of a LAN name over plain http; a page that complains fails the test."""
    async with served(folder, settings=chosen or settings()) as hall:
        assert hall.client.port is not None
        faces = Faces(browser, hall.client.port)

        async def open_page(path: str, viewport: ViewportSize) -> Page:
            return await faces.open(path, viewport, host=LAN_NAME)

        try:
            yield hall, open_page
        finally:
            await faces.close()
    # A refusal that the page shows is also a failed load to the browser's console.
    assert [said for said in faces.complaints if "status of 4" not in said] == []


async def look(page: Page, name: str) -> None:
    """Keep a picture; hold the page against the accessibility rules and its width."""
    await picture(page, name)
    assert await faults(page) == [], name
    assert await width_beyond(page) == 0, name


@BOTH
async def test_each_row_says_why_it_gives_no_numbers(
    tmp_path: Path, browser: Browser, size: ViewportSize
) -> None:
    async with opened(tmp_path, browser) as (hall, open_page):
        await hall.take("B")
        await hall.take("C")
        kiosk = await open_page("/kiosk", size)
        rows = kiosk.locator(".services .row")
        await expect(rows.nth(0)).to_contain_text("9:00 后开放")
        await expect(rows.nth(1)).to_contain_text("还剩 1 个号")
        await expect(rows.nth(2)).to_contain_text("这段已取完")
        await hall.take("B")
        await expect(rows.nth(1)).to_contain_text("今天已取完")
        await hall.post("/issuing/stop", {"scope": "D", "sentence": "network"})
        await expect(rows.nth(3)).to_contain_text("暂停取号")
        await expect(rows.nth(3)).to_contain_text("断网")
        await look(kiosk, f"kiosk-limits-{size['width']}")
        await rows.nth(0).click()
        await expect(kiosk.locator("h1")).to_have_text("还没到取号时间")
        await expect(kiosk.locator(".sad")).to_contain_text("今天 9:00 开始取号")
        await look(kiosk, f"kiosk-not-yet-{size['width']}")


@BOTH
async def test_an_emergency_stop_takes_the_whole_kiosk_until_it_is_over(
    tmp_path: Path, browser: Browser, size: ViewportSize
) -> None:
    async with opened(tmp_path, browser) as (hall, open_page):
        kiosk = await open_page("/kiosk", size)
        await kiosk.locator(".services .row").nth(4).click()
        await kiosk.locator(".take").wait_for()
        await hall.post("/issuing/stop", {"sentence": "safety"})
        await expect(kiosk.locator("h1")).to_contain_text("请离开大厅")
        await expect(kiosk.locator(".ask-at")).to_contain_text("000-00000000")
        await expect(kiosk.locator("button:visible")).to_have_count(0)
        await look(kiosk, f"kiosk-stop-{size['width']}")
        await hall.post("/issuing/resume", {})
        await expect(kiosk.locator(".services .row")).to_have_count(5)
        await hall.post("/issuing/stop", {"kind": "today", "sentence": "full"})
        await expect(kiosk.locator(".closing")).to_contain_text("今天不再取号")
        await look(kiosk, f"kiosk-today-{size['width']}")


async def test_an_outage_or_a_wrong_clock_does_not_keep_the_kiosk_from_issuing(
    tmp_path: Path, browser: Browser
) -> None:
    async with opened(tmp_path / "first", browser) as (hall, _):
        hall.time.pass_s(7200)
        await hall.take("E")
        time = hall.time
    time.pass_s(-20 * 3600)
    async with (
        served(tmp_path / "first", settings=settings(), time=time) as hall,
    ):
        assert (await hall.get("/queues"))["question"]["kind"] == "clock"
        assert hall.client.port is not None
        faces = Faces(browser, hall.client.port)
        kiosk = await faces.open("/kiosk", KIOSK, host=LAN_NAME)
        # Nobody knows the time, so the hours of A are not held.
        await kiosk.locator(".services .row").nth(0).click()
        await kiosk.locator(".take").click()
        await expect(kiosk.locator(".ticket .plate")).to_have_attribute("aria-label", "A 零 零 一")
        await faces.close()


@BOTH
async def test_a_card_number_is_checked_gives_priority_by_age_and_leaves_nothing(
    tmp_path: Path, browser: Browser, size: ViewportSize
) -> None:
    chosen = settings(identity=Identity(mode="required"))
    async with opened(tmp_path, browser, chosen) as (hall, open_page):
        kiosk = await open_page("/kiosk", size)
        await kiosk.locator(".services .row").nth(3).click()
        await kiosk.locator(".take").click()
        elder = id_number("19501011")
        wrong = elder[:17] + ("0" if elder[17] != "0" else "1")
        for sign in wrong:
            await kiosk.locator(f".key:text-is('{sign}')").click()
        await expect(kiosk.locator(".wrong")).to_contain_text("号码不对")
        await expect(kiosk.locator(".take")).to_be_disabled()
        await look(kiosk, f"kiosk-identity-{size['width']}")
        await kiosk.keyboard.press("Backspace")
        await kiosk.keyboard.type(elder[17])
        await kiosk.locator(".take").click()
        await expect(kiosk.locator(".ticket .plate")).to_be_visible()
        assert elder not in await kiosk.content()
        ticket = (await hall.get("/tickets"))["items"][0]
        assert ticket["priority"] == "elder"
        await kiosk.locator(".foot .btn").first.click()
        await kiosk.locator(".services .row").nth(3).click()
        await kiosk.locator(".take").click()
        await kiosk.keyboard.type(elder)
        await kiosk.locator(".take").click()
        await expect(kiosk.locator("h1")).to_have_text("您已有 D001，不用再取")
        await look(kiosk, f"kiosk-already-{size['width']}")


async def test_a_number_that_was_typed_is_gone_after_leaving(
    tmp_path: Path, browser: Browser
) -> None:
    chosen = settings(identity=Identity(mode="optional"))
    async with opened(tmp_path, browser, chosen) as (_, open_page):
        kiosk = await open_page("/kiosk", KIOSK)
        await kiosk.locator(".services .row").nth(3).click()
        await kiosk.locator(".with-card").click()
        await kiosk.keyboard.type("9999991950")
        await expect(kiosk.locator(".cells i:not(.blank)")).to_have_count(10)
        await kiosk.locator(".foot .btn").first.click()
        await kiosk.locator(".with-card").click()
        await expect(kiosk.locator(".cells i:not(.blank)")).to_have_count(0)
        await kiosk.locator(".foot .btn").first.click()
        await kiosk.locator(".take").click()
        await expect(kiosk.locator(".ticket .plate")).to_be_visible()


@BOTH
async def test_several_services_stand_on_one_ticket(
    tmp_path: Path, browser: Browser, size: ViewportSize
) -> None:
    async with opened(tmp_path, browser) as (hall, open_page):
        kiosk = await open_page("/kiosk", size)
        await kiosk.locator(".services .row").nth(3).click()
        await kiosk.get_by_text("再加一项").click()
        await kiosk.locator(".pick .row[data-line=E]").click()
        await kiosk.locator(".pick .row[data-line=B]").click()
        await expect(kiosk.locator(".pick .row[data-line=B] .turn")).to_have_text("3")
        await look(kiosk, f"kiosk-several-{size['width']}")
        await kiosk.get_by_text("几项同时排").click()
        await kiosk.locator(".ready").click()
        await expect(kiosk.locator(".chosen")).to_contain_text("综合服务、民政助残")
        await kiosk.locator(".take").click()
        await expect(kiosk.locator(".also")).to_contain_text("同时排：综合服务、民政助残")
        await look(kiosk, f"kiosk-several-done-{size['width']}")
        ticket = (await hall.get("/tickets"))["items"][0]
        assert (ticket["service"], ticket["further"]) == ("D", ["E", "B"])
        assert (await hall.get("/state"))["waiting"]["B"] == 1


async def test_the_phone_code_is_drawn_and_changes_before_it_ends(
    tmp_path: Path, browser: Browser
) -> None:
    async with opened(tmp_path, browser) as (hall, open_page):
        kiosk = await open_page("/kiosk", KIOSK)
        shown = kiosk.locator(".phone-code img")
        await expect(shown).to_be_visible()
        first = await shown.get_attribute("src")
        assert first == f"/kiosk/code.svg?c={(await hall.get('/phone-code'))['code']}"
        hall.time.pass_s(30)
        await expect(shown).not_to_have_attribute("src", first, timeout=20_000)


@BOTH
async def test_an_appointment_is_checked_in_by_its_code_or_its_number(
    tmp_path: Path, browser: Browser, size: ViewportSize
) -> None:
    async with opened(tmp_path, browser) as (hall, open_page):
        wish = {"service": "A", "date": "2026-11-23", "start": "09:00"}
        booked = await hall.post("/appointments", wish, 201)
        await hall.post("/appointments", {**wish, "no": "YY-17"}, 201)
        hall.time.pass_s(25 * 60)
        kiosk = await open_page("/kiosk", size)
        await kiosk.get_by_text("预约签到").click()
        await look(kiosk, f"kiosk-check-in-{size['width']}")
        for sign in "YY-18":
            await kiosk.locator(f".key:text-is('{sign}')").click()
        await kiosk.locator(".take").click()
        await expect(kiosk.locator("h1")).to_have_text("没有找到")
        await kiosk.locator(".choices .btn").last.click()
        await kiosk.get_by_text("预约签到").click()
        await kiosk.keyboard.type("YY-17")
        await kiosk.locator(".take").click()
        await expect(kiosk.locator("h1")).to_have_text("签到好了")
        await expect(kiosk.locator(".ticket .plate")).to_have_attribute("aria-label", "A 零 零 一")
        await kiosk.locator(".foot .btn").first.click()
        # A scanner that types, held to from the start screen.
        await kiosk.keyboard.type(f"http://hall.test/t/{booked['id']}/{booked['token']}")
        await kiosk.keyboard.press("Enter")
        await expect(kiosk.locator(".ticket .plate")).to_have_attribute("aria-label", "A 零 零 二")


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [("within", "5个号以内优先安排"), ("requeue", "往后排4个号"), ("keep", "半天内有效")],
)
async def test_the_sentence_about_missed_calls_follows_the_rule(
    tmp_path: Path, browser: Browser, rule: str, sentence: str
) -> None:
    demo = load(DEMO)
    hall_table = demo.hall.model_copy(update={"missed_call": rule})
    queue = Queue(missed_within=5, missed_behind=4)
    chosen = demo.model_copy(update={"hall": hall_table, "queue": queue})
    async with opened(tmp_path, browser, chosen) as (_, open_page):
        kiosk = await open_page("/kiosk", KIOSK)
        await kiosk.locator(".services .row").nth(0).click()
        await kiosk.locator(".take").click()
        await expect(kiosk.locator(".after .note")).to_contain_text(sentence)
        board = await open_page("/board", BOARD)
        await expect(board.locator("#notice")).to_contain_text(sentence)


async def test_the_board_says_until_when_a_counter_pauses_and_where_else_to_go(
    tmp_path: Path, browser: Browser
) -> None:
    async with opened(tmp_path, browser, load(DEMO)) as (hall, open_page):
        await hall.take("A")
        await hall.take("B")
        await hall.post("/counters/2/next")
        await hall.post("/counters/1/pause", {"reason": "meal", "minutes": 30})
        await hall.post("/counters/5/sign-in", {"clerk": "1005"})
        await hall.post("/counters/5/sign-out", {"force": True})
        board = await open_page("/board", BOARD)
        await expect(board.locator("#hero .plate")).to_have_attribute("aria-label", "A 零 零 一")
        changes = board.locator(".change")
        await expect(changes.nth(0)).to_contain_text("暂停，9:00 恢复", timeout=12_000)
        await expect(changes.nth(0)).to_contain_text("请到 2、3、4 号")
        await expect(changes.nth(1)).to_contain_text("停止服务")
        await look(board, "board-paused")
        await hall.post("/counters/2/undo")
        await expect(board.locator("#hero .plate")).to_have_count(0)
        await expect(board.locator("#calls .plate")).to_have_count(0)
        await hall.post("/issuing/stop", {"sentence": "power"})
        await expect(board.locator("#notice")).to_have_class(re.compile("alarm"))
        await expect(board.locator("#notice")).to_contain_text("停电了，暂停取号")
        await look(board, "board-stopped")
