"""A number pad on a pipe: typed keys, each once, and a pad that is taken out."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from devices.framing.input_event import keystroke
from devices.keypad import KeyPressed
from devices.link import LinkState
from devices.rating_box import RatingPressed
from devices.sim.fifo_port import FifoPort
from devices.sim.hand_inputs import SimPad
from devices.usb_pad import PadRatingBox, PadSettings, UsbPad
from tests.fixtures.pty_line import until


class Desk:
    """Takes keys; `answers` are given first, True afterwards."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.offered: list[KeyPressed] = []
        self.taken: list[tuple[str, int]] = []
        self.states: list[LinkState] = []
        self._answers = list(answers)

    async def on_key(self, key: KeyPressed) -> bool:
        self.offered.append(key)
        answer = self._answers.pop(0) if self._answers else True
        if isinstance(answer, Exception):
            raise answer
        if answer:
            self.taken.append((key.key, key.value))
        return answer


@asynccontextmanager
async def pad(folder: Path, desk: Desk, direct: str = "") -> AsyncIterator[SimPad]:
    sim = SimPad()
    port = FifoPort("pad", sim, folder)
    sim.write, sim.plug = port.write, port.plug
    await port.start()
    settings = PadSettings("keypad:1", port.url, frozenset(direct), 0.01, 0.05, 0.001)
    driver = UsbPad(settings, desk.on_key, desk.states.append)
    running = asyncio.create_task(driver.run())
    try:
        await until(lambda: desk.states == ["open"])
        yield sim
    finally:
        running.cancel()
        await asyncio.wait([running])
        await port.stop()


async def test_keys_and_typed_numbers_arrive_once_and_in_order(tmp_path: Path) -> None:
    desk = Desk()
    async with pad(tmp_path, desk) as sim:
        for key, value in (("Enter", 0), ("+", 0), ("number", 12), ("-", 0)):
            sim.press(key, value)
        await until(lambda: len(desk.taken) == 4)
        assert desk.taken == [("Enter", 0), ("+", 0), ("number", 12), ("-", 0)]
        assert [key.seq for key in desk.offered] == [1, 2, 3, 4]
        assert len({key.boot for key in desk.offered}) == 1


async def test_a_key_is_offered_until_it_is_taken(tmp_path: Path) -> None:
    desk = Desk(False, OSError("the disk is full"))
    async with pad(tmp_path, desk) as sim:
        sim.press("Enter")
        sim.press("+")
        await until(lambda: len(desk.taken) == 2)
        assert desk.taken == [("Enter", 0), ("+", 0)]
        assert [key.seq for key in desk.offered] == [1, 1, 1, 2]


async def test_keys_in_pieces_and_unknown_events_do_no_harm(tmp_path: Path) -> None:
    desk = Desk()
    async with pad(tmp_path, desk):
        descriptor = os.open(tmp_path / "pad", os.O_WRONLY)
        wire = random.Random(1).randbytes(24 * 8) + keystroke("Enter")
        for begin in range(0, len(wire), 7):
            os.write(descriptor, wire[begin : begin + 7])
            await asyncio.sleep(0)
        os.close(descriptor)
        await until(lambda: ("Enter", 0) in desk.taken)


async def test_a_pad_that_was_taken_out_is_lost_and_found_again(tmp_path: Path) -> None:
    desk = Desk()
    async with pad(tmp_path, desk) as sim:
        sim.silent = True
        await until(lambda: desk.states == ["open", "lost"])
        sim.press("Enter")  # into the air
        sim.silent = False
        await until(lambda: desk.states == ["open", "lost", "open"])
        sim.press("+")
        await until(lambda: desk.taken == [("+", 0)])


async def test_what_was_pressed_while_nobody_listened_has_no_effect(tmp_path: Path) -> None:
    sim = SimPad()
    port = FifoPort("pad", sim, tmp_path)
    sim.write = port.write
    await port.start()
    sim.press("Enter")
    desk = Desk()
    driver = UsbPad(PadSettings("keypad:1", port.url), desk.on_key, desk.states.append)
    running = asyncio.create_task(driver.run())
    await until(lambda: desk.states == ["open"])
    await asyncio.sleep(0.02)
    sim.press("-")
    await until(lambda: desk.taken == [("-", 0)])
    running.cancel()
    await asyncio.wait([running])
    await port.stop()


async def test_a_pad_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    desk = Desk()
    settings = PadSettings("keypad:1", str(tmp_path / "none"), first_wait_s=0.001, most_wait_s=0.01)
    running = asyncio.create_task(UsbPad(settings, desk.on_key, desk.states.append).run())
    await until(lambda: desk.states == ["lost"])
    await asyncio.sleep(0.05)
    assert desk.states == ["lost"]
    running.cancel()
    await asyncio.wait([running])


async def test_a_pad_rates_once_in_a_session(tmp_path: Path) -> None:
    rated: list[tuple[int, int]] = []

    async def on_rating(pressed: RatingPressed) -> bool:
        rated.append((pressed.grade, pressed.session))
        return True

    box = PadRatingBox({"5": 5, "4": 4, "1": 1}, on_rating)
    desk = Desk()
    desk.on_key = box.on_key  # type: ignore[method-assign]
    async with pad(tmp_path, desk, direct="145") as sim:
        await box.open_session(9, 30)
        for key in ("Enter", "4", "1"):
            sim.press(key)
        await until(lambda: rated == [(4, 9), (1, 0)])
