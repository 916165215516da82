"""Alpha / BetaBrite signs: the "EZ95" packets (device-protocols.md D.5; manual 9708-8061).

    00 x 5 | 01 | type 1 | address 2 | 02 | command 1 | data N | 03 | sum 4 | 04
                                     ^------- summed -----------^

Address and sum are written as hexadecimal ASCII; the sum is that of all bytes from 02 through 03,
16 bits. Type Z is every kind of sign, address 00 every sign. A sign takes text without a word.
The five zeros set its baud detector; a packet begins at 01.

    command A, write text: file 1 | 1B | position 1 | mode 1 | text, ASCII
    colour in a text: 1C | 1 red, 2 green, 3 amber [K]
"""

from __future__ import annotations

import re
from dataclasses import dataclass

START, STX, ETX, EOT, ESC, COLOUR = 0x01, 0x02, 0x03, 0x04, 0x1B, 0x1C
ANY_SIGN = "Z"
EVERYONE = 0
WRITE_TEXT = b"A"
FILE_A = b"A"
MIDDLE, TOP, BOTTOM, FILL = b" ", b'"', b"&", b"0"
ROTATE, HOLD, FLASH, SCROLL = b"a", b"b", b"c", b"m"
COLOURS = {"red": b"1", "green": b"2", "yellow": b"3"}

MAX_PACKET = 512  # bytes between 01 and 04
MAX_TEXT = 120

_PACKET = re.compile(rb"(?s)([!-~])([0-9A-Fa-f]{2})\x02(.)(.*)\x03([0-9A-Fa-f]{4})")
_COLOURED = re.compile(rb"\x1c(.)")


@dataclass(frozen=True, slots=True)
class AlphaPacket:
    """One packet. `address` 0 means every sign; `command` is one byte."""

    address: int
    command: bytes
    data: bytes
    kind: str = ANY_SIGN


@dataclass(frozen=True, slots=True)
class WriteText:
    """A: this text into a file, which the sign shows from then on. `text` may hold colours."""

    text: bytes
    mode: bytes = HOLD
    position: bytes = MIDDLE
    file: bytes = FILE_A

    def to_bytes(self) -> bytes:
        """The data of the packet."""
        return self.file + bytes((ESC,)) + self.position + self.mode + self.text


def checksum(data: bytes) -> int:
    """The sum of the bytes, 16 bits."""
    return sum(data) & 0xFFFF


def encode_packet(packet: AlphaPacket) -> bytes:
    """A packet as it goes on the wire."""
    body = bytes((STX,)) + packet.command + packet.data + bytes((ETX,))
    head = bytes(5) + bytes((START,)) + f"{packet.kind}{packet.address:02X}".encode("ascii")
    return head + body + f"{checksum(body):04X}".encode("ascii") + bytes((EOT,))


def coloured(text: bytes, colour: str) -> bytes:
    """A text in a colour. Red is left out: it is what every sign has."""
    return text if colour == "red" else bytes((COLOUR,)) + COLOURS[colour] + text


def read_coloured(text: bytes) -> tuple[bytes, str]:
    """A text without its colours, and the name of the first."""
    found = _COLOURED.search(text)
    names = {code: name for name, code in COLOURS.items()}
    return _COLOURED.sub(b"", text), names.get(found[1], "red") if found else "red"


def parse_write_text(packet: AlphaPacket) -> WriteText | None:
    """The text that a packet writes; None when it does something else."""
    data = packet.data
    if packet.command != WRITE_TEXT or len(data) < 4 or data[1] != ESC:
        return None
    return WriteText(data[4:], data[3:4], data[2:3], data[:1])


def _parse_packet(held: bytes) -> AlphaPacket | None:
    found = _PACKET.fullmatch(held)
    if not found:
        return None
    kind, address, command, data, told = found.groups()
    body = bytes((STX,)) + command + data + bytes((ETX,))
    if checksum(body) != int(told, 16):
        return None
    return AlphaPacket(int(address, 16), command, data, kind.decode("ascii"))


class PacketDecoder:
    """Finds packets in a byte stream; never raises, counts what it throws away."""

    def __init__(self) -> None:
        self._held: bytearray | None = None  # bytes since the last 01; None between packets
        self.garbage = 0  # bytes thrown away since the beginning, 00, 01 and 04 not counted

    def feed(self, data: bytes) -> list[AlphaPacket]:
        """Take bytes in any portion; the packets that are complete now."""
        packets: list[AlphaPacket] = []
        for byte in data:
            if byte == START:
                self.reset()
                self._held = bytearray()
            elif self._held is None:
                self.garbage += byte not in (0, EOT)
            elif byte == EOT:
                packet = _parse_packet(bytes(self._held))
                self.garbage += 0 if packet else len(self._held)
                packets += [packet] if packet else []
                self._held = None
            else:
                self._held.append(byte)
                if len(self._held) > MAX_PACKET:
                    self.reset()
        return packets

    def reset(self) -> None:
        """The line is silent: the packet that has begun will not be completed."""
        self.garbage += len(self._held or b"")
        self._held = None
