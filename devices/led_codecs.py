"""The makes of strips by the names that the hall file gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from config.settings import LedFace, Template
from devices.framing.led485 import NUMBER_REGISTER, TEXT_REGISTER
from devices.framing.template_parts import spec_of
from devices.led_485 import Led485Codec
from devices.led_alpha import AlphaCodec
from devices.led_bx import BxCodec
from devices.led_codec import LedCodec
from devices.led_lumen import LumenCodec
from devices.led_panel import COLUMN_PX, LINE_PX, Panel, Signs
from devices.led_template import StripTemplate, TemplateCodec

ALPHA_COLUMN_PX = 6  # five dots and one between


def codec_for(led: LedFace, template: Template | None = None) -> LedCodec:
    """The codec of a strip; `template` is the one that it names."""
    if template is not None:
        return _described(led, template)
    return _MAKES[led.protocol](led)


def _bx(led: LedFace) -> LedCodec:
    return BxCodec(_screen(led))


def _lumen(led: LedFace) -> LedCodec:
    return LumenCodec(_screen(led))


def _led485(led: LedFace) -> LedCodec:
    is_number = led.shows == "number"
    usual = NUMBER_REGISTER if is_number else TEXT_REGISTER
    register = usual if led.first_register is None else led.first_register
    return Led485Codec(_board(led, "digits" if is_number else "ascii", runs=False), register)


def _alpha(led: LedFace) -> LedCodec:
    return AlphaCodec(Panel(led.width_px, led.height_px, ALPHA_COLUMN_PX, led.height_px, "ascii"))


def _described(led: LedFace, template: Template) -> LedCodec:
    reply, refusal = template.reply, template.refusal
    described = StripTemplate(
        frame=spec_of(template, template.frame),
        reply=None if reply is None else spec_of(template, reply),
        refusal=None if refusal is None else spec_of(template, refusal),
        everyone=template.broadcast,
        gap_s=template.gap_ms / 1000,
    )
    return TemplateCodec(_board(led, template.signs, described.runs), described)


def _screen(led: LedFace) -> Panel:
    return Panel(led.width_px, led.height_px, led.font_px // 2, led.font_px)


def _board(led: LedFace, signs: Signs, runs: bool) -> Panel:
    columns = led.columns or led.width_px // COLUMN_PX
    return Panel(columns * COLUMN_PX, LINE_PX, signs=signs, runs=runs)


_MAKES: Mapping[str, Callable[[LedFace], LedCodec]] = {
    "onbon-bx": _bx,
    "lumen-cpower": _lumen,
    "led485": _led485,
    "alpha": _alpha,
}
