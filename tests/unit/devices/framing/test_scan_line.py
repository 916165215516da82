"""What a scanner sends, and what of it is a ticket of ours."""

import pytest

from devices.framing.scan_line import MAX_LINE, LineDecoder, TicketCode, ticket_code

ID = "0f1e2d3c4b5a69788796"


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_lines_end_as_the_scanner_is_set(end: bytes) -> None:
    decoder = LineDecoder()
    wire = b"A012" + end + b"B003" + end
    assert [line for byte in wire for line in decoder.feed(bytes((byte,)))] == [b"A012", b"B003"]


def test_a_line_that_is_too_long_is_dropped_whole_and_the_next_is_read() -> None:
    decoder = LineDecoder()
    for _ in range(100):
        assert decoder.feed(b"x" * 100) == []
    assert decoder.feed(b"tail\rA001\r") == [b"A001"]
    assert decoder.feed(b"y" * (MAX_LINE + 1) + b"\rA002\r") == [b"A002"]
    assert decoder.garbage == 10_000 + len("tail") + MAX_LINE + 1


def test_half_a_line_is_forgotten_in_silence() -> None:
    decoder = LineDecoder()
    decoder.feed(b"A0")
    decoder.reset()
    assert decoder.feed(b"B001\r") == [b"B001"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"http://192.0.2.5:8080/t/{ID}/abcDEF_-0123", TicketCode(ID, "abcDEF_-0123")),
        (f"https://hall.example.cn/t/{ID}/abcDEF_-0123", TicketCode(ID, "abcDEF_-0123")),
        ("A012", TicketCode(number="A012")),
        ("云溪镇政务服务中心 A012 2026-11-23 000-00000000", TicketCode(number="A012")),
        ("A012 B013", None),
        (f"https://hall.example.cn/t/{ID}/abc/../../x", None),
        (f"javascript://t/{ID}/abcDEF_-0123", None),
        ("https://elsewhere.example/?A012", None),
        ("a012", None),
        ("A12", None),
        ("A0123456", None),
        ("A012\x00", None),
        ("6901234567892", None),
    ],
)
def test_only_our_tickets_count(line: str, code: TicketCode | None) -> None:
    assert ticket_code(line.encode()) == code


def test_what_is_no_text_is_no_ticket() -> None:
    assert ticket_code(b"\xff\xfeA012") is None
