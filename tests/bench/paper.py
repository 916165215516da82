"""What a ticket costs on a slow wire: its bytes, and how much longer than they must they take."""

import asyncio
import os
from dataclasses import replace

from config.settings import load
from controller.domain.events import TicketIssued
from controller.ids import new_ticket_id
from controller.slips import SlipWriter
from devices.printer import Printer
from devices.profiles import profile
from devices.sim.clock import Watch
from devices.sim.printer import PrinterMake, SimPrinter
from tests.bench import figure
from tests.bench._running import DEMO
from tests.fixtures.pty_line import PtyLine, open_link

BAUD = 9600
ISSUED_MS = 1_795_393_800_000
TOKEN = "Qk3vX9s2LmZ8QrSt"  # as long as the product's
PROCESS_ID_BYTES = 11


class SlowWire:
    """The printer's end of a pseudo-terminal, which takes no more than `BAUD` lets through."""

    def __init__(self, printer: SimPrinter) -> None:
        self.line = PtyLine()
        self.heard = bytearray()
        self.at: list[float] = []
        self._printer = printer
        printer.write = lambda data: os.write(self.line.master, data) and None

    async def run(self) -> None:
        """Pass the bytes on one after another; a byte takes the time of its ten bits."""
        loop = asyncio.get_running_loop()
        free_at = loop.time()
        while True:
            try:
                data = os.read(self.line.master, 16)
            except BlockingIOError:
                await asyncio.sleep(0.001)
                continue
            for byte in data:
                free_at = max(free_at, loop.time()) + 10 / BAUD
                self.heard.append(byte)
                self.at.append(free_at)
            await asyncio.sleep(max(0.0, free_at - loop.time()))
            self._printer.receive(data)


def demo_ticket() -> bytes:
    """The slip of the demo hall with an expected wait, as its printer gets it."""
    hall = load(DEMO)
    printer = hall.printers[0]
    make = profile(printer.profile, **printer.overrides)
    issued = TicketIssued(
        ticket=new_ticket_id(ISSUED_MS), number="A012", service="A", date="2026-11-23", items=[],
        priority=None, source="kiosk", issued_at=ISSUED_MS, effective_at=ISSUED_MS, ahead=12,
        wait_low_s=900, wait_high_s=1500, skipped=[],
    )  # fmt: skip
    return SlipWriter(hall, make, lambda ticket: TOKEN)(issued)


async def sent_slowly(job: bytes) -> tuple[int, float]:
    """Print it by the real driver over 9600 baud; its bytes with the process ID, its seconds."""
    simulated = SimPrinter(PrinterMake("kiosk"), Watch("Asia/Shanghai"))
    wire = SlowWire(simulated)
    make = replace(profile("cn-generic-80"), confirm="process-id")
    tasks = [asyncio.create_task(simulated.work()), asyncio.create_task(wire.run())]
    try:
        async with open_link(wire.line.path, baud=BAUD) as link:
            await link.wait_open(5)
            await Printer(link, make).print(job, 1)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        wire.line.hang_up()
    first = bytes(wire.heard).index(job)
    last = first + len(job) + PROCESS_ID_BYTES - 1
    return len(wire.heard) - first, wire.at[last] - wire.at[first] + 10 / BAUD


@figure("ticket_bytes", unit="bytes", better="lower", bar=270)
async def ticket_bytes() -> float:
    """The demo's ticket with expected wait, QR code and process ID, as it left the driver."""
    count, _ = await sent_slowly(demo_ticket())
    return count


@figure("ticket_wire_ratio", unit="ratio", better="lower", bar=1.1)
async def ticket_wire_ratio() -> float:
    """Its time on a 9600-baud wire ÷ bytes x 10 / baud."""
    count, seconds = await sent_slowly(demo_ticket())
    return seconds / (count * 10 / BAUD)
