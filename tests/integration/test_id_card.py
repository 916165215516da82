"""A card reader over good and bad lines: one flag for each card, and nothing else of it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import date

import pytest

import devices.id_card
from devices.faults import Faults, FaultyLink
from devices.id_card import CardReader, CardSeen
from devices.sim.hand_inputs import SimCardReader
from tests.fixtures.bad_lines import BAD_LINES
from tests.fixtures.pty_line import PtyLine, open_link, until

TODAY = date(2026, 11, 23)
OLD, YOUNG = date(1950, 1, 2), date(1990, 5, 6)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.id_card, "LOOK_S", 0.005)
    monkeypatch.setattr(devices.id_card, "REPLY_S", 0.05)
    monkeypatch.setattr(devices.id_card, "READ_S", 0.2)


@asynccontextmanager
async def reader(
    seen: list[CardSeen], told: list[bool], faults: Faults | None = None
) -> AsyncIterator[SimCardReader]:
    line, sim = PtyLine(), SimCardReader("kiosk")
    sent: list[bytes] = []
    sim.write = sent.append

    def hear(data: bytes) -> bytes:
        sent.clear()
        sim.receive(data)
        sim.line_silent()
        return b"".join(sent)

    async def on_card(card: CardSeen) -> None:
        seen.append(card)

    line.answer_by(hear)
    async with open_link(line.path) as link:
        assert await link.wait_open(1)
        faulty = FaultyLink(link, faults or Faults())
        driver = CardReader(faulty, on_card, lambda: TODAY, 70, told.append)
        running = asyncio.create_task(driver.run())
        try:
            yield sim
        finally:
            running.cancel()
            await asyncio.wait([running])
    line.hang_up()


@pytest.mark.timeout(30)
@pytest.mark.parametrize("faults", BAD_LINES)
async def test_a_card_is_told_once_while_it_lies_there(faults: Faults) -> None:
    seen: list[CardSeen] = []
    async with reader(seen, [], faults) as sim:
        for born in (OLD, YOUNG):
            already = len(seen)
            while len(seen) == already:
                # A reader that was not heard finds a card again only when it is laid down anew.
                sim.lay(None)
                sim.lay(born)
                await asyncio.sleep(0.1)
            sim.lay(None)
            sim.lay(born)
            await asyncio.sleep(0.05)
        assert [card.elder for card in seen] == [True, False]
        assert [card.seq for card in seen] == [1, 2]


async def test_nothing_of_a_card_leaves_but_the_flag(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[CardSeen] = []
    async with reader(seen, []) as sim:
        sim.lay(OLD)
        await until(lambda: len(seen) == 1)
    assert {field.name for field in fields(CardSeen)} == {"boot", "seq", "elder"}
    assert "1950" not in caplog.text
    assert "999999" not in caplog.text


async def test_a_silent_reader_is_told_and_found_again() -> None:
    seen: list[CardSeen] = []
    told: list[bool] = []
    async with reader(seen, told) as sim:
        await until(lambda: told == [True])
        sim.silent = True
        await until(lambda: told == [True, False])
        sim.silent = False
        await until(lambda: told == [True, False, True])
        sim.lay(YOUNG)
        await until(lambda: [card.elder for card in seen] == [False])
