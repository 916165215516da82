"""Lumen C-Power cards: a strip is one window that fills the screen (D.2).

The window and its text stand in RAM: without power they are gone, and a program that splits the
screen again or goes back to the stored pictures takes them away. So a text that is shown anew
comes behind a light (power) and a split of its own. Nothing is ever saved to flash.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from devices.framing.lumen import (
    ANSWER_WANTED,
    EVERYONE,
    LumenPacket,
    PacketDecoder,
    encode_packet,
)
from devices.framing.lumen_commands import (
    ASK_POWER,
    ASK_VERSION,
    BAD_CHECKSUM,
    BAD_ORDER,
    DONE,
    EFFECT_DRAW,
    EFFECT_FLICKER,
    EFFECT_LEFT,
    ERRORS,
    EXTERNAL,
    FONTS,
    MAX_TEXT,
    POWER,
    VERSION,
    PlainText,
    SplitScreen,
    Window,
    parse_version,
    set_power,
)
from devices.led_codec import CARD_GAP_S, CardReply, Message
from devices.led_panel import LedText, Panel

ANSWER_BYTES = 24
NEW_ROW = b"\r"  # as in the published "abc\rcba"
SPEED, RUN_SPEED = 1, 20  # 1 is fast, 100 slow
STAY_S = 3

_EFFECTS = {"static": EFFECT_DRAW, "flash": EFFECT_FLICKER, "left": EFFECT_LEFT}
_RGB = {"red": (255, 0, 0), "green": (0, 255, 0), "yellow": (255, 255, 0)}

Meaning = Callable[[LumenPacket], CardReply]


class LumenCodec:
    """A C-Power strip."""

    everyone = EVERYONE
    answers = True

    def __init__(self, panel: Panel, gap_s: float = CARD_GAP_S) -> None:
        self.panel = panel
        self.gap_s = gap_s

    def show(self, address: int, text: LedText, anew: bool) -> Sequence[Message]:
        """The text; anew: behind a light and our window."""
        shown = _external(address, self._text(text))
        if not anew:
            return (shown,)
        window = Window(0, 0, self.panel.width_px, self.panel.height_px)
        lit = _message(address, POWER, set_power(True), _taken)
        return (lit, _external(address, SplitScreen((window,))), shown)

    def ask(self, address: int) -> Sequence[Message]:
        """Its make and version, and whether its screen is lit."""
        return (
            _message(address, VERSION, ASK_VERSION, _version),
            _message(address, POWER, ASK_POWER, _power),
        )

    def _text(self, text: LedText) -> PlainText:
        encoded = self.panel.encode(text.text).replace(b"\n", NEW_ROW)
        if len(encoded) > MAX_TEXT:
            raise ValueError(f"a text of {len(encoded)} bytes is longer than {MAX_TEXT}")
        runs = text.effect == "left" or not self.panel.holds(text.text)
        return PlainText(
            text=encoded,
            effect=EFFECT_LEFT if runs else _EFFECTS[text.effect],
            speed=RUN_SPEED if runs else SPEED,
            stay_s=STAY_S if text.effect == "flash" else 0,
            font=FONTS[self.panel.line_px],
            rgb=_RGB[text.colour],
        )


def _external(address: int, call: SplitScreen | PlainText) -> Message:
    return _message(address, EXTERNAL, call.to_bytes(), _done)


def _message(address: int, command: int, data: bytes, meaning: Meaning) -> Message:
    """A packet to a card. Old cards answer as hosts speak: what equals the question is an echo."""
    asked = LumenPacket(address, command, ANSWER_WANTED, data)

    def answer(heard: bytes) -> CardReply | None:
        for packet in PacketDecoder().feed(heard):
            ours = packet == asked
            if (packet.card, packet.command) == (address, command) and not ours:
                return meaning(packet)
        return None

    return Message(encode_packet(asked), answer, ANSWER_BYTES)


def _done(packet: LumenPacket) -> CardReply:
    code = packet.flag
    if code == DONE:
        return CardReply()
    sentence = ERRORS.get(code, f"error {code}")
    return CardReply(False, code in (BAD_CHECKSUM, BAD_ORDER), sentence)


def _taken(packet: LumenPacket) -> CardReply:
    refused = packet.data[:1] == b"\x00"
    return CardReply(False, sentence="power") if refused else CardReply()


def _version(packet: LumenPacket) -> CardReply:
    version = parse_version(packet.data)
    if version is None:
        return CardReply(False, sentence="no version")
    return CardReply(
        sentence=f"card {version.card_type:02X}, app {version.app[0]}.{version.app[1]}"
    )


def _power(packet: LumenPacket) -> CardReply:
    lit = packet.data[1:2] == b"\x01"
    return CardReply(sentence="screen on" if lit else "screen off")
