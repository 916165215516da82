"""LED strips: Lumen C-Power cards on one shared line (device-protocols.md D.2).

Every card hears every packet; the one that is addressed obeys and answers, a packet to FF is
obeyed by all and answered by none. Windows and texts stand in RAM. `flash_writes` counts what
wears the card out: a call must never do that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from devices.framing.lumen import (
    ANSWER_WANTED,
    EVERYONE,
    LumenPacket,
    PacketDecoder,
    encode_packet,
)
from devices.framing.lumen_commands import (
    BAD_ORDER,
    DONE,
    EFFECT_DRAW,
    EFFECT_FLICKER,
    EFFECT_LEFT,
    EFFECT_SCROLL_LEFT,
    EXTERNAL,
    POWER,
    STORE,
    STORED,
    VERSION,
    Call,
    OtherCall,
    PlainText,
    SplitScreen,
    Version,
    parse_call,
)
from devices.sim.clock import Now
from devices.sim.strip import Seen, SimStrip

EFFECTS = {
    EFFECT_DRAW: "static",
    EFFECT_FLICKER: "flash",
    EFFECT_LEFT: "left",
    EFFECT_SCROLL_LEFT: "left",
}
COLOURS = {
    (False, False): "blue",
    (True, False): "red",
    (False, True): "green",
    (True, True): "yellow",
}
NO_WINDOW, NO_SIGN, UNKNOWN = 3, 4, 5
"""Codes that the document leaves to the card."""
MAKE = Version(0x52, (3, 3))


class SimLumenCard(SimStrip):
    """One strip and its card."""

    def __init__(self, counter: int, address: int, size_px: tuple[int, int], now: Now) -> None:
        super().__init__(counter, address, size_px, now)
        self.flash_writes = 0
        self._split = SplitScreen(())
        self._texts: dict[int, PlainText] = {}
        self._lit = True

    def execute(self, packet: LumenPacket) -> LumenPacket | None:
        """What the card answers; None: nothing, it has no power."""
        if not self.powered:
            return None
        code, data = DONE, b""
        if packet.command == EXTERNAL:
            code = self._obey(packet)
        elif packet.command == POWER:
            data = self._power(packet.data)
        elif packet.command == VERSION:
            data = MAKE.to_bytes()
        else:
            return None
        return LumenPacket(self.address, packet.command, code, data, from_card=True)

    def forget(self) -> None:
        self._split = SplitScreen(())
        self._texts.clear()

    def seen(self) -> Seen:
        texts = list(self._texts.values()) if self._lit else []
        if not texts:
            return Seen()
        red, green, _ = texts[0].rgb
        text = " ".join(one.text.decode("gb2312", errors="replace") for one in texts)
        text = text.replace("\r", "\n")
        effect = EFFECTS.get(texts[0].effect, "static")
        return Seen(text, COLOURS[bool(red), bool(green)], effect)

    def _obey(self, packet: LumenPacket) -> int:
        call = parse_call(packet.data)
        if call is None:
            return BAD_ORDER
        code = self._carry_out(call)
        if isinstance(call, PlainText):
            self.note(encode_packet(packet))
            if code == DONE:
                self.shown()
        return code

    def _carry_out(self, call: Call) -> int:
        if isinstance(call, SplitScreen):
            return self._divide(call)
        if isinstance(call, PlainText):
            return self._write(call)
        return self._other(call)

    def _divide(self, split: SplitScreen) -> int:
        for one in split.windows:
            if one.x + one.width > self.width_px or one.y + one.height > self.height_px:
                return NO_WINDOW
        self._split = split
        self._texts.clear()
        return DONE

    def _write(self, text: PlainText) -> int:
        if text.window >= len(self._split.windows):
            return NO_WINDOW
        try:
            text.text.decode("gb2312")
        except UnicodeDecodeError:
            return NO_SIGN
        self._texts[text.window] = text
        return DONE

    def _other(self, call: OtherCall) -> int:
        if call.code == STORE:
            self.flash_writes += 1
        elif call.code == STORED:
            self.forget()
        else:
            return UNKNOWN
        return DONE

    def _power(self, data: bytes) -> bytes:
        if data[:1] == b"\x01":
            return bytes((1, self._lit)) + bytes(8)
        if len(data) < 2:
            return b"\x00"
        self._lit = data[1] == 1
        return b"\x01"


class SimLumenLine:
    """The pair that the cards share; `write` goes back to the service."""

    silence_s = 0.2

    def __init__(self, cards: Sequence[SimLumenCard]) -> None:
        self.write: Callable[[bytes], None] = lambda data: None
        self._cards = cards
        self._decoder = PacketDecoder()

    @property
    def garbage(self) -> int:
        return self._decoder.garbage

    def receive(self, data: bytes) -> None:
        for packet in self._decoder.feed(data):
            if packet.from_card:
                continue
            for card in self._cards:
                if packet.card in (card.address, EVERYONE):
                    self._answer(packet, card)

    def line_silent(self) -> None:
        self._decoder.reset()

    def _answer(self, packet: LumenPacket, card: SimLumenCard) -> None:
        answer = card.execute(packet)
        if answer is not None and packet.card != EVERYONE and packet.flag & ANSWER_WANTED:
            self.write(encode_packet(answer))
