"""What came out of the printer, as a picture: operations -> PNG, one pixel for each dot.

Look: faces.md 9 ("Paper"). Everything lies on the dot grid; the QR code is drawn from its data
in whole modules, so that a phone (or zbarimg) reads it from the picture; saw-teeth stand only
where the cut command came; bytes that no font explains are shown as hex in a red frame.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import qrcode
import qrcode.util
from PIL import Image, ImageChops, ImageDraw, ImageFont

from devices.framing.escpos_operations import (
    Align,
    Cut,
    Feed,
    Initialise,
    LineFeed,
    Operation,
    QrLevel,
    QrPrint,
    QrSize,
    QrStore,
    RasterImage,
    Style,
    Text,
    Undecodable,
)
from devices.framing.escpos_paper import LINE_DOTS

INK, PAPER, ALARM = (0x2A, 0x26, 0x24), (0xFC, 0xFB, 0xF5), (0xA8, 0x1D, 0x17)
CELL_DOTS = 24
"""A Hanzi is 24 x 24 dots, a Latin letter 12 x 24."""
MARGIN_DOTS = 32
TOP_DOTS = 48
"""Shorter than the 15 mm between head and blade that a slip really begins with."""
END_DOTS = 24
TOOTH_DOTS = 13
_SHADE_DOTS = 20
_COVERAGE = 110
"""A dot is black from this grey (of 255) on, so that thin strokes survive."""
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "C:/Windows/Fonts/simsun.ttc",
    "/System/Library/Fonts/PingFang.ttc",
)
_FACES = ("Noto Sans Mono CJK SC", "WenQuanYi Zen Hei Mono", "NSimSun")
_LEVELS = {"L": 1, "M": 0, "Q": 3, "H": 2}


class FontError(RuntimeError):
    """No Chinese font is installed, so no picture can be drawn."""


def paper_png(operations: Iterable[Operation], width_dots: int = 576) -> bytes:
    """The paper as a PNG of `width_dots` + 64 pixels; FontError without a Chinese font."""
    file = io.BytesIO()
    draw_paper(operations, width_dots).save(file, "PNG", optimize=True)
    return file.getvalue()


def draw_paper(operations: Iterable[Operation], width_dots: int = 576) -> Image.Image:
    """The paper as an RGB image; what follows the first cut is on the next slip, not here."""
    paper = _Paper(width_dots)
    for operation in operations:
        paper.add(operation)
        if paper.is_cut:
            break
    return paper.picture()


class _Paper:
    """Strips of ink, each as wide as the print head, from the top down."""

    def __init__(self, width_dots: int) -> None:
        self.is_cut = False
        self._width = width_dots
        self._strips: list[Image.Image] = [Image.new("RGB", (width_dots, TOP_DOTS), PAPER)]
        self._line: list[Image.Image] = []
        self._align = "left"
        self._qr_dots, self._qr_level, self._qr_data = 3, "L", b""

    def add(self, operation: Operation) -> None:
        if isinstance(operation, Text):
            self._line.append(_drawn_text(operation.text, operation.style))
        elif isinstance(operation, Undecodable):
            self._line.append(_drawn_hex(operation.hex))
        elif isinstance(operation, LineFeed):
            self._print_line()
        elif isinstance(operation, Feed):
            if self._line or operation.lines:
                self._print_line()
            self._blank(operation.dots + LINE_DOTS * max(0, operation.lines - 1))
        elif isinstance(operation, Cut):
            self.is_cut = not self._line
        elif isinstance(operation, RasterImage):
            size = (operation.width_bytes * 8, operation.rows)
            mask = Image.frombytes("1", size, operation.data)
            self._place(_inked(mask.convert("L")), size[1])
        else:
            self._set(operation)

    def picture(self) -> Image.Image:
        """Margins, shading and the end of the paper round what was printed."""
        if self._line:
            self._print_line()
        self._blank(END_DOTS)
        height = sum(strip.height for strip in self._strips)
        end = TOOTH_DOTS if self.is_cut else 0
        whole = Image.new("RGB", (self._width + 2 * MARGIN_DOTS, height + end), PAPER)
        y = 0
        for strip in self._strips:
            whole.paste(strip, (MARGIN_DOTS, y))
            y += strip.height
        whole = ImageChops.multiply(whole, _shade(whole.size))
        return _with_teeth(whole) if self.is_cut else whole

    def _set(self, operation: Operation) -> None:
        if isinstance(operation, Align) and not self._line:
            self._align = operation.side
        elif isinstance(operation, QrSize):
            self._qr_dots = operation.dots
        elif isinstance(operation, QrLevel):
            self._qr_level = operation.level
        elif isinstance(operation, QrStore):
            self._qr_data = operation.data
        elif isinstance(operation, QrPrint) and not self._line and self._qr_data:
            code = _drawn_qr(self._qr_data, self._qr_level, self._qr_dots)
            self._place(code, code.height)
        elif isinstance(operation, Initialise):
            self._line.clear()
            self._align = "left"

    def _print_line(self) -> None:
        tallest = max((part.height for part in self._line), default=CELL_DOTS)
        line = Image.new("RGB", (max(1, sum(part.width for part in self._line)), tallest), PAPER)
        x = 0
        for part in self._line:
            line.paste(part, (x, tallest - part.height))
            x += part.width
        self._line.clear()
        self._place(line, max(LINE_DOTS, tallest + 4))

    def _place(self, ink: Image.Image, height: int) -> None:
        free = self._width - ink.width
        x = {"left": 0, "centre": free // 2, "right": free}[self._align]
        strip = Image.new("RGB", (self._width, height), PAPER)
        strip.paste(ink, (max(0, x), (height - ink.height) // 2))
        self._strips.append(strip)

    def _blank(self, dots: int) -> None:
        if dots:
            self._strips.append(Image.new("RGB", (self._width, dots), PAPER))


def _drawn_text(text: str, style: Style) -> Image.Image:
    """A run of text; where width and height differ it is stretched, as the print head does it."""
    times = min(style.width, style.height)
    cells = [_glyph(char, CELL_DOTS * times) for char in text]
    mask = Image.new("L", (sum(cell.width for cell in cells), CELL_DOTS * times))
    x = 0
    for cell in cells:
        mask.paste(cell, (x, 0))
        x += cell.width
    if style.bold:
        again = Image.new("L", mask.size)
        again.paste(mask, (times, 0))  # what goes over the edge is lost
        mask = ImageChops.lighter(mask, again)
    size = (mask.width * style.width // times, CELL_DOTS * style.height)
    mask = mask.resize(size, Image.Resampling.NEAREST)
    if style.underline:
        ImageDraw.Draw(mask).line([(0, mask.height - 2), (mask.width, mask.height - 2)], 255, 2)
    return _inked(ImageChops.invert(mask) if style.reverse else mask)


def _drawn_hex(digits: str) -> Image.Image:
    mask = _drawn_text(" ".join(digits[i : i + 2] for i in range(0, len(digits), 2)), Style())
    framed = Image.new("RGB", (mask.width + 12, mask.height + 4), PAPER)
    framed.paste(mask, (6, 2))
    ImageDraw.Draw(framed).rectangle(
        (0, 0, framed.width - 1, framed.height - 1), outline=ALARM, width=2
    )
    return framed


def _drawn_qr(data: bytes, level: str, dots: int) -> Image.Image:
    code = qrcode.QRCode(error_correction=_LEVELS[level], border=0)
    code.add_data(qrcode.util.QRData(data, mode=qrcode.util.MODE_8BIT_BYTE))
    code.make(fit=True)
    matrix = code.get_matrix()
    mask = Image.new("L", (len(matrix), len(matrix)))
    mask.putdata([255 if module else 0 for row in matrix for module in row])
    side = len(matrix) * dots
    return _inked(mask.resize((side, side), Image.Resampling.NEAREST))


def _inked(mask: Image.Image) -> Image.Image:
    ink = Image.new("RGB", mask.size, PAPER)
    ink.paste(INK, (0, 0), mask)
    return ink


@lru_cache(maxsize=2000)
def _glyph(char: str, size: int) -> Image.Image:
    """One character as black and white dots; a Latin one is half as wide."""
    cell = Image.new("L", (size // 2 if char.isascii() else size, size))
    ImageDraw.Draw(cell).text((0, round(size * 0.87)), char, 255, _font(size), anchor="ls")
    return cell.point([255 if grey >= _COVERAGE else 0 for grey in range(256)])


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    path, index = _font_file()
    return ImageFont.truetype(path, size, index=index)


@lru_cache(maxsize=1)
def _font_file() -> tuple[str, int]:
    """Path and face of the first Chinese font that is installed."""
    for path in filter(lambda name: Path(name).exists(), _FONTS):
        for index in range(12):
            try:
                family = ImageFont.truetype(path, CELL_DOTS, index=index).getname()[0]
            except OSError:
                break
            if family in _FACES:
                return path, index
        return path, 0
    raise FontError("no Chinese font is installed; on Debian: apt-get install fonts-noto-cjk")


def _shade(size: tuple[int, int]) -> Image.Image:
    """A soft shadow at both sides and under the printer's slot."""
    shade = Image.new("L", size, 255)
    draw = ImageDraw.Draw(shade)
    for step in range(_SHADE_DOTS):
        grey = 255 - round(26 * (1 - step / _SHADE_DOTS) ** 2)
        draw.rectangle((step, step // 2, size[0] - 1 - step, size[1]), outline=grey)
    return Image.merge("RGB", (shade, shade, shade))


def _with_teeth(whole: Image.Image) -> Image.Image:
    """The lower edge as the blade left it; outside the paper the picture is transparent."""
    mask = Image.new("L", whole.size, 255)
    draw = ImageDraw.Draw(mask)
    top, bottom = whole.height - TOOTH_DOTS, whole.height
    for x in range(0, whole.width, 2 * TOOTH_DOTS):
        draw.polygon([(x, bottom), (x + TOOTH_DOTS, top), (x + 2 * TOOTH_DOTS, bottom)], 0)
    whole = whole.convert("RGBA")
    whole.putalpha(mask)
    return whole
