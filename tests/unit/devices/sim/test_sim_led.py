"""Simulated BX cards, driven by the vectors of device-protocols.md D.1."""

import pytest

from devices.framing.bx import BROADCAST, BxFrame, FrameDecoder, encode_frame
from devices.framing.bx_commands import (
    Ack,
    DynamicArea,
    Nack,
    OtherData,
    Ping,
    ShowAreas,
    mark_up,
    parse_answer,
)
from devices.sim.clock import Watch
from devices.sim.led import SimLedCard, SimLedLine

NOW = Watch("Asia/Shanghai")
PING = bytes.fromhex("a5a5a5a5a5a5a5a5 0100 0080 000000 00 00 00 fe 02 0500 a200010000 68f8 5a")
CALL = bytes.fromhex(
    "a5a5a5a5a5a5a5a5 0100 0080 000000 00 00 00 fe 02 4300 a306010000 00 01 3a00 00 0080 0000 8080"
    "2000 00 00 00 0000 00 00 00 02 02 01 00 02 0a 1f000000 5c464f3030305c4645303030 5c4331"
    "4130313220 c7ebb5bd33bac5b4b0bfda 3abc 5a"
)


class Line:
    """Two cards, 128x32, on one pair."""

    def __init__(self) -> None:
        self.cards = [SimLedCard(no, no, (128, 32), NOW) for no in (1, 2)]
        self.line = SimLedLine(self.cards)
        self.line.write = self._answered
        self.answers = bytearray()

    def _answered(self, data: bytes) -> None:
        self.answers += data

    def send(self, data: bytes) -> list[BxFrame]:
        self.answers.clear()
        self.line.receive(data)
        return FrameDecoder().feed(bytes(self.answers))


def frame(command: Ping | ShowAreas | OtherData, address: int = 1) -> bytes:
    return encode_frame(BxFrame(dst=address, src=0x8000, data=command.to_bytes()))


def area(text: str, area_id: int = 0, width: int = 128) -> ShowAreas:
    marked = mark_up(text.encode("gb2312"), "green")
    return ShowAreas((DynamicArea(marked, width=width, height=16, area_id=area_id),))


def test_the_addressed_card_shows_the_vendors_call_and_acknowledges() -> None:
    line = Line()
    [answer] = line.send(CALL)
    assert parse_answer(answer.data) == Ack()
    assert (answer.dst, answer.src) == (0x8000, 1)
    assert bytes(line.answers).hex().endswith("64dc5a")
    state = line.cards[0].state()
    assert state["text"] == "A012 请到3号窗口"
    assert state["colour"] == "red"
    assert state["effect"] == "static"
    assert state["frames"] == [CALL.hex()]
    assert line.cards[1].state()["text"] == ""


def test_ping_is_acknowledged_and_is_not_a_shown_frame() -> None:
    line = Line()
    [answer] = line.send(PING)
    assert parse_answer(answer.data) == Ack()
    assert line.cards[0].state()["frames"] == []


def test_nobody_answers_for_an_absent_address_or_a_broadcast() -> None:
    line = Line()
    assert line.send(frame(Ping(), 9)) == []
    assert line.send(frame(area("欢迎光临"), BROADCAST)) == []
    assert [card.state()["text"] for card in line.cards] == ["欢迎光临"] * 2


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (area("A012", width=256), 4),
        (ShowAreas((DynamicArea(b"\x81\x30", width=128, height=16),)), 12),
        (OtherData(b"\xa2\x77\x01\x00\x00"), 2),
        (OtherData(b"\xb0\x01\x01\x00\x00"), 1),
    ],
)
def test_a_card_refuses_what_it_cannot_do(command: ShowAreas | OtherData, error: int) -> None:
    line = Line()
    [answer] = line.send(frame(command))
    assert parse_answer(answer.data) == Nack(error)
    assert line.cards[0].state()["text"] == ""


def test_a_damaged_frame_gets_no_answer_and_the_next_one_does() -> None:
    line = Line()
    damaged = bytearray(CALL)
    damaged[30] ^= 1
    assert line.send(bytes(damaged)) == []
    assert line.line.garbage > 0
    assert len(line.send(CALL)) == 1


def test_without_power_a_card_is_silent_and_forgets() -> None:
    line = Line()
    line.send(CALL)
    line.cards[0].set_power(False)
    assert line.send(PING) == []
    line.cards[0].set_power(True)
    assert line.cards[0].state()["text"] == ""


def test_screen_off_shows_nothing_and_keeps_the_text() -> None:
    line = Line()
    line.send(frame(area("窗口 3")))
    line.send(frame(OtherData(b"\xa3\x00\x01\x00\x00\x02")))
    assert line.cards[0].state()["text"] == ""
    line.send(frame(OtherData(b"\xa3\x00\x01\x00\x00\x01")))
    assert line.cards[0].state()["text"] == "窗口 3"
    assert line.cards[0].state()["colour"] == "green"


def test_half_a_frame_is_dropped_on_silence() -> None:
    line = Line()
    line.send(CALL[:40])
    line.line.line_silent()
    assert len(line.send(PING)) == 1
