"""The printer's input: ESC/POS bytes -> operations, as a receipt printer reads them.

Source: device-protocols.md A.2, A.4-A.6 (Epson's command names). The stream has no frames; each
command is a prefix, a function and its parameters, everything else is text::

    1B 40 | 1C 26 | 1B 61 01 | C4 B3 D5 F2 | 0A | 1D 28 6B pL pH 31 50 30 data | 1D 56 42 00
    init    hanzi   centre     text (GB)    line  counted parameters            cut

Real-time requests (10 04 n, 10 05 n) are executed when they are *received*, before everything
that waits in the buffer. Between two commands they are nothing else; within the parameters of
another command their bytes count as that command's data too (as TM models do), so a driver must
not put a status request into the middle of a QR code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from devices.framing.escpos_operations import (
    Align,
    AutoStatus,
    ClearBuffers,
    Cut,
    Feed,
    HanziMode,
    Initialise,
    LineFeed,
    OffLineResponse,
    Operation,
    ProcessIdRequest,
    QrLevel,
    QrModel,
    QrPrint,
    QrSize,
    QrStore,
    RasterImage,
    RealTimeRequest,
    RealTimeStatusRequest,
    SetStyle,
    Setting,
    Style,
    Text,
    TransmitId,
    TransmitStatus,
    Undecodable,
)
from devices.framing.escpos_paper import WIDTH_DOTS, PaperLine, PrintedTicket, TicketText

__all__ = [
    "Align",
    "AutoStatus",
    "ClearBuffers",
    "CommandParser",
    "Cut",
    "Feed",
    "HanziMode",
    "Initialise",
    "LineFeed",
    "OffLineResponse",
    "Operation",
    "PaperLine",
    "PrintedTicket",
    "ProcessIdRequest",
    "QrLevel",
    "QrModel",
    "QrPrint",
    "QrSize",
    "QrStore",
    "RasterImage",
    "RealTimeRequest",
    "RealTimeStatusRequest",
    "SetStyle",
    "Setting",
    "Style",
    "Text",
    "TicketText",
    "TransmitId",
    "TransmitStatus",
    "Undecodable",
    "read_tickets",
]

MAX_COMMAND_BYTES = 1 << 20
"""A command that claims more parameters is noise."""


_ALIGNS = {0: "left", 1: "centre", 2: "right", 48: "left", 49: "centre", 50: "right"}
_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}
_ESC, _FS, _GS, _DLE = 0x1B, 0x1C, 0x1D, 0x10
# Number of parameter bytes of the commands whose length is fixed.
_FIXED: dict[int, dict[str, int]] = {
    _ESC: {"@": 0, "2": 0, "i": 0, "m": 0, "L": 0, "S": 0, "p": 3, "B": 2, "$": 2, "\\": 2, "c": 2}
    | dict.fromkeys("dJ3a!EG-tRM eK{V=Ur", 1),
    _FS: {"&": 0, ".": 0, "!": 1, "W": 1, "-": 1, "C": 1, "S": 2, "p": 2},
    _GS: {"\f": 0, "L": 2, "W": 2, "P": 2} | dict.fromkeys("!BHhwfIarbT/:", 1),
}
_REAL_TIME = {0x04: range(1, 9), 0x05: range(1, 4)}
_CLEAR = bytes.fromhex("10140801031401060208")


def _command_length(data: bytes) -> int | None:
    """Bytes of the command at the head of `data`; 0 = unknown, None = more bytes needed."""
    if len(data) < 2:
        return None
    prefix, name = data[0], chr(data[1])
    if prefix == _DLE:
        return _real_time_length(data)
    fixed = _FIXED[prefix].get(name)
    if fixed is not None:
        return 2 + fixed
    if prefix == _ESC and name == "D":  # tab positions, ended by NUL
        end = data.find(0, 2, 35)
        return end + 1 if end >= 0 else (None if len(data) < 35 else 0)
    return _counted_length(data, name) if prefix == _GS else 0


def _real_time_length(data: bytes) -> int | None:
    if data[1] == 0x14:
        if data.startswith(_CLEAR):
            return len(_CLEAR)
        return None if _CLEAR.startswith(data) else 0
    if data[1] not in _REAL_TIME:
        return 0
    if len(data) < 3:
        return None
    return 3 if data[2] in _REAL_TIME[data[1]] else 0


def _counted_length(data: bytes, name: str) -> int | None:
    """GS commands that carry their own length."""
    headers = {"(": 5, "8": 7, "v": 8, "V": 3, "k": 4}
    header = headers.get(name)
    if header is None:
        return 0
    if len(data) < header:
        return None
    if name == "(":
        return 5 + data[3] + 256 * data[4]
    if name == "8":
        return 7 + int.from_bytes(data[3:7], "little")
    if name == "v":
        return 8 + (data[4] + 256 * data[5]) * (data[6] + 256 * data[7])
    if name == "V":
        return 4 if data[2] in (0x41, 0x42) else 3
    if data[2] >= 65:
        return 4 + data[3]
    end = data.find(0, 3, 260)
    return end + 1 if end >= 0 else (None if len(data) < 260 else 0)


def _gs_parenthesis(data: bytes) -> Operation:
    function, rest = chr(data[2]), data[5:]
    if function == "k" and len(rest) >= 3 and rest[0] == 0x31:
        value = rest[2]
        if rest[1] == 0x41:
            return QrModel(value - 48)
        if rest[1] == 0x43:
            return QrSize(value)
        if rest[1] == 0x45 and value in _LEVELS:
            return QrLevel(_LEVELS[value])
        if rest[1] == 0x50:
            return QrStore(rest[3:])
        if rest[1] == 0x51:
            return QrPrint()
    if function == "H" and rest[:2] == b"\x30\x30" and len(rest) == 6:
        return ProcessIdRequest(rest[2:].decode("ascii", errors="replace"))
    if function == "H" and rest[:1] == b"\x31" and len(rest) == 3:
        return OffLineResponse(rest[2])
    return Setting(f"GS ( {function}", rest)


_SIMPLE: dict[tuple[int, str], Callable[[bytes], Operation]] = {
    (_ESC, "@"): lambda p: Initialise(),
    (_ESC, "d"): lambda p: Feed(lines=p[0]),
    (_ESC, "J"): lambda p: Feed(dots=p[0]),
    (_GS, "\f"): lambda p: Feed(lines=1),  # to the paper's next mark, wherever it is
    (_ESC, "i"): lambda p: Cut(partial=False),
    (_ESC, "m"): lambda p: Cut(partial=True),
    (_FS, "&"): lambda p: HanziMode(True),
    (_FS, "."): lambda p: HanziMode(False),
    (_GS, "V"): lambda p: Cut(p[0] & 1 == (p[0] < 0x41), p[1] if len(p) > 1 else None),
    (_GS, "r"): lambda p: TransmitStatus(p[0] - 48 if p[0] > 48 else p[0]),
    (_GS, "a"): lambda p: AutoStatus(p[0]),
    (_GS, "I"): lambda p: TransmitId(p[0]),
    (_GS, "v"): lambda p: RasterImage(p[2] + 256 * p[3], p[4] + 256 * p[5], p[6:]),
}
_STYLES: dict[tuple[int, str], Callable[[Style, int], Style]] = {
    (_GS, "!"): lambda s, n: replace(s, width=(n >> 4 & 7) + 1, height=(n & 7) + 1),
    (_ESC, "!"): lambda s, n: replace(
        s,
        width=2 if n & 0x20 else 1,
        height=2 if n & 0x10 else 1,
        bold=bool(n & 8),
        underline=bool(n & 0x80),
    ),
    (_FS, "!"): lambda s, n: replace(
        s, width=2 if n & 4 else 1, height=2 if n & 8 else 1, underline=bool(n & 0x80)
    ),
    (_FS, "W"): lambda s, n: replace(s, width=1 + (n & 1), height=1 + (n & 1)),
    (_ESC, "E"): lambda s, n: replace(s, bold=bool(n & 1)),
    (_ESC, "G"): lambda s, n: replace(s, bold=bool(n & 1)),
    (_ESC, "-"): lambda s, n: replace(s, underline=n in (1, 2, 49, 50)),
    (_FS, "-"): lambda s, n: replace(s, underline=n in (1, 2, 49, 50)),
    (_GS, "B"): lambda s, n: replace(s, reverse=bool(n & 1)),
}


class CommandParser:
    """Incremental: feed bytes in any pieces, get the operations that are complete.

    Text is delivered when something else follows it (nothing prints before a line feed anyway),
    so the operations do not depend on how the bytes were split. `garbage` counts undecodable
    bytes; `waiting` are bytes of an unfinished command.
    """

    def __init__(self) -> None:
        self.garbage = 0
        self._buffer = bytearray()
        self._text = bytearray()
        self._recent = b""
        self._hanzi = False
        self._style = Style()

    @property
    def waiting(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Operation]:
        """Operations in the order of execution: real-time ones of this piece first."""
        ready: list[Operation] = []
        for byte in data:
            self._recent = (self._recent + bytes([byte]))[-len(_CLEAR) :]
            three = self._recent[-3:]
            if len(three) == 3 and self._is_real_time(three):
                ready.append(self._real_time(three))
                self._recent = b""
            elif self._recent == _CLEAR:
                ready.append(ClearBuffers(raw=_CLEAR))
                self._recent = b""
        self._buffer += data
        while self._buffer:
            taken = self._take(ready)
            if not taken:
                break
            del self._buffer[:taken]
        return ready

    def drop_unfinished(self) -> list[Operation]:
        """Give up on a half command after silence; its bytes become `Undecodable`."""
        ready: list[Operation] = []
        if self._buffer:
            self._flush_text(ready)
            self._undecodable(bytes(self._buffer), ready)
            self._buffer.clear()
        return ready

    @staticmethod
    def _is_real_time(three: bytes) -> bool:
        return three[0] == _DLE and three[2] in _REAL_TIME.get(three[1], ())

    @staticmethod
    def _real_time(three: bytes) -> Operation:
        kind = RealTimeStatusRequest if three[1] == 0x04 else RealTimeRequest
        return kind(three[2], raw=three)

    def _take(self, ready: list[Operation]) -> int:
        """Take one character or command from the head; its bytes, 0 when it is not whole."""
        head = self._buffer[0]
        if head in (_ESC, _FS, _GS, _DLE):
            return self._take_command(ready)
        if 0x20 <= head < 0x7F or (head >= 0x81 and head < 0xFF and self._hanzi):
            return self._take_text(ready)
        self._flush_text(ready)
        if head == 0x0A:
            ready.append(LineFeed(raw=b"\n"))
        elif head in (0x00, 0x0D):
            ready.append(Setting("NUL" if head == 0 else "CR", raw=bytes([head])))
        else:
            self._undecodable(bytes([head]), ready)
        return 1

    def _take_text(self, ready: list[Operation]) -> int:
        head = self._buffer[0]
        if head < 0x80:
            self._text.append(head)
            return 1
        if len(self._buffer) < 2:
            return 0
        pair = bytes(self._buffer[:2])
        try:
            pair.decode("gb18030")
        except UnicodeDecodeError:
            self._flush_text(ready)
            # 30-39 second: a four-byte code, which resident fonts do not have.
            size = 4 if 0x30 <= pair[1] <= 0x39 else 1
            if len(self._buffer) < size:
                return 0
            self._undecodable(bytes(self._buffer[:size]), ready)
            return size
        self._text += pair
        return 2

    def _take_command(self, ready: list[Operation]) -> int:
        data = bytes(self._buffer[:300])
        length = _command_length(data)
        if length is None or len(self._buffer) < length <= MAX_COMMAND_BYTES:
            return 0
        self._flush_text(ready)
        if length == 0 or length > MAX_COMMAND_BYTES:
            self._undecodable(data[:2], ready)
            return 2
        command = bytes(self._buffer[:length])
        if command[0] != _DLE:  # real-time requests were executed on arrival
            ready.append(replace(self._build(command), raw=command))
        return length

    def _build(self, command: bytes) -> Operation:
        name, parameters = (command[0], chr(command[1])), command[2:]
        if name in _STYLES:
            self._style = _STYLES[name](self._style, parameters[0])
            return SetStyle(self._style)
        if name == (_ESC, "a") and parameters[0] in _ALIGNS:
            return Align(_ALIGNS[parameters[0]])
        if name == (_GS, "("):
            return _gs_parenthesis(command)
        if name not in _SIMPLE:
            prefix = {_ESC: "ESC", _FS: "FS", _GS: "GS"}[command[0]]
            return Setting(f"{prefix} {name[1]}", parameters)
        operation = _SIMPLE[name](parameters)
        if isinstance(operation, Initialise):
            self._style, self._hanzi = Style(), False
        if isinstance(operation, HanziMode):
            self._hanzi = operation.on
        return operation

    def _flush_text(self, ready: list[Operation]) -> None:
        if self._text:
            raw = bytes(self._text)
            ready.append(Text(raw.decode("gb18030"), self._style, raw=raw))
            self._text.clear()

    def _undecodable(self, raw: bytes, ready: list[Operation]) -> None:
        self.garbage += len(raw)
        if ready and isinstance(ready[-1], Undecodable):
            raw = ready.pop().raw + raw
        ready.append(Undecodable(raw.hex(), raw=raw))


def read_tickets(data: bytes, width_dots: int = WIDTH_DOTS) -> list[PrintedTicket]:
    """What a printer in good order cuts off when it gets `data` at once."""
    paper, tickets = TicketText(width_dots), []
    for operation in CommandParser().feed(data):
        ticket = paper.add(operation)
        if ticket is not None:
            tickets.append(ticket)
    return tickets
