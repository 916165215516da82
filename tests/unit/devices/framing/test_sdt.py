"""Golden vectors of device-protocols.md F.1, and what is read of a card."""

from datetime import date

import pytest

from devices.framing.sdt import (
    FIND,
    FOUND,
    OK,
    READ,
    SELECT,
    SdtDecoder,
    SdtReply,
    birth_date,
    card_number,
    card_text,
    encode_command,
    encode_reply,
    parse_reply,
)
from devices.id_card import age
from devices.sim.hand_inputs import SimCardReader

SAM_ID = b"\x12\xff"
FRAMES = [
    (encode_command(FIND), "AA AA AA 96 69 00 03 20 01 22"),
    (encode_command(SELECT), "AA AA AA 96 69 00 03 20 02 21"),
    (encode_command(READ), "AA AA AA 96 69 00 03 30 01 32"),
    (encode_command(SAM_ID), "AA AA AA 96 69 00 03 12 FF EE"),
    (encode_reply(SdtReply(FOUND, bytes(4))), "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97"),
    (
        encode_reply(SdtReply(OK, bytes(8))),
        "AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C",
    ),
]


@pytest.mark.parametrize(("frame", "wire"), FRAMES)
def test_vectors(frame: bytes, wire: str) -> None:
    assert frame == bytes.fromhex(wire)
    decoder = SdtDecoder()
    assert decoder.feed(frame) == [frame[7:-1]]
    assert decoder.garbage == 0


def card(born: date) -> bytes:
    """What a reader sends of a card, through the simulated one."""
    sent: list[bytes] = []
    reader = SimCardReader("kiosk")
    reader.write = sent.append
    reader.lay(born)
    for command in (FIND, SELECT, READ):
        reader.receive(encode_command(command))
    return sent[-1]


def test_a_card_tells_its_date_of_birth() -> None:
    wire = card(date(1950, 1, 2))
    assert len(wire) == 1295
    (body,) = SdtDecoder().feed(wire)
    reply = parse_reply(body)
    assert reply is not None
    text = card_text(reply)
    assert text is not None
    assert birth_date(text) == date(1950, 1, 2)
    assert card_number(text).startswith("99999919500102")


def test_a_date_that_does_not_exist_is_none() -> None:
    for field in ("19500230", "        ", "abcdefgh", "1950010１"):
        text = bytes(36) + field.encode("utf-16-le") + bytes(256 - 52)
        assert birth_date(text) is None
    assert card_text(SdtReply(OK, b"\x01\x00\x04\x00" + bytes(255))) is None
    assert parse_reply(b"\x00\x00") is None


def test_nothing_of_a_card_is_in_repr() -> None:
    (body,) = SdtDecoder().feed(card(date(1950, 1, 2)))
    assert repr(parse_reply(body)) == "SdtReply(status=144)"


def test_frames_are_found_in_noise() -> None:
    wire = encode_command(FIND)
    decoder = SdtDecoder()
    spoiled = b"\xaa\xaa" + wire[:-1] + b"\x00" + b"\xaa" + wire
    found = [body for byte in spoiled for body in decoder.feed(bytes((byte,)))]
    assert found == [FIND]
    assert decoder.feed(b"\xaa\xaa\xaa\x96\x69\x0f\xff" + wire) == []
    assert decoder.reset() == [FIND]


def test_age_in_whole_years() -> None:
    assert age(date(1956, 11, 24), date(2026, 11, 23)) == 69
    assert age(date(1956, 11, 23), date(2026, 11, 23)) == 70
    assert age(date(1956, 2, 29), date(2026, 2, 28)) == 69
    assert age(date(1956, 2, 29), date(2026, 3, 1)) == 70
