"""The printer's input parser against the reference ticket of device-protocols.md A.8."""

import pytest

from devices.framing.escpos_commands import (
    Align,
    AutoStatus,
    ClearBuffers,
    CommandParser,
    Cut,
    Feed,
    HanziMode,
    Initialise,
    LineFeed,
    OffLineResponse,
    Operation,
    ProcessIdRequest,
    QrLevel,
    QrModel,
    QrPrint,
    QrSize,
    QrStore,
    RasterImage,
    RealTimeStatusRequest,
    SetStyle,
    Setting,
    Style,
    Text,
    TicketText,
    TransmitStatus,
    Undecodable,
    read_tickets,
)

REFERENCE = bytes.fromhex(
    "1b40 1c26 1b6101 c4b3c4b3d5f2d5fecef1b7fecef1d6d0d0c40a 1d2133 413031320a 1d2100"
    "1b2108 d7dbbacfb4b0bfdaa3a8c9e7b1a3a1a4d2bdb1a3a3a90a 1b2100"
    "c4fac7b0c3e6bbb9d3d0203720c8cbb5c8baf20a"
    "c7ebd4dab6fec2a5b4f3ccfcb5c8baf2a3acb9fdbac5d7f7b7cf0a"
    "323032362d31312d32322030393a31350a"
    "1d286b040031413200 1d286b0300314306 1d286b0300314531"
    "1d286b2200315030 68747470733a2f2f712e6578616d706c652e676f762e636e2f742f41303132"
    "1d286b0300315130 0a 1d564200"
)


def feed(data: bytes, size: int = 10_000) -> list[Operation]:
    parser = CommandParser()
    pieces = (data[i : i + size] for i in range(0, len(data), size))
    return [operation for piece in pieces for operation in parser.feed(piece)]


def test_reference_ticket_reads_as_printed() -> None:
    assert len(REFERENCE) == 207
    [ticket] = read_tickets(REFERENCE)
    assert ticket.text.split("\n") == [
        "某某镇政务服务中心",
        "A012",
        "综合窗口（社保·医保）",
        "您前面还有 7 人等候",
        "请在二楼大厅等候，过号作废",
        "2026-11-22 09:15",
    ]
    assert ticket.qr == ("https://q.example.gov.cn/t/A012",)
    assert ticket.raw == REFERENCE
    assert ticket.ignored == ()
    number, service = ticket.lines[1], ticket.lines[2]
    assert (number.width, number.height, number.align) == (4, 4, "centre")
    assert (service.bold, service.width) == (True, 1)


def test_minimal_ticket_reads_as_printed() -> None:
    minimal = bytes.fromhex(
        "1b401c261b6101c4b3c4b3d5f2b1e3c3f1d6d0d0c40a1d2133413031320a1d2100c7b0c3e6bbb9d3d037c8cb0a"
        "1d564200"
    )
    assert len(minimal) == 49
    [ticket] = read_tickets(minimal)
    assert ticket.text.split("\n") == ["某某镇便民中心", "A012", "前面还有7人"]
    assert ticket.lines[1].height == 4


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_operations_do_not_depend_on_how_bytes_are_split(size: int) -> None:
    assert feed(REFERENCE, size) == feed(REFERENCE)


@pytest.mark.parametrize(
    ("data", "operations"),
    [
        ("1b40", [Initialise()]),
        ("1c26 b4b0 0a", [HanziMode(True), Text("窗"), LineFeed()]),
        ("b4b0 0a", [Undecodable("b4b0"), LineFeed()]),
        ("1c26 81308436 0a", [HanziMode(True), Undecodable("81308436"), LineFeed()]),
        ("1b6101", [Align("centre")]),
        ("1d2133", [SetStyle(Style(4, 4))]),
        ("1b2138", [SetStyle(Style(2, 2, bold=True))]),
        ("1c210c", [SetStyle(Style(2, 2))]),
        ("1d286b040031413200", [QrModel(2)]),
        ("1d286b0300314306", [QrSize(6)]),
        ("1d286b0300314531", [QrLevel("M")]),
        ("1d286b0500315030 4130", [QrStore(b"A0")]),
        ("1d286b0300315130", [QrPrint()]),
        ("1d286b0300315230", [Setting("GS ( k", b"1R0")]),
        ("1d284c02003032", [Setting("GS ( L", b"02")]),
        ("1d284c0b00 303070 01 01 31 0100 0100 80", [Setting("GS ( L", b"00p\1\x011\1\0\1\0\x80")]),
        ("1d28480300313001", [OffLineResponse(1)]),
        ("1d28480300313002", [OffLineResponse(2)]),
        ("1c26 41303132bac50a", [HanziMode(True), Text("A012号"), LineFeed()]),
        ("1b64061d5601", [Feed(lines=6), Cut(True)]),
        ("1b70003232", [Setting("ESC p", b"\x0022")]),
        ("1d5600", [Cut(False)]),
        ("1d5601", [Cut(True)]),
        ("1d564103", [Cut(False, 3)]),
        ("1d564200", [Cut(True, 0)]),
        ("1b69", [Cut(False)]),
        ("1d2848060030303030 3132", [ProcessIdRequest("0012")]),
        ("1d7201", [TransmitStatus(1)]),
        ("1d610e", [AutoStatus(14)]),
        ("100404", [RealTimeStatusRequest(4)]),
        ("1d76300001000200 aa55", [RasterImage(1, 2, b"\xaa\x55")]),
        ("1b7a", [Undecodable("1b7a")]),
        ("0102", [Undecodable("0102")]),
    ],
)
def test_each_command(data: str, operations: list[Operation]) -> None:
    raw = bytes.fromhex(data)
    assert feed(raw) == operations
    assert feed(raw, 1) == operations or isinstance(operations[0], Undecodable)


def test_real_time_request_inside_a_qr_code_is_executed_and_stays_data() -> None:
    parser = CommandParser()
    store = bytes.fromhex("1d286b0800315030 41 100404 42")
    assert parser.feed(store[:-1]) == [RealTimeStatusRequest(4)]
    assert parser.feed(store[-1:]) == [QrStore(b"A\x10\x04\x04B")]


def test_real_time_request_between_texts_does_not_touch_the_ticket() -> None:
    [ticket] = read_tickets(b"A01\x10\x04\x012\n\x1dV\x42\x00")
    assert ticket.text == "A012"
    assert ticket.raw == b"A012\n\x1dV\x42\x00"


def test_cut_within_a_line_is_ignored() -> None:
    paper = TicketText()
    assert [paper.add(operation) for operation in feed(b"A012\x1dV\x42\x00")] == [None, None]
    assert paper.unprinted == "A012"


def test_initialise_drops_the_line_and_keeps_uncut_paper_apart() -> None:
    half = b"\x1b@A001\nhalf a li"
    [ticket] = read_tickets(half + b"\x1b@A002\n\x1dV\x42\x00")
    assert ticket.text == "A002"
    assert ticket.uncut_before == "A001"


def test_an_unfinished_command_can_be_dropped() -> None:
    parser = CommandParser()
    assert parser.feed(b"\x1d(k\xff\x001P0http") == []
    assert parser.waiting == 12
    dropped = parser.drop_unfinished()
    assert len(dropped) == 1
    assert parser.garbage == 12
    assert parser.feed(b"\x1b@") == [Initialise()]


def test_a_line_goes_on_where_the_paper_ends() -> None:
    hanzi = "窗" * 30
    [ticket] = read_tickets(b"\x1c&" + hanzi.encode("gb18030") + b"A\n\x1dV\x42\x00")
    assert [line.text for line in ticket.lines] == ["窗" * 24, "窗" * 6 + "A"]
    assert max(line.columns for line in ticket.lines) == 48
    [wide] = read_tickets(b"\x1d!\x33" + b"A012" * 4 + b"\n\x1dV\x42\x00")
    assert [line.text for line in wide.lines] == ["A012" * 3, "A012"]


def test_a_qr_code_wider_than_the_paper_is_not_printed() -> None:
    wide = REFERENCE.replace(b"1C\x06", b"1C\x10")
    [ticket] = read_tickets(wide, width_dots=384)
    assert ticket.qr == ()
    assert ticket.ignored == ("QR print wider than the paper",)


def test_paper_that_is_never_cut_does_not_grow_for_ever() -> None:
    paper = TicketText()
    for operation in feed(b"A\n" * 5000):
        paper.add(operation)
    assert len(paper.open_paper.lines) <= 2001


def test_buffers_are_cleared_on_arrival_however_the_bytes_come() -> None:
    """DLE DC4 8 overtakes what waits, and is no text."""
    data = b"A\n" + bytes.fromhex("10140801031401060208") + b"B\n"
    whole = CommandParser().feed(data)
    assert whole[0] == ClearBuffers()
    parser = CommandParser()
    pieces = [each for byte in data for each in parser.feed(bytes([byte]))]
    assert [each for each in pieces if isinstance(each, ClearBuffers)] == [ClearBuffers()]
    assert sorted(map(repr, pieces)) == sorted(map(repr, whole))
    assert parser.garbage == parser.waiting == 0


def test_another_real_time_pulse_is_not_a_clearing() -> None:
    parser = CommandParser()
    assert not any(isinstance(each, ClearBuffers) for each in parser.feed(b"\x10\x14\x01\x00\x01"))
