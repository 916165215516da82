"""What staff press and see, in Chromium: clerk and manager. Devices are not in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.fixtures.faces import DESK, LAN_NAME, SCREENS, Faces, faults, picture, size
from tests.fixtures.served import ServedHall, served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]

WIDE = size(1920, 1080)
FILLED = ".key.filled"

Open = Callable[[str, ViewportSize], Awaitable[Page]]


@asynccontextmanager
async def staffed(folder: Path, browser: Browser) -> AsyncIterator[tuple[ServedHall, Open]]:
    """Pages of a LAN name over plain http, as in a hall; a page that complains fails the test."""
    async with served(folder) as hall:
        port = hall.client.port
        assert port is not None
        faces = Faces(browser, port)

        async def open_page(path: str, viewport: ViewportSize) -> Page:
            return await faces.open(path, viewport, host=LAN_NAME)

        try:
            yield hall, open_page
        finally:
            await faces.close()
    # The browser itself logs that it is off line; the page shows it.
    assert [said for said in faces.complaints if "ERR_INTERNET_DISCONNECTED" not in said] == []


async def look(page: Page, name: str) -> None:
    """Keep a picture; hold the page against the accessibility rules."""
    await picture(page, name)
    assert await faults(page) == [], name


async def test_a_clerk_works_with_the_number_pad_alone(tmp_path: Path, browser: Browser) -> None:
    async with staffed(tmp_path, browser) as (hall, open_page):
        await hall.take("A", items=["RS02"])
        hall.time.pass_s(90)
        await hall.take("B", priority="elder")
        page = await open_page("/clerk/3", DESK)
        await expect(page.locator(FILLED)).to_have_attribute("data-key", "next")
        await expect(page.locator("#line .mark")).to_have_text("优先")
        await look(page, "clerk-idle")
        await page.keyboard.press("NumpadEnter")
        await expect(page.locator("#present .plate")).to_have_attribute("aria-label", "B 零 零 一")
        await expect(page.locator(".why")).to_contain_text("优先")
        await expect(page.locator("#present")).not_to_contain_text("70 岁")
        await page.keyboard.press("NumpadSubtract")
        await expect(page.locator(FILLED)).to_have_attribute("data-key", "next")
        await page.keyboard.press("F2")
        await expect(page.locator("#present .plate")).to_have_attribute("aria-label", "A 零 零 一")
        await expect(page.locator(".item.proposed")).to_contain_text("RS02")
        await look(page, "clerk-called")
        await page.keyboard.press("NumpadDecimal")
        await expect(page.locator(FILLED)).to_have_attribute("data-key", "finish")
        await page.keyboard.press("KeyA")
        await expect(page.locator(".heading")).to_contain_text("已受理")
        await look(page, "clerk-accepted")
        await page.keyboard.press("Numpad0")
        await expect(page.locator("#recent")).to_contain_text("受理 1 件")
        states = [visit["state"] for visit in (await hall.get("/visits"))["items"]]
        assert states == ["DONE", "NO_SHOW"]
        cases = (await hall.get("/cases"))["items"]
        assert [(case["item"], case["state"]) for case in cases] == [("RS02", "HANDED_ON")]


async def test_a_clerk_chooses_another_item_and_types_digits_safely(
    tmp_path: Path, browser: Browser
) -> None:
    async with staffed(tmp_path, browser) as (hall, open_page):
        await hall.take("A")
        await hall.post("/counters/1/next")
        page = await open_page("/clerk/1", DESK)
        await expect(page.locator("#items li")).not_to_have_count(0)
        await page.keyboard.press("F10")
        await page.keyboard.type("YB03")
        await page.keyboard.press("Numpad0")  # 办理完毕, were it not for the field
        await expect(page.locator("#items li")).to_have_count(1)
        await look(page, "clerk-choose")
        await page.keyboard.press("Tab")
        await expect(page.locator("#items")).to_be_focused()
        await page.keyboard.press("Enter")  # takes the item; it calls nobody
        await expect(page.locator(".item")).to_contain_text("异地就医备案")
        await page.keyboard.press("KeyA")
        await expect(page.locator(".heading")).to_contain_text("已受理")
        assert [case["item"] for case in (await hall.get("/cases"))["items"]] == ["YB03"]
        assert (await hall.get("/counters/1"))["state"] == "called"


async def test_a_key_that_cannot_act_says_why_and_a_refusal_is_told(
    tmp_path: Path, browser: Browser
) -> None:
    async with staffed(tmp_path, browser) as (hall, open_page):
        page = await open_page("/clerk/2", WIDE)
        await page.locator('[data-key="recall"] em').get_by_text("先叫号").wait_for()
        await page.keyboard.press("NumpadEnter")
        await expect(page.locator("#bar-note")).to_contain_text("没有人等")
        await page.keyboard.press("NumpadAdd")
        await expect(page.locator("#bar-warn")).to_contain_text("现在不能重呼：先叫号")
        await hall.take("A")
        await expect(page.locator("#waiting")).to_have_text("1")
        await page.context.set_offline(True)
        await hall.post("/counters/2/next")
        await expect(page.locator("#bar-lost")).to_be_visible(timeout=40000)
        await expect(page.locator(FILLED)).to_have_count(0)
        await picture(page, "clerk-lost")  # dimmed on purpose
        await page.context.set_offline(False)
        await expect(page.locator(FILLED)).to_have_attribute("data-key", "start", timeout=20000)


async def test_the_manager_sees_the_hall_now_and_its_reports(
    tmp_path: Path, browser: Browser
) -> None:
    async with staffed(tmp_path, browser) as (hall, open_page):
        await hall.take("A")
        await hall.serve()
        await hall.take("D")
        hall.time.pass_s(31 * 60)
        await hall.take("A")
        page = await open_page("/manager", size(1440, 900))
        tiles = page.locator("#tiles > div")
        await expect(tiles.nth(0)).to_contain_text("2人")
        await expect(tiles.nth(1)).to_have_class("alarm")
        await expect(page.locator("#to-do")).to_contain_text("农业建房")
        await expect(page.locator("#today svg")).to_be_visible()
        await look(page, "manager-now")
        await hall.post("/counters/4/next")
        await expect(tiles.nth(0)).to_contain_text("1人")
        await page.locator("#tabs a[href='#reports']").click()
        await expect(page.locator("#waits .total")).to_contain_text("2")
        await expect(page.locator("#visits tr")).to_have_count(3)
        await expect(page.locator("#figures")).to_contain_text("接待人次")
        await expect(page.locator("[data-chart=waits] svg")).to_be_visible()
        await look(page, "manager-report")
        await page.locator('[data-days="month"]').click()
        await expect(page.locator("#report-title")).to_contain_text("至")
        await page.pdf(path=SCREENS / "manager-report.pdf", prefer_css_page_size=True)
        await page.locator("#tabs a[href='#devices']").click()
        await look(page, "manager-devices")
