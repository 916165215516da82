"""The six event registers and the sequence that wraps."""

import pytest

from devices.framing.hall_event import (
    KEY_NAMES,
    KEYS,
    KIND_KEY,
    KIND_RATING,
    UnitEvent,
    decode_event_block,
    encode_event_block,
    encode_idle_block,
    next_sequence,
)
from devices.framing.modbus_rtu import ReadInputRegistersReply, ReplyDecoder

NEXT_WIRE = "05 04 0C 3A 7C 00 01 00 07 01 10 00 00 00 04 E6 FC"
RATING_WIRE = "15 04 0C 91 02 00 01 00 2A 02 05 00 00 00 02 7E 33"


@pytest.mark.parametrize(
    ("wire", "event"),
    [
        (NEXT_WIRE, UnitEvent(0x3A7C, 7, KIND_KEY, KEYS["NEXT"], 0, 4, 1)),
        (RATING_WIRE, UnitEvent(0x9102, 42, KIND_RATING, 5, 0, 2, 1)),
    ],
)
def test_vector(wire: str, event: UnitEvent) -> None:
    (reply,) = ReplyDecoder().feed(bytes.fromhex(wire))
    assert isinstance(reply, ReadInputRegistersReply)
    assert decode_event_block(reply.values) == event
    assert encode_event_block(event) == reply.values


def test_idle_unit_shows_no_event() -> None:
    assert decode_event_block(encode_idle_block(0x3A7C)) is None


def test_block_of_another_length_shows_no_event() -> None:
    assert decode_event_block((0x3A7C, 1)) is None


def test_start_is_code_19() -> None:
    assert KEYS["START"] == 0x19
    assert all(KEYS[name] == code for code, name in KEY_NAMES.items())
    assert len(KEYS) == 20


def test_sequence_wraps_to_one() -> None:
    assert next_sequence(1) == 2
    assert next_sequence(0xFFFF) == 1
