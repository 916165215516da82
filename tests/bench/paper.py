"""What a ticket costs on a slow wire: its bytes, and how much longer than they must they take."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from config.settings import load
from controller.domain.events import TicketIssued
from controller.ids import new_ticket_id
from controller.slips import SlipWriter
from devices.printer import Printer
from devices.profiles import profile
from devices.sim.clock import Watch
from devices.sim.ports import PtyPort
from devices.sim.printer import PrinterMake, SimPrinter
from tests.bench import figure
from tests.bench._running import DEMO
from tests.fixtures.pty_line import open_link

BAUD = 9600
ISSUED_MS = 1_795_393_800_000
TOKEN = "Qk3vX9s2LmZ8QrSt"  # as long as the product's
PROCESS_ID_BYTES = 11


class Tap:
    """A simulated printer that notes when each byte came off its wire."""

    silence_s = SimPrinter.silence_s

    def __init__(self, printer: SimPrinter) -> None:
        self.heard = bytearray()
        self.at: list[float] = []
        self._printer = printer

    @property
    def garbage(self) -> int:
        return self._printer.garbage

    def receive(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        self.heard += data
        self.at += [now - place * 10 / BAUD for place in reversed(range(len(data)))]
        self._printer.receive(data)

    def line_silent(self) -> None:
        self._printer.line_silent()


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
    tap = Tap(simulated)
    make = replace(profile("cn-generic-80"), confirm="process-id")
    with tempfile.TemporaryDirectory() as folder:
        port = PtyPort("kiosk", tap, Path(folder), BAUD)
        simulated.write = port.write
        await port.start()
        task = asyncio.create_task(simulated.work())
        try:
            async with open_link(port.url, baud=BAUD) as link:
                await link.wait_open(5)
                await Printer(link, make).print(job, 1)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await port.stop()
    first = bytes(tap.heard).index(job)
    last = first + len(job) + PROCESS_ID_BYTES - 1
    return len(tap.heard) - first, tap.at[last] - tap.at[first] + 10 / BAUD


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
