"""Printing when the printer has troubles: real reactor, driver, wire and simulated printer.

Whatever happens, the log of the service has no error in it, the paper's state is what is known,
the device list tells the trouble, and the next tickets come out when it is over.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from controller.domain.events import PaperEvent, TicketIssued
from controller.reactors import printing
from controller.reactors.printing import Paper, Printing
from devices.printer import Printer
from devices.profiles import Confirm, profile
from devices.sim.clock import Watch
from devices.sim.ports import PtyPort
from devices.sim.printer import PrinterMake, SimPrinter
from devices.slip import TicketSlip, compose, compose_void
from tests.fixtures.pty_line import open_link
from tests.fixtures.reacting import ReactingHall, eventually, reacting

pytestmark = pytest.mark.timeout(30)

DEVICE = "printer:kiosk"
PAPER_MM_PER_S = 300.0
CONFIRM_TIMEOUT_S = 1.5
VOID, AGAIN = "以上作废", "补打 09:16"
CONFIRMS: tuple[Confirm, ...] = ("process-id", "fence")

BEFORE = [
    pytest.param({"paper": "out"}, {"paper": "ok"}, "paper-out", id="paper out"),
    pytest.param({"cover": "open"}, {"cover": "closed"}, "cover-open", id="cover open"),
]
DURING = [*BEFORE, pytest.param({"silent": True}, {"silent": False}, "silent", id="silent")]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "RETRY_S", 0.05)
    monkeypatch.setattr(printing, "ASK_S", 0.2)


@pytest.fixture(autouse=True)
def no_errors(caplog: pytest.LogCaptureFixture) -> Any:
    yield
    records = [*caplog.get_records("call"), *caplog.get_records("teardown")]
    assert [r.getMessage() for r in records if r.levelno >= logging.ERROR] == []


@pytest.fixture(params=CONFIRMS)
def confirm(request: pytest.FixtureRequest) -> Confirm:
    chosen: Confirm = request.param
    return chosen


@pytest.fixture
async def kiosk(tmp_path: Path, confirm: Confirm) -> AsyncIterator["Kiosk"]:
    async with kiosk_on(tmp_path, confirm) as running:
        yield running


@dataclass
class Kiosk:
    """A small hall and its printer. Faults are set as a person at the machine would."""

    hall: ReactingHall
    printer: SimPrinter

    def slips(self) -> list[str]:
        """The numbers on the slips in the tray."""
        return [self.number(slip.paper.text) for slip in self.printer.tickets]

    @staticmethod
    def number(text: str) -> str:
        return next(word for word in text.split() if word[0] == "A" and word[1:].isdigit())

    def steps(self, ticket: str) -> list[str]:
        """What the log says about a ticket's paper."""
        return [
            row.type.removeprefix("Ticket")
            for row in self.hall.log()
            if isinstance(row.event, PaperEvent) and row.event.ticket == ticket
        ]

    def detail(self, ticket: str) -> str:
        """The reason or the proof of the newest step."""
        events = [row.event for row in self.hall.log() if isinstance(row.event, PaperEvent)]
        return [event.detail for event in events if event.ticket == ticket][-1]

    def device(self) -> tuple[str, str]:
        state = next(one for one in self.hall.supervising.states if one.id == DEVICE)
        return state.state, state.detail

    async def has_steps(self, ticket: str, *steps: str) -> None:
        await eventually(lambda: self.steps(ticket) == list(steps), lambda: self.steps(ticket))

    async def is_told(self, state: str, detail: str = "") -> None:
        """The device list says so, and the log as well."""
        await eventually(lambda: self.device() == (state, detail), self.device)
        last = "DeviceBack" if state == "ok" else "DeviceLost"

        def told() -> list[str]:
            return [name for name in self.hall.names() if name.startswith("Device")][-1:]

        await eventually(lambda: told() == [last], told)

    async def in_the_middle_of(self, number: str) -> None:
        """Wait until half of a slip hangs out of the printer."""

        def hangs() -> bool:
            return number in self.printer.state()["open_paper"]["text"]

        await eventually(hangs, self.printer.state)


@asynccontextmanager
async def kiosk_on(folder: Path, confirm: Confirm, clears: bool = True) -> AsyncIterator[Kiosk]:
    clear = "dle-dc4" if confirm == "process-id" else "dle-enq"
    make = profile("cn-generic-80", confirm=confirm, clear=clear)
    simulated = SimPrinter(
        PrinterMake("kiosk", confirm, paper_mm_per_s=PAPER_MM_PER_S, clears=clears),
        Watch("Asia/Shanghai"),
    )
    port = PtyPort("kiosk", simulated, folder)
    simulated.write = port.write
    await port.start()
    work = asyncio.create_task(simulated.work())
    try:
        async with reacting(folder) as hall, open_link(port.url) as link:
            assert await link.wait_open(5)
            driver = Printer(link, make, CONFIRM_TIMEOUT_S)

            def written(issued: TicketIssued, again_at: int | None = None) -> bytes:
                return compose(slip(issued, AGAIN if again_at else ""), make)

            paper = Paper(DEVICE, driver, written, void=compose_void(VOID, make))
            reactor = Printing(paper, hall.ground.place("print:kiosk"), hall.ground)
            await hall.run(hall.supervising.run)
            await hall.run(reactor.run)
            await eventually(lambda: hall.supervising.is_working(DEVICE))
            yield Kiosk(hall, simulated)
            await hall.end()
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await port.stop()


def slip(issued: TicketIssued, mark: str = "") -> TicketSlip:
    return TicketSlip(
        hall="云溪镇政务服务中心", number=issued.number, service="社保医保",
        ahead_line="前面还有 0 人", wait_line=None, time_line="2026-11-20 09:15",
        notice="过号作废，请留意叫号", qr="http://127.0.0.1:8080/t/abcdefghijk/AbCdEfGhIjKl",
        mark=mark,
    )  # fmt: skip


@pytest.mark.parametrize(("fault", "repair", "word"), BEFORE)
async def test_trouble_before_a_ticket(
    kiosk: Kiosk, fault: dict[str, Any], repair: dict[str, Any], word: str
) -> None:
    kiosk.printer.set_fault(**fault)
    await kiosk.is_told("fault", word)
    for ticket in ("stale", "t2"):
        await kiosk.hall.issue(ticket)
        await kiosk.has_steps(ticket, "PrintFailed")
        assert kiosk.detail(ticket) == word
        kiosk.hall.time.pass_s(31)
    await kiosk.has_steps("stale", "PrintFailed", "PrintDropped")
    assert kiosk.slips() == []
    kiosk.printer.set_fault(**repair)
    await kiosk.has_steps("t2", "PrintFailed", "PrintStarted", "Printed")
    await kiosk.is_told("ok")
    await kiosk.hall.issue("t3")
    await kiosk.has_steps("t3", "PrintStarted", "Printed")
    assert kiosk.slips() == ["A002", "A003"]
    assert kiosk.steps("stale") == ["PrintFailed", "PrintDropped"]


@pytest.mark.parametrize(("fault", "repair", "word"), DURING)
async def test_trouble_that_only_the_ticket_finds(
    kiosk: Kiosk,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any],
    repair: dict[str, Any],
    word: str,
) -> None:
    monkeypatch.setattr(printing, "ASK_S", 30)
    await asyncio.sleep(0.5)  # the last question of the reactor by itself
    kiosk.printer.set_fault(**fault)
    await kiosk.hall.issue("t1")
    await kiosk.has_steps("t1", "PrintStarted", "PrintFailed")
    await kiosk.is_told("lost" if word == "silent" else "fault", word)
    kiosk.printer.set_fault(**repair)
    await kiosk.has_steps("t1", "PrintStarted", "PrintFailed", "PrintStarted", "Printed")
    await kiosk.is_told("ok")
    assert kiosk.slips() == ["A001"]


@pytest.mark.parametrize(("fault", "repair", "word"), BEFORE)
async def test_a_slip_that_broke_off_is_printed_whole_and_marked(
    kiosk: Kiosk, fault: dict[str, Any], repair: dict[str, Any], word: str
) -> None:
    await kiosk.hall.issue("t1")
    await kiosk.in_the_middle_of("A001")
    kiosk.printer.set_fault(**fault)
    await kiosk.is_told("fault", word)
    await eventually(lambda: kiosk.printer.state()["waiting_bytes"] == 0)
    await kiosk.hall.issue("t2")
    await kiosk.has_steps("t2", "PrintFailed")
    assert kiosk.steps("t1") == ["PrintStarted"], "in doubt until the printer works again"
    kiosk.printer.set_fault(**repair)
    await kiosk.has_steps("t1", "PrintStarted", "PrintFailed", "PrintStarted", "Printed")
    await kiosk.has_steps("t2", "PrintFailed", "PrintStarted", "Printed")
    await kiosk.is_told("ok")
    torn, whole, next_one = (slip.paper for slip in kiosk.printer.tickets)
    assert "A001" in torn.uncut_before and torn.text.strip() == VOID
    assert kiosk.number(whole.text) == "A001" and AGAIN in whole.text
    assert kiosk.number(next_one.text) == "A002" and AGAIN not in next_one.text
    assert whole.uncut_before == next_one.uncut_before == ""


@pytest.mark.parametrize(("fault", "repair", "word"), BEFORE)
async def test_a_printer_that_goes_on_by_itself_is_believed(
    tmp_path: Path, confirm: Confirm, fault: dict[str, Any], repair: dict[str, Any], word: str
) -> None:
    """It does not know how to clear its buffer: the slip comes out whole, and once."""
    async with kiosk_on(tmp_path, confirm, clears=False) as kiosk:
        await kiosk.hall.issue("t1")
        await kiosk.in_the_middle_of("A001")
        kiosk.printer.set_fault(**fault)
        await kiosk.is_told("fault", word)
        kiosk.printer.set_fault(**repair)
        await kiosk.has_steps("t1", "PrintStarted", "Printed")
        assert kiosk.detail("t1") == "resumed"
        await kiosk.hall.issue("t2")
        await kiosk.has_steps("t2", "PrintStarted", "Printed")
        assert kiosk.slips() == ["A001", "A002"]


@pytest.mark.parametrize(("fault", "repair", "word"), BEFORE)
async def test_a_slip_that_broke_off_long_ago_is_not_printed(
    kiosk: Kiosk, fault: dict[str, Any], repair: dict[str, Any], word: str
) -> None:
    await kiosk.hall.issue("t1")
    await kiosk.in_the_middle_of("A001")
    kiosk.printer.set_fault(**fault)
    await kiosk.is_told("fault", word)
    await eventually(lambda: kiosk.printer.state()["waiting_bytes"] == 0)
    kiosk.hall.time.pass_s(61)
    await kiosk.has_steps("t1", "PrintStarted", "PrintUnknown")
    kiosk.printer.set_fault(**repair)
    await kiosk.is_told("ok")
    await kiosk.hall.issue("t2")
    await kiosk.has_steps("t2", "PrintStarted", "Printed")
    torn, whole = (slip.paper for slip in kiosk.printer.tickets)
    assert "A001" in torn.uncut_before and torn.text.strip() == VOID
    assert kiosk.number(whole.text) == "A002"


async def test_a_printer_that_falls_silent_in_the_middle_of_a_ticket(kiosk: Kiosk) -> None:
    await kiosk.hall.issue("t1")
    await kiosk.in_the_middle_of("A001")
    kiosk.printer.set_fault(silent=True)
    await kiosk.has_steps("t1", "PrintStarted", "PrintUnknown")
    await kiosk.is_told("lost", "silent")
    for ticket in ("stale", "t3"):
        await kiosk.hall.issue(ticket)
        await kiosk.has_steps(ticket, "PrintFailed")
        kiosk.hall.time.pass_s(31)
    await kiosk.has_steps("stale", "PrintFailed", "PrintDropped")
    kiosk.printer.set_fault(silent=False)
    await kiosk.has_steps("t3", "PrintFailed", "PrintStarted", "Printed")
    assert kiosk.slips() == ["A001", "A003"], "proved when it is in the tray, not before"
    await kiosk.is_told("ok")
    await kiosk.hall.issue("t4")
    await kiosk.has_steps("t4", "PrintStarted", "Printed")
    assert kiosk.slips() == ["A001", "A003", "A004"]
    assert kiosk.steps("t1") == ["PrintStarted", "PrintUnknown"], "never printed again by itself"
