"""LED strips: Onbon BX cards on one shared line (device-protocols.md D.1).

Every card hears every frame; the one that is addressed carries it out and answers, the others
stay silent, and a frame to all (FFFF) is answered by none. Text stands in RAM: without power it
is gone.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.framing.bx import (
    BROADCAST,
    BROADCAST_WITH_REPLY,
    BxFrame,
    FrameDecoder,
    encode_frame,
)
from devices.framing.bx_commands import (
    EFFECT_DOWN,
    EFFECT_LEFT,
    EFFECT_QUICK,
    EFFECT_RIGHT,
    EFFECT_STATIC,
    EFFECT_UP,
    Ack,
    DynamicArea,
    Nack,
    OtherData,
    Ping,
    ShowAreas,
    parse_command,
    read_mark_up,
)
from devices.sim.clock import Now
from devices.sim.strip import Seen, SimStrip

EFFECTS = {
    EFFECT_STATIC: "static",
    EFFECT_QUICK: "flash",
    EFFECT_LEFT: "left",
    EFFECT_RIGHT: "right",
    EFFECT_UP: "up",
    EFFECT_DOWN: "down",
}
BAD_GROUP, NO_COMMAND, OUT_OF_MEMORY, FONT_MISSING = 1, 2, 4, 12
GROUPS = b"\xa1\xa2\xa3"
POWER, BRIGHTNESS, CLEAR = b"\xa3\x00", b"\xa3\x02", b"\xa3\x10"
MAX_AREAS, MAX_AREA_BYTES = 5, 1024  # 6K cards


class SimLedCard(SimStrip):
    """One strip and its card."""

    def __init__(self, counter: int, address: int, size_px: tuple[int, int], now: Now) -> None:
        super().__init__(counter, address, size_px, now)
        self._areas: dict[int, DynamicArea] = {}
        self._lit = True

    def execute(self, frame: BxFrame) -> Ack | Nack | None:
        """What the card answers; None: nothing, it has no power."""
        if not self.powered:
            return None
        command = parse_command(frame.data)
        if isinstance(command, ShowAreas):
            self.note(encode_frame(frame))
            return self._show(command)
        if isinstance(command, Ping):
            return Ack()
        return self._obey(command)

    def forget(self) -> None:
        self._areas.clear()

    def seen(self) -> Seen:
        areas = list(self._areas.values()) if self._lit else []
        if not areas:
            return Seen()
        colour = read_mark_up(areas[0].text)[1]
        text = " ".join(_text(area) for area in areas)
        return Seen(text, colour or "red", EFFECTS.get(areas[0].effect, "static"))

    def _show(self, command: ShowAreas) -> Ack | Nack:
        for area in command.areas:
            fits = area.x + area.width <= self.width_px and area.y + area.height <= self.height_px
            if not fits or len(area.to_bytes()) > MAX_AREA_BYTES:
                return Nack(OUT_OF_MEMORY)
            if not _readable(area):
                return Nack(FONT_MISSING)
        kept = {} if command.delete_all else dict(self._areas)
        for area_id in command.delete:
            kept.pop(area_id, None)
        kept |= {area.area_id: area for area in command.areas}
        if len(kept) > MAX_AREAS:
            return Nack(OUT_OF_MEMORY)
        self._areas = kept
        self.shown()
        return Ack()

    def _obey(self, command: OtherData) -> Ack | Nack:
        name, payload = command.data[:2], command.data[5:]
        if name == POWER and payload[:1] in (b"\x01", b"\x02"):
            self._lit = payload[:1] == b"\x01"
        elif name == CLEAR:
            self._areas.clear()
        elif name != BRIGHTNESS:
            return Nack(NO_COMMAND if name[:1] and name[0] in GROUPS else BAD_GROUP)
        return Ack()


class SimLedLine:
    """The pair that the cards share; `write` goes back to the service."""

    silence_s = 0.2

    def __init__(self, cards: list[SimLedCard]) -> None:
        self.write: Callable[[bytes], None] = lambda data: None
        self._cards = cards
        self._decoder = FrameDecoder()

    @property
    def garbage(self) -> int:
        return self._decoder.garbage

    def receive(self, data: bytes) -> None:
        for frame in self._decoder.feed(data):
            for card in self._cards:
                if frame.dst in (card.address, BROADCAST, BROADCAST_WITH_REPLY):
                    self._answer(frame, card)

    def line_silent(self) -> None:
        self._decoder.reset()

    def _answer(self, frame: BxFrame, card: SimLedCard) -> None:
        answer = card.execute(frame)
        if answer is None or frame.dst == BROADCAST:
            return
        reply = BxFrame(dst=frame.src, src=frame.dst, data=answer.to_bytes())
        # Cards begin with one start byte more than hosts do.
        self.write(b"\xa5" + encode_frame(reply))


def _readable(area: DynamicArea) -> bool:
    try:
        read_mark_up(area.text)[0].decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True


def _text(area: DynamicArea) -> str:
    plain = read_mark_up(area.text)[0].decode("gb2312", errors="replace")
    return plain.replace("\\n", "\n").strip()
