"""Paper for each ticket and notice, once: its start is durable before the first byte leaves.

    TicketIssued, TicketPrintAsked, NoticeAsked --> waiting --> started --> printed | unknown
                                                      |   ^        |
                                                      |   +-failed-+  (before the first byte)
                                                      +--> dropped    (too old to be of use)

A slip that broke off because paper or cover failed stays `started` while its printer's buffer is
cleared; when the printer works again it says in order whether the slip came out after all. If it
did not, it has `failed` and is printed whole, marked as printed again (补打).

Started without an end is `unknown` after a restart and never repeated by itself; somebody may
ask for it again (补打).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from controller.domain.commands import Command, RecordPrint
from controller.domain.events import (
    StoredEvent,
    TicketIssued,
    TicketPrintAsked,
    TicketPrintDropped,
    TicketPrinted,
    TicketPrintFailed,
    TicketPrintStarted,
    TicketPrintUnknown,
)
from controller.domain.hall_commands import RecordNotice
from controller.domain.notice_events import (
    NoticeAsked,
    NoticeDropped,
    NoticeFailed,
    NoticePrinted,
    NoticeStarted,
    NoticeUnknown,
)
from controller.domain.tickets import first_paper
from controller.reactors.ground import Ground
from controller.reactors.hall_log import Place
from controller.supervisor import finish_first
from devices.printer import PrinterError, PrinterStatus, Proof, Settled
from devices.roll import PaperRoll

logger = logging.getLogger(__name__)

ACTOR = "system:printing"
STALE_S = 60
RETRY_S = 1.0
ASK_S = 5.0
OPEN_S = 2.0
GRACE_S = 5.0
STARTS = (TicketPrintStarted, NoticeStarted)
FAILURES = (TicketPrintFailed, NoticeFailed)
ENDS = (
    TicketPrinted, TicketPrintUnknown, TicketPrintDropped,
    NoticePrinted, NoticeUnknown, NoticeDropped,
)  # fmt: skip
NEW = ("waiting", "asked")
CLEARED = "cleared"
"""Detail of a slip that broke off and is not in the printer any more: half of it may hang there."""
BROKE_OFF = frozenset(
    (
        PrinterStatus.PAPER_OUT,
        PrinterStatus.COVER_OPEN,
        PrinterStatus.CUTTER_ERROR,
        PrinterStatus.HEAD_HOT,
        PrinterStatus.OFF_LINE,
    )
)
"""What keeps the rest of a slip in the printer; of a silent one nothing is known."""


async def no_port(timeout_s: float) -> None:
    """A printer without a port of ours is always open."""


Slip = TicketIssued | NoticeAsked


class TicketPrinter(Protocol):
    """The part of `devices.printer.Printer` that is used here."""

    async def status(self) -> PrinterStatus:
        """Say what the printer says about itself."""

    async def print(self, job: bytes, job_id: int) -> Proof:
        """Print one slip and return the proof."""

    async def clear(self) -> bool:
        """Throw the rest of a slip away; whether `settle` can prove it later."""

    async def settle(self, job_id: int) -> Settled:
        """Say what became of a slip that broke off."""


@dataclass(frozen=True)
class Paper:
    """One printer of the hall.

    `compose` makes the bytes of a slip, marked when it is printed again (UTC ms); `answers` is
    False for a printer without a return wire, which cannot be asked; `wait_open` waits for its
    port, a few seconds at most. A slip older than `stale_s` is not printed by itself any more.
    `void` ends half a slip that hangs in the printer. The `main` one gets every slip that names no
    printer, the others what is meant for them; `backup` prints while this one cannot.
    `roll` counts the paper of a printer that cannot tell its near end.
    """

    device: str
    printer: TicketPrinter
    compose: Callable[[Slip, int | None], bytes]
    answers: bool = True
    wait_open: Callable[[float], Awaitable[object]] = no_port
    stale_s: int = STALE_S
    void: bytes = b""
    main: bool = True
    backup: "Paper | None" = None
    roll: PaperRoll | None = None


@dataclass
class _Job:
    """Paper to be made since `since`; `slip` None: to be read, for it is asked for again.

    `subject` is the ticket or notice in the log, `name` what people call it.
    """

    seq: int
    subject: str
    name: str
    since: int
    slip: Slip | None
    paper: str = "waiting"
    again_at: int | None = None
    broke_off: bool = False


class Printing:
    """Prints the slips of one printer in order, on its backup while it cannot."""

    def __init__(self, paper: Paper, place: Place, ground: Ground) -> None:
        self._paper = paper
        self._place = place
        self._ground = ground
        self._jobs: dict[str, _Job] = {}
        self._ready = True
        self._torn = False
        self._status = PrinterStatus.READY

    async def run(self) -> None:
        """Fold the log from the cursor on, then print what is open, again and again."""
        self._jobs.clear()
        self._place.open()
        await self._read()
        for open_job in [job for job in self._jobs.values() if job.paper == "started"]:
            await self._report(open_job, "unknown", "restart")
        if self._paper.roll is not None:
            await asyncio.to_thread(self._paper.roll.load_blocking)
            self._ground.supervising.left(self._paper.device, self._paper.roll.slips_left)
        await self._paper.wait_open(OPEN_S)
        await self._ask()
        while True:
            await self._read()
            job = next(iter(self._jobs.values()), None)
            if job is None:
                if not await self._place.wait(ASK_S):
                    await self._ask()
            elif self._is_stale(job):
                self._torn |= job.broke_off
                await self._report(job, "unknown" if job.broke_off else "dropped", "stale")
            elif self._ready or await self._ask():
                await finish_first(self._go_on(job), GRACE_S)
            elif not await self._print_elsewhere():
                await self._hold()

    async def _read(self) -> None:
        """Learn the open jobs from the log; own reports close them there as well."""
        while events := await self._place.read():
            for stored in events:
                self._learn(stored)
        # In the order of the log: the first job is the oldest.
        self._place.done([job.seq for job in islice(self._jobs.values(), 1)])

    def _learn(self, stored: StoredEvent) -> None:
        event = stored.event
        if isinstance(event, TicketIssued):
            if self._is_mine(event.printer or "") and first_paper(event) != "none":
                self._jobs[event.ticket] = _Job(
                    stored.seq, event.ticket, event.number, event.issued_at, event
                )
        elif isinstance(event, TicketPrintAsked | NoticeAsked):
            self._jobs.pop(event.subject, None)
            if self._is_mine(event.printer):
                self._jobs[event.subject] = self._asked(event, stored)
        elif isinstance(event, ENDS):
            self._jobs.pop(event.subject, None)
        elif isinstance(event, STARTS + FAILURES):
            job = self._jobs.get(event.subject)
            if job is not None:
                job.paper = "started" if isinstance(event, STARTS) else "failed"
                if event.detail == CLEARED:
                    job.again_at, self._torn = stored.at, True

    def _is_mine(self, printer: str) -> bool:
        return printer == self._paper.device or (self._paper.main and not printer)

    def _asked(self, event: TicketPrintAsked | NoticeAsked, stored: StoredEvent) -> _Job:
        if isinstance(event, NoticeAsked):
            return _Job(stored.seq, event.subject, event.item_name, stored.at, event, "asked")
        at = stored.at
        return _Job(stored.seq, event.ticket, event.number, at, None, "asked", at)

    def _is_stale(self, job: _Job) -> bool:
        """Whether the citizen has gone on: `stale_s` of the hall's time, and of real time."""
        clock = self._ground.clock
        age_s = (clock.now() - job.since) / 1000
        return age_s > self._paper.stale_s * max(1.0, clock.speed)

    async def _go_on(self, job: _Job) -> None:
        if job.broke_off:
            await self._settle(job)
        else:
            await self._print(job, self._paper)

    async def _print_elsewhere(self) -> bool:
        """Print the oldest slip at the backup; False when there is nothing or nowhere to print.

        What broke off here is left to this printer, which may still have it.
        """
        backup = self._paper.backup
        job = next((job for job in self._jobs.values() if not job.broke_off), None)
        if backup is None or job is None:
            return False
        if backup.answers and not (await backup.printer.status()).can_print:
            return False
        return await finish_first(self._print(job, backup), GRACE_S)

    async def _print(self, job: _Job, paper: Paper) -> bool:
        """Print a slip on this paper; False when it was tried and is not known to be out."""
        try:
            data = paper.compose(await self._slip(job), job.again_at)
        except (ValueError, LookupError) as error:
            logger.error("the slip of %s cannot be made: %s", job.name, error)
            return await self._report(job, "dropped", f"slip: {error}", paper)
        if not await self._report(job, "started", "", paper):
            return True
        self._ground.stop("print-before-first-byte")
        here = paper is self._paper
        try:
            void = paper.void if self._torn and here else b""
            proof = await paper.printer.print(void + data, job.seq)
        except PrinterError as error:
            if error.started:
                await self._count(paper, data)
            await self._failed(job, error, paper)
            return False
        await self._count(paper, void + data)
        self._torn = self._torn and not here
        self._ground.stop("print-after-last-byte")
        await self._report(job, "printed", proof.value, paper)
        if here and paper.answers:
            self._tell(PrinterStatus.READY, keep_low=True)
        return True

    async def _count(self, paper: Paper, job: bytes) -> None:
        """Count a slip, and take it off the roll where paper is counted."""
        self._ground.supervising.printed(paper.device)
        if paper.roll is not None:
            paper.roll.printed(job)
            self._ground.supervising.left(paper.device, paper.roll.slips_left)
            await asyncio.to_thread(paper.roll.save_blocking)

    async def _slip(self, job: _Job) -> Slip:
        """Return what a job prints; LookupError when the log has no issue of its ticket."""
        if job.slip is None:
            past = await self._ground.history(job.subject)
            issues = [event for event in past if isinstance(event, TicketIssued)]
            if not issues:
                raise LookupError("the log has no issue of it")
            job.slip = issues[-1]
        return job.slip

    async def _failed(self, job: _Job, error: PrinterError, paper: Paper) -> None:
        logger.warning("the slip of %s: %s", job.name, error)
        if paper is not self._paper:  # its own reactor tells how it fares
            step = "unknown" if error.started else "failed"
            await self._report(job, step, error.reason, paper)
            return
        self._ready = False
        if error.started and error.status in BROKE_OFF and await paper.printer.clear():
            job.broke_off = True
        else:
            await self._report(job, "unknown" if error.started else "failed", error.reason)
        if error.status is not None:
            self._tell(error.status)
        elif error.reason in ("link-lost", "write-timed-out", "held"):
            self._ground.supervising.lost(paper.device, error.reason)

    async def _settle(self, job: _Job) -> None:
        """The printer works again: did the slip that broke off come out, or was it cleared?"""
        try:
            became = await self._paper.printer.settle(job.seq)
        except PrinterError as error:
            self._ready = False
            self._ground.supervising.lost(self._paper.device, error.reason)
            return
        logger.info("the slip of %s that broke off: %s", job.name, became)
        job.broke_off = False
        if became == Settled.PRINTED:
            await self._report(job, "printed", "resumed")
        elif became == Settled.UNKNOWN:
            await self._report(job, "unknown", "unconfirmed")
        else:
            await self._report(job, "failed", CLEARED)

    async def _hold(self) -> None:
        """The printer cannot print: every open ticket is told so at once, then wait."""
        for job in [job for job in self._jobs.values() if job.paper in NEW]:
            await self._report(job, "failed", self._status.value)
        await self._place.wait(RETRY_S)

    async def _ask(self) -> bool:
        """Ask the printer; one without a return wire is simply tried again after a while."""
        if self._paper.answers:
            self._status = await self._paper.printer.status()
            self._tell(self._status)
            await self._look_at_roll(self._status)
        elif not self._ready:
            await asyncio.sleep(RETRY_S)
        self._ready = not self._paper.answers or self._status.can_print
        return self._ready

    async def _look_at_roll(self, status: PrinterStatus) -> None:
        roll = self._paper.roll
        if roll is not None and roll.told(status):
            self._ground.supervising.left(self._paper.device, roll.slips_left)
            await asyncio.to_thread(roll.save_blocking)

    def _tell(self, status: PrinterStatus, keep_low: bool = False) -> None:
        """Bring the device list up to date; a printed slip does not refute "paper low"."""
        device, supervising = self._paper.device, self._ground.supervising
        if status == PrinterStatus.SILENT:
            supervising.lost(device, status.value)
        elif not status.can_print:
            supervising.fault(device, status.value)
        elif not keep_low or not supervising.is_working(device):
            if status == PrinterStatus.READY and self._paper.roll and self._paper.roll.is_low:
                status = PrinterStatus.PAPER_LOW
            detail = status.value if status != PrinterStatus.READY else ""
            supervising.working(device, detail)

    async def _report(self, job: _Job, step: str, detail: str, paper: Paper | None = None) -> bool:
        """Store a step of the paper; False when the log says that it is not the next one."""
        subject, device = job.subject, (paper or self._paper).device
        key = f"print:{self._ground.boot}:{subject}:{job.paper}-{step}:{self._place.seen}"
        command: Command = RecordPrint(subject, step, device, detail)
        if isinstance(job.slip, NoticeAsked):
            command = RecordNotice(job.slip.notice, step, device, detail)
        verdict = await self._ground.desk.report(command, ACTOR, key)
        if verdict.refusal is None:
            return True
        logger.error("paper of %s: %s is refused: %s", subject, step, verdict.refusal.code)
        self._jobs.pop(subject, None)
        return False
