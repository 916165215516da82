"""Number pads, scanners and card readers: what a hand presses or holds up, as bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from devices.framing.input_event import CODES, keystroke
from devices.framing.sdt import (
    COMMAND_WRONG,
    FIND,
    FOUND,
    NO_CARD,
    OK,
    PHOTO_BYTES,
    READ,
    READ_FAILED,
    SELECT,
    SELECT_FAILED,
    TEXT_BYTES,
    SdtDecoder,
    SdtReply,
    encode_reply,
)
from devices.sim.fault_kinds import SILENT, Faulty

MAX_CODE = 512
FAKE_REGION = "999999"
"""No region of the country; every simulated card is obviously no person's."""


class SimPad:
    """A USB number pad; `write` goes into its pipe, `plug` takes it out and puts it in."""

    silence_s = 1.0

    def __init__(self) -> None:
        self.write: Callable[[bytes], None] = lambda data: None
        self.plug: Callable[[bool], None] = lambda plugged: None
        self.presses = 0
        self._silent = False

    @property
    def garbage(self) -> int:
        return 0

    @property
    def silent(self) -> bool:
        """Whether it was unplugged."""
        return self._silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        if silent is not self._silent:
            self.plug(not silent)
        self._silent = silent

    def press(self, key: str, value: int = 0) -> int:
        """Type a number (0: none) and press a key of `input_event.CODES`; KeyError for another.

        "number" is Enter behind a number.
        """
        pressed = "Enter" if key == "number" else key
        if pressed not in CODES:
            raise KeyError(key)
        digits = str(value) if value else ""
        self.write(b"".join(keystroke(one) for one in (*digits, pressed)))
        self.presses += 1
        return self.presses

    def receive(self, data: bytes) -> None:
        """Nobody writes to a pad."""

    def line_silent(self) -> None:
        """Nobody writes to a pad."""


class SimPadKeypad(Faulty):
    """A pad as the keypad, rating box or button of a counter."""

    fault_kinds = (SILENT,)

    def __init__(self, counter: int, pad: SimPad) -> None:
        self.counter = counter
        self.pad = pad

    @property
    def unit(self) -> int:
        """A pad has no address."""
        return 0

    @property
    def boot(self) -> int:
        return 0

    @property
    def silent(self) -> bool:
        return self.pad.silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        self.pad.silent = silent

    def power_up(self) -> None:
        """It forgets nothing, it knows nothing."""

    def press(self, key: str | int, value: int = 0) -> int:
        """Press a key by its name; KeyError for another."""
        return self.pad.press(str(key), value)

    def state(self) -> dict[str, Any]:
        """As `SimButtonUnit.state`; the kernel takes every key at once."""
        return {
            "counter": self.counter,
            "unit": 0,
            "boot": 0,
            "seq": self.pad.presses,
            "pending": [],
            "overflow": False,
            "lamp": 0,
            "beeps": 0,
            "silent": self.silent,
        }


class SimScanner(Faulty):
    """A scanner that sends what is held before it as a line."""

    fault_kinds = (SILENT,)

    silence_s = 1.0

    def __init__(self, scanner: str) -> None:
        self.id = scanner
        self.write: Callable[[bytes], None] = lambda data: None
        self.scans = 0
        self.silent = False
        self.garbage = 0

    def scan(self, code: str) -> None:
        """Hold a code up. ValueError: longer than a scanner reads, or a line break in it."""
        data = code.encode()
        if not 0 < len(data) <= MAX_CODE or b"\r" in data or b"\n" in data:
            raise ValueError(code)
        if not self.silent:
            self.write(data + b"\r\n")
            self.scans += 1

    def receive(self, data: bytes) -> None:
        self.garbage += len(data)

    def line_silent(self) -> None:
        """It expects nothing."""

    def state(self) -> dict[str, Any]:
        """The scanner as the bench shows it."""
        return {"id": self.id, "scans": self.scans, "silent": self.silent}


class SimCardReader(Faulty):
    """A card reader; the cards of the bench are obviously fake and have a date of birth only."""

    silence_s = 0.2
    fault_kinds = (SILENT,)

    def __init__(self, reader: str) -> None:
        self.id = reader
        self.write: Callable[[bytes], None] = lambda data: None
        self.silent = False
        self.reads = 0
        self._text: bytes | None = None
        self._selected = False
        self._decoder = SdtDecoder()

    @property
    def garbage(self) -> int:
        return self._decoder.garbage

    def lay(self, born: date | None) -> None:
        """Lay a card of somebody born then on the reader, or take it away."""
        self._text = None if born is None else _card(born)
        self._selected = False

    def receive(self, data: bytes) -> None:
        for body in self._decoder.feed(data):
            self._serve(body)

    def line_silent(self) -> None:
        for body in self._decoder.reset():
            self._serve(body)

    def state(self) -> dict[str, Any]:
        """The reader as the bench shows it."""
        return {
            "id": self.id,
            "card": self._text is not None,
            "reads": self.reads,
            "silent": self.silent,
        }

    def _serve(self, body: bytes) -> None:
        if not self.silent:
            self.write(encode_reply(self._reply(body)))

    def _reply(self, body: bytes) -> SdtReply:
        if body == FIND:
            # A card that was read is found again only when it was taken away.
            free = self._text is not None and not self._selected
            return SdtReply(FOUND, bytes(4)) if free else SdtReply(NO_CARD)
        if body == SELECT:
            self._selected = self._text is not None
            return SdtReply(OK, bytes(8)) if self._selected else SdtReply(SELECT_FAILED)
        if body == READ:
            if self._text is None or not self._selected:
                return SdtReply(READ_FAILED)
            self.reads += 1
            sizes = TEXT_BYTES.to_bytes(2, "big") + PHOTO_BYTES.to_bytes(2, "big")
            return SdtReply(OK, sizes + self._text + bytes(PHOTO_BYTES))
        return SdtReply(COMMAND_WRONG)


def _card(born: date) -> bytes:
    """The text of a card: fields of fixed width, UTF-16LE, blanks behind (F.1)."""
    day = f"{born:%Y%m%d}"
    fields = (
        ("演示卡", 15), ("1", 1), ("01", 2), (day, 8), ("示范路1号", 35),
        (f"{FAKE_REGION}{day}0000", 18), ("演示", 15), ("20200101", 8), ("长期", 8), ("", 18),
    )  # fmt: skip
    return "".join(text.ljust(width) for text, width in fields).encode("utf-16-le")
