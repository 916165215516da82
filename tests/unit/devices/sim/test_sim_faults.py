"""Faults of the simulated devices: what the other end of the line gets to see of each."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from config.settings import load
from devices.framing import hall_event, modbus_rtu
from devices.framing.hall_event import decode_event_block
from devices.framing.modbus_rtu import (
    ReadInputRegisters,
    ReadInputRegistersReply,
    ReplyDecoder,
    WriteRegister,
)
from devices.sim.button_unit import SimKeypad, SimUnitBus
from devices.sim.clock import Watch
from devices.sim.equipment import SimEquipment
from devices.sim.fault_kinds import UnknownFaultError
from devices.sim.led_alpha import SimAlphaSign
from devices.sim.line_faults import BadLine
from devices.sim.printer import PrinterMake, SimPrinter
from devices.sim.strip import VENDORS_TEXT
from tests.fixtures.hall_files import CONFIG
from tests.fixtures.input_hall import input_hall

NOW = Watch("Asia/Shanghai")
UNIT = 5


class Paper:
    """A printer, what it answers, and its work."""

    def __init__(self, paper_mm_per_s: float = 1e6) -> None:
        self.printer = SimPrinter(PrinterMake("kiosk", paper_mm_per_s=paper_mm_per_s), NOW)
        self.answers: list[bytes] = []
        self.printer.write = self.answers.append

    async def take(self, data: bytes) -> bytes:
        """What it answers to data, once it has done what it can."""
        self.answers.clear()
        self.printer.receive(data)
        work = asyncio.create_task(self.printer.work())
        await asyncio.sleep(0.01)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return b"".join(self.answers)


async def test_a_hot_head_says_so_in_every_status() -> None:
    paper = Paper()
    await paper.take(b"\x1da\xff")  # automatic status back
    paper.answers.clear()
    paper.printer.set_fault(head="hot")
    assert paper.answers == [bytes([0x1C, 0x40, 0x00, 0x00])]
    asked = await paper.take(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04")
    assert asked == bytes([0x1E, 0x52, 0x52, 0x12])
    assert paper.printer.state()["state"] == "head-hot"
    assert await paper.take(b"A001\n\x1dV\x42\x00\x1dr\x01") == b""
    paper.printer.set_fault(head="ok")
    assert (await paper.take(b""))[-1:] == b"\x00"
    assert [ticket.paper.text for ticket in paper.printer.tickets] == ["A001"]


async def test_power_off_in_the_middle_of_a_ticket_loses_what_is_not_printed() -> None:
    paper = Paper()
    await paper.take(b"\x1da\xff\x1b!\x38A001\nhalf a line")
    paper.printer.set_fault(paper="out")
    await paper.take(b"in the buffer\n")
    paper.printer.set_fault(power="off")
    assert await paper.take(b"\x10\x04\x01never\n") == b""
    paper.printer.set_fault(paper="ok", power="on")
    state = paper.printer.state()
    assert (state["state"], state["waiting_bytes"]) == ("ready", 0)
    assert (state["open_paper"]["text"], state["open_paper"]["line_buffer"]) == ("A001", "")
    assert await paper.take(b"\x10\x04\x01B\n\x1dV\x42\x00") == b"\x16"  # and no automatic status
    [ticket] = paper.printer.tickets
    assert ticket.paper.text == "A001\nB"
    assert ticket.paper.lines[1].height == 1


async def test_xoff_garbage_and_late_answers() -> None:
    paper = Paper()
    paper.printer.set_fault(stalled=True)
    paper.printer.set_fault(paper="low")
    paper.printer.set_fault(stalled=False)
    assert paper.answers == [b"\x13", b"\x11"]
    paper.printer.set_fault(garbage=True)
    noise = await paper.take(b"\x10\x04\x01" * 8)
    assert len(noise) == 8
    assert noise != b"\x16" * 8
    paper.printer.set_fault(garbage=False, slow_ms=30)
    assert await paper.take(b"\x10\x04\x01") == b""
    await asyncio.sleep(0.04)
    assert paper.answers == [b"\x16"]


class Units:
    """A keypad on a bad line, seen from the master's end."""

    def __init__(self) -> None:
        self.keypad = SimKeypad(3, UNIT, lambda: 0.0)
        self.bus = SimUnitBus([self.keypad])
        self.line = BadLine("units", self.bus, "modbus-rtu")
        self.bus.write = self.line.write
        self.heard = bytearray()
        self.line.send = self.heard.extend

    def ask(self, request: modbus_rtu.Request) -> bytes:
        self.heard.clear()
        self.line.receive(modbus_rtu.encode(request))
        self.line.line_silent()
        return bytes(self.heard)

    def values(self, address: int, count: int) -> tuple[int, ...] | None:
        replies = ReplyDecoder().feed(self.ask(ReadInputRegisters(UNIT, address, count)))
        match replies:
            case [ReadInputRegistersReply(values=values)]:
                return values
        return None

    def status(self) -> int:
        values = self.values(hall_event.STATUS_REGISTER, 1)
        assert values is not None
        return values[0]


async def test_a_jammed_key_and_a_low_voltage_stand_in_the_status() -> None:
    units = Units()
    units.keypad.set_fault(stuck=True)
    assert units.status() == 0x02
    assert units.keypad.press("NEXT") is None
    units.keypad.set_fault(stuck=False, low_supply=True)
    assert units.status() == 0x04
    assert units.keypad.press("NEXT") == 1


async def test_an_event_comes_again_when_its_ack_was_not_heard() -> None:
    units = Units()
    units.keypad.press("NEXT")
    units.keypad.set_fault(ignore_acks=1)
    seen = []
    for _ in range(3):
        seen.append(decode_event_block(units.values(hall_event.EVENT_REGISTER, 6) or ()))
        units.ask(WriteRegister(UNIT, hall_event.ACK_REGISTER, 1))
    assert seen[0] == seen[1] is not None
    assert seen[2] is None
    assert units.keypad.faults()["ignore_acks"] == 0


async def test_a_restart_gives_another_boot_id() -> None:
    units = Units()
    boot = units.keypad.boot
    units.keypad.press("NEXT")
    units.keypad.set_fault(rebooted=True)
    assert units.keypad.boot != boot
    assert units.keypad.state()["pending"] == []
    assert units.keypad.faults()["rebooted"] is False


@pytest.mark.parametrize("fault", [{"cut": True}, {"wrong_crc": 100}, {"lost_byte": 100}])
async def test_no_answer_gets_whole_over_a_bad_line(fault: dict[str, int]) -> None:
    units = Units()
    units.line.set_fault(**fault)
    assert all(units.values(hall_event.EVENT_REGISTER, 6) is None for _ in range(5))
    units.line.set_fault(cut=False, wrong_crc=0, lost_byte=0)
    assert units.values(hall_event.EVENT_REGISTER, 6) is not None


async def test_noise_and_late_answers_on_a_line() -> None:
    units = Units()
    units.line.set_fault(garbage=100)
    units.values(hall_event.EVENT_REGISTER, 6)
    assert units.line.garbage > 0
    units.line.set_fault(garbage=0, slow_ms=20)
    assert units.ask(ReadInputRegisters(UNIT, hall_event.EVENT_REGISTER, 6)) == b""
    await asyncio.sleep(0.03)
    assert len(units.heard) == 17


def test_a_vendors_text_stays_until_the_next_frame() -> None:
    strip = SimAlphaSign(1, 1, (128, 16), NOW)
    strip.set_fault(overwritten=True)
    assert strip.state()["text"] == VENDORS_TEXT
    strip.shown()
    assert strip.state()["text"] == ""
    assert strip.faults() == {"powered": True, "overwritten": False}


@pytest.fixture(params=["demo", "inputs"])
def hall(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], SimEquipment]:
    file = CONFIG / "demo.toml" if request.param == "demo" else input_hall(tmp_path)
    return lambda: SimEquipment(load(file), tmp_path / "sim")


async def test_every_fault_can_be_set_and_all_are_mended(
    hall: Callable[[], SimEquipment],
) -> None:
    equipment = hall()
    board = equipment.faults
    for row in board.overview():
        for fault in row["faults"]:
            for choice in reversed(fault["choices"]):
                board.set(row["device"], {fault["name"]: choice})
            board.set(row["device"], {fault["name"]: fault["choices"][-1]})
        assert board.mistake(row["device"], {row["faults"][0]["name"]: "nonsense"})
    assert board.active("line:units")
    for _ in range(2):
        board.clear()
        assert not any(board.active(device) for device in board.devices)
    with pytest.raises(UnknownFaultError, match="paper"):
        board.set("line:units", {"cut": True, "paper": "out"})
    assert not board.active("line:units")
