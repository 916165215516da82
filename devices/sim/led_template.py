"""LED strips of a make that the hall file describes: the other end of the same description."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from devices.framing.template import FrameDecoder, encode_frame
from devices.framing.template_parts import Fields, FrameSpec
from devices.sim.clock import Now
from devices.sim.strip import Seen, SimStrip


class SimTemplateStrip(SimStrip):
    """One strip."""

    def __init__(self, counter: int, address: int, size_px: tuple[int, int], now: Now) -> None:
        super().__init__(counter, address, size_px, now)
        self._seen = Seen()

    def execute(self, fields: Fields, seen: Seen, wire: bytes) -> bool:
        """Show what a frame says; whether it was taken."""
        if self.powered:
            self.note(wire)
            self._seen = seen
            self.shown()
        return self.powered

    def forget(self) -> None:
        self._seen = Seen()

    def seen(self) -> Seen:
        return self._seen


class SimTemplateLine:
    """The pair that the strips share; they answer when the description has a reply."""

    silence_s = 0.05

    def __init__(
        self,
        strips: Sequence[SimTemplateStrip],
        frame: FrameSpec,
        reply: FrameSpec | None,
        everyone: int | None,
    ) -> None:
        self.write: Callable[[bytes], None] = lambda data: None
        self._strips = strips
        self._frame = frame
        self._reply = reply
        self._everyone = everyone
        self._decoder = FrameDecoder(frame)

    @property
    def garbage(self) -> int:
        return self._decoder.garbage

    def receive(self, data: bytes) -> None:
        self._serve(self._decoder.feed(data))

    def line_silent(self) -> None:
        self._serve(self._decoder.reset())

    def _serve(self, frames: list[Fields]) -> None:
        for fields in frames:
            wire = encode_frame(self._frame, fields)
            for strip in self._strips:
                mine = not self._frame.has("address") or fields.address == strip.address
                if not mine and fields.address != self._everyone:
                    continue
                taken = strip.execute(fields, self._seen(fields), wire)
                if taken and mine and self._reply is not None:
                    self.write(encode_frame(self._reply, fields))

    def _seen(self, fields: Fields) -> Seen:
        """A frame of numbers shows the number, as the board does."""
        text = fields.text.decode("gb2312", errors="replace")
        shown = text if self._frame.has("text") else str(fields.value)
        return Seen(shown, fields.colour or "red", fields.effect or "static")
