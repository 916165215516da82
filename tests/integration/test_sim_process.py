"""The simulators as a process of their own: start, lock, stop, and what a killed service leaves."""

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from devices.framing.bx import BxFrame, FrameDecoder, encode_frame
from devices.framing.bx_commands import Ack, DynamicArea, ShowAreas, mark_up, parse_answer
from tests.fixtures.running import eventually
from tests.fixtures.simulators import Simulators, read_ports, running_simulators, start_process

pytestmark = pytest.mark.timeout(60)  # processes, on a machine that may be busy

TICKET = b"\x1b@\x1c&" + "云溪镇\n".encode("gb18030") + b"A001\n\x1d(H\x06\x00000001\x1dV\x42\x00"
KINDS = pytest.mark.parametrize("kind", [(), ("--tcp",)], ids=["pty", "tcp"])


async def tickets(simulators: Simulators) -> list[dict[str, str]]:
    return list((await simulators.get("/printers/kiosk/tickets")).body)


@KINDS
async def test_a_ticket_is_printed_and_its_proof_comes_back(
    tmp_path: Path, kind: tuple[str, ...]
) -> None:
    async with running_simulators(tmp_path, *kind) as simulators:
        with await asyncio.to_thread(simulators.open_line, "kiosk") as line:
            await asyncio.to_thread(line.write, TICKET)
            proof = await asyncio.to_thread(line.read, 7)
        assert proof == b"\x37\x220001\x00"
        [ticket] = await eventually(lambda: tickets(simulators))
        assert ticket["text"] == "云溪镇\nA001"
        assert ticket["hex"] == TICKET.hex()
        picture = await simulators.get("/printers/kiosk/tickets/1.png")
        assert picture.body.startswith(b"\x89PNG")


@KINDS
async def test_a_strip_shows_what_its_frame_says(tmp_path: Path, kind: tuple[str, ...]) -> None:
    text = mark_up("A001 请到3号窗口".encode("gb2312"), "red")
    area = ShowAreas((DynamicArea(text, width=128, height=16),))
    frame = encode_frame(BxFrame(dst=3, src=0x8000, data=area.to_bytes()))
    async with running_simulators(tmp_path, *kind) as simulators:
        with await asyncio.to_thread(simulators.open_line, "leds") as line:
            await asyncio.to_thread(line.write, frame)
            [answer] = FrameDecoder().feed(await asyncio.to_thread(line.read_until, b"\x5a"))
        assert parse_answer(answer.data) == Ack()
        shown = (await simulators.get("/leds/3")).body
        assert shown["text"] == "A001 请到3号窗口"
        assert shown["frames"] == [frame.hex()]


async def test_a_killed_service_leaves_lines_that_open_again(tmp_path: Path) -> None:
    """Half a ticket and half a command, kill -9, then a whole ticket on the same path.

    The printer still waits for the rest of the command: what comes first must fill it.
    """
    async with running_simulators(tmp_path) as simulators:
        half = TICKET[:16] + b"\x1d(k\xff\x001P0"
        writer = "import serial, sys, time; p = serial.serial_for_url(sys.argv[1]); "
        writer += (
            "p.write(bytes.fromhex(sys.argv[2])); print('written', flush=True); time.sleep(60)"
        )
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", writer, simulators.ports["lines"]["kiosk"], half.hex(),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert child.stdout
        await child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        await child.wait()

        async def half_has_come() -> bool:
            printer = (await simulators.get("/printers/kiosk")).body
            return bool(printer["waiting_bytes"] == 8 and printer["open_paper"]["text"])

        await eventually(half_has_come)
        with await asyncio.to_thread(simulators.open_line, "kiosk") as line:
            await asyncio.to_thread(line.write, bytes(256) + TICKET)
        [ticket] = await eventually(lambda: tickets(simulators))
        assert ticket["text"] == "云溪镇\nA001"
        assert ticket["hex"] == TICKET.hex()
        assert ticket["uncut_before"] == "云溪镇\nA001"


async def test_a_stalled_port_takes_nothing_until_it_is_released(tmp_path: Path) -> None:
    async with running_simulators(tmp_path) as simulators:
        await simulators.post("/printers/kiosk/fault", {"stalled": True})
        with await asyncio.to_thread(simulators.open_line, "kiosk") as line:
            await asyncio.to_thread(line.write, b"\x10\x04\x01")
            line.timeout = 0.1
            assert await asyncio.to_thread(line.read, 1) == b""
            await simulators.post("/printers/kiosk/fault", {"stalled": False})
            line.timeout = 5
            # It asked to be left alone by an XOFF, which was lost on nobody, and now goes on.
            assert await asyncio.to_thread(line.read, 2) == b"\x11\x16"


async def test_a_second_process_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    async with running_simulators(tmp_path) as simulators:
        second = await start_process(tmp_path)
        _, told = await second.communicate()
        assert second.returncode == 1
        assert "SimRunningError" in told.decode()
        assert (await simulators.get("/health")).body["pid"] == simulators.process.pid
        assert read_ports(tmp_path) == simulators.ports


async def test_after_a_kill_the_next_process_takes_over(tmp_path: Path) -> None:
    first = await start_process(tmp_path)

    async def started() -> bool:
        return bool(read_ports(tmp_path))

    await eventually(started)
    first.kill()
    await first.communicate()
    assert "kiosk" in os.listdir(tmp_path / "sim")  # a link to nowhere
    async with running_simulators(tmp_path) as simulators:
        with await asyncio.to_thread(simulators.open_line, "kiosk") as line:
            await asyncio.to_thread(line.write, b"\x10\x04\x04")
            assert await asyncio.to_thread(line.read, 1) == b"\x12"


async def test_it_ends_in_order_and_when_its_folder_vanishes(tmp_path: Path) -> None:
    async with running_simulators(tmp_path / "data") as simulators:
        assert (await simulators.post("/shutdown")).status == 202
        await simulators.process.wait()
        assert sorted(os.listdir(tmp_path / "data/sim")) == ["lock", "speaker"]
    async with running_simulators(tmp_path / "data") as simulators:
        shutil.rmtree(tmp_path / "data")
        await simulators.process.wait()
