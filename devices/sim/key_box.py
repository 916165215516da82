"""Key boxes of a make that the hall file describes: the other end of the same description."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from devices.framing.template import FrameDecoder, encode_frame
from devices.framing.template_parts import Fields, FrameSpec, Number
from devices.sim.fault_kinds import SILENT, FaultKind, Faulty, flag

AGAIN_S = 0.3
"""How long a box waits for a reply."""
REPEAT_S = 1.0
"""How often a jammed key sends itself."""


class SimKeyBox(Faulty):
    """One box. A press stays pending until its reply comes, where the make has replies.

    A jammed key sends itself again and again: the one that was pressed last.
    """

    fault_kinds = (
        SILENT, flag("stuck"), FaultKind("ignore_acks", (0, 1, 3), most=100),
        flag("rebooted", once=True),
    )  # fmt: skip

    def __init__(self, counter: int, address: int) -> None:
        self.counter = counter
        self.unit = address
        self.boot = 0
        self.silent = False
        self.ignore_acks = 0
        self.seq = 0
        self._last: tuple[str, int] | None = None
        self._repeating: asyncio.TimerHandle | None = None
        self.pending: list[Fields] = []
        self.send: Callable[[SimKeyBox, str, int], None] = lambda box, code, value: None

    def power_up(self) -> None:
        """It forgets what was not taken."""
        self.pending.clear()

    @property
    def rebooted(self) -> bool:
        """Never: a restart is over as soon as it has happened."""
        return False

    @rebooted.setter
    def rebooted(self, wanted: bool) -> None:
        if wanted:
            self.power_up()

    @property
    def stuck(self) -> bool:
        """Whether a key is jammed."""
        return self._repeating is not None

    @stuck.setter
    def stuck(self, stuck: bool) -> None:
        if self._repeating is not None:
            self._repeating.cancel()
            self._repeating = None
        if stuck:
            self._repeat()

    def _repeat(self) -> None:
        self._repeating = asyncio.get_running_loop().call_later(REPEAT_S, self._repeat)
        if self._last is not None:
            self.press(*self._last)

    def press(self, key: str | int, value: int = 0) -> int:
        """Press a key by its code, as "0F 06"; KeyError for what is no code."""
        try:
            bytes.fromhex(str(key))
        except ValueError:
            raise KeyError(key) from None
        self.seq += 1
        self._last = str(key), value
        if not self.silent:
            self.send(self, str(key), value)
        return self.seq

    def state(self) -> dict[str, Any]:
        """As `SimButtonUnit.state`; it has no lamp and no beep, and sends every key at once."""
        return {
            "counter": self.counter,
            "unit": self.unit,
            "boot": self.boot,
            "seq": self.seq,
            "pending": [],
            "overflow": False,
            "lamp": 0,
            "beeps": 0,
            "silent": self.silent,
        }


class SimKeyBoxLine:
    """The pair that the boxes share; `write` goes to the service."""

    silence_s = 0.05

    def __init__(self, frame: FrameSpec, reply: FrameSpec | None) -> None:
        self.write: Callable[[bytes], None] = lambda data: None
        self.boxes: list[SimKeyBox] = []
        self._frame = frame
        self._decoder = FrameDecoder(reply) if reply is not None else None
        self._reply = reply
        sizes = (one.size for one in frame.parts if isinstance(one, Number) and one.name == "key")
        self._key_size = next(sizes, 1)

    @property
    def garbage(self) -> int:
        return self._decoder.garbage if self._decoder else 0

    def add(self, box: SimKeyBox) -> SimKeyBox:
        """Hang a box on the pair."""
        box.send = self._send
        self.boxes.append(box)
        return box

    def receive(self, data: bytes) -> None:
        self._replied(self._decoder.feed(data) if self._decoder else [])

    def line_silent(self) -> None:
        self._replied(self._decoder.reset() if self._decoder else [])

    def _send(self, box: SimKeyBox, code: str, value: int) -> None:
        raw = bytes.fromhex(code)
        key, data = raw[: self._key_size], raw[self._key_size :]
        number = int.from_bytes(key, "big")
        fields = Fields(address=box.unit, key=number, value=value, data=data)
        if self._reply is None:
            self.write(encode_frame(self._frame, fields))
        else:
            box.pending.append(fields)
            if len(box.pending) == 1:
                self._tell_oldest(box)

    def _tell_oldest(self, box: SimKeyBox) -> None:
        """Send the oldest press, and again until its reply comes."""
        if box.pending and not box.silent:
            self.write(encode_frame(self._frame, box.pending[0]))
            loop = asyncio.get_running_loop()
            loop.call_later(AGAIN_S, self._tell_again, box, box.pending[0])

    def _tell_again(self, box: SimKeyBox, fields: Fields) -> None:
        if box.pending and box.pending[0] is fields:
            self._tell_oldest(box)

    def _replied(self, replies: list[Fields]) -> None:
        for reply in replies:
            for box in self.boxes:
                mine = self._reply is None or not self._reply.has("address")
                if box.pending and box.ignore_acks and (mine or reply.address == box.unit):
                    box.ignore_acks -= 1
                elif box.pending and (mine or reply.address == box.unit):
                    box.pending.pop(0)
                    self._tell_oldest(box)
