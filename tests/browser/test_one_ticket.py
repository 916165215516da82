"""One ticket through the whole hall by touching pages only: kiosk, bench, clerk.

Everything is read where a person would read it. Each step leaves a picture in build/screens/.
"""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.fixtures.faces import (
    BENCH,
    BOARD,
    DESK,
    KIOSK,
    PHONE,
    Faces,
    faults,
    picture,
    size,
)
from tests.fixtures.running import RunningHall

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(150)]

WIDE_BENCH = size(1920, 1080)
COUNTER = '[data-counter="2"]'
SPOKEN = "请A 零 零 一号，到二号窗口"
URL = re.compile(r"^(http://127\.0\.0\.1:\d+)(/t/[^/]+/[^/]+)$")


async def test_a_ticket_goes_through_the_hall_by_touch(demo: RunningHall, faces: Faces) -> None:
    board = await faces.open("/board", BOARD)
    bench = await faces.open("/bench", BENCH)
    clerk = await faces.open("/clerk/2", DESK)
    manager = await faces.open("/manager", DESK)
    await see_an_empty_hall(board, bench, clerk, manager)

    code = await take_a_ticket(await faces.open("/kiosk", KIOSK))
    address = await see_the_paper(bench)
    assert URL.match(address), "the slip's code is the address of the ticket's page"
    assert code == address, "the kiosk's screen shows the same code"
    phone = await faces.open(address.removeprefix(demo.base), PHONE)
    await see_the_place_in_line(phone, clerk, manager)

    await call_by_the_keypad(bench)
    await see_the_call(bench, board, phone)
    await serve_by_keys(clerk, phone)
    await rate_at_the_box(bench, phone)
    await see_the_platform(bench)
    await see_the_figures(manager, clerk)
    assert faces.complaints == []


def read_code(path: Path) -> str:
    """Read the one QR code of a picture as a phone would."""
    done = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(path)],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    return done.stdout.strip()


async def see_an_empty_hall(board: Page, bench: Page, clerk: Page, manager: Page) -> None:
    await expect(board.locator("#waits .line")).to_have_count(5)
    await expect(bench.locator("section[data-counter]")).to_have_count(5)
    await expect(clerk.locator("#line")).to_contain_text("没有人等")
    await expect(manager.locator("#tiles > div")).to_have_count(6)
    await picture(board, "01-board-empty")
    await picture(bench, "02-bench-empty")
    await picture(clerk, "03-clerk-empty")
    await expect(manager.locator("#today svg")).to_contain_text("8:30")
    await picture(manager, "04-manager-empty")


async def take_a_ticket(kiosk: Page) -> str:
    """Kiosk: service, item, ticket, slip; return the text of the code on the screen."""
    await expect(kiosk.locator(".services .row")).to_have_count(5)
    await picture(kiosk, "05-kiosk-home")
    await kiosk.get_by_role("button", name="社保医保").click()
    await expect(kiosk.get_by_role("heading", name="您要办这个，对吗？")).to_be_visible()
    await picture(kiosk, "06-kiosk-confirm")
    await kiosk.get_by_role("button", name="先看要带什么").click()
    await picture(kiosk, "07-kiosk-items")
    await kiosk.get_by_role("button", name="养老待遇资格认证").click()
    await expect(kiosk.locator(".chosen")).to_contain_text("养老待遇资格认证")
    await picture(kiosk, "08-kiosk-confirm-item")
    await kiosk.locator("button.take").click()
    await expect(kiosk.get_by_role("heading", name="取好号了")).to_be_visible()
    await expect(kiosk.locator(".ticket .plate")).to_have_text("A001")
    # Told by the stream when the printer has confirmed the cut.
    await expect(kiosk.locator(".slip.ready")).to_contain_text("请拿走下面的小票")
    await expect(kiosk.locator("img.qr")).to_have_js_property("complete", True)
    return read_code(await picture(kiosk, "09-kiosk-done"))


async def see_the_paper(bench: Page) -> str:
    """Bench: the slip; return the text of its code, which must stand on the paper, too."""
    paper = bench.locator(".sheet img.slip")
    await expect(paper).to_have_attribute("alt", re.compile("A001"))
    for words in ("云溪镇政务服务中心", "社保医保", "过号作废，请重新取号"):
        await expect(paper).to_have_attribute("alt", re.compile(words))
    await expect(paper).not_to_have_attribute("alt", re.compile("养老"))
    address = await bench.locator(".wire .qr a").inner_text()
    await bench.wait_for_timeout(800)  # the paper slides out at 150 mm/s
    assert read_code(await picture(bench, "10-bench-paper")) == address
    return address


async def see_the_place_in_line(phone: Page, clerk: Page, manager: Page) -> None:
    await expect(phone.locator("h1 .plate")).to_have_text("A001")
    await expect(phone.locator("#bar")).to_contain_text("快到您了")
    await picture(phone, "11-phone-waiting")
    await expect(clerk.locator("#line .plate")).to_have_text("A001")
    await expect(manager.locator("#tiles")).to_contain_text(re.compile(r"正在等候\s*1"))
    await picture(clerk, "12-clerk-one-waits")


async def call_by_the_keypad(bench: Page) -> None:
    await expect(bench.locator(f"{COUNTER} canvas")).to_have_attribute("data-text", "热情为您服务")
    await bench.locator(COUNTER).get_by_role("button", name="下一位").click()


async def see_the_call(bench: Page, board: Page, phone: Page) -> None:
    await expect(bench.locator(f"{COUNTER} canvas")).to_have_attribute("data-text", "请A001号")
    await expect(board.locator("#hero .plate")).to_have_text("A001")
    await expect(board.locator("#hero .window")).to_have_text("2号窗口")
    await picture(board, "13-board-called")
    said = bench.locator("#speaker [data-text]")
    await expect(said).to_have_attribute("data-text", SPOKEN)
    await expect(bench.locator("#speaker .lamp")).to_contain_text("正在播")
    await picture(bench, "14-bench-called")
    async with bench.expect_response(re.compile(r"/speaker/[^/]+\.wav$")) as sound:
        await bench.get_by_role("button", name=f"播放 {SPOKEN}").click()
    assert (await sound.value).ok
    await expect(phone.locator(".window")).to_have_text("2")
    await picture(phone, "15-phone-called")
    for counter in (1, 3, 4, 5):
        other = bench.locator(f'[data-counter="{counter}"] canvas')
        await expect(other).to_have_attribute("data-text", "热情为您服务")


async def serve_by_keys(clerk: Page, phone: Page) -> None:
    """Clerk: the citizen's item is proposed; start, accept and finish by one key each."""
    present = clerk.locator("#present")
    await expect(present.locator(".plate")).to_have_text("A001")
    await expect(present).to_contain_text("叫号中")
    await expect(clerk.locator("#case")).to_contain_text("养老待遇资格认证")
    await picture(clerk, "16-clerk-called")
    await clerk.keyboard.press("NumpadDecimal")
    await expect(present).to_contain_text("办理中")
    await expect(phone.get_by_text("正在给您办理")).to_be_visible()
    await clerk.keyboard.press("a")
    await expect(clerk.locator("#case .lamp").first).to_contain_text("已受理")
    await picture(clerk, "17-clerk-accepted")
    await clerk.keyboard.press("Numpad0")
    await expect(clerk.locator("#bar-done")).to_contain_text("A001")
    await expect(clerk.locator("#recent .plate")).to_have_text("A001")
    await picture(clerk, "18-clerk-finished")


async def rate_at_the_box(bench: Page, phone: Page) -> None:
    box = bench.locator(f"{COUNTER} .box.open")
    await expect(box).to_be_visible()
    await expect(bench.locator(".box.open")).to_have_count(1)
    await expect(phone.get_by_role("heading", name="这次办得怎么样？")).to_be_visible()
    await picture(bench, "19-bench-rating-asked")
    await box.get_by_role("button", name="非常满意", exact=True).click()
    await expect(bench.locator(".box.open")).to_have_count(0)
    await expect(phone.get_by_role("heading", name="谢谢您的评价")).to_be_visible()
    await expect(phone.locator("#main")).to_contain_text("非常满意")
    await picture(phone, "20-phone-ended")


async def see_the_platform(bench: Page) -> None:
    await expect(bench.locator("#platform-counts")).to_have_text("接待 1，办件 1")
    rows = bench.locator("#platform tbody tr")
    case = rows.filter(has_text="办件").filter(has_text="A001")
    await expect(case).to_have_count(2)  # accepted, finished
    await expect(case.first).to_contain_text("RS03")
    visit = rows.filter(has_text="接待").filter(has_text="A001")
    await expect(visit.first).to_be_visible()
    await picture(bench, "21-bench-platform")


async def see_the_figures(manager: Page, clerk: Page) -> None:
    tiles = manager.locator("#tiles")
    await expect(tiles).to_contain_text(re.compile(r"平均等候\s*[\d.]+\s*分"))
    await expect(tiles).to_contain_text(re.compile(r"满意\s*1"))
    counter = manager.locator("#counters tr").nth(1)
    await expect(counter.locator("td").first).to_have_text(re.compile("^2"))
    await expect(counter.locator("td").nth(4)).to_have_text("1")
    await expect(counter.locator("td").nth(5)).to_have_text(re.compile(r"\d"))
    drawn = manager.locator("#today svg")
    await expect(drawn).to_have_attribute("aria-label", re.compile("^1 张"), timeout=20_000)
    await picture(manager, "22-manager-now")
    await manager.get_by_role("link", name="报表").click()
    await expect(manager.locator("#visits .plate")).to_have_text("A001")
    await expect(manager.locator("#cases .plate")).to_have_text("A001")
    await expect(manager.locator("#ratings tr").first).to_contain_text("非常满意")
    await expect(manager.locator("#ratings tr").first).to_contain_text("1")
    await picture(manager, "23-manager-report")
    # A clerk does not see who rated what.
    await expect(clerk.locator("body")).not_to_contain_text("满意")


async def test_the_boxes_on_the_counter_are_enough(demo: RunningHall, faces: Faces) -> None:
    """A clerk with a keypad and no screen; then the printer's paper is taken out on the bench."""
    page = await faces.open("/bench", WIDE_BENCH)
    row = page.locator('[data-counter="3"]')
    strip = row.locator("canvas")
    await expect(strip).to_have_attribute("data-text", "热情为您服务")
    issued = await demo.post("/tickets", {"service": "D", "items": ["NY01"]})
    assert issued.status == 201
    await expect(page.locator(".wire .qr")).to_contain_text(issued.body["token"], timeout=20_000)
    await expect(page.locator(".sheet img")).to_have_attribute("alt", re.compile("D001"))
    await row.locator("[data-key=NEXT]").click()
    await expect(strip).to_have_attribute("data-text", "请D001号")
    await expect(page.locator(".wave p")).to_contain_text("D 零 零 一", timeout=20_000)
    await row.locator("[data-key=START]").click()
    await expect(strip).to_have_attribute("data-text", "D001号办理中")
    await row.locator("[data-key=ACCEPT]").click()
    await expect(page.locator("#platform-counts")).to_have_text("接待 2，办件 2")
    await row.locator("[data-key=FINISH]").click()
    await expect(row.locator(".box.open")).to_be_visible()
    await row.locator('[data-grade="1"]').click()
    await expect(row.locator(".box.open")).to_have_count(0)
    await page.locator('[data-fault="paper:out"]').click()
    await expect(page.locator(".lights .red")).to_have_text("缺纸")
    await picture(page, "24-bench-no-paper")
    assert await faults(page) == []
    assert (await demo.get(f"/tickets/{issued.body['id']}")).body["rating"] == 1
    assert faces.complaints == []
