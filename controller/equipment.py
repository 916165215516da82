"""The one place that chooses real parts: drivers from the hall file, handed to the reactors."""

from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from config.settings import Led, Printer, Settings
from controller.bench import Bench
from controller.board_sound import BoardSound
from controller.inputs import Inputs
from controller.lines import Lines, lines_of
from controller.reactors.ground import Ground
from controller.reactors.loudspeaker import SpeakingVoice
from controller.reactors.printing import Paper, Printing, TicketPrinter, no_port
from controller.reactors.showing import AGAIN_S, UNHEARD_AGAIN_S, Showing, Strip, StripDriver
from controller.slips import SlipWriter
from controller.speaking import Speaking
from controller.stops import Stop, nowhere
from devices.bus import Bus
from devices.led import LedLine, LedStrip, LedText
from devices.led_codec import LedCodec
from devices.led_codecs import codec_for
from devices.led_wording import Idle, LedWords, Moment, Own, Paused, fit
from devices.link import LinkState
from devices.player import Player
from devices.printer import Printer as TicketPrinterDriver
from devices.profiles import profile
from devices.roll import PaperRoll

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
        self._lines = Lines(settings, bench)
        self._inputs = Inputs(settings, ground, self._lines, replaced.without)
        self._led_lines: dict[str, LedLine] = {}
        self._speaking: Speaking | None = None
        self.tasks: list[Task] = []

    def wire(self, data_dir: Path, token_for: Callable[[str], str]) -> None:
        """Make the drivers and list the reactors' tasks in the order of their start."""
        for name in dict.fromkeys(lines_of(self._settings).values()):
            self._lines.listen(name, self._port_told(name))
        self._wire_strips()
        self._inputs.wire(token_for)
        self.tasks += self._inputs.tasks
        self._wire_speakers(data_dir / "voice")
        self._wire_printers(data_dir / "rolls", token_for)

    @property
    def presses(self) -> Tally[str]:
        """How many presses had which result (`Buttons.presses`) since the start."""
        return self._inputs.presses

    async def start(self) -> None:
        """Begin to open the ports; make what the voices keep ready."""
        await self._lines.start()
        if self._speaking is not None:
            await self._speaking.start()

    async def stop(self) -> None:
        """Close the ports and end the voices."""
        await self._lines.stop()
        if self._speaking is not None:
            await self._speaking.stop()

    @property
    def board_sounds(self) -> Mapping[str, BoardSound]:
        """Area -> the sound that a board's page makes there, or may be given."""
        return {} if self._speaking is None else self._speaking.boards

    async def sound_faults(self) -> dict[str, str]:
        """Prove the sound before opening: device -> "" when it took the chime, else why not."""
        return {} if self._speaking is None else await self._speaking.sound_faults()

    def _port_told(self, line: str) -> Callable[[LinkState], None]:
        return lambda state: self._ground.supervising.port(line, state == "open")

    # --- printers

    def _wire_printers(self, rolls: Path, token_for: Callable[[str], str]) -> None:
        """Wire the printers: the first gets every new ticket, each may stand in for another."""
        papers = {
            printer.id: replace(
                self._paper(printer, token_for),
                main=place == 0,
                roll=PaperRoll(rolls / f"{printer.id}.json", printer.roll_mm)
                if printer.roll_mm
                else None,
            )
            for place, printer in enumerate(self._settings.printers)
            if printer.device_id not in self._replaced.without
        }
        for printer in self._settings.printers:
            if printer.id in papers:
                backup = papers.get(printer.backup or "")
                paper = replace(papers[printer.id], backup=backup)
                place = self._ground.place(f"print:{printer.id}")
                self.tasks.append(
                    (f"printing {printer.id}", Printing(paper, place, self._ground).run)
                )

    def _paper(self, printer: Printer, token_for: Callable[[str], str]) -> Paper:
        make = profile(printer.profile, **printer.overrides)
        driver = self._replaced.printers.get(printer.id)
        wait_open: Callable[[float], Awaitable[object]] = no_port
        if driver is None:
            link = self._lines.link(printer.line)
            driver = TicketPrinterDriver(link, make)
            self._ground.supervising.measure(printer.device_id, driver.traffic)
            wait_open = link.wait_open
            self._lines.listen(printer.line, self._when_lost(printer.device_id))
        writer = SlipWriter(self._settings, make, token_for)
        return Paper(
            printer.device_id,
            driver,
            writer,
            answers=make.confirm != "none",
            wait_open=wait_open,
            stale_s=printer.stale_s,
            void=writer.void(),
        )

    def _when_lost(self, device: str) -> Callable[[LinkState], None]:
        def told(state: LinkState) -> None:
            if state == "lost":
                self._ground.supervising.lost(device, "link-lost")

        return told

    # --- strips

    def _wire_strips(self) -> None:
        by_line: dict[str, list[Led]] = {}
        for led in self._settings.leds:
            if led.device_id not in self._replaced.without:
                by_line.setdefault(led.line, []).append(led)
        for line, leds in by_line.items():
            self._lines.listen(line, self._strips_told({led: self._showing(led) for led in leds}))

    def _showing(self, led: Led) -> Showing:
        template = self._settings.template(led.template) if led.template is not None else None
        codec = codec_for(led, template)
        strip = Strip(
            led.device_id,
            led.counter,
            self._strip(led, codec),
            self._wording(codec, led.text),
            self._settings.hall.zone,
            AGAIN_S if codec.answers else UNHEARD_AGAIN_S,
        )
        showing = Showing(strip, self._ground)
        self.tasks.append((f"showing {led.device_id}", showing.run))
        return showing

    def _wording(self, codec: LedCodec, own: str) -> Callable[[Moment], LedText]:
        """Return what puts a moment into words: Chinese, or English where there are no Hanzi.

        `own`: what the strip says while nobody is at the counter, if the hall file has it.
        """
        texts = self._settings.texts.messages["zh" if codec.panel.signs == "gb2312" else "en"]
        words = LedWords.of(texts)

        def worded(moment: Moment) -> LedText:
            if isinstance(moment, Idle) and own:
                moment = Own(own)
            if isinstance(moment, Paused):
                reason = texts.get(f"reasons.pause.{moment.reason}", "")
                moment = replace(moment, reason=reason)
            return fit(moment, words, codec.panel)

        return lru_cache(maxsize=64)(worded)  # asked after every batch, and seldom for news

    def _strip(self, led: Led, codec: LedCodec) -> StripDriver:
        if led.counter in self._replaced.strips:
            return self._replaced.strips[led.counter]
        bus = self._led_line(led.line)
        self._ground.supervising.measure(led.device_id, bus.traffic(led.address))
        return LedStrip(bus, led.address, codec)

    def _led_line(self, name: str) -> Bus:
        """Return the master of a line; boards on the units' line speak in turn with them."""
        if self._inputs.has(name):
            return self._inputs.bus(name)
        if name not in self._led_lines:
            self._led_lines[name] = LedLine(self._lines.link(name))
        return self._led_lines[name]

    def _strips_told(self, showings: Mapping[Led, Showing]) -> Callable[[LinkState], None]:
        def told(state: LinkState) -> None:
            for led, showing in showings.items():
                if state == "lost":
                    self._ground.supervising.lost(led.device_id, "link-lost")
                showing.forget()

        return told

    # --- loudspeakers

    def _wire_speakers(self, folder: Path) -> None:
        self._speaking = speaking = Speaking(
            self._settings, self._ground, self._lines, self._bench, folder
        )
        for speaker in self._settings.speakers:
            if speaker.device_id not in self._replaced.without:
                speaking.wire(speaker, self._replaced.voices, self._replaced.players)
        self.tasks += speaking.tasks
