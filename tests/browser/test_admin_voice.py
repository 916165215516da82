"""The words of the calls on their page: uploaded, heard, removed, brought back, recorded."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.fixtures.faces import DESK, Faces, faults, picture, width_beyond
from tests.fixtures.running import RunningHall
from tests.integration.test_api_voice import wav

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(90)]


async def test_words_are_uploaded_heard_removed_and_brought_back(
    demo: RunningHall, faces: Faces, tmp_path: Path
) -> None:
    files = [tmp_path / f"{word}.wav" for word in ("请", "号", "到")]
    for path in files:
        path.write_bytes(wav())
    page = await faces.open("/admin/voice", DESK)
    await expect(page.locator("#word")).to_have_text("请")
    await expect(page.locator("#count")).to_contain_text("0 / 44")
    await page.locator("#file").set_input_files([str(path) for path in files])
    await expect(page.locator("#count")).to_contain_text("3 / 44")
    await page.locator(".word", has_text="号窗口").click()
    await expect(page.locator("#hear")).to_be_disabled()
    single = tmp_path / "录音 1.wav"
    single.write_bytes(wav())
    async with page.expect_response(lambda answer: "word.wav" in answer.url) as heard:
        await page.locator("#file").set_input_files(str(single))
    assert (await heard.value).ok
    await expect(page.locator("#count")).to_contain_text("4 / 44")
    await picture(page, "page-admin-voice")
    assert await width_beyond(page) == 0
    assert await faults(page) == []
    await page.locator("#remove").click()
    await expect(page.locator("#count")).to_contain_text("3 / 44")
    await page.locator("#undo").click()
    await expect(page.locator("#count")).to_contain_text("4 / 44")
    assert faces.complaints == []
    single.write_bytes(b"no sound")
    await page.locator("#file").set_input_files(str(single))
    await expect(page.locator("#said")).to_contain_text("16 位 WAV")
