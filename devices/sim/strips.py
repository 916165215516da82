"""The simulated strips of one hall file, each on the pair of its make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from config.settings import LedFace, Line, Settings
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
    """Strips by their counters, and the main LEDs by their ids."""

    def __init__(self, settings: Settings, now: Now) -> None:
        self.by_counter: dict[int, SimStrip] = {}
        self.screens: dict[str, SimStrip] = {}
        self._settings = settings
        self._now = now

    def overview(self) -> dict[str, Any]:
        """Strips and main LEDs for the bench."""
        screens = []
        for screen in self.screens.values():
            state = {"id": screen.screen} | screen.state()
            del state["counter"]
            screens.append(state)
        return {"leds": [card.state() for card in self.by_counter.values()], "screens": screens}

    def line(self, line: Line) -> StripLine | None:
        """The pair of a line for strips; None for a line that speaks something else."""
        makers: dict[str, Callable[[Sequence[LedFace]], StripLine]] = {
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
            board = SimDigitBoard(_counter(led), led.address, columns, self._now)
            board.is_number = led.shows == "number"
            usual = NUMBER_REGISTER if board.is_number else TEXT_REGISTER
            board.register = usual if led.first_register is None else led.first_register
            boards.append(board)
        self._keep(boards, self._on(line))
        return boards

    def _bx(self, leds: Sequence[LedFace]) -> SimLedLine:
        cards = [SimLedCard(_counter(led), led.address, _size(led), self._now) for led in leds]
        self._keep(cards, leds)
        return SimLedLine(cards)

    def _lumen(self, leds: Sequence[LedFace]) -> SimLumenLine:
        cards = [SimLumenCard(_counter(led), led.address, _size(led), self._now) for led in leds]
        self._keep(cards, leds)
        return SimLumenLine(cards)

    def _alpha(self, leds: Sequence[LedFace]) -> SimAlphaLine:
        signs = [SimAlphaSign(_counter(led), led.address, _size(led), self._now) for led in leds]
        self._keep(signs, leds)
        return SimAlphaLine(signs)

    def _described(self, leds: Sequence[LedFace]) -> SimTemplateLine:
        strips = []
        for led in leds:
            size = (led.columns * COLUMN_PX, 16) if led.columns else _size(led)
            strips.append(SimTemplateStrip(_counter(led), led.address, size, self._now))
        self._keep(strips, leds)
        name = next((led.template for led in leds if led.template is not None), None)
        if name is None:  # nothing hangs on it, so every byte is garbage
            return SimTemplateLine([], FrameSpec((Anything(1),)), None, None)
        template = self._settings.template(name)
        reply = None if template.reply is None else spec_of(template, template.reply)
        return SimTemplateLine(strips, spec_of(template, template.frame), reply, template.broadcast)

    def _on(self, line: str) -> list[LedFace]:
        faces = (*self._settings.leds, *self._settings.main_leds)
        return [led for led in faces if led.line == line]

    def _keep(self, strips: Sequence[SimStrip], leds: Sequence[LedFace]) -> None:
        for strip, led in zip(strips, leds, strict=True):
            strip.screen = getattr(led, "id", "")
            if strip.screen:
                self.screens[strip.screen] = strip
            else:
                self.by_counter[strip.counter] = strip


def _counter(led: LedFace) -> int:
    return getattr(led, "counter", 0)


def _size(led: LedFace) -> tuple[int, int]:
    return led.width_px, led.height_px
