"""All that a clerk does at a counter, in Chromium: sign in, pause, call, put aside, hand on."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from config.settings import Settings, load
from tests.fixtures.core import FakeTime
from tests.fixtures.faces import DESK, LAN_NAME, Faces, faults, picture, size, width_beyond
from tests.fixtures.served import DEMO, ServedHall, served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]

WIDE = size(1920, 1080)
Open = Callable[..., Awaitable[Page]]


def hall_with(**tables: dict[str, Any]) -> Settings:
    """The demo hall with other values in some tables."""
    settings = load(DEMO)
    changed = {
        name: getattr(settings, name).model_copy(update=values) for name, values in tables.items()
    }
    return settings.model_copy(update=changed)


@asynccontextmanager
async def staffed(
    folder: Path, browser: Browser, settings: Settings | None = None, time: FakeTime | None = None
) -> AsyncIterator[tuple[ServedHall, Open]]:
    """Pages of a LAN name over plain http; a page that complains fails the test."""
    async with served(folder, settings=settings, time=time) as hall:
        assert hall.client.port is not None
        faces = Faces(browser, hall.client.port)

        async def open_page(path: str, viewport: ViewportSize = DESK) -> Page:
            page = await faces.open(path, viewport, host=LAN_NAME)
            await page.locator("#link.live").wait_for()
            return page

        try:
            yield hall, open_page
        finally:
            await faces.close()
    # The browser itself logs a refusal; the page shows it.
    assert [said for said in faces.complaints if "409 (Conflict)" not in said] == []


async def look(page: Page, name: str) -> None:
    """Hold the page against the accessibility rules, at both sizes without moving sideways."""
    for viewport, ending in ((WIDE, "-wide"), (DESK, "")):
        await page.set_viewport_size(viewport)
        await picture(page, name + ending)
        assert await width_beyond(page) == 0, name
    assert await faults(page) == [], name


async def keys(page: Page, *codes: str) -> None:
    """Press one key after another, as fast as a step is answered and a sheet is there."""
    for code in codes:
        await expect(page.locator("#pad:not([data-busy])")).to_have_count(1)
        await page.keyboard.press(code)
        if code == "KeyL":  # it reads who is signed in where before it asks
            await expect(page.locator("dialog[open]")).to_have_count(1)


async def opens(page: Page, code: str) -> None:
    """Press until the sheet is open: a key does nothing while the step before it is on its way."""
    for _ in range(50):
        await page.keyboard.press(code)
        if await page.locator("dialog[open]").count():
            return
        await page.wait_for_timeout(100)
    raise AssertionError(f"{code} opens no sheet")


def key(page: Page, name: str) -> Locator:
    return page.locator(f'#pad [data-key="{name}"]')


async def shows(page: Page, number: str) -> None:
    """Wait until this number is at the counter."""
    await expect(page.locator("#present .who .plate")).to_have_text(number)


async def test_a_clerk_signs_in_and_closes_with_people_waiting(
    tmp_path: Path, browser: Browser
) -> None:
    settings = hall_with(staffing={"sign_in": True})
    async with staffed(tmp_path, browser, settings) as (hall, open_page):
        await hall.post("/counters/1/sign-in", {"clerk": "1001"})
        page = await open_page("/clerk/3?clerk=1004")
        await expect(page.locator("#sheet input:checked")).to_have_value("1004")
        await expect(page.locator('#sheet input[value="1001"]')).to_be_disabled()
        await look(page, "clerk-sign-in")
        await keys(page, "Escape")
        await expect(key(page, "next").locator("em")).to_have_text("先登录")
        await keys(page, "KeyL", "Digit3", "Enter")
        await expect(page.locator("#seat")).to_contain_text("1003 张敏")
        assert page.url.endswith("?clerk=1003")
        assert (await hall.get("/counters/3"))["clerk"] == "1003"
        await hall.take("A")
        await hall.post("/counters/1/pause", {"reason": "meal", "minutes": 30})
        await expect(page.locator("#waiting")).to_have_text("1")
        await keys(page, "KeyL")
        await page.locator("#sheet .other").click()
        await expect(page.locator("#sheet h2")).to_have_text("还有 1 人在等，关3号窗口吗？")
        await expect(page.locator("#sheet .leave")).to_be_focused()
        await look(page, "clerk-close")
        await keys(page, "Enter")  # the safe choice
        assert (await hall.get("/counters/3"))["state"] == "idle"
        await keys(page, "KeyL")
        await page.locator("#sheet .other").click()
        await page.locator("#sheet .btn.danger").click()
        await expect(page.locator("#present")).to_contain_text("还没有登录")
        assert (await hall.get("/counters/3"))["state"] == "closed"
        await look(page, "clerk-closed")


async def test_a_ticket_is_parked_taken_up_and_handed_on_with_the_number_pad(
    tmp_path: Path, browser: Browser
) -> None:
    async with staffed(tmp_path, browser) as (hall, open_page):
        page = await open_page("/clerk/2")
        await hall.take("A")
        await hall.take("B", further=["C"])
        await keys(page, "NumpadEnter")
        await shows(page, "A001")
        await keys(page, "NumpadDecimal", "Numpad5")
        await look(page, "clerk-park")
        await keys(page, "Numpad2", "NumpadEnter")
        await expect(page.locator("#parked")).to_contain_text("去缴费")
        await expect(page.locator("#bar-done")).to_contain_text("A001 已挂起")
        await hall.post("/counters/2/next")  # not with the Enter that has just confirmed
        await shows(page, "B001")
        await expect(page.locator(".further")).to_contain_text("接着办 卫健服务")
        await expect(key(page, "unpark").locator("em")).to_have_text("先办理完毕")
        await keys(page, "Numpad0")
        await expect(page.locator("#bar-done")).to_contain_text("接着排卫健服务")
        await keys(page, "Numpad9")
        await look(page, "clerk-unpark")
        await keys(page, "Numpad1", "Numpad2", "NumpadEnter")
        await expect(page.locator("#present .lamp")).to_have_text("办理中")
        await keys(page, "Numpad4", "Numpad2")
        await look(page, "clerk-transfer")
        await keys(page, "Numpad5", "NumpadEnter")
        await expect(page.locator("#bar-done")).to_contain_text("A001 已转到5号窗口")
        other = (await hall.get("/counters/5"))["queue"]
        assert "A001" in [ticket["number"] for ticket in other]


async def test_direct_reception_and_its_undo_with_a_countdown(
    tmp_path: Path, browser: Browser
) -> None:
    async with staffed(tmp_path, browser) as (hall, open_page):
        page = await open_page("/clerk/1")
        await look(page, "clerk-nobody")
        await keys(page, "KeyD")
        await expect(page.locator("#present .badges")).to_have_text("直接接待")
        await expect(key(page, "undo")).to_contain_text("直接接待")
        await keys(page, "Numpad0")
        undo = page.locator("#bar-done .undo")
        await expect(undo).to_have_text(re.compile(r"撤销 (30|2\d) 秒"))
        await look(page, "clerk-undo")
        await undo.click()
        await expect(page.locator("#present .lamp")).to_have_text("办理中")
        await expect(page.locator("#bar-note")).to_contain_text("已撤销")
        await keys(page, "Numpad0")
        await expect(undo).to_be_visible()
        hall.time.pass_s(31)
        await hall.take("A")  # news of the hall's time
        await expect(undo).to_be_hidden()
        await expect(key(page, "undo").locator("em")).to_have_text("没有可撤销的")
        await keys(page, "KeyD")
        await expect(page.locator("#bar-warn")).to_contain_text("有人在等，请按下一位")


async def test_a_pause_says_until_when_and_where_else(tmp_path: Path, browser: Browser) -> None:
    async with staffed(tmp_path, browser) as (hall, open_page):
        page = await open_page("/clerk/4")
        await keys(page, "NumpadMultiply")
        await look(page, "clerk-pause")
        await keys(page, "Enter")
        await expect(page.locator("#sheet .missing")).to_have_text("请先选：原因")
        await keys(page, "Digit1", "Digit3", "Enter")
        await expect(page.locator("#present")).to_contain_text("9:00 回来")
        await expect(page.locator("#present")).to_contain_text("1、2、3、5 号窗口")
        await expect(page.locator(".key.filled")).to_have_attribute("data-key", "pause")
        await look(page, "clerk-paused")
        pause = (await hall.get("/counters/4"))["pause"]
        assert (pause["reason"], pause["until"][11:16]) == ("meal", "09:00")
        await keys(page, "F8")
        await expect(page.locator(".key.filled")).to_have_attribute("data-key", "next")


async def test_a_batch_is_guided_split_and_told(tmp_path: Path, browser: Browser) -> None:
    async with staffed(tmp_path, browser) as (hall, open_page):
        page = await open_page("/clerk/2")
        await hall.take("A", clients=5, escort=True, priority="disabled", source="desk")
        await keys(page, "NumpadEnter")
        await expect(page.locator(".guide")).to_have_text("请引导这位办事人")
        await expect(page.locator("#present")).not_to_contain_text("残疾")
        await opens(page, "KeyS")
        await keys(page, "Digit2", "Enter")
        await expect(page.locator("#bar-warn code")).to_have_text("nobody_waits")
        await expect(page.locator("#bar-warn")).to_contain_text("不用拆分")
        await hall.take("B")
        await keys(page, "F9")
        await opens(page, "KeyS")
        await look(page, "clerk-split")
        await keys(page, "Digit2", "Enter")
        await expect(page.locator("#bar-done")).to_contain_text("其余 3 人的新号是 A002")
        await expect(page.locator("#present .badges")).to_contain_text("代办 2 人")
        await look(page, "clerk-batch")


async def test_a_chosen_ticket_is_called_by_number_and_by_its_row(
    tmp_path: Path, browser: Browser
) -> None:
    settings = hall_with(staffing={"call_rights": ("1001",)})
    async with staffed(tmp_path, browser, settings) as (hall, open_page):
        page = await open_page("/clerk/1")
        for service in "ABD":
            await hall.take(service)
        await hall.take("A", test=True)
        await expect(page.locator("#line .plate")).to_have_count(4)
        await expect(page.locator("#line button")).to_have_count(0)
        await keys(page, "KeyC")
        await expect(page.locator("#bar-warn")).to_contain_text("没有选呼的权限")
        await keys(page, "F9")
        await hall.post("/counters/1/sign-in", {"clerk": "1001"})
        await expect(page.locator("#line button")).to_have_count(4)
        await keys(page, "KeyC")
        await page.keyboard.type("d1")
        await look(page, "clerk-chosen")
        await keys(page, "Enter", "Digit3", "Enter")
        await shows(page, "D001")
        await expect(page.locator(".why")).to_contain_text("工作人员选的号：急事")
        await keys(page, "Numpad0")
        await page.locator("#line button", has_text="测试号").click()
        await expect(page.locator("#sheet h2")).to_have_text("选呼 T001")
        await keys(page, "Digit1", "Enter")
        await expect(page.locator("#present .badges")).to_have_text("测试号")
        await look(page, "clerk-called-test")


async def test_recall_and_no_show_say_when_they_may_be_pressed(
    tmp_path: Path, browser: Browser
) -> None:
    rules = {"no_show_calls": 2, "no_show_s": 60, "recall_spacing_s": 20, "recall_limit": 1}
    async with staffed(tmp_path, browser, hall_with(queue=rules)) as (hall, open_page):
        page = await open_page("/clerk/1")
        await hall.take("A")
        await keys(page, "NumpadEnter")
        recall, missed = key(page, "recall").locator("em"), key(page, "no-show").locator("em")
        await expect(recall).to_have_text(re.compile(r"还差 (20|1\d) 秒"))
        await expect(missed).to_have_text("再叫 1 次可过号")
        hall.time.pass_s(25)
        await hall.take("B")
        await expect(recall).to_have_text("")
        await keys(page, "NumpadAdd")
        await expect(recall).to_have_text("次数已用完")
        await expect(missed).to_have_text(re.compile(r"还差 \d+ 秒"))
        hall.time.pass_s(60)
        await hall.take("B")
        await expect(missed).to_have_text("")
        await keys(page, "NumpadSubtract")
        await expect(page.locator("#bar-done")).to_contain_text("A001 已过号")
        await expect(page.locator("#recent")).to_contain_text("过号")
        await keys(page, "KeyB")
        await look(page, "clerk-back")
        await keys(page, "Enter")
        await expect(page.locator("#bar-note")).to_contain_text("A001 回到原来的位置")
        await expect(page.locator("#line .plate").first).to_have_text("A001")


async def test_after_an_outage_nobody_is_called_until_the_lead_has_answered(
    tmp_path: Path, browser: Browser
) -> None:
    time = FakeTime()
    async with served(tmp_path, time=time) as before:
        await before.take("A")
    time.pass_s(3600)
    async with staffed(tmp_path, browser, time=time) as (hall, open_page):
        page = await open_page("/clerk/1")
        await expect(page.locator("#bar-ask")).to_contain_text("负责人还没有决定 1 位等候的人")
        await expect(key(page, "next").locator("em")).to_have_text("等负责人决定")
        await look(page, "clerk-outage")
        await hall.post("/questions/outage", {"choice": "keep"})
        await expect(page.locator("#bar-ask")).to_be_hidden()
        await keys(page, "NumpadEnter")
        await shows(page, "A001")


async def test_who_stands_in_for_an_absent_colleague_is_told_so(
    tmp_path: Path, browser: Browser
) -> None:
    settings = load(DEMO)
    counters = tuple(
        one.model_copy(update={"services": ("B",)}) if one.no == 2 else one
        for one in settings.counters
    )
    settings = settings.model_copy(update={"counters": counters})
    async with staffed(tmp_path, browser, settings) as (hall, open_page):
        await hall.post("/counters/2/sign-in", {"clerk": "1002"})
        await hall.take("A")
        page = await open_page("/clerk/2?lang=en")
        await keys(page, "NumpadEnter")
        await expect(page.locator(".why")).to_contain_text("Called for 1001")
        await look(page, "clerk-english")
