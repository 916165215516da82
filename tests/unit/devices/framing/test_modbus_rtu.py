"""Golden vectors of device-protocols.md E.2-E.4, byte for byte, and resynchronisation."""

import pytest

from devices.framing.modbus_rtu import (
    COIL_ON,
    ExceptionReply,
    OtherRequest,
    ReadDiscreteInputs,
    ReadDiscreteInputsReply,
    ReadHoldingRegisters,
    ReadHoldingRegistersReply,
    ReadInputRegisters,
    ReadInputRegistersReply,
    Reply,
    ReplyDecoder,
    Request,
    RequestDecoder,
    WriteCoil,
    WriteRegister,
    WriteRegisters,
    WriteRegistersReply,
    crc16,
    encode,
    function_of,
)

TEXT = bytes.fromhex("41 30 31 32 BA C5 20 33 BA C5 B4 B0")
TEXT_REGISTERS = (
    len(TEXT),
    0x0101,
    *(int.from_bytes(TEXT[i : i + 2], "big") for i in range(0, 12, 2)),
)

REQUESTS: list[tuple[Request, str]] = [
    (ReadDiscreteInputs(1, 0, 8), "01 02 00 00 00 08 79 CC"),
    (ReadInputRegisters(5, 0x10, 6), "05 04 00 10 00 06 70 49"),
    (WriteRegister(5, 0x20, 7), "05 06 00 20 00 07 C8 46"),
    (WriteRegister(9, 0x52, 1), "09 06 00 52 00 01 E8 93"),
    (
        WriteRegisters(21, 0x23, (0x1234, 30)),
        "15 10 00 23 00 02 04 12 34 00 1E 34 EC",
    ),
    (
        WriteRegisters(9, 0x30, TEXT_REGISTERS),
        "09 10 00 30 00 08 10 00 0C 01 01 41 30 31 32 BA C5 20 33 BA C5 B4 B0 74 8F",
    ),
    (WriteCoil(1, 0, COIL_ON), "01 05 00 00 FF 00 8C 3A"),
    (OtherRequest(1, 1, bytes.fromhex("00 00 00 08")), "01 01 00 00 00 08 3D CC"),
    (WriteRegister(1, 0, 12), "01 06 00 00 00 0C 89 CF"),
    (
        WriteRegisters(1, 0x70, (0x4130, 0x3132, 0x2020)),
        "01 10 00 70 00 03 06 41 30 31 32 20 20 1C 95",
    ),
    (WriteRegister(1, 0x88, 123), "01 06 00 88 00 7B 49 C3"),
]

BUTTON_3 = (False, False, True, False, False, False, False, False)
REPLIES: list[tuple[Reply, str]] = [
    (ReadDiscreteInputsReply(1, (False,) * 8), "01 02 01 00 A1 88"),
    (ReadDiscreteInputsReply(1, BUTTON_3), "01 02 01 04 A0 4B"),
    (
        ReadInputRegistersReply(5, (0x3A7C, 0, 0, 0, 0, 0)),
        "05 04 0C 3A 7C 00 00 00 00 00 00 00 00 00 00 5C 7D",
    ),
    (
        ReadInputRegistersReply(5, (0x3A7C, 1, 7, 0x0110, 0, 4)),
        "05 04 0C 3A 7C 00 01 00 07 01 10 00 00 00 04 E6 FC",
    ),
    (
        ReadInputRegistersReply(21, (0x9102, 1, 0x2A, 0x0205, 0, 2)),
        "15 04 0C 91 02 00 01 00 2A 02 05 00 00 00 02 7E 33",
    ),
    (WriteRegister(5, 0x20, 7), "05 06 00 20 00 07 C8 46"),
    (ExceptionReply(5, 4, 2), "05 84 02 83 00"),
]

OURS: list[Reply] = [
    WriteRegistersReply(21, 0x23, 2),
    ReadHoldingRegistersReply(247, (0, 0xFFFF)),
]


def test_crc_check_value() -> None:
    assert crc16(b"123456789") == 0x4B37


@pytest.mark.parametrize(("frame", "wire"), REQUESTS)
def test_request_vector(frame: Request, wire: str) -> None:
    data = bytes.fromhex(wire)
    assert encode(frame) == data
    decoder = RequestDecoder()
    assert decoder.feed(data) == [frame]
    assert decoder.garbage == 0


@pytest.mark.parametrize(("frame", "wire"), REPLIES)
def test_reply_vector(frame: Reply, wire: str) -> None:
    data = bytes.fromhex(wire)
    assert encode(frame) == data
    decoder = ReplyDecoder()
    assert decoder.feed(data) == [frame]
    assert decoder.garbage == 0


@pytest.mark.parametrize("frame", OURS)
def test_reply_round_trip(frame: Reply) -> None:
    assert ReplyDecoder().feed(encode(frame)) == [frame]


def test_frames_arrive_one_byte_at_a_time() -> None:
    decoder = ReplyDecoder()
    wire = b"".join(bytes.fromhex(text) for _, text in REPLIES)
    found = [frame for byte in wire for frame in decoder.feed(bytes((byte,)))]
    assert found == [frame for frame, _ in REPLIES]


def test_every_request_echo_but_a_single_write_is_no_reply() -> None:
    for frame, wire in REQUESTS:
        decoder = ReplyDecoder()
        found = decoder.feed(bytes.fromhex(wire)) + decoder.reset()
        assert found == ([frame] if isinstance(frame, WriteCoil | WriteRegister) else [])


def test_long_beginning_in_noise_is_given_up_on_silence() -> None:
    decoder = ReplyDecoder()
    wire = bytes.fromhex("05 84 02 83 00")
    assert decoder.feed(b"\x01\x04\xf0" + wire) == []
    assert decoder.reset() == [ExceptionReply(5, 4, 2)]
    assert decoder.garbage == 3


def test_field_that_does_not_fit_is_a_value_error() -> None:
    for frame in (
        WriteRegister(5, 0x20, 0x10000),
        WriteRegisters(5, 0x20, ()),
        WriteRegisters(5, 0x20, (0,) * 124),
        ReadInputRegisters(300, 0, 1),
    ):
        with pytest.raises(ValueError, match=r"fit|range"):
            encode(frame)


def test_function_of_a_refusal_is_the_refused_one() -> None:
    assert function_of(ExceptionReply(5, 4, 2)) == function_of(ReadInputRegisters(5, 0, 1)) == 4
    assert function_of(ReadHoldingRegisters(5, 0, 1)) == 3
