"""Frames of serial Chinese voice modules of the SYN6288 class (device-protocols.md D.7), 9600 8N1.

    FD | length, 2 bytes, high first | command | parameter | text, GB2312, 200 bytes at most | XOR

The length counts command, parameter, text and the XOR of all bytes before it. Commands without
text have no parameter either. The module answers with single bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAD = 0xFD
SPEAK, STOP, STATUS = 0x01, 0x02, 0x21
GB2312 = 0x00
READY, HEARD, REFUSED, BUSY, IDLE = 0x4A, 0x41, 0x45, 0x4E, 0x4F
MOST_TEXT = 200
LONGEST = MOST_TEXT + 3


@dataclass(frozen=True, slots=True)
class ModuleCommand:
    """A command with its parameter and text; only SPEAK has these two."""

    command: int
    parameter: int = 0
    text: bytes = b""

    def encode(self) -> bytes:
        """The bytes on the line. ValueError for a text that is too long."""
        if len(self.text) > MOST_TEXT:
            raise ValueError(f"{len(self.text)} bytes of text; {MOST_TEXT} is the most")
        data = bytes([self.command])
        if self.command == SPEAK:
            data += bytes([self.parameter]) + self.text
        frame = bytes([HEAD]) + (len(data) + 1).to_bytes(2, "big") + data
        return frame + bytes([xor(frame)])


def xor(data: bytes) -> int:
    """The check byte: all bytes, one upon the other."""
    check = 0
    for byte in data:
        check ^= byte
    return check


class ModuleParser:
    """What the module understands of a stream: commands, and how many frames were no good."""

    def __init__(self) -> None:
        self._data = b""
        self.bad = 0

    def feed(self, data: bytes) -> list[ModuleCommand]:
        """Every whole command; what is no frame is passed over. Keeps one frame at most."""
        self._data += data
        found: list[ModuleCommand] = []
        while True:
            start = self._data.find(HEAD)
            if start < 0:
                self._data = b""
                return found
            self._data = self._data[start:]
            if len(self._data) < 3:
                return found
            length = int.from_bytes(self._data[1:3], "big")
            if not 2 <= length <= LONGEST:
                self._skip()
                continue
            if len(self._data) < 3 + length:
                return found
            frame = self._data[: 3 + length]
            if xor(frame[:-1]) != frame[-1]:
                self._skip()
                continue
            self._data = self._data[3 + length :]
            found.append(_command(frame[3:-1]))

    def _skip(self) -> None:
        self.bad += 1
        self._data = self._data[1:]


def _command(data: bytes) -> ModuleCommand:
    if data[0] == SPEAK and len(data) >= 2:
        return ModuleCommand(SPEAK, data[1], data[2:])
    return ModuleCommand(data[0])
