"""The ticket printer: is it able to print, and did it print? (device-protocols.md A.4 - A.7)

A finished write proves nothing, and a silent printer is silent, never "adequate". The ladder of
proofs, as `PrinterProfile.confirm` says which rung this printer was proved to climb::

    process-id   job + 1D 28 48 06 00 30 30 d d d d  ->  37 22 d d d d 00, after the cut
    fence        job + 1D 72 01                      ->  one byte, in order; then status is asked
    status       job, time for the paper             ->  DLE EOT 1-4 all well
    none         no return wire: the bytes were sent

Trouble in the middle of a slip leaves its rest in the printer, and most makes print that by
themselves when paper is back. `clear` throws it away (10 05 02, or 10 14 08 …), and `settle`
proves afterwards, by what comes back in order, whether the slip came out or has to be printed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from devices.framing.escpos_status import (
    GsrByte,
    Info,
    ProcessId,
    RealTimeStatus,
    Reply,
    ReplyDecoder,
    Response,
    XonXoff,
)
from devices.link import ByteLink, DeviceError, LinkError, LinkLost, WriteTimedOut
from devices.printer_status import PrinterStatus as PrinterStatus
from devices.printer_status import worst_of
from devices.profiles import PrinterProfile
from devices.traffic import Traffic

log = logging.getLogger(__name__)

TYPICAL_SLIP_MM = 140.0
CUT_S = 0.5
LEAST_WAIT_S = 3.0
PROBE_S = 1.0
GLANCE_S = 0.001
"""To take what has come in already, an XOFF above all."""
PADDING = bytes(256)
"""NUL is ignored, except as data of a command that was broken off: longer than any of ours."""
_READ_BYTES = 256
CLEARS = {"dle-enq": b"\x10\x05\x02", "dle-dc4": b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"}
BUFFERS_CLEARED = 0x25


class Proof(StrEnum):
    """How it is known that a slip was printed; "none" means that it was only sent."""

    PROCESS_ID = "process-id"
    FENCE = "fence"
    STATUS = "status"
    NONE = "none"


class Settled(StrEnum):
    """What became of a slip that broke off, once its printer works again."""

    PRINTED = "printed"
    CLEARED = "cleared"
    UNKNOWN = "unknown"


class PrinterError(DeviceError):
    """A job was refused or is in doubt.

    reason: a PrinterStatus that forbids printing, "link-lost", "write-timed-out", "held" (XOFF
    for too long), or "unconfirmed".
    started: False = not one byte was sent, so the job may be sent again; True = paper may have
    come out.
    status: what the printer said afterwards, when it was asked.
    """

    def __init__(self, reason: str, started: bool, status: PrinterStatus | None = None) -> None:
        self.reason = reason
        self.started = started
        self.status = status
        super().__init__(f"{reason} ({'started' if started else 'not started'})")


class Printer:
    """One printer on one link; jobs are printed one after another.

    `confirm_timeout_s`: how long to wait for the proof, besides the time on the wire; by default
    three times the estimate of paper and cut, and at least 3 s (H).
    """

    def __init__(
        self, link: ByteLink, profile: PrinterProfile, confirm_timeout_s: float | None = None
    ) -> None:
        self.profile = profile
        self.traffic = Traffic()
        estimate_s = TYPICAL_SLIP_MM / profile.speed_mm_s + CUT_S
        self._paper_s = estimate_s
        self._confirm_timeout_s = confirm_timeout_s or max(LEAST_WAIT_S, 3 * estimate_s)
        self._link = link
        self._decoder = ReplyDecoder()
        self._lock = asyncio.Lock()
        self._held = False
        self._owed_fences = 0
        self._proved: deque[str] = deque(maxlen=8)
        # A process before us may have died in the middle of a QR code.
        self._may_be_inside_a_command = True

    async def status(self) -> PrinterStatus:
        """Ask DLE EOT 1-4. SILENT when it does not answer or its port is lost."""
        async with self._lock:
            return await self._status()

    async def identity(self) -> str:
        """Return the model's own name (GS I 67), "" where it tells none.

        Asked only of makes that know GS ( H: an old one may print the letters of the question.
        """
        if self.profile.confirm != "process-id":
            return ""
        found: list[str] = []

        def is_name(reply: Reply) -> bool:
            if isinstance(reply, Info):
                found.append(reply.text)
            return bool(found)

        async with self._lock:
            try:
                await self._end_broken_command()
                await self._drop_old_replies()
                await self._write(b"\x1d\x49\x43")
                await self._wait_for(is_name, PROBE_S)
            except LinkError:
                return ""
        return found[0] if found else ""

    async def print(self, job: bytes, job_id: int) -> Proof:
        """Print one composed slip; returns with the best proof that this printer gives.

        The printer is asked first, and refuses before the first byte when it cannot print.
        Raises PrinterError. `job_id` (its last four digits) comes back in the process id.
        """
        async with self._lock:
            if self.profile.confirm != "none":
                before = await self._status()
                if not before.can_print:
                    raise PrinterError(before.value, started=False, status=before)
            wanted = f"{job_id % 10_000:04}"
            data = job + self._proof_request(wanted)
            try:
                await self._end_broken_command()
                await self._let_old_fences_come()
            except LinkError as error:
                raise PrinterError("link-lost", started=False) from error
            self._proved.clear()
            self._may_be_inside_a_command = True
            await self._send(data)
            self._may_be_inside_a_command = False
            return await self._proof(wanted, len(data) * self._link.byte_s)

    async def clear(self) -> bool:
        """Throw away the rest of a slip that broke off; whether `settle` can prove it later.

        To be called while the printer cannot print: what it has begun again is on the paper.
        """
        command = CLEARS.get(self.profile.clear)
        if command is None:
            return False
        async with self._lock:
            try:
                await self._write(command)
                if self.profile.clear == "dle-dc4":
                    await self._wait_for(_says_cleared, self.profile.status_timeout_s)
            except LinkError:
                return False
            return self.profile.confirm in ("process-id", "fence")

    async def settle(self, job_id: int) -> Settled:
        """What became of the slip `job_id`; asked in order, when the printer can print again.

        Its own proof comes before ours if it was printed after all, and never if it was cleared.
        Raises PrinterError when the printer is lost meanwhile.
        """
        async with self._lock:
            try:
                if self.profile.confirm == "process-id":
                    return await self._settle_by_id(f"{job_id % 10_000:04}")
                return await self._settle_by_fence()
            except LinkError as error:
                raise PrinterError("link-lost", started=True) from error

    async def _settle_by_id(self, broken: str) -> Settled:
        ours = f"{(int(broken) + 5000) % 10_000:04}"
        await self._write(_process_id_request(ours))
        heard = await self._wait_for(
            lambda reply: reply == ProcessId(ours), self._confirm_timeout_s
        )
        if broken in self._proved:
            return Settled.PRINTED
        return Settled.CLEARED if heard else Settled.UNKNOWN

    async def _settle_by_fence(self) -> Settled:
        """Two bytes for two requests, or one."""
        heard = 0
        if self._owed_fences:
            self._owed_fences += 1
            await self._write(b"\x1d\x72\x01")
            for limit_s in (self._confirm_timeout_s, self.profile.status_timeout_s):
                before = self._owed_fences
                await self._wait_for(lambda reply: isinstance(reply, GsrByte), limit_s)
                heard += before - self._owed_fences
        else:
            heard = 2  # its own came while the printer was asked how it is
        self._owed_fences = 0
        if heard > 1:
            return Settled.PRINTED
        return Settled.CLEARED if heard else Settled.UNKNOWN

    async def probe(self) -> Proof:
        """Which rung this printer climbs, by trying; for the set-up page only.

        A printer that does not know GS ( H may print four digits.
        """
        async with self._lock:
            await self._drop_old_replies()
            try:
                await self._write(b"\x1b\x40" + _process_id_request("0000"))
                if await self._wait_for(lambda reply: reply == ProcessId("0000"), PROBE_S):
                    return Proof.PROCESS_ID
                await self._write(b"\n\x1d\x72\x01")
                if await self._wait_for(lambda reply: isinstance(reply, GsrByte), PROBE_S):
                    return Proof.FENCE
            except LinkError:
                return Proof.NONE
            silent = await self._status() == PrinterStatus.SILENT
            return Proof.NONE if silent else Proof.STATUS

    def _proof_request(self, job_id: str) -> bytes:
        if self.profile.confirm == "process-id":
            return _process_id_request(job_id)
        return b"\x1d\x72\x01" if self.profile.confirm == "fence" else b""

    async def _proof(self, job_id: str, wire_s: float) -> Proof:
        confirm = self.profile.confirm
        if confirm == "none":
            return Proof.NONE
        limit_s = self._confirm_timeout_s + wire_s
        try:
            if confirm == "status":
                await asyncio.sleep(min(self._paper_s, self._confirm_timeout_s) + wire_s)
                proved = True
            elif confirm == "fence":
                self._owed_fences = 1
                proved = await self._wait_for(lambda reply: isinstance(reply, GsrByte), limit_s)
            else:
                proved = await self._wait_for(lambda reply: reply == ProcessId(job_id), limit_s)
        except LinkLost as error:
            raise PrinterError("link-lost", started=True) from error
        if proved and confirm == "process-id":
            return Proof.PROCESS_ID
        after = await self._status()
        if proved and after.can_print:
            return Proof(confirm)
        raise PrinterError("unconfirmed", started=True, status=after)

    async def _let_old_fences_come(self) -> None:
        """A slip in doubt may still come out, and its fence must not prove the next slip.

        The printer can print now, so what has not come after the usual time was lost.
        """
        if self._owed_fences:
            await self._wait_for(lambda reply: not self._owed_fences, self._confirm_timeout_s)
            self._owed_fences = 0

    async def _send(self, data: bytes) -> None:
        """The bytes in small pieces, obeying XOFF between them."""
        # Where nothing comes back there is no XOFF to obey; a spooler wants a slip in one piece.
        size = self.profile.chunk_bytes if self.profile.confirm != "none" else len(data)
        started = False
        try:
            for start in range(0, len(data), size):
                await self._wait_while_held(started)
                started = True
                await self._write(data[start : start + size])
        except LinkLost as error:
            raise PrinterError("link-lost", started) from error
        except WriteTimedOut as error:
            raise PrinterError("write-timed-out", started) from error

    async def _wait_while_held(self, started: bool) -> None:
        await self._take_replies(GLANCE_S)
        if self._held:
            released = await self._wait_for(
                lambda reply: reply == XonXoff(True), self._confirm_timeout_s
            )
            if not released:
                self._held = False  # the XON may have been lost; the next job finds out
                raise PrinterError("held", started)

    async def _write(self, data: bytes) -> None:
        await self._link.write(data, self._confirm_timeout_s)

    async def _status(self) -> PrinterStatus:
        """The four bytes, one at a time: not all printers queue questions."""
        try:
            await self._end_broken_command()
            await self._drop_old_replies()
            answers: list[RealTimeStatus] = []
            for n in (1, 2, 3, 4):
                answer = await self._ask(n)
                if answer is None:
                    return PrinterStatus.SILENT
                answers.append(answer)
        except LinkError:
            return PrinterStatus.SILENT
        worst = worst_of(answers, self.profile)
        if worst != PrinterStatus.READY:
            told = " ".join(f"{answer.value:02x}" for answer in answers)
            log.debug("printer says %s (%s)", worst, told)
        return worst

    async def _end_broken_command(self) -> None:
        """Before the first byte that means something: a question would be eaten as well."""
        if self._may_be_inside_a_command:
            for start in range(0, len(PADDING), self.profile.chunk_bytes):
                await self._write(PADDING[start : start + self.profile.chunk_bytes])
            self._may_be_inside_a_command = False

    async def _ask(self, n: int) -> RealTimeStatus | None:
        """DLE EOT n; asked a second time when the first answer is lost."""
        found: list[RealTimeStatus] = []

        def is_answer(reply: Reply) -> bool:
            if isinstance(reply, RealTimeStatus) and reply.n == n:
                found.append(reply)
            return bool(found)

        for attempt in range(2):
            if attempt:
                self.traffic.asked_again()
            asked_at = time.monotonic()
            self._decoder.asked(n)
            await self._link.write(bytes([0x10, 0x04, n]), self.profile.status_timeout_s)
            if await self._wait_for(is_answer, self.profile.status_timeout_s):
                self.traffic.answered(time.monotonic() - asked_at)
                if attempt:
                    # Perhaps the first answer was late: then the second is still to come, and
                    # must not be taken for the answer to the next question.
                    await self._wait_for(lambda reply: False, self.profile.status_timeout_s / 5)
                return found[0]
            self.traffic.missed(heard=False)
            self._decoder.forget_asked()
        return None

    async def _drop_old_replies(self) -> None:
        """Answers that came after their question was given up must not answer the next one."""
        await self._take_replies(GLANCE_S)
        if self._decoder.inside:  # half a process id is no old answer, it is news
            await self._take_replies(self.profile.status_timeout_s / 5)
        self._link.discard()
        self._decoder.reset()
        self._decoder.forget_asked()

    async def _wait_for(self, matches: Callable[[Reply], bool], timeout_s: float) -> bool:
        """Read until a reply fits; the others of the same portion are seen as well."""
        deadline = time.monotonic() + timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            if any([matches(reply) for reply in await self._take_replies(left_s)]):
                return True
        return False

    async def _take_replies(self, timeout_s: float) -> list[Reply]:
        replies = self._decoder.feed(await self._link.read(_READ_BYTES, timeout_s))
        for reply in replies:
            if isinstance(reply, XonXoff):
                self._held = not reply.on
            elif isinstance(reply, GsrByte):
                self._owed_fences = max(0, self._owed_fences - 1)
            elif isinstance(reply, ProcessId):
                self._proved.append(reply.id)
        return replies


def _says_cleared(reply: Reply) -> bool:
    return isinstance(reply, Response) and reply.code == BUFFERS_CLEARED


def _process_id_request(job_id: str) -> bytes:
    return b"\x1d\x28\x48\x06\x00\x30\x30" + job_id.encode("ascii")
