"""Keypads and rating boxes: Modbus units with the event registers of device-protocols.md E.4.

    press --> FIFO of 16 --> input registers 0010-0015 show the oldest --> ack in 0020 drops it

All units share one pair: an address that is not there stays silent, a request that a unit cannot
serve is refused by an exception, and a frame to all (address 0) is answered by none.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from devices.framing import hall_event, modbus_rtu
from devices.framing.hall_event import UnitEvent
from devices.framing.modbus_rtu import (
    BROADCAST,
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    ExceptionReply,
    ReadHoldingRegisters,
    ReadHoldingRegistersReply,
    ReadInputRegisters,
    ReadInputRegistersReply,
    Reply,
    Request,
    RequestDecoder,
    WriteRegister,
    WriteRegisters,
    WriteRegistersReply,
)
from devices.sim.fault_kinds import SILENT, FaultKind, Faulty, flag

FIRMWARE = 0x0001
BAUD_CODE, PARITY_CODE = 3, 0
DEFAULT_SESSION_S = 30
IGNORE_ACKS = FaultKind("ignore_acks", (0, 1, 3), most=100)
REBOOTED = flag("rebooted", once=True)


class _RefusedError(Exception):
    """A request that this unit cannot serve."""

    def __init__(self, code: int) -> None:
        self.code = code


@dataclass(frozen=True, slots=True)
class _Press:
    seq: int
    kind: int
    detail: int
    value: int
    at_s: float


class SimButtonUnit(Faulty):
    """One unit on the pair: what keypads and rating boxes have in common.

    `time_s` is a steady watch in seconds, for the age of an event and the end of a session.
    Faults: a jammed key blocks the others; acks that it does not hear make it show the same event
    again; a restart gives it another boot id.
    """

    fault_kinds = (SILENT, flag("stuck"), flag("low_supply"), IGNORE_ACKS, REBOOTED)

    unit_class = hall_event.CLASS_KEYPAD
    holding: tuple[int, ...] = (
        hall_event.ACK_REGISTER,
        hall_event.LAMP_REGISTER,
        hall_event.BEEP_REGISTER,
    )

    def __init__(self, counter: int, unit: int, time_s: Callable[[], float]) -> None:
        self.counter = counter
        self.unit = unit
        self.silent = False
        self.stuck = False
        self.low_supply = False
        self.ignore_acks = 0
        self.baud: int | None = None
        """What it is set to; None: it hears any baud, as one that was fitted long ago."""
        self._config = {
            hall_event.ADDRESS_REGISTER: unit,
            hall_event.BAUD_REGISTER: BAUD_CODE,
            hall_event.PARITY_REGISTER: PARITY_CODE,
        }
        self._time_s = time_s
        self._registers: dict[int, int] = {}
        self._pending: deque[_Press] = deque()
        self._beeps = 0
        self.power_up()

    def power_up(self) -> None:
        """A restart: another boot id, an empty queue, sequences from 1."""
        old = getattr(self, "boot", 0)
        while (boot := secrets.randbelow(0xFFFF) + 1) == old:
            pass
        self.boot = boot
        self._registers = dict.fromkeys(self.holding, 0)
        self._pending.clear()
        self._last_seq = 0
        self._overflow = False

    @property
    def rebooted(self) -> bool:
        """Never: a restart is over as soon as it has happened."""
        return False

    @rebooted.setter
    def rebooted(self, wanted: bool) -> None:
        if wanted:
            self.power_up()

    def latch(self, kind: int, detail: int, value: int) -> int | None:
        """Queue a press; its sequence.

        None: the press is lost, because the queue is full or another key is jammed.
        """
        if self.stuck:
            return None
        if len(self._pending) >= hall_event.MAX_PENDING:
            self._overflow = True
            return None
        self._last_seq = hall_event.next_sequence(self._last_seq)
        self._pending.append(_Press(self._last_seq, kind, detail, value, self._time_s()))
        return self._last_seq

    def answer(self, request: Request) -> Reply:
        """Serve one request that is addressed to this unit (or to all)."""
        try:
            return self._serve(request)
        except _RefusedError as refused:
            return ExceptionReply(request.unit, modbus_rtu.function_of(request), refused.code)

    def state(self) -> dict[str, Any]:
        """The unit as the bench shows it."""
        return {
            "counter": self.counter,
            "unit": self.unit,
            "boot": self.boot,
            "seq": self._last_seq,
            "pending": [self._describe(press) for press in self._pending],
            "overflow": self._overflow,
            "lamp": self._registers[hall_event.LAMP_REGISTER],
            "beeps": self._beeps,
            "silent": self.silent,
        }

    def _describe(self, press: _Press) -> dict[str, Any]:
        key = hall_event.KEY_NAMES.get(press.detail, f"{press.detail:02X}")
        return {"seq": press.seq, "key": key, "value": press.value}

    def _serve(self, request: Request) -> Reply:
        if isinstance(request, ReadInputRegisters):
            values = _pick(self._input_registers(), request.address, request.count)
            return ReadInputRegistersReply(request.unit, values)
        if isinstance(request, ReadHoldingRegisters):
            values = _pick(self._holding_registers(), request.address, request.count)
            return ReadHoldingRegistersReply(request.unit, values)
        if isinstance(request, WriteRegister):
            self._write(request.address, (request.value,), broadcast=request.unit == BROADCAST)
            return request
        if isinstance(request, WriteRegisters):
            self._write(request.address, request.values, broadcast=request.unit == BROADCAST)
            return WriteRegistersReply(request.unit, request.address, len(request.values))
        raise _RefusedError(ILLEGAL_FUNCTION)

    def _input_registers(self) -> Mapping[int, int]:
        bits = {
            hall_event.STATUS_STUCK: self.stuck,
            hall_event.STATUS_LOW_SUPPLY: self.low_supply,
            hall_event.STATUS_OVERFLOW: self._overflow,
        }
        status = sum(bit for bit, true in bits.items() if true)
        head = (hall_event.MAGIC, hall_event.VERSION, self.unit_class, FIRMWARE, status)
        return dict(enumerate(head, hall_event.MAGIC_REGISTER)) | dict(
            enumerate(self._event_block(), hall_event.EVENT_REGISTER)
        )

    def _event_block(self) -> tuple[int, ...]:
        if not self._pending:
            return hall_event.encode_idle_block(self.boot)
        oldest = self._pending[0]
        age_10ms = min(0xFFFF, int((self._time_s() - oldest.at_s) * 100))
        return hall_event.encode_event_block(
            UnitEvent(
                boot=self.boot,
                seq=oldest.seq,
                kind=oldest.kind,
                detail=oldest.detail,
                value=oldest.value,
                age_10ms=age_10ms,
                pending=len(self._pending),
            )
        )

    def _holding_registers(self) -> Mapping[int, int]:
        return self._registers | self._config

    def _write(self, address: int, values: tuple[int, ...], *, broadcast: bool) -> None:
        registers = range(address, address + len(values))
        if all(register in self._config for register in registers) and not broadcast:
            self._configure(dict(zip(registers, values, strict=True)))
            return
        if any(register not in self._registers for register in registers):
            raise _RefusedError(ILLEGAL_ADDRESS)
        for register, value in zip(registers, values, strict=True):
            self._registers[register] = value
            if register == hall_event.ACK_REGISTER and not broadcast:
                self._acknowledge(value)
            elif register == hall_event.BEEP_REGISTER and value:
                self._beeps += 1
        self._written(registers)

    def _configure(self, new: dict[int, int]) -> None:
        """A new address, baud or parity: it holds from the next request on."""
        config = self._config | new
        address = config[hall_event.ADDRESS_REGISTER]
        baud = hall_event.BAUD_CODES.get(config[hall_event.BAUD_REGISTER])
        parity = config[hall_event.PARITY_REGISTER]
        if not 1 <= address <= modbus_rtu.MAX_UNIT or baud is None or parity not in (0, 1):
            raise _RefusedError(ILLEGAL_VALUE)
        self._config = config
        self.unit = address
        self.baud = None if self.baud is None else baud

    def _acknowledge(self, seq: int) -> None:
        if self.ignore_acks and self._pending:
            self.ignore_acks -= 1
            return
        if self._pending and self._pending[0].seq == seq:
            self._pending.popleft()
            self._overflow = self._overflow and bool(self._pending)

    def _written(self, registers: range) -> None:
        """Registers have new values; a unit with more functions looks at them here."""


class SimKeypad(SimButtonUnit):
    """A clerk's keypad, class 1."""

    def press(self, key: str, value: int = 0) -> int | None:
        """Press a key by its name in `hall_event.KEYS` (KeyError for another); its sequence."""
        return self.latch(hall_event.KIND_KEY, hall_event.KEYS[key], value)


class SimRatingBox(SimButtonUnit):
    """The citizen's keys, class 2.

    The master opens a session by writing its number to 0023 (time-out in 0024, seconds); one
    press or the time-out closes it. A press without a session is latched with session 0.
    """

    unit_class = hall_event.CLASS_RATING_BOX
    holding = (
        *SimButtonUnit.holding,
        hall_event.SESSION_REGISTER,
        hall_event.SESSION_TIMEOUT_REGISTER,
    )

    grades: Mapping[int, int] = {grade: grade for grade in hall_event.GRADES}
    """Key code -> grade; boxes with three or four keys have others."""

    def power_up(self) -> None:
        super().power_up()
        self._registers[hall_event.SESSION_TIMEOUT_REGISTER] = DEFAULT_SESSION_S
        self._ends_s = 0.0

    @property
    def session(self) -> int:
        """The open session, 0 when there is none."""
        if self._time_s() >= self._ends_s:
            self._registers[hall_event.SESSION_REGISTER] = 0
        return self._registers[hall_event.SESSION_REGISTER]

    def press(self, grade: int) -> int | None:
        """Press the key of a grade (ValueError: it has none); the sequence of the event."""
        codes = [code for code, meant in self.grades.items() if meant == grade]
        if not codes:
            raise ValueError(grade)
        session = self.session
        self._registers[hall_event.SESSION_REGISTER] = 0
        return self.latch(hall_event.KIND_RATING, codes[0], session)

    def state(self) -> dict[str, Any]:
        session = self.session
        open_for_s = round(self._ends_s - self._time_s(), 1) if session else None
        return super().state() | {"session": session, "open_for_s": open_for_s}

    def _describe(self, press: _Press) -> dict[str, Any]:
        return {"seq": press.seq, "grade": self.grades[press.detail], "value": press.value}

    def _holding_registers(self) -> Mapping[int, int]:
        return dict(super()._holding_registers()) | {hall_event.SESSION_REGISTER: self.session}

    def _written(self, registers: range) -> None:
        if hall_event.SESSION_REGISTER in registers:
            timeout_s = self._registers[hall_event.SESSION_TIMEOUT_REGISTER]
            self._ends_s = self._time_s() + (timeout_s or DEFAULT_SESSION_S)


class SimUnit(Protocol):
    """What hangs on the pair: it serves the requests to its address."""

    @property
    def unit(self) -> int:
        """Its address."""

    @property
    def silent(self) -> bool:
        """Whether it was unplugged."""

    def answer(self, request: Request) -> Reply:
        """Serve one request."""


class SimUnitBus:
    """The RS-485 pair of the units; `write` goes back to the service."""

    silence_s = 0.05

    def __init__(self, units: Sequence[SimUnit]) -> None:
        self.write: Callable[[bytes], None] = lambda data: None
        self.line_baud: Callable[[], int | None] = lambda: None
        """What the other end of the line is set to, if anybody can know."""
        self.units = list(units)
        self._decoder = RequestDecoder()

    @property
    def garbage(self) -> int:
        return self._decoder.garbage

    def receive(self, data: bytes) -> None:
        self._serve(self._decoder.feed(data))

    def line_silent(self) -> None:
        self._serve(self._decoder.reset())

    def _serve(self, requests: list[Request]) -> None:
        for request in requests:
            hearing = [unit for unit in self.units if self._hears(unit)]
            if request.unit == BROADCAST:
                for unit in hearing:
                    unit.answer(request)
                continue
            asked = [unit for unit in hearing if unit.unit == request.unit and not unit.silent]
            answers = [modbus_rtu.encode(unit.answer(request)) for unit in asked]
            if answers:
                self.write(_collided(answers))

    def _hears(self, unit: SimUnit) -> bool:
        """Whether a unit is set to the line's baud; most are not asked."""
        baud: int | None = getattr(unit, "baud", None)
        return baud is None or self.line_baud() in (None, baud)


def _collided(answers: Sequence[bytes]) -> bytes:
    """What the master hears when several speak at once, a character apart: no frame at all."""
    heard, *others = answers
    for late, other in enumerate(others, 1):
        heard = bytes(one & two for one, two in zip(heard, b"\xff" * late + other, strict=False))
    return heard


def _pick(registers: Mapping[int, int], address: int, count: int) -> tuple[int, ...]:
    if not 1 <= count <= modbus_rtu.MAX_REGISTERS_READ:
        raise _RefusedError(ILLEGAL_VALUE)
    wanted = range(address, address + count)
    if any(register not in registers for register in wanted):
        raise _RefusedError(ILLEGAL_ADDRESS)
    return tuple(registers[register] for register in wanted)
