"""LED strips: Alpha signs on one shared line, which listen and never answer (D.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from devices.framing.alpha import (
    EVERYONE,
    FLASH,
    HOLD,
    ROTATE,
    SCROLL,
    AlphaPacket,
    PacketDecoder,
    WriteText,
    encode_packet,
    parse_write_text,
    read_coloured,
)
from devices.sim.clock import Now
from devices.sim.strip import Seen, SimStrip

EFFECTS = {HOLD: "static", FLASH: "flash", ROTATE: "left", SCROLL: "left"}


class SimAlphaSign(SimStrip):
    """One sign."""

    def __init__(self, counter: int, address: int, size_px: tuple[int, int], now: Now) -> None:
        super().__init__(counter, address, size_px, now)
        self._written: WriteText | None = None

    def execute(self, packet: AlphaPacket) -> None:
        """Show the text of a packet; a packet that writes none is passed over."""
        written = parse_write_text(packet)
        if not self.powered or written is None:
            return
        self.note(encode_packet(packet))
        self._written = written
        self.shown()

    def forget(self) -> None:
        """Nothing: its memory has a battery."""

    def seen(self) -> Seen:
        if self._written is None or not self.powered:
            return Seen()
        text, colour = read_coloured(self._written.text)
        effect = EFFECTS.get(self._written.mode, "static")
        return Seen(text.decode("ascii", errors="replace"), colour, effect)


class SimAlphaLine:
    """The pair that the signs share; nothing is ever written back."""

    silence_s = 0.2

    def __init__(self, signs: Sequence[SimAlphaSign]) -> None:
        self.write: Callable[[bytes], None] = lambda data: None
        self._signs = signs
        self._decoder = PacketDecoder()

    @property
    def garbage(self) -> int:
        return self._decoder.garbage

    def receive(self, data: bytes) -> None:
        for packet in self._decoder.feed(data):
            for sign in self._signs:
                if packet.address in (sign.address, EVERYONE):
                    sign.execute(packet)

    def line_silent(self) -> None:
        self._decoder.reset()
