"""No bytes, in any pieces, bring a simulated device down or keep it from its next whole frame."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.framing import modbus_rtu
from devices.framing.bx import BxFrame, encode_frame
from devices.framing.bx_commands import Ping
from devices.framing.escpos_commands import (
    CommandParser,
    Operation,
    RealTimeRequest,
    RealTimeStatusRequest,
    TicketText,
)
from devices.framing.modbus_rtu import ReadInputRegisters
from devices.sim.button_unit import SimKeypad, SimUnitBus
from devices.sim.clock import Watch
from devices.sim.led import SimLedCard, SimLedLine
from devices.sim.printer import PrinterMake, SimPrinter

NOW = Watch("Asia/Shanghai")
TICKET = b"\x1b@A001\n\x1dV\x42\x00"
COMMANDS = [b"\x1b@", b"\x1c&", b"\x1d(k", b"\x1dV", b"\x1dv0", b"\x10\x04", b"\x1d8L", b"\x1dk"]
REAL_TIME = (RealTimeRequest, RealTimeStatusRequest)
PIECES = st.lists(st.binary(max_size=40) | st.sampled_from(COMMANDS), max_size=12)


def in_order(operations: list[Operation]) -> bytes:
    return b"".join(one.raw for one in operations if not isinstance(one, REAL_TIME))


@given(PIECES)
def test_the_printers_parser_gives_the_same_operations_however_bytes_are_split(
    pieces: list[bytes],
) -> None:
    """Real-time requests are executed on arrival, and undecodable runs are told in pieces."""
    whole, split = CommandParser(), CommandParser()
    everything = whole.feed(b"".join(pieces)) + whole.drop_unfinished()
    in_pieces = [one for piece in pieces for one in split.feed(piece)] + split.drop_unfinished()
    assert in_order(everything) == in_order(in_pieces)
    assert whole.garbage == split.garbage
    paper = TicketText()
    for operation in everything:
        paper.add(operation)


@given(PIECES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_after_any_noise_the_next_ticket_is_printed(pieces: list[bytes]) -> None:
    async def conversation() -> SimPrinter:
        printer = SimPrinter(PrinterMake("kiosk", paper_mm_per_s=1e9), NOW)
        work = asyncio.create_task(printer.work())
        for piece in pieces:
            printer.receive(piece)
        printer.line_silent()
        printer.receive(TICKET)
        for _ in range(500):
            if printer.tickets and printer.tickets[-1].paper.raw.endswith(TICKET):
                break
            await asyncio.sleep(0.002)
        work.cancel()
        return printer

    printer = asyncio.run(conversation())
    assert printer.tickets[-1].paper.text == "A001"


@given(PIECES)
def test_after_any_noise_a_card_answers(pieces: list[bytes]) -> None:
    answers: list[bytes] = []
    line = SimLedLine([SimLedCard(1, 1, (128, 16), NOW)])
    line.write = answers.append
    for piece in pieces:
        line.receive(piece)
    line.line_silent()
    answers.clear()
    line.receive(encode_frame(BxFrame(1, 0x8000, Ping().to_bytes())))
    assert len(answers) == 1


@given(PIECES)
def test_after_any_noise_a_unit_answers(pieces: list[bytes]) -> None:
    answers: list[bytes] = []
    bus = SimUnitBus([SimKeypad(1, 1, lambda: 0.0)])
    bus.write = answers.append
    for piece in pieces:
        bus.receive(piece)
    bus.line_silent()
    answers.clear()
    bus.receive(modbus_rtu.encode(ReadInputRegisters(1, 0x10, 6)))
    assert len(answers) == 1
