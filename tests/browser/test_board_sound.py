"""A board's page as the one source of an area's sound: it is heard, and tells so."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.fixtures.faces import BOARD, Faces
from tests.fixtures.running import ROOT, RunningHall, eventually, running_hall

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(90)]


async def speaker(hall: RunningHall) -> str:
    rows = (await hall.get("/devices")).body["items"]
    return next(str(row["state"]) for row in rows if row["id"] == "speaker:hall")


async def test_a_call_waits_for_the_page_that_speaks(browser: Browser, tmp_path: Path) -> None:
    text = (ROOT / "config" / "demo.toml").read_text("utf-8")
    config = tmp_path / "hall.toml"
    config.write_text(
        text.replace('output = "sim://speaker"', 'output = "board"\nboard = "hall"'), "utf-8"
    )
    async with running_hall(tmp_path / "data", "--config", str(config)) as hall:
        faces = Faces(browser, hall.port)
        other = await faces.open("/board?area=hall", BOARD)
        assert await other.locator("#sound").is_hidden()
        board = await faces.open("/board?board=hall", BOARD)
        await hall.post("/tickets", {"service": "A"})
        await hall.post("/sim/keypads/1/press", {"key": "NEXT"})

        async def lost() -> bool:
            return await speaker(hall) == "lost"

        await eventually(lost, timeout_s=20)
        async with board.expect_response(lambda answer: answer.url.endswith(".wav")) as sound:
            await board.locator("#sound").click()
        assert (await sound.value).ok

        async def ended() -> Any:
            return await speaker(hall) == "ok"

        await eventually(ended, timeout_s=20)
        twin = await faces.open("/board?board=hall", BOARD)
        await twin.evaluate("sessionStorage.clear()")
        await twin.reload()
        await twin.locator("#sound").click()
        await twin.locator("#sound", has_text="别处").wait_for(timeout=10_000)
        await faces.close()
