"""Key presses as the Linux kernel hands them out (struct input_event of linux/input.h).

    seconds long | microseconds long | type 2 | code 2 | value 4      24 bytes, 16 on 32-bit systems

type 1 is a key: value 1 down, 0 up, 2 repeated while it is held. type 0 ends a report; its code 3
says that reports were lost. The key codes are those of number pads and of a keyboard's digits.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

EV_SYN, EV_KEY, EV_MSC = 0, 1, 4
SYN_REPORT, SYN_DROPPED = 0, 3
UP, DOWN, HELD = 0, 1, 2

_EVENT = struct.Struct("@llHHi")
EVENT_BYTES = _EVENT.size

_PAD_DIGITS = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73)
_ROW_DIGITS = (11, 2, 3, 4, 5, 6, 7, 8, 9, 10)
KEY_NAMES: dict[int, str] = {
    **{code: str(digit) for digit, code in enumerate(_PAD_DIGITS)},
    **{code: str(digit) for digit, code in enumerate(_ROW_DIGITS)},
    96: "Enter", 28: "Enter", 78: "+", 74: "-", 12: "-", 55: "*", 98: "/", 53: "/",
    83: ".", 52: ".", 14: "Backspace",
}  # fmt: skip
CODES: dict[str, int] = {
    **{str(digit): code for digit, code in enumerate(_PAD_DIGITS)},
    "Enter": 96, "+": 78, "-": 74, "*": 55, "/": 98, ".": 83, "Backspace": 14,
}  # fmt: skip
"""How a number pad sends a key by its name."""


@dataclass(frozen=True, slots=True)
class InputEvent:
    """One event; the kernel's time stamp is left out, it follows the wall clock's jumps."""

    type: int
    code: int
    value: int


def encode(event: InputEvent) -> bytes:
    """An event as the kernel writes it, with no time."""
    return _EVENT.pack(0, 0, event.type, event.code, event.value)


def keystroke(key: str) -> bytes:
    """What a pad sends for one press of a key of `CODES`: down, report, up, report."""
    code = CODES[key]
    end = InputEvent(EV_SYN, SYN_REPORT, 0)
    events = (InputEvent(EV_KEY, code, DOWN), end, InputEvent(EV_KEY, code, UP), end)
    return b"".join(encode(event) for event in events)


class EventDecoder:
    """Events out of a byte stream; the kernel hands out whole events, a pipe may not."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[InputEvent]:
        """Take bytes in any portion; the events that are complete now."""
        self._held += data
        whole = len(self._held) // EVENT_BYTES * EVENT_BYTES
        events = [
            InputEvent(kind, code, value)
            for _, _, kind, code, value in _EVENT.iter_unpack(self._held[:whole])
        ]
        self._held = self._held[whole:]
        return events


class KeyTyper:
    """Keys out of events: digits gather to a number, the next other key takes it along.

    `direct`: digits that act at once instead. Time (seconds) is an argument; digits of long ago
    are forgotten, and so are those of a report that the kernel lost.
    """

    MOST_DIGITS = 4
    FORGET_S = 5.0

    def __init__(self, direct: frozenset[str] = frozenset()) -> None:
        self._direct = direct
        self._typed = ""
        self._typed_at = 0.0

    def feed(self, event: InputEvent, now: float) -> tuple[str, int] | None:
        """The key that was pressed and the number typed before it (0: none); None for others.

        "number" is typed digits and Enter.
        """
        if event.type == EV_SYN and event.code == SYN_DROPPED:
            self._typed = ""
        if event.type != EV_KEY or event.value != DOWN:
            return None
        key = KEY_NAMES.get(event.code)
        if key is None:
            return None
        if now - self._typed_at > self.FORGET_S:
            self._typed = ""
        self._typed_at = now
        return self._key(key)

    def _key(self, key: str) -> tuple[str, int] | None:
        if key.isdigit() and key not in self._direct:
            # One digit too many is a slip of the hand: nobody means the last four of it.
            self._typed = self._typed + key if len(self._typed) < self.MOST_DIGITS else ""
            return None
        typed, self._typed = self._typed, ""
        if key == "Backspace" and typed:
            self._typed = typed[:-1]
            return None
        return ("number" if key == "Enter" and typed else key), int(typed or 0)
