"""A receipt printer: bytes in, paper and status bytes out (device-protocols.md A, H).

    bytes -> CommandParser -> queue (receive buffer) -> paper -> cut -> ticket
               |                     stops while paper is out, cover open or off-line
               +-> real-time requests: answered at once, whatever the queue does

It prints by itself again when paper is back, as most makes do. Nothing is answered while `silent`
(a broken return wire): paper still comes out, and nobody may call it printed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from devices.framing.escpos_commands import (
    AutoStatus,
    ClearBuffers,
    CommandParser,
    Operation,
    PrintedTicket,
    ProcessIdRequest,
    RealTimeRequest,
    RealTimeStatusRequest,
    Setting,
    TicketText,
    TransmitId,
    TransmitStatus,
)
from devices.sim.clock import Now, stamp
from devices.sim.fault_kinds import FaultKind, Value, check_faults
from devices.sim.printer_condition import KINDS, Condition

DOTS_PER_MM = 8
BUFFER_BYTES = 1 << 20
XON, XOFF = b"\x11", b"\x13"
QUESTIONS = (AutoStatus, ProcessIdRequest, TransmitId, TransmitStatus)


@dataclass(frozen=True, slots=True)
class PrinterMake:
    """What kind of printer it is.

    confirm: "process-id" knows GS ( H, "fence" only GS r, "status" only real-time status,
    "none" has no return wire.
    paper_mm_per_s: faster than real paper (150), so that the demo does not wait for it.
    clears: whether it knows how to throw its buffers away.
    """

    id: str
    confirm: str = "process-id"
    width_dots: int = 576
    paper_mm_per_s: float = 500.0
    clears: bool = True


@dataclass(frozen=True, slots=True)
class CutTicket:
    """A slip in the tray. `took_ms` from its first byte to the cut."""

    no: int
    paper: PrintedTicket
    cut_at: str
    took_ms: int

    def brief(self) -> dict[str, Any]:
        """As the black-box interface shows it."""
        return {
            "no": self.no,
            "text": self.paper.text,
            "hex": self.paper.raw.hex(),
            "qr": "\n".join(self.paper.qr) or None,
            "cut_at": self.cut_at,
            "uncut_before": self.paper.uncut_before,
        }

    def full(self) -> dict[str, Any]:
        """As the bench page draws it."""
        lines = _layout(self.paper)
        size = {"bytes": len(self.paper.raw), "ms": self.took_ms}
        return self.brief() | size | {"lines": lines, "ignored": list(self.paper.ignored)}


class SimPrinter:
    """One printer on one line; `write` goes back to the service."""

    # Real printers wait for ever for the rest of a command, and a driver must reckon with that.
    # After so long a person would have switched it off and on.
    silence_s = 10.0

    def __init__(self, make: PrinterMake, now: Now) -> None:
        self.make = make
        self.condition = Condition()
        self.tickets: list[CutTicket] = []
        self.write: Callable[[bytes], None] = lambda data: None
        self.stall: Callable[[bool], None] = lambda stalled: None
        self._now = now
        self._parser = CommandParser()
        self._paper = TicketText(make.width_dots)
        self._queue: deque[Operation] = deque()
        self._queued_bytes = 0
        self._lost_bytes = 0
        self._wake = asyncio.Event()
        self._auto_status = 0
        self._noise = random.Random(make.id)
        self._answer_at = 0.0
        self._started: float | None = None
        self._begun = False

    @property
    def garbage(self) -> int:
        """Bytes that meant nothing or did not fit the buffer."""
        return self._parser.garbage + self._lost_bytes

    def receive(self, data: bytes) -> None:
        if self.condition.power == "off":
            return
        if self._queued_bytes > BUFFER_BYTES:
            self._lost_bytes += len(data)
            return
        self._take(self._parser.feed(data))

    def line_silent(self) -> None:
        """A service that died inside a command has not finished it."""
        self._take(self._parser.drop_unfinished())

    @property
    def fault_kinds(self) -> tuple[FaultKind, ...]:
        """What can go wrong with it."""
        return KINDS

    def faults(self) -> dict[str, Value]:
        """The present value of each fault."""
        return asdict(self.condition)

    def set_fault(self, **fault: object) -> None:
        """Change the condition; UnknownFaultError names the first field or value unknown."""
        check_faults(KINDS, fault)
        before = self.condition.auto_status()
        was_stalled, had_power = self.condition.stalled, self.condition.power == "on"
        for field, value in fault.items():
            setattr(self.condition, field, value)
        if had_power and self.condition.power == "off":
            self._lose_power()
        if self.condition.stalled is not was_stalled:
            self._answer(XOFF if self.condition.stalled else XON)
        self.stall(self.condition.stalled)
        if self.condition.auto_status() != before and self._auto_status:
            self._answer(self.condition.auto_status())
        self._wake.set()

    async def work(self) -> None:
        """Print what waits, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue and self.condition.prints:
                operation = self._queue.popleft()
                self._queued_bytes -= len(operation.raw)
                await self._execute(operation)

    def state(self) -> dict[str, Any]:
        """The whole printer except its tickets."""
        paper = self._paper.open_paper
        return {
            "id": self.make.id,
            "width_dots": self.make.width_dots,
            "state": self.condition.word,
            "paper": self.condition.paper,
            "cover": self.condition.cover,
            "cutter": self.condition.cutter,
            "off_line": self.condition.off_line,
            "silent": self.condition.silent,
            "stalled": self.condition.stalled,
            "head": self.condition.head,
            "power": self.condition.power,
            "garbled": self.condition.garbage,
            "slow_ms": self.condition.slow_ms,
            "open_paper": {
                "text": paper.text,
                "uncut_before": paper.uncut_before,
                "hex": paper.raw.hex(),
                "line_buffer": self._paper.unprinted,
            },
            "waiting_bytes": self._queued_bytes + self._parser.waiting,
            "tickets": len(self.tickets),
            "garbage": self.garbage,
        }

    def open_lines(self) -> list[dict[str, Any]]:
        """The uncut paper as the bench page draws it."""
        return _layout(self._paper.open_paper)

    def _take(self, operations: list[Operation]) -> None:
        for operation in operations:
            if isinstance(operation, RealTimeStatusRequest):
                status = self.condition.real_time_status(operation.n)
                self._answer(b"" if status is None else bytes([status]))
            elif isinstance(operation, RealTimeRequest):
                if operation.n == 2:
                    self._clear()
            elif isinstance(operation, ClearBuffers):
                self._clear()
                self._answer(b"\x37\x25\x00" if self.make.clears else b"")
            else:
                self._queue.append(operation)
                self._queued_bytes += len(operation.raw)
        if self._started is None and self._has_to_print():
            self._started = asyncio.get_running_loop().time()
        self._wake.set()

    def _has_to_print(self) -> bool:
        """Whether more than questions waits; a question asked between two slips begins none."""
        return any(_begins(operation) for operation in self._queue)

    def _clear(self) -> None:
        """The buffers are thrown away; what is printed hangs on. DLE ENQ 1 goes on by itself."""
        if self.make.clears:
            self._queue.clear()
            self._queued_bytes = 0
            self._paper.drop_line()

    def _lose_power(self) -> None:
        """The buffers and all settings are gone; what is printed hangs on, and stays."""
        self._queue.clear()
        self._queued_bytes = 0
        self._lost_bytes += self._parser.garbage
        self._parser = CommandParser()
        self._paper.restart()
        self._auto_status = 0

    async def _execute(self, operation: Operation) -> None:
        self._begun = self._begun or _begins(operation)
        if not self._begun and _is_nul(operation):
            return  # a driver makes sure that no command is half said
        fed = self._paper.fed_dots
        cut = self._paper.add(operation)
        moved_mm = (self._paper.fed_dots - fed) / DOTS_PER_MM
        if moved_mm:
            await asyncio.sleep(moved_mm / self.make.paper_mm_per_s)
        if cut:
            self._keep(cut)
        elif isinstance(operation, ProcessIdRequest) and self.make.confirm == "process-id":
            self._answer(b"\x37\x22" + operation.id.encode("ascii", "replace") + b"\x00")
        elif isinstance(operation, TransmitStatus) and self.make.confirm != "status":
            self._answer(bytes([self.condition.paper_byte() if operation.n == 1 else 0x00]))
        elif isinstance(operation, AutoStatus):
            self._auto_status = operation.n
            if operation.n:
                self._answer(self.condition.auto_status())
        elif isinstance(operation, TransmitId):
            self._answer(_identity(operation.n))

    def _keep(self, paper: PrintedTicket) -> None:
        now = asyncio.get_running_loop().time()
        took_ms = round((now - (self._started or now)) * 1000)
        self._started = now if self._has_to_print() else None
        self._begun = False
        no = len(self.tickets) + 1
        self.tickets.append(CutTicket(no, paper, stamp(self._now()), took_ms))

    def _answer(self, data: bytes) -> None:
        condition = self.condition
        mute = condition.silent or condition.power == "off" or self.make.confirm == "none"
        if not data or mute:
            return
        if condition.garbage:
            data = self._noise.randbytes(len(data))
        loop = asyncio.get_running_loop()
        due_at = max(self._answer_at, loop.time() + condition.slow_ms / 1000)
        if due_at <= loop.time():
            self._say(data)
        else:  # in order, whatever becomes of the fault meanwhile
            self._answer_at = due_at
            loop.call_at(due_at, self._say, data)

    def _say(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.write(data)


def _is_nul(operation: Operation) -> bool:
    return isinstance(operation, Setting) and operation.raw == b"\x00"


def _begins(operation: Operation) -> bool:
    return not isinstance(operation, QUESTIONS) and not _is_nul(operation)


def _layout(paper: PrintedTicket) -> list[dict[str, Any]]:
    return [asdict(line) | {"columns": line.columns} for line in paper.lines]


def _identity(n: int) -> bytes:
    """GS I n: one byte for 1-3, an information block for 41 ff. (A.5)."""
    blocks = {
        0x41: "SIM 1.0",
        0x42: "YIMEN",
        0x43: "CN-GENERIC-80",
        0x44: "SIM0001",
        0x45: "CHINA GB18030",
    }
    if n in blocks:
        return b"\x5f" + blocks[n].encode() + b"\x00"
    one = {1: 0x20, 2: 0x03, 3: 0x01}.get(n if n < 48 else n - 48)
    return b"" if one is None else bytes([one])
