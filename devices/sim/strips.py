"""The simulated strips of one hall file, each on the pair of its make."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from config.settings import Led, Line, Settings
from devices.framing.led485 import NUMBER_REGISTER, TEXT_REGISTER
from devices.framing.template_parts import Anything, FrameSpec, spec_of
from devices.sim.clock import Now
from devices.sim.led import SimLedCard, SimLedLine
from devices.sim.led_485 import SimDigitBoard
from devices.sim.led_alpha import SimAlphaLine, SimAlphaSign
from devices.sim.led_lumen import SimLumenCard, SimLumenLine
from devices.sim.led_template import SimTemplateLine, SimTemplateStrip
from devices.sim.strip import SimStrip

COLUMN_PX = 8

StripLine = SimLedLine | SimLumenLine | SimAlphaLine | SimTemplateLine


class SimStrips:
    """Strips by their counters."""

    def __init__(self, settings: Settings, now: Now) -> None:
        self.by_counter: dict[int, SimStrip] = {}
        self._settings = settings
        self._now = now

    def line(self, line: Line) -> StripLine | None:
        """The pair of a line for strips; None for a line that speaks something else."""
        makers: dict[str, Callable[[Sequence[Led]], StripLine]] = {
            "onbon-bx": self._bx,
            "lumen-cpower": self._lumen,
            "alpha": self._alpha,
            "template": self._described,
        }
        make = makers.get(line.protocol)
        return make(self._on(line.name)) if make is not None else None

    def boards_on(self, line: str) -> list[SimDigitBoard]:
        """The LED-485 boards of a Modbus line."""
        boards = []
        for led in self._on(line):
            columns = led.columns or led.width_px // COLUMN_PX
            board = SimDigitBoard(led.counter, led.address, columns, self._now)
            board.is_number = led.shows == "number"
            usual = NUMBER_REGISTER if board.is_number else TEXT_REGISTER
            board.register = usual if led.first_register is None else led.first_register
            boards.append(board)
        self._keep(boards)
        return boards

    def _bx(self, leds: Sequence[Led]) -> SimLedLine:
        cards = [SimLedCard(led.counter, led.address, _size(led), self._now) for led in leds]
        self._keep(cards)
        return SimLedLine(cards)

    def _lumen(self, leds: Sequence[Led]) -> SimLumenLine:
        cards = [SimLumenCard(led.counter, led.address, _size(led), self._now) for led in leds]
        self._keep(cards)
        return SimLumenLine(cards)

    def _alpha(self, leds: Sequence[Led]) -> SimAlphaLine:
        signs = [SimAlphaSign(led.counter, led.address, _size(led), self._now) for led in leds]
        self._keep(signs)
        return SimAlphaLine(signs)

    def _described(self, leds: Sequence[Led]) -> SimTemplateLine:
        strips = []
        for led in leds:
            size = (led.columns * COLUMN_PX, 16) if led.columns else _size(led)
            strips.append(SimTemplateStrip(led.counter, led.address, size, self._now))
        self._keep(strips)
        name = next((led.template for led in leds if led.template is not None), None)
        if name is None:  # nothing hangs on it, so every byte is garbage
            return SimTemplateLine([], FrameSpec((Anything(1),)), None, None)
        template = self._settings.template(name)
        reply = None if template.reply is None else spec_of(template, template.reply)
        return SimTemplateLine(strips, spec_of(template, template.frame), reply, template.broadcast)

    def _on(self, line: str) -> list[Led]:
        return [led for led in self._settings.leds if led.line == line]

    def _keep(self, strips: Sequence[SimStrip]) -> None:
        self.by_counter |= {strip.counter: strip for strip in strips}


def _size(led: Led) -> tuple[int, int]:
    return led.width_px, led.height_px
