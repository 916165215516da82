"""All simulated devices of one hall file, and the document that the bench page draws.

Devices on lines that are not `sim://` are real ones and have no twin here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.settings import Line, Settings
from devices.sim.button_unit import SimUnitBus
from devices.sim.clock import Watch, stamp
from devices.sim.fault_board import Breakable, FaultBoard
from devices.sim.fifo_port import HAS_FIFOS, FifoPort
from devices.sim.hand_inputs import SimCardReader, SimPad, SimScanner
from devices.sim.inputs import SimInputs
from devices.sim.key_box import SimKeyBoxLine
from devices.sim.line_faults import BadLine
from devices.sim.platform import SimPlatform
from devices.sim.ports import HAS_PTYS, PtyPort, SimPort, TcpPort
from devices.sim.printer import PrinterMake, SimPrinter
from devices.sim.scenario import ScenarioPlayer
from devices.sim.speaker import SimSpeaker, Timeline
from devices.sim.strips import SimStrips, StripLine
from devices.sim.voice_module import SimVoiceModule

WIDTHS = {"epson-tm": 512, "cn-generic-58": 384}
BENCH_TICKETS, BENCH_PHRASES, BENCH_ROWS = 5, 12, 20


Twin = (
    SimPrinter | StripLine | SimKeyBoxLine | SimUnitBus
    | SimScanner | SimCardReader | SimVoiceModule
)  # fmt: skip


class SimEquipment:
    """The devices by the ids of the hall file, and the ports that they hang on."""

    def __init__(self, settings: Settings, folder: Path, *, tcp: bool = False) -> None:
        """`folder`: where the simulators keep links, WAVs and the platform's file."""
        self.now = Watch(settings.hall.time_zone)
        self.printers: dict[str, SimPrinter] = {}
        self.strips = SimStrips(settings, self.now)
        self.inputs = SimInputs(settings)
        self.ports: list[SimPort] = []
        self.lines: dict[str, BadLine] = {}
        self.timeline = Timeline(folder / "speaker")
        outputs = [speaker for speaker in settings.speakers if speaker.output.startswith("sim:")]
        self.speakers = {one.id: SimSpeaker(one.id, self.timeline, self.now) for one in outputs}
        self.voice_modules: dict[str, SimVoiceModule] = {}
        secret = settings.platform.secret
        self.platform = SimPlatform(secret, folder / "platform.jsonl", self.now, self.now.wall_s)
        for line in settings.lines:
            if line.simulated:
                device = self._listener(settings, line)
                bad = self.lines[line.name] = BadLine(line.name, device, line.protocol)
                as_pty = HAS_PTYS and not tcp
                port: SimPort = TcpPort(line.name, bad, line.baud)
                if as_pty:
                    port = PtyPort(line.name, bad, folder, line.baud)
                self._connect(device, bad, port)
                self.ports.append(port)
        for name, pad in self.inputs.pads.items() if HAS_FIFOS else ():
            self._plug_in(name, pad, folder)
        self.faults = FaultBoard(self._faulty())
        self.scenario = ScenarioPlayer(self.faults, self.now)

    def overview(self) -> dict[str, Any]:
        """Everything that the bench page shows, in one document."""
        voices: list[SimSpeaker | SimVoiceModule] = [*self.speakers.values()]
        voices += self.voice_modules.values()
        phrases = list(self.timeline.phrases.values())[: -BENCH_PHRASES - 1 : -1]
        return {
            "at": stamp(self.now()),
            "speed": self.now.speed,
            "printers": [
                printer.state()
                | {"last": [cut.full() for cut in printer.tickets[: -BENCH_TICKETS - 1 : -1]]}
                | {"open_lines": printer.open_lines()}
                for printer in self.printers.values()
            ],
            "keypads": [unit.state() for unit in self.inputs.keypads.values()],
            "rating_boxes": [self.rating_box(counter) for counter in self.inputs.rating_boxes],
            "speakers": [
                {"id": one.id, "playing": one.playing, "gone": one.gone}
                for one in voices
            ],
            "speaker": [phrase.full() for phrase in phrases],
            "platform": self.platform.summary()
            | {
                "visits": self.platform.rows("visits", BENCH_ROWS),
                "cases": self.platform.rows("cases", BENCH_ROWS),
            },
            "lines": [
                {"name": port.name, "garbage": port.listener.garbage, "unread": port.lost}
                for port in self.ports
            ],
            "faults": self.faults.overview(),
        } | self.inputs.overview() | self.strips.overview()

    def _faulty(self) -> dict[str, Breakable]:
        """All devices by the names that the hall gives them; lines and the platform beside."""
        groups: tuple[tuple[str, Mapping[Any, Breakable]], ...] = (
            ("printer", self.printers),
            ("led", self.strips.by_counter),
            ("main-led", self.strips.screens),
            ("keypad", self.inputs.keypads),
            ("rating-box", self.inputs.rating_boxes),
            ("input-module", self.inputs.modules),
            ("issue-button", self.inputs.issue_buttons),
            ("scanner", self.inputs.scanners),
            ("card-reader", self.inputs.card_readers),
            ("speaker", self.speakers),
            ("speaker", self.voice_modules),
            ("line", self.lines),
        )
        named = {f"{kind}:{id}": one for kind, group in groups for id, one in group.items()}
        return named | {"platform": self.platform}

    def rating_box(self, counter: int) -> dict[str, Any]:
        """A rating box with the time until which its session is open."""
        state = {"session": 0} | self.inputs.rating_boxes[counter].state()
        # A box without a session of its own is asked by lamp alone, and shows none.
        open_for_s = state.pop("open_for_s", None)
        until = None if open_for_s is None else self.now.after(open_for_s)
        return state | {"open_until": until and stamp(until)}

    def _listener(self, settings: Settings, line: Line) -> Twin:
        if line.protocol == "escpos":
            return self._printer(settings, line.name)
        if (boxes := self.inputs.box_lines.get(line.name)) is not None:
            return boxes
        if (strips := self.strips.line(line)) is not None:
            return strips
        if line.protocol == "syn6288":
            return self._voice_module(settings, line.name)
        if line.protocol == "scanner":
            rows = [row.id for row in settings.scanners if row.line == line.name]
            return self.inputs.scanners[rows[0]] if rows else SimScanner(line.name)
        if line.protocol == "id-card":
            rows = [row.id for row in settings.card_readers if row.line == line.name]
            return self.inputs.card_readers[rows[0]] if rows else SimCardReader(line.name)
        return SimUnitBus([*self.inputs.units_of(line.name), *self.strips.boards_on(line.name)])

    def _voice_module(self, settings: Settings, line: str) -> SimVoiceModule:
        ids = [speaker.id for speaker in settings.speakers if speaker.line == line]
        module = SimVoiceModule(ids[0] if ids else line, self.timeline, self.now)
        self.voice_modules[module.id] = module
        return module

    def _printer(self, settings: Settings, line: str) -> SimPrinter:
        known = next((printer for printer in settings.printers if printer.line == line), None)
        make = PrinterMake(line)
        if known:
            # Clones do not know GS ( H, Epson's do (A.6).
            confirm = known.confirm or ("process-id" if known.profile == "epson-tm" else "fence")
            width_dots = known.width_dots or WIDTHS.get(known.profile, 576)
            make = PrinterMake(known.id, confirm, width_dots)
        printer = SimPrinter(make, self.now)
        self.printers[make.id] = printer
        return printer

    def _plug_in(self, name: str, pad: SimPad, folder: Path) -> None:
        pipe = FifoPort(name, pad, folder)
        pad.write, pad.plug = pipe.write, pipe.plug
        self.ports.append(pipe)

    @staticmethod
    def _connect(device: Twin, line: BadLine, port: SimPort) -> None:
        device.write, line.send = line.write, port.write
        if isinstance(device, SimPrinter):
            device.stall = lambda stalled: port.pause() if stalled else port.resume()
