"""Simulated button units read by independent masters: pymodbus and mbpoll, over the pty."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient
from pymodbus.exceptions import ModbusIOException

from tests.fixtures.simulators import Simulators, running_simulators

KEYPAD, BOX = 3, 23


@pytest.fixture
async def simulators(tmp_path: Path) -> AsyncIterator[Simulators]:
    async with running_simulators(tmp_path) as running:
        yield running


@pytest.fixture
async def client(simulators: Simulators) -> AsyncIterator[AsyncModbusSerialClient]:
    port = simulators.ports["lines"]["units"]
    client = AsyncModbusSerialClient(
        port, framer=FramerType.RTU, baudrate=19200, timeout=2, retries=0
    )
    assert await client.connect()
    yield client
    client.close()
    await asyncio.sleep(0)


async def test_pymodbus_reads_a_press_and_acknowledges_it(
    simulators: Simulators, client: AsyncModbusSerialClient
) -> None:
    pressed = (await simulators.post("/keypads/3/press", {"key": "NEXT"})).body
    block = await client.read_input_registers(0x10, count=6, device_id=KEYPAD)
    assert block.registers[:5] == [pressed["boot"], 1, pressed["seq"], 0x0110, 0]
    written = await client.write_register(0x20, pressed["seq"], device_id=KEYPAD)
    assert not written.isError()
    block = await client.read_input_registers(0x10, count=6, device_id=KEYPAD)
    assert block.registers == [pressed["boot"], 0, 0, 0, 0, 0]


async def test_pymodbus_opens_a_rating_session(
    simulators: Simulators, client: AsyncModbusSerialClient
) -> None:
    opened = await client.write_registers(0x23, [0x1234, 30], device_id=BOX)
    assert not opened.isError()
    box = (await simulators.get("/rating-boxes/3")).body
    assert box["session"] == 0x1234
    assert box["open_until"].endswith("+08:00")
    await simulators.post("/rating-boxes/3/press", {"grade": 5})
    block = await client.read_input_registers(0x10, count=6, device_id=BOX)
    assert block.registers[3:5] == [0x0205, 0x1234]
    session = await client.read_holding_registers(0x23, count=1, device_id=BOX)
    assert session.registers == [0]


async def test_pymodbus_gets_exceptions_and_silence(client: AsyncModbusSerialClient) -> None:
    refused = await client.read_input_registers(0x40, count=1, device_id=KEYPAD)
    assert refused.exception_code == 2
    coils = await client.read_coils(0, count=1, device_id=KEYPAD)
    assert coils.exception_code == 1
    with pytest.raises(ModbusIOException):
        await client.read_input_registers(0x10, count=6, device_id=99)
    again = await client.read_input_registers(0x00, count=3, device_id=BOX)
    assert again.registers == [0x5148, 0x0100, 2]


async def mbpoll(simulators: Simulators, *arguments: str) -> tuple[int, str]:
    program = shutil.which("mbpoll")
    if program is None:
        pytest.fail("mbpoll is missing: apt-get install mbpoll", pytrace=False)
    process = await asyncio.create_subprocess_exec(
        program, "-m", "rtu", "-b", "19200", "-P", "none", "-0", "-1", "-o", "0.3", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode()


async def test_mbpoll_reads_and_writes(simulators: Simulators) -> None:
    port = simulators.ports["lines"]["units"]
    pressed = (await simulators.post("/keypads/3/press", {"key": "RECALL"})).body
    status, told = await mbpoll(simulators, "-a", "3", "-t", "3:hex", "-r", "16", "-c", "4", port)
    assert status == 0
    assert re.findall(r"0x([0-9A-F]{4})", told) == [
        f"{pressed['boot']:04X}", "0001", "0001", "0111",
    ]  # fmt: skip
    status, _ = await mbpoll(simulators, "-a", "3", "-t", "4", "-r", "32", port, "1")
    assert status == 0
    assert (await simulators.get("/keypads/3")).body["pending"] == []
    status, told = await mbpoll(simulators, "-a", "77", "-t", "3", "-r", "16", port)
    assert status != 0
    assert "timed out" in told
