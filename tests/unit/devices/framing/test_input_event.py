"""Events of the kernel become keys and typed numbers."""

import pytest

from devices.framing.input_event import (
    CODES,
    EV_KEY,
    EV_SYN,
    EVENT_BYTES,
    HELD,
    KEY_NAMES,
    SYN_DROPPED,
    EventDecoder,
    InputEvent,
    KeyTyper,
    encode,
    keystroke,
)


def typed(*keys: str, typer: KeyTyper | None = None, at: float = 0.0) -> list[tuple[str, int]]:
    typer = typer or KeyTyper()
    events = EventDecoder().feed(b"".join(map(keystroke, keys)))
    found = (typer.feed(event, at) for event in events)
    return [key for key in found if key is not None]


def test_a_real_event_of_this_kernel_is_read() -> None:
    """KEY_KPENTER down as a 64-bit kernel writes it: 16 bytes of time, type, code, value."""
    wire = bytes.fromhex("22 1D 41 69 00000000 9C 09 08 00 00000000 01 00 60 00 01 00 00 00")
    if len(wire) != EVENT_BYTES:
        pytest.skip("the vector is one of a 64-bit system")
    assert EventDecoder().feed(wire) == [InputEvent(1, 96, 1)]


def test_events_arrive_in_any_portion() -> None:
    wire = b"".join(keystroke(key) for key in CODES)
    decoder = EventDecoder()
    split = [event for byte in wire for event in decoder.feed(bytes((byte,)))]
    assert split == EventDecoder().feed(wire)
    assert len(split) == 4 * len(CODES)


def test_function_keys_act_at_once_and_take_typed_digits_along() -> None:
    assert typed("Enter", "+", "-") == [("Enter", 0), ("+", 0), ("-", 0)]
    assert typed("1", "2", "Enter", "7", "*") == [("number", 12), ("*", 7)]


def test_a_slip_can_be_taken_back_and_a_fifth_digit_drops_the_number() -> None:
    assert typed("1", "3", "Backspace", "2", "Enter") == [("number", 12)]
    assert typed("Backspace") == [("Backspace", 0)]
    assert typed(*"12345", "Enter") == [("Enter", 0)]


def test_digits_of_a_rating_box_act_at_once() -> None:
    typer = KeyTyper(direct=frozenset("12345"))
    assert typed("5", "1", "9", "Enter", typer=typer) == [("5", 0), ("1", 0), ("number", 9)]


def test_digits_of_long_ago_and_of_a_lost_report_are_forgotten() -> None:
    typer = KeyTyper()
    assert typed("4", typer=typer, at=0.0) == []
    assert typed("Enter", typer=typer, at=6.0) == [("Enter", 0)]
    assert typed("4", typer=typer, at=7.0) == []
    assert typer.feed(InputEvent(EV_SYN, SYN_DROPPED, 0), 7.0) is None
    assert typed("Enter", typer=typer, at=7.0) == [("Enter", 0)]


def test_a_key_that_is_held_is_one_press() -> None:
    typer = KeyTyper()
    events = [InputEvent(EV_KEY, 96, 1), *[InputEvent(EV_KEY, 96, HELD)] * 20]
    assert [typer.feed(event, 0.0) for event in events].count(("Enter", 0)) == 1


def test_every_key_that_is_sent_has_its_name() -> None:
    assert {KEY_NAMES[code] for code in CODES.values()} == set(CODES)
    assert len(encode(InputEvent(EV_KEY, 78, 1))) == EVENT_BYTES
