"""Scans over good and bad lines: each ticket once, strangers' codes never."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from devices.faults import Faults, FaultyLink
from devices.scanner import Scanner, TicketScanned
from devices.sim.hand_inputs import SimScanner
from tests.fixtures.bad_lines import BAD_LINES, loses
from tests.fixtures.pty_line import PtyLine, open_link, until

ID, TOKEN = "0f1e2d3c4b5a69788796", "abcDEF_-0123"
URL = f"http://127.0.0.1:8080/t/{ID}/{TOKEN}"


class Desk:
    def __init__(self) -> None:
        self.scans: list[TicketScanned] = []
        self.fails = 0

    async def on_scan(self, scan: TicketScanned) -> None:
        self.scans.append(scan)
        if self.fails:
            self.fails -= 1
            raise OSError("the disk is full")

    def numbers(self) -> list[str]:
        return [scan.number for scan in self.scans]


@asynccontextmanager
async def scanner(
    desk: Desk, faults: Faults | None = None, same_s: float = 3.0
) -> AsyncIterator[tuple[SimScanner, Scanner, FaultyLink]]:
    line, sim = PtyLine(), SimScanner("door")
    line.answer_by(lambda data: b"")

    def write(data: bytes) -> None:
        os.write(line.master, data)

    sim.write = write
    async with open_link(line.path) as link:
        assert await link.wait_open(1)
        faulty = FaultyLink(link, faults or Faults())
        driver = Scanner(faulty, desk.on_scan, same_s)
        running = asyncio.create_task(driver.run())
        try:
            yield sim, driver, faulty
        finally:
            running.cancel()
            await asyncio.wait([running])
    line.hang_up()


@pytest.mark.parametrize("faults", BAD_LINES)
async def test_what_arrives_whole_is_told_once_and_nothing_else_is(faults: Faults) -> None:
    desk = Desk()
    sent = [f"A{number:03d}" for number in range(60)]
    async with scanner(desk, faults) as (sim, _, _):
        for code in sent:
            sim.scan(code)
            await asyncio.sleep(0.003)
        sim.scan("Z999")
        await asyncio.sleep(0.1)
    if not loses(faults):
        assert desk.numbers() == [*sent, "Z999"]
    else:
        told = set(desk.numbers())
        assert len(told & set(sent)) > 20
        # A flipped bit can make another number of a number; nothing proves a scanned line.
        assert len(told - {*sent, "Z999"}) < 12


async def test_a_code_that_stays_is_one_scan(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    async with scanner(desk, same_s=0.1) as (sim, _, _):
        for _ in range(5):
            sim.scan(URL)
            await asyncio.sleep(0.03)
        await until(lambda: len(desk.scans) == 1)
        assert desk.scans[0].ticket == ID
        assert desk.scans[0].token == TOKEN
        sim.scan("A001")
        sim.scan(URL)
        await until(lambda: len(desk.scans) == 3)
        assert [scan.seq for scan in desk.scans] == [1, 2, 3]
        await asyncio.sleep(0.15)
        sim.scan(URL)
        await until(lambda: len(desk.scans) == 4)


async def test_a_strangers_code_is_counted_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = Desk()
    async with scanner(desk) as (sim, driver, _):
        sim.scan("430421195001020000")
        sim.scan("A001")
        await until(lambda: desk.numbers() == ["A001"])
        assert driver.foreign == 1
    assert "430421" not in caplog.text


async def test_a_scan_that_nobody_took_is_taken_when_it_comes_again() -> None:
    desk = Desk()
    desk.fails = 1
    async with scanner(desk) as (sim, _, _):
        sim.scan("A001")
        await until(lambda: len(desk.scans) == 1)
        sim.scan("A001")
        await until(lambda: len(desk.scans) == 2)


async def test_half_a_scan_is_forgotten_in_silence_and_when_the_line_is_lost() -> None:
    desk = Desk()
    async with scanner(desk) as (sim, _, link):
        sim.write(b"A00")
        await asyncio.sleep(0.3)
        sim.scan("B002")
        await until(lambda: desk.numbers() == ["B002"])
        sim.write(b"A00")
        await asyncio.sleep(0.03)
        link.hang_up()
        await asyncio.sleep(0.3)
        link.plug_in()
        sim.scan("C003")
        await until(lambda: desk.numbers() == ["B002", "C003"])
