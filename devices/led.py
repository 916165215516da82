"""An LED strip over a counter: one dynamic area on an Onbon BX card, shown when acknowledged.

Strips share a half-duplex line (`LedLine`), which has one exchange at a time. A card refreshes an
area at most once in a second, so a strip waits that long between texts, and only the newest of
those that wait is sent. Text stands in the card's RAM: after a power cut it is gone, so the owner
sends it again now and then.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Literal

from config.settings import UnencodableText, encode_text
from devices.bus import Bus, BusSettings, Question, UnitSilent
from devices.framing.bx import HOST, BxFrame, FrameDecoder, encode_frame
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
from devices.link import ByteLink, DeviceError, LinkError

Colour = Literal["red", "green", "yellow"]
Effect = Literal["static", "flash", "left"]

REPLY_S = 0.5  # a card acknowledges a frame, not the refresh of its screen
TRIES = 3
AREA_GAP_S = 1.0  # a card refreshes an area at most once in a second
BUSY_REST_S = 0.2
ACK_BYTES = 31
FONT_PX = 16  # the height of \FO000
COLUMN_PX = 8  # one byte of GB2312: half a Hanzi, a whole letter
FLASH_STAY = 1  # x 0.5 s

_EFFECTS = {"static": EFFECT_STATIC, "flash": EFFECT_QUICK, "left": EFFECT_LEFT}


class LedError(DeviceError):
    """The strip does not show the text, as far as we know.

    `reason`: no-answer, line-lost, refused, busy, or no-sign (a character outside of GB2312).
    """

    def __init__(self, address: int, reason: str, sentence: str = "") -> None:
        super().__init__(f"LED strip {address}: {sentence or reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LedText:
    """What a strip shows. A text wider than the strip runs to the left, whatever `effect` says."""

    text: str
    colour: Colour = "red"
    effect: Effect = "static"


class LedLine(Bus):
    """The RS-485 pair of the strips."""

    def __init__(self, link: ByteLink) -> None:
        super().__init__(link, BusSettings(reply_s=REPLY_S, tries=TRIES))


def dynamic_area(text: LedText, width_px: int, height_px: int) -> DynamicArea:
    """The area that shows a text on a strip. UnencodableText: a character outside of GB2312."""
    encoded = encode_text(text.text, "gb2312")
    width, lines = COLUMN_PX * len(encoded), max(1, height_px // FONT_PX)
    # A Hanzi that does not fit at the end of a line leaves half of it empty there.
    room = width_px * lines - COLUMN_PX * (lines - 1)
    runs = text.effect == "left" or width > room
    return DynamicArea(
        text=mark_up(encoded, text.colour),
        width=width_px,
        height=height_px,
        align=ALIGN_LEFT,
        single_line=runs,
        auto_wrap=not runs,
        effect=EFFECT_LEFT if runs else _EFFECTS[text.effect],
        stay=FLASH_STAY if text.effect == "flash" else 10,
    )


def ask(address: int, command: Command) -> Question[Ack | Nack]:
    """The question that a command to a card is; our own frames and other cards' do not count."""

    def answer(heard: bytes) -> Ack | Nack | None:
        for frame in FrameDecoder().feed(heard):
            found = parse_answer(frame.data)
            if (frame.dst, frame.src) == (HOST, address) and isinstance(found, Ack | Nack):
                return found
        return None

    wire = encode_frame(BxFrame(address, HOST, command.to_bytes()))
    return Question(address, wire, ACK_BYTES, answer)


class LedStrip:
    """The strip whose card has `address` on `line`; sizes in pixels."""

    def __init__(
        self,
        line: Bus,
        address: int,
        width_px: int,
        height_px: int,
        area_gap_s: float = AREA_GAP_S,
    ) -> None:
        self._line = line
        self._width_px = width_px
        self._height_px = height_px
        self._area_gap_s = area_gap_s
        self._turn = asyncio.Lock()
        self._wishes = 0
        self._free_at = 0.0  # when the card takes the next text
        self._silent = False
        self.address = address

    async def show(self, text: LedText) -> None:
        """Show a text; returns when the card has acknowledged it, or a newer text took its place.

        Waits up to a second after the last one. LedError with a reason.
        """
        try:
            area = dynamic_area(text, self._width_px, self._height_px)
        except UnencodableText as error:
            raise LedError(self.address, "no-sign", str(error)) from error
        self._wishes += 1
        wish = self._wishes
        async with self._turn:
            if wish == self._wishes:
                await asyncio.sleep(max(0.0, self._free_at - time.monotonic()))
            if wish == self._wishes:
                await self._send(ShowAreas((area,)))

    async def ping(self) -> None:
        """Returns when the card has answered. LedError."""
        await self._exchange(Ping())

    async def _send(self, command: Command) -> None:
        try:
            for _ in range(TRIES):
                answer = await self._exchange(command)
                if isinstance(answer, Ack):
                    return
                if answer.error not in (ERROR_BUSY, ERROR_CHECKSUM):
                    sentence = ERRORS.get(answer.error, f"error {answer.error}")
                    raise LedError(self.address, "refused", sentence)
                await asyncio.sleep(BUSY_REST_S)
            raise LedError(self.address, "busy")
        finally:
            self._free_at = time.monotonic() + self._area_gap_s

    async def _exchange(self, command: Command) -> Ack | Nack:
        # A strip that was silent gets one try, so that a dead one costs the others little.
        tries = 1 if self._silent else TRIES
        try:
            answer = await self._line.exchange(ask(self.address, command), tries)
        except UnitSilent as error:
            self._silent = True
            raise LedError(self.address, "no-answer") from error
        except LinkError as error:
            raise LedError(self.address, "line-lost") from error
        self._silent = False
        return answer
