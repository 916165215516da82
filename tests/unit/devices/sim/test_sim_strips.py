"""Simulated strips of the other makes: what they refuse, pass over and forget."""

from collections.abc import Callable
from typing import Any

import pytest

from devices.framing import alpha, led485, modbus_rtu
from devices.framing.lumen import LumenPacket, PacketDecoder, encode_packet
from devices.framing.lumen_commands import (
    EXTERNAL,
    VERSION,
    OtherCall,
    PlainText,
    SplitScreen,
    Window,
    parse_version,
)
from devices.framing.template import encode_frame
from devices.framing.template_parts import Fields
from devices.sim.button_unit import SimUnitBus
from devices.sim.clock import Watch
from devices.sim.led_485 import SimDigitBoard
from devices.sim.led_alpha import SimAlphaLine, SimAlphaSign
from devices.sim.led_lumen import MAKE, NO_SIGN, NO_WINDOW, UNKNOWN, SimLumenCard, SimLumenLine
from devices.sim.led_template import SimTemplateLine, SimTemplateStrip
from tests.fixtures.strip_makes import TEXT_STRIP

NOW = Watch("Asia/Shanghai")
SIZE = (128, 16)
OURS = SplitScreen((Window(0, 0, 128, 16),))
CALL = PlainText("请A001号".encode("gb2312"))


def answers_of(line: Any) -> Callable[[bytes], bytes]:
    """Send bytes to a pair and take what comes back."""
    answers = bytearray()
    line.write = answers.extend

    def send(data: bytes) -> bytes:
        answers.clear()
        line.receive(data)
        return bytes(answers)

    return send


@pytest.fixture
def lumen() -> tuple[SimLumenCard, Callable[[SplitScreen | PlainText | OtherCall], int]]:
    """A card with our window, and a way to call it that tells the return code."""
    card = SimLumenCard(1, 1, SIZE, NOW)
    send = answers_of(SimLumenLine([card]))

    def call(wanted: SplitScreen | PlainText | OtherCall) -> int:
        wire = encode_packet(LumenPacket(1, EXTERNAL, 1, wanted.to_bytes()))
        [reply] = PacketDecoder().feed(send(wire))
        assert reply.from_card
        return reply.flag

    assert call(OURS) == 0
    return card, call


def test_a_lumen_card_shows_a_text_in_our_window(lumen: Any) -> None:
    card, call = lumen
    assert call(CALL) == 0
    state = card.state()
    assert (state["text"], state["colour"], state["effect"]) == ("请A001号", "red", "static")
    assert state["shown_at"] is not None
    assert len(state["frames"]) == 1


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (PlainText(b"A001", window=1), NO_WINDOW),
        (PlainText(b"\x81\x30"), NO_SIGN),
        (SplitScreen((Window(0, 0, 256, 16),)), NO_WINDOW),
        (OtherCall(0x77, b""), UNKNOWN),
    ],
)
def test_a_lumen_card_refuses_what_it_cannot_do(lumen: Any, wanted: Any, code: int) -> None:
    card, call = lumen
    assert call(CALL) == 0
    assert call(wanted) == code
    assert card.seen().text == "请A001号"


def test_a_lumen_card_without_power_forgets_its_windows(lumen: Any) -> None:
    card, call = lumen
    call(CALL)
    card.set_power(False)
    card.set_power(True)
    assert card.seen().text == ""
    assert call(CALL) == NO_WINDOW


def test_a_lumen_card_counts_what_wears_its_flash(lumen: Any) -> None:
    card, call = lumen
    assert call(OtherCall(0x07, bytes(3))) == 0
    assert card.flash_writes == 1


def test_lumen_cards_answer_for_themselves_and_only_when_asked() -> None:
    cards = [SimLumenCard(no, no, SIZE, NOW) for no in (1, 2)]
    send = answers_of(SimLumenLine(cards))
    [reply] = PacketDecoder().feed(send(encode_packet(LumenPacket(2, VERSION, 1, b"\x00"))))
    assert (reply.card, parse_version(reply.data)) == (2, MAKE)
    assert send(encode_packet(LumenPacket(2, VERSION, 0, b"\x00"))) == b""
    assert send(encode_packet(LumenPacket(9, VERSION, 1, b"\x00"))) == b""
    assert send(encode_packet(LumenPacket(1, 0x33, 1, b"\x00"))) == b""
    assert send(encode_packet(LumenPacket(2, VERSION, 0, b"\x00", from_card=True))) == b""


def test_a_board_refuses_other_registers_and_other_functions() -> None:
    board = SimDigitBoard(1, 5, 4, NOW)
    board.register = 0x70
    send = answers_of(SimUnitBus([board]))
    for request in (
        led485.write_text(5, b"A001", 4, 0x71),
        modbus_rtu.WriteRegister(5, 0x70, 1),
        modbus_rtu.ReadHoldingRegisters(5, 0x70, 1),
    ):
        [reply] = modbus_rtu.ReplyDecoder().feed(send(modbus_rtu.encode(request)))
        assert isinstance(reply, modbus_rtu.ExceptionReply)
    assert board.seen().text == ""
    send(modbus_rtu.encode(led485.write_text(5, b"A001", 4, 0x70)))
    assert board.seen().text == "A001"


def test_an_alpha_sign_passes_over_what_writes_no_text_and_remembers_its_own() -> None:
    sign = SimAlphaSign(1, 7, (96, 7), NOW)
    send = answers_of(SimAlphaLine([sign]))
    written = alpha.WriteText(alpha.coloured(b"A001", "green"), alpha.FLASH).to_bytes()
    for packet in (
        alpha.AlphaPacket(8, b"A", written),
        alpha.AlphaPacket(7, b"E", b" 0930"),
        alpha.AlphaPacket(7, b"A", b"A"),
    ):
        assert send(alpha.encode_packet(packet)) == b""
        assert sign.state()["frames"] == []
    send(alpha.encode_packet(alpha.AlphaPacket(7, b"A", written)))
    assert (sign.seen().text, sign.seen().colour, sign.seen().effect) == ("A001", "green", "flash")
    sign.set_power(False)
    assert sign.seen().text == ""
    sign.set_power(True)
    assert sign.seen().text == "A001"


def test_a_described_strip_answers_as_described_and_only_for_itself() -> None:
    strips = [SimTemplateStrip(no, no, SIZE, NOW) for no in (1, 2)]
    line = SimTemplateLine(strips, TEXT_STRIP.frame, TEXT_STRIP.reply, 255)
    send = answers_of(line)
    fields = Fields(address=2, text="请A001号".encode("gb2312"), effect="flash")
    reply = send(encode_frame(TEXT_STRIP.frame, fields))
    assert reply == bytes.fromhex("FA AA 02 00 52 0D")
    assert [strip.seen().text for strip in strips] == ["", "请A001号"]
    assert strips[1].seen().effect == "flash"
    strips[1].set_power(False)
    assert send(encode_frame(TEXT_STRIP.frame, fields)) == b""
    send(b"\xfa\x55\x02")
    line.line_silent()
    assert line.garbage == 3
