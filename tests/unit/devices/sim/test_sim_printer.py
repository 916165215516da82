"""The simulated printer: paper, status bytes, and what it does while something is wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from devices.sim.clock import Watch
from devices.sim.printer import PrinterMake, SimPrinter

NOW = Watch("Asia/Shanghai")
TICKET = b"\x1b@A001\n\x1dV\x42\x00"


class Bench:
    """A printer whose answers are collected."""

    def __init__(self, confirm: str = "process-id", paper_mm_per_s: float = 1e6) -> None:
        make = PrinterMake("kiosk", confirm, paper_mm_per_s=paper_mm_per_s)
        self.printer = SimPrinter(make, NOW)
        self.printer.write = self._answered
        self.answers = bytearray()
        self.work = asyncio.create_task(self.printer.work())

    def _answered(self, data: bytes) -> None:
        self.answers += data

    async def send(self, data: bytes) -> bytes:
        """What it answers to `data` once it has nothing left to do."""
        self.answers.clear()
        self.printer.receive(data)
        for _ in range(50):
            await asyncio.sleep(0)
        await asyncio.sleep(0.005)
        return bytes(self.answers)


@pytest.fixture
async def make_bench() -> AsyncIterator[Callable[..., Bench]]:
    benches: list[Bench] = []

    def make(**options: object) -> Bench:
        benches.append(Bench(**options))  # type: ignore[arg-type]
        return benches[-1]

    yield make
    for bench in benches:
        bench.work.cancel()
    await asyncio.gather(*(bench.work for bench in benches), return_exceptions=True)


Make = Callable[..., Bench]


async def test_a_cut_makes_a_ticket(make_bench: Make) -> None:
    bench = make_bench()
    await bench.send(TICKET)
    [ticket] = [ticket.brief() for ticket in bench.printer.tickets]
    assert ticket["text"] == "A001"
    assert ticket["hex"] == TICKET.hex()
    assert ticket["qr"] is None
    assert ticket["cut_at"].endswith("+08:00")
    assert bench.printer.state()["open_paper"]["text"] == ""


async def test_a_slip_takes_the_time_from_its_own_first_byte(make_bench: Make) -> None:
    bench = make_bench()
    question = b"\x1d(H\x06\x0000" + b"0007"
    await bench.send(TICKET + question)
    await asyncio.sleep(0.05)
    await bench.send(question + TICKET)
    assert [ticket.took_ms < 40 for ticket in bench.printer.tickets] == [True, True]


@pytest.mark.parametrize(
    ("fault", "statuses", "word"),
    [
        ({}, "16121212", "ready"),
        ({"paper": "low"}, "1612121e", "paper-low"),
        ({"paper": "out"}, "1e32127e", "paper-out"),
        ({"cover": "open"}, "1e161212", "cover-open"),
        ({"cutter": "error"}, "1e521a12", "cutter-error"),
        ({"off_line": True}, "1e121212", "off-line"),
        ({"silent": True}, "", "silent"),
    ],
)
async def test_real_time_status(
    make_bench: Make, fault: dict[str, object], statuses: str, word: str
) -> None:
    bench = make_bench()
    bench.printer.set_fault(**fault)
    assert (await bench.send(bytes.fromhex("100401 100402 100403 100404"))).hex() == statuses
    assert bench.printer.state()["state"] == word


async def test_status_is_answered_while_paper_is_out_and_the_buffer_waits(make_bench: Make) -> None:
    bench = make_bench()
    bench.printer.set_fault(paper="out")
    assert await bench.send(TICKET + b"\x1dr\x01\x10\x04\x04") == b"\x7e"
    assert bench.printer.tickets == []
    assert bench.printer.state()["waiting_bytes"] > 0
    bench.printer.set_fault(paper="ok")
    assert await bench.send(b"") == b"\x00"  # the fence, in its order
    assert bench.printer.tickets[0].paper.text == "A001"


async def test_process_id_comes_when_everything_before_has_been_printed(make_bench: Make) -> None:
    bench = make_bench(paper_mm_per_s=400.0)
    job = b"\x1b@A001\n\x1d(H\x06\x00000012\x1dV\x42\x00"
    bench.printer.receive(job)
    await asyncio.sleep(0)
    assert bytes(bench.answers) == b""
    for _ in range(40):
        if bench.answers:
            break
        await asyncio.sleep(0.005)
    assert bytes(bench.answers) == b"\x37\x220012\x00"


@pytest.mark.parametrize(
    ("confirm", "answers"),
    [
        ("process-id", b"\x37\x220012\x00\x00"),
        ("fence", b"\x00"),
        ("status", b""),
        ("none", b""),
    ],
)
async def test_each_make_answers_what_it_knows(
    make_bench: Make, confirm: str, answers: bytes
) -> None:
    bench = make_bench(confirm=confirm)
    assert await bench.send(b"\x1d(H\x06\x00000012\x1dr\x01") == answers


async def test_automatic_status_tells_changes(make_bench: Make) -> None:
    bench = make_bench()
    assert (await bench.send(b"\x1da\x0e")).hex() == "14000000"
    bench.answers.clear()
    bench.printer.set_fault(cover="open")
    bench.printer.set_fault(cover="open")
    assert bench.answers.hex() == "3c000000"


async def test_identity(make_bench: Make) -> None:
    bench = make_bench()
    assert await bench.send(b"\x1dI\x45") == b"\x5fCHINA GB18030\x00"
    assert len(await bench.send(b"\x1dI\x01")) == 1


async def test_a_half_ticket_is_not_glued_to_the_next(make_bench: Make) -> None:
    bench = make_bench()
    await bench.send(b"\x1b@A001\nwaiting 7 peo")
    assert bench.printer.state()["open_paper"]["text"] == "A001"
    await bench.send(b"\x1b@A002\n\x1dV\x42\x00")
    [ticket] = bench.printer.tickets
    assert ticket.brief()["text"] == "A002"
    assert ticket.brief()["uncut_before"] == "A001"


async def test_a_command_cut_off_by_a_killed_service_swallows_nothing(make_bench: Make) -> None:
    bench = make_bench()
    await bench.send(b"\x1b@A001\n\x1d(k\xff\x001P0http://")
    bench.printer.line_silent()
    await bench.send(TICKET)
    assert [ticket.paper.text for ticket in bench.printer.tickets] == ["A001"]
    assert bench.printer.garbage > 0


async def test_noise_is_counted_and_survived(make_bench: Make) -> None:
    bench = make_bench()
    await bench.send(bytes(range(0x80, 0x100)) + b"\x01\x02\x03" + TICKET)
    assert bench.printer.tickets[0].paper.text == "A001"
    assert bench.printer.garbage >= 100


async def test_dle_enq_2_throws_the_buffers_away(make_bench: Make) -> None:
    bench = make_bench()
    bench.printer.set_fault(paper="out")
    await bench.send(TICKET)
    await bench.send(b"\x10\x05\x02")
    bench.printer.set_fault(paper="ok")
    await bench.send(b"")
    assert bench.printer.tickets == []


@pytest.mark.parametrize("fault", [{"paper": "full"}, {"silent": 1}, {"lamp": True}])
async def test_an_unknown_fault_changes_nothing(make_bench: Make, fault: dict[str, object]) -> None:
    bench = make_bench()
    with pytest.raises(ValueError, match=next(iter(fault))):
        bench.printer.set_fault(cover="open", **fault)
    assert bench.printer.condition.word == "ready"


async def test_nul_before_a_slip_is_no_part_of_it(make_bench: Make) -> None:
    """A driver sends some when it starts, to end a command that was broken off."""
    bench = make_bench()
    await bench.send(bytes(256))
    await asyncio.sleep(0.05)
    await bench.send(bytes(3) + TICKET)
    await bench.send(b"A\x00B\n\x1dV\x42\x00")
    first, second = bench.printer.tickets
    assert first.brief()["hex"] == TICKET.hex()
    assert first.took_ms < 40
    assert second.brief()["hex"] == b"A\x00B\n\x1dV\x42\x00".hex()
