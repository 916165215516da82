"""A plain digital-input module (Modbus RTU) whose dry contacts are keys (device-protocols.md E.3).

    FC02 discrete inputs (level, latched) or FC04/FC03 counters -> edges -> on_press, one by one
                                            latched: FC05 clears the latch when it was taken

Such a module knows no sequence numbers, so a press gets its name here: `boot` is new with each
start of this process, `seq` counts. Until `on_press` has returned True a press is offered again,
with its growing age. Several keypads and rating boxes may share one module: one poll reads all.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from devices.bus import Bus
from devices.framing.modbus_rtu import (
    COIL_OFF,
    COIL_ON,
    ReadDiscreteInputs,
    ReadDiscreteInputsReply,
    ReadHoldingRegisters,
    ReadHoldingRegistersReply,
    ReadInputRegisters,
    ReadInputRegistersReply,
    Reply,
    WriteCoil,
)
from devices.input_edges import CountedEdges, Edges, LatchedEdges, LevelEdges
from devices.keypad import KeyPressed, OnKey
from devices.link import DeviceError
from devices.modbus_unit import ask, carry_out
from devices.rating_box import OnRating, RatingPressed
from devices.rating_session import RatingSession

Mode = Literal["level", "latched", "counted"]

MOST_WAITING = 64
HANDLE_S = 10.0
THANKS_MS = 100
MAX_BOOT = 0x7FFFFFFF

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModuleForm:
    """Where things are in a module's register map; maker's manual, addresses from 0.

    `first` is the first discrete input, or the first counter (`holding`: among the holding
    registers). `first_clear` is the coil that clears the first latch, `first_output` the coil of
    the first relay.
    """

    inputs: int = 8
    mode: Mode = "level"
    first: int = 0
    holding: bool = False
    first_clear: int = 0
    first_output: int = 0
    debounce_s: float = 0.03


@dataclass(frozen=True, slots=True)
class InputPressed:
    """Input `number` (from 1) was closed, at most `age_s` seconds ago.

    `together`: the other inputs that were pressed or held in the same reading.
    """

    unit: int
    boot: int
    seq: int
    number: int
    age_s: float = 0.0
    together: frozenset[int] = frozenset()


OnInput = Callable[[InputPressed], Awaitable[bool]]


class InputModule:
    """One module on the bus; `listen` says who takes the presses of which inputs."""

    def __init__(self, bus: Bus, unit: int, form: ModuleForm | None = None) -> None:
        self.unit = unit
        self.form = form or ModuleForm()
        self._bus = bus
        self._edges = _edges(self.form)
        self._question = ask(self._request())
        self._listeners: dict[int, OnInput] = {}
        self._waiting: deque[tuple[float, InputPressed]] = deque()  # pressed at, press
        self._handing_on = False
        self._unclear: set[int] = set()
        self._read_at: float | None = None
        self._boot = secrets.randbelow(MAX_BOOT) + 1
        self._seq = 0
        self._complained = False
        bus.add_unit(unit, self._poll)

    @property
    def ready(self) -> bool:
        """Whether it was read once; presses before that have no effect."""
        return self._read_at is not None

    @property
    def held(self) -> frozenset[int]:
        """The inputs that are closed, or latched and not known to be cleared."""
        return self._edges.held()

    def listen(self, inputs: Collection[int], on_press: OnInput) -> None:
        """Hand the presses of these inputs to `on_press`. ValueError: no such input, or taken."""
        for number in inputs:
            if not 1 <= number <= self.form.inputs or number in self._listeners:
                raise ValueError(f"input {number} of unit {self.unit} cannot be used")
            self._listeners[number] = on_press

    async def set_output(self, output: int, on: bool) -> None:
        """Switch a relay output (from 1). UnitSilent, UnitRefused, LinkLost."""
        address = self.form.first_output + output - 1
        value = COIL_ON if on else COIL_OFF
        await carry_out(self._bus, WriteCoil(self.unit, address, value))

    async def pulse(self, output: int, length_ms: int) -> None:
        """Switch an output on for a while. UnitSilent, UnitRefused, LinkLost."""
        await self.set_output(output, True)
        await asyncio.sleep(length_ms / 1000)
        await self.set_output(output, False)

    def _request(self) -> ReadDiscreteInputs | ReadHoldingRegisters | ReadInputRegisters:
        form = self.form
        if form.mode != "counted":
            return ReadDiscreteInputs(self.unit, form.first, form.inputs)
        kind = ReadHoldingRegisters if form.holding else ReadInputRegisters
        return kind(self.unit, form.first, form.inputs)

    async def _poll(self) -> None:
        reading = _reading(await self._bus.exchange(self._question, tries=1))
        if reading is None:
            self._complain("it does not have these inputs; look at `first` and `inputs`")
            return
        now = asyncio.get_running_loop().time()
        first = self._read_at is None
        pressed = self._edges.feed(reading, now)
        age_s = 0.0 if self._read_at is None else now - self._read_at
        self._read_at = now
        if pressed:
            self._bus.plan.active(self.unit, now)
        for number in pressed:
            self._take_in(number, now - age_s, frozenset(pressed) | self._edges.held())
        if first and isinstance(self._edges, LatchedEdges):
            self._bus.spawn(self._clear(self._edges.held()), f"latches of unit {self.unit}")
        self._clear_again()
        self._hand_on()

    def _take_in(self, number: int, pressed_at: float, together: frozenset[int]) -> None:
        if number not in self._listeners:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._complain("more presses than anybody takes; one is lost")
            return
        self._seq += 1
        press = InputPressed(self.unit, self._boot, self._seq, number, together=together - {number})
        self._waiting.append((pressed_at, press))

    def _hand_on(self) -> None:
        if self._waiting and not self._handing_on:
            self._handing_on = True
            self._bus.spawn(self._hand_on_all(), f"presses of unit {self.unit}")

    async def _hand_on_all(self) -> None:
        try:
            while self._waiting:
                pressed_at, press = self._waiting[0]
                age_s = asyncio.get_running_loop().time() - pressed_at
                if not await self._take(replace(press, age_s=age_s)):
                    await asyncio.sleep(self._bus.settings.refused_rest_s)
                    continue
                self._waiting.popleft()
                self._complained = False
                if isinstance(self._edges, LatchedEdges):
                    await self._clear([press.number])
        finally:
            self._handing_on = False

    async def _take(self, press: InputPressed) -> bool:
        error: Exception | None = None
        try:
            async with asyncio.timeout(HANDLE_S):
                taken = await self._listeners[press.number](press)
        except Exception as failure:
            taken, error = False, failure
        if not taken:
            self._complain(f"its input {press.number} was not taken and is offered again", error)
        return taken

    async def _clear(self, numbers: Collection[int]) -> None:
        assert isinstance(self._edges, LatchedEdges)
        for number in numbers:
            request = WriteCoil(self.unit, self.form.first_clear + number - 1, COIL_OFF)
            try:
                await carry_out(self._bus, request)
            except DeviceError as error:
                self._complain(f"the latch of input {number} is not cleared: {error}")
                self._unclear.add(number)
            else:
                self._edges.cleared(number)

    def _clear_again(self) -> None:
        """What a lost answer left in doubt: the next reading tells whether it was cleared.

        Clearing without looking would wipe out a press that came in between.
        """
        doubtful = self._unclear & self._edges.held()
        self._unclear.clear()
        if doubtful:
            self._bus.spawn(self._clear(doubtful), f"latches of unit {self.unit}")

    def _complain(self, sentence: str, error: Exception | None = None) -> None:
        """Once in the log until a press is taken again."""
        level = logging.DEBUG if self._complained else logging.WARNING
        self._complained = True
        line = self._bus.name
        _log.log(level, "line %s: unit %d: %s", line, self.unit, sentence, exc_info=error)


class ModuleKeypad:
    """Some inputs of a module as a keypad: the key's name is the number of its input.

    `lamp` and `buzzer` are outputs of the module, None where nothing is connected.
    """

    def __init__(
        self,
        module: InputModule,
        inputs: Collection[int],
        on_key: OnKey,
        lamp: int | None = None,
        buzzer: int | None = None,
    ) -> None:
        self._module = module
        self._on_key = on_key
        self._lamp = lamp
        self._buzzer = buzzer
        module.listen(inputs, self._on_press)

    async def set_lamp(self, mask: int) -> None:
        """Bit 0 is the lamp. UnitSilent, UnitRefused, LinkLost."""
        if self._lamp is not None:
            await self._module.set_output(self._lamp, bool(mask & 1))

    async def beep(self, length_ms: int) -> None:
        """Sound the buzzer. UnitSilent, UnitRefused, LinkLost."""
        if self._buzzer is not None:
            await self._module.pulse(self._buzzer, length_ms)

    async def _on_press(self, press: InputPressed) -> bool:
        key = KeyPressed(press.unit, press.boot, press.seq, str(press.number), 0, press.age_s)
        return await self._on_key(key)


class ModuleRatingBox:
    """Some inputs of a module as a rating box: `grades` maps an input to a grade 1..5.

    A module knows no session, so it is kept here: one press or the time-out ends it. Two keys at
    once are no rating. Lamp and buzzer behave the same for every grade.
    """

    def __init__(
        self,
        module: InputModule,
        grades: Mapping[int, int],
        on_rating: OnRating,
        lamp: int | None = None,
        buzzer: int | None = None,
    ) -> None:
        self._module = module
        self._grades = grades
        self._on_rating = on_rating
        self._lamp = lamp
        self._buzzer = buzzer
        self._session = RatingSession()
        module.listen(grades, self._on_press)

    async def open_session(self, session: int, timeout_s: int) -> None:
        """Ask the citizen: session 1..65535, over after `timeout_s` seconds.

        UnitSilent, UnitRefused, LinkLost; ValueError: not a session number or time.
        """
        self._session.check(session, timeout_s)
        await self._show(True)
        self._session.begin(session, timeout_s)

    async def close_session(self) -> None:
        """Stop asking. UnitSilent, UnitRefused, LinkLost."""
        self._session.end()
        await self._show(False)

    async def beep(self, length_ms: int) -> None:
        """Sound the buzzer. UnitSilent, UnitRefused, LinkLost."""
        if self._buzzer is not None:
            await self._module.pulse(self._buzzer, length_ms)

    async def _show(self, on: bool) -> None:
        if self._lamp is not None:
            await self._module.set_output(self._lamp, on)

    async def _on_press(self, press: InputPressed) -> bool:
        if press.together & self._grades.keys():
            _log.info("unit %d: two rating keys at once are no rating", press.unit)
            return True
        rated = RatingPressed(
            unit=press.unit,
            boot=press.boot,
            seq=press.seq,
            grade=self._grades[press.number],
            session=self._session.at(press.age_s),
            age_s=press.age_s,
        )
        if not await self._on_rating(rated):
            return False
        self._session.end()
        return True


def _edges(form: ModuleForm) -> Edges:
    match form.mode:
        case "level":
            return LevelEdges(form.inputs, form.debounce_s)
        case "latched":
            return LatchedEdges(form.inputs)
        case "counted":
            return CountedEdges(form.inputs)


def _reading(reply: Reply) -> tuple[int, ...] | None:
    if isinstance(reply, ReadDiscreteInputsReply):
        return tuple(int(bit) for bit in reply.bits)
    if isinstance(reply, ReadHoldingRegistersReply | ReadInputRegistersReply):
        return reply.values
    return None
