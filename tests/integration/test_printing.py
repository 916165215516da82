"""Paper once: what is durable before and after it, at every moment at which a process may end."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from controller.domain.commands import IssueTicket, RecordPrint
from controller.domain.errors import RefusalError
from controller.domain.events import PaperEvent, TicketIssued
from controller.domain.hall_commands import AskPrint
from controller.reactors import printing
from controller.reactors.printing import Paper, Printing
from devices.printer import PrinterError, PrinterStatus, Proof
from devices.roll import PaperRoll
from tests.fixtures.reacting import ReactingHall, eventually, reacting


class FakePrinter:
    """Notes its jobs; `refusals` are raised one after another before it prints again."""

    def __init__(self) -> None:
        self.jobs: list[bytes] = []
        self.refusals: list[PrinterError] = []
        self.state = PrinterStatus.READY
        self.held = asyncio.Event()
        self.held.set()

    async def status(self) -> PrinterStatus:
        return self.state

    async def print(self, job: bytes, job_id: int) -> Proof:
        if self.refusals:
            raise self.refusals.pop(0)
        self.jobs.append(job)
        await self.held.wait()
        return Proof.PROCESS_ID


def compose(issued: TicketIssued, again_at: int | None = None) -> bytes:
    return issued.number.encode() + (b" again" if again_at is not None else b"")


async def start(hall: ReactingHall, printer: FakePrinter) -> "asyncio.Task[None]":
    place = hall.ground.place("print:kiosk")
    reactor = Printing(Paper("printer:kiosk", printer, compose), place, hall.ground)
    return await hall.run(reactor.run)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "RETRY_S", 0.01)
    monkeypatch.setattr(printing, "ASK_S", 0.02)
    monkeypatch.setattr(printing, "GRACE_S", 0.05)


async def test_a_ticket_is_started_then_printed_with_its_proof(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        await start(hall, printer)
        await hall.issue("t1")
        rows = await hall.until("TicketPrintStarted", "TicketPrinted")
        assert printer.jobs == [b"A001"]
        event = rows[-1].event
        assert isinstance(event, PaperEvent)
        assert (event.detail, event.printer) == ("process-id", "printer:kiosk")


async def test_the_start_is_stored_before_the_first_byte(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        printer.held.clear()
        await start(hall, printer)
        await hall.issue("t1")
        await eventually(lambda: bool(printer.jobs))
        assert hall.names()[-1] == "TicketPrintStarted"


async def test_started_without_an_end_is_unknown_after_a_restart_and_not_repeated(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        printer.held.clear()
        await start(hall, printer)
        await hall.issue("t1")
        await eventually(lambda: bool(printer.jobs))
        await hall.issue("t2")
    async with reacting(tmp_path, "second") as hall:
        printer = FakePrinter()
        await start(hall, printer)
        rows = await hall.until("TicketPrintStarted", "TicketPrinted")
        assert printer.jobs == [b"A002"]
        assert [row.type for row in rows if row.event.subject == "t1"][-1] == "TicketPrintUnknown"


async def test_what_waited_at_the_crash_is_printed_unless_it_is_stale(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        task = await start(hall, FakePrinter())
        task.cancel()
        await hall.issue("old")
    async with reacting(tmp_path, "second") as hall:
        hall.time.pass_s(61)
        await hall.issue("young")
        printer = FakePrinter()
        await start(hall, printer)
        rows = await hall.until("TicketPrintStarted", "TicketPrinted")
        assert printer.jobs == [b"A002"]
        assert [row.type for row in rows if row.event.subject == "old"][-1] == "TicketPrintDropped"


async def test_no_paper_is_told_at_once_and_printed_when_paper_is_back(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        printer.state = PrinterStatus.PAPER_OUT
        await start(hall, printer)
        await hall.issue("t1")
        await hall.until("TicketPrintFailed")
        await hall.issue("t2")
        rows = await hall.until("TicketPrintFailed", "TicketIssued", "TicketPrintFailed")
        assert isinstance(rows[-1].event, PaperEvent)
        assert rows[-1].event.detail == "paper-out"
        assert hall.supervising.states[0].state == "fault"
        printer.state = PrinterStatus.READY
        await eventually(lambda: len(printer.jobs) == 2)
        await hall.until("TicketPrintStarted", "TicketPrinted")
        assert printer.jobs == [b"A001", b"A002"]
        assert hall.supervising.states[0].state == "ok"


async def test_a_refusal_before_the_first_byte_is_tried_again(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        printer.refusals = [PrinterError("cover-open", False, PrinterStatus.COVER_OPEN)]
        await start(hall, printer)
        await hall.issue("t1")
        await hall.until(
            "TicketPrintStarted", "TicketPrintFailed", "TicketPrintStarted", "TicketPrinted"
        )
        assert printer.jobs == [b"A001"]


async def test_a_doubt_after_the_first_byte_is_unknown_and_stays_so(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        printer.refusals = [PrinterError("unconfirmed", True, PrinterStatus.READY)]
        await start(hall, printer)
        await hall.issue("t1")
        await hall.until("TicketPrintUnknown")
        await hall.issue("t2")
        await hall.until("TicketPrinted")
        assert printer.jobs == [b"A002"]


async def test_a_paper_step_that_the_log_knows_already_stops_the_job(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        await start(hall, printer)
        hall.ground.place("print:other")
        async with asyncio.timeout(5):
            await asyncio.gather(hall.issue("t1"), hall.do(RecordPrint("t1", "dropped", "x")))
        await eventually(lambda: hall.names().count("TicketPrintDropped") == 1)
        await hall.issue("t2")
        await hall.until("TicketPrintStarted", "TicketPrinted")
        assert printer.jobs == [b"A002"]


async def test_a_slip_is_printed_again_when_it_is_asked_for(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        await start(hall, printer)
        await hall.issue("t1")
        await hall.until("TicketPrintStarted", "TicketPrinted")
        await hall.do(AskPrint("t1"))
        await hall.until("TicketPrintAsked", "TicketPrintStarted", "TicketPrinted")
        assert printer.jobs == [b"A001", b"A001 again"]
        with pytest.raises(RefusalError):
            await hall.do(AskPrint("nobody"))


async def test_a_pre_printed_card_gets_no_paper(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        await start(hall, printer)
        await hall.do(IssueTicket("A", "t1", source="card", card="K007"))
        await hall.issue("t2")
        await hall.until("TicketPrintStarted", "TicketPrinted")
        assert printer.jobs == [b"A001"]


async def two(hall: ReactingHall, kiosk: FakePrinter, desk: FakePrinter) -> None:
    """The kiosk's printer and the helper desk's, each the other's backup."""
    first = Paper("printer:kiosk", kiosk, compose)
    second = Paper("printer:desk", desk, compose, main=False)
    for name, paper in {
        "print:kiosk": replace(first, backup=second),
        "print:desk": replace(second, backup=first),
    }.items():
        await hall.run(Printing(paper, hall.ground.place(name), hall.ground).run)


def printers_of(hall: ReactingHall, ticket: str) -> list[tuple[str, str]]:
    events = [row.event for row in hall.log() if isinstance(row.event, PaperEvent)]
    return [
        (type(event).__name__.removeprefix("Ticket"), event.printer)
        for event in events
        if event.ticket == ticket
    ]


async def test_another_printer_stands_in_and_the_first_goes_on_when_it_is_well(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        kiosk, desk = FakePrinter(), FakePrinter()
        kiosk.state = PrinterStatus.PAPER_OUT
        await two(hall, kiosk, desk)
        await hall.issue("t1")
        await eventually(lambda: len(printers_of(hall, "t1")) == 2)
        assert printers_of(hall, "t1") == [
            ("PrintStarted", "printer:desk"), ("Printed", "printer:desk")
        ]  # fmt: skip
        assert (kiosk.jobs, desk.jobs) == ([], [b"A001"])
        kiosk.state = PrinterStatus.READY
        await hall.issue("t2")
        await eventually(lambda: kiosk.jobs == [b"A002"])
        assert desk.jobs == [b"A001"]


async def test_a_slip_is_printed_by_one_printer_only_and_waits_when_both_are_out(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        kiosk, desk = FakePrinter(), FakePrinter()
        kiosk.state = desk.state = PrinterStatus.COVER_OPEN
        await two(hall, kiosk, desk)
        await hall.issue("t1")
        await eventually(lambda: len(printers_of(hall, "t1")) == 1)
        assert printers_of(hall, "t1") == [("PrintFailed", "printer:kiosk")]
        desk.state = PrinterStatus.READY
        await eventually(lambda: desk.jobs == [b"A001"])
        kiosk.state = PrinterStatus.READY
        await hall.issue("t2")
        await eventually(lambda: kiosk.jobs == [b"A002"])
        assert desk.jobs == [b"A001"]


async def test_what_is_asked_for_at_a_printer_comes_out_there(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        kiosk, desk = FakePrinter(), FakePrinter()
        await two(hall, kiosk, desk)
        await hall.issue("t1")
        await eventually(lambda: kiosk.jobs == [b"A001"])
        await hall.until("TicketPrintStarted", "TicketPrinted")
        verdict = await hall.ground.desk.wish(
            AskPrint("t1", "printer:desk", "desk"), "desk:1", "ask-1"
        )
        assert verdict.refusal is None
        await eventually(lambda: desk.jobs == [b"A001 again"])
        assert kiosk.jobs == [b"A001"]


async def test_counted_paper_is_shown_and_told_low(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        roll = PaperRoll(tmp_path / "rolls/kiosk.json", 1000)
        paper = Paper("printer:kiosk", printer, lambda issued, again_at: b"A\n" * 20, roll=roll)
        await hall.run(Printing(paper, hall.ground.place("print:kiosk"), hall.ground).run)

        def shown() -> tuple[int | None, str]:
            state = next(one for one in hall.supervising.states if one.id == "printer:kiosk")
            return state.slips_left, state.detail

        assert shown()[0] is None
        await hall.issue("t1")
        # 20 lines of 34 dots are 85 mm; 915 mm are left
        await eventually(lambda: shown() == (10, "paper-low"), shown)
        printer.state = PrinterStatus.PAPER_OUT
        await eventually(lambda: shown() == (10, "paper-out"), shown)
        printer.state = PrinterStatus.READY
        await eventually(lambda: shown()[0] == 11, shown)
        assert (tmp_path / "rolls/kiosk.json").exists()
