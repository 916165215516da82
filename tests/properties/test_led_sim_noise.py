"""No bytes, in any pieces, bring a simulated strip down or keep it from its next whole frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.led import LedText
from tests.fixtures.strip_makes import MAKES, Make, text_for

PIECES = st.lists(st.binary(max_size=40), max_size=12)


@pytest.mark.parametrize("make", [pytest.param(make, id=make.name) for make in MAKES])
@given(pieces=PIECES)
def test_after_any_noise_a_strip_shows_the_next_text(make: Make, pieces: list[bytes]) -> None:
    answers: list[bytes] = []
    strip, codec = make.strip(1), make.codec()
    line = make.line([strip])
    line.write = answers.append
    for piece in pieces:
        line.receive(piece)
    line.line_silent()
    answers.clear()
    messages = codec.show(1, LedText(text_for(codec, 8)), anew=True)
    for message in messages:
        line.receive(message.wire)
    assert strip.seen().text == text_for(codec, 8)
    assert len(answers) == (len(messages) if make.answers else 0)
    for message in messages:
        if message.answer is not None:
            reply = message.answer(b"".join(answers))
            assert reply is not None
            assert reply.taken


@pytest.mark.parametrize("make", [pytest.param(make, id=make.name) for make in MAKES])
@given(heard=st.binary(max_size=80))
def test_whatever_is_heard_a_codec_finds_an_answer_in_it_or_none(make: Make, heard: bytes) -> None:
    codec = make.codec()
    text = LedText(text_for(codec, 8))
    for message in [*codec.show(1, text, anew=True), *codec.ask(1)]:
        if message.answer is not None:
            message.answer(heard)
            # Our own bytes are no answer, unless the make repeats the question.
            assert message.echo_is_answer or message.answer(message.wire) is None
