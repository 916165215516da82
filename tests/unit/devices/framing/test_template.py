"""Frames described as data: the small frames of device-protocols.md D.3, D.4 and others."""

import pytest

from devices.framing.template import MAX_TEXT, FrameDecoder, encode_frame
from devices.framing.template_checks import CHECKS
from devices.framing.template_parts import Fields, FrameSpec, parse_part


def spec(*parts: str, **rules: object) -> FrameSpec:
    return FrameSpec(tuple(parse_part(part) for part in parts), **rules)  # type: ignore[arg-type]


KANBAN = spec("address:1", "value:2be", "sum8")
PARKING = spec(
    "3A", "colour", "value:2le", "01", "sum8", "0A",
    choices={"colour": {"green": b"\x00", "red": b"\x01"}},
)  # fmt: skip
NUMBER_485 = spec("address:1", "06", "00 00", "value:2be", "crc16-modbus")
TEXT_485 = spec(
    "address:1", "10 00 70 00 03", "length:1", "text", "crc16-modbus",
    length_counts="text", text_size=6,
)  # fmt: skip
ASCII_LINE = spec("24", "address:3dec", "2C", "text", "23")
ALPHA = spec(
    "00 00 00 00 00 01 5A", "address:2hex", "02 41 41 1B 20 62", "text", "03", "sum16:hex", "04",
    check_skip=9,
)  # fmt: skip
KEYPAD = spec(
    "55 AA", "length:1", "length:1", "68", "address:1", "key:1", "data", "sum8", "16",
    length_add=-1, check_skip=5,
)  # fmt: skip

VECTORS = [
    pytest.param(KANBAN, Fields(address=5, value=999), "05 03 E7 EF", id="kanban"),
    pytest.param(
        PARKING, Fields(colour="green", value=888), "3A 00 78 03 01 B6 0A", id="parking-sign"
    ),
    pytest.param(
        NUMBER_485, Fields(address=1, value=12), "01 06 00 00 00 0C 89 CF", id="led485-number"
    ),
    pytest.param(
        TEXT_485,
        Fields(address=1, text=b"A012"),
        "01 10 00 70 00 03 06 41 30 31 32 20 20 1C 95",
        id="led485-text",
    ),
    pytest.param(
        ASCII_LINE, Fields(address=1, text=b"TEXT"), "24 30 30 31 2C 54 45 58 54 23", id="armfly"
    ),
    pytest.param(
        ALPHA,
        Fields(text=b"A012"),
        "00 00 00 00 00 01 5a 30 30 02 41 41 1b 20 62 41 30 31 32 03 30 31 46 38 04",
        id="alpha",
    ),
    # domain.md 5.1: 2 head bytes, length twice, 68, address, function, data, checksum, 16.
    pytest.param(
        KEYPAD, Fields(address=3, key=0x0C), "55 AA 02 02 68 03 0C 0F 16", id="keypad-call"
    ),
    pytest.param(
        KEYPAD,
        Fields(address=3, key=0x0F, data=b"\x06"),
        "55 AA 03 03 68 03 0F 06 18 16",
        id="keypad-abandon",
    ),
]


@pytest.mark.parametrize(("frame", "fields", "wire"), VECTORS)
def test_small_frames_are_told_in_data_alone(frame: FrameSpec, fields: Fields, wire: str) -> None:
    data = bytes.fromhex(wire)
    assert encode_frame(frame, fields) == data
    assert FrameDecoder(frame).feed(data) == [fields]


@pytest.mark.parametrize(("frame", "fields", "wire"), VECTORS)
def test_frames_arrive_in_single_bytes_with_noise_before(
    frame: FrameSpec, fields: Fields, wire: str
) -> None:
    decoder = FrameDecoder(frame)
    decoder.feed(b"\xf1\xf2\xf3")
    decoder.reset()
    found = [one for byte in bytes.fromhex(wire) for one in decoder.feed(bytes((byte,)))]
    assert found == [fields]
    assert decoder.garbage == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sum8", 0xDD), ("neg8", 0x23), ("xor", 0x31), ("crc8", 0xF4), ("sum16", 0x01DD),
        ("crc16-modbus", 0x4B37), ("crc16-arc", 0xBB3D), ("crc16-ccitt", 0x29B1),
        ("crc16-xmodem", 0x31C3),
    ],
)  # fmt: skip
def test_checks_give_their_published_values(name: str, value: int) -> None:
    assert CHECKS[name][1](b"123456789") == value


@pytest.mark.parametrize(
    ("part", "fields", "wire"),
    [
        ("address:2le", Fields(address=0x0102), "0201"),
        ("address:2be", Fields(address=0x0102), "0102"),
        ("address:2bcd", Fields(address=1234), "1234"),
        ("address:3dec", Fields(address=12), "303132"),
        ("address:2hex", Fields(address=0xAB), "4142"),
    ],
)
def test_numbers_have_forms(part: str, fields: Fields, wire: str) -> None:
    frame = spec(part, "xor:hex", "0D")
    assert encode_frame(frame, fields).hex().startswith(wire)
    assert FrameDecoder(frame).feed(encode_frame(frame, fields)) == [fields]


@pytest.mark.parametrize(
    ("counts", "add", "length"), [("text", 0, 4), ("body", 0, 6), ("frame", 0, 12), ("body", 2, 8)]
)
def test_a_length_counts_what_it_is_told_to(counts: str, add: int, length: int) -> None:
    frame = spec(
        "FA", "length:2be", "address:1", "01", "text", "sum16:be", "FB",
        length_counts=counts, length_add=add,
    )  # fmt: skip
    wire = encode_frame(frame, Fields(address=7, text=b"A012"))
    assert int.from_bytes(wire[1:3], "big") == length
    assert FrameDecoder(frame).feed(wire) == [Fields(address=7, text=b"A012")]


@pytest.mark.parametrize(
    ("frame", "fields"),
    [
        (KANBAN, Fields(address=256)),
        (KANBAN, Fields(value=-1)),
        (spec("address:2dec"), Fields(address=100)),
        (spec("address:1bcd"), Fields(address=100)),
        (PARKING, Fields(colour="yellow")),
        (TEXT_485, Fields(text=b"A012345")),
        (ASCII_LINE, Fields(text=b"x" * (MAX_TEXT + 1))),
    ],
)
def test_what_does_not_fit_its_part_is_an_error(frame: FrameSpec, fields: Fields) -> None:
    with pytest.raises(ValueError, match=r"fit|longer|has no"):
        encode_frame(frame, fields)


@pytest.mark.parametrize("part", ["", "FA5", "length", "length:0", "address:2xx", "sum9", "Text"])
def test_a_part_that_is_none_is_an_error(part: str) -> None:
    with pytest.raises(ValueError, match="no part of a frame"):
        parse_part(part)


def test_two_lengths_must_agree() -> None:
    assert FrameDecoder(KEYPAD).feed(bytes.fromhex("55 AA 02 03 68 03 0C 0F 16")) == []


def test_a_frame_without_end_is_not_kept() -> None:
    decoder = FrameDecoder(ASCII_LINE)
    assert decoder.feed(b"$001," + b"x" * 5000) == []
    assert decoder.garbage > 4000
    decoder.reset()
    assert decoder.feed(b"$001,A012#") == [Fields(address=1, text=b"A012")]
