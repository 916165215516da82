"""Alpha / BetaBrite signs: ASCII only, and they never answer (D.5)."""

from __future__ import annotations

from collections.abc import Sequence

from devices.framing.alpha import (
    EVERYONE,
    FLASH,
    HOLD,
    MAX_TEXT,
    ROTATE,
    WRITE_TEXT,
    AlphaPacket,
    WriteText,
    coloured,
    encode_packet,
)
from devices.led_codec import CARD_GAP_S, Message
from devices.led_panel import LedText, Panel

_MODES = {"static": HOLD, "flash": FLASH, "left": ROTATE}


class AlphaCodec:
    """An Alpha sign."""

    everyone = EVERYONE
    answers = False
    gap_s = CARD_GAP_S

    def __init__(self, panel: Panel) -> None:
        self.panel = panel

    def show(self, address: int, text: LedText, anew: bool) -> Sequence[Message]:
        """The text into file A, which stands in memory that needs no flash."""
        encoded = self.panel.encode(text.text)
        if len(encoded) > MAX_TEXT:
            raise ValueError(f"a text of {len(encoded)} bytes is longer than {MAX_TEXT}")
        runs = text.effect == "left" or not self.panel.holds(text.text)
        mode = ROTATE if runs else _MODES[text.effect]
        data = WriteText(coloured(encoded, text.colour), mode).to_bytes()
        return (Message(encode_packet(AlphaPacket(address, WRITE_TEXT, data))),)

    def ask(self, address: int) -> Sequence[Message]:
        """Signs answer some questions; none is documented well enough to be relied on."""
        return ()
