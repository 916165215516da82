"""A strip whose frames the hall file describes (`[[templates]]`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from devices.framing.template import MAX_TEXT, FrameDecoder, encode_frame
from devices.framing.template_parts import Fields, FrameSpec
from devices.led_485 import number_in
from devices.led_codec import CardReply, Message
from devices.led_panel import LedText, Panel


@dataclass(frozen=True)
class StripTemplate:
    """What the hall file says of a make. reply, refusal None: its strips never say that."""

    frame: FrameSpec
    reply: FrameSpec | None = None
    refusal: FrameSpec | None = None
    everyone: int | None = None
    gap_s: float = 0.0

    @property
    def runs(self) -> bool:
        """Whether a text can run on these strips."""
        return self.frame.text_size is None and "left" in self.frame.choices.get("effect", {})


class TemplateCodec:
    """A strip of such a make."""

    def __init__(self, panel: Panel, template: StripTemplate) -> None:
        self.panel = panel
        self.everyone = template.everyone
        self.answers = template.reply is not None
        self.gap_s = template.gap_s
        self._template = template

    def show(self, address: int, text: LedText, anew: bool) -> Sequence[Message]:
        """The frame with the text, or with the number in it."""
        wire = encode_frame(self._template.frame, self._fields(address, text))
        if self._template.reply is None:
            return (Message(wire),)
        reply = encode_frame(self._template.reply, self._fields(address, text))

        def answer(heard: bytes) -> CardReply | None:
            if self._says(self._template.reply, address, heard):
                return CardReply()
            if self._says(self._template.refusal, address, heard):
                return CardReply(False, later=True, sentence="refused")
            return None

        same = self._says(self._template.reply, address, wire)
        return (Message(wire, answer, len(reply), echo_is_answer=same),)

    def ask(self, address: int) -> Sequence[Message]:
        """A template has no question."""
        return ()

    def _fields(self, address: int, text: LedText) -> Fields:
        effect: str = text.effect
        room = self._template.frame.text_size or MAX_TEXT
        if not self.panel.holds(text.text):
            effect = "left" if self.panel.runs else effect
            room = room if self.panel.runs else min(room, self.panel.columns)
        return Fields(
            address=address,
            value=number_in(text.text),
            text=self.panel.cut(text.text, room),
            colour=self._known("colour", text.colour),
            effect=self._known("effect", effect),
        )

    def _known(self, choice: str, wanted: str) -> str:
        """A colour or effect that the make has not is shown by the first of its table."""
        table = self._template.frame.choices.get(choice, {})
        return wanted if wanted in table else next(iter(table), "")

    @staticmethod
    def _says(spec: FrameSpec | None, address: int, heard: bytes) -> bool:
        if spec is None:
            return False
        decoder = FrameDecoder(spec)
        found = decoder.feed(heard) + decoder.reset()
        return any(not spec.has("address") or one.address == address for one in found)
