"""Any bytes into what hands press and hold up: nothing raises, nothing is kept for ever."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from devices.framing.input_event import EVENT_BYTES, EventDecoder, KeyTyper, keystroke
from devices.framing.scan_line import MAX_LINE, LineDecoder, ticket_code
from devices.framing.sdt import (
    FIND,
    SdtDecoder,
    SdtReply,
    birth_date,
    card_number,
    card_text,
    encode_command,
    encode_reply,
    parse_reply,
)

portions = st.lists(st.binary(max_size=80), max_size=20)


@given(portions)
def test_a_scanner_may_send_anything(noise: list[bytes]) -> None:
    decoder = LineDecoder()
    for data in noise:
        for line in decoder.feed(data):
            assert 0 < len(line) <= MAX_LINE
            ticket_code(line)
    decoder.reset()
    assert decoder.feed(b"A001\r") == [b"A001"]


@given(portions)
def test_a_reader_may_send_anything(noise: list[bytes]) -> None:
    decoder = SdtDecoder()
    for data in noise:
        for body in decoder.feed(data):
            parse_reply(body)
    decoder.reset()
    assert decoder.feed(encode_command(FIND)) == [FIND]


@given(st.integers(0, 255), st.binary(max_size=1500))
def test_a_reply_comes_back_as_it_was(status: int, data: bytes) -> None:
    (body,) = SdtDecoder().feed(encode_reply(SdtReply(status, data)))
    assert parse_reply(body) == SdtReply(status, data)


@given(st.binary(min_size=256, max_size=256))
def test_a_card_may_hold_anything(text: bytes) -> None:
    born = birth_date(text)
    assert born is None or isinstance(born, date)
    card_number(text)
    assert card_text(SdtReply(0x90, b"\x01\x00\x04\x00" + text)) == text


@given(portions)
def test_a_pad_may_send_anything(noise: list[bytes]) -> None:
    decoder, typer = EventDecoder(), KeyTyper()
    for data in noise:
        for event in decoder.feed(data):
            typer.feed(event, 0.0)
    missing = -sum(map(len, noise)) % EVENT_BYTES
    events = decoder.feed(bytes(missing) + keystroke("+"))
    found = [key for event in events if (key := typer.feed(event, 10.0)) is not None]
    assert found[-1] == ("+", 0)
