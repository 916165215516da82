"""Everything of a hall that is pressed or held up, made from its file.

The bench presses a keypad by the names of "hall-event/1" (NEXT, RECALL, …) and a rating box by
its grade, whatever they hang on; here such a name becomes the key, input or code of the device.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from config.settings import (
    UNIT_KEYS,
    IssueButton,
    Keypad,
    RatingBox,
    Settings,
    Template,
)
from devices.framing import hall_event
from devices.framing.template_parts import spec_of
from devices.sim.button_unit import SimButtonUnit, SimKeypad, SimRatingBox, SimUnit
from devices.sim.fault_kinds import FaultKind, Value
from devices.sim.hand_inputs import SimCardReader, SimPad, SimPadKeypad, SimScanner
from devices.sim.input_module import SimInputModule, SimModuleKeypad
from devices.sim.key_box import SimKeyBox, SimKeyBoxLine

Device = Keypad | RatingBox | IssueButton


Pressable = SimKeypad | SimRatingBox | SimModuleKeypad | SimPadKeypad | SimKeyBox


class SimKeys:
    """A device with keys and the names by which the bench presses them."""

    def __init__(
        self, counter: int, device: Pressable, names: Mapping[str, str], by_name: bool = False
    ) -> None:
        self.counter = counter
        self._device = device
        self._names = names
        self._by_name = by_name

    @property
    def unit(self) -> int:
        return self._device.unit

    @property
    def boot(self) -> int:
        return self._device.boot

    @property
    def silent(self) -> bool:
        return self._device.silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        self._device.silent = silent

    @property
    def first_key(self) -> str:
        """The first key of its map."""
        return next(iter(self._names), "")

    @property
    def fault_kinds(self) -> tuple[FaultKind, ...]:
        """What can go wrong with it."""
        return self._device.fault_kinds

    def faults(self) -> dict[str, Value]:
        """The present value of each fault."""
        return self._device.faults()

    def set_fault(self, **faults: Any) -> None:
        """Set some faults, all or none. Raises UnknownFaultError. One plugged in starts anew."""
        was_silent = self._device.silent
        self._device.set_fault(**faults)
        if was_silent and not self._device.silent:
            self._device.power_up()

    def press(self, key: str | int, value: int = 0) -> int | None:
        """Press a key by its name, or a grade; KeyError or ValueError for another."""
        if isinstance(self._device, SimRatingBox):
            return self._device.press(int(key))
        return self._device.press(self._key(str(key)), value)

    def state(self) -> dict[str, Any]:
        """The device as the bench shows it."""
        return self._device.state()

    def _key(self, pressed: str) -> str:
        """The key of a name; a keypad is also pressed by its keys, a box by its grades alone."""
        return self._names[pressed] if self._by_name else self._names.get(pressed, pressed)


class SimInputs:
    """The devices by the names of the hall file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._time_s = asyncio.get_running_loop().time
        self.modules = {
            row.id: SimInputModule(row, self._time_s)
            for row in settings.input_modules
            if settings.line(row.line).simulated
        }
        self.scanners = {
            row.id: SimScanner(row.id)
            for row in settings.scanners
            if settings.line(row.line).simulated
        }
        self.card_readers = {
            row.id: SimCardReader(row.id)
            for row in settings.card_readers
            if settings.line(row.line).simulated
        }
        self.pads: dict[str, SimPad] = {}
        """By the name behind sim://."""
        self._units: dict[str, list[SimButtonUnit]] = {}
        self.box_lines: dict[str, SimKeyBoxLine] = {}
        self.keypads = {one.counter: keys for one, keys in self._all(settings.keypads)}
        self.rating_boxes = {one.counter: keys for one, keys in self._all(settings.rating_boxes)}
        self.issue_buttons = {one.id: keys for one, keys in self._all(settings.issue_buttons)}

    def units_of(self, line: str) -> list[SimUnit]:
        """What hangs on a Modbus line."""
        modules = (self.modules[row.id] for row in self._settings.input_modules if row.line == line)
        return [*self._units.get(line, ()), *modules]

    def overview(self) -> dict[str, Any]:
        """The part of the bench's document that has no counter."""
        return {
            "issue_buttons": [
                keys.state() | {"id": row.id, "keys": dict(row.keys)}
                for row in self._settings.issue_buttons
                if (keys := self.issue_buttons.get(row.id))
            ],
            "input_modules": [module.state() for module in self.modules.values()],
            "scanners": [scanner.state() for scanner in self.scanners.values()],
            "card_readers": [reader.state() for reader in self.card_readers.values()],
        }

    def _all(self, devices: tuple[Any, ...]) -> list[tuple[Any, SimKeys]]:
        made = ((one, self._make(one)) for one in devices)
        return [(one, keys) for one, keys in made if keys is not None]

    def _make(self, device: Device) -> SimKeys | None:
        """The twin of a device; None when the device is a real one."""
        counter = 0 if isinstance(device, IssueButton) else device.counter
        names = self._names(device)
        if device.usb is not None:
            return self._pad_keys(device, device.usb, names)
        if device.module is not None:
            return self._module_keys(device, device.module, names)
        assert device.line is not None
        assert device.address is not None
        if not self._settings.line(device.line).simulated:
            return None
        if device.template is not None:
            box = self._box(device.line, device.template, SimKeyBox(counter, device.address))
            return SimKeys(counter, box, names)
        unit: SimKeypad | SimRatingBox
        if isinstance(device, RatingBox):
            unit = SimRatingBox(counter, device.address, self._time_s)
            unit.grades = {int(code): grade for code, grade in device.grades.items()}
        else:
            unit = SimKeypad(counter, device.address, self._time_s)
        self._units.setdefault(device.line, []).append(unit)
        return SimKeys(counter, unit, names)

    def _box(self, line: str, name: str, box: SimKeyBox) -> SimKeyBox:
        """Hang a described box on its line; each table of the hall file is a box of its own."""
        if line not in self.box_lines:
            template = self._settings.template(name)
            reply = None if template.reply is None else spec_of(template, template.reply)
            self.box_lines[line] = SimKeyBoxLine(spec_of(template, template.frame), reply)
        return self.box_lines[line].add(box)

    def _pad_keys(self, device: Device, path: str, names: Mapping[str, str]) -> SimKeys | None:
        if not path.startswith("sim://"):
            return None
        pad = self.pads[path.removeprefix("sim://")] = SimPad()
        counter = 0 if isinstance(device, IssueButton) else device.counter
        is_box = isinstance(device, RatingBox)
        return SimKeys(counter, SimPadKeypad(counter, pad), names, is_box)

    def _module_keys(self, device: Device, name: str, names: Mapping[str, str]) -> SimKeys | None:
        module = self.modules.get(name)
        if module is None:
            return None
        counter, lamp, buzzer = 0, None, None
        if not isinstance(device, IssueButton):
            counter, lamp, buzzer = device.counter, device.lamp, device.buzzer
        inputs = {key: int(key) for key in names.values()}
        keys = SimModuleKeypad(counter, module, inputs, lamp, buzzer)
        return SimKeys(counter, keys, names, isinstance(device, RatingBox))

    def _names(self, device: Device) -> dict[str, str]:
        """What the bench presses -> the key of the device."""
        if device.template is not None:
            return self._described_names(device, self._settings.template(device.template))
        if isinstance(device, RatingBox):
            return {str(grade): key for key, grade in device.grades.items()}
        if isinstance(device, IssueButton):
            return {key: key for key in device.keys}
        functions = device.functions(self._settings.keys.functions)
        own = {function: key for key, function in reversed(functions.items())}
        known = {**UNIT_KEYS, "ACCEPT": "accept"}
        if device.line is not None:
            # A unit has the keys of the profile; a name without a key of its own is a digit.
            known = {name: one for name, one in known.items() if name not in hall_event.KEYS}
        named = {name: own[function] for name, function in known.items() if function in own}
        return named | {key: key for key in device.keys}

    @staticmethod
    def _described_names(device: Device, template: Template) -> dict[str, str]:
        if isinstance(device, RatingBox):
            return {str(grade): code for code, grade in template.grades_of(device).items()}
        functions = template.functions_of(device)
        if isinstance(device, IssueButton):
            return {code: code for code in functions}
        own = {function: code for code, function in reversed(functions.items())}
        known = {**UNIT_KEYS, "ACCEPT": "accept"}
        return {name: own[function] for name, function in known.items() if function in own} | {
            code: code for code in functions
        }
