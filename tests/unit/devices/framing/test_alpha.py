"""Alpha packets: the vector of device-protocols.md D.5, round trips, broken packets."""

import pytest

from devices.framing.alpha import (
    AlphaPacket,
    PacketDecoder,
    WriteText,
    coloured,
    encode_packet,
    parse_write_text,
    read_coloured,
)

A012 = bytes.fromhex("00 00 00 00 00 01 5a 30 30 02 41 41 1b 20 62 41 30 31 32 03 30 31 46 38 04")


def test_text_is_the_vector() -> None:
    packet = AlphaPacket(0, b"A", WriteText(b"A012").to_bytes())
    assert encode_packet(packet) == A012
    assert PacketDecoder().feed(A012) == [packet]
    assert parse_write_text(packet) == WriteText(b"A012")


@pytest.mark.parametrize("colour", ["red", "green", "yellow"])
def test_colours_come_back(colour: str) -> None:
    assert read_coloured(coloured(b"A012", colour)) == (b"A012", colour)


def test_another_command_writes_no_text() -> None:
    assert parse_write_text(AlphaPacket(0, b"E", b" 0930")) is None
    assert parse_write_text(AlphaPacket(0, b"A", b"A")) is None


@pytest.mark.parametrize("place", [6, 8, 10, 15, 22])
def test_a_damaged_packet_is_thrown_away_and_the_next_one_found(place: int) -> None:
    damaged = bytearray(A012)
    damaged[place] ^= 0x40
    decoder = PacketDecoder()
    assert decoder.feed(bytes(damaged)) == []
    assert len(decoder.feed(A012)) == 1


def test_a_packet_without_end_is_not_kept() -> None:
    decoder = PacketDecoder()
    assert decoder.feed(b"\x01" + b"x" * 10_000) == []
    assert decoder.garbage == 10_000
    assert len(decoder.feed(A012)) == 1
