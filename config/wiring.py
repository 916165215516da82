"""Lines against their devices: protocol, baud, addresses, and counters that do not exist."""

from __future__ import annotations

import re
from collections.abc import Mapping

from config.draft import Draft
from config.entry import Entry
from config.equipment import PRINTER_PORT, Protocol
from config.errors import Key, key_path
from config.references import register
from config.strip_checks import STRIPS
from config.strips import LINE_OF

# list -> protocol of its line, its name in Chinese and in English
_KINDS: Mapping[str, tuple[Protocol, str, str]] = {
    "printers": ("escpos", "打印机", "a printer"),
    "leds": ("onbon-bx", "条屏", "an LED strip"),
    "main_leds": ("onbon-bx", "主屏", "a main LED"),
    "keypads": ("modbus-rtu", "按键盒", "a keypad"),
    "rating_boxes": ("modbus-rtu", "评价器", "a rating box"),
    "issue_buttons": ("modbus-rtu", "取号按钮", "an issue button"),
    "input_modules": ("modbus-rtu", "输入模块", "an input module"),
    "scanners": ("scanner", "扫码器", "a scanner"),
    "card_readers": ("id-card", "身份证阅读器", "a card reader"),
    "speakers": ("syn6288", "语音模块", "a voice module"),
}
# Cards find their speed by a ping at these two only (device-protocols.md D.1).
_BX_BAUDS = (9600, 57600)
# How Linux names CH340 and PL2303 adapters by-id, which have no serial number to put behind, and
# CP210x adapters that all left the factory with the number 0001.
_NAMELESS = re.compile(
    r"/by-id/usb-(1a86_USB(_|2\.0-)Ser(ial|_)?|Prolific_Technology_Inc\._USB-Serial_Controller(_.)?"
    r"|Silicon_Labs_CP210\S*_0001)-if"
)
_CHANGING = re.compile(r"/dev/tty(USB|ACM)[0-9]+")


def check_wiring(draft: Draft) -> None:
    """Note every mistake of the lines and of what hangs on them."""
    _lines(draft)
    _devices(draft)
    _printers(draft)
    draft.refuse_twice("boards", "id")
    for name in ("leds", "keypads", "rating_boxes"):
        draft.refuse_twice(name, "counter")
    _unknown_counters(draft)


def _lines(draft: Draft) -> None:
    draft.refuse_twice("lines", "name")
    _ports(draft)
    for line in draft.having("lines", "name", "port"):
        right = f"sim://{line['name']}"
        if line["port"].startswith("sim://") and line["port"] != right:
            draft.error(
                (*line.key, "port"),
                f"模拟线路的端口要与线路同名：{right}",
                f"a simulated port has the name of its line: {right}",
            )
    for line in draft.having("lines", "protocol", "baud"):
        if line["protocol"] == "onbon-bx" and line["baud"] not in _BX_BAUDS:
            draft.error(
                (*line.key, "baud"),
                "条屏控制卡只用 9600 或 57600",
                "LED cards of this kind run at 9600 or 57600 only",
            )
    for line in draft.having("lines", "protocol", "parity"):
        protocol = line["protocol"]
        if protocol not in ("modbus-rtu", "template") and line["parity"] != "N":
            draft.error(
                (*line.key, "parity"),
                f"{protocol} 设备不用校验位，请写 N",
                f"{protocol} devices have no parity; write N",
            )


def _ports(draft: Draft) -> None:
    """A port is one line's. Adapters without a serial number cannot be told apart by-id."""
    seen: dict[str, Key] = {}
    for line in draft.having("lines", "port"):
        port, key = line["port"], (*line.key, "port")
        nameless = _NAMELESS.search(port) is not None
        if port in seen and nameless:
            first = key_path(seen[port])
            draft.error(
                key,
                f"{first} 也写了它：CH340 这类转换器没有序列号，两个会同名，"
                "请改用 /dev/serial/by-path/…，按插口认",
                f"{first} has it too: adapters of the CH340 kind have no serial number, so two "
                "share one by-id name; write /dev/serial/by-path/… and name them by socket",
            )
        elif port in seen:
            first = key_path(seen[port])
            draft.error(
                key, f"“{port}”重复，{first} 已经用了", f'"{port}" is already used by {first}'
            )
        elif _CHANGING.fullmatch(port):
            draft.warn(
                key,
                "插拔或重启以后编号会变；请改用 /dev/serial/by-path/…，按插口认",
                "this number changes when adapters are plugged in or the PC restarts; "
                "write /dev/serial/by-path/…",
            )
        elif nameless:
            draft.warn(
                key,
                "这种转换器没有序列号，再插一个同样的就会认错；请改用 /dev/serial/by-path/…",
                "this adapter has no serial number and is mistaken for another of its kind; "
                "write /dev/serial/by-path/…",
            )
        seen.setdefault(port, line.key)


def _devices(draft: Draft) -> None:
    devices = [
        (name, entry)
        for name in _KINDS
        for entry in draft.having(name, "line")
        if entry["line"] is not None  # it hangs on a module or a pad
    ]
    lines = register(draft, "lines", "name", [entry["line"] for _, entry in devices])
    taken: dict[tuple[str, object, str], Key] = {}
    for name, entry in devices:
        line = entry["line"]
        if not lines.has(line):
            draft.error((*entry.key, "line"), f"没有线路“{line}”", f'there is no line "{line}"')
        elif _fits(draft, name, entry) and entry.get("address") is not None:
            _place(draft, name, entry, taken)
    _alone(draft)


def _fits(draft: Draft, name: str, device: Entry) -> bool:
    """Whether the device may hang on the line that it names.

    Several lines of one name were told; the device is right when it fits one of them.
    """
    lines = [row for row in draft.lists["lines"] if row.written.get("name") == device["line"]]
    protocol, zh, en = _KINDS[name]
    is_strip = name in STRIPS
    if is_strip:
        protocol = LINE_OF.get(device.get("protocol"), protocol)
    elif device.get("template") is not None:
        protocol = "template"
    protocols = [line.get("protocol") for line in lines]
    bauds = [line.get("baud") for line in lines]
    baud = device.get("baud")
    if baud is not None and lines and not {baud, None} & set(bauds):
        draft.error(
            (*device.key, "baud"),
            f"设备是 {baud}，线路 {device['line']} 是 {bauds[0]}，同一线路只能有一种波特率",
            f"the device is set to {baud}, line {device['line']} to {bauds[0]}; "
            "one line has one baud rate",
        )
    is_known = not is_strip or device.has("protocol")
    if lines and is_known and not {protocol, None} & set(protocols):
        draft.error(
            (*device.key, "line"),
            f"线路 {device['line']} 的协议是 {protocols[0]}，{zh}要接在 {protocol} 线路上",
            f"line {device['line']} speaks {protocols[0]}; {en} needs a line with {protocol}",
        )
        return False
    return True


def _place(
    draft: Draft, name: str, device: Entry, taken: dict[tuple[str, object, str], Key]
) -> None:
    """One address on one line is one device; a described box may be a keypad with grades."""
    line, address = device["line"], device["address"]
    place = line, address, name if device.get("template") is not None else ""
    if place in taken:
        first = key_path(taken[place])
        draft.error(
            (*device.key, "address"),
            f"地址 {address} 在线路 {line} 上已被 {first} 占用",
            f"address {address} on line {line} is taken by {first}",
        )
    taken.setdefault(place, device.key)


def _alone(draft: Draft) -> None:
    """What has no address needs a line of its own."""
    for name in ("scanners", "card_readers", "speakers"):
        taken: dict[str, Key] = {}
        for device in draft.having(name, "line"):
            line = device["line"]
            if line is None:
                continue
            if line in taken:
                first = key_path(taken[line])
                draft.error(
                    (*device.key, "line"),
                    f"线路 {line} 已接 {first}，扫码器、阅读器和语音模块各用一条线路",
                    f"line {line} has {first}; scanners, card readers and "
                    "voice modules need a line each",
                )
            taken.setdefault(line, device.key)


def _printers(draft: Draft) -> None:
    """Each has a line of its own; a backup is another one of them."""
    draft.refuse_twice("printers", "id")
    draft.refuse_twice("printers", "line")
    _printer_ports(draft)
    known = draft.written("printers", "id")
    for printer in draft.having("printers", "id", "backup"):
        backup = printer["backup"]
        if backup is not None and (backup == printer["id"] or backup not in known):
            draft.error(
                (*printer.key, "backup"),
                f"没有另一台打印机“{backup}”",
                f'there is no other printer "{backup}"',
            )
    taken: set[str] = set()
    for printer in draft.having("printers", "places"):
        for place in printer["places"]:
            if place in taken:
                draft.error(
                    (*printer.key, "places"),
                    f"“{place}”已经归另一台打印机",
                    f'"{place}" has another printer already',
                )
            taken.add(place)


def _printer_ports(draft: Draft) -> None:
    """USB and Windows queues are for printers, and from a queue nothing comes back."""
    silent = []
    for line in draft.having("lines", "name", "port", "protocol"):
        if not PRINTER_PORT.fullmatch(line["port"]):
            continue
        if line["protocol"] != "escpos":
            draft.error(
                (*line.key, "port"),
                "usb:// 和 winspool:// 只能接小票打印机",
                "only ticket printers hang on usb:// or winspool://",
            )
        elif line["port"].startswith("winspool:"):
            silent.append(line["name"])
    for printer in draft.having("printers", "line"):
        if printer["line"] in silent and printer.get("confirm") != "none":
            draft.error(
                (*printer.key, "confirm"),
                'Windows 打印队列不回话，请写 confirm = "none"',
                'nothing comes back from a Windows queue; write confirm = "none"',
            )


def _unknown_counters(draft: Draft) -> None:
    devices = [e for n in ("leds", "keypads", "rating_boxes") for e in draft.having(n, "counter")]
    counters = register(draft, "counters", "no", [device["counter"] for device in devices])
    for device in devices:
        no = device["counter"]
        if not counters.has(no):
            draft.error((*device.key, "counter"), f"没有 {no} 号窗口", f"there is no counter {no}")
