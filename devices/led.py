"""An LED strip over a counter: the one driver of all makes, each spoken by its codec.

Strips share a half-duplex line, which has one exchange at a time. A card refreshes its screen at
most once in a second, so a strip waits that long between texts, and only the newest of those that
wait is sent. Text stands in the card's RAM: after a power cut it is gone, and a maker's program
may write over it, so the owner shows it again now and then. A text that is shown again, and the
first one after a silence, is shown anew: with all that the card needs for it (`led_codec`).
"""

from __future__ import annotations

import asyncio
import time

from devices.bus import Bus, BusSettings, Question, UnitSilent
from devices.led_codec import CardReply, LedCodec, Message
from devices.led_panel import Colour, Effect, LedText, Panel
from devices.link import ByteLink, DeviceError, LinkError

__all__ = ["Colour", "Effect", "LedError", "LedLine", "LedStrip", "LedText", "Panel", "show_on_all"]

REPLY_S = 0.5  # a card acknowledges a frame, not the refresh of its screen
TRIES = 3
BUSY_REST_S = 0.2


class LedError(DeviceError):
    """The strip does not show the text, as far as we know.

    `reason`: no-answer, line-lost, refused, busy, or no-sign (a text that the strip cannot show).
    """

    def __init__(self, address: int, reason: str, sentence: str = "") -> None:
        super().__init__(f"LED strip {address}: {sentence or reason}")
        self.reason = reason


class LedLine(Bus):
    """The RS-485 pair of the strips. Boards that speak Modbus may share the units' `Bus`."""

    def __init__(self, link: ByteLink) -> None:
        super().__init__(link, BusSettings(reply_s=REPLY_S, tries=TRIES))


async def show_on_all(line: Bus, codec: LedCodec, text: LedText) -> None:
    """One broadcast to every strip of a make on the line; nobody answers. LedError.

    ValueError: the make has no broadcast.
    """
    if codec.everyone is None:
        raise ValueError("strips of this make have no broadcast")
    for message in _messages(codec, codec.everyone, text, anew=True):
        try:
            await line.tell(message.wire)
        except LinkError as error:
            raise LedError(codec.everyone, "line-lost") from error


class LedStrip:
    """The strip whose card has `address` on `line`."""

    def __init__(self, line: Bus, address: int, codec: LedCodec) -> None:
        self._line = line
        self._codec = codec
        self._turn = asyncio.Lock()
        self._wishes = 0
        self._free_at = 0.0  # when the card takes the next text
        self._silent = False
        self._shown: LedText | None = None  # None: nobody knows
        self.address = address

    @property
    def panel(self) -> Panel:
        """The strip's face."""
        return self._codec.panel

    async def show(self, text: LedText) -> None:
        """Show a text; returns when the card has acknowledged it, or a newer text took its place.

        Waits up to a second after the last one. LedError with a reason.
        """
        _messages(self._codec, self.address, text, anew=False)
        self._wishes += 1
        wish = self._wishes
        async with self._turn:
            if wish == self._wishes:
                await asyncio.sleep(max(0.0, self._free_at - time.monotonic()))
            if wish == self._wishes:
                await self._send(text)

    def rest(self) -> None:
        """The card has just been told something by a broadcast: it needs its moment now."""
        self._free_at = time.monotonic() + self._codec.gap_s

    async def ask(self) -> str:
        """What the card says of itself, empty when it cannot speak. LedError."""
        async with self._turn:
            replies = [await self._take(one) for one in self._codec.ask(self.address)]
        return ", ".join(reply.sentence for reply in replies if reply.sentence)

    async def _send(self, text: LedText) -> None:
        anew = self._shown in (None, text)
        self._shown = None
        try:
            try:
                await self._say(text, anew)
            except LedError as error:
                # A card that lost its power a moment ago has no window for a plain text.
                if error.reason != "refused" or anew:
                    raise
                await self._say(text, anew=True)
        finally:
            self._free_at = time.monotonic() + self._codec.gap_s
        self._shown = text

    async def _say(self, text: LedText, anew: bool) -> None:
        for message in _messages(self._codec, self.address, text, anew):
            await self._take(message)

    async def _take(self, message: Message) -> CardReply:
        """Send until the card has taken it. A card that never answers is taken at its silence."""
        sentence = "busy"
        for _ in range(TRIES):
            reply = await self._exchange(message)
            if reply.taken:
                return reply
            sentence = reply.sentence
            if not reply.later:
                raise LedError(self.address, "refused", sentence)
            await asyncio.sleep(BUSY_REST_S)
        raise LedError(self.address, "busy", sentence)

    async def _exchange(self, message: Message) -> CardReply:
        # A strip that was silent gets one try, so that a dead one costs the others little.
        tries = 1 if self._silent else TRIES
        try:
            if message.answer is None:
                await self._line.tell(message.wire)
                return CardReply()
            question = Question(
                self.address,
                message.wire,
                message.answer_bytes,
                message.answer,
                message.echo_is_answer,
                probe=message.probe,
            )
            reply = await self._line.exchange(question, tries)
        except UnitSilent as error:
            self._silent = True
            raise LedError(self.address, "no-answer") from error
        except LinkError as error:
            raise LedError(self.address, "line-lost") from error
        self._silent = False
        return reply


def _messages(codec: LedCodec, address: int, text: LedText, anew: bool) -> tuple[Message, ...]:
    try:
        return tuple(codec.show(address, text, anew))
    except ValueError as error:  # UnencodableText is one
        raise LedError(address, "no-sign", str(error)) from error
