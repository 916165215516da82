"""Every page at its size: no complaint, no foreign request, no scrolling sideways, no barrier.

Then what a hall does to pages: a service that dies, a LAN without https, a printer without paper.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from tests.fixtures.faces import (
    BENCH,
    BOARD,
    BOARD_4K,
    BOARD_TALL,
    DESK,
    KIOSK,
    KIOSK_WIDE,
    LAN_NAME,
    PHONE,
    Faces,
    faults,
    picture,
    width_beyond,
)
from tests.fixtures.running import RunningHall

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(90)]


@dataclass(frozen=True)
class Face:
    """A page as it stands in the hall; `ready` is there when its figures are."""

    name: str
    path: str
    viewport: ViewportSize
    ready: str
    touches: tuple[str, ...] = ()
    lang: str = "zh-CN"


FACES = [
    Face("home", "/", DESK, ".way"),
    Face("kiosk", "/kiosk", KIOSK, ".services .row"),
    Face("kiosk-wide", "/kiosk", KIOSK_WIDE, ".services .row"),
    Face("kiosk-english", "/kiosk?lang=en", KIOSK, ".services .row", lang="en"),
    Face("kiosk-elder", "/kiosk", KIOSK, ".huge", (".elder-way",)),
    Face("board", "/board", BOARD, "#hero .plate"),
    Face("board-tall", "/board", BOARD_TALL, "#hero .plate"),
    Face("clerk-choose", "/clerk", DESK, ".counters .plate"),
    Face("clerk-serving", "/clerk/1", DESK, "#present .plate"),
    Face("clerk-called", "/clerk/2", DESK, "#present .plate"),
    Face("clerk-idle", "/clerk/5", DESK, "#line .plate"),
    Face("clerk-help", "/clerk/5", DESK, "dialog[open]", ("[data-key=help]",)),
    Face("manager", "/manager", DESK, "#today svg"),
    Face("manager-reports", "/manager#reports", DESK, "#visits .plate"),
    Face("manager-devices", "/manager#devices", DESK, "#all-devices .lamp"),
    Face("bench", "/bench", BENCH, ".sheet img.slip"),
]


OVER_AN_HOUR = {"/kiosk": "60 分钟以上", "/kiosk?lang=en": "Over 60 min", "/board": "60+"}
NEIGHBOURS = [
    (".row .name strong", ".row .outlook"),
    (".row .name span", ".row .outlook"),
    (".line .block", ".line .count b"),
    (".line .count", ".line .wait"),
    ("#calls .plate", "#calls .window"),
    ("#calls .window", None),
]
# Both as drawn: a text that is cut off ends where its box ends. None: the edge of the screen part.
COVERED = """(neighbours) => neighbours.flatMap(([left, right]) => {
  const rights = right && document.querySelectorAll(right);
  return [...document.querySelectorAll(left)].map((one, at) => {
    if (!one.offsetParent && getComputedStyle(one).position !== 'fixed') return null;
    const range = document.createRange();
    range.selectNodeContents(one);
    const cut = getComputedStyle(one).overflowX === 'hidden';
    const end = (cut ? one : range).getBoundingClientRect().right;
    const limit = right ? rights[at].getBoundingClientRect().left
      : one.closest('ol').getBoundingClientRect().right;
    return end > limit - 4 ? `${left}[${at}] ends at ${end}, ${right} begins at ${limit}` : null;
  }).filter(Boolean);
})"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy(demo: RunningHall) -> AsyncIterator[RunningHall]:
    """People wait for every service; one is served, two are called, one is done."""
    for service, items in (("A", ["RS01"]), ("B", []), ("A", []), ("C", [])):
        await demo.post("/tickets", {"service": service, "items": items})
    for counter in (3, 1, 2):
        await demo.post(f"/counters/{counter}/next")
    await demo.post("/counters/3/start")
    await demo.post("/counters/3/finish")
    await demo.post("/counters/1/start")
    await demo.post("/counters/1/accept", {"item": "RS02"})
    for service in "AABDE":
        await demo.post("/tickets", {"service": service})
    yield demo


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def window(browser: Browser, busy: RunningHall) -> AsyncIterator[tuple[Faces, Page]]:
    """One window that shows one page after the other."""
    faces = Faces(browser, busy.port)
    yield faces, await faces.open("/", DESK)
    await faces.close()


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
async def test_a_page_is_sound(window: tuple[Faces, Page], face: Face) -> None:
    faces, page = window
    await faces.turn(page, face.path, face.viewport)
    for touch in face.touches:
        await page.locator(touch).first.click()
    await page.locator(face.ready).first.wait_for()
    await picture(page, f"page-{face.name}")
    assert await page.locator("html").get_attribute("lang") == face.lang
    assert await page.locator("h1:visible").count() == 1
    assert await width_beyond(page) == 0
    assert await faults(page) == []
    assert faces.complaints == []


async def test_a_ticket_has_a_page_and_a_wrong_one_has_a_sentence(
    busy: RunningHall, faces: Faces
) -> None:
    ticket = (await busy.post("/tickets", {"service": "D"})).body
    phone = await faces.open(f"/t/{ticket['id']}/{ticket['token']}", PHONE)
    await expect(phone.locator("h1 .plate")).to_have_text(ticket["number"])
    await expect(phone.locator(".lane .you")).to_be_visible()
    await picture(phone, "page-phone")
    assert await width_beyond(phone) == 0
    assert await faults(phone) == []
    assert faces.complaints == []
    wrong = await faces.open(f"/t/{ticket['id']}/nonsense", PHONE)
    await expect(wrong.locator("h1")).to_be_visible()
    await picture(wrong, "page-phone-unknown")
    assert await faults(wrong) == []


async def test_a_4k_board_is_the_same_picture_twice_as_large(
    busy: RunningHall, faces: Faces
) -> None:
    boxes = []
    for viewport in (BOARD, BOARD_4K):
        board = await faces.open("/board", viewport)
        await board.locator("#waits .line").last.wait_for()
        await board.locator("#hero .plate").wait_for()
        places = [board.locator(part) for part in ("#hero .plate", "#calls", "#waits", "#notice")]
        boxes.append([await place.bounding_box() for place in places])
    await picture(board, "page-board-4k")
    for small, large in zip(*boxes, strict=True):
        assert small and large
        for side in ("x", "y", "width", "height"):
            assert abs(large[side] - 2 * small[side]) <= 2, (small, large)


@pytest.mark.parametrize(
    "face",
    [
        Face("kiosk-many", "/kiosk", KIOSK, ".services .row"),
        Face("kiosk-many-english", "/kiosk?lang=en", KIOSK, ".services .row"),
        Face("kiosk-many-wide", "/kiosk?lang=en", KIOSK_WIDE, ".services .row"),
        Face("board-many", "/board", BOARD, "#calls .plate"),
        Face("board-many-tall", "/board", BOARD_TALL, "#calls .plate"),
    ],
    ids=lambda face: face.name,
)
async def test_large_figures_have_room(window: tuple[Faces, Page], face: Face) -> None:
    """128 people before every service, A1001, counter 108: nothing covers anything."""
    faces, page = window
    await page.route("**/api/v1/services", crowd)
    await page.route("**/api/v1/state", late_in_the_day)
    await faces.turn(page, face.path, face.viewport)
    await page.locator(face.ready).first.wait_for()
    await picture(page, f"page-{face.name}")
    assert await page.evaluate(COVERED, NEIGHBOURS) == []
    await expect(page.locator("body")).to_contain_text(OVER_AN_HOUR[face.path])
    await page.unroute_all(behavior="ignoreErrors")


async def crowd(route: Route) -> None:
    answer = await route.fetch()
    body = await answer.json()
    for service in body["items"]:
        service.update(ahead=128, waiting=128, wait={"low_s": 3000, "high_s": 3300})
    body["items"][-1]["wait"] = {"low_s": 3700, "high_s": 5000}
    await route.fulfill(response=answer, json=body)


async def late_in_the_day(route: Route) -> None:
    answer = await route.fetch()
    body = await answer.json()
    for call, counter in zip(body["calls"], (12, 108, 109, 11, 10) * 2, strict=False):
        call.update(number=f"{call['number'][0]}1{call['number'][1:]}", counter=counter)
    await route.fulfill(response=answer, json=body)


async def test_a_ticket_is_taken_over_plain_http_in_the_lan(
    busy: RunningHall, faces: Faces
) -> None:
    """A hall's network has no certificates: what browsers keep for https is not there."""
    kiosk = await faces.open("/kiosk", KIOSK, host=LAN_NAME)
    absent: list[bool] = await kiosk.evaluate(
        "[isSecureContext, Boolean(crypto.randomUUID), Boolean(navigator.clipboard)]"
    )
    assert absent == [False, False, False]
    await kiosk.get_by_role("button", name="民政助残").click()
    await kiosk.locator("button.take").click()
    await expect(kiosk.locator(".ticket .plate")).to_have_text(re.compile(r"B\d{3}"))
    await expect(kiosk.locator(".slip.ready")).to_be_visible(timeout=15_000)
    clerk = await faces.open("/clerk/4", DESK, host=LAN_NAME)
    await clerk.locator("[data-key=next].filled").click()
    await expect(clerk.locator("#present .plate")).to_be_visible()
    assert faces.complaints == []


async def test_no_paper_leaves_the_number(busy: RunningHall, faces: Faces) -> None:
    await busy.post("/sim/printers/kiosk/fault", {"paper": "out"})
    try:
        kiosk = await faces.open("/kiosk", KIOSK)
        await kiosk.get_by_role("button", name="卫健服务").click()
        await kiosk.locator("button.take").click()
        number = await kiosk.locator(".ticket .plate").inner_text()
        assert re.match(r"C\s*\d{3}$", number)
        slip = kiosk.locator(".slip.failed")
        await expect(slip).to_contain_text("小票打不出来，号已经取好", timeout=13_000)
        await expect(slip).to_contain_text(re.sub(r"\s", "", number))
        await picture(kiosk, "page-kiosk-no-paper")
        assert await faults(kiosk) == []
    finally:
        await busy.post("/sim/printers/kiosk/fault", {"paper": "ok"})


async def press_while_the_service_is_dead(hall: RunningHall, counter: int) -> None:
    """Press NEXT on a keypad: the unit is not killed with the service and keeps the press."""
    control = json.loads((hall.data / "sim" / "ports.json").read_text())["control"]
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{control}/keypads/{counter}/press", json={"key": "NEXT"}) as answer,
    ):
        assert answer.status == 202


async def test_pages_outlive_the_service(busy: RunningHall, faces: Faces) -> None:
    """kill -9, then what happens meanwhile is seen without loading any page again."""
    board = await faces.open("/board", BOARD)
    clerk = await faces.open("/clerk/5", DESK)
    kiosk = await faces.open("/kiosk", KIOSK)
    manager = await faces.open("/manager", DESK)
    pages = (board, clerk, kiosk, manager)
    await clerk.locator("[data-key=next].filled").wait_for()
    await kiosk.locator(".services .row").first.wait_for()
    await manager.locator("#tiles > div").first.wait_for()
    for page in pages:
        await page.evaluate("window.never_loaded_again = true")

    await busy.kill()
    await see_that_it_is_lost(board, clerk, kiosk, manager)
    await press_while_the_service_is_dead(busy, 5)
    await busy.start()

    await expect(clerk.locator("#present .plate")).to_be_visible(timeout=20_000)
    number = "".join((await clerk.locator("#present .plate").inner_text()).split())
    await expect(clerk.locator("#bar-lost")).to_be_hidden()
    await expect(board.locator("#lost")).to_be_hidden(timeout=15_000)
    await expect(board.locator("#hero .plate")).to_have_text(number, timeout=15_000)
    await expect(board.locator("#hero .window b")).to_have_text("5")
    await expect(kiosk.locator(".services .row")).to_have_count(5, timeout=15_000)
    await expect(manager.locator("#bar-lost")).to_be_hidden(timeout=15_000)
    await expect(manager.locator("#counters")).to_contain_text(number)
    kept = await asyncio.gather(*(page.evaluate("window.never_loaded_again") for page in pages))
    assert kept == [True] * 4


async def see_that_it_is_lost(board: Page, clerk: Page, kiosk: Page, manager: Page) -> None:
    await expect(board.locator("#lost")).to_contain_text("正在恢复显示，请留意语音叫号")
    await expect(board.locator("#lost")).to_be_visible()
    await expect(clerk.locator("#bar-lost")).to_be_visible()
    await expect(clerk.locator(".key.filled")).to_have_count(0)
    await expect(manager.locator("#bar-lost")).to_be_visible()
    await expect(kiosk.locator("h1")).to_contain_text("取号机暂时不能用", timeout=15_000)
    for name, page in (("board", board), ("clerk", clerk), ("kiosk", kiosk), ("manager", manager)):
        await picture(page, f"page-{name}-lost")
        # The last known state is dimmed on purpose while its keys are off.
        assert await faults(page, "color-contrast") == []
