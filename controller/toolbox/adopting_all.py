"""One new unit after another: where it belongs, at which address, and into the hall file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from config.settings import Line, Settings, append_table, load, set_keys
from controller.toolbox.adopting import (
    BAUDS,
    FACTORY_ADDRESS,
    LOOK_S,
    PARITIES,
    Adopter,
    Found,
    Kind,
    NobodyError,
    Wanted,
)
from controller.toolbox.asking import Unit, devices_on
from controller.toolbox.hall_file import rewrite
from controller.toolbox.site import Site, ToolError

Ask = Callable[[str], str]
Tell = Callable[[str], None]

TABLES: Mapping[Kind, str] = {
    "keypad": "keypads",
    "rating-box": "rating_boxes",
    "issue-button": "issue_buttons",
}
FIRST: Mapping[Kind, int] = {"keypad": 10, "rating-box": 60, "issue-button": 120}
"""Added to the counter's number (a button's place in the file) for a first choice of the address.

Address 1 is left to what comes out of a box, so keypads begin at 11.
"""
MOST_ADDRESS = 247


@dataclass(frozen=True, slots=True)
class Errand:
    """What is adopted on which line; addresses up to `most` are tried."""

    site: Site
    line: Line
    kind: Kind
    most: int


@dataclass(frozen=True, slots=True)
class Post:
    """Where a unit belongs: a counter, or (`counter` 0) an issue button of the hall file."""

    counter: int
    button: str = ""
    place: int = 0

    @property
    def named(self) -> tuple[str, str]:
        """What it is called in Chinese and in English."""
        if self.counter:
            return f"{self.counter} 号窗口", f"counter {self.counter}"
        return f"取号按钮 {self.button}", f"issue button {self.button}"

    @property
    def key(self) -> dict[str, str | int]:
        """What tells its table in the hall file from the others."""
        return {"counter": self.counter} if self.counter else {"id": self.button}


async def adopt_all(errand: Errand, counter: int | None, ask: Ask, tell: Tell) -> int:
    """Adopt a unit for each post that has none, or for one counter; return how many. ToolError."""
    adopted = 0
    for post in _posts(errand, counter):
        zh, en = post.named
        typed = await asyncio.to_thread(
            ask,
            f"只接上{zh}的新设备（已装好的可以留着），然后回车（s 跳过，q 结束） "
            f"Plug in the new unit of {en} only (fitted ones may stay), "
            "then Enter (s skip, q quit): ",
        )
        if typed.strip() == "q":
            break
        if typed.strip() == "s":
            continue
        try:
            await _adopt(errand, post, ask, tell)
            adopted += 1
        except ToolError as error:
            tell(f"   {error}")
    return adopted


def _posts(errand: Errand, counter: int | None) -> list[Post]:
    settings = errand.site.settings
    if errand.kind == "issue-button":
        return _buttons(errand)
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
    free = [no for no in known if (no == counter if counter is not None else no not in taken)]
    return [Post(no, place=no) for no in free]


def _buttons(errand: Errand) -> list[Post]:
    """Issue buttons of the hall file on this line: only a person knows what their keys give out."""
    rows = enumerate(errand.site.settings.issue_buttons, 1)
    posts = [Post(0, row.id, place) for place, row in rows if row.line == errand.line.name]
    if not posts:
        raise ToolError(
            "请先在大厅文件写好 [[issue_buttons]]（id、line、address、keys）。 "
            "First write the [[issue_buttons]] (id, line, address, keys) into the hall file."
        )
    return posts


async def _adopt(errand: Errand, post: Post, ask: Ask, tell: Tell) -> None:
    """Find, check, settle and prove one unit; write it into the hall file. ToolError."""
    site, line = errand.site, errand.line
    settings = load(site.settings.path)  # with those of this errand
    own = _own(settings, errand.kind, post)
    known = {
        address: row.device_id
        for row in devices_on(Site(settings, site.data_dir), line)
        if (address := getattr(row, "address", None)) is not None and row is not own
    }
    address = _address(post.place + FIRST[errand.kind], known)
    wanted = Wanted(line, post.counter, address, errand.kind)
    adopter = Adopter(lambda baud, parity: site.open(line, baud, parity), known, tell)
    found = await _find(adopter, wanted, errand.most, ask, tell)
    tell(f"   找到 found: {found.address} @ {found.baud} 8{found.parity}1")
    await adopter.check(found)
    await adopter.settle(found, wanted)
    event = await adopter.prove(wanted)
    tell(f"   收到按键 key heard: 0x{event.detail:02X}")
    place: dict[str, str | int] = {"line": line.name, "address": wanted.address}
    table = TABLES[errand.kind]
    if own is None:
        rewrite(settings.path, lambda text: append_table(text, table, post.key | place))
    else:
        rewrite(settings.path, lambda text: set_keys(text, table, post.key, place))
    zh, en = post.named
    tell(f"   {zh} {en}: {errand.kind} 已写入 stored in {settings.path.name}")


async def _find(adopter: Adopter, wanted: Wanted, most: int, ask: Ask, tell: Tell) -> Found:
    """Find the unit where new ones answer; else, if a person wants it, at the other addresses."""
    usual = {*range(FACTORY_ADDRESS, most + 1), wanted.address}  # it may have got its own before
    try:
        return await adopter.find(wanted.line, usual)
    except NobodyError as error:
        others = set(range(1, MOST_ADDRESS + 1)) - usual
        if not others:
            raise
        tell(f"   {error}")
        minutes = max(1, round(len(others) * len(BAUDS) * len(PARITIES) * 1.3 * LOOK_S / 60))
        typed = await asyncio.to_thread(
            ask,
            f"再找其余地址（到 {MOST_ADDRESS}，约 {minutes} 分钟）吗？y 找，回车不找 "
            f"Try the other addresses up to {MOST_ADDRESS}, about {minutes} min? y, or Enter: ",
        )
        if typed.strip().lower() != "y":
            raise ToolError("没有再找，什么也没改。 Not tried; nothing was changed.") from None
        return await adopter.find(wanted.line, others)


def _own(settings: Settings, kind: Kind, post: Post) -> Unit | None:
    """What the hall file has at the post already."""
    if kind == "issue-button":
        return next(row for row in settings.issue_buttons if row.id == post.button)
    rows = settings.keypads if kind == "keypad" else settings.rating_boxes
    return next((row for row in rows if row.counter == post.counter), None)


def _address(first: int, used: Mapping[int, str]) -> int:
    """The address next to the usual one that is free; never that of a unit out of its box."""
    least = FACTORY_ADDRESS + 1
    free = [at for at in range(least, MOST_ADDRESS + 1) if at not in used]
    if not free:
        raise ToolError("没有空闲地址。 No address is free.")
    return next((at for at in free if at >= first), free[0])
