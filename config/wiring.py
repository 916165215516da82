"""Lines against their devices: protocol, baud, addresses, and counters that do not exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.draft import Draft, Entry
from config.equipment import Line, OnLine, Protocol
from config.errors import Key, key_path

# list -> protocol of its line, its name in Chinese and in English
_KINDS: Mapping[str, tuple[Protocol, str, str]] = {
    "printers": ("escpos", "打印机", "a printer"),
    "leds": ("onbon-bx", "条屏", "an LED strip"),
    "keypads": ("modbus-rtu", "按键盒", "a keypad"),
    "rating_boxes": ("modbus-rtu", "评价器", "a rating box"),
}
# Cards find their speed by a ping at these two only (device-protocols.md D.1).
_BX_BAUDS = (9600, 57600)


def check_wiring(draft: Draft) -> None:
    """Note every mistake of the lines and of what hangs on them."""
    _lines(draft)
    lines = {entry.part.name: entry.part for entry in draft.lists["lines"]}
    taken: dict[tuple[str, object], Key] = {}
    for name in _KINDS:
        for entry in draft.lists[name]:
            if _fits(draft, name, entry, lines):
                _place(draft, entry, taken)
    for name in ("printers", "speakers", "boards"):
        draft.refuse_twice(name, "id")
    for name in ("leds", "keypads", "rating_boxes"):
        draft.refuse_twice(name, "counter")
        _unknown_counters(draft, name)
    draft.refuse_twice("speakers", "area")


def _lines(draft: Draft) -> None:
    draft.refuse_twice("lines", "name")
    draft.refuse_twice("lines", "port")
    for entry in draft.lists["lines"]:
        line: Line = entry.part
        if line.simulated and line.port != f"sim://{line.name}":
            draft.error(
                (*entry.key, "port"),
                f"模拟线路的端口要与线路同名：sim://{line.name}",
                f"a simulated port has the name of its line: sim://{line.name}",
            )
        if line.protocol == "onbon-bx" and line.baud not in _BX_BAUDS:
            draft.error(
                (*entry.key, "baud"),
                "条屏控制卡只用 9600 或 57600",
                "LED cards of this kind run at 9600 or 57600 only",
            )
        if line.protocol != "modbus-rtu" and line.parity != "N":
            draft.error(
                (*entry.key, "parity"),
                f"{line.protocol} 设备不用校验位，请写 N",
                f"{line.protocol} devices have no parity; write N",
            )


def _fits(draft: Draft, name: str, entry: Entry[Any], lines: Mapping[str, Line]) -> bool:
    """Whether the device's line is there and speaks its protocol."""
    device: OnLine = entry.part
    line = lines.get(device.line)
    if line is None:
        if device.line not in draft.written("lines", "name"):
            draft.error(
                (*entry.key, "line"),
                f"没有线路“{device.line}”",
                f'there is no line "{device.line}"',
            )
        return False
    protocol, zh, en = _KINDS[name]
    if line.protocol != protocol:
        draft.error(
            (*entry.key, "line"),
            f"线路 {line.name} 的协议是 {line.protocol}，{zh}要接在 {protocol} 线路上",
            f"line {line.name} speaks {line.protocol}; {en} needs a line with {protocol}",
        )
    if device.baud is not None and device.baud != line.baud:
        draft.error(
            (*entry.key, "baud"),
            f"设备是 {device.baud}，线路 {line.name} 是 {line.baud}，同一线路只能有一种波特率",
            f"the device is set to {device.baud}, line {line.name} to {line.baud}; "
            "one line has one baud rate",
        )
    return line.protocol == protocol


def _place(draft: Draft, entry: Entry[Any], taken: dict[tuple[str, object], Key]) -> None:
    """One address on one line is one device; a line of a printer carries it alone."""
    address = getattr(entry.part, "address", None)
    place = (entry.part.line, address)
    if place in taken:
        first = key_path(taken[place])
        if address is None:
            zh = f"线路 {entry.part.line} 上已有打印机 {first}，一条线路只接一台"
            en = f"line {entry.part.line} already carries {first}; a printer needs its own line"
            draft.error((*entry.key, "line"), zh, en)
        else:
            zh = f"地址 {address} 在线路 {entry.part.line} 上已被 {first} 占用"
            en = f"address {address} on line {entry.part.line} is taken by {first}"
            draft.error((*entry.key, "address"), zh, en)
    taken.setdefault(place, entry.key)


def _unknown_counters(draft: Draft, name: str) -> None:
    known = draft.written("counters", "no")
    for entry in draft.lists[name]:
        no = entry.part.counter
        if no not in known:
            draft.error((*entry.key, "counter"), f"没有 {no} 号窗口", f"there is no counter {no}")
