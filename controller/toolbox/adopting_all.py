"""One new unit after another: for which counter, at which address, and into the hall file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from config.settings import Line, append_table, load, set_keys
from controller.toolbox.adopting import Adopter, Wanted
from controller.toolbox.asking import pressed_in
from controller.toolbox.hall_file import rewrite
from controller.toolbox.site import Site, ToolError

Ask = Callable[[str], str]
Tell = Callable[[str], None]

TABLES = {"keypad": "keypads", "rating-box": "rating_boxes"}
FIRST = {"keypad": 0, "rating-box": 20}
"""Added to the counter's number for a first choice of the address."""
MOST_ADDRESS = 247


@dataclass(frozen=True, slots=True)
class Errand:
    """What is adopted on which line; addresses up to `most` are tried."""

    site: Site
    line: Line
    kind: str
    most: int


async def adopt_all(errand: Errand, counter: int | None, ask: Ask, tell: Tell) -> int:
    """Adopt a unit for each counter that has none, or for one; return how many. ToolError."""
    counters = _counters(errand, counter)
    adopted = 0
    for no in counters:
        typed = await asyncio.to_thread(
            ask,
            f"只接上 {no} 号窗口的新设备，然后回车（s 跳过，q 结束） "
            f"Plug in the new unit of counter {no} only, then Enter (s skip, q quit): ",
        )
        if typed.strip() == "q":
            break
        if typed.strip() == "s":
            continue
        try:
            await _adopt(errand, no, tell)
            adopted += 1
        except ToolError as error:
            tell(f"   {error}")
    return adopted


def _counters(errand: Errand, counter: int | None) -> list[int]:
    settings = errand.site.settings
    known = [one.no for one in settings.counters]
    if counter is not None and counter not in known:
        raise ToolError(f"没有 {counter} 号窗口。 There is no counter {counter}.")
    rows = settings.keypads if errand.kind == "keypad" else settings.rating_boxes
    taken = {row.counter for row in rows}
    if counter is None and taken >= set(known):
        raise ToolError(
            "每个窗口都有了；要换一台请写 --counter。 "
            "Every counter has one; name the one to change with --counter."
        )
    return [no for no in known if (no == counter if counter is not None else no not in taken)]


async def _adopt(errand: Errand, counter: int, tell: Tell) -> None:
    """Find, check, settle and prove one unit; write it into the hall file. ToolError."""
    site, line = errand.site, errand.line
    settings = load(site.settings.path)  # with those of this errand
    rows = settings.keypads if errand.kind == "keypad" else settings.rating_boxes
    own = next((row for row in rows if row.counter == counter), None)
    used: set[int] = {
        row.address
        for row in (*pressed_in(settings), *settings.input_modules, *settings.leds)
        if row.line == line.name and row.address is not None and row is not own
    }
    wanted = Wanted(line, counter, _address(counter + FIRST[errand.kind], used))
    adopter = Adopter(
        lambda baud, parity: site.open(line, baud, parity), frozenset(used), tell, errand.most
    )
    found = await adopter.find(line)
    tell(f"   找到 found: {found.address} @ {found.baud} 8{found.parity}1")
    await adopter.check(found)
    await adopter.settle(found, wanted)
    tell(
        f"   地址 {wanted.address} 已设好，请在 {counter} 号窗口按“下一位”（评价器按任一键） "
        f"Address {wanted.address} is set; press NEXT at counter {counter} (a box: any key)"
    )
    event = await adopter.prove(wanted)
    tell(f"   收到按键 key heard: 0x{event.detail:02X}")
    place: dict[str, str | int] = {"line": line.name, "address": wanted.address}
    table = TABLES[errand.kind]
    new: dict[str, str | int] = {"counter": counter, **place}
    if own is None:
        rewrite(settings.path, lambda text: append_table(text, table, new))
    else:
        rewrite(settings.path, lambda text: set_keys(text, table, {"counter": counter}, place))
    tell(f"   {errand.kind}:{counter} 已写入 stored in {settings.path.name}")


def _address(first: int, used: set[int]) -> int:
    """The address next to the usual one that is free."""
    choices = [*range(first, MOST_ADDRESS + 1), *range(1, min(first, MOST_ADDRESS + 1))]
    free: list[int] = [address for address in choices if address not in used]
    if not free:
        raise ToolError("没有空闲地址。 No address is free.")
    return free[0]
