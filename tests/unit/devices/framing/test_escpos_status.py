"""Every kind of reply, alone, in one stream, and broken off (device-protocols.md A.4-A.6)."""

import pytest

from devices.framing.escpos_status import (
    AutoStatus,
    GsrByte,
    Info,
    ProcessId,
    RealTimeStatus,
    Reply,
    ReplyDecoder,
    Response,
    XonXoff,
)

KINDS: list[tuple[str, Reply]] = [
    ("11", XonXoff(True)),
    ("13", XonXoff(False)),
    ("16", RealTimeStatus(0x16)),
    ("7E", RealTimeStatus(0x7E)),
    ("10 00 00 00", AutoStatus((0x10, 0, 0, 0))),
    ("3C 08 0F 0F", AutoStatus((0x3C, 8, 15, 15))),
    ("37 22 30 30 31 32 00", ProcessId("0012")),
    ("37 25 00", Response(0x25, b"")),
    ("37 23 41 00", Response(0x23, b"A")),
    ("37 23 00", Response(0x23, b"")),
    ("37 23 40 41 42 43 44 45 46 47 48 7F 00", Response(0x23, b"@ABCDEFGH\x7f")),
    ("37 36 31 35 30 1F 31 35 30 1F 31 1F 31 00", Response(0x36, b"150\x1f150\x1f1\x1f1")),
    ("37 36 31 32 1F 31 32 1F 31 1F 30 00", Response(0x36, b"12\x1f12\x1f1\x1f0")),
    ("5F 43 48 49 4E 41 20 47 42 31 38 30 33 30 00", Info("CHINA GB18030")),
    ("00", GsrByte(0)),
    ("0F", GsrByte(0x0F)),
]


@pytest.mark.parametrize(("wire", "reply"), KINDS)
def test_kind(wire: str, reply: Reply) -> None:
    decoder = ReplyDecoder()
    assert decoder.feed(bytes.fromhex(wire)) == [reply]
    assert decoder.garbage == 0


def test_all_kinds_in_one_stream_byte_by_byte() -> None:
    decoder = ReplyDecoder()
    wire = b"".join(bytes.fromhex(text) for text, _ in KINDS)
    found = [reply for byte in wire for reply in decoder.feed(bytes((byte,)))]
    assert found == [reply for _, reply in KINDS]


def test_real_time_answers_come_in_the_order_of_asking() -> None:
    decoder = ReplyDecoder()
    for n in (1, 2, 4):
        decoder.asked(n)
    replies = decoder.feed(bytes.fromhex("11 1A 16 7E 12"))
    assert replies[1:] == [
        RealTimeStatus(0x1A, 1),
        RealTimeStatus(0x16, 2),
        RealTimeStatus(0x7E, 4),
        RealTimeStatus(0x12, None),
    ]


def test_answers_that_will_not_come_are_forgotten() -> None:
    decoder = ReplyDecoder()
    decoder.asked(1)
    decoder.forget_asked()
    decoder.asked(4)
    assert decoder.feed(b"\x12") == [RealTimeStatus(0x12, 4)]


def test_flow_control_may_stand_inside_a_reply() -> None:
    decoder = ReplyDecoder()
    replies = decoder.feed(bytes.fromhex("10 13 00 00 11 00 37 22 13 30 30 31 32 00"))
    assert [reply for reply in replies if not isinstance(reply, XonXoff)] == [
        AutoStatus((0x10, 0, 0, 0)),
        ProcessId("0012"),
    ]


def test_process_id_broken_off_is_garbage_and_the_next_is_found() -> None:
    decoder = ReplyDecoder()
    decoder.feed(bytes.fromhex("37 22 30 30"))
    decoder.reset()
    assert decoder.feed(bytes.fromhex("37 22 30 30 31 33 00")) == [ProcessId("0013")]
    assert decoder.garbage >= 1


def test_meaning_of_real_time_bits() -> None:
    assert RealTimeStatus(0x1A, 1).off_line
    assert not RealTimeStatus(0x16, 1).off_line
    assert RealTimeStatus(0x16, 2).cover_open
    assert RealTimeStatus(0x32, 2).paper_out
    assert RealTimeStatus(0x52, 2).error
    assert RealTimeStatus(0x1A, 3).cutter_error
    assert RealTimeStatus(0x1E, 4).paper_low
    assert not RealTimeStatus(0x1E, 4).paper_out
    assert RealTimeStatus(0x72, 4).paper_out
    assert RealTimeStatus(0x7E, 4).paper_out
    for n in (1, 2, 3, 4):
        well = RealTimeStatus(0x12, n)
        assert not (well.off_line or well.cover_open or well.error or well.cutter_error)
        assert not (well.paper_low or well.paper_out)
    assert not RealTimeStatus(0x7E).paper_out  # nobody knows what was asked


def test_meaning_of_automatic_bits() -> None:
    assert AutoStatus((0x18, 0, 0, 0)).off_line
    assert AutoStatus((0x30, 0, 0, 0)).cover_open
    assert AutoStatus((0x10, 0x08, 0, 0)).cutter_error
    assert AutoStatus((0x10, 0x20, 0, 0)).error
    assert AutoStatus((0x10, 0, 0x03, 0)).paper_low
    assert AutoStatus((0x10, 0, 0x0C, 0)).paper_out
    well = AutoStatus((0x14, 0, 0, 0))
    assert not (well.off_line or well.cover_open or well.error or well.cutter_error)
    assert not (well.paper_low or well.paper_out)


def test_meaning_of_gs_r_bits() -> None:
    assert GsrByte(0x03).paper_low
    assert GsrByte(0x0C).paper_out
    assert not (GsrByte(0).paper_low or GsrByte(0).paper_out)
