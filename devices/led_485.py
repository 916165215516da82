"""LED-485 boards: a number or a few letters over a counter, by Modbus (D.3).

A board shows what stands in its registers, so there is nothing to show anew and nothing runs. The
text kind shows letters and digits, the number kind the digits of a ticket as one number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from devices.framing.led485 import LARGEST, write_number, write_text
from devices.framing.modbus_rtu import (
    BROADCAST,
    UNIT_BUSY,
    ExceptionReply,
    ReadHoldingRegisters,
    ReplyDecoder,
    WriteRegister,
    WriteRegisters,
    WriteRegistersReply,
    encode,
    function_of,
)
from devices.led_codec import CardReply, Message
from devices.led_panel import LedText, Panel

REPLY_BYTES = 8


class Led485Codec:
    """An LED-485 board. `register` is where its text or its number stands."""

    everyone = BROADCAST
    answers = True
    gap_s = 0.0

    def __init__(self, panel: Panel, register: int) -> None:
        self.panel = panel
        self._register = register

    def show(self, address: int, text: LedText, anew: bool) -> Sequence[Message]:
        """The text, cut at the end of the board; a board of numbers shows its digits, else 0."""
        encoded = self.panel.encode(text.text)
        if self.panel.signs == "digits":
            number = min(number_in(text.text), LARGEST)
            return (_message(write_number(address, number, self._register)),)
        return (_message(write_text(address, encoded, self.panel.columns, self._register)),)

    def ask(self, address: int) -> Sequence[Message]:
        """No register that may be read is known for all boards."""
        return ()


def number_in(text: str) -> int:
    """ "A012" -> 12; 0 when there is no digit."""
    found = re.search(r"[0-9]+", text)
    return int(found[0]) if found else 0


def _message(request: WriteRegister | WriteRegisters) -> Message:
    expected: WriteRegister | WriteRegistersReply
    if isinstance(request, WriteRegister):
        expected = request
    else:
        expected = WriteRegistersReply(request.unit, request.address, len(request.values))

    def answer(heard: bytes) -> CardReply | None:
        decoder = ReplyDecoder()
        for reply in decoder.feed(heard) + decoder.reset():
            if reply == expected:
                return CardReply()
            if isinstance(reply, ExceptionReply):
                asked = (request.unit, function_of(request))
                if (reply.unit, reply.function) == asked:
                    busy = reply.code == UNIT_BUSY
                    return CardReply(False, busy, f"exception {reply.code}")
        return None

    if not isinstance(request, WriteRegister):
        return Message(encode(request), answer, REPLY_BYTES)
    # A board answers a number with the very same bytes: so does an adapter that hears itself.
    probe = encode(ReadHoldingRegisters(request.unit, request.address, 1))
    return Message(encode(request), answer, REPLY_BYTES, echo_is_answer=True, probe=probe)
