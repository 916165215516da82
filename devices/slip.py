"""The ticket slip (小票): words and a layout -> ESC/POS bytes for one make of printer.

python-escpos' `Dummy` is the encoder; Chinese goes as FS & + GB18030 through its `_raw`, because
its `text()` prints question marks for a line of Chinese punctuation (device-protocols.md B)::

    1B 40 | 1C 26 | 1B 61 01 | 1D 21 11 hall | 1D 21 70 rule | 1D 21 33 number | … | 1D 56 42 00
    init    Hanzi   centre     2 x             8 x wide        4 x                   feed and cut

The words come from the message files, their order and sizes from the layout (config/slips).
Bytes are time on a slow wire, so a size is told only when it changes, paper is moved by line
feeds where those fit, and a rule is a few dashes printed eight times as wide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.settings import (
    Layout,
    NoticeLayout,
    SlipPart,
    encode_text,
    plain_text,
    printable_text,
    shipped_layout,
    shipped_notice,
)
from devices.escpos_encoder import QR_ECLEVEL_M, Dummy
from devices.framing.escpos_paper import qr_modules
from devices.line_breaking import break_lines, columns
from devices.profiles import PrinterProfile
from devices.slip_table import MaterialRow, TableHead, table_lines

HANZI_ON = b"\x1c\x26"
QUIET_MODULES = 4
QR_MOST_BYTES = 213
"""Version 10 at level M, 57 modules: what a phone reads easily from thermal paper."""
TO_MARK = b"\x1d\x0c"
QR_LARGEST_MM = 33.0
QR_GOOD_MODULES = (8, 7, 6)
QR_POOR_MODULES = (5, 4, 3)
QR_MODEL = b"\x1d\x28\x6b\x04\x00\x31\x41\x32\x00"
LINE_MM = 25.4 / 6
RULE_WIDTH = 8
BARCODE_DOTS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSlip:
    """The words of a slip. An empty text is left out, and so is a `wait_line` of None.

    `qr` is what a phone reads: the ticket's page, or plain text; the empty text prints no code.
    `mark` stands on a slip that is printed again (补打), `details` under the service; `last` ends
    it, and a slip without that line is void.
    """

    hall: str
    number: str
    service: str
    ahead_line: str
    wait_line: str | None
    time_line: str
    notice: str
    qr: str
    number_label: str = ""
    keep: str = ""
    qr_caption: str = ""
    footer: str = ""
    mark: str = ""
    last: str = ""
    details: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[str, str]:
        """The words by the names that a layout gives them."""
        return {
            "hall": self.hall,
            "mark": self.mark,
            "label": self.number_label,
            "number": self.number,
            "service": self.service,
            "details": "\n".join(self.details),
            "ahead": self.ahead_line,
            "wait": self.wait_line or "",
            "keep": self.keep,
            "notice": self.notice,
            "caption": self.qr_caption,
            "time": self.time_line,
            "phone": self.footer,
            "last": self.last,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSlip:
    """The words of a one-time notice by the names of its layout, its table, and its code."""

    fields: Mapping[str, str]
    head: TableHead
    rows: tuple[MaterialRow, ...]
    qr: str = ""


def compose_notice(
    slip: NoticeSlip, profile: PrinterProfile, layout: NoticeLayout | None = None
) -> bytes:
    """The bytes that print a notice and cut it; raises what `compose` raises."""
    page = _Page(profile)
    for part in (layout or shipped_notice()).parts:
        page.align(part.left)
        if part.table:
            page.table(table_lines(slip.head, slip.rows, profile.columns))
        else:
            page.part(part, slip.fields, slip.qr)
    return page.cut()


def compose(slip: TicketSlip, profile: PrinterProfile, layout: Layout | None = None) -> bytes:
    """The bytes that print the slip and cut it, from ESC @ to GS V.

    A character that the printer has no sign for becomes the profile's `missing_sign`; without one,
    raises config.settings.UnencodableText. ValueError for a QR text that does not fit on the paper.
    """
    page = _Page(profile)
    for part in (layout or shipped_layout()).parts:
        page.part(part, slip.fields, slip.qr)
    return page.cut()


def compose_void(text: str, profile: PrinterProfile) -> bytes:
    """The bytes that end half a slip which hangs in the printer: it says it is void, and is cut."""
    page = _Page(profile)
    page.part(SlipPart(text="{mark}", width=2, height=2, bold=True), {"mark": text}, "")
    return page.cut()


def qr_module_dots(data: str, profile: PrinterProfile) -> int:
    """Dots of one module: 8 to 6, so that the code is at most about 33 mm wide.

    Less than 6 only where narrow paper asks for it; ValueError for more than 213 bytes.
    """
    if len(data.encode()) > QR_MOST_BYTES:
        raise ValueError(f"the QR text is longer than {QR_MOST_BYTES} bytes")
    modules = qr_modules(len(data.encode()), "M")
    largest = QR_LARGEST_MM * profile.dots_per_mm
    fitting = [
        dots
        for dots in (*QR_GOOD_MODULES, *QR_POOR_MODULES)
        if dots <= profile.qr_max_module
        and (modules + 2 * QUIET_MODULES) * dots <= profile.width_dots
    ]
    if not fitting:
        raise ValueError(f"a QR code of {modules} modules is too wide for this paper")
    good = [dots for dots in fitting if dots in QR_GOOD_MODULES]
    handy = [dots for dots in good if modules * dots <= largest]
    return (handy or good[-1:] or fitting)[0]


class _Page:
    """One slip being written; a line is centred unless it is told otherwise."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._encoder = Dummy()
        self._look = _Look(profile)
        self._encoder.hw("INIT")
        self._encoder._raw(HANZI_ON)
        self._encoder.set(align="center")
        self._left = False

    def align(self, left: bool) -> None:
        """Begin lines at the left edge, or centre them; at the beginning of a line only."""
        if left != self._left:
            self._encoder._raw(b"\x1b\x61" + bytes([not left]))
            self._left = left

    def table(self, lines: Sequence[str]) -> None:
        """Print lines that fill the paper's columns as they are."""
        for line in lines:
            data = encode_text(self._plain(line), self._profile.encoding)
            self._encoder._raw(self._look.change(1, 1, False, data) + data + b"\n")

    def part(self, part: SlipPart, fields: Mapping[str, str], qr: str) -> None:
        """Print one part of the layout; text and bar code only when a field of theirs says so."""
        if part.rule:
            self._rule()
        elif part.space_mm is not None:
            self._space(part.space_mm)
        elif part.qr:
            self._qr(qr)
        elif part.logo is not None:
            self._encoder._raw(b"\x1c\x70" + bytes([part.logo, 0]))
        elif not part.fields or any(fields[name] for name in part.fields):
            if part.barcode is not None:
                self._barcode(part.barcode.format(**fields))
            elif part.text is not None:
                self._text(part.text.format(**fields), part)

    def cut(self) -> bytes:
        """Feed to the blade, or to the paper's next mark, and cut. The bytes of the whole page."""
        if self._profile.black_mark:
            self._encoder._raw(TO_MARK)
        self._encoder._raw(self._profile.cut)
        return bytes(self._encoder.output)

    def _text(self, text: str, part: SlipPart) -> None:
        plain = self._plain(text)
        widest = max(columns(line) for line in plain.split("\n"))
        width = max(1, min(part.width, self._profile.columns // max(1, widest)))
        for line in break_lines(plain, self._profile.columns // width):
            data = encode_text(line, self._profile.encoding)
            self._encoder._raw(self._look.change(width, part.height, part.bold, data))
            self._encoder._raw(data + b"\n")

    def _rule(self) -> None:
        dashes = b"-" * (self._profile.columns // RULE_WIDTH)
        self._encoder._raw(self._look.change(RULE_WIDTH, 1, False, dashes) + dashes + b"\n")

    def _space(self, mm: float) -> None:
        """Blank paper; at the beginning of a line only."""
        units = min(255, round(mm * self._profile.feed_units_per_mm))
        self._encoder._raw(b"\x1b\x4a" + bytes([units]))

    def _qr(self, data: str) -> None:
        """A native QR code with its quiet zone above and below; the sides have theirs by width."""
        if not data:
            return
        dots = qr_module_dots(data, self._profile)
        self._quiet(dots)
        before = len(self._encoder.output)
        self._encoder.qr(data, ec=QR_ECLEVEL_M, size=dots, native=True)
        if not self._profile.qr_model:
            page = bytes(self._encoder.output)
            self._encoder.clear()
            self._encoder._raw(page[:before] + page[before:].replace(QR_MODEL, b"", 1))
        self._quiet(dots)

    def _quiet(self, dots: int) -> None:
        """Four modules of blank paper: a line feed, where a line is that high."""
        mm = QUIET_MODULES * dots / self._profile.dots_per_mm
        if mm > LINE_MM:
            self._space(mm)
        else:
            self._encoder._raw(self._look.change(1, 1, False, b"") + b"\n")

    def _barcode(self, text: str) -> None:
        """CODE128, code set B, 10 mm high, the text not repeated under it."""
        if not text.isascii() or not text.isprintable():
            raise ValueError(f"a bar code has letters and digits only, not {text!r}")
        data = b"{B" + text.encode("ascii").replace(b"{", b"{{")
        height = b"\x1d\x68" + bytes([BARCODE_DOTS]) + b"\x1d\x77\x02\x1d\x48\x00"
        self._encoder._raw(height + b"\x1d\x6b\x49" + bytes([len(data)]) + data + b"\n")

    def _plain(self, text: str) -> str:
        """After replacement, because ¥ is one column and the 元 in its place two."""
        missing = self._profile.missing_sign
        if missing:
            return printable_text(text, self._profile.encoding, missing)
        return plain_text(text, self._profile.encoding)


class _Look:
    """Size and weight as the printer has them now; tells only what changes.

    ESC ! and FS ! hold for Latin and for Hanzi; clones need the one that a line is printed in.
    GS ! comes last: nothing may stand between it and what it enlarges.
    """

    def __init__(self, profile: PrinterProfile) -> None:
        self._all = profile.size_commands == "all"
        self._latin = self._hanzi = self._size = 0
        self._bold = False

    def change(self, width: int, height: int, bold: bool, data: bytes) -> bytes:
        """The commands before a line of these bytes."""
        said = b""
        if self._all:
            said = self._each(width, height, bold, data)
        size = (width - 1) << 4 | (height - 1)
        if bold != self._bold:
            said += b"\x1b\x45" + bytes([bold])
        if size != self._size or said:
            said += b"\x1d\x21" + bytes([size])
        self._size, self._bold = size, bold
        return said

    def _each(self, width: int, height: int, bold: bool, data: bytes) -> bytes:
        latin = (0x20 if width > 1 else 0) | (0x10 if height > 1 else 0) | (0x08 if bold else 0)
        hanzi = (0x04 if width > 1 else 0) | (0x08 if height > 1 else 0)
        said = b""
        if latin != self._latin and any(byte < 0x80 for byte in data):
            said += b"\x1b\x21" + bytes([latin])
            self._latin = latin
        if hanzi != self._hanzi and any(byte >= 0x80 for byte in data):
            said += b"\x1c\x21" + bytes([hanzi])
            self._hanzi = hanzi
        return said
