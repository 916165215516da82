"""What citizens touch and see, in Chromium: kiosk, board, phone. Devices are not in it.

The pages are opened at a LAN name over plain http, as in a hall: 127.0.0.1 would count as
secure and hide what browsers withhold there (crypto.randomUUID and more).
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from config.settings import Settings
from tests.fixtures.faces import BOARD, KIOSK, LAN_NAME, PHONE, Faces, faults, picture
from tests.fixtures.faces import KIOSK_WIDE as WIDE
from tests.fixtures.served import ServedHall, served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]

# What a citizen would see cut off: text wider or higher than its box, or outside the screen.
CUT_OFF = """() => [...document.querySelectorAll('h1, h2, strong, small, p, dd, dt, b, .btn, .row')]
  .filter(e => e.offsetParent && !e.closest('[hidden], .sr')).filter(e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const out = box.right > innerWidth + 1 || box.left < -1;
    const own = style.display !== 'inline' && style.overflowX !== 'hidden';
    return out || (own && e.scrollWidth > e.clientWidth + 2);
  }).map(e => e.outerHTML.slice(0, 120))"""


class Citizen:
    """A hall and a browser in its LAN."""

    def __init__(self, hall: ServedHall, faces: Faces) -> None:
        self.hall = hall
        self.faces = faces

    async def open(self, path: str, viewport: ViewportSize) -> Page:
        return await self.faces.open(path, viewport, host=LAN_NAME)


@asynccontextmanager
async def visiting(
    folder: Path, browser: Browser, *, settings: Settings | None = None
) -> AsyncIterator[Citizen]:
    async with served(folder, settings=settings) as hall:
        port = hall.client.port
        assert port is not None
        citizen = Citizen(hall, Faces(browser, port))
        try:
            yield citizen
        finally:
            await citizen.faces.close()


@pytest_asyncio.fixture(loop_scope="session")
async def citizen(tmp_path: Path, browser: Browser) -> AsyncIterator[Citizen]:
    """A page that complains fails the test."""
    async with visiting(tmp_path, browser) as citizen:
        yield citizen
        assert citizen.faces.complaints == []


async def look(page: Page, name: str) -> None:
    """Keep a picture; hold the page against the accessibility rules and cut-off text."""
    await picture(page, name)
    assert await faults(page) == [], name
    assert await page.evaluate(CUT_OFF) == [], name


async def test_a_finger_may_be_quicker_than_the_items(citizen: Citizen) -> None:
    kiosk = await citizen.open("/kiosk", KIOSK)
    touched = asyncio.Event()

    async def late(route: Route) -> None:
        await touched.wait()
        await route.continue_()

    await kiosk.route("**/api/v1/items?*", late)
    await kiosk.reload()
    await kiosk.locator(".row").nth(0).click()
    await expect(kiosk.locator(".take")).to_be_visible()
    await expect(kiosk.locator(".btn.choose")).to_have_count(0)
    touched.set()
    await kiosk.locator(".btn.choose").click()
    await kiosk.get_by_text("养老待遇资格认证").click()
    await expect(kiosk.locator(".confirm .chosen strong")).to_have_text("养老待遇资格认证")
    await expect(kiosk.locator(".btn.choose")).to_have_count(1)


async def test_a_ticket_is_taken_by_touch_and_rated_on_the_phone(citizen: Citizen) -> None:
    kiosk = await citizen.open("/kiosk", KIOSK)
    await kiosk.locator(".row").nth(0).click()
    await kiosk.locator(".btn.choose").click()
    await kiosk.get_by_text("养老待遇资格认证").click()
    await kiosk.locator(".btn.priority").click()
    await kiosk.get_by_text("孕妇").click()
    await kiosk.locator(".take").click()
    await expect(kiosk.locator(".ticket .plate")).to_have_attribute("aria-label", "A 零 零 一")
    code = await kiosk.locator(".qr").get_attribute("src")
    assert code is not None
    ticket = (await citizen.hall.get("/tickets"))["items"][0]
    assert (ticket["items"], ticket["priority"]) == (["RS03"], "pregnant")
    board = await citizen.open("/board", BOARD)
    phone = await citizen.open(code.removesuffix("/qr.svg"), PHONE)
    await expect(phone.locator("#bar")).to_contain_text("快到您了")
    await look(phone, "phone-waiting")
    await citizen.hall.post("/counters/3/next")
    await expect(phone.locator(".window")).to_have_text("3")
    await look(phone, "phone-called")
    await expect(board.locator("#hero .plate")).to_have_attribute("aria-label", "A 零 零 一")
    await expect(board.locator("#hero .window b")).to_have_text("3")
    await look(board, "board-called")
    await citizen.hall.post("/counters/3/start")
    await expect(phone.get_by_text("正在给您办理")).to_be_visible()
    await citizen.hall.post("/counters/3/finish")
    await phone.get_by_role("radio", name="非常满意", exact=True).check()
    await look(phone, "phone-rating")
    await phone.get_by_text("提交评价").click()
    await expect(phone.get_by_text("谢谢您的评价")).to_be_visible()
    assert (await citizen.hall.get(f"/tickets/{ticket['id']}"))["rating"] == 5


@pytest.mark.parametrize("size", [KIOSK, WIDE], ids=["portrait", "landscape"])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_screen_of_the_kiosk_can_be_read(
    citizen: Citizen, size: ViewportSize, lang: str
) -> None:
    for service in "AABDE":
        await citizen.hall.take(service)
    kiosk = await citizen.open("/kiosk", size)
    shape = f"{lang}-{size['width']}"
    await expect(kiosk.locator(".row")).to_have_count(5)
    if lang == "en":
        await kiosk.get_by_text("English").click()
        await expect(kiosk.locator("html")).to_have_attribute("lang", "en")
    steps = (
        ("home", ".row >> nth=1"),
        ("confirm", ".btn.priority"),
        ("groups", ".group >> nth=0"),
        ("confirm-priority", ".btn.choose"),
        ("items", ".row.item >> nth=0"),
        ("confirm-item", ".take"),
        ("done", ".foot .btn >> nth=0"),
        ("", ".find-way"),
        ("find", ".foot .btn"),
        ("", ".elder-way"),
        ("elder", ".huge >> nth=1"),
        ("elder-services", ".huge >> nth=0"),
        ("elder-age", ".huge >> nth=0"),
    )
    for name, touch in steps:
        await kiosk.locator(touch).first.wait_for()
        if name:
            await look(kiosk, f"kiosk-{name}-{shape}")
        await kiosk.click(touch)
    await kiosk.locator(".done.big").wait_for()
    await look(kiosk, f"kiosk-elder-done-{shape}")


async def test_an_item_is_found_by_the_first_letters_of_its_pinyin(citizen: Citizen) -> None:
    kiosk = await citizen.open("/kiosk", KIOSK)
    await kiosk.locator(".find-way").click()
    for letter in "GLBT":
        await kiosk.locator(f".key:text-is('{letter}')").click()
    await expect(kiosk.locator(".row.item").first).to_contain_text("高龄老人生活补贴")
    await kiosk.get_by_text("高龄老人生活补贴").click()
    await expect(kiosk.locator(".chosen")).to_contain_text("10 个工作日办好")
    await expect(kiosk.locator(".what h2")).to_have_text("民政助残")


async def test_high_contrast_can_be_read_and_ends_with_the_person(citizen: Citizen) -> None:
    kiosk = await citizen.open("/kiosk", KIOSK)
    await kiosk.get_by_text("黑底大对比").click()
    for name, touch in (("home", ".row >> nth=0"), ("confirm", ".take"), ("done", ".foot .btn")):
        await kiosk.locator(touch).first.wait_for()
        await look(kiosk, f"kiosk-contrast-{name}")
        await kiosk.locator(touch).first.click()
    await expect(kiosk.locator("body")).to_have_class(re.compile("contrast"))


async def test_the_board_says_that_it_has_lost_the_hall_and_finds_it_again(
    tmp_path: Path, browser: Browser
) -> None:
    async with visiting(tmp_path, browser) as citizen:
        board = await citizen.open("/board", BOARD)
        await expect(board.locator(".line")).to_have_count(5)
        await board.context.set_offline(True)
        await citizen.hall.take("B")
        await citizen.hall.post("/counters/2/next")
        await expect(board.locator("#lost")).to_be_visible(timeout=40000)
        await look(board, "board-lost")
        await board.context.set_offline(False)
        await expect(board.locator("#lost")).to_be_hidden(timeout=20000)
        await expect(board.locator("#hero .plate")).to_have_attribute("aria-label", "B 零 零 一")
