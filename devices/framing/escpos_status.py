"""What an ESC/POS printer sends back, taken apart (device-protocols.md A.4-A.6).

One byte stream carries everything, told apart by fixed bits:

    11, 13             XON, XOFF (anywhere)
    37 … 00            response: 37 22 d1 d2 d3 d4 00 process id, 37 23 … 00 off-line causes,
                       37 25 00 buffers cleared
    5F … 00            information text (GS I 41..45), at most 80 characters
    b & 93 == 12       real-time status (DLE EOT n); which n, only the order of asking tells
    b & 93 == 10       automatic status (GS a), with three more bytes of b & 90 == 0
    else b & 90 == 0   answer to GS r or GS I

A byte that fits nothing, and a reply that breaks off, is garbage.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

XON, XOFF = 0x11, 0x13
RESPONSE, INFORMATION, BLOCK_END = 0x37, 0x5F, 0x00
PROCESS_ID, OFF_LINE, CLEARED = 0x22, 0x23, 0x25
MAX_BLOCK = 96  # an information text has at most 80 characters
MAX_ASKED = 8  # a printer takes no more DLE EOT at a time


@dataclass(frozen=True, slots=True)
class XonXoff:
    """The printer's flow control: `on` False means stop sending."""

    on: bool


@dataclass(frozen=True, slots=True)
class RealTimeStatus:
    """Answer to DLE EOT n; `n` is None when nobody is known to have asked."""

    value: int
    n: int | None = None

    def _bits(self, n: int, mask: int) -> bool:
        return self.n == n and bool(self.value & mask)

    @property
    def off_line(self) -> bool:
        """n=1: the printer does not print now."""
        return self._bits(1, 0x08)

    @property
    def cover_open(self) -> bool:
        """n=2."""
        return self._bits(2, 0x04)

    @property
    def error(self) -> bool:
        """n=2: an error has occurred; n=3 names it. n=3: any error."""
        return self._bits(2, 0x40) or self._bits(3, 0x6C)

    @property
    def cutter_error(self) -> bool:
        """n=3."""
        return self._bits(3, 0x08)

    @property
    def head_hot(self) -> bool:
        """n=3: an error that ends by itself; with a closed cover it is the head's temperature."""
        return self._bits(3, 0x40)

    @property
    def paper_out(self) -> bool:
        """n=4, or n=2: printing stopped because the paper ended."""
        return self._bits(4, 0x60) or self._bits(2, 0x20)

    @property
    def paper_low(self) -> bool:
        """n=4: near end."""
        return self._bits(4, 0x0C)


@dataclass(frozen=True, slots=True)
class AutoStatus:
    """Automatic status, sent by the printer itself when something changes (GS a)."""

    values: tuple[int, int, int, int]

    @property
    def off_line(self) -> bool:
        """The printer does not print now."""
        return bool(self.values[0] & 0x08)

    @property
    def cover_open(self) -> bool:
        """The cover is open."""
        return bool(self.values[0] & 0x20)

    @property
    def cutter_error(self) -> bool:
        """The cutter is stuck."""
        return bool(self.values[1] & 0x08)

    @property
    def head_hot(self) -> bool:
        """An error that ends by itself; with a closed cover it is the head's temperature."""
        return bool(self.values[1] & 0x40)

    @property
    def error(self) -> bool:
        """Any error: recoverable, cutter, unrecoverable, recovering by itself."""
        return bool(self.values[1] & 0x6C)

    @property
    def paper_low(self) -> bool:
        """Near end."""
        return bool(self.values[2] & 0x03)

    @property
    def paper_out(self) -> bool:
        """The paper has ended."""
        return bool(self.values[2] & 0x0C)


@dataclass(frozen=True, slots=True)
class ProcessId:
    """Everything before this GS ( H id has been printed. Four characters of 20..7E."""

    id: str


@dataclass(frozen=True, slots=True)
class Response:
    """Another 37 … 00 block: off-line causes (23), buffers cleared (25), QR size (36)."""

    code: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Info:
    """Answer to GS I 41..45: firmware, maker, model, serial number, language."""

    text: str


@dataclass(frozen=True, slots=True)
class GsrByte:
    """Answer to GS r n (in order with the print data) or to GS I 1..3."""

    value: int

    @property
    def paper_low(self) -> bool:
        """Answer to GS r 1: near end."""
        return bool(self.value & 0x03)

    @property
    def paper_out(self) -> bool:
        """Answer to GS r 1: the paper has ended."""
        return bool(self.value & 0x0C)


Reply = XonXoff | RealTimeStatus | AutoStatus | ProcessId | Response | Info | GsrByte


def is_real_time(byte: int) -> bool:
    """Whether a byte answers DLE EOT."""
    return byte & 0x93 == 0x12


def is_auto_first(byte: int) -> bool:
    """Whether a byte begins an automatic status."""
    return byte & 0x93 == 0x10


def is_plain(byte: int) -> bool:
    """Whether a byte may follow in an automatic status, or answer GS r."""
    return byte & 0x90 == 0


class ReplyDecoder:
    """Takes the printer's stream apart; never raises, counts what it throws away."""

    def __init__(self) -> None:
        self._held = bytearray()  # a block or an automatic status that has begun
        self._asked: deque[int] = deque(maxlen=MAX_ASKED)
        self.garbage = 0  # bytes thrown away since the beginning

    @property
    def inside(self) -> bool:
        """Whether a block has begun and not ended."""
        return bool(self._held)

    def asked(self, n: int) -> None:
        """DLE EOT `n` has been sent; its byte will come after those asked before."""
        self._asked.append(n)

    def forget_asked(self) -> None:
        """The answers that are outstanding will not come."""
        self._asked.clear()

    def feed(self, data: bytes) -> list[Reply]:
        """Take bytes in any portion; the replies that are complete now."""
        replies: list[Reply] = []
        waiting = deque(data)
        while waiting:
            byte = waiting.popleft()
            if byte in (XON, XOFF):
                replies.append(XonXoff(byte == XON))
            elif not self._held:
                self._begin(byte, replies)
            elif self._fits(byte):
                self._held.append(byte)
                self._end(replies)
            else:
                waiting.extendleft(reversed([*self._held[1:], byte]))
                self._held.clear()
                self.garbage += 1
        return replies

    def reset(self) -> list[Reply]:
        """The line is silent: what has begun will not be completed. Whole replies inside it."""
        replies: list[Reply] = []
        while self._held:
            rest = bytes(self._held[1:])
            self._held.clear()
            self.garbage += 1
            replies += self.feed(rest)
        return replies

    def _begin(self, byte: int, replies: list[Reply]) -> None:
        if byte in (RESPONSE, INFORMATION) or is_auto_first(byte):
            self._held.append(byte)
        elif is_real_time(byte):
            n = self._asked.popleft() if self._asked else None
            replies.append(RealTimeStatus(byte, n))
        elif is_plain(byte):
            replies.append(GsrByte(byte))
        else:
            self.garbage += 1

    def _fits(self, byte: int) -> bool:
        if is_auto_first(self._held[0]):
            return is_plain(byte)
        if len(self._held) >= MAX_BLOCK:
            return False
        if byte == BLOCK_END:
            return len(self._held) > 1
        return 0x1F <= byte <= 0x7F  # 1F parts the fields of a QR size

    def _end(self, replies: list[Reply]) -> None:
        if is_auto_first(self._held[0]):
            if len(self._held) < 4:
                return
            first, second, third, fourth = self._held
            replies.append(AutoStatus((first, second, third, fourth)))
        elif self._held[-1] == BLOCK_END:
            replies.append(_block(bytes(self._held)))
        else:
            return
        self._held.clear()


def _block(block: bytes) -> Reply:
    if block[0] == INFORMATION:
        return Info(block[1:-1].decode("ascii"))
    if block[1] == PROCESS_ID and len(block) == 7:
        return ProcessId(block[2:-1].decode("ascii"))
    return Response(block[1], block[2:-1])
