"""Modbus RTU frames (device-protocols.md E.2; Modbus over Serial Line V1.02).

    unit 1 | function 1 | data 0..252 | CRC-16 2, low byte first         at most 256 bytes

The standard parts frames by 3.5 characters of silence. Neither a USB adapter nor a TCP device
server keeps such gaps, so here a frame ends where its function code says and its CRC agrees.
What goes wrong on a shared RS-485 pair: noise before, inside and after a frame; our own bytes
coming back; the answer of another unit, or of an earlier request, arriving late. Noise at the
front is thrown away byte by byte; noise that looks like the beginning of a long frame is given up
by `reset`, which the owner calls when the line has been silent. Whose answer it is, is judged by
the master (`devices/bus.py`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

READ_DISCRETE_INPUTS = 0x02
READ_HOLDING_REGISTERS = 0x03
READ_INPUT_REGISTERS = 0x04
WRITE_COIL = 0x05
WRITE_REGISTER = 0x06
WRITE_REGISTERS = 0x10
EXCEPTION = 0x80  # bit set in the function code of a refusal

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, UNIT_FAILURE, UNIT_BUSY = 1, 2, 3, 4, 6

BROADCAST = 0
MAX_UNIT = 247
MAX_REGISTERS_READ = 125
MAX_REGISTERS_WRITTEN = 123

COIL_ON, COIL_OFF = 0xFF00, 0x0000

# Another standard function whose request has 8 bytes: a slave must recognise its end to refuse.
_OTHER_REQUESTS = (0x01,)


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_CRC = _crc_table()


def crc16(data: bytes) -> int:
    """CRC-16/MODBUS: polynomial A001 reflected, start FFFF ("123456789" -> 4B37)."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


@dataclass(frozen=True, slots=True)
class _ReadRequest:
    unit: int
    address: int
    count: int


class ReadDiscreteInputs(_ReadRequest):
    """02 | address 2 | count 2 (bits, 1..2000)."""

    __slots__ = ()


class ReadHoldingRegisters(_ReadRequest):
    """03 | address 2 | count 2 (registers, 1..125)."""

    __slots__ = ()


class ReadInputRegisters(_ReadRequest):
    """04 | address 2 | count 2 (registers, 1..125)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ReadDiscreteInputsReply:
    """02 | byte count 1 | bits, first input in the lowest bit of the first byte.

    The wire carries whole bytes, so a decoded `bits` has a multiple of 8; encoding pads with False.
    """

    unit: int
    bits: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _RegistersReply:
    unit: int
    values: tuple[int, ...]


class ReadHoldingRegistersReply(_RegistersReply):
    """03 | byte count 1 | registers, 2 bytes each, high byte first."""

    __slots__ = ()


class ReadInputRegistersReply(_RegistersReply):
    """04 | byte count 1 | registers, 2 bytes each, high byte first."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class WriteRegister:
    """06 | address 2 | value 2. The reply is the same frame."""

    unit: int
    address: int
    value: int


@dataclass(frozen=True, slots=True)
class WriteCoil:
    """05 | address 2 | value 2, `COIL_ON` or `COIL_OFF`. The reply is the same frame."""

    unit: int
    address: int
    value: int


@dataclass(frozen=True, slots=True)
class WriteRegisters:
    """10 | address 2 | count 2 | byte count 1 | registers, high byte first."""

    unit: int
    address: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WriteRegistersReply:
    """10 | address 2 | count 2."""

    unit: int
    address: int
    count: int


@dataclass(frozen=True, slots=True)
class ExceptionReply:
    """function + 80 | code 1. `function` is the one that was refused, without the bit."""

    unit: int
    function: int
    code: int


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """A standard request (01) that this product does not serve; a slave refuses it."""

    unit: int
    function: int
    data: bytes


Request = (
    ReadDiscreteInputs
    | ReadHoldingRegisters
    | ReadInputRegisters
    | WriteCoil
    | WriteRegister
    | WriteRegisters
    | OtherRequest
)
Reply = (
    ReadDiscreteInputsReply
    | ReadHoldingRegistersReply
    | ReadInputRegistersReply
    | WriteCoil
    | WriteRegister
    | WriteRegistersReply
    | ExceptionReply
)

_READS: dict[int, Callable[[int, int, int], Request]] = {
    READ_DISCRETE_INPUTS: ReadDiscreteInputs,
    READ_HOLDING_REGISTERS: ReadHoldingRegisters,
    READ_INPUT_REGISTERS: ReadInputRegisters,
}
_WRITES: dict[int, Callable[[int, int, int], WriteCoil | WriteRegister]] = {
    WRITE_COIL: WriteCoil,
    WRITE_REGISTER: WriteRegister,
}
_READ_REPLIES: dict[int, Callable[[int, tuple[int, ...]], Reply]] = {
    READ_HOLDING_REGISTERS: ReadHoldingRegistersReply,
    READ_INPUT_REGISTERS: ReadInputRegistersReply,
}
_FUNCTIONS: dict[type, int] = {
    ReadDiscreteInputs: READ_DISCRETE_INPUTS,
    ReadDiscreteInputsReply: READ_DISCRETE_INPUTS,
    ReadHoldingRegisters: READ_HOLDING_REGISTERS,
    ReadHoldingRegistersReply: READ_HOLDING_REGISTERS,
    ReadInputRegisters: READ_INPUT_REGISTERS,
    ReadInputRegistersReply: READ_INPUT_REGISTERS,
    WriteCoil: WRITE_COIL,
    WriteRegister: WRITE_REGISTER,
    WriteRegisters: WRITE_REGISTERS,
    WriteRegistersReply: WRITE_REGISTERS,
}


def function_of(frame: Request | Reply) -> int:
    """The function code that a frame asks for or answers, without the exception bit."""
    if isinstance(frame, ExceptionReply | OtherRequest):
        return frame.function
    return _FUNCTIONS[type(frame)]


def encode(frame: Request | Reply) -> bytes:
    """A frame as it goes on the wire, CRC included. ValueError: a field does not fit."""
    try:
        body = bytes((frame.unit, _code(frame))) + _data(frame)
    except struct.error as error:
        raise ValueError(f"{frame!r} does not fit its frame: {error}") from error
    return body + crc16(body).to_bytes(2, "little")


def _code(frame: Request | Reply) -> int:
    refused = EXCEPTION if isinstance(frame, ExceptionReply) else 0
    return function_of(frame) | refused


def _data(frame: Request | Reply) -> bytes:
    match frame:
        case _ReadRequest(address=address, count=count):
            return struct.pack(">HH", address, count)
        case WriteRegistersReply(address=address, count=count):
            return struct.pack(">HH", address, count)
        case ReadDiscreteInputsReply(bits=bits):
            size = (len(bits) + 7) // 8
            packed = sum(1 << index for index, bit in enumerate(bits) if bit)
            return struct.pack(">B", size) + packed.to_bytes(size, "little")
        case _RegistersReply(values=values):
            return _registers(values, MAX_REGISTERS_READ)
        case WriteRegister(address=address, value=value) | WriteCoil(address=address, value=value):
            return struct.pack(">HH", address, value)
        case WriteRegisters(address=address, values=values):
            head = struct.pack(">HH", address, len(values))
            return head + _registers(values, MAX_REGISTERS_WRITTEN)
        case ExceptionReply(code=code):
            return struct.pack(">B", code)
        case OtherRequest(data=data):
            return data


def _registers(values: tuple[int, ...], most: int) -> bytes:
    if not 1 <= len(values) <= most:
        raise ValueError(f"{len(values)} registers do not fit a frame (1 to {most})")
    return struct.pack(f">B{len(values)}H", 2 * len(values), *values)


# --- decoding ---------------------------------------------------------------------------------

_MORE = 0  # the length of the frame is not known yet
_NEVER = -1  # these bytes cannot begin a frame


def _request_length(head: bytes) -> int:
    if head[0] > MAX_UNIT:
        return _NEVER
    if len(head) < 2:
        return _MORE
    function = head[1]
    if function in _READS or function in _WRITES or function in _OTHER_REQUESTS:
        return 8
    if function != WRITE_REGISTERS:
        return _NEVER
    if len(head) < 7:
        return _MORE
    count = int.from_bytes(head[4:6], "big")
    fits = 1 <= count <= MAX_REGISTERS_WRITTEN and head[6] == 2 * count
    return 9 + head[6] if fits else _NEVER


def _reply_length(head: bytes) -> int:
    if not 1 <= head[0] <= MAX_UNIT:
        return _NEVER
    if len(head) < 2:
        return _MORE
    function = head[1]
    if function in _WRITES or function == WRITE_REGISTERS:
        return 8
    if EXCEPTION < function <= EXCEPTION + WRITE_REGISTERS:
        return 5
    if function not in _READS:
        return _NEVER
    if len(head) < 3:
        return _MORE
    odd = function in _READ_REPLIES and head[2] % 2
    return 5 + head[2] if 1 <= head[2] <= 250 and not odd else _NEVER


def _parse_request(body: bytes) -> Request:
    unit, function = body[0], body[1]
    if function in _OTHER_REQUESTS:
        return OtherRequest(unit, function, body[2:])
    address, second = struct.unpack_from(">HH", body, 2)
    if function in _WRITES:
        return _WRITES[function](unit, address, second)
    if function == WRITE_REGISTERS:
        return WriteRegisters(unit, address, struct.unpack_from(f">{second}H", body, 7))
    return _READS[function](unit, address, second)


def _parse_reply(body: bytes) -> Reply:
    unit, function = body[0], body[1]
    if function & EXCEPTION:
        return ExceptionReply(unit, function & ~EXCEPTION, body[2])
    if function in _WRITES:
        return _WRITES[function](unit, *struct.unpack_from(">HH", body, 2))
    if function == WRITE_REGISTERS:
        return WriteRegistersReply(unit, *struct.unpack_from(">HH", body, 2))
    if function == READ_DISCRETE_INPUTS:
        bits = (bool(byte >> bit & 1) for byte in body[3:] for bit in range(8))
        return ReadDiscreteInputsReply(unit, tuple(bits))
    return _READ_REPLIES[function](unit, struct.unpack_from(f">{body[2] // 2}H", body, 3))


F = TypeVar("F")


class _Decoder(Generic[F]):
    """Finds frames in a byte stream; what is behind the first frame is kept for the next call."""

    def __init__(self, length: Callable[[bytes], int], parse: Callable[[bytes], F]) -> None:
        self._length = length
        self._parse = parse
        self._held = b""
        self.garbage = 0  # bytes thrown away since the beginning

    def feed(self, data: bytes) -> list[F]:
        """Take bytes in any portion; the frames that are complete now."""
        self._held += data
        frames: list[F] = []
        while self._held:
            length = self._length(self._held)
            if length == _MORE or length > len(self._held):
                break
            body, check = self._held[: length - 2], self._held[length - 2 : length]
            if length == _NEVER or crc16(body) != int.from_bytes(check, "little"):
                self._drop_byte()
                continue
            frames.append(self._parse(body))
            self._held = self._held[length:]
        return frames

    def reset(self) -> list[F]:
        """The line is silent: no unfinished frame will be completed. Whole frames behind it."""
        frames: list[F] = []
        while self._held:
            self._drop_byte()
            frames += self.feed(b"")
        return frames

    def _drop_byte(self) -> None:
        self._held = self._held[1:]
        self.garbage += 1


class RequestDecoder(_Decoder[Request]):
    """What a slave hears from the master (not what other slaves answer)."""

    def __init__(self) -> None:
        super().__init__(_request_length, _parse_request)


class ReplyDecoder(_Decoder[Reply]):
    """What the master hears; an echoed request decodes to nothing, except a single write."""

    def __init__(self) -> None:
        super().__init__(_reply_length, _parse_reply)
