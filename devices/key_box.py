"""Key boxes whose frames the hall file describes: they send by themselves, one line of them.

    box --frame--> code -> on_key (durable) -> True: reply, when the description has one
                                            -> False, error, too slow: offered again

A box that did not hear the reply sends its frame again: that is answered and not handed on. A box
without replies tells each press once. What has no meaning is counted and passed over.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace

from devices.framing.template import FrameDecoder, encode_frame
from devices.framing.template_parts import Fields, FrameSpec, Number
from devices.keypad import KeyPressed, OnKey
from devices.link import ByteLink, LinkError
from devices.traffic import Traffic

SILENCE_S = 0.2
WAIT_OPEN_S = 1.0
SAME_S = 0.5  # the same frame again within this time was sent for want of our reply
MOST_WAITING = 16  # as many as a unit with event registers keeps
HANDLE_S = 10.0
REFUSED_REST_S = 0.5
MAX_BOOT = 0x7FFFFFFF

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Box:
    address: int
    codes: frozenset[str]
    on_key: OnKey
    traffic: Traffic = field(default_factory=Traffic)


class KeyBoxes:
    """All boxes of one line. `run` it; cancel it to end."""

    def __init__(self, link: ByteLink, frame: FrameSpec, reply: FrameSpec | None = None) -> None:
        self._link = link
        self._frame = frame
        self._reply = reply
        self._boxes: list[_Box] = []
        self._boot = secrets.randbelow(MAX_BOOT) + 1
        self._seq = 0
        self._turns: dict[int, asyncio.Lock] = {}
        self._waiting: dict[int, list[Fields]] = {}  # frames of each address that are not taken yet
        self._taken: dict[int, tuple[Fields, float]] = {}  # newest frame of each address, and when
        self.unknown = 0
        """Frames of boxes or keys that nobody named."""

    def add(self, address: int, codes: Collection[str], on_key: OnKey) -> Traffic:
        """Hand on these codes ("0C", with data "0F 06") of a box; True: the press is stored.

        Return the counters of the box.
        """
        box = _Box(address, frozenset(codes), on_key)
        self._boxes.append(box)
        return box.traffic

    async def run(self) -> None:
        """Read for ever; the link reconnects by itself.

        A press that is not taken holds up its own box and no other of the line.
        """
        async with asyncio.TaskGroup() as presses:
            await self._read(presses)

    async def _read(self, presses: asyncio.TaskGroup) -> None:
        decoder = FrameDecoder(self._frame)
        while True:
            if self._link.state != "open" and not await self._link.wait_open(WAIT_OPEN_S):
                continue
            try:
                data = await self._link.read(timeout_s=SILENCE_S)
            except LinkError:
                decoder.reset()
                continue
            heard_at = time.monotonic()
            for fields in decoder.feed(data) if data else decoder.reset():
                presses.create_task(self._in_turn(fields, heard_at))

    async def _in_turn(self, fields: Fields, at: float) -> None:
        """One press after another of a box; a box that asks for a reply sends its frame again."""
        waiting = self._waiting.setdefault(fields.address, [])
        again = self._reply is not None and fields in waiting
        if again or len(waiting) >= MOST_WAITING:
            return
        waiting.append(fields)
        try:
            async with self._turns.setdefault(fields.address, asyncio.Lock()):
                await self._heard(fields, at)
        finally:
            waiting.remove(fields)

    async def _heard(self, fields: Fields, at: float) -> None:
        known, known_at = self._taken.get(fields.address, (None, 0.0))
        repeated = self._reply is not None and fields == known and at - known_at < SAME_S
        if not repeated:
            await self._hand_on(fields, at)
        if self._reply is not None:
            self._taken[fields.address] = (fields, time.monotonic())
            with suppress(LinkError):  # then the box sends its frame again
                await self._link.write(encode_frame(self._reply, fields))

    async def _hand_on(self, fields: Fields, at: float) -> None:
        whole, alone = code_of(self._frame, fields)
        for code in (whole, alone):
            for box in self._boxes:
                mine = not self._frame.has("address") or box.address == fields.address
                if mine and code in box.codes:
                    self._seq += 1
                    box.traffic.heard()
                    pressed = KeyPressed(box.address, self._boot, self._seq, code, fields.value)
                    await self._offer(box, pressed, at)
                    return
        self.unknown += 1
        _log.info("line %s: box %d: no key %s", self._link.name, fields.address, whole)

    async def _offer(self, box: _Box, pressed: KeyPressed, at: float) -> None:
        while True:
            try:
                async with asyncio.timeout(HANDLE_S):
                    if await box.on_key(replace(pressed, age_s=time.monotonic() - at)):
                        return
            except Exception:
                _log.warning("box %d: %s was not taken", box.address, pressed.key, exc_info=True)
            await asyncio.sleep(REFUSED_REST_S)


def code_of(frame: FrameSpec, fields: Fields) -> tuple[str, str]:
    """The code of a key with its data, and without: ("0F 06", "0F")."""
    size = next(
        (one.size for one in frame.parts if isinstance(one, Number) and one.name == "key"), 1
    )
    alone = fields.key.to_bytes(max(size, (fields.key.bit_length() + 7) // 8), "big")
    return (alone + fields.data).hex(" ").upper(), alone.hex(" ").upper()
