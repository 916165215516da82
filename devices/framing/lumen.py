"""Lumen C-Power cards: packets of the LED strips (device-protocols.md D.2).

    A5 | escaped( 68 | 32 | card 1 | command 1 | flag 1 | data N | sum 2 ) | AE     from the host
    A5 | escaped( E8 | 32 | card 1 | command 1 | code 1 | data N | sum 2 ) | AE     from the card

The sum is that of all bytes from 68 to the last data byte, 16 bits, low byte first. Escapes
A5 -> AA 05, AA -> AA 0A, AE -> AA 0E come after the sum, so a packet is found again at the next
A5 whatever came before. `flag` bit 0 asks for an answer. Old cards answer with 68 in place of E8:
then only the question's own bytes tell an echo from an answer, and the driver must take it out.
GB2312 has A5, AA and AE in most texts.
"""

from __future__ import annotations

from dataclasses import dataclass

START, END, ESCAPE = 0xA5, 0xAE, 0xAA
FROM_HOST, FROM_CARD = 0x68, 0xE8
CARD_TYPE = 0x32
EVERYONE = 0xFF  # every card obeys, none answers
ANSWER_WANTED = 0x01

MAX_PACKET = 2048  # escaped bytes between A5 and AE

_HEAD = 5  # type, card type, card, command, flag
_ESCAPES = {START: b"\xaa\x05", ESCAPE: b"\xaa\x0a", END: b"\xaa\x0e"}
_ESCAPED = {code[1]: byte for byte, code in _ESCAPES.items()}


@dataclass(frozen=True, slots=True)
class LumenPacket:
    """One packet. `flag`: whether an answer is wanted (host), or the return code (card)."""

    card: int
    command: int
    flag: int
    data: bytes
    from_card: bool = False


def encode_packet(packet: LumenPacket) -> bytes:
    """A packet as it goes on the wire."""
    kind = FROM_CARD if packet.from_card else FROM_HOST
    body = bytes((kind, CARD_TYPE, packet.card, packet.command, packet.flag)) + packet.data
    body += checksum(body).to_bytes(2, "little")
    return bytes((START,)) + escape(body) + bytes((END,))


def checksum(data: bytes) -> int:
    """The sum of the bytes, 16 bits."""
    return sum(data) & 0xFFFF


def escape(data: bytes) -> bytes:
    """Bytes without A5 and AE."""
    return b"".join(_ESCAPES.get(byte, bytes((byte,))) for byte in data)


def unescape(data: bytes) -> bytes | None:
    """The bytes before escaping; None when an escape is broken."""
    plain = bytearray()
    escaped = False
    for byte in data:
        if escaped:
            original = _ESCAPED.get(byte)
            if original is None:
                return None
            plain.append(original)
            escaped = False
        elif byte == ESCAPE:
            escaped = True
        else:
            plain.append(byte)
    return None if escaped else bytes(plain)


def _parse_packet(body: bytes | None) -> LumenPacket | None:
    if body is None or len(body) < _HEAD + 2:
        return None
    if checksum(body[:-2]) != int.from_bytes(body[-2:], "little"):
        return None
    kind, card_type, card, command, flag = body[:_HEAD]
    if kind not in (FROM_HOST, FROM_CARD) or card_type != CARD_TYPE:
        return None
    return LumenPacket(card, command, flag, body[_HEAD:-2], kind == FROM_CARD)


class PacketDecoder:
    """Finds packets in a byte stream; never raises, counts what it throws away."""

    def __init__(self) -> None:
        self._held: bytearray | None = None  # bytes since the last A5; None between packets
        self.garbage = 0  # bytes thrown away since the beginning, A5 and AE not counted

    def feed(self, data: bytes) -> list[LumenPacket]:
        """Take bytes in any portion; the packets that are complete now."""
        packets: list[LumenPacket] = []
        for byte in data:
            if byte == START:
                self.reset()
                self._held = bytearray()
            elif self._held is None:
                self.garbage += byte != END
            elif byte == END:
                packet = _parse_packet(unescape(bytes(self._held)))
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
