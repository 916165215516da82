"""The ticket slip (小票): words -> ESC/POS bytes for one make of printer.

python-escpos' `Dummy` is the encoder; Chinese goes as FS & + GB18030 through its `_raw`, because
its `text()` prints question marks for a line of Chinese punctuation (device-protocols.md B)::

    1B 40 | 1C 26 | 1B 61 01 | hall | rule | 1D 21 33 number | … | QR: 1D 28 6B … | 1D 56 42 00
    init    Hanzi   centre                    4 x                   native, level M   feed and cut

The words come from the message files. Nothing here knows what they mean, only how they look:
the number is the largest thing, then the service, then the place in the queue.
"""

from __future__ import annotations

from dataclasses import dataclass

from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy

from config.settings import encode_text, plain_text
from devices.framing.escpos_paper import qr_modules
from devices.line_breaking import break_lines, columns
from devices.profiles import PrinterProfile

HANZI_ON = b"\x1c\x26"
QUIET_MODULES = 4
QR_MOST_BYTES = 213
"""Version 10 at level M, 57 modules: what a phone reads easily from thermal paper."""
QR_LARGEST_MM = 33.0
QR_GOOD_MODULES = (8, 7, 6)
QR_POOR_MODULES = (5, 4, 3)
_SIDE_GAP = "   "


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSlip:
    """The words of a slip. An empty text is left out, and so is a `wait_line` of None.

    `qr` is what a phone reads: the ticket's page, or plain text; the empty text prints no code.
    `mark` stands on top of a slip that is printed again (补打), `details` under the service.
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
    qr_caption: str = ""
    footer: str = ""
    mark: str = ""
    details: tuple[str, ...] = ()


def compose(slip: TicketSlip, profile: PrinterProfile) -> bytes:
    """The bytes that print the slip and cut it, from ESC @ to GS V.

    Raises config.settings.UnencodableText for a character that the printer has no sign for, and
    ValueError for a QR text that does not fit on the paper.
    """
    page = _Page(profile)
    page.space(1)
    page.heading(slip.hall)
    page.rule()
    if slip.mark:
        page.heading(slip.mark)
    page.paragraph(slip.number_label)
    page.space(1)
    page.large(slip.number)
    page.space(1)
    page.heading(slip.service)
    for detail in slip.details:
        page.paragraph(detail)
    page.rule()
    page.place(slip.ahead_line, slip.wait_line or "")
    page.rule()
    page.paragraph(slip.notice)
    page.qr(slip.qr)
    page.paragraph(slip.qr_caption)
    page.space(1.5)
    page.paragraph(slip.time_line)
    page.paragraph(slip.footer)
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
    """One slip being written; every line is centred."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._encoder = Dummy()
        self._look = (1, 1, False)
        self._encoder.hw("INIT")
        self._encoder._raw(HANZI_ON)
        self._encoder.set(align="center")

    def heading(self, text: str) -> None:
        """Twice as large; twice as high only, where the line is too long for that."""
        wide = columns(self._plain(text)) * 2 <= self._profile.columns
        self._lines(text, (2, 2, False) if wide else (1, 2, True))

    def large(self, text: str) -> None:
        """Four times as large, on one line; smaller only where the paper is too narrow."""
        times = max(1, min(4, self._profile.columns // max(1, columns(text))))
        self._lines(text, (times, times, True))

    def place(self, ahead: str, wait: str) -> None:
        """People ahead and expected wait: side by side where both fit."""
        together = self._plain(_SIDE_GAP.join(text for text in (ahead, wait) if text))
        fits = columns(together) <= self._profile.columns
        for text in (together,) if fits else (ahead, wait):
            self._lines(text, (1, 2, False))

    def paragraph(self, text: str) -> None:
        self._lines(text, (1, 1, False))

    def rule(self) -> None:
        self.space(1)
        self._lines("-" * self._profile.columns, (1, 1, False))
        self.space(1)

    def space(self, mm: float) -> None:
        """Blank paper; at the beginning of a line only."""
        units = round(mm * self._profile.feed_units_per_mm)
        self._encoder._raw(b"\x1b\x4a" + bytes([units]))

    def qr(self, data: str) -> None:
        """A native QR code with its quiet zone above and below; the sides have theirs by width."""
        if not data:
            return
        dots = qr_module_dots(data, self._profile)
        quiet_mm = QUIET_MODULES * dots / self._profile.dots_per_mm
        self._set_look((1, 1, False))
        self.space(quiet_mm)
        self._encoder.qr(data, ec=QR_ECLEVEL_M, size=dots, native=True)
        self._encoder._raw(b"\n")

    def cut(self) -> bytes:
        """Feed to the blade and cut. The bytes of the whole page."""
        self._encoder._raw(self._profile.cut)
        return bytes(self._encoder.output)

    def _lines(self, text: str, look: tuple[int, int, bool]) -> None:
        width = self._profile.columns // look[0]
        for line in break_lines(self._plain(text), width):
            self._set_look(look)
            self._encoder._raw(encode_text(line, self._profile.encoding) + b"\n")

    def _plain(self, text: str) -> str:
        """After replacement, because ¥ is one column and the 元 in its place two."""
        return plain_text(text, self._profile.encoding)

    def _set_look(self, look: tuple[int, int, bool]) -> None:
        if look == self._look:
            return
        width, height, bold = self._look = look
        if self._profile.size_commands == "all":
            double = (0x20 if width > 1 else 0) | (0x10 if height > 1 else 0)
            hanzi = (0x04 if width > 1 else 0) | (0x08 if height > 1 else 0)
            self._encoder._raw(bytes([0x1B, 0x21, double | (0x08 if bold else 0)]))
            self._encoder._raw(bytes([0x1C, 0x21, hanzi]))
        self._encoder.set(bold=bold)
        # The size comes last: nothing may stand between it and what it enlarges.
        self._encoder.set(custom_size=True, width=width, height=height)
