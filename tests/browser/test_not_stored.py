"""What people see while the hall cannot store: clerk, manager, and a citizen at the kiosk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from controller.domain.commands import RecordDeliveryRefused
from tests.fixtures.faces import DESK, KIOSK, Faces, faults, picture
from tests.fixtures.served import ServedHall, served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]

SENTENCE = "请检查磁盘空间和数据库"


def fail(name: str) -> None:
    raise OSError("disk full")


@pytest_asyncio.fixture(loop_scope="session")
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


@pytest_asyncio.fixture(loop_scope="session")
async def pages(hall: ServedHall, browser: Browser) -> AsyncIterator[Faces]:
    """Chromium itself complains of each 503, and of nothing else."""
    assert hall.client.port is not None
    faces = Faces(browser, hall.client.port)
    yield faces
    await faces.close()
    assert [said for said in faces.complaints if "503" not in said] == []


async def test_clerk_and_manager_read_why_nothing_is_stored(
    hall: ServedHall, pages: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hall.take()
    clerk, manager = await pages.open("/clerk/1", DESK), await pages.open("/manager", DESK)
    await expect(clerk.locator('[data-key="next"]')).to_have_class("key next filled")
    await expect(manager.locator("#to-do")).not_to_contain_text("存")
    for page in (clerk, manager):
        await expect(page.locator("#bar-health")).to_be_hidden()
    with monkeypatch.context() as broken:
        broken.setattr(hall.hall.ledger, "_stop", fail)
        await clerk.keyboard.press("NumpadEnter")
        await expect(clerk.locator("#bar-health")).to_contain_text(SENTENCE, timeout=20_000)
        await expect(clerk.locator("#bar-health")).to_have_class("bar lost")
        await expect(clerk.locator("#bar-warn")).to_contain_text("先看号的状态")
        await manager.reload()
        await expect(manager.locator("#bar-health")).to_contain_text(SENTENCE)
        await expect(manager.locator("#to-do .lamp.over")).to_have_count(1)
        await expect(manager.locator("#to-do")).to_contain_text(SENTENCE)
        for page, name in ((clerk, "clerk-not-stored"), (manager, "manager-not-stored")):
            await picture(page, name)
            assert await faults(page) == [], name
    await clerk.keyboard.press("NumpadEnter")
    await expect(clerk.locator("#present .plate")).to_be_visible()
    await expect(clerk.locator("#bar-health")).to_be_hidden()
    await expect(manager.locator("#bar-health")).to_be_hidden()


async def test_the_manager_reads_what_starts_again_and_why_the_platform_waits(
    hall: ServedHall, pages: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise ValueError("a defect")

    monkeypatch.setattr(hall.hall.supervisor, "_pause_s", lambda failures: 60.0)
    hall.hall.supervisor.add("printing kiosk", broken)
    hall.hall.supervisor.start()
    await hall.take()
    refusal = RecordDeliveryRefused(3, "visits", "v1", 422, "no such hall")
    await hall.hall.writer.execute(refusal, actor="system:delivering")
    manager = await pages.open("/manager", DESK)
    await expect(manager.locator("#bar-health")).to_contain_text("小票打印（kiosk）出了错")
    await expect(manager.locator("#bar-health")).to_have_class("bar warn")
    to_do = manager.locator("#to-do")
    await expect(to_do).to_contain_text("单窗平台：连不上")
    await expect(to_do).to_contain_text("还有 1 条等待送出")
    await expect(to_do).to_contain_text("平台拒收 1 份")
    await expect(manager.locator("#lamps")).to_contain_text("连不上，待送 1")
    await picture(manager, "manager-troubles")
    assert await faults(manager) == []


async def test_a_citizen_is_told_the_truth_and_gets_one_ticket(
    hall: ServedHall, pages: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = await pages.open("/kiosk", KIOSK)
    await kiosk.locator("[data-line=A]").first.click()
    with monkeypatch.context() as broken:
        broken.setattr(hall.hall.ledger, "_stop", fail)
        await kiosk.locator(".take").click()
        await expect(kiosk.locator("h1")).to_have_text("号可能没有取成", timeout=20_000)
        await picture(kiosk, "kiosk-not-stored")
        assert await faults(kiosk) == []
    await kiosk.get_by_role("button", name="再试一次").click()
    await expect(kiosk.locator("#stage .plate").first).to_be_visible()
    assert [row["number"] for row in (await hall.get("/tickets"))["items"]] == ["A001"]
