"""The LED strips and screens of a hall file: drivers, words that fit them, reactors."""

from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache

from config.settings import Led, MainLed, Settings
from controller.inputs import Inputs
from controller.lines import Lines
from controller.reactors.chorus import Chorus
from controller.reactors.display import AGAIN_S, UNHEARD_AGAIN_S, Display, Face, StripDriver
from controller.reactors.ground import Ground
from controller.reactors.main_showing import MainShowing, Screen
from controller.reactors.self_testing import Check
from controller.reactors.showing import Showing, Strip
from controller.self_test import strip_check
from devices.bus import Bus
from devices.led import LedLine, LedStrip, LedText, Panel, show_on_all
from devices.led_codec import LedCodec
from devices.led_codecs import codec_for
from devices.led_wording import Idle, LedWords, Moment, Own, Paused, Stopped, fit
from devices.link import LinkState

Task = tuple[str, Callable[[], Awaitable[None]]]
Voice = tuple[str, type, Panel]
"""Line, make and size: those alike hear the same broadcast."""


class Strips:
    """Everything with LEDs, by its lines."""

    def __init__(self, settings: Settings, ground: Ground, lines: Lines, inputs: Inputs) -> None:
        self._settings = settings
        self._ground = ground
        self._lines = lines
        self._inputs = inputs
        self._led_lines: dict[str, LedLine] = {}
        self._drivers: dict[Voice, list[LedStrip]] = {}
        self._choruses: dict[Voice, Chorus] = {}
        self.tasks: list[Task] = []
        self.checks: dict[str, Check] = {}
        """The self-test's questions to the cards, by their names."""

    def wire(self, replaced: Mapping[int, StripDriver], without: AbstractSet[str]) -> None:
        """Make the drivers and list the reactors' tasks.

        `replaced`: drivers of strips that tests bring along; `without`: device ids left out.
        """
        by_line: dict[str, dict[str, Display]] = {}
        faces: tuple[Led | MainLed, ...] = (*self._settings.leds, *self._settings.main_leds)
        for led in faces:
            if led.device_id not in without:
                own = replaced.get(led.counter) if isinstance(led, Led) else None
                display = self._display(led, own)
                by_line.setdefault(led.line, {})[led.device_id] = display
                self.tasks.append((f"showing {led.device_id}", display.run))
        for line, displays in by_line.items():
            self._lines.listen(line, self._told(displays))

    def _display(self, led: Led | MainLed, own: StripDriver | None) -> Display:
        template = self._settings.template(led.template) if led.template is not None else None
        codec = codec_for(led, template)
        driver, chorus = (own, None) if own is not None else self._driver(led, codec)
        face = Face(
            led.device_id,
            driver,
            self._wording(codec, led.text),
            self._settings.hall.zone,
            AGAIN_S if codec.answers else UNHEARD_AGAIN_S,
            chorus,
        )
        if isinstance(led, Led):
            return Showing(Strip(face, led.counter), self._ground)
        return MainShowing(Screen(face, led.area, led.rows or codec.panel.lines), self._ground)

    def _wording(self, codec: LedCodec, own: str) -> Callable[[Moment], LedText]:
        """Return what puts a moment into words: Chinese, or English where there are no Hanzi.

        `own`: what the strip says while there is nothing to tell, if the hall file has it.
        """
        texts = self._settings.texts.messages["zh" if codec.panel.signs == "gb2312" else "en"]
        words = LedWords.of(texts)

        def worded(moment: Moment) -> LedText:
            if isinstance(moment, Idle) and own:
                moment = Own(own)
            if isinstance(moment, Stopped):
                moment = Stopped(texts[f"stop.title.{moment.sentence}"])
            if isinstance(moment, Paused):
                reason = texts.get(f"reasons.pause.{moment.reason}", "")
                moment = replace(moment, reason=reason)
            return fit(moment, words, codec.panel)

        return lru_cache(maxsize=64)(worded)  # asked after every batch, and seldom for news

    def _driver(self, led: Led | MainLed, codec: LedCodec) -> tuple[StripDriver, Chorus | None]:
        bus = self._line(led.line)
        self._ground.supervising.measure(led.device_id, bus.traffic(led.address))
        strip = LedStrip(bus, led.address, codec)
        self.checks[led.device_id] = strip_check(strip, codec.answers)
        # On the units' pair a frame to all would reach keypads and relays as well.
        if codec.everyone is None or self._inputs.has(led.line):
            return strip, None
        voice = (led.line, type(codec), codec.panel)
        self._drivers.setdefault(voice, []).append(strip)
        if voice not in self._choruses:
            self._choruses[voice] = Chorus(lambda text: self._say(voice, codec, text))
        return strip, self._choruses[voice]

    async def _say(self, voice: Voice, codec: LedCodec, text: LedText) -> None:
        """Show a text on all strips of a voice; each then needs its moment like after any text."""
        await show_on_all(self._line(voice[0]), codec, text)
        for strip in self._drivers[voice]:
            strip.rest()

    def _line(self, name: str) -> Bus:
        """Return the master of a line; boards on the units' line speak in turn with them."""
        if self._inputs.has(name):
            return self._inputs.bus(name)
        if name not in self._led_lines:
            self._led_lines[name] = LedLine(self._lines.link(name))
        return self._led_lines[name]

    def _told(self, displays: Mapping[str, Display]) -> Callable[[LinkState], None]:
        def told(state: LinkState) -> None:
            for device, display in displays.items():
                if state == "lost":
                    self._ground.supervising.lost(device, "link-lost")
                display.forget()

        return told
