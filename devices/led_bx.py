"""Onbon BX cards: a strip is one dynamic area, shown when acknowledged (D.1)."""

from __future__ import annotations

from collections.abc import Sequence

from devices.framing.bx import BROADCAST, HOST, BxFrame, FrameDecoder, encode_frame
from devices.framing.bx_commands import (
    ALIGN_LEFT,
    EFFECT_LEFT,
    EFFECT_QUICK,
    EFFECT_STATIC,
    ERROR_BUSY,
    ERROR_CHECKSUM,
    ERRORS,
    Ack,
    Command,
    DynamicArea,
    Nack,
    Ping,
    ShowAreas,
    mark_up,
    parse_answer,
)
from devices.led_codec import CARD_GAP_S, CardReply, Message
from devices.led_panel import LedText, Panel

ACK_BYTES = 31
FLASH_STAY = 1  # x 0.5 s
NEW_ROW = rb"\n"  # a backslash and an n

_EFFECTS = {"static": EFFECT_STATIC, "flash": EFFECT_QUICK, "left": EFFECT_LEFT}


class BxCodec:
    """A BX strip."""

    everyone = BROADCAST
    answers = True

    def __init__(self, panel: Panel, gap_s: float = CARD_GAP_S) -> None:
        self.panel = panel
        self.gap_s = gap_s

    def show(self, address: int, text: LedText, anew: bool) -> Sequence[Message]:
        """Our area; anew: and no other, whoever made it."""
        command = ShowAreas((dynamic_area(text, self.panel),), delete_all=anew)
        return (_message(address, command),)

    def ask(self, address: int) -> Sequence[Message]:
        """A ping."""
        return (_message(address, Ping()),)


def dynamic_area(text: LedText, panel: Panel) -> DynamicArea:
    """The area that shows a text on a strip. UnencodableText: a character outside of GB2312."""
    runs = text.effect == "left" or not panel.holds(text.text)
    marked = mark_up(panel.encode(text.text), text.colour, panel.line_px)
    return DynamicArea(
        text=marked.replace(b"\n", NEW_ROW),
        width=panel.width_px,
        height=panel.height_px,
        align=ALIGN_LEFT,
        single_line=runs,
        auto_wrap=not runs and b"\n" not in marked,
        effect=EFFECT_LEFT if runs else _EFFECTS[text.effect],
        stay=FLASH_STAY if text.effect == "flash" else 10,
    )


def _message(address: int, command: Command) -> Message:
    """A command to a card; our own frames and other cards' are no answers."""

    def answer(heard: bytes) -> CardReply | None:
        for frame in FrameDecoder().feed(heard):
            found = parse_answer(frame.data)
            if (frame.dst, frame.src) == (HOST, address) and isinstance(found, Ack | Nack):
                return _meaning(found)
        return None

    return Message(encode_frame(BxFrame(address, HOST, command.to_bytes())), answer, ACK_BYTES)


def _meaning(answer: Ack | Nack) -> CardReply:
    if isinstance(answer, Ack):
        return CardReply()
    sentence = ERRORS.get(answer.error, f"error {answer.error}")
    return CardReply(False, answer.error in (ERROR_BUSY, ERROR_CHECKSUM), sentence)
