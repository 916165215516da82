"""Every make of strip against its simulator: bad lines, power cuts, broadcasts."""

import asyncio
import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from devices.bus import BusSettings
from devices.faults import Faults
from devices.framing.lumen import EVERYONE, LumenPacket, encode_packet
from devices.framing.lumen_commands import (
    EXTERNAL,
    POWER,
    OtherCall,
    SplitScreen,
    Window,
    set_power,
)
from devices.led import LedError, LedStrip, LedText, Panel, show_on_all
from devices.led_alpha import AlphaCodec
from devices.led_lumen import LumenCodec
from devices.sim.led_lumen import SimLumenCard, SimLumenLine
from tests.fixtures.bad_lines import BAD_LINES
from tests.fixtures.sim_lines import pair_with
from tests.fixtures.strip_makes import MAKES, NOW, Make, text_for

ADDRESSES = (1, 2, 3)
ANSWERING = [pytest.param(make, id=make.name) for make in MAKES if make.answers]
MUTE = [pytest.param(make, id=make.name) for make in MAKES if not make.answers]
ALL = [*ANSWERING, *MUTE]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("faults", BAD_LINES)
@pytest.mark.parametrize("make", ANSWERING)
async def test_every_strip_ends_with_its_newest_text(
    tmp_path: Path, make: Make, faults: Faults
) -> None:
    sims = {address: make.strip(address) for address in ADDRESSES}
    async with pair_with(make.line(list(sims.values())), tmp_path, faults) as pair:
        strips = {address: LedStrip(pair.bus, address, make.codec()) for address in ADDRESSES}

        async def keep_showing(address: int) -> None:
            pause = random.Random(faults.seed + address)
            for number in range(1, 7):
                text = LedText(text_for(make.codec(), number))
                for _ in range(30):
                    try:
                        await strips[address].show(text)
                    except LedError as error:
                        assert error.reason in ("no-answer", "refused", "busy", "line-lost")
                        if error.reason == "line-lost":
                            await asyncio.sleep(0.01)  # a hall shows nothing meanwhile
                    else:
                        break
                else:
                    pytest.fail("never acknowledged")
                if not faults.echo or make.name != "led485-number":
                    assert sims[address].seen().text == text.text  # acknowledged means shown
                await asyncio.sleep(pause.uniform(0, 0.004))

        await asyncio.gather(*(keep_showing(address) for address in ADDRESSES))


@pytest.mark.parametrize("faults", BAD_LINES)
@pytest.mark.parametrize("make", MUTE)
async def test_a_strip_that_never_answers_ends_with_a_text_that_is_shown_often_enough(
    tmp_path: Path, make: Make, faults: Faults
) -> None:
    sims = {address: make.strip(address) for address in ADDRESSES}
    async with pair_with(make.line(list(sims.values())), tmp_path, faults) as pair:
        for number in range(8):
            for address in ADDRESSES:
                codec = make.codec()
                strip = LedStrip(pair.bus, address, codec)
                with suppress(LedError):  # a lost line
                    await strip.show(LedText(text_for(codec, 7 if number > 1 else number)))
                await asyncio.sleep(0.008)
        shown = [sims[address].seen().text for address in ADDRESSES]
        assert shown == [text_for(make.codec(), 7)] * 3


@pytest.mark.parametrize("make", ALL)
async def test_a_strip_is_back_after_a_power_cut(tmp_path: Path, make: Make) -> None:
    sim = make.strip(1)
    async with pair_with(make.line([sim]), tmp_path) as pair:
        strip = LedStrip(pair.bus, 1, make.codec())
        text = LedText(text_for(make.codec(), 12))
        await strip.show(LedText(text_for(make.codec(), 11)))
        await strip.show(text)
        await asyncio.sleep(0.02)
        sim.set_power(False)
        assert sim.state()["shown_at"] is None
        sim.set_power(True)
        await strip.show(text)
        await asyncio.sleep(0.02)
        assert sim.seen().text == text.text
        if make.answers:
            sim.set_power(False)
            with pytest.raises(LedError, match="no-answer"):
                await strip.show(LedText(text_for(make.codec(), 13)))
            sim.set_power(True)
            await strip.show(text)
            assert sim.seen().text == text.text


@pytest.mark.parametrize("make", ALL)
async def test_a_broadcast_reaches_every_strip_and_nobody_answers(
    tmp_path: Path, make: Make
) -> None:
    sims = [make.strip(address) for address in ADDRESSES]
    codec = make.codec()
    async with pair_with(make.line(list(sims)), tmp_path) as pair:
        text = LedText(text_for(codec, 9))
        if codec.everyone is None:
            with pytest.raises(ValueError, match="no broadcast"):
                await show_on_all(pair.bus, codec, text)
            return
        await show_on_all(pair.bus, codec, text)
        await asyncio.sleep(0.03)
        assert [sim.seen().text for sim in sims] == [text.text] * 3
        assert await pair.link.read(timeout_s=0.02) == b""


@pytest.mark.parametrize("make", ALL)
async def test_a_pulled_plug_is_an_error_and_the_next_text_is_shown(
    tmp_path: Path, make: Make
) -> None:
    sim = make.strip(1)
    async with pair_with(make.line([sim]), tmp_path) as pair:
        strip = LedStrip(pair.bus, 1, make.codec())
        pair.link.hang_up()
        with pytest.raises(LedError) as lost:
            await strip.show(LedText(text_for(make.codec(), 1)))
        assert lost.value.reason == "line-lost"
        pair.link.plug_in()
        await strip.show(LedText(text_for(make.codec(), 2)))
        await asyncio.sleep(0.02)
        assert sim.seen().text == text_for(make.codec(), 2)


@pytest.mark.parametrize("make", ALL)
async def test_a_text_without_signs_never_reaches_the_line(tmp_path: Path, make: Make) -> None:
    sim = make.strip(1)
    async with pair_with(make.line([sim]), tmp_path) as pair:
        with pytest.raises(LedError) as unknown:
            await LedStrip(pair.bus, 1, make.codec()).show(LedText("㙟"))
        assert unknown.value.reason == "no-sign"
        assert sim.state()["frames"] == []


# --- Lumen: what its cards do beyond the others --------------------------------------------------


def lumen(address: int = 1) -> SimLumenCard:
    return SimLumenCard(address, address, (128, 16), NOW)


async def test_a_lumen_card_tells_its_version_and_whether_it_is_lit(tmp_path: Path) -> None:
    card = lumen()
    line = SimLumenLine([card])
    async with pair_with(line, tmp_path) as pair:
        strip = LedStrip(pair.bus, 1, LumenCodec(Panel(128), 0.0))
        assert await strip.ask() == "card 52, app 3.3, screen on"
        line.receive(encode_packet(LumenPacket(1, POWER, 0, set_power(False))))
        assert await strip.ask() == "card 52, app 3.3, screen off"


@pytest.mark.parametrize(
    "overwriting",
    [
        LumenPacket(1, EXTERNAL, 0, SplitScreen((Window(0, 0, 64, 16),) * 2).to_bytes()),
        LumenPacket(EVERYONE, EXTERNAL, 0, OtherCall(0x06, b"\x00").to_bytes()),
        LumenPacket(1, POWER, 0, set_power(False)),
    ],
    ids=["other-windows", "stored-programmes", "dark"],
)
async def test_a_text_shown_again_takes_the_screen_back_from_another_program(
    tmp_path: Path, overwriting: LumenPacket
) -> None:
    card = lumen()
    line = SimLumenLine([card])
    async with pair_with(line, tmp_path) as pair:
        strip = LedStrip(pair.bus, 1, LumenCodec(Panel(128), 0.0))
        text = LedText("请A001号", "green", "flash")
        await strip.show(text)
        line.receive(encode_packet(overwriting))
        assert card.seen().text == ""
        await strip.show(text)
        seen = card.seen()
        assert (seen.text, seen.colour, seen.effect) == ("请A001号", "green", "flash")


async def test_a_call_right_after_a_power_cut_that_nobody_saw_is_shown_at_once(
    tmp_path: Path,
) -> None:
    card = lumen()
    async with pair_with(SimLumenLine([card]), tmp_path) as pair:
        strip = LedStrip(pair.bus, 1, LumenCodec(Panel(128), 0.0))
        await strip.show(LedText("A001"))
        card.set_power(False)
        card.set_power(True)
        await strip.show(LedText("A002"))
        assert card.seen().text == "A002"
        with pytest.raises(LedError) as refused:
            await LedStrip(pair.bus, 1, LumenCodec(Panel(256), 0.0)).show(LedText("A003"))
        assert refused.value.reason == "refused"  # a strip that is not as wide as the file says


async def test_a_hundred_calls_write_nothing_to_flash(tmp_path: Path) -> None:
    card = lumen()
    async with pair_with(SimLumenLine([card]), tmp_path) as pair:
        strip = LedStrip(pair.bus, 1, LumenCodec(Panel(128), 0.0))
        for number in range(100):
            await strip.show(LedText(f"A{number:03d}"))
        assert len(card.state()["frames"]) == 50
        assert card.flash_writes == 0


@pytest.mark.parametrize(
    "codec", [LumenCodec(Panel(128)), AlphaCodec(Panel(128, signs="ascii"))], ids=["lumen", "alpha"]
)
def test_cards_with_a_screen_rest_a_second_between_texts(codec: LumenCodec | AlphaCodec) -> None:
    assert codec.gap_s == 1.0


async def test_a_lumen_card_gets_one_text_in_its_gap_and_the_newest_wins(tmp_path: Path) -> None:
    card = lumen()
    async with pair_with(SimLumenLine([card]), tmp_path) as pair:
        strip = LedStrip(pair.bus, 1, LumenCodec(Panel(128), 0.15))
        begun = time.monotonic()
        shows = []
        for number in range(30):
            shows.append(asyncio.create_task(strip.show(LedText(f"A{number:03d}"))))
            await asyncio.sleep(0.005)
        await asyncio.gather(*shows)
        most = 1 + (time.monotonic() - begun) / 0.15
        assert card.seen().text == "A029"
        assert 2 <= len(card.state()["frames"]) <= most + 1


async def test_the_default_line_waits_half_a_second_for_a_card(tmp_path: Path) -> None:
    card = lumen()
    async with pair_with(SimLumenLine([card]), tmp_path, settings=BusSettings(reply_s=0.5)) as pair:
        pair.port.pause()
        show = asyncio.create_task(
            LedStrip(pair.bus, 1, LumenCodec(Panel(128), 0.0)).show(LedText("A001"))
        )
        await asyncio.sleep(0.1)
        pair.port.resume()
        await show
        assert card.seen().text == "A001"


async def test_an_adapter_that_hears_itself_is_no_board(tmp_path: Path) -> None:
    """A board answers a number with the same bytes, and this one is not there."""
    [make] = [make for make in MAKES if make.name == "led485-number"]
    async with pair_with(make.line([make.strip(1)]), tmp_path, Faults(echo=True)) as pair:
        with pytest.raises(LedError) as told:
            await LedStrip(pair.bus, 2, make.codec()).show(LedText("012"))
        assert told.value.reason == "no-answer"
        await LedStrip(pair.bus, 1, make.codec()).show(LedText("012"))
