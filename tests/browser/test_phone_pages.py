"""What a citizen has on a phone: a number taken in the hall, a booking, a ticket's whole life."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_citizen_pages import CUT_OFF, Citizen, visiting
from tests.fixtures.faces import PHONE, faults, picture, size, width_beyond
from tests.fixtures.served import ServedHall
from tests.integration.test_desk_and_phone import MINE, changed

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]

SMALL = size(320, 568)


async def look(page: Page, name: str) -> None:
    """Keep a picture; hold the page against the accessibility rules and cut-off text."""
    await picture(page, name)
    assert await faults(page) == [], name
    assert await page.evaluate(CUT_OFF) == [], name
    assert await width_beyond(page) == 0, name


async def scanned(citizen: Citizen) -> Page:
    code = (await citizen.hall.get("/phone-code"))["code"]
    return await citizen.open(f"/p/{code}", PHONE)


async def page_of(citizen: Citizen, ticket: Any) -> Page:
    return await citizen.open(f"/t/{ticket['id']}/{ticket['token']}", PHONE)


async def give_back(page: Page) -> None:
    await page.locator(".give-back").click()
    await expect(page.locator("#sure")).to_be_visible()


async def test_a_number_is_taken_on_the_phone_and_given_back(
    tmp_path: Path, browser: Browser
) -> None:
    async with visiting(tmp_path, browser) as citizen:
        await citizen.hall.take("A")
        page = await scanned(citizen)
        await expect(page.locator(".row").first).to_contain_text("前面 1 人")
        await look(page, "phone-choose")
        await page.locator(".row").nth(1).click()
        await expect(page.locator("#figures dd").first).to_have_text("1 人")
        await page.locator("select").select_option("infant")
        await citizen.hall.take("C")
        await expect(page.locator("#figures dd").first).to_have_text("2 人")
        await expect(page.locator("select")).to_have_value("infant")
        await look(page, "phone-confirm")
        await page.locator("button[type=submit]").click()
        await page.wait_for_url("**/t/**")
        await expect(page.locator(".number .plate")).to_have_attribute("aria-label", "B 零 零 一")
        await expect(page.get_by_text("这个号没有小票")).to_be_visible()
        ticket = (await citizen.hall.get("/tickets?service=B"))["items"][0]
        assert (ticket["priority"], ticket["print"]["state"]) == ("infant", "none")
        await give_back(page)
        await look(page, "phone-sure")
        await page.keyboard.press("Enter")  # the safe answer has the focus
        await expect(page.locator("#sure")).to_be_hidden()
        await give_back(page)
        await page.locator("#sure .danger").click()
        await expect(page.get_by_text("这个号已退")).to_be_visible()
        await look(page, "phone-cancelled")
        assert (await citizen.hall.get(f"/tickets/{ticket['id']}"))["state"] == "CANCELLED"
        assert citizen.faces.complaints == []


async def test_a_code_that_is_no_longer_shown_says_what_to_do(
    tmp_path: Path, browser: Browser
) -> None:
    async with visiting(tmp_path, browser) as citizen:
        page = await scanned(citizen)
        await page.locator(".row").first.click()
        citizen.hall.time.pass_s(11 * 60)
        await page.locator("button[type=submit]").click()
        await expect(page.get_by_text("这个码已过期")).to_be_visible()
        await look(page, "phone-expired")
        again = await citizen.open(urlsplit(page.url).path, PHONE)
        await expect(again.get_by_text("请在大厅的取号机上重新扫码")).to_be_visible()
        await look(again, "phone-expired-again")
        assert (await citizen.hall.get("/tickets"))["items"] == []


async def test_services_that_give_no_numbers_say_why(tmp_path: Path, browser: Browser) -> None:
    async with visiting(tmp_path, browser) as citizen:
        page = await scanned(citizen)
        await page.locator(".row").nth(2).click()
        stop = {"scope": "C", "kind": "today", "sentence": "network"}
        await citizen.hall.post("/issuing/stop", stop)
        await expect(page.locator("#figures")).to_contain_text("网络断了，暂停取号")
        await expect(page.locator("button[type=submit]")).to_be_disabled()
        await page.get_by_text("返回，重选").click()
        await expect(page.locator(".row").nth(2)).to_be_disabled()
        await citizen.hall.post("/issuing/stop", {"kind": "emergency", "sentence": "safety"})
        await expect(page.locator(".row").first).to_contain_text("请离开大厅，听工作人员指挥")
        await look(page, "phone-stopped")
        await page.get_by_text("English").click()
        await expect(page.locator(".row").nth(2)).to_contain_text("Please leave the hall")
        await look(page, "phone-stopped-en")


async def test_a_hall_that_asks_for_a_card_gets_it_typed(tmp_path: Path, browser: Browser) -> None:
    settings = changed(identity={"mode": "required"})
    async with visiting(tmp_path, browser, settings=settings) as citizen:
        page = await scanned(citizen)
        await page.locator(".row").first.click()
        await page.locator("button[type=submit]").click()
        await expect(page.get_by_role("alert")).to_contain_text("凭身份证取号")
        await page.locator("input").fill("110101199003071250")
        await page.locator("button[type=submit]").click()
        await expect(page.get_by_role("alert")).to_contain_text("身份证号码不对")
        await look(page, "phone-identity")
        await page.locator("input").fill(MINE)
        await page.locator("button[type=submit]").click()
        await page.wait_for_url("**/t/**")
        page = await scanned(citizen)
        await page.locator(".row").first.click()
        await page.locator("input").fill(MINE)
        await page.locator("button[type=submit]").click()
        await expect(page.get_by_role("alert")).to_contain_text("您已有 A001，不用再取")


async def test_a_slot_is_booked_and_cancelled(tmp_path: Path, browser: Browser) -> None:
    async with visiting(tmp_path, browser) as citizen:
        page = await citizen.open("/book", PHONE)
        await page.locator(".row").first.click()
        await page.locator(".day").nth(1).click()
        await expect(page.locator("button[type=submit]")).to_be_disabled()
        await page.locator(".slot").nth(20).click()
        chosen = "社保医保，11月24日 周二 10:00～10:30"
        await expect(page.locator(".picked")).to_have_text(chosen)
        await look(page, "book-chosen")
        await page.locator("button[type=submit]").click()
        await page.wait_for_url("**/t/**")
        await expect(page.locator("h1")).to_have_text("已预约")
        await expect(page.locator(".slot-time")).to_have_text("11月24日 周二，10:00～10:30")
        await expect(page.locator(".qr")).to_be_visible()
        await look(page, "phone-booked")
        await give_back(page)
        await page.locator("#sure .danger").click()
        await expect(page.get_by_text("预约已取消")).to_be_visible()
        await look(page, "phone-booking-cancelled")
        (booked,) = (await citizen.hall.get("/appointments?date=2026-11-24"))["items"]
        assert booked["state"] == "CANCELLED"
        assert citizen.faces.complaints == []


async def test_a_slot_that_fills_meanwhile_is_told(tmp_path: Path, browser: Browser) -> None:
    async with visiting(tmp_path, browser) as citizen:
        page = await citizen.open("/book", PHONE)
        await page.locator(".row").first.click()
        await page.locator(".slot").first.click()
        wish = {"service": "A", "date": "2026-11-23", "start": "09:00"}
        for _ in range(4):
            await citizen.hall.post("/appointments", wish, 201)
        await page.locator("button[type=submit]").click()
        await expect(page.get_by_role("alert")).to_contain_text("这个时段已约满")
        await expect(page.locator(".slot").first).to_be_disabled()
        await expect(page.locator("button[type=submit]")).to_be_disabled()
        await look(page, "book-full")
        await page.get_by_text("English").click()
        await expect(page.locator("h1")).to_have_text("Book a visit")
        await look(page, "book-en")


async def test_the_page_follows_a_booked_ticket_through_its_day(
    tmp_path: Path, browser: Browser
) -> None:
    async with visiting(tmp_path, browser) as citizen:
        hall = citizen.hall
        wish = {"service": "A", "date": "2026-11-23", "start": "09:00"}
        ticket = await hall.post("/appointments", wish, 201)
        page = await page_of(citizen, ticket)
        await expect(page.locator("h1")).to_have_text("已预约")
        hall.time.pass_s(20 * 60)
        await hall.post(f"/tickets/{ticket['id']}/check-in")
        await expect(page.locator(".number .plate")).to_have_attribute("aria-label", "A 零 零 一")
        await hall.post("/counters/1/next")
        await hall.post("/counters/1/start")
        await hall.post("/counters/1/park", {"reason": "documents"})
        await expect(page.get_by_text("您的号先留着")).to_be_visible()
        await expect(page.get_by_text("去取材料")).to_be_visible()
        await look(page, "phone-parked")
        await hall.post(f"/tickets/{ticket['id']}/return", {"cause": "documents"})
        await expect(page.get_by_text("等 1 号窗口叫您")).to_be_visible()
        await look(page, "phone-returned")


async def test_several_services_and_a_transfer_are_told(tmp_path: Path, browser: Browser) -> None:
    async with visiting(tmp_path, browser) as citizen:
        hall = citizen.hall
        ticket = await hall.take("A", further=["B", "D"], clients=4)
        page = await page_of(citizen, ticket)
        await expect(page.get_by_text("办完接着办：民政助残、农业建房")).to_be_visible()
        await expect(page.get_by_text("代办 4 人")).to_be_visible()
        await hall.post("/counters/1/next")
        await hall.post("/counters/1/transfer", {"counter": 3})
        await expect(page.get_by_text("等 3 号窗口叫您")).to_be_visible()
        await expect(page.locator(".lane")).to_have_count(0)
        await look(page, "phone-transferred")


async def missed(hall: ServedHall) -> Any:
    ticket = await hall.take("A")
    await hall.post("/counters/1/next")
    await hall.post("/counters/1/no-show")
    return ticket


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("void", "这个号已经作废"),
        ("within", "过了 3 个号以内，不用重新取号"),
        ("keep", "12:00 以前到窗口或导办台说一声"),
    ],
)
async def test_who_was_missed_reads_what_the_hall_allows(
    tmp_path: Path, browser: Browser, policy: str, words: str
) -> None:
    settings = changed(hall={"missed_call": policy})
    async with visiting(tmp_path, browser, settings=settings) as citizen:
        page = await page_of(citizen, await missed(citizen.hall))
        await expect(page.locator(".say")).to_contain_text(words)
        await look(page, f"phone-missed-{policy}")
        again = await page_of(citizen, await citizen.hall.take("B"))
        await expect(again.locator("#main")).not_to_contain_text("{")


async def test_who_was_put_back_reads_it_and_why_others_went_first(
    tmp_path: Path, browser: Browser
) -> None:
    settings = changed(hall={"missed_call": "requeue"})
    async with visiting(tmp_path, browser, settings=settings) as citizen:
        await citizen.hall.take("A")
        await citizen.hall.take("A")
        ticket = await citizen.hall.take("A")
        page = await page_of(citizen, ticket)
        await citizen.hall.post("/counters/2/next")
        await page.locator(".why summary").click()
        await expect(page.locator(".why")).to_contain_text("叫了1个号，其中1个取号比您早")
        await expect(page.locator(".between")).to_contain_text("取号比您早")
        await citizen.hall.post("/counters/3/next")
        await expect(page.locator(".between li")).to_have_count(2)
        await look(page, "phone-why")
        await citizen.hall.post("/counters/1/next")
        await citizen.hall.post("/counters/1/no-show")
        await expect(page.get_by_text("没有等到，现在又排上了")).to_be_visible()
        await look(page, "phone-back-in-line")


@pytest.mark.parametrize("path", ["/book", "/p"])
async def test_large_letters_on_a_small_phone_cut_nothing_off(
    tmp_path: Path, browser: Browser, path: str
) -> None:
    async with visiting(tmp_path, browser) as citizen:
        code = (await citizen.hall.get("/phone-code"))["code"]
        page = await citizen.open(path if path == "/book" else f"/p/{code}", SMALL)
        await page.locator(".row").first.wait_for()
        await page.evaluate("document.documentElement.classList.add('large')")
        await look(page, f"small{path.replace('/', '-')}")
        await page.locator(".row").first.click()
        await page.locator(".slot, #figures dd").first.wait_for()
        await look(page, f"small{path.replace('/', '-')}-next")
