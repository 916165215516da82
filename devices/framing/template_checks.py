"""Checks that frames of small makers end with, by the names that a hall file gives them.

    sum8 neg8 xor crc8     one byte
    sum16 crc16-modbus crc16-arc crc16-ccitt crc16-xmodem     two bytes, `:le` (usual) or `:be`

Any of them `:hex` is written as hexadecimal ASCII, high digit first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce


def _reflected(data: bytes, start: int) -> int:
    """CRC-16 of polynomial A001, low bit first."""
    crc = start
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def _straight(data: bytes, start: int) -> int:
    """CRC-16 of polynomial 1021, high bit first."""
    crc = start
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc


def _crc8(data: bytes) -> int:
    """CRC-8 of polynomial 07, start 00."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ (0x07 if crc & 0x80 else 0)) & 0xFF
    return crc


CHECKS: Mapping[str, tuple[int, Callable[[bytes], int]]] = {
    "sum8": (1, lambda data: sum(data) & 0xFF),
    "neg8": (1, lambda data: -sum(data) & 0xFF),  # all bytes with it add up to 00
    "xor": (1, lambda data: reduce(lambda one, other: one ^ other, data, 0)),
    "crc8": (1, _crc8),
    "sum16": (2, lambda data: sum(data) & 0xFFFF),
    "crc16-modbus": (2, lambda data: _reflected(data, 0xFFFF)),
    "crc16-arc": (2, lambda data: _reflected(data, 0)),
    "crc16-ccitt": (2, lambda data: _straight(data, 0xFFFF)),
    "crc16-xmodem": (2, lambda data: _straight(data, 0)),
}
"""Name -> size in bytes, and how it is reckoned."""
