"""The one place that chooses real parts: drivers from the hall file, handed to the reactors."""

from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from config.settings import Printer, Settings
from controller.bench import Bench
from controller.board_sound import BoardSound
from controller.inputs import Inputs
from controller.lines import Lines, lines_of
from controller.number_sound import NumberSound
from controller.reactors.display import StripDriver
from controller.reactors.ground import Ground
from controller.reactors.loudspeaker import SpeakingVoice
from controller.reactors.printing import Paper, Printing, TicketPrinter, no_port
from controller.reactors.self_testing import Check, SelfTesting
from controller.reactors.telling import Telling
from controller.self_test import all_checks, printer_check
from controller.slips import SlipWriter
from controller.speaking import Speaking
from controller.stops import Stop, nowhere
from controller.strips import Strips
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
        self._speaking: Speaking | None = None
        self._checks: dict[str, Check] = {}
        self.numbers: NumberSound | None = None
        self.tasks: list[Task] = []

    def wire(
        self, data_dir: Path, token_for: Callable[[str], str], system: Mapping[str, Check]
    ) -> None:
        """Make the drivers and list the reactors' tasks in the order of their start.

        `system` are the self-test's checks of the PC itself.
        """
        for name in dict.fromkeys(lines_of(self._settings).values()):
            self._lines.listen(name, self._port_told(name))
        strips = Strips(self._settings, self._ground, self._lines, self._inputs)
        strips.wire(self._replaced.strips, self._replaced.without)
        self.tasks += strips.tasks
        self._checks |= strips.checks
        self._inputs.wire(token_for)
        self.tasks += self._inputs.tasks
        self._wire_speakers(data_dir / "voice")
        self._wire_printers(data_dir / "rolls", token_for)
        self._wire_self_test(system)

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

    def _wire_self_test(self, system: Mapping[str, Check]) -> None:
        own = self._checks | self._inputs.checks
        if self._speaking is not None:
            own |= self._speaking.checks
        devices = [
            device
            for device in self._settings.device_ids
            if device not in self._replaced.without
        ]
        checks = {**all_checks(self._ground, own, devices), **system}
        self.tasks.append(("self-test", SelfTesting(checks, self._ground).run))

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
            self._checks[printer.device_id] = printer_check(driver)
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

    # --- loudspeakers

    def _wire_speakers(self, folder: Path) -> None:
        self._speaking = speaking = Speaking(
            self._settings, self._ground, self._lines, self._bench, folder
        )
        for speaker in self._settings.speakers:
            if speaker.device_id not in self._replaced.without:
                speaking.wire(speaker, self._replaced.voices, self._replaced.players)
        self.numbers = NumberSound(self._settings, speaking.loudspeakers, self._ground.clock)
        place = self._ground.place("telling")
        telling = Telling(place, self._ground, self.numbers.tell, self._inputs.refused)
        self.tasks += [*speaking.tasks, ("telling", telling.run)]
