"""What a lead sees and decides on the manager's page, in Chromium."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from config.settings import Settings, load
from tests.fixtures.core import FakeTime
from tests.fixtures.faces import (
    DESK,
    KIOSK,
    LAN_NAME,
    SCREENS,
    Faces,
    faults,
    picture,
    width_beyond,
)
from tests.fixtures.served import DEMO, ServedHall, served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]


def settings() -> Settings:
    """The demo with a quota on B and a warning count on D."""
    demo = load(DEMO)
    own: dict[str, dict[str, Any]] = {"B": {"daily_quota": 3}, "D": {"warn_waiting": 2}}
    services = tuple(one.model_copy(update=own.get(one.code, {})) for one in demo.services)
    return demo.model_copy(update={"services": services})


@asynccontextmanager
async def led(
    folder: Path, browser: Browser, time: FakeTime | None = None
) -> AsyncIterator[tuple[ServedHall, Faces]]:
    """A hall and a browser in its LAN; a page that complains fails the test."""
    async with served(folder, settings=settings(), time=time) as hall:
        assert hall.client.port is not None
        faces = Faces(browser, hall.client.port)
        try:
            yield hall, faces
        finally:
            await faces.close()
    # A refusal that the page shows is also a failed load to the browser's console.
    assert [said for said in faces.complaints if "status of 422" not in said] == []


async def manager(faces: Faces, view: str = "now") -> Page:
    page = await faces.open(f"/manager#{view}", DESK, host=LAN_NAME)
    await page.locator("#tiles > div").first.wait_for(state="attached")
    return page


async def look(page: Page, name: str) -> None:
    """Keep a picture; hold the page against the accessibility rules and its width."""
    await picture(page, name)
    assert await faults(page) == [], name
    assert await width_beyond(page) == 0, name


async def leave_waiting(folder: Path, count: int) -> FakeTime:
    """Some people wait when the hall loses its power."""
    async with served(folder, settings=settings()) as hall:
        for _ in range(count):
            await hall.take("A")
        return hall.time


async def test_an_outage_is_answered_and_cards_are_entered(
    tmp_path: Path, browser: Browser
) -> None:
    time = await leave_waiting(tmp_path, 3)
    time.pass_s(25 * 60)
    async with led(tmp_path, browser, time) as (hall, faces):
        page = await manager(faces)
        await expect(page.locator("#question h2")).to_contain_text("停机 25 分钟")
        await expect(page.locator("#question h2")).to_contain_text("3 人在等")
        await expect(page.locator("#question .left")).to_have_text(
            re.compile("^(2:00|1:5[0-9]) 后自动保留")
        )
        await look(page, "manager-outage")
        await page.locator("[data-choice=void]").click()
        await expect(page.locator("dialog[open]")).to_contain_text("3 张号作废")
        await page.keyboard.press("Escape")
        await page.locator("[data-choice=cards]").click()
        await page.locator("dialog[open] select").select_option("B")
        await page.locator("dialog[open] input[name=first]").fill("5")
        await page.locator("dialog[open] input[name=last]").fill("6")
        await page.get_by_text("录入", exact=True).click()
        await expect(page.locator(".told")).to_have_text("已录入 2 张")
        await look(page, "manager-cards")
        await expect(page.locator("#question")).to_be_hidden()
        queues = await hall.get("/queues")
        assert queues["question"] is None
        assert [one["waiting"] for one in queues["items"][:2]] == [3, 2]


async def test_a_queue_is_voided_only_after_a_second_question(
    tmp_path: Path, browser: Browser
) -> None:
    time = await leave_waiting(tmp_path, 1)
    time.pass_s(20 * 60)
    async with led(tmp_path, browser, time) as (hall, faces):
        page = await manager(faces)
        await page.locator("[data-choice=void]").click()
        await page.locator("dialog[open] select").select_option("network")
        await look(page, "manager-void")
        await page.locator("dialog[open] .danger").click()
        await expect(page.locator("#question")).to_be_hidden()
        assert (await hall.get("/overview"))["waiting"] == 0
        kiosk = await faces.open("/kiosk", KIOSK)
        await expect(kiosk.locator("body")).to_contain_text("断网前取的号已作废")
        await picture(kiosk, "kiosk-void")


async def test_an_outage_question_without_an_answer_is_over_by_itself(
    tmp_path: Path, browser: Browser
) -> None:
    time = await leave_waiting(tmp_path, 1)
    time.pass_s(20 * 60)
    async with led(tmp_path, browser, time) as (hall, faces):
        page = await manager(faces)
        await expect(page.locator("#question")).to_be_visible()
        hall.time.pass_s(121)
        await expect(page.locator("#question")).to_be_hidden(timeout=20_000)
        assert (await hall.get("/overview"))["waiting"] == 1


async def test_the_true_time_is_asked_for_over_the_whole_page(
    tmp_path: Path, browser: Browser
) -> None:
    time = await leave_waiting(tmp_path, 1)
    time.pass_s(-30 * 3600)
    async with led(tmp_path, browser, time) as (hall, faces):
        page = await manager(faces)
        box = await page.locator("#question").bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (DESK["width"], DESK["height"])
        await expect(page.locator("#question")).to_contain_text("Asia/Shanghai")
        await look(page, "manager-clock")
        field = page.locator("#question input")
        await field.fill("2036-11-24T09:00:00")
        await page.locator("#question button").click()
        await expect(page.locator("#question .wrong")).to_contain_text("这个时间离上次记录太远")
        await field.fill("2026-11-24T09:00:00")
        await page.locator("#question button").click()
        await expect(page.locator("#question")).to_be_hidden()
        state = await hall.get("/state")
        assert (state["date"], state["at"][:19]) == ("2026-11-24", "2026-11-24T09:00:00")


async def test_issuing_is_stopped_and_resumed_for_the_hall_and_for_a_service(
    tmp_path: Path, browser: Browser
) -> None:
    async with led(tmp_path, browser) as (hall, faces):
        page = await manager(faces, "queue")
        await page.locator("[data-stop=C]").click()
        box = page.locator("dialog[open]")
        await expect(box.locator("select[name=scope]")).to_have_value("C")
        await box.locator("input[value=today]").check()
        await box.locator("select[name=sentence]").select_option("full")
        await look(page, "manager-stop")
        await box.locator(".danger").click()
        row = page.locator("#queue-services tr").nth(2)
        await expect(row).to_contain_text("今天不再取号，人满")
        await page.locator("#stop").click()
        await page.locator("dialog[open] select[name=sentence]").select_option("power")
        await page.locator("dialog[open] .danger").click()
        await expect(page.locator("#bar-stop")).to_contain_text("停电了，暂停取号")
        assert (await hall.get("/state"))["stop"] == {"kind": "emergency", "sentence": "power"}
        await look(page, "manager-stopped")
        await page.locator("#resume").click()
        await expect(page.locator("#bar-stop")).to_be_hidden()
        await page.locator("[data-resume=C]").click()
        await expect(row).to_contain_text("正常")
        assert all((await hall.get("/state"))["open"].values())


async def test_the_queue_tells_who_waits_where(tmp_path: Path, browser: Browser) -> None:
    async with led(tmp_path, browser) as (hall, faces):
        await hall.take("A")
        await hall.take("B")
        await hall.take("D", clients=5)
        await hall.take("E")
        await hall.post("/counters/1/next")
        await hall.post("/counters/1/park", {"reason": "payment"})
        await hall.post("/counters/2/next")
        await hall.post("/counters/2/transfer", {"counter": 3})
        page = await manager(faces, "queue")
        rows = page.locator("#queue-services tr")
        await expect(rows.nth(1)).to_contain_text("2")  # left of B's quota
        await expect(rows.nth(3)).to_contain_text("5 人")
        await expect(rows.nth(3)).to_contain_text("人多")
        await expect(rows.nth(4).locator(".plate")).to_have_attribute("aria-label", "E 零 零 一")
        await expect(page.locator("#parked")).to_contain_text("1 号窗口，去缴费")
        await expect(page.locator("#targeted .plate")).to_have_attribute("aria-label", "B 零 零 一")
        await expect(page.locator("#missed")).to_contain_text("今天没有过号的")
        await look(page, "manager-queue")


async def test_staff_pauses_and_posts_are_seen_and_a_post_is_changed(
    tmp_path: Path, browser: Browser
) -> None:
    async with led(tmp_path, browser) as (hall, faces):
        for counter, clerk in ((1, "1001"), (3, "1003")):
            await hall.post(f"/counters/{counter}/sign-in", {"clerk": clerk})
        await hall.post("/counters/3/pause", {"reason": "meal", "minutes": 10})
        hall.time.pass_s(15 * 60)
        page = await manager(faces, "staff")
        row = page.locator("[data-counter='3']")
        await expect(row).to_contain_text("张敏")
        await expect(row).to_contain_text("用餐")
        await expect(row.locator(".lamp.due")).to_contain_text("8:40，过了 5 分")
        await expect(page.locator("#staff-away")).to_contain_text("李强")
        await look(page, "manager-staff")
        post = page.locator("[data-post=general]")
        await post.locator("select").nth(0).select_option("1004")
        await post.locator("button").click()
        await expect(post.locator("button")).to_have_text("已保存")
        assert (await hall.get("/posts"))["items"][0]["a"] == "1004"
        await post.locator("select").nth(0).select_option("1002")
        await post.locator("button").click()
        await expect(post.locator(".wrong")).to_contain_text("不能是同一人")
        await page.locator("#tabs a").first.click()
        await expect(page.locator("#to-do")).to_contain_text("3 号窗口该回来了")
        await expect(page.locator("#counters tr").nth(2)).to_contain_text("暂停")


async def test_the_reports_of_the_queue_count_calls_work_pauses_and_referrals(
    tmp_path: Path, browser: Browser
) -> None:
    async with led(tmp_path, browser) as (hall, faces):
        await hall.post("/counters/1/sign-in", {"clerk": "1001"})
        await hall.take("A")
        hall.time.pass_s(60)
        await hall.take("A", priority="elder")
        await hall.serve(1, 300)
        await hall.post("/counters/1/next")
        await hall.post("/counters/1/start")
        await hall.post("/counters/1/transfer", {"service": "B", "reason": "wrong_service"})
        await hall.post("/counters/2/direct", {"service": "C"}, 409)
        await hall.serve(2, 120)
        await hall.post("/counters/2/direct", {"service": "C"})
        await hall.post("/counters/1/pause", {"reason": "meeting", "minutes": 10})
        hall.time.pass_s(300)
        page = await manager(faces, "reports")
        await expect(page.locator("#fair-lead")).to_contain_text("1 次是晚来先叫")
        await expect(page.locator("#fair-rules")).to_contain_text("优先照顾")
        await expect(page.locator("#work tr").first).to_contain_text("王芳")
        await expect(page.locator("#pauses")).to_contain_text("开会")
        await expect(page.locator("#referrals tr")).to_contain_text("取错了业务")
        await expect(page.locator("#figures")).to_contain_text("其中直接接待的")
        await expect(page.locator("#order-charts svg")).to_have_count(2)
        await look(page, "manager-order")
        await page.pdf(path=SCREENS / "manager-order.pdf", prefer_css_page_size=True)
