"""LED strips on one shared pair: over every bad line, with dead and busy cards."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from devices.bus import Bus, BusSettings
from devices.faults import Faults, FaultyLink
from devices.led import LedError, LedLine, LedStrip, LedText, Panel
from devices.led_bx import BxCodec
from tests.fixtures.bad_lines import BAD_LINES
from tests.fixtures.pty_line import PtyLine, open_link
from tests.fixtures.scripted_cards import ScriptedCards

QUICK = BusSettings(reply_s=0.03, gap_s=0.001)
VECTOR = (
    "a5a5a5a5a5a5a5a5 0100 0080 000000 00 00 00 fe 02 4300 a306010000 00 01 3a00 00 0080 0000 "
    "8080 2000 00 00 00 0000 00 00 00 02 02 01 00 02 0a 1f000000 5c464f3030305c4645303030 "
    "5c4331 4130313220 c7ebb5bd33bac5b4b0bfda 3abc 5a"
)


def bx_strip(line: Bus, address: int, height_px: int = 16, gap_s: float = 0.0) -> LedStrip:
    return LedStrip(line, address, BxCodec(Panel(128, height_px), gap_s))


async def line_back(error: LedError) -> None:
    """Wait as a hall does, which shows nothing while the line is lost."""
    if error.reason == "line-lost":
        await asyncio.sleep(0.01)


@asynccontextmanager
async def line_of(
    *addresses: int, faults: Faults | None = None, settings: BusSettings = QUICK
) -> AsyncIterator[tuple[ScriptedCards, Bus]]:
    line, cards = PtyLine(), ScriptedCards(*addresses)
    line.answer_by(cards.hear)
    async with open_link(line.path) as link:
        assert await link.wait_open(8)
        yield cards, Bus(FaultyLink(link, faults) if faults else link, settings)
    line.hang_up()


async def test_frame_on_the_wire_is_the_vector() -> None:
    async with line_of(1) as (cards, line):
        strip = bx_strip(line, 1, 32)
        await strip.show(LedText("A011 请到3号窗口"))
        await strip.show(LedText("A012 请到3号窗口"))
        assert cards.wire[-1] == bytes.fromhex(VECTOR)


async def test_first_text_and_a_repeated_one_take_foreign_areas_away() -> None:
    """A maker's program may have put areas of its own on the screen."""
    async with line_of(1) as (cards, line):
        strip = bx_strip(line, 1)
        for text in ("A001", "A002", "A002", "A003"):
            await strip.show(LedText(text))
        assert cards[1].deleted_all == [True, False, True, False]
        cards[1].answers = False
        with pytest.raises(LedError):
            await strip.show(LedText("A004"))
        cards[1].answers = True
        await strip.show(LedText("A005"))
        assert cards[1].deleted_all[-1]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("faults", BAD_LINES)
async def test_every_strip_ends_with_its_newest_text(faults: Faults) -> None:
    addresses = (1, 2, 3, 4, 5)
    async with line_of(*addresses, faults=faults) as (cards, line):
        strips = {address: bx_strip(line, address) for address in addresses}

        async def keep_showing(address: int) -> None:
            pause = random.Random(faults.seed + address)
            for number in range(12):
                text = LedText(f"A{number:03d}请到{address}号窗口")
                for _ in range(30):
                    try:
                        await strips[address].show(text)
                    except LedError as error:
                        assert error.reason in ("no-answer", "line-lost")
                        await line_back(error)
                    else:
                        break
                else:
                    pytest.fail("never acknowledged")
                assert cards[address].text == text.text  # acknowledged means shown
                await asyncio.sleep(pause.uniform(0, 0.004))

        await asyncio.gather(*(keep_showing(address) for address in addresses))


async def test_text_wider_than_the_strip_runs() -> None:
    async with line_of(1, 2) as (cards, line):
        narrow, high = bx_strip(line, 1), bx_strip(line, 2, 32)
        for text, effect in (
            (LedText("A012请到3号窗口"), 1),
            (LedText("A012 请到3号窗口。"), 3),
            (LedText("A012", effect="left"), 3),
            (LedText("A012", "green", "flash"), 2),
        ):
            await narrow.show(text)
            area = cards[1].shown[-1][1]
            assert area.effect == effect
            assert area.single_line == (effect == 3)
            assert (area.width, area.height) == (128, 16)
            assert cards[1].text == text.text
        assert b"\\C2" in cards[1].shown[-1][1].text
        await high.show(LedText("A012 请到3号窗口。"))
        assert cards[2].shown[-1][1].effect == 1


async def test_one_update_in_a_second_and_the_newest_wins() -> None:
    async with line_of(1) as (cards, line):
        strip = bx_strip(line, 1, gap_s=0.15)
        texts = [f"A{number:03d}" for number in range(30)]
        shows = []
        for text in texts:
            shows.append(asyncio.create_task(strip.show(LedText(text))))
            await asyncio.sleep(0.01)
        await asyncio.gather(*shows)
        times = [at for at, _ in cards[1].shown]
        assert cards[1].text == texts[-1]
        assert 2 <= len(times) <= 6
        assert min(after - before for before, after in itertools.pairwise(times)) >= 0.14


async def test_dead_strip_is_an_error_and_costs_the_others_little() -> None:
    async with line_of(1, 2) as (cards, line):
        dead, living = bx_strip(line, 1), bx_strip(line, 2)
        cards[1].answers = False
        with pytest.raises(LedError) as silent:
            await dead.show(LedText("A001"))
        assert silent.value.reason == "no-answer"
        assert cards[1].heard == 3
        with pytest.raises(LedError):
            await dead.show(LedText("A002"))
        assert cards[1].heard == 4
        await living.show(LedText("A003"))
        cards[1].answers = True
        assert await dead.ask() == ""
        await dead.show(LedText("A004"))
        assert cards[1].text == "A004"


async def test_busy_card_is_asked_again_and_a_refusal_only_anew() -> None:
    async with line_of(1) as (cards, line):
        strip = bx_strip(line, 1)
        cards[1].errors = [3, 5]
        await strip.show(LedText("A001"))
        assert cards[1].text == "A001"
        cards[1].errors = [4]  # foreign areas have taken its memory
        await strip.show(LedText("A009"))
        assert cards[1].text == "A009"
        assert cards[1].deleted_all[-1]
        cards[1].errors = [12, 12]
        with pytest.raises(LedError, match="font missing") as refused:
            await strip.show(LedText("A002"))
        assert refused.value.reason == "refused"
        cards[1].errors = [3, 3, 3]
        with pytest.raises(LedError) as busy:
            await strip.show(LedText("A003"))
        assert busy.value.reason == "busy"


async def test_character_without_a_sign_is_an_error_before_the_line_is_used() -> None:
    async with line_of(1) as (cards, line):
        with pytest.raises(LedError) as unknown:
            await bx_strip(line, 1).show(LedText("㙟"))
        assert unknown.value.reason == "no-sign"
        assert cards.wire == []


async def test_lost_line_is_an_error() -> None:
    line = PtyLine()
    async with open_link(line.path) as link:
        assert await link.wait_open(8)
        led_line = LedLine(link)
        line.hang_up()
        with pytest.raises(LedError) as lost:
            await bx_strip(led_line, 1).show(LedText("A001"))
        assert lost.value.reason in ("line-lost", "no-answer")
        assert led_line.name == "test"
