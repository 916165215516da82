"""Onbon BX-5K/6K font cards: frames of the LED strips (device-protocols.md D.1).

    A5 x 8 | escaped( header 14 | data N | CRC 2 ) | 5A               numbers low byte first

    header: dst 2 | src 2 | 00 x 3 | barcode 1 | check mode 1 | display mode 1 | device type 1 |
            version 1 | data length 2
    data:   group 1 | command 1 | reply wanted 1 | 00 x 2 | payload       from the host
            group 1 | command 1 | error 1        | 00 x 2 | payload       from the card

Escapes A5 -> A6 02, A6 -> A6 01, 5A -> 5B 02, 5B -> 5B 01 keep A5 and 5A out of a frame, so a
frame is found again at the next A5 whatever came before. Lengths and the CRC count the bytes
before escaping. A card may begin with any number of A5 (replies show nine). Half-duplex lines
bring our own frames back: they carry the host's address as source.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

START, END = 0xA5, 0x5A
START_COUNT = 8
HOST = 0x8000
BROADCAST = 0xFFFF  # nobody answers
BROADCAST_WITH_REPLY = 0xFFFE
ANY_DEVICE = 0xFE
PROTOCOL_VERSION = 0x02
CHECK_CRC16 = 0x00

MAX_FRAME = 4096  # escaped bytes between A5 and 5A; an area is at most 1024

_HEADER = struct.Struct("<HH3xBBBBBH")
_ESCAPES = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
_ESCAPED = {code: byte for byte, code in _ESCAPES.items()}


def crc16_arc(data: bytes) -> int:
    """CRC-16/ARC: polynomial A001 reflected, start 0000 ("123456789" -> BB3D)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def escape(data: bytes) -> bytes:
    """Bytes without A5 and 5A."""
    return b"".join(_ESCAPES.get(byte, bytes((byte,))) for byte in data)


def unescape(data: bytes) -> bytes | None:
    """The bytes before escaping; None when an escape is broken."""
    plain = bytearray()
    position = 0
    while position < len(data):
        byte = data[position]
        if byte in (0xA6, 0x5B):
            original = _ESCAPED.get(data[position : position + 2])
            if original is None:
                return None
            plain.append(original)
            position += 2
        elif byte in (START, END):
            return None
        else:
            plain.append(byte)
            position += 1
    return bytes(plain)


@dataclass(frozen=True, slots=True)
class BxFrame:
    """One frame: `data` is what stands between header and CRC."""

    dst: int
    src: int
    data: bytes
    display_mode: int = 0  # 0 areas beside the programme, 1 areas first
    device_type: int = ANY_DEVICE


def encode_frame(frame: BxFrame) -> bytes:
    """A frame as it goes on the wire."""
    header = _HEADER.pack(
        frame.dst,
        frame.src,
        0,
        CHECK_CRC16,
        frame.display_mode,
        frame.device_type,
        PROTOCOL_VERSION,
        len(frame.data),
    )
    body = header + frame.data
    body += crc16_arc(body).to_bytes(2, "little")
    return bytes((START,)) * START_COUNT + escape(body) + bytes((END,))


def _parse_frame(body: bytes | None) -> BxFrame | None:
    if body is None or len(body) < _HEADER.size + 2:
        return None
    if crc16_arc(body[:-2]) != int.from_bytes(body[-2:], "little"):
        return None
    dst, src, _, check, mode, device, _, length = _HEADER.unpack_from(body)
    data = body[_HEADER.size : -2]
    if check != CHECK_CRC16 or length != len(data):
        return None
    return BxFrame(dst, src, data, mode, device)


class FrameDecoder:
    """Finds frames in a byte stream; never raises, counts what it throws away."""

    def __init__(self) -> None:
        self._held: bytearray | None = None  # bytes since the last A5; None between frames
        self.garbage = 0  # bytes thrown away since the beginning, A5 and 5A not counted

    def feed(self, data: bytes) -> list[BxFrame]:
        """Take bytes in any portion; the frames that are complete now."""
        frames: list[BxFrame] = []
        for byte in data:
            if byte == START:
                self.reset()
                self._held = bytearray()
            elif self._held is None:
                self.garbage += byte != END
            elif byte == END:
                frame = _parse_frame(unescape(bytes(self._held)))
                self.garbage += 0 if frame else len(self._held)
                frames += [frame] if frame else []
                self._held = None
            else:
                self._held.append(byte)
                if len(self._held) > MAX_FRAME:
                    self.reset()
        return frames

    def reset(self) -> None:
        """The line is silent: the frame that has begun will not be completed."""
        self.garbage += len(self._held or b"")
        self._held = None
