"""What a person sees on a strip, whatever its make."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import Any

from devices.sim.clock import Now, stamp

KEPT_FRAMES = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """A text on a strip."""

    text: str = ""
    colour: str = "red"
    effect: str = "static"


class SimStrip(ABC):
    """One strip: its power, what it shows, the frames that made it.

    Sizes in pixels; `counter` is where it hangs. A make says by `seen` what is lit and by
    `forget` what is lost with the power.
    """

    def __init__(self, counter: int, address: int, size_px: tuple[int, int], now: Now) -> None:
        self.counter = counter
        self.address = address
        self.powered = True
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

    def shown(self) -> None:
        """The frame was taken."""
        self._shown_at = stamp(self._now())

    def set_power(self, on: bool) -> None:
        """Switch the strip off or on."""
        self.powered = on
        if not on:
            self._shown_at = None
            self.forget()

    def state(self) -> dict[str, Any]:
        """The strip as the bench shows it."""
        seen = self.seen()
        return {
            "counter": self.counter,
            "address": self.address,
            "text": seen.text,
            "colour": seen.colour,
            "effect": seen.effect,
            "width_px": self.width_px,
            "height_px": self.height_px,
            "powered": self.powered,
            "shown_at": self._shown_at,
            "frames": list(self._frames),
        }
