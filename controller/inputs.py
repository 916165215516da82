"""What people press and hold up: drivers from the hall file, handed to their reactors."""

from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial

from config.settings import InputModule as ModuleRow
from config.settings import IssueButton, Keypad, RatingBox, Scanner, Settings, Template
from controller.lines import Lines
from controller.reactors.buttons import Buttons, Pad, TicketKeys
from controller.reactors.ground import Ground
from controller.reactors.prompting import Box, BoxDriver, Prompting
from controller.reactors.scanning import Scanning
from controller.reactors.self_testing import Check
from controller.reactors.signals import Beeper, Lamp, Signals
from controller.self_test import known_check, unit_check
from devices.bus import Bus, BusSettings
from devices.digital_input import InputModule, ModuleForm, ModuleKeypad, ModuleRatingBox
from devices.framing.template_parts import spec_of
from devices.id_card import CardReader, CardSeen
from devices.key_box import KeyBoxes
from devices.keypad import Keypad as KeypadDriver
from devices.keypad import OnKey
from devices.link import LinkState
from devices.rating_box import RatingBox as RatingBoxDriver
from devices.scanner import Scanner as ScannerDriver
from devices.unit_status import UnitStatus, wants_of
from devices.usb_pad import PadRatingBox, PadSettings, UsbPad

Task = tuple[str, Callable[[], Awaitable[None]]]
Device = Keypad | RatingBox | IssueButton
LEVEL_REST_S = 0.005
"""Rest after a round on a line with modules that miss presses (`config.poll_cycle`)."""
QUIET_S = 0.25
"""A round on another line while nobody works with its keys: they keep a press, the PC rests."""


@dataclass
class _UnitLine:
    """One Modbus line: its bus, its modules, and which devices hang on each address."""

    bus: Bus
    buttons: Buttons
    devices: dict[int, list[str]] = field(default_factory=dict)
    modules: dict[str, InputModule] = field(default_factory=dict)


class Inputs:
    """All keys, scanners and card readers of a hall."""

    def __init__(
        self, settings: Settings, ground: Ground, lines: Lines, without: frozenset[str]
    ) -> None:
        self._settings = settings
        self._ground = ground
        self._lines = lines
        self._prompting = Prompting(ground)
        self._signals = Signals(ground)
        self._units: dict[str, _UnitLine] = {}
        self._boxes: dict[str, tuple[KeyBoxes, Buttons]] = {}
        self._buttons: list[Buttons] = []
        known: Iterable[Device] = (
            *settings.keypads, *settings.rating_boxes, *settings.issue_buttons
        )  # fmt: skip
        self._devices = [one for one in known if one.device_id not in without]
        self._without = without
        self._wants: dict[str, str] = {}
        self.checks: dict[str, Check] = {}
        """The self-test's own questions to devices, by their names."""
        self.tasks: list[Task] = []

    def wire(self, token_for: Callable[[str], str]) -> None:
        """Make the drivers and list the reactors' tasks in the order of their start."""
        for device in self._devices:
            if device.usb is not None:
                self._wire_pad(device, device.usb)
            else:
                self._wire_unit(device)
        for row in self._settings.input_modules:
            if row.device_id not in self._without:
                self._module(row)
        self.tasks += [(f"buttons {name}", line.bus.run) for name, line in self._units.items()]
        self.tasks += [("prompting", self._prompting.run), ("signals", self._signals.run)]
        for scanner in self._settings.scanners:
            if scanner.device_id not in self._without:
                self._wire_scanner(scanner, token_for)
        self._wire_card_readers()

    @property
    def presses(self) -> Tally[str]:
        """How many presses had which result (`Buttons.presses`) since the start."""
        return sum((buttons.presses for buttons in self._buttons), Tally())

    def has(self, name: str) -> bool:
        """Tell whether units or modules hang on a Modbus line."""
        rows = (*self._devices, *self._settings.input_modules)
        return any(row.line == name for row in rows if getattr(row, "template", None) is None)

    def bus(self, name: str) -> Bus:
        """Return the master of a Modbus line; other devices may share it."""
        return self._unit_line(name).bus

    # --- units and modules

    def _unit_line(self, name: str) -> _UnitLine:
        if name not in self._units:
            devices: dict[int, list[str]] = {}

            def on_state(address: int, alive: bool) -> None:
                for device in devices.get(address, ()):
                    self._tell(device, alive)

            modules = (row for row in self._settings.input_modules if row.line == name)
            level = any(row.mode == "level" for row in modules)
            settings = BusSettings(idle_s=LEVEL_REST_S) if level else BusSettings(quiet_s=QUIET_S)
            bus = Bus(self._lines.link(name), settings, on_state)
            self._units[name] = _UnitLine(bus, self._new_buttons(name), devices)
        return self._units[name]

    def _new_buttons(self, source: str) -> Buttons:
        buttons = Buttons(source, self._ground, self._signals, self._prompting.ask_again)
        self._buttons.append(buttons)
        return buttons

    def _tell(self, device: str, alive: bool) -> None:
        if alive:
            self._ground.supervising.working(device, self._wants.get(device, ""))
            self._prompting.back(device)
            self._signals.back(device)
        else:
            self._ground.supervising.lost(device, "no-answer")

    def _wire_unit(self, device: Device) -> None:
        if device.module is not None:
            row = self._settings.input_module(device.module)
            line, module = self._module(row)
            line.devices[row.address].append(device.device_id)
            self._ground.supervising.measure(device.device_id, line.bus.traffic(row.address))
            self._on_module(device, module, line.buttons)
            return
        if device.template is not None:
            self._on_described(device, self._settings.template(device.template))
            return
        assert device.line is not None
        assert device.address is not None
        line = self._unit_line(device.line)
        line.devices.setdefault(device.address, []).append(device.device_id)
        traffic = line.bus.traffic(device.address)
        self.checks[device.device_id] = unit_check(line.bus, device.address)
        self._ground.supervising.measure(device.device_id, traffic)
        self._on_unit(device, device.address, line)

    def _on_described(self, device: Device, template: Template) -> None:
        """Hang a box whose frames the hall file describes on its line."""
        assert device.line is not None
        assert device.address is not None
        if device.line not in self._boxes:
            reply = None if template.reply is None else spec_of(template, template.reply)
            link = self._lines.link(device.line)
            boxes = KeyBoxes(link, spec_of(template, template.frame), reply)
            self._boxes[device.line] = boxes, self._new_buttons(device.line)
            self.tasks.append((f"key boxes {device.line}", boxes.run))
        boxes, buttons = self._boxes[device.line]
        self._lines.listen(device.line, self._link_told(device.device_id))
        self.checks[device.device_id] = known_check(
            self._ground, device.device_id, sends_only=True
        )
        if isinstance(device, RatingBox):
            grades = template.grades_of(device)
            on_rating = partial(buttons.rating, Pad(device.counter, device.device_id))
            box = PadRatingBox(grades, on_rating)
            self._prompting.add(Box(device.device_id, device.counter, box))
            traffic = boxes.add(device.address, grades, box.on_key)
        else:
            functions = template.functions_of(device)
            on_key = self._on_key(device, buttons, functions)
            traffic = boxes.add(device.address, functions, on_key)
        self._ground.supervising.measure(device.device_id, traffic)

    def _on_unit(self, device: Device, address: int, line: _UnitLine) -> None:
        bus, buttons = line.bus, line.buttons
        if isinstance(device, RatingBox):
            grades = {int(key): grade for key, grade in device.grades.items()}
            on_rating = partial(buttons.rating, Pad(device.counter, device.device_id))
            box = RatingBoxDriver(bus, address, on_rating, grades)
            self._add_box(device, box, box)
        else:
            keypad = KeypadDriver(bus, address, self._on_key(device, buttons))
            self._add_signals(device, keypad, keypad)

        def told(status: int) -> None:
            self._wants[device.device_id] = wants_of(status)
            self._ground.supervising.working(device.device_id, wants_of(status))

        UnitStatus(bus, address, told)

    def _module(self, row: ModuleRow) -> tuple[_UnitLine, InputModule]:
        line = self._unit_line(row.line)
        if row.id not in line.modules:
            form = ModuleForm(
                inputs=row.inputs,
                mode=row.mode,
                first=row.first,
                holding=row.holding,
                first_clear=row.first_clear,
                first_output=row.first_output,
                debounce_s=row.debounce_ms / 1000,
            )
            line.modules[row.id] = InputModule(line.bus, row.address, form)
            line.devices[row.address] = [row.device_id]
            traffic = line.bus.traffic(row.address)
            self._ground.supervising.measure(row.device_id, traffic)
        return line, line.modules[row.id]

    def _on_module(self, device: Device, module: InputModule, buttons: Buttons) -> None:
        inputs = [int(key) for key in device.keys]
        if isinstance(device, RatingBox):
            grades = {int(key): grade for key, grade in device.keys.items()}
            on_rating = partial(buttons.rating, Pad(device.counter, device.device_id))
            box = ModuleRatingBox(module, grades, on_rating, device.lamp, device.buzzer)
            self._add_box(device, box, box)
        elif isinstance(device, Keypad):
            on_key = self._on_key(device, buttons)
            keypad = ModuleKeypad(module, inputs, on_key, device.lamp, device.buzzer)
            self._add_signals(device, keypad, keypad)
        else:
            ModuleKeypad(module, inputs, self._on_key(device, buttons))

    def _on_key(
        self,
        device: Keypad | IssueButton,
        buttons: Buttons,
        functions: Mapping[str, str] | None = None,
    ) -> OnKey:
        if isinstance(device, IssueButton):
            keys = TicketKeys(device.device_id, device.keys, device.rest_s)
            return partial(buttons.issue, keys)
        if functions is None:
            functions = device.functions(self._settings.keys.functions)
        return partial(buttons.key, Pad(device.counter, device.device_id, functions))

    def _add_box(self, device: RatingBox, driver: BoxDriver, beeper: Beeper) -> None:
        self._prompting.add(Box(device.device_id, device.counter, driver))
        self._signals.add(device.device_id, beeper)

    def refused(self, device: str) -> None:
        """Beep as for a key that was refused, where the device can."""
        self._signals.refused(device)

    def _add_signals(self, device: Keypad | IssueButton, beeper: Beeper, lamp: Lamp) -> None:
        if isinstance(device, Keypad):
            self._signals.add(device.device_id, beeper, lamp, device.counter)
        else:
            self._signals.add(device.device_id, beeper)

    # --- USB pads

    def _wire_pad(self, device: Device, path: str) -> None:
        name = device.device_id
        buttons = self._new_buttons(f"usb-{name.replace(':', '-')}")
        if isinstance(device, RatingBox):
            on_rating = partial(buttons.rating, Pad(device.counter, name))
            box = PadRatingBox(device.grades, on_rating)
            self._prompting.add(Box(name, device.counter, box))
            on_key: OnKey = box.on_key
        else:
            on_key = self._on_key(device, buttons)
        keys = device.grades if isinstance(device, RatingBox) else device.keys
        direct = frozenset(key for key in keys if key.isdigit())
        settings = PadSettings(name, self._lines.pad(path), direct)
        pad = UsbPad(settings, on_key, self._link_told(name))
        self._ground.supervising.measure(name, pad.traffic)
        self.tasks.append((f"pad {name}", pad.run))

    def _link_told(self, device: str) -> Callable[[LinkState], None]:
        def told(state: LinkState) -> None:
            if state == "lost":
                self._ground.supervising.lost(device, "link-lost")
            else:
                self._ground.supervising.working(device)

        return told

    # --- scanners and card readers

    def _wire_scanner(self, row: Scanner, token_for: Callable[[str], str]) -> None:
        self.checks[row.device_id] = known_check(self._ground, row.device_id, sends_only=True)
        scanning = Scanning(row.device_id, row.use, self._ground, token_for)
        driver = ScannerDriver(self._lines.link(row.line), scanning.scanned, row.same_s)
        self._ground.supervising.measure(row.device_id, driver.traffic)
        self._lines.listen(row.line, self._link_told(row.device_id))
        self.tasks.append((f"scanner {row.id}", driver.run))

    def _wire_card_readers(self) -> None:
        for row in self._settings.card_readers:
            if not row.enabled or row.device_id in self._without:
                continue

            def on_alive(alive: bool, device: str = row.device_id) -> None:
                self._tell(device, alive)

            async def on_card(card: CardSeen, device: str = row.device_id) -> None:
                # No ticket asks for the age flag yet; the page shows that the reader works.
                self._ground.supervising.working(device)

            link = self._lines.link(row.line)
            reader = CardReader(link, on_card, self._today, row.elder_age, on_alive)
            self._ground.supervising.measure(row.device_id, reader.traffic)
            self.tasks.append((f"card reader {row.id}", reader.run))

    def _today(self) -> date:
        now = datetime.fromtimestamp(self._ground.clock.now() / 1000, UTC)
        return now.astimezone(self._settings.hall.zone).date()
