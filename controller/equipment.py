"""The one place that chooses real parts: drivers from the hall file, handed to the reactors."""

from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.settings import Keypad, Led, Line, Printer, RatingBox, Settings, Speaker
from controller.bench import Bench
from controller.reactors.announcing import (
    Announcing,
    Call,
    Loudspeaker,
    Manner,
    SpeakingVoice,
    Words,
)
from controller.reactors.buttons import Buttons, Unit
from controller.reactors.ground import Ground
from controller.reactors.printing import Paper, Printing, TicketPrinter, no_port
from controller.reactors.prompting import Box, Prompting
from controller.reactors.showing import Showing, Strip, StripDriver, StripTexts
from controller.slips import SlipWriter, call_words
from controller.stops import Stop, nowhere
from devices.bus import Bus
from devices.keypad import Keypad as KeypadDriver
from devices.led import LedLine, LedStrip, Panel
from devices.led_bx import BxCodec
from devices.link import Link, LinkSettings, LinkState
from devices.player import Player, player_for
from devices.printer import Printer as TicketPrinterDriver
from devices.profiles import profile
from devices.rating_box import RatingBox as RatingBoxDriver
from devices.voice import Voice

Task = tuple[str, Callable[[], Awaitable[None]]]


@dataclass(frozen=True)
class Replacements:
    """Parts that tests bring along instead of the real ones, by id or counter."""

    printers: Mapping[str, TicketPrinter] = field(default_factory=dict)
    strips: Mapping[int, StripDriver] = field(default_factory=dict)
    voices: Mapping[str, SpeakingVoice] = field(default_factory=dict)
    players: Mapping[str, Player] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    """Device ids that are left out altogether."""
    stop: Stop = nowhere


class Equipment:
    """All devices of a hall and the reactors that drive them."""

    def __init__(
        self, settings: Settings, ground: Ground, bench: Bench | None, replaced: Replacements
    ) -> None:
        self._settings = settings
        self._ground = ground
        self._bench = bench
        self._replaced = replaced
        self._links: dict[str, Link] = {}
        self._led_lines: dict[str, LedLine] = {}
        self._voices: list[Voice] = []
        self._listeners: dict[str, list[Callable[[LinkState], None]]] = {}
        self._buttons: list[Buttons] = []
        self.tasks: list[Task] = []

    def wire(self, data_dir: Path, token_for: Callable[[str], str]) -> None:
        """Make the drivers and list the reactors' tasks in the order of their start."""
        self._wire_strips()
        self._wire_buttons()
        for speaker in self._settings.speakers:
            if speaker.device_id not in self._replaced.without:
                self._wire_speaker(speaker, data_dir / "voice")
        for printer in self._settings.printers:
            if printer.device_id not in self._replaced.without:
                self._wire_printer(printer, token_for)

    @property
    def presses(self) -> Tally[str]:
        """How many presses had which result (`Buttons.presses`) since the start."""
        return sum((buttons.presses for buttons in self._buttons), Tally())

    async def start(self) -> None:
        """Begin to open the ports."""
        for link in self._links.values():
            await link.start()

    async def stop(self) -> None:
        """Close the ports and end the voices."""
        for told in self._listeners.values():
            told.clear()  # a port that we close is not lost
        for link in self._links.values():
            await link.stop()
        for voice in self._voices:
            await voice.stop()

    # --- lines

    def _link(self, name: str) -> Link:
        if name not in self._links:
            line = self._settings.line(name)
            told = self._listeners.setdefault(name, [])

            def on_state(state: LinkState) -> None:
                for listener in told:
                    listener(state)

            settings = LinkSettings(name, self._url(line), line.baud, line.parity)
            self._links[name] = Link(settings, on_state)
        return self._links[name]

    def _url(self, line: Line) -> str | Callable[[], str]:
        if not line.simulated:
            return line.port
        assert self._bench is not None
        bench, name = self._bench, line.name
        return lambda: bench.line_url(name)

    def _on_line(self, name: str, listener: Callable[[LinkState], None]) -> None:
        self._listeners.setdefault(name, []).append(listener)

    # --- printers

    def _wire_printer(self, printer: Printer, token_for: Callable[[str], str]) -> None:
        make = profile(
            printer.profile,
            width_dots=printer.width_dots,
            confirm=printer.confirm,
            encoding=printer.encoding,
        )
        driver = self._replaced.printers.get(printer.id)
        wait_open: Callable[[float], Awaitable[object]] = no_port
        if driver is None:
            link = self._link(printer.line)
            driver = TicketPrinterDriver(link, make)
            wait_open = link.wait_open
            self._on_line(printer.line, self._when_lost(printer.device_id))
        paper = Paper(
            printer.device_id,
            driver,
            SlipWriter(self._settings, make, token_for),
            answers=printer.confirm != "none",
            wait_open=wait_open,
        )
        printing = Printing(paper, self._ground.place(f"print:{printer.id}"), self._ground)
        self.tasks.append((f"printing {printer.id}", printing.run))

    def _when_lost(self, device: str) -> Callable[[LinkState], None]:
        def told(state: LinkState) -> None:
            if state == "lost":
                self._ground.supervising.lost(device, "link-lost")

        return told

    # --- strips

    def _wire_strips(self) -> None:
        texts = self._settings.texts.messages["zh"]
        words = StripTexts(texts["led.idle"], texts["led.call"], texts["led.serving"])
        by_line: dict[str, list[Led]] = {}
        for led in self._settings.leds:
            if led.device_id not in self._replaced.without:
                by_line.setdefault(led.line, []).append(led)
        for line, leds in by_line.items():
            showings = {led: self._showing(led, words) for led in leds}
            self._on_line(line, self._strips_told(showings))

    def _showing(self, led: Led, words: StripTexts) -> Showing:
        strip = Strip(led.device_id, led.counter, self._strip(led))
        showing = Showing(strip, words, self._ground)
        self.tasks.append((f"showing {led.device_id}", showing.run))
        return showing

    def _strip(self, led: Led) -> StripDriver:
        if led.counter in self._replaced.strips:
            return self._replaced.strips[led.counter]
        if led.line not in self._led_lines:
            self._led_lines[led.line] = LedLine(self._link(led.line))
        codec = BxCodec(Panel(led.width_px, led.height_px))
        return LedStrip(self._led_lines[led.line], led.address, codec)

    def _strips_told(self, showings: Mapping[Led, Showing]) -> Callable[[LinkState], None]:
        def told(state: LinkState) -> None:
            for led, showing in showings.items():
                if state == "lost":
                    self._ground.supervising.lost(led.device_id, "link-lost")
                showing.forget()

        return told

    # --- keypads and rating boxes

    def _wire_buttons(self) -> None:
        prompting = Prompting(self._ground)
        known: list[Keypad | RatingBox] = [*self._settings.keypads, *self._settings.rating_boxes]
        units = [unit for unit in known if unit.device_id not in self._replaced.without]
        for line in dict.fromkeys(unit.line for unit in units):
            here = [unit for unit in units if unit.line == line]
            self.tasks.append((f"buttons {line}", self._button_line(line, here, prompting).run))
        self.tasks.append(("prompting", prompting.run))

    def _button_line(
        self, line: str, here: Sequence[Keypad | RatingBox], prompting: Prompting
    ) -> Bus:
        units = {unit.address: Unit(unit.counter, unit.device_id) for unit in here}

        def on_state(address: int, alive: bool) -> None:
            device = units[address].device
            if alive:
                self._ground.supervising.working(device)
                prompting.back(device)
            else:
                self._ground.supervising.lost(device, "no-answer")

        bus = Bus(self._link(line), on_state=on_state)
        buttons = Buttons(
            line, units, self._settings.keys.commands, prompting.ask_again, self._ground
        )
        self._buttons.append(buttons)
        for unit in here:
            if isinstance(unit, Keypad):
                KeypadDriver(bus, unit.address, buttons.key)
            else:
                driver = RatingBoxDriver(bus, unit.address, buttons.rating)
                prompting.add(Box(unit.device_id, unit.counter, driver))
        return bus

    # --- loudspeakers

    def _wire_speaker(self, speaker: Speaker, cache: Path) -> None:
        voice = self._replaced.voices.get(speaker.id)
        if voice is None:
            voice = Voice(cache, speaker.voice, speaker.rate)
            self._voices.append(voice)
        player = self._replaced.players.get(speaker.id)
        if player is None:
            player = player_for(speaker.output, self._speaker_url())

        def word(call: Call) -> Words:
            return call_words(self._settings, call)

        loudspeaker = Loudspeaker(
            speaker.device_id,
            speaker.area,
            voice,
            player,
            word,
            Manner(speaker.times, speaker.chime),
        )
        place = self._ground.place(f"voice:{speaker.id}")
        announcing = Announcing(loudspeaker, place, self._ground)
        self._ground.supervising.working(speaker.device_id)
        self.tasks.append((f"announcing {speaker.id}", announcing.run))

    def _speaker_url(self) -> Callable[[], str] | None:
        bench = self._bench
        return None if bench is None else lambda: bench.address("speaker")
