"""A plain Modbus input module whose contacts are the keys of counters (device-protocols.md E.3).

A finger closes a contact for `press_s`; the module shows it as a level, as a latch that stays
until a coil is written, or as a counter, and it has relay outputs for lamps and buzzers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from config.settings import InputModule
from devices.framing import modbus_rtu
from devices.framing.modbus_rtu import (
    COIL_OFF,
    COIL_ON,
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    ExceptionReply,
    ReadDiscreteInputs,
    ReadDiscreteInputsReply,
    ReadHoldingRegisters,
    ReadHoldingRegistersReply,
    ReadInputRegisters,
    ReadInputRegistersReply,
    Reply,
    Request,
    WriteCoil,
)
from devices.sim.fault_kinds import SILENT, FaultKind, Faulty

PRESS_S = 0.15
COUNTER_END = 0x10000


class SimInputModule(Faulty):
    """The module of a row of `[[input_modules]]`, with the register map that is written there.

    `time_s` is a steady watch in seconds, for how long a finger stays on a key.
    """

    def __init__(self, row: InputModule, time_s: Callable[[], float]) -> None:
        self.id = row.id
        inputs = tuple(range(row.inputs + 1))
        self.fault_kinds = (SILENT, FaultKind("stuck_input", inputs))
        self.unit = row.address
        self.row = row
        self.silent = False
        self.press_s = PRESS_S
        self._time_s = time_s
        self._stuck: set[int] = set()
        self.power_up()

    def power_up(self) -> None:
        """A restart: nothing latched, counters at 0, relays open."""
        inputs, outputs = self.row.inputs, self.row.outputs
        self._down_until = [0.0] * inputs
        self._latches = [False] * inputs
        self._counts = [0] * inputs
        self._coils = [False] * outputs
        self._switched = [0] * outputs

    def press(self, number: int) -> None:
        """Press the key on input `number` (from 1; ValueError for another) and let go soon."""
        if not 1 <= number <= self.row.inputs:
            raise ValueError(number)
        place = number - 1
        if not self._is_down(place):
            self._counts[place] = (self._counts[place] + 1) % COUNTER_END
        self._down_until[place] = self._time_s() + self.press_s
        self._latches[place] = True

    def stick(self, number: int, stuck: bool) -> None:
        """A key that does not come up again, or comes up at last."""
        if stuck:
            self.press(number)
            self._stuck.add(number - 1)
        else:
            self._stuck.discard(number - 1)
            self._down_until[number - 1] = 0.0

    def set_fault(self, **faults: Any) -> None:
        """Set some faults, all or none; one that is plugged in starts anew."""
        was_silent = self.silent
        super().set_fault(**faults)
        if was_silent and not self.silent:
            self.power_up()

    @property
    def stuck_input(self) -> int:
        """The jammed input with the lowest number; 0: none."""
        return min(self._stuck) + 1 if self._stuck else 0

    @stuck_input.setter
    def stuck_input(self, number: int) -> None:
        for place in list(self._stuck):
            self.stick(place + 1, False)
        if number:
            self.stick(number, True)

    def output(self, number: int | None) -> bool:
        """Whether a relay output (from 1) is closed."""
        return number is not None and self._coils[number - 1]

    def switched(self, number: int | None) -> int:
        """How often a relay output was switched on."""
        return 0 if number is None else self._switched[number - 1]

    def answer(self, request: Request) -> Reply:
        """Serve one request that is addressed to this module."""
        function = modbus_rtu.function_of(request)
        counted = self.row.mode == "counted"
        match request:
            case ReadDiscreteInputs(unit=unit) if not counted:
                bits = [self._bit(place) for place in range(self.row.inputs)]
                if picked := self._pick(bits, request.address, request.count):
                    return ReadDiscreteInputsReply(unit, picked)
            case ReadInputRegisters(unit=unit) if counted and not self.row.holding:
                if picked := self._pick(self._counts, request.address, request.count):
                    return ReadInputRegistersReply(unit, picked)
            case ReadHoldingRegisters(unit=unit) if counted and self.row.holding:
                if picked := self._pick(self._counts, request.address, request.count):
                    return ReadHoldingRegistersReply(unit, picked)
            case WriteCoil():
                return self._switch(request)
            case _:
                return ExceptionReply(request.unit, function, ILLEGAL_FUNCTION)
        return ExceptionReply(request.unit, function, ILLEGAL_ADDRESS)

    def state(self) -> dict[str, Any]:
        """The module as the bench shows it."""
        return {
            "id": self.id,
            "unit": self.unit,
            "mode": self.row.mode,
            "down": [place + 1 for place in range(self.row.inputs) if self._is_down(place)],
            "latched": [place + 1 for place, latched in enumerate(self._latches) if latched],
            "counts": list(self._counts),
            "outputs": list(self._coils),
            "silent": self.silent,
        }

    def _bit(self, place: int) -> bool:
        return self._latches[place] if self.row.mode == "latched" else self._is_down(place)

    def _is_down(self, place: int) -> bool:
        return place in self._stuck or self._time_s() < self._down_until[place]

    def _switch(self, request: WriteCoil) -> Reply:
        """Relays, and in a latched module the coils that clear the latches."""
        function = modbus_rtu.function_of(request)
        if request.value not in (COIL_ON, COIL_OFF):
            return ExceptionReply(request.unit, function, ILLEGAL_VALUE)
        output = request.address - self.row.first_output
        latch = request.address - self.row.first_clear
        if 0 <= output < self.row.outputs:
            on = request.value == COIL_ON
            self._switched[output] += on and not self._coils[output]
            self._coils[output] = on
        elif self.row.mode == "latched" and 0 <= latch < self.row.inputs:
            self._latches[latch] = False
        else:
            return ExceptionReply(request.unit, function, ILLEGAL_ADDRESS)
        return request

    def _pick(self, values: list[Any], address: int, count: int) -> tuple[Any, ...]:
        """The wanted values; empty when one of them does not exist."""
        first = address - self.row.first
        picked = tuple(values[first : first + count]) if first >= 0 else ()
        return picked if len(picked) == count else ()


class SimModuleKeypad(Faulty):
    """Some keys of a module as the keypad or rating box of a counter.

    `keys` maps a key's name to the input's number.
    """

    fault_kinds = (SILENT,)

    def __init__(
        self,
        counter: int,
        module: SimInputModule,
        keys: Mapping[str, int],
        lamp: int | None = None,
        buzzer: int | None = None,
    ) -> None:
        self.counter = counter
        self.module = module
        self.keys = keys
        self._lamp = lamp
        self._buzzer = buzzer
        self._presses = 0

    @property
    def unit(self) -> int:
        return self.module.unit

    @property
    def boot(self) -> int:
        """A module has none."""
        return 0

    @property
    def silent(self) -> bool:
        return self.module.silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        self.module.silent = silent

    def power_up(self) -> None:
        self.module.power_up()

    def press(self, key: str | int, value: int = 0) -> int:
        """Press a key by its name or grade (KeyError for another); how many presses it were."""
        self.module.press(self.keys[str(key)])
        self._presses += 1
        return self._presses

    def state(self) -> dict[str, Any]:
        """As `SimButtonUnit.state`; a module has no queue and no boot id."""
        return {
            "counter": self.counter,
            "unit": self.unit,
            "boot": 0,
            "seq": self._presses,
            "pending": [],
            "overflow": False,
            "lamp": int(self.module.output(self._lamp)),
            "beeps": self.module.switched(self._buzzer),
            "silent": self.silent,
        }
