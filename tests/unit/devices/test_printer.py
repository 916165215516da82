"""The driver against the simulated printer: the same bytes, good and bad lines, every fault."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from devices.faults import Faults, FaultyLink
from devices.link import ByteLink, LinkLost, LinkState, WriteTimedOut
from devices.printer import Printer, PrinterError, PrinterStatus, Proof
from devices.profiles import PrinterProfile, profile
from devices.sim.printer import PrinterMake, SimPrinter
from devices.slip import TicketSlip, compose
from tests.fixtures.bad_lines import BAD_LINES, loses

QUICK = {"status_timeout_s": 0.02, "speed_mm_s": 100_000.0}


class FakeLink:
    """A wire to a simulated printer in the same process; `before_write` may do mischief."""

    name = "kiosk"
    byte_s = 0.0

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.state: LinkState = "open"
        self.stalled = False
        self.receive: Callable[[bytes], None] = lambda data: None
        self.before_write: Callable[[bytes], None] = lambda data: None
        self._unread = bytearray()
        self._news = asyncio.Event()

    async def write(self, data: bytes, timeout_s: float = 2.0) -> None:
        self._require_open()
        self.before_write(data)
        self._require_open()
        if self.stalled:
            raise WriteTimedOut(self.name)
        self.sent.append(data)
        self.receive(data)

    async def read(self, max_bytes: int = 4096, timeout_s: float = 1.0) -> bytes:
        self._require_open()
        if not self._unread:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), timeout_s)
        self._require_open()
        data = bytes(self._unread[:max_bytes])
        del self._unread[:max_bytes]
        return data

    def discard(self) -> int:
        count = len(self._unread)
        self._unread.clear()
        return count

    async def wait_open(self, timeout_s: float) -> bool:
        return self.state == "open"

    def answer(self, data: bytes) -> None:
        self._unread += data
        self._news.set()

    @property
    def job_bytes(self) -> bytes:
        """What was sent, without the real-time questions."""
        return b"".join(data for data in self.sent if data[:2] != b"\x10\x04")

    def _require_open(self) -> None:
        if self.state != "open":
            raise LinkLost(self.name)


class Desk:
    """A printer, its wire and its driver."""

    def __init__(self) -> None:
        self.link = FakeLink()
        self.wire: ByteLink = self.link
        self._working: asyncio.Task[None] | None = None
        self.make("process-id")

    def make(self, confirm: str) -> None:
        """Put another printer on the wire."""
        self.switch_off()
        make = PrinterMake("kiosk", confirm, paper_mm_per_s=1_000_000.0)
        self.paper = SimPrinter(make, lambda: datetime.now(UTC))
        self.paper.write = self.link.answer
        self.link.receive = self.paper.receive
        self._working = asyncio.create_task(self.paper.work())

    def switch_off(self) -> None:
        if self._working:
            self._working.cancel()

    def driver(self, confirm: str = "process-id", **others: object) -> Printer:
        fields: dict[str, Any] = {"confirm": confirm} | QUICK | others
        return Printer(self.wire, profile("cn-generic-80", **fields), confirm_timeout_s=0.3)

    @property
    def numbers(self) -> list[str]:
        """The large numbers on the tickets in the tray."""
        papers = [ticket.paper for ticket in self.paper.tickets]
        return [line.text for paper in papers for line in paper.lines if line.height == 4]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    desk.switch_off()


def job(number: str = "A001", make: PrinterProfile | None = None) -> bytes:
    slip = TicketSlip(
        hall="云溪镇政务服务中心",
        number=number,
        service="社保医保",
        ahead_line="前面 5 人",
        wait_line=None,
        time_line="2026-11-23 09:42",
        notice="过号作废",
        qr="https://q.example.gov.cn/t/" + "x" * 80,
    )
    return compose(slip, make or profile("cn-generic-80"))


@pytest.mark.parametrize("confirm", ["process-id", "fence", "status"])
async def test_each_rung_gives_its_proof(desk: Desk, confirm: str) -> None:
    assert await desk.driver(confirm).print(job(), 12) == Proof(confirm)
    assert desk.numbers == ["A001"]


async def test_the_process_id_comes_behind_the_cut(desk: Desk) -> None:
    await desk.driver().print(job(), 120_042)
    assert desk.link.job_bytes.endswith(bytes.fromhex("1d564200 1d28480600 3030") + b"0042")


async def test_a_job_that_was_broken_off_does_not_swallow_the_next_one(desk: Desk) -> None:
    """The service died inside the QR code; the printer still waits for the code's data."""
    whole = job("A001")
    desk.paper.receive(whole[: whole.index(b"https://") + 20])
    assert await desk.driver().print(job("A002"), 2) == Proof.PROCESS_ID
    [ticket] = desk.paper.tickets
    assert ticket.paper.text.startswith("云溪镇政务服务中心")
    assert ticket.paper.raw == job("A002")
    assert "A001" in ticket.paper.uncut_before


async def test_a_job_goes_in_small_pieces(desk: Desk) -> None:
    await desk.driver(chunk_bytes=64).print(job(), 1)
    assert max(map(len, desk.link.sent)) == 64
    await desk.driver().print(job(), 2)
    assert max(map(len, desk.link.sent)) <= 256
    assert desk.numbers == ["A001", "A001"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"paper": "out"}, "paper-out"),
        ({"cover": "open"}, "cover-open"),
        ({"cover": "open", "paper": "out"}, "cover-open"),
        ({"cutter": "error"}, "cutter-error"),
        ({"off_line": True}, "off-line"),
        ({"silent": True}, "silent"),
    ],
)
@pytest.mark.parametrize("confirm", ["process-id", "fence", "status"])
async def test_a_printer_that_cannot_print_refuses_before_the_first_byte(
    desk: Desk, confirm: str, fault: dict[str, object], reason: str
) -> None:
    desk.paper.set_fault(**fault)
    driver = desk.driver(confirm)
    assert await driver.status() == reason
    with pytest.raises(PrinterError) as caught:
        await driver.print(job(), 1)
    assert (caught.value.reason, caught.value.started) == (reason, False)
    assert caught.value.status == reason
    assert desk.link.job_bytes.strip(b"\0") == b"", "NULs end what an earlier life left open"


async def test_little_paper_is_told_and_still_prints(desk: Desk) -> None:
    desk.paper.set_fault(paper="low")
    driver = desk.driver()
    assert await driver.status() == PrinterStatus.PAPER_LOW
    assert await driver.print(job(), 1) == Proof.PROCESS_ID
    assert await desk.driver(near_end_fitted=False).status() == PrinterStatus.READY


async def test_a_make_with_turned_paper_bits_is_understood(desk: Desk) -> None:
    """SNBC BT-UR056 as its note has it: bits 2 and 3 are 0 near the end (A.4)."""
    driver = desk.driver(paper_flip=0x0C)
    assert await driver.status() == PrinterStatus.PAPER_LOW
    desk.paper.set_fault(paper="low")
    assert await driver.status() == PrinterStatus.READY


async def test_a_printer_without_return_wire_proves_nothing(desk: Desk) -> None:
    desk.make("none")
    driver = desk.driver("none")
    assert await driver.status() == PrinterStatus.SILENT
    assert await driver.print(job(), 1) == Proof.NONE
    assert b"\x10\x04\x01" in desk.link.sent
    assert desk.link.job_bytes.endswith(bytes.fromhex("1d564200"))


def when_the_job_begins(desk: Desk, then: Callable[[], None]) -> None:
    def mischief(data: bytes) -> None:
        if b"\x1b\x40" in data:
            then()

    desk.link.before_write = mischief


@pytest.mark.parametrize("confirm", ["process-id", "fence", "status"])
async def test_a_printer_that_falls_silent_leaves_the_job_in_doubt(
    desk: Desk, confirm: str
) -> None:
    when_the_job_begins(desk, lambda: desk.paper.set_fault(silent=True))
    with pytest.raises(PrinterError) as caught:
        await desk.driver(confirm).print(job(), 1)
    assert (caught.value.reason, caught.value.started) == ("unconfirmed", True)
    assert caught.value.status == PrinterStatus.SILENT
    assert desk.numbers == ["A001"]


@pytest.mark.parametrize("confirm", ["process-id", "fence", "status"])
async def test_paper_that_ends_in_a_job_leaves_it_in_doubt(desk: Desk, confirm: str) -> None:
    when_the_job_begins(desk, lambda: desk.paper.set_fault(paper="out"))
    with pytest.raises(PrinterError) as caught:
        await desk.driver(confirm).print(job(), 1)
    assert (caught.value.reason, caught.value.started) == ("unconfirmed", True)
    assert caught.value.status == PrinterStatus.PAPER_OUT
    assert desk.numbers == []


async def test_a_clone_without_process_id_is_never_believed_to_have_one(desk: Desk) -> None:
    desk.make("fence")
    with pytest.raises(PrinterError, match="unconfirmed"):
        await desk.driver("process-id").print(job(), 1)
    assert await desk.driver("fence").print(job(), 2) == Proof.FENCE


async def test_the_id_of_an_older_job_proves_nothing(desk: Desk) -> None:
    desk.make("fence")
    when_the_job_begins(desk, lambda: desk.link.answer(b"\x37\x220007\x00"))
    with pytest.raises(PrinterError, match="unconfirmed"):
        await desk.driver("process-id").print(job(), 8)


async def test_jobs_are_printed_one_after_another(desk: Desk) -> None:
    driver = desk.driver()
    numbers = [f"A{n:03}" for n in range(1, 9)]
    proofs = await asyncio.gather(*(driver.print(job(n), i) for i, n in enumerate(numbers)))
    assert set(proofs) == {Proof.PROCESS_ID}
    assert desk.numbers == numbers
    assert desk.paper.garbage == 0


async def test_status_waits_until_the_job_is_done(desk: Desk) -> None:
    driver = desk.driver()
    proof, status = await asyncio.gather(driver.print(job(), 1), driver.status())
    assert (proof, status) == (Proof.PROCESS_ID, PrinterStatus.READY)


async def test_automatic_status_and_flow_bytes_do_not_disturb(desk: Desk) -> None:
    desk.link.before_write = lambda data: desk.link.answer(b"\x11\x14\x00\x11\x00\x00")
    driver = desk.driver()
    assert await driver.status() == PrinterStatus.READY
    assert await driver.print(job(), 1) == Proof.PROCESS_ID


async def test_xoff_holds_the_job_until_xon(desk: Desk) -> None:
    def mischief() -> None:
        desk.link.answer(b"\x13")
        asyncio.get_running_loop().call_later(0.05, desk.link.answer, b"\x11")

    sent_while_held = 0

    def note() -> None:
        nonlocal sent_while_held
        sent_while_held = len(desk.link.job_bytes)

    driver = desk.driver(chunk_bytes=64)
    await driver.print(job(), 0)
    desk.link.sent.clear()
    when_the_job_begins(desk, mischief)
    asyncio.get_running_loop().call_later(0.04, note)
    assert await driver.print(job(), 1) == Proof.PROCESS_ID
    assert sent_while_held == 64
    assert desk.numbers == ["A001", "A001"]


@pytest.mark.parametrize("confirm", ["status", "none"])
async def test_a_buffer_is_cleared_also_where_nothing_can_prove_it(
    desk: Desk, confirm: str
) -> None:
    desk.make(confirm)
    assert not await desk.driver(confirm).clear()
    assert b"\x10\x05\x02" in desk.link.sent


async def test_xoff_for_ever_leaves_the_job_in_doubt(desk: Desk) -> None:
    when_the_job_begins(desk, lambda: desk.link.answer(b"\x13"))
    with pytest.raises(PrinterError) as caught:
        await desk.driver(chunk_bytes=64).print(job(), 1)
    assert (caught.value.reason, caught.value.started) == ("held", True)


async def test_a_lost_port_is_a_silent_printer(desk: Desk) -> None:
    desk.link.state = "lost"
    assert await desk.driver().status() == PrinterStatus.SILENT
    for confirm, reason in [("process-id", "silent"), ("none", "link-lost")]:
        with pytest.raises(PrinterError) as caught:
            await desk.driver(confirm).print(job(), 1)
        assert (caught.value.reason, caught.value.started) == (reason, False)


async def test_a_port_that_is_lost_in_the_job_leaves_it_in_doubt(desk: Desk) -> None:
    when_the_job_begins(desk, lambda: setattr(desk.link, "state", "lost"))
    with pytest.raises(PrinterError) as caught:
        await desk.driver().print(job(), 1)
    assert (caught.value.reason, caught.value.started) == ("link-lost", True)


async def test_a_stalled_write_leaves_the_job_in_doubt(desk: Desk) -> None:
    when_the_job_begins(desk, lambda: setattr(desk.link, "stalled", True))
    with pytest.raises(PrinterError) as caught:
        await desk.driver().print(job(), 1)
    assert (caught.value.reason, caught.value.started) == ("write-timed-out", True)


async def test_a_question_that_was_lost_is_asked_again(desk: Desk) -> None:
    losses = iter([True])
    receive = desk.paper.receive
    desk.link.receive = lambda data: None if next(losses, False) else receive(data)
    assert await desk.driver().status() == PrinterStatus.READY


@pytest.mark.timeout(30)
@pytest.mark.parametrize("faults", BAD_LINES)
async def test_a_long_conversation_over_every_line(desk: Desk, faults: Faults) -> None:
    """A good line proves every ticket; a bad one costs doubt, and a refusal is always true."""
    desk.wire = FaultyLink(desk.link, faults)
    driver = desk.driver(status_timeout_s=0.05 if loses(faults) else 0.2)
    proofs: list[object] = []
    for n in range(12):
        try:
            proofs.append(await driver.print(job(f"A{n:03}"), n))
        except PrinterError as error:
            if not error.started:
                assert not any(f"A{n:03}".encode() in data for data in desk.link.sent)
            await desk.wire.wait_open(0.1)
    if not loses(faults) and not faults.echo:
        assert proofs == [Proof.PROCESS_ID] * 12
        assert desk.numbers == [f"A{n:03}" for n in range(12)]
    assert set(proofs) <= {Proof.PROCESS_ID}


@pytest.mark.parametrize("seed", range(3))
async def test_a_bad_line_costs_doubt_but_never_a_false_refusal(desk: Desk, seed: int) -> None:
    """Whatever is lost or spoiled: a refusal means that no byte of the job was sent."""
    desk.wire = FaultyLink(desk.link, Faults(loss=0.04, noise=0.04, seed=seed))
    driver = desk.driver(status_timeout_s=0.02)
    outcomes: set[object] = set()
    for n in range(12):
        try:
            outcomes.add(await driver.print(job(f"A{n:03}"), n))
        except PrinterError as error:
            outcomes.add(error.started)
            if not error.started:
                assert not any(f"A{n:03}".encode() in data for data in desk.link.sent)
    assert outcomes <= {Proof.PROCESS_ID, True, False}
    assert Proof.PROCESS_ID in outcomes


@pytest.mark.parametrize(
    ("confirm", "found"),
    [("process-id", Proof.PROCESS_ID), ("fence", Proof.FENCE), ("none", Proof.NONE)],
)
async def test_probing_finds_the_rung(
    desk: Desk, confirm: str, found: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.printer.PROBE_S", 0.05)
    desk.make(confirm)
    assert await desk.driver().probe() == found
