"""What a person sees on a strip, whatever its make."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import Any

from devices.sim.clock import Now, stamp
from devices.sim.fault_kinds import FaultKind, Faulty, flag

KEPT_FRAMES = 50
VENDORS_TEXT = "欢迎光临 WELCOME"
"""What a vendor's tool leaves on a strip."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A text on a strip."""

    text: str = ""
    colour: str = "red"
    effect: str = "static"


class SimStrip(Faulty, ABC):
    """One strip: its power, what it shows, the frames that made it.

    Sizes in pixels; `counter` is where it hangs: 0 for a main LED, which `screen` names. A make
    says by `seen` what is lit and by `forget` what is lost with the power. `overwritten`: a
    vendor's tool has put a text of its own there, which stays until the next frame.
    """

    fault_kinds = (FaultKind("powered", (True, False)), flag("overwritten"))

    def __init__(self, counter: int, address: int, size_px: tuple[int, int], now: Now) -> None:
        self.counter = counter
        self.screen = ""
        self.address = address
        self._powered = True
        self._overwritten = False
        self.width_px, self.height_px = size_px
        self._now = now
        self._shown_at: str | None = None
        self._frames: deque[str] = deque(maxlen=KEPT_FRAMES)

    @abstractmethod
    def seen(self) -> Seen:
        """What is lit."""

    @abstractmethod
    def forget(self) -> None:
        """The power is gone, and with it what stood in RAM."""

    def note(self, frame: bytes) -> None:
        """A frame that makes the strip show something has come."""
        self._frames.append(frame.hex())

    @property
    def powered(self) -> bool:
        """Whether it has power."""
        return self._powered

    @powered.setter
    def powered(self, on: bool) -> None:
        if on is not self._powered:
            self.set_power(on)

    @property
    def overwritten(self) -> bool:
        """Whether it shows the text of a vendor's tool."""
        return self._overwritten

    @overwritten.setter
    def overwritten(self, overwritten: bool) -> None:
        if overwritten is not self._overwritten:
            self.forget()
        self._overwritten = overwritten and self._powered

    def shown(self) -> None:
        """The frame was taken."""
        self._overwritten = False
        self._shown_at = stamp(self._now())

    def set_power(self, on: bool) -> None:
        """Switch the strip off or on."""
        self._powered = on
        if not on:
            self._overwritten = False
            self._shown_at = None
            self.forget()

    def state(self) -> dict[str, Any]:
        """The strip as the bench shows it."""
        seen = Seen(VENDORS_TEXT) if self._overwritten else self.seen()
        return {
            "counter": self.counter,
            "address": self.address,
            "text": seen.text,
            "colour": seen.colour,
            "effect": seen.effect,
            "width_px": self.width_px,
            "height_px": self.height_px,
            "powered": self.powered,
            "overwritten": self.overwritten,
            "shown_at": self._shown_at,
            "frames": list(self._frames),
        }
