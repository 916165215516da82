"""Lumen packets: the vectors of device-protocols.md D.2, round trips, broken packets."""

import pytest

from devices.framing.lumen import LumenPacket, PacketDecoder, encode_packet, escape, unescape
from devices.framing.lumen_commands import (
    ASK_POWER,
    EXTERNAL,
    POWER,
    OtherCall,
    PlainText,
    SplitScreen,
    Version,
    Window,
    parse_call,
    parse_version,
    set_power,
)

OFF = bytes.fromhex("a5 68 32 01 76 01 00 00 00 00 00 00 00 00 00 12 01 ae")
ON = bytes.fromhex("a5 68 32 01 76 01 00 01 00 00 00 00 00 00 00 13 01 ae")
IS_IT_ON = bytes.fromhex("a5 68 32 01 76 01 01 13 01 ae")
PUBLISHED = bytes.fromhex(
    "a5 68 32 01 7b 01 13 00 00 00 12 00 00 01 00 00 03 02 ff 00 0061 62 63 0d 63 62 61 00 9a 04 ae"
)
OURS = bytes.fromhex(
    "a5 68 32 03 7b 01 1c 00 00 00 12 00 00 05 01 00 00 02 ff 00 00"
    "41 30 31 32 20 c7 eb b5 bd 33 ba c5 b4 b0 bf da 00 15 0b ae"
)
CALLS = [
    SplitScreen((Window(0, 0, 128, 16),)),
    SplitScreen(tuple(Window(16 * no, 0, 16, 32) for no in range(8))),
    PlainText("A012 请到3号窗口".encode("gb2312")),
    PlainText(b"", 7, 0x0E, 0, 100, 65535, 0x73, (1, 2, 3)),
    OtherCall(0x07, bytes(3)),
]


@pytest.mark.parametrize(
    ("wire", "command", "data"),
    [
        (OFF, POWER, set_power(False)),
        (ON, POWER, set_power(True)),
        (IS_IT_ON, POWER, ASK_POWER),
    ],
)
def test_power_packets_are_the_documents(wire: bytes, command: int, data: bytes) -> None:
    packet = LumenPacket(1, command, 1, data)
    assert encode_packet(packet) == wire
    assert PacketDecoder().feed(wire) == [packet]


def test_published_text_is_reproduced() -> None:
    text = PlainText(b"abc\rcba", align=1, speed=0, stay_s=3)
    assert encode_packet(LumenPacket(1, EXTERNAL, 1, text.to_bytes())) == PUBLISHED
    [packet] = PacketDecoder().feed(PUBLISHED)
    assert parse_call(packet.data) == text


def test_our_call_is_the_vector() -> None:
    text = PlainText("A012 请到3号窗口".encode("gb2312"))
    assert encode_packet(LumenPacket(3, EXTERNAL, 1, text.to_bytes())) == OURS
    assert len(OURS) == 41


def test_bytes_that_mean_start_end_and_escape_are_escaped() -> None:
    assert escape(b"\xa5\xaa\xae\x05") == b"\xaa\x05\xaa\x0a\xaa\x0e\x05"
    assert unescape(b"\xaa\x05\xaa\x0a\xaa\x0e\x05") == b"\xa5\xaa\xae\x05"
    assert unescape(b"\xaa\x07") is None
    assert unescape(b"\x01\xaa") is None


@pytest.mark.parametrize("call", CALLS)
def test_calls_come_back(call: SplitScreen | PlainText | OtherCall) -> None:
    packet = LumenPacket(2, EXTERNAL, 1, call.to_bytes())
    [found] = PacketDecoder().feed(encode_packet(packet))
    assert found == packet
    assert parse_call(found.data) == call


def test_version_comes_back() -> None:
    version = Version(0x0B, (3, 4))
    assert parse_version(version.to_bytes()) == version
    assert parse_version(b"\x00\x0b") is None


def test_a_packet_from_a_card_says_so() -> None:
    packet = LumenPacket(1, EXTERNAL, 0, b"\x01\x00\x00\x00\x12", from_card=True)
    wire = encode_packet(packet)
    assert wire[1] == 0xE8
    assert PacketDecoder().feed(wire) == [packet]


@pytest.mark.parametrize("place", [1, 2, 9, 30, 38])
def test_a_damaged_packet_is_thrown_away_and_the_next_one_found(place: int) -> None:
    damaged = bytearray(OURS)
    damaged[place] ^= 1
    decoder = PacketDecoder()
    assert decoder.feed(bytes(damaged)) == []
    assert decoder.garbage > 0
    assert len(decoder.feed(OURS)) == 1


def test_a_packet_without_end_is_not_kept() -> None:
    decoder = PacketDecoder()
    assert decoder.feed(b"\xa5" + b"x" * 10_000) == []
    assert decoder.garbage > 9_000
    assert len(decoder.feed(OFF)) == 1


def test_data_of_several_packets_or_with_a_wrong_length_is_no_call() -> None:
    whole = PlainText(b"A001").to_bytes()
    assert parse_call(whole[:-1]) is None
    assert parse_call(whole[:2] + b"\x00\x01" + whole[4:]) is None
    assert parse_call(b"\x05\x00") is None
    assert parse_call(OtherCall(1, b"\x09").to_bytes()) is None
