"""The helper desk in Chromium: by touch and by keyboard. Devices are not in it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from controller.domain.commands import RecordPrint
from tests.browser.test_citizen_pages import CUT_OFF, Citizen, visiting
from tests.fixtures.faces import DESK, faults, picture, size
from tests.integration.test_desk_and_phone import MINE, changed

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]

WIDE = size(1920, 1080)
PLATE = "#shown .plate"


@pytest_asyncio.fixture(loop_scope="session")
async def helper(tmp_path: Path, browser: Browser) -> AsyncIterator[Citizen]:
    """A page that complains fails the test; a refusal is an answer, and the browser logs it."""
    async with visiting(tmp_path, browser) as helper:
        yield helper
        told = helper.faces.complaints
        assert [said for said in told if "the server responded" not in said] == []


async def look(page: Page, name: str) -> None:
    await picture(page, name)
    assert await faults(page) == [], name
    assert await page.evaluate(CUT_OFF) == [], name


async def wider(page: Page) -> int:
    beyond: Any = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return int(beyond)


async def desk_of(helper: Citizen, viewport: ViewportSize = DESK) -> Page:
    page = await helper.open("/desk", viewport)
    await expect(page.locator(".service")).to_have_count(5)
    return page


async def press(page: Page, words: str) -> None:
    await page.locator("#shown").get_by_role("button", name=words, exact=True).click()


async def find(page: Page, text: str) -> None:
    await page.locator("#wanted").fill(text)
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("viewport", [DESK, WIDE], ids=["1366", "1080p"])
async def test_a_ticket_takes_two_touches(helper: Citizen, viewport: ViewportSize) -> None:
    await helper.hall.take("A")
    page = await desk_of(helper, viewport)
    await look(page, f"desk-start-{viewport['width']}")
    await page.locator(".service").nth(1).click()
    await page.locator(".take").click()
    await expect(page.locator(PLATE)).to_have_attribute("aria-label", "B 零 零 一")
    await expect(page.locator("#bar-said")).to_contain_text("B001 取好了")
    await expect(page.locator(".scan img")).to_be_visible()
    await expect(page.locator(".take")).to_be_disabled()
    assert await wider(page) == 0
    await look(page, f"desk-taken-{viewport['width']}")
    (_, ticket) = (await helper.hall.get("/tickets"))["items"]
    assert (ticket["service"], ticket["priority"], ticket["clients"]) == ("B", None, 1)


async def test_everything_that_a_person_may_need_goes_onto_one_ticket(helper: Citizen) -> None:
    page = await desk_of(helper)
    for words in ("几项业务一张号", "残疾人", "请引导此人"):
        await page.locator("#wish").get_by_role("button", name=words).click()
    await page.locator(".service").nth(3).click()
    await page.locator(".service").nth(0).click()
    await expect(page.locator(".place")).to_have_text(["2", "1"])
    await page.locator("#wish").get_by_role("button", name="同时排").click()
    for _ in range(3):
        await page.locator("#wish").get_by_role("button", name="多一人").click()
    await page.locator("#wish").get_by_role("button", name="少一人").click()
    hidden = "e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]"
    assert await page.locator("#services").evaluate(hidden) == [0, 0]
    await look(page, "desk-options")
    await page.keyboard.press("F4")
    await expect(page.locator(PLATE)).to_have_attribute("aria-label", "D 零 零 一")
    (ticket,) = (await helper.hall.get("/tickets"))["items"]
    told = {name: ticket[name] for name in ("priority", "escort", "clients", "further", "test")}
    assert told == {
        "priority": "disabled", "escort": True, "clients": 3, "further": ["A"], "test": False,
    }  # fmt: skip
    assert (await helper.hall.get("/queues"))["items"][0]["waiting"] == 1
    for mark in ("优先", "请引导"):
        await expect(page.locator("#shown header")).to_contain_text(mark)
    await page.locator("#wish").get_by_role("button", name="测试号").click()
    await page.locator(".service").nth(4).click()
    await page.locator(".take").click()
    await expect(page.locator(PLATE)).to_have_attribute("aria-label", "T 零 零 一")


async def test_the_keyboard_alone_is_enough(helper: Citizen) -> None:
    page = await desk_of(helper)
    await page.keyboard.press("F2")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("F4")
    await expect(page.locator(PLATE)).to_have_attribute("aria-label", "B 零 零 一")
    ticket = await helper.hall.take("A")
    await page.locator("body").click(position={"x": 5, "y": 60})
    await page.keyboard.type(f"http://hall.test/t/{ticket['id']}/{ticket['token']}\n")
    await expect(page.locator(PLATE)).to_have_attribute("aria-label", "A 零 零 一")
    await page.keyboard.type("b1\n")
    await expect(page.locator(PLATE)).to_have_attribute("aria-label", "B 零 零 一")
    await page.keyboard.type("C077\n")
    await expect(page.locator("#bar-said")).to_contain_text("没有找到“C077”")


async def test_where_is_my_number_is_told_with_its_reasons(helper: Citizen) -> None:
    await helper.hall.take("A")
    mine = await helper.hall.take("A")
    await helper.hall.take("A", priority="elder")
    page = await desk_of(helper)
    await find(page, "A002")
    await expect(page.locator("#shown dl")).to_contain_text("2 人")
    await helper.hall.post("/counters/2/next")
    await expect(page.locator(".reasons")).to_contain_text("叫了1个号，其中0个取号比您早")
    await page.locator(".reasons summary").click()
    await expect(page.locator(".between")).to_contain_text("按优先规定提前排")
    await look(page, "desk-why")
    await helper.hall.post("/counters/3/next")
    await helper.hall.post("/counters/4/next")
    await expect(page.locator("#shown .lamp")).to_have_text("叫号中")
    await expect(page.locator("#shown dl")).to_contain_text("4 号窗口")
    assert (await helper.hall.get(f"/tickets/{mine['id']}"))["counter"] == 4


async def test_a_change_is_taken_back_and_giving_back_is_asked_first(helper: Citizen) -> None:
    ticket = await helper.hall.take("A")
    page = await desk_of(helper)
    await find(page, "A001")
    await press(page, "换业务")
    await look(page, "desk-change")
    await page.locator("#sure").get_by_text("卫健服务").click()
    await expect(page.locator("#bar-said")).to_contain_text("A001 已换到 卫健服务")
    assert (await helper.hall.get(f"/tickets/{ticket['id']}"))["service"] == "C"
    await page.locator("#bar-said button").click()
    await expect(page.locator("#bar-said")).to_contain_text("已换回 社保医保")
    assert (await helper.hall.get(f"/tickets/{ticket['id']}"))["service"] == "A"
    await press(page, "退号")
    await look(page, "desk-sure")
    await page.keyboard.press("Enter")  # the safe answer has the focus
    await expect(page.locator("#sure")).to_be_hidden()
    assert (await helper.hall.get(f"/tickets/{ticket['id']}"))["state"] == "WAITING"
    await press(page, "退号")
    await page.locator("#sure .danger").click()
    await expect(page.locator("#shown .lamp")).to_have_text("已退")
    await expect(page.locator("#shown")).to_contain_text("请重新取号")


async def test_the_missed_and_the_parked_come_back_by_one_touch(helper: Citizen) -> None:
    missed, parked = await helper.hall.take("A"), await helper.hall.take("B")
    page = await desk_of(helper)
    await expect(page.locator("#list")).to_contain_text("今天没有过号")
    await helper.hall.post("/counters/1/next")
    await helper.hall.post("/counters/1/no-show")
    await page.locator("#list .entry").click()
    await expect(page.locator("#shown .lamp")).to_have_text("过号")
    await look(page, "desk-missed")
    await press(page, "叫醒，回到队里")
    await expect(page.locator("#bar-said")).to_contain_text("A001 回到队里")
    assert (await helper.hall.get(f"/tickets/{missed['id']}"))["state"] == "WAITING"
    await helper.hall.post("/counters/1/next")
    await helper.hall.post("/counters/2/next")
    await helper.hall.post("/counters/2/park", {"reason": "payment"})
    await page.get_by_role("tab", name="挂起").click()
    await expect(page.locator("#list .entry")).to_contain_text("缴费")
    await page.locator("#list .entry").click()
    await look(page, "desk-parked")
    await press(page, "回来了，接着排")
    await expect(page.locator("#shown .lamp")).to_have_text("等候")
    assert (await helper.hall.get(f"/tickets/{parked['id']}"))["state"] == "WAITING"


async def test_a_slip_of_unknown_fate_is_printed_again(helper: Citizen) -> None:
    ticket = await helper.hall.take("A")
    for step in ("started", "unknown"):
        wish = RecordPrint(ticket["id"], step, "kiosk", "")
        await helper.hall.hall.writer.execute(wish, actor="device:kiosk")
    page = await desk_of(helper)
    await page.get_by_role("tab", name="小票").click()
    await expect(page.locator("#list .entry")).to_contain_text("不知道有没有打出")
    await page.locator("#list .entry").click()
    await press(page, "补打小票")
    await expect(page.locator("#shown dl")).to_contain_text("等着补打")
    await expect(page.locator("#list")).to_contain_text("小票都打出来了")


async def test_a_slot_is_booked_found_and_checked_in(helper: Citizen) -> None:
    page = await desk_of(helper)
    await page.get_by_role("tab", name="今天预约").click()
    await page.locator("#list .wide").click()
    await page.locator(".slot").first.click()
    await look(page, "desk-booking")
    await page.locator(".booking .primary").click()
    await expect(page.locator("#bar-said")).to_contain_text("约好了：社保医保")
    await expect(page.locator("#shown .lamp")).to_have_text("已预约")
    (booked,) = (await helper.hall.get("/appointments"))["items"]
    assert booked["start"][11:16] == "09:00"
    await press(page, "报到取号")
    await expect(page.locator("#bar-said")).to_contain_text("还没到报到时间")
    await look(page, "desk-refused")
    helper.hall.time.pass_s(20 * 60)
    await page.locator("#list .search").fill("09:59")
    await expect(page.locator("#list")).to_contain_text("没有这样的预约")
    await page.locator("#list .search").fill("9:00")
    await expect(page.locator("#list .entry")).to_have_count(1)
    await find(page, booked["id"][-6:].upper())
    await press(page, "报到取号")
    await expect(page.locator(PLATE)).to_have_attribute("aria-label", "A 零 零 一")
    await look(page, "desk-checked-in")


async def test_where_the_hall_asks_for_a_card_its_number_is_typed(
    tmp_path: Path, browser: Browser
) -> None:
    settings = changed(identity={"mode": "optional"})
    async with visiting(tmp_path, browser, settings=settings) as helper:
        page = await desk_of(helper)
        await page.locator(".service").first.click()
        await page.locator("#wish .search").fill(MINE)
        await helper.hall.take("B")  # news must not wipe out what is being typed
        await expect(page.locator("#waiting")).to_have_text("等候 1 人")
        await expect(page.locator("#wish .search")).to_have_value(MINE)
        await look(page, "desk-identity")
        await page.keyboard.press("Enter")
        await expect(page.locator(PLATE)).to_have_attribute("aria-label", "A 零 零 一")
        await expect(page.locator("#wish .search")).to_have_value("")
        await page.locator(".service").first.click()
        await page.locator("#wish .search").fill(MINE)
        await page.keyboard.press("F4")
        await expect(page.locator("#bar-said")).to_contain_text("您已有这项业务的号")
        await expect(page.locator("#wish .search")).to_have_value(MINE)


async def test_a_lost_hall_is_told_and_nothing_can_be_pressed(
    tmp_path: Path, browser: Browser
) -> None:
    async with visiting(tmp_path, browser) as helper:
        page = await desk_of(helper)
        await page.locator(".service").first.click()
        await page.context.set_offline(True)
        await expect(page.locator("#bar-lost")).to_be_visible(timeout=40000)
        await expect(page.locator(".take")).to_be_disabled()
        await picture(page, "desk-lost")
        await page.context.set_offline(False)
        await expect(page.locator("#bar-lost")).to_be_hidden(timeout=20000)
        await expect(page.locator(".take")).to_be_enabled()
