"""The far ends of a hall's lines, in a process of its own: units, strips and a printer whose
bytes take the time of a real wire.

`python -m tests.bench._wire` reads what hangs where from the first line of its input, answers
with the paths, then obeys one JSON document a line. Times are of the system's steady clock, which
all processes share.

    request, read at once ... bytes / baud ... gap + turnaround ... reply, in pieces as it goes

As device-protocols.md E.5 reckons: two gaps in an exchange, one of which the master keeps, and
5 ms that a unit thinks.
"""

import json
import os
import sys
import threading
import time
import tty
from typing import Any

from config.poll_cycle import GAP_BITS, GAP_CHARACTERS, LEAST_GAP_MS, TURNAROUND_MS
from devices.framing.bx import FrameDecoder
from devices.sim.button_unit import SimKeypad, SimUnitBus
from devices.sim.clock import Watch
from devices.sim.led import SimLedCard, SimLedLine

WATCH = Watch("Asia/Shanghai")
SIZE_PX = (128, 16)
PIECE_S = 0.002
"""A reply comes in pieces of so much time, as from an adapter."""
STATUS = {1: b"\x16"}
"""What a printer that is well answers to DLE EOT 1; to the others 12."""


class Pair:
    """One pseudo-terminal; a thread passes the bytes on when their time has come."""

    def __init__(self, baud: int) -> None:
        self.byte_s = 10 / baud
        gap_ms = GAP_CHARACTERS * GAP_BITS * 1000 / baud if baud <= 19200 else LEAST_GAP_MS
        self.turn_s = (gap_ms + TURNAROUND_MS) / 1000
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self.replies: list[bytes] = []
        threading.Thread(target=self._run, daemon=True).start()

    def hear(self, data: bytes, at: float) -> None:
        """Bytes whose last one came at this moment; `replies` is sent back."""
        raise NotImplementedError

    def _run(self) -> None:
        free_at = 0.0
        while True:
            data = os.read(self.master, 4096)
            free_at = max(free_at, time.monotonic()) + len(data) * self.byte_s
            _sleep_until(free_at)
            self.hear(data, free_at)
            reply = b"".join(self.replies)
            self.replies.clear()
            if reply:
                free_at = self._send(reply, free_at + self.turn_s)

    def _send(self, reply: bytes, at: float) -> float:
        size = max(1, round(PIECE_S / self.byte_s))
        for start in range(0, len(reply), size):
            piece = reply[start : start + size]
            at += len(piece) * self.byte_s
            _sleep_until(at)
            os.write(self.master, piece)
        return at


class Units(Pair):
    """Keypads 1 to `count`; notes when each was asked for its events."""

    def __init__(self, baud: int, count: int) -> None:
        self.asked: dict[int, list[float]] = {unit: [] for unit in range(1, count + 1)}
        self.keypads = {unit: SimKeypad(unit, unit, time.monotonic) for unit in self.asked}
        self._bus = SimUnitBus(list(self.keypads.values()))
        self._bus.write = lambda data: self.replies.append(data)
        self._polled = threading.Condition()
        super().__init__(baud)

    def hear(self, data: bytes, at: float) -> None:
        with self._polled:
            self._bus.receive(data)
            if data[1] == 4 and data[0] in self.asked:
                self.asked[data[0]].append(at)
                self._polled.notify_all()

    def press(self, unit: int, phase: float) -> float:
        """Press NEXT at a part of the cycle (0 to 1) after the unit's next poll; when that was."""
        with self._polled:
            polls = len(self.asked[unit])
            self._polled.wait_for(lambda: len(self.asked[unit]) > polls, 5)
            before, polled_at = self.asked[unit][-2:]
        _sleep_until(polled_at + phase * (polled_at - before))
        with self._polled:
            self.keypads[unit].press("NEXT")
            return time.monotonic()


class Strip(Pair):
    """One BX card, alone on its line; notes when a frame for it ended, and its bytes."""

    def __init__(self, baud: int) -> None:
        self._card = SimLedCard(1, 1, SIZE_PX, WATCH)
        self._line = SimLedLine([self._card])
        self._line.write = lambda data: self.replies.append(data)
        self._decoder = FrameDecoder()
        self._bytes = 0
        self.frames: list[tuple[float, int, str]] = []
        super().__init__(baud)

    def hear(self, data: bytes, at: float) -> None:
        self._bytes += len(data)
        self._line.receive(data)
        if self._decoder.feed(data):
            self.frames.append((at, self._bytes, self._card.seen().text))
            self._bytes = 0


class Printer(Pair):
    """Answers that it is well, and takes everything until it is stalled."""

    def __init__(self, baud: int) -> None:
        self._flowing = threading.Event()
        self._flowing.set()
        super().__init__(baud)

    def hear(self, data: bytes, at: float) -> None:
        self._flowing.wait()
        for place in range(len(data) - 2):
            if data[place : place + 2] == b"\x10\x04":
                self.replies.append(STATUS.get(data[place + 2], b"\x12"))

    def stall(self) -> None:
        """Take nothing more; what the terminal itself would keep is full at once."""
        self._flowing.clear()
        os.set_blocking(self._slave, False)
        try:
            while os.write(self._slave, bytes(4096)):
                pass
        except BlockingIOError:
            pass
        finally:
            os.set_blocking(self._slave, True)


def _sleep_until(at: float) -> None:
    left_s = at - time.monotonic()
    if left_s > 0:
        time.sleep(left_s)


def main() -> None:
    """Obey until the input ends."""
    asked = json.loads(sys.stdin.readline())
    units = Units(asked["baud"], asked["units"])
    strips = [Strip(asked["strip_baud"]) for _ in range(asked["strips"])]
    printer = Printer(asked["baud"])
    paths = [units.path, printer.path, *(strip.path for strip in strips)]
    _tell(paths)
    for line in sys.stdin:
        match json.loads(line):
            case {"press": unit, "phase": phase}:
                _tell(units.press(unit, phase))
            case {"silent": unit}:
                units.keypads[unit].silent = True
                _tell(None)
            case {"stall": _}:
                printer.stall()
                _tell(None)
            case {"asked": _}:
                _tell(units.asked)
            case {"frames": strip}:
                _tell(strips[strip].frames)


def _tell(what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
