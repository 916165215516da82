"""Bytes on a simulated wire take the time of the baud, in a loop of virtual time."""

import asyncio
import os
import termios
import time
from pathlib import Path

import pytest

from devices.sim.ports import AHEAD_BYTES, PtyPort, TcpPort
from devices.sim.wire import STEP_S, Wire
from tests.fixtures.pty_line import until
from tests.fixtures.virtual_time import run_virtually

BAUDS = (1200, 9600, 19200, 115200)


class End:
    """The far end of a wire, and a device on a port: what has come, and when."""

    silence_s = 0.003
    garbage = 0

    def __init__(self, baud: int = 9600) -> None:
        self.came: list[tuple[float, bytes]] = []
        self.silences = 0
        self.wire = Wire(self.receive, lambda: 10 / baud)

    def receive(self, data: bytes) -> None:
        self.came.append((asyncio.get_running_loop().time(), data))

    def line_silent(self) -> None:
        self.silences += 1

    @property
    def heard(self) -> bytes:
        return b"".join(data for _, data in self.came)


@pytest.mark.parametrize("baud", BAUDS)
def test_no_byte_comes_before_its_time_and_none_a_step_after_it(baud: int) -> None:
    async def send() -> tuple[float, End]:
        end = End(baud)
        began = asyncio.get_running_loop().time()
        end.wire.put(bytes(range(250)))
        await asyncio.sleep(260 * 10 / baud)
        return began, end

    began, end = run_virtually(send())
    assert end.heard == bytes(range(250))
    count = 0
    for at, data in end.came:
        count += len(data)
        assert at - began == pytest.approx(count * 10 / baud, abs=1e-4)
        assert len(data) * 10 / baud <= max(STEP_S * 1.5, 10 / baud)


def test_bytes_queue_up_behind_those_on_their_way_and_wait_while_held() -> None:
    async def send() -> tuple[float, End]:
        end = End()
        began = asyncio.get_running_loop().time()
        end.wire.put(b"0123456789")
        end.wire.put(b"abcdefghij")
        await asyncio.sleep(0.0055)
        end.wire.hold()
        assert end.heard == b"0123"
        await asyncio.sleep(0.05)
        end.wire.release()
        await asyncio.sleep(0.05)
        return began, end

    began, end = run_virtually(send())
    assert end.heard == b"0123456789abcdefghij"
    assert end.came[-1][0] - began == pytest.approx(0.0555 + 16 * 10 / 9600, abs=1e-4)


async def test_a_pseudo_terminal_has_the_pace_that_it_is_set_to(tmp_path: Path) -> None:
    """And its device hears no silence inside of a frame."""
    end = End()
    port = PtyPort("units", end, tmp_path, 115200)
    await port.start()
    service = os.open(port.url, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        modes = termios.tcgetattr(service)
        modes[4] = modes[5] = termios.B19200
        termios.tcsetattr(service, termios.TCSANOW, modes)
        assert port.baud() == 19200
        began = time.monotonic()
        os.write(service, bytes(40))
        port.write(bytes(40))
        await until(lambda: len(end.heard) == 40)
        took_s = time.monotonic() - began
        assert end.silences == 0
        await until(lambda: end.silences == 1)
        assert len(os.read(service, 100)) == 40  # the other way meanwhile
    finally:
        os.close(service)
        await port.stop()
    assert took_s >= 40 * 10 / 19200


async def test_a_tcp_port_has_the_pace_of_the_hall_file_and_takes_no_more_than_it_can() -> None:
    end = End()
    port = TcpPort("kiosk", end, 115200)
    await port.start()
    host, number = port.url.removeprefix("socket://").split(":")
    reader, writer = await asyncio.open_connection(host, int(number))
    try:
        sent = os.urandom(3 * AHEAD_BYTES)
        began = time.monotonic()
        writer.write(sent)
        await until(lambda: len(end.heard) == len(sent))
        took_s = time.monotonic() - began
        port.write(b"ready")
        assert await reader.readexactly(5) == b"ready"
    finally:
        writer.close()
        await port.stop()
    assert end.heard == sent
    assert took_s >= len(sent) * 10 / 115200
