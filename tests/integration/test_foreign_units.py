"""Our bus master and a foreign slave: pymodbus's serial server, over two joined pseudo-terminals.

The server's traps (device-protocols.md E.6): it answers for units that are not there, with
exception 04, and says so in the log; four separate blocks address coils and inputs by bit.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from devices.bus import Bus, BusSettings
from devices.event_unit import EventUnit
from devices.framing.hall_event import ACK_REGISTER, UnitEvent, encode_event_block
from devices.framing.modbus_rtu import (
    ReadDiscreteInputs,
    ReadDiscreteInputsReply,
    ReadHoldingRegisters,
    ReadHoldingRegistersReply,
    ReadInputRegisters,
    ReadInputRegistersReply,
    WriteCoil,
    WriteRegister,
    WriteRegisters,
    WriteRegistersReply,
)
from devices.modbus_unit import UnitRefused, carry_out
from tests.fixtures.pty_line import PtyLine, open_link, until
from tests.fixtures.running import eventually

UNIT, NOBODY = 5, 9
PRESSED = UnitEvent(0x3A7C, 7, 1, 0x10, 0, 4, 1)


def unit_five() -> SimDevice:
    coils = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    inputs = [SimData(0, values=[False, False, True] + [False] * 13, datatype=DataType.BITS)]
    holding = [SimData(0x20, values=[0] * 16, datatype=DataType.REGISTERS)]
    events = list(encode_event_block(PRESSED))
    registers = [SimData(0x10, values=events, datatype=DataType.REGISTERS)]
    return SimDevice(UNIT, (coils, inputs, holding, registers))


@asynccontextmanager
async def foreign_bus() -> AsyncIterator[Bus]:
    """Our bus on one end of a pair, the foreign server on the other."""
    ours, theirs = PtyLine(), PtyLine()

    def passing_on(there: PtyLine) -> object:
        return lambda data: os.write(there.master, data) and b""

    ours.answer_by(passing_on(theirs))  # type: ignore[arg-type]
    theirs.answer_by(passing_on(ours))  # type: ignore[arg-type]
    server = ModbusSerialServer([unit_five()], port=theirs.path, baudrate=19200)
    await server.serve_forever(background=True)
    try:
        async with open_link(ours.path, baud=19200) as link:
            assert await link.wait_open(5)
            yield Bus(link, BusSettings(reply_s=0.5))
    finally:
        await server.shutdown()
        ours.hang_up()
        theirs.hang_up()


async def test_every_question_of_ours_is_answered() -> None:
    async with foreign_bus() as bus:
        inputs = await carry_out(bus, ReadDiscreteInputs(UNIT, 0, 8))
        assert isinstance(inputs, ReadDiscreteInputsReply)
        assert inputs.bits == (False, False, True, False, False, False, False, False)
        block = await carry_out(bus, ReadInputRegisters(UNIT, 0x10, 6))
        assert isinstance(block, ReadInputRegistersReply)
        assert block.values == encode_event_block(PRESSED)
        assert await carry_out(bus, WriteCoil(UNIT, 3, 0xFF00)) == WriteCoil(UNIT, 3, 0xFF00)
        one = WriteRegister(UNIT, 0x21, 0x00FF)
        assert await carry_out(bus, one) == one
        many = await carry_out(bus, WriteRegisters(UNIT, 0x23, (0x1234, 30)))
        assert many == WriteRegistersReply(UNIT, 0x23, 2)
        held = await carry_out(bus, ReadHoldingRegisters(UNIT, 0x21, 4))
        assert held == ReadHoldingRegistersReply(UNIT, (0x00FF, 0, 0x1234, 30))


async def test_what_it_does_not_have_is_a_refusal_and_no_silence(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)  # it logs every frame that it refuses
    async with foreign_bus() as bus:
        with pytest.raises(UnitRefused) as refused:
            await carry_out(bus, ReadInputRegisters(UNIT, 0x400, 1))
        assert (refused.value.unit, refused.value.code) == (UNIT, 2)
        with pytest.raises(UnitRefused) as nobody:
            await carry_out(bus, ReadInputRegisters(NOBODY, 0x10, 6))
        assert (nobody.value.unit, nobody.value.code) == (NOBODY, 4)


async def test_an_event_is_taken_once_and_acknowledged() -> None:
    """The server keeps showing the event, as a unit whose acknowledgements are all lost."""
    taken: list[UnitEvent] = []

    async def take(event: UnitEvent) -> bool:
        taken.append(event)
        return True

    async with foreign_bus() as bus:
        EventUnit(bus, UNIT, take)
        running = asyncio.create_task(bus.run())
        acknowledged = ReadHoldingRegisters(UNIT, ACK_REGISTER, 1)

        async def is_acknowledged() -> bool:
            held = ReadHoldingRegistersReply(UNIT, (PRESSED.seq,))
            return await carry_out(bus, acknowledged) == held

        await until(lambda: bool(taken))
        await eventually(is_acknowledged)
        await until(lambda: bus.traffic(UNIT).frames > 8)
        running.cancel()
        await asyncio.wait([running])
    assert taken == [PRESSED]
