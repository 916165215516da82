"""New units are found, told apart, given their address and proved: on simulated pairs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from config.settings import load
from controller.toolbox.adopting import ECHO, Adopter, Found, NobodyError, Wanted
from controller.toolbox.adopting_all import Errand, adopt_all
from controller.toolbox.site import Site, ToolError
from devices.faults import Faults, FaultyLink
from devices.framing import hall_event
from devices.link import ByteLink, Link, LinkSettings
from devices.sim.button_unit import SimKeypad, SimUnitBus
from devices.sim.ports import PtyPort
from tests.fixtures.hall_files import DEMO as DEMO_TREE
from tests.fixtures.hall_files import write_tree
from tests.fixtures.served import DEMO

pytestmark = pytest.mark.timeout(60)  # a sweep waits at every address that nobody has

LINE = load(DEMO).line("units")
FEW = range(1, 5)
UNITS = ("keypads", "rating_boxes")


@dataclass
class NewPair:
    """A pair with units as they come out of their boxes."""

    bus: SimUnitBus
    url: str
    faults: Faults = field(default_factory=Faults)
    told: list[str] = field(default_factory=list)

    on_told: Callable[[str], None] = lambda line: None

    def adopter(self, **known: int) -> Adopter:
        names = {address: name for name, address in known.items()}
        return Adopter(self.open, names, self._tell)

    def _tell(self, line: str) -> None:
        self.told.append(line)
        self.on_told(line)

    @asynccontextmanager
    async def open(self, baud: int, parity: str) -> AsyncIterator[ByteLink]:
        link = Link(LinkSettings("units", self.url, baud, parity))
        await link.start()
        try:
            assert await link.wait_open(2)
            yield FaultyLink(link, replace(self.faults))
        finally:
            await link.stop()


def real_path(port: str) -> str:
    """A pseudo-terminal's own name behind a link to it."""
    return os.path.realpath(port)


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
        adopter = new.adopter(keypad_1=3)
        found = await adopter.find(LINE, FEW)
        assert found == Found(1, 9600, "N")
        await adopter.check(found)
        wanted = Wanted(LINE, 3, 4)
        await adopter.settle(found, wanted)
        assert (unit.unit, unit.baud) == (4, LINE.baud)
        for _ in range(2):
            unit.press("NEXT")  # out of curiosity, before anybody asked

        def pressed(line: str) -> None:
            if "press NEXT at counter 3" in line:
                assert unit.state()["pending"] == []
                unit.press("RECALL")
                unit.press("NEXT")

        new.on_told = pressed
        event = await adopter.prove(wanted, press_s=5)
        assert (event.kind, event.detail) == (hall_event.KIND_KEY, hall_event.KEYS["NEXT"])
        assert event.seq == 4
        assert "heard 0x11" in new.told[-1]
        assert unit.state()["pending"] == []
        assert unit.state()["beeps"] == 3  # it has no display, so it says the counter's number


async def test_two_new_units_are_refused(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit(1), new_unit(2)) as new:
        with pytest.raises(ToolError, match=r"More than one new unit answers.*\(1, 2\)"):
            await new.adopter().find(LINE, FEW)
    async with pair(tmp_path, new_unit(1), new_unit(1)) as new:
        with pytest.raises(ToolError, match="More than one new unit answers"):
            await new.adopter().find(LINE, FEW)


async def test_a_new_unit_beside_a_fitted_one_at_its_address_is_told(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit(1, LINE.baud), new_unit(1, LINE.baud)) as new:
        with pytest.raises(ToolError, match=r"Two have address 1 \(in the hall file: keypad_1\)"):
            await new.adopter(keypad_1=1).find(LINE, FEW)


async def test_the_address_of_a_fitted_unit_at_another_baud_is_a_new_unit(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit(1, LINE.baud), new_unit(1, 9600)) as new:
        assert await new.adopter(keypad_1=1).find(LINE, FEW) == Found(1, 9600, "N")


async def test_a_unit_of_another_kind_keeps_its_address(tmp_path: Path) -> None:
    unit = new_unit()
    async with pair(tmp_path, unit) as new:
        found = await new.adopter().find(LINE, FEW)
        with pytest.raises(ToolError, match="is a keypad, not what --kind rating-box"):
            await new.adopter().settle(found, Wanted(LINE, 3, 63, "rating-box"))
        assert unit.unit == 1


async def test_nobody_names_the_range_and_who_answers(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit(3, LINE.baud)) as new:
        with pytest.raises(NobodyError, match=r"answers at 1–4:.*hall file answer: 3 keypad_1"):
            await new.adopter(keypad_1=3).find(LINE, FEW)


async def test_silence_asks_for_power_and_the_wires(tmp_path: Path) -> None:
    unit = new_unit()
    unit.silent = True
    async with pair(tmp_path, unit) as new:
        with pytest.raises(ToolError, match="swap A and B at this unit"):
            await new.adopter().find(LINE, FEW)


async def test_zeros_on_the_line_are_reversed_wires(tmp_path: Path) -> None:
    async with pair(tmp_path) as new:
        receive: Callable[[bytes], None] = new.bus.receive
        new.bus.receive = lambda data: new.bus.write(bytes(3)) or receive(data)  # type: ignore[method-assign, func-returns-value]
        with pytest.raises(ToolError, match="swap them at the adapter"):
            await new.adopter().find(LINE, FEW)


async def test_an_echo_is_told_and_does_no_harm(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit()) as new:
        new.faults = Faults(echo=True)
        assert (await new.adopter().find(LINE, FEW)).address == 1
        assert [line.strip() for line in new.told].count(ECHO) == 1


async def test_damaged_answers_ask_for_the_resistors(tmp_path: Path) -> None:
    async with pair(tmp_path, new_unit()) as new:
        found = await new.adopter().find(LINE, FEW)
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


async def test_units_out_of_their_boxes_are_adopted_one_after_another(tmp_path: Path) -> None:
    units = [new_unit(), new_unit()]
    units[1].silent = True
    async with pair(tmp_path, *units) as new:
        own_port = {"port": real_path(new.url), "baud": 9600}
        lines = [row | (own_port if row["name"] == "units" else {}) for row in DEMO_TREE["lines"]]
        bare = {name: value for name, value in DEMO_TREE.items() if name not in UNITS}
        tree = bare | {"lines": lines}
        hall = write_tree(tmp_path / "mine.toml", tree)
        items = (DEMO.parent / "items-demo.toml").read_text("utf-8")
        (tmp_path / "items-demo.toml").write_text(items, "utf-8")
        asked: list[str] = []

        def ask(sentence: str) -> str:
            asked.append(sentence)
            units[1].silent = len(asked) < 2
            return "q" if len(asked) > 2 else ""

        def tell(line: str) -> None:
            new.told.append(line)
            if "press NEXT" in line:
                units[len(asked) - 1].press("NEXT")

        errand = Errand(Site(load(hall), tmp_path), load(hall).line("units"), "keypad", 4)
        assert await adopt_all(errand, None, ask, tell) == 2, new.told
    assert [(row.counter, row.address) for row in load(hall).keypads] == [(1, 11), (2, 12)]
    assert [unit.unit for unit in units] == [11, 12]
