"""Find out what a ticket printer can do, by a slip and a few questions (`devices doctor`).

The slip shows encodings, a ruler, sizes, QR codes and three ways to cut; a person says what came
out, and the answers are stored with the printer in the hall file. Bytes: device-protocols.md A.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from config.settings import Printer as PrinterRow
from controller.toolbox.site import Site, ToolError
from devices.link import LinkError
from devices.printer import Printer, PrinterStatus
from devices.profiles import profile

Value = str | int
Ask = Callable[[str], str]
Tell = Callable[[str], None]

RESET, HANZI_ON = b"\x1b\x40", b"\x1c\x26"
CUTS = {"A": ("partial", b"\x1d\x56\x42\x00"), "B": ("full", b"\x1d\x56\x41\x00")}
OLD_CUT = ("1B 69", b"\n\n\n\n\x1b\x69")
WIDTHS = {32: 384, 42: 512, 48: 576, 69: 832}
"""Columns of font A -> dots; other widths are columns x 12, up to the next whole byte."""
LEAST_COLUMNS, MOST_COLUMNS = 32, 69
QR_SIZES = (6, 8, 12)
WRITE_S = 20.0


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices: what is typed -> what is stored; empty: nothing is."""

    sentence: str
    choices: Mapping[str, Mapping[str, Value]]


QUESTIONS = (
    Question(
        "编码：1 = A、B 行都对；2 = 只有 A 行对；3 = 只有 C 行对；4 = 都不对 "
        "Encoding: 1 = A and B are right, 2 = only A, 3 = only C, 4 = none",
        {"1": {"encoding": "gb18030"}, "2": {"encoding": "gb2312"}, "3": {}, "4": {}},
    ),
    Question(
        "字号：1 = D 行的“大3”都放大；2 = 只有 E 行都放大；3 = 都没有 "
        "Sizes: 1 = both signs of D are large, 2 = only those of E, 3 = neither",
        {"1": {"size_commands": "gs"}, "2": {"size_commands": "all"}, "3": {}},
    ),
    Question(
        "二维码：手机能扫的最大一个是 6、8、12？都不能扫填 0 "
        "QR: which is the largest that a phone reads: 6, 8, 12? 0 = none",
        {"0": {}} | {str(size): {"qr_max_module": size} for size in QR_SIZES},
    ),
    Question(
        "切纸：最先切断的是 A、B 还是 C？都没切填 0 "
        "Cut: which is the first that cut: A, B or C? 0 = none",
        {
            "0": {}, "A": {"cut": CUTS["A"][0]}, "B": {"cut": CUTS["B"][0]},
            "C": {"cut": OLD_CUT[0]},
        },
    ),
)  # fmt: skip


def test_slip() -> bytes:
    """Return the bytes of the whole slip."""
    return b"".join(_slip())


def _slip() -> Iterator[bytes]:
    yield RESET + HANZI_ON
    yield "打印机检查 printer doctor\n".encode("gb18030")
    yield "A 综合窗口 GB2312\n".encode("gb2312")
    yield "B 镕堃喆 GB18030\n".encode("gb18030")
    yield "C 综合窗口 UTF-8\n".encode()
    yield b"1234567890" * 7 + b"\n"
    yield b"D \x1d\x21\x11" + "大3".encode("gb18030") + b"\x1d\x21\x00\n"
    large, usual = b"\x1b\x21\x30\x1c\x21\x0c\x1d\x21\x11", b"\x1b\x21\x00\x1c\x21\x00\x1d\x21\x00"
    yield b"E " + large + "大3".encode("gb18030") + usual + b"\n"
    for size in QR_SIZES:
        yield f"QR {size}\n".encode() + _qr(size, f"YIMEN-{size}".encode())
    for letter, (_, cut) in (*CUTS.items(), ("C", OLD_CUT)):
        yield f"cut {letter}\n".encode() + cut


def _qr(size: int, data: bytes) -> bytes:
    def function(body: bytes) -> bytes:
        return b"\x1d\x28\x6b" + len(body).to_bytes(2, "little") + body

    return b"".join(
        function(body)
        for body in (
            b"\x31\x41\x32\x00", b"\x31\x43" + bytes([size]), b"\x31\x45\x31",
            b"\x31\x50\x30" + data, b"\x31\x51\x30",
        )
    ) + b"\n"  # fmt: skip


async def examine(site: Site, row: PrinterRow, ask: Ask, tell: Tell) -> dict[str, Value]:
    """Print the slip, try the ladder of proofs, ask; return the keys for the hall file.

    ToolError: the printer cannot print, or its line cannot be opened.
    """
    make = profile(row.profile, **row.overrides)
    async with site.open(site.settings.line(row.line)) as link:
        printer = Printer(link, make)
        status = await printer.status()
        if status != PrinterStatus.SILENT and not status.can_print:
            raise ToolError(f"打印机现在不能打印：{status}。 The printer cannot print: {status}.")
        try:
            await link.write(test_slip(), WRITE_S)
        except LinkError as error:
            raise ToolError(
                f"打印机不收数据：{error}。 The printer takes no data: {error}."
            ) from error
        proof = "none" if status == PrinterStatus.SILENT else str(await printer.probe())
    tell(f"证明方式 proof of printing: {proof}")
    found: dict[str, Value] = {"confirm": proof}
    for question in QUESTIONS:
        found |= _choice(question, ask, tell)
    return found | _width(ask, tell)


def _choice(question: Question, ask: Ask, tell: Tell) -> Mapping[str, Value]:
    while True:
        typed = ask(f"{question.sentence}: ").strip().upper()
        if typed in question.choices:
            if not question.choices[typed]:
                tell(
                    "   不保存这一项；请按打印机说明书核对它的设置。 "
                    "Nothing is stored; compare the printer's settings with its manual."
                )
            return question.choices[typed]
        tell(f"   请填 please type: {', '.join(question.choices)}")


def _width(ask: Ask, tell: Tell) -> dict[str, Value]:
    while True:
        typed = ask("标尺第一行有几个数字？ How many digits has the ruler's first line? ").strip()
        columns = int(typed) if typed.isascii() and typed.isdigit() else 0
        if LEAST_COLUMNS <= columns <= MOST_COLUMNS:
            return {"width_dots": WIDTHS.get(columns, (columns * 12 + 7) // 8 * 8)}
        tell(f"   {LEAST_COLUMNS}-{MOST_COLUMNS}")
