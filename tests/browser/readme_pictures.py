"""Take the README's pictures of a morning in the demo hall: python -m tests.browser.readme_pictures

The morning runs 300 times as fast; then the clock slows down, and a few people come while the
pages are looked at. The pictures go to docs/screens/, small enough to be kept in the checkout.
"""

import asyncio
import random
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

from tests.fixtures.browser import find_chromium
from tests.fixtures.faces import BOARD, DESK, KIOSK, Faces, launched, size
from tests.fixtures.running import RunningHall

PLACE = Path(__file__).resolve().parents[2] / "docs" / "screens"
MORNING = ("--start", "2026-11-23T08:32", "--speed", "300")
LATER = ("--start", "2026-11-23T10:02")
PEOPLE = 34


async def spend_the_morning(hall: RunningHall) -> None:
    """34 people come; four counters serve; most rate."""
    chance = random.Random(7)
    items = (await hall.get("/items")).body["items"]
    for _ in range(PEOPLE):
        service = chance.choice("AAABBCDEE")
        own = [item["code"] for item in items if item["service"] == service]
        chosen = [chance.choice(own)] if own and chance.random() < 0.7 else []
        priority = {"priority": "elder"} if chance.random() < 0.15 else {}
        await hall.post("/tickets", {"service": service, "items": chosen, **priority})
        await asyncio.sleep(chance.uniform(0.15, 0.6))
        await asyncio.gather(*(work(hall, counter, chance) for counter in (1, 2, 3, 5)))


async def work(hall: RunningHall, counter: int, chance: random.Random) -> None:
    """One step of one counter: call, start, accept, finish, as its state allows."""
    view = (await hall.get(f"/counters/{counter}")).body
    if view["state"] == "idle":
        await hall.post(f"/counters/{counter}/next")
    elif view["state"] == "called":
        await hall.post(f"/counters/{counter}/{'start' if chance.random() < 0.95 else 'no-show'}")
        for item in view["ticket"]["items"]:
            await hall.post(f"/counters/{counter}/accept", {"item": item})
    elif chance.random() < 0.3:
        await hall.post(f"/counters/{counter}/finish")
        if chance.random() < 0.8:
            grade = chance.choice([5, 5, 5, 5, 4, 4, 3])
            await hall.post(f"/sim/rating-boxes/{counter}/press", {"grade": grade})


async def finish(hall: RunningHall, counter: int) -> None:
    """Bring a counter to an end, whatever it does."""
    state = (await hall.get(f"/counters/{counter}")).body["state"]
    if state == "idle":
        await hall.post(f"/counters/{counter}/next")
    if state != "serving":
        await hall.post(f"/counters/{counter}/start")
    await hall.post(f"/counters/{counter}/finish")


async def come_now(hall: RunningHall) -> None:
    """What the pictures show: somebody in every state."""
    await hall.post("/counters/1/start")
    for counter in (2, 3, 5):
        await finish(hall, counter)
    await hall.post("/sim/rating-boxes/2/press", {"grade": 5})
    await hall.post("/sim/rating-boxes/3/press", {"grade": 4})
    issued = await hall.post("/tickets", {"service": "A", "items": ["RS02"], "priority": "elder"})
    assert issued.status == 201
    await hall.post("/sim/keypads/2/press", {"key": "NEXT"})
    await asyncio.sleep(2.5)
    await hall.post("/counters/2/start")
    present = (await hall.get("/counters/2")).body["ticket"]
    for item in present["items"] or ["RS02"]:
        await hall.post("/counters/2/accept", {"item": item})
    await hall.post("/sim/keypads/3/press", {"key": "NEXT"})


def shrink(path: Path, width: int) -> None:
    """Scale down, and round the colours to what the eye does not tell apart."""
    with Image.open(path) as full:
        picture = full.convert("RGB")
    if picture.width > width:
        high = round(picture.height * width / picture.width)
        picture = picture.resize((width, high), Image.Resampling.LANCZOS)
    picture.point([(value + 2) // 5 * 5 for value in range(256)] * 3).save(path, optimize=True)


async def keep(page: Page, name: str, width: int, *, wait_s: float = 0) -> None:
    await asyncio.sleep(wait_s)
    path = PLACE / f"{name}.png"
    await page.screenshot(path=path)
    shrink(path, width)
    print(f"{path.name}: {path.stat().st_size // 1000} kB")


async def take_pictures() -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        hall = RunningHall(Path(folder) / "data", arguments=MORNING)
        try:
            await hall.start()
            await spend_the_morning(hall)
            await hall.kill()
            hall.arguments = LATER
            await hall.start()
            async with launched(str(find_chromium())) as browser:
                await look_round(hall, Faces(browser, hall.port))
        finally:
            await hall.stop()


async def look_round(hall: RunningHall, faces: Faces) -> None:
    bench = await faces.open("/bench", size(1600, 1040))
    board = await faces.open("/board", BOARD)
    clerk = await faces.open("/clerk/2", DESK)
    kiosk = await faces.open("/kiosk", KIOSK)
    manager = await faces.open("/manager", size(1440, 900))
    await board.locator("#sound").click()
    await come_now(hall)
    await keep(bench, "bench", 1600, wait_s=4.6)  # the strip over counter 3 has stopped flashing
    await keep(board, "board", 960)
    await keep(clerk, "clerk", 1366)
    await keep(kiosk, "kiosk", 540)
    await keep(manager, "manager", 1440)


if __name__ == "__main__":
    asyncio.run(take_pictures())
