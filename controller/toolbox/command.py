"""`run.py devices …`: the arguments of each tool, and what it prints."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from config.settings import Line, Settings, set_keys
from controller.toolbox.adopting_all import MOST_ADDRESS, TABLES, Errand, adopt_all
from controller.toolbox.asking import ask_all
from controller.toolbox.hall_file import need_own_file, rewrite
from controller.toolbox.listing import listing
from controller.toolbox.printer_doctor import examine
from controller.toolbox.sheet import Row, bad_rows
from controller.toolbox.site import Site, ToolError
from controller.toolbox.tracing import trace
from controller.toolbox.wiring_plan import plan

__all__ = ["ToolError", "add_tools", "run_tool"]

Add = Callable[[str, str], argparse.ArgumentParser]
Told = Callable[[argparse.Namespace, Site], int]

OK, FAILED, WRONG_USE = 0, 1, 2
TRACE_S = 10.0


def add_tools(add: Add, run: Callable[[argparse.Namespace, Settings], int]) -> None:
    """Add the tools to the parser of `run.py devices`; `run` is what they are given to."""
    tools: tuple[tuple[str, str, Told], ...] = (
        ("list", "列出大厅文件里的设备；服务在运行时带状态 "
         "list the devices of the hall file, with states while a service runs", _list),
        ("probe", "逐台询问是否在线，不改变任何东西 "
         "ask every device who it is; changes nothing", _probe),
        ("test", "逐台动作一次：打一张条、显示、响一声、说一句 "
         "let every device do something to see or hear, and tell a result sheet", _test),
        ("trace", "显示一条线上的字节、时间和译出的帧 "
         "show the bytes of a line with times and decoded frames", _trace),
        ("doctor", "打一张中文测试条，按回答把打印机的能力写进大厅文件 "
         "print a Chinese test slip and store by your answers what the printer can", _doctor),
        ("adopt", "把新按键盒、评价器一台一台接上，定地址，试按，写进大厅文件 "
         "plug new key units in one by one: set their address, try a key, write the hall file",
         _adopt),
        ("plan", "打印接线与验收单 print the wiring and acceptance sheet", _plan),
    )  # fmt: skip
    for name, told, work in tools:
        command = add(name, told)
        command.set_defaults(command=run, tool=work)
        if name in ("probe", "test"):
            command.add_argument(
                "device", nargs="?", default="",
                help="只做这一台，如 keypad:3 this device only, as `list` names it",
            )  # fmt: skip
        if name == "doctor":
            command.add_argument(
                "printer", nargs="?", default="", help="打印机的 id the printer's id"
            )
        if name == "adopt":
            _add_adopt(command)
        if name == "trace":
            _add_trace(command)


def _add_trace(command: argparse.ArgumentParser) -> None:
    command.add_argument("line", help="线路名 the line's name in the hall file")
    command.add_argument(
        "--seconds", type=float, default=TRACE_S, metavar="N", help="看多久 how long"
    )
    command.add_argument(
        "--listen",
        action="store_true",
        help="只听不问，接在另一个转换器上看服务的通信 "
        "say nothing: listen with a second adapter on the same pair",
    )


def _add_adopt(command: argparse.ArgumentParser) -> None:
    command.add_argument("line", help="线路名 the line's name in the hall file")
    command.add_argument(
        "--kind", choices=list(TABLES), default="keypad", help="接的是什么 what is plugged in"
    )
    command.add_argument(
        "--counter", type=int, metavar="NO", help="只接这个窗口的 for this counter only"
    )
    command.add_argument(
        "--most", type=int, default=32, metavar="N", help="找到哪个地址为止 highest address to try"
    )


def run_tool(given: argparse.Namespace, settings: Settings) -> int:
    """Run the chosen tool on a hall; return the exit status. ToolError is a sentence."""
    data: Path = given.data
    work: Told = given.tool
    return work(given, Site(settings, data))


def _list(given: argparse.Namespace, site: Site) -> int:
    _print(listing(site))
    return OK


def _plan(given: argparse.Namespace, site: Site) -> int:
    _print(plan(site))
    return OK


def _probe(given: argparse.Namespace, site: Site) -> int:
    return _sheet(given, site, test=False)


def _test(given: argparse.Namespace, site: Site) -> int:
    return _sheet(given, site, test=True)


def _sheet(given: argparse.Namespace, site: Site, *, test: bool) -> int:
    site.need_quiet()

    async def ask() -> list[Row]:
        rows = []
        async for row in ask_all(site, test=test, only=given.device):
            print(row.line, flush=True)
            rows.append(row)
        return rows

    rows = asyncio.run(ask())
    bad = bad_rows(rows)
    print(f"共 {len(rows)} 台，{bad} 台故障。 {len(rows)} devices, {bad} bad.")
    return FAILED if bad else OK


def _trace(given: argparse.Namespace, site: Site) -> int:
    line = line_named(site, given.line)
    if not 0 < given.seconds <= 86_400:
        raise ToolError("--seconds 须大于 0，最多 86400。 --seconds must be in (0, 86400].")
    if not given.listen:
        site.need_quiet()
    asyncio.run(trace(site, line, given.seconds, listen=given.listen, tell=_tell))
    return OK


def _doctor(given: argparse.Namespace, site: Site) -> int:
    need_own_file(site.settings)
    site.need_quiet()
    rows = [row for row in site.settings.printers if given.printer in ("", row.id)]
    if len(rows) != 1:
        known = ", ".join(row.id for row in site.settings.printers)
        raise ToolError(f"请写明哪一台打印机：{known}。 Name the printer: {known}.")
    found = asyncio.run(examine(site, rows[0], _ask, _tell))
    rewrite(site.settings.path, lambda text: set_keys(text, "printers", {"id": rows[0].id}, found))
    for key, value in found.items():
        print(f"   {key} = {value}")
    print(f"已写入 stored in {site.settings.path}")
    return OK


def _adopt(given: argparse.Namespace, site: Site) -> int:
    need_own_file(site.settings)
    site.need_quiet()
    line = line_named(site, given.line)
    if line.protocol != "modbus-rtu":
        raise ToolError(
            f"线路 {line.name} 的协议是 {line.protocol}，只能接 modbus-rtu 的新设备。 "
            f"Line {line.name} speaks {line.protocol}; new units need modbus-rtu."
        )
    if not 1 <= given.most <= MOST_ADDRESS:
        raise ToolError(f"--most: 1-{MOST_ADDRESS}")
    errand = Errand(site, line, given.kind, given.most)
    adopted = asyncio.run(adopt_all(errand, given.counter, _ask, _tell))
    print(f"接好 {adopted} 台。 {adopted} units adopted.")
    return OK if adopted else FAILED


def _ask(sentence: str) -> str:
    try:
        return input(sentence)
    except EOFError:
        raise ToolError("没有回答，什么也没改。 No answer; nothing was changed.") from None


def line_named(site: Site, name: str) -> Line:
    """Return a line of the hall file. ToolError names those that there are."""
    try:
        return site.settings.line(name)
    except KeyError:
        known = ", ".join(line.name for line in site.settings.lines)
        raise ToolError(
            f"没有线路 {name}，有：{known}。 There is no line {name}; there are: {known}."
        ) from None


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _tell(line: str) -> None:
    print(line, flush=True)
