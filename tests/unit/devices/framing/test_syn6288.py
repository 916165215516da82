"""Frames of serial voice modules (device-protocols.md D.7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.framing.syn6288 import (
    GB2312,
    LONGEST,
    MOST_TEXT,
    SPEAK,
    STATUS,
    ModuleCommand,
    ModuleParser,
    xor,
)


@pytest.mark.parametrize(
    ("coding", "text", "frame"),
    [
        (0, "宇音天下", "FD 00 0B 01 00 D3 EE D2 F4 CC EC CF C2 C1"),
        (
            1,
            "请A012号到3号窗口",
            "fd 00 14 01 01 c7 eb 41 30 31 32 ba c5 b5 bd 33 ba c5 b4 b0 bf da ed",
        ),
    ],
)
def test_the_vectors_of_the_protocol_file(coding: int, text: str, frame: str) -> None:
    command = ModuleCommand(SPEAK, coding, text.encode("gb2312"))
    assert command.encode() == bytes.fromhex(frame)
    assert ModuleParser().feed(bytes.fromhex(frame)) == [command]


def test_a_question_has_neither_parameter_nor_text() -> None:
    frame = ModuleCommand(STATUS).encode()
    assert frame == bytes.fromhex("fd 00 02 21 de")
    assert xor(frame) == 0


def test_a_text_that_is_too_long_is_refused() -> None:
    assert len(ModuleCommand(SPEAK, GB2312, b"x" * MOST_TEXT).encode()) == LONGEST + 3
    with pytest.raises(ValueError, match="201 bytes"):
        ModuleCommand(SPEAK, GB2312, b"x" * 201).encode()


@given(
    st.lists(st.binary(min_size=0, max_size=MOST_TEXT), min_size=1, max_size=4),
    st.integers(1, 30),
)
def test_frames_are_found_in_pieces_of_any_size(texts: list[bytes], piece: int) -> None:
    commands = [ModuleCommand(SPEAK, GB2312, text) for text in texts]
    data = b"".join(command.encode() for command in commands)
    parser, found = ModuleParser(), []
    for at in range(0, len(data), piece):
        found += parser.feed(data[at : at + piece])
    assert found == commands
    assert parser.bad == 0


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_noise_raises_nothing_and_is_not_kept(pieces: list[bytes]) -> None:
    parser = ModuleParser()
    for piece in pieces:
        parser.feed(piece)
        assert len(parser._data) <= LONGEST + 3


def test_a_frame_with_a_wrong_check_is_passed_over() -> None:
    parser = ModuleParser()
    wrong = ModuleCommand(STATUS).encode()[:-1] + b"\x00"
    assert parser.feed(wrong + ModuleCommand(STATUS).encode()) == [ModuleCommand(STATUS)]
    assert parser.bad == 1
