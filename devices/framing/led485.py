"""LED-485 boards: digits and letters by Modbus RTU (device-protocols.md D.3).

    text    unit 1 | 10 | register 2 | count 2 | bytes 1 | two characters per register | CRC 2
    number  unit 1 | 06 | register 2 | number 2, signed                                | CRC 2

Registers differ by make: 0070 for text on all that are known, 0000 or 0088 for the number. A text
fills the board: it is padded with spaces, or what stood there before would stay behind it.
"""

from __future__ import annotations

from devices.framing.modbus_rtu import WriteRegister, WriteRegisters

TEXT_REGISTER = 0x0070
NUMBER_REGISTER = 0x0000
SMALLEST, LARGEST = -0x8000, 0x7FFF


def write_text(unit: int, text: bytes, columns: int, register: int) -> WriteRegisters:
    """Show ASCII on a board of so many characters; what is too long is cut at the end."""
    whole = text[:columns].ljust(columns + columns % 2, b" ")
    pairs = zip(whole[::2], whole[1::2], strict=True)
    return WriteRegisters(unit, register, tuple(high << 8 | low for high, low in pairs))


def read_text(values: tuple[int, ...]) -> bytes:
    """What registers of text say, spaces and all."""
    return b"".join(value.to_bytes(2, "big") for value in values)


def write_number(unit: int, number: int, register: int) -> WriteRegister:
    """Show a number. ValueError: it does not fit 16 bits with sign."""
    if not SMALLEST <= number <= LARGEST:
        raise ValueError(f"{number} is not between {SMALLEST} and {LARGEST}")
    return WriteRegister(unit, register, number & 0xFFFF)


def read_number(value: int) -> int:
    """What a register says as a signed number."""
    return value - 0x10000 if value > LARGEST else value
