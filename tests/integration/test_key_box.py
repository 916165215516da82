"""Key boxes that the hall file describes: over every bad line, and through the whole hall."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from config.settings import load
from controller.app import build
from controller.clock import Clock
from controller.desk import WriterDesk
from controller.domain.commands import IssueTicket
from devices.faults import Faults
from devices.framing.template_parts import FrameSpec
from devices.key_box import KeyBoxes
from devices.keypad import KeyPressed
from devices.sim import key_box
from devices.sim.equipment import SimEquipment
from devices.sim.key_box import SimKeyBox, SimKeyBoxLine
from tests.fixtures.bad_lines import BAD_LINES
from tests.fixtures.core import FakeTime
from tests.fixtures.hall_files import write_tree
from tests.fixtures.pty_line import until
from tests.fixtures.sim_lines import pair_with
from tests.fixtures.strip_makes import frame
from tests.integration.test_strips_of_a_hall import on_ports
from tests.unit.test_config_strips import BOX, tree

KEYPAD = frame(
    "55 AA", "length:1", "length:1", "68", "address:1", "key:1", "data", "sum8", "16",
    length_add=-1, check_skip=5,
)  # fmt: skip
REPLY = frame("FA AA", "address:1", "xor", "0D")
CODES = ("0C", "0D", "0F 06", "11 05")


class Taker:
    """Stores presses; every seventh is refused or fails at the first attempt."""

    def __init__(self) -> None:
        self.taken: list[tuple[int, str]] = []
        self.offered = 0

    async def take(self, pressed: KeyPressed) -> bool:
        self.offered += 1
        if self.offered % 14 == 0:
            raise OSError("the disk is full")
        if self.offered % 7 == 0:
            return False
        self.taken.append((pressed.unit, pressed.key))
        return True


def boxes_on(line: SimKeyBoxLine, link: Any, reply: FrameSpec | None) -> tuple[KeyBoxes, Taker]:
    driver, taker = KeyBoxes(link, KEYPAD, reply), Taker()
    for address in (1, 2, 3):
        line.add(SimKeyBox(address, address))
        driver.add(address, CODES, taker.take)
    return driver, taker


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_box, "AGAIN_S", 0.15)
    monkeypatch.setattr("devices.key_box.REFUSED_REST_S", 0.002)
    monkeypatch.setattr("devices.key_box.SILENCE_S", 0.02)


@pytest.mark.parametrize("faults", BAD_LINES)
async def test_every_press_of_a_box_with_replies_is_handed_on_once(
    tmp_path: Path, faults: Faults
) -> None:
    line = SimKeyBoxLine(KEYPAD, REPLY)
    async with pair_with(line, tmp_path, faults) as pair:
        driver, taker = boxes_on(line, pair.link, REPLY)
        listening = asyncio.create_task(driver.run())
        pressed = [(box.unit, code) for _ in range(3) for code in CODES for box in line.boxes]
        for unit, code in pressed:
            line.boxes[unit - 1].press(code)
        await until(lambda: not any(box.pending for box in line.boxes), 8)
        assert Counter(taker.taken) == Counter(pressed)
        for address in (1, 2, 3):
            mine = [code for unit, code in taker.taken if unit == address]
            assert mine == list(CODES) * 3  # in their order
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def test_a_box_without_replies_tells_each_press_once(tmp_path: Path) -> None:
    line = SimKeyBoxLine(KEYPAD, None)
    async with pair_with(line, tmp_path, Faults(one_byte=True)) as pair:
        driver, taker = boxes_on(line, pair.link, None)
        listening = asyncio.create_task(driver.run())
        for code in ("0C", "0C", "0D", "77"):
            line.boxes[0].press(code)
        await until(lambda: driver.unknown == 1)
        assert taker.taken == [(1, "0C"), (1, "0C"), (1, "0D")]
        pair.link.hang_up()
        await asyncio.sleep(0.03)
        pair.link.plug_in()
        line.boxes[1].press("11 05")
        await until(lambda: len(taker.taken) == 4)
        line.boxes[2].silent = True
        line.boxes[2].press("0C")
        await asyncio.sleep(0.03)
        assert taker.taken[3:] == [(2, "11 05")]
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def test_a_described_box_calls_and_serves_in_the_hall(tmp_path: Path) -> None:
    hall_file = tree(templates=[BOX])
    hall_file["leds"] = []
    hall_file["keypads"][0] = {
        "counter": 1, "line": "old-strips", "address": 4, "template": "box",
    }  # fmt: skip
    settings = load(write_tree(tmp_path / "hall.toml", hall_file))
    sim = SimEquipment(settings, tmp_path)
    async with AsyncExitStack() as stack:
        for port in sim.ports:
            await port.start()
            stack.push_async_callback(port.stop)
        real = on_ports(settings, {port.name: port.url for port in sim.ports})
        time = FakeTime()
        without = frozenset(one for one in real.device_ids if one != "keypad:1")
        hall = build(real, tmp_path, clock=Clock(wall=time, ticks=time), without=without)
        await hall.start()
        stack.push_async_callback(hall.stop)
        desk = WriterDesk(hall.writer)
        await desk.wish(IssueTicket("A", "t1"), "test")
        assert desk.state.counters[1].ticket is None
        sim.inputs.keypads[1].press("NEXT")
        await until(lambda: desk.state.counters[1].ticket == "t1", 5)
        time.pass_s(5)
        sim.inputs.keypads[1].press("0D")
        await until(lambda: desk.state.tickets["t1"].calls == 2, 5)


async def test_a_press_that_nobody_takes_holds_up_its_own_box_only(tmp_path: Path) -> None:
    line = SimKeyBoxLine(KEYPAD, REPLY)
    async with pair_with(line, tmp_path) as pair:
        driver, taker = boxes_on(line, pair.link, REPLY)

        async def never(pressed: KeyPressed) -> bool:
            return False

        line.add(SimKeyBox(4, 4))
        driver.add(4, CODES, never)
        running = asyncio.create_task(driver.run())
        line.boxes[3].press("0C")
        await asyncio.sleep(0.05)
        line.boxes[1].press("0C")
        await until(lambda: taker.taken == [(2, "0C")])
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
