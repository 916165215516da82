"""LED-485 boards: the vectors of device-protocols.md D.3."""

import pytest

from devices.framing.led485 import read_number, read_text, write_number, write_text
from devices.framing.modbus_rtu import RequestDecoder, encode


def test_text_is_the_vector_and_fills_the_board() -> None:
    request = write_text(1, b"A012", 6, 0x70)
    wire = bytes.fromhex("01 10 00 70 00 03 06 41 30 31 32 20 20 1C 95")
    assert encode(request) == wire
    assert RequestDecoder().feed(wire) == [request]
    assert read_text(request.values) == b"A012  "


@pytest.mark.parametrize(
    ("number", "register", "wire"),
    [(12, 0x0000, "01 06 00 00 00 0C 89 CF"), (123, 0x0088, "01 06 00 88 00 7B 49 C3")],
)
def test_number_is_the_vector(number: int, register: int, wire: str) -> None:
    assert encode(write_number(1, number, register)) == bytes.fromhex(wire)


@pytest.mark.parametrize("number", [-32768, -1, 0, 999, 32767])
def test_numbers_have_a_sign(number: int) -> None:
    assert read_number(write_number(1, number, 0).value) == number


@pytest.mark.parametrize("number", [-32769, 32768])
def test_a_number_that_does_not_fit_is_an_error(number: int) -> None:
    with pytest.raises(ValueError, match="is not between"):
        write_number(1, number, 0)


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [(b"A012", 4, b"A012"), (b"A012", 3, b"A01 "), (b"", 5, b"      "), (b"7", 2, b"7 ")],
)
def test_a_text_has_the_boards_length(text: bytes, columns: int, shown: bytes) -> None:
    assert read_text(write_text(1, text, columns, 0x70).values) == shown
