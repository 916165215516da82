"""New units are found, told apart, given their address and proved: on simulated pairs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from config.settings import load
from controller.toolbox.adopting import ECHO, Adopter, Found, Wanted
from controller.toolbox.site import ToolError
from devices.faults import Faults, FaultyLink
from devices.framing import hall_event
from devices.link import ByteLink, Link, LinkSettings
from devices.sim.button_unit import SimKeypad, SimUnitBus
from devices.sim.ports import PtyPort
from tests.fixtures.served import DEMO

pytestmark = pytest.mark.timeout(60)  # a sweep waits at every address that nobody has

LINE = load(DEMO).line("units")


@dataclass
class NewPair:
    """A pair with units as they come out of their boxes."""

    bus: SimUnitBus
    url: str
    faults: Faults = field(default_factory=Faults)
    told: list[str] = field(default_factory=list)

    def adopter(self, known: frozenset[int] = frozenset()) -> Adopter:
        return Adopter(self.open, known, self.told.append, most=4)

    @asynccontextmanager
    async def open(self, baud: int, parity: str) -> AsyncIterator[ByteLink]:
        link = Link(LinkSettings("units", self.url, baud, parity))
        await link.start()
        try:
            assert await link.wait_open(2)
            yield FaultyLink(link, replace(self.faults))
        finally:
            await link.stop()


def new_unit(address: int = 1, baud: int = 9600) -> SimKeypad:
    unit = SimKeypad(0, address, asyncio.get_running_loop().time)
    unit.baud = baud
    return unit


@asynccontextmanager
async def pair(folder: Path, *units: SimKeypad) -> AsyncIterator[NewPair]:
    bus = SimUnitBus(units)
    port = PtyPort("units", bus, folder)
    bus.write = port.write
    bus.line_baud = port.baud
    bus.silence_s = 0.005
    await port.start()
    try:
        yield NewPair(bus, port.url)
    finally:
        await port.stop()


async def test_a_unit_at_its_factory_settings_gets_its_place(tmp_path: Path) -> None:
    unit = new_unit()
    async with pair(tmp_path, new_unit(3, LINE.baud), unit) as new:
        adopter = new.adopter(known=frozenset({3}))
        found = await adopter.find(LINE)
        assert found == Found(1, 9600, "N")
        await adopter.check(found)
        wanted = Wanted(LINE, 3, 4)
        await adopter.settle(found, wanted)
        assert (unit.unit, unit.baud) == (4, LINE.baud)
        unit.press("NEXT")
        event = await adopter.prove(wanted, press_s=5)
        assert (event.kind, event.detail) == (hall_event.KIND_KEY, hall_event.KEYS["NEXT"])
        assert unit.state()["pending"] == []
        assert unit.state()["beeps"] == 3  # it has no display, so it says the counter's number


async def test_two_new_units_are_refused(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit(1), new_unit(2)) as new:
        with pytest.raises(ToolError, match=r"More than one new unit answers.*\(1, 2\)"):
            await new.adopter().find(LINE)
    async with pair(tmp_path, new_unit(1), new_unit(1)) as new:
        with pytest.raises(ToolError, match="More than one new unit answers"):
            await new.adopter().find(LINE)


async def test_silence_asks_for_power_and_the_wires(tmp_path: Path) -> None:
    unit = new_unit()
    unit.silent = True
    async with pair(tmp_path, unit) as new:
        with pytest.raises(ToolError, match="swap A and B at this unit"):
            await new.adopter().find(LINE)


async def test_zeros_on_the_line_are_reversed_wires(tmp_path: Path) -> None:
    async with pair(tmp_path) as new:
        receive: Callable[[bytes], None] = new.bus.receive
        new.bus.receive = lambda data: new.bus.write(bytes(3)) or receive(data)  # type: ignore[method-assign, func-returns-value]
        with pytest.raises(ToolError, match="swap them at the adapter"):
            await new.adopter().find(LINE)


async def test_an_echo_is_told_and_does_no_harm(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit()) as new:
        new.faults = Faults(echo=True)
        assert (await new.adopter().find(LINE)).address == 1
        assert [line.strip() for line in new.told].count(ECHO) == 1


async def test_damaged_answers_ask_for_the_resistors(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit()) as new:
        found = await new.adopter().find(LINE)
        new.faults = Faults(seed=1, loss=0.05)
        with pytest.raises(ToolError, match="120 Ω at both ends"):
            await new.adopter().check(found)


async def test_nobody_pressed_is_told(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit(3, LINE.baud)) as new:
        with pytest.raises(ToolError, match="Nobody pressed"):
            await new.adopter().prove(Wanted(LINE, 1, 3), press_s=0.5)


async def test_an_address_that_the_unit_refuses_is_told(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit()) as new:
        with pytest.raises(ToolError, match="does not take its address"):
            await new.adopter().settle(Found(1, 9600, "N"), Wanted(LINE, 3, 248))
