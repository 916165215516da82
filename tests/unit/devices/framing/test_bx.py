"""Golden vectors of device-protocols.md D.1, byte for byte, and resynchronisation."""

import pytest

from devices.framing.bx import (
    BROADCAST_WITH_REPLY,
    HOST,
    BxFrame,
    FrameDecoder,
    crc16_arc,
    encode_frame,
    escape,
    unescape,
)
from devices.framing.bx_commands import (
    Ack,
    Command,
    DynamicArea,
    Nack,
    OtherData,
    Ping,
    ShowAreas,
    mark_up,
    parse_answer,
    parse_command,
    read_mark_up,
)

A5 = "a5a5a5a5a5a5a5a5"
HEADER = "0080 000000 00 00 00 fe 02"


def gb(text: str) -> bytes:
    return text.encode("gb2312")


WELCOME = DynamicArea(gb("欢迎光临"), 128, 32, timeout_s=10, auto_wrap=False)
CALL = DynamicArea(mark_up(gb("A012 请到3号窗口")), 128, 32)
BRACKETS = DynamicArea(b"ZZ[[", 128, 32)

COMMANDS: list[tuple[int, Command, str]] = [
    (
        BROADCAST_WITH_REPLY,
        ShowAreas((WELCOME,)),
        f"{A5} feff {HEADER} 2c00 a306010000 00 01 2300 00 0080 0000 8080 2000 00 00 00 0a00 "
        "00 00 00 02 01 01 00 02 0a 08000000 bbb6d3adb9e2c1d9 3c49 5a",
    ),
    (1, Ping(), f"{A5} 0100 {HEADER} 0500 a200010000 68f8 5a"),
    (
        1,
        ShowAreas((CALL,)),
        f"{A5} 0100 {HEADER} 4300 a306010000 00 01 3a00 00 0080 0000 8080 2000 00 00 00 0000 "
        "00 00 00 02 02 01 00 02 0a 1f000000 5c464f3030305c4645303030 5c4331 4130313220 "
        "c7ebb5bd33bac5b4b0bfda 3abc 5a",
    ),
    (
        1,
        ShowAreas((BRACKETS,)),
        f"{A5} 0100 {HEADER} 2800 a306010000 00 01 1f00 00 0080 0000 8080 2000 00 00 00 0000 "
        "00 00 00 02 02 01 00 02 0a 04000000 5b025b025b015b01 2296 5a",
    ),
]


def test_crc_check_value() -> None:
    assert crc16_arc(b"123456789") == 0xBB3D


@pytest.mark.parametrize(("dst", "command", "wire"), COMMANDS)
def test_command_vector(dst: int, command: Command, wire: str) -> None:
    data = bytes.fromhex(wire)
    frame = BxFrame(dst, HOST, command.to_bytes())
    assert encode_frame(frame) == data
    decoder = FrameDecoder()
    assert decoder.feed(data) == [frame]
    assert parse_command(frame.data) == command
    assert decoder.garbage == 0


@pytest.mark.parametrize(
    ("src", "wire"),
    [
        (BROADCAST_WITH_REPLY, f"a5 {A5} 0080 feff 000000 00 00 00 fe 02 0500 a000000000 14ac 5a"),
        (1, f"{A5} 0080 0100 000000 00 00 00 fe 02 0500 a000000000 64dc 5a"),
    ],
)
def test_acknowledgement_vector(src: int, wire: str) -> None:
    (frame,) = FrameDecoder().feed(bytes.fromhex(wire))
    assert (frame.dst, frame.src) == (HOST, src)
    assert parse_answer(frame.data) == Ack()
    assert encode_frame(frame) == bytes.fromhex(wire)[-30:]


def test_call_takes_92_bytes() -> None:
    assert len(encode_frame(BxFrame(1, HOST, ShowAreas((CALL,)).to_bytes()))) == 92


@pytest.mark.parametrize(
    "command",
    [
        ShowAreas((WELCOME, CALL), delete=(3, 4)),
        ShowAreas((), delete_all=True),
        OtherData(b"\xa1\x02\x01\x00\x00"),
        OtherData(b""),
    ],
)
def test_command_round_trip(command: Command) -> None:
    assert parse_command(command.to_bytes()) == command


@pytest.mark.parametrize("answer", [Ack(), Nack(12), OtherData(b"\xa1\x02\x00\x00\x00")])
def test_answer_round_trip(answer: Ack | Nack | OtherData) -> None:
    assert parse_answer(answer.to_bytes()) == answer


def test_escapes_leave_no_start_or_end_inside() -> None:
    every = bytes(range(256))
    assert not {0xA5, 0x5A} & set(escape(every))
    assert unescape(escape(every)) == every


@pytest.mark.parametrize("broken", [b"\xa6", b"\xa6\x03", b"\x5b\x00", b"\xa5", b"\x5a"])
def test_broken_escape_is_found(broken: bytes) -> None:
    assert unescape(broken) is None


def test_frame_behind_a_broken_one_is_found() -> None:
    wire = bytes.fromhex(COMMANDS[1][2])
    decoder = FrameDecoder()
    assert decoder.feed(wire[:-6] + wire) == [BxFrame(1, HOST, Ping().to_bytes())]
    assert decoder.garbage == len(wire) - 6 - 8


def test_damaged_frame_is_garbage() -> None:
    wire = bytearray.fromhex(COMMANDS[1][2])
    wire[10] ^= 1
    decoder = FrameDecoder()
    assert decoder.feed(bytes(wire)) == []
    assert decoder.garbage == len(wire) - 9


def test_truncated_area_is_other_data() -> None:
    whole = ShowAreas((CALL,)).to_bytes()
    for size in range(len(whole)):
        assert isinstance(parse_command(whole[:size]), OtherData)


def test_marks_are_read_back() -> None:
    marked = mark_up(gb("A012\\请"), "green")
    assert marked == b"\\FO000\\FE000\\C2" + gb("A012请")
    assert read_mark_up(marked) == (gb("A012请"), "green")
    assert read_mark_up(b"plain") == (b"plain", None)
