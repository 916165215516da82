"""The plug for a make of LED card: what showing a text means in its bytes.

A codec is one small class that knows the frames of one make and nothing of time, lines or
retries; `devices.led.LedStrip` drives any of them. To add a make: write its frames under
`framing/`, a codec with the six members of `LedCodec`, and name it in `led_codecs.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from devices.led_panel import LedText, Panel

CARD_GAP_S = 1.0  # cards with a screen refresh it at most once in a second


@dataclass(frozen=True, slots=True)
class CardReply:
    """What a card's answer means. `later`: refused for now, so ask again.

    `sentence` says why it was refused, or what the card tells of itself.
    """

    taken: bool = True
    later: bool = False
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes for a card, and how to find its answer in what is heard (see `devices.bus.Question`).

    `answer` None: nobody answers, so nobody knows whether it arrived. `probe`: see there.
    """

    wire: bytes
    answer: Callable[[bytes], CardReply | None] | None = None
    answer_bytes: int = 0
    echo_is_answer: bool = False
    probe: bytes = b""


class LedCodec(Protocol):
    """One strip of one make."""

    @property
    def panel(self) -> Panel:
        """The strip's face."""

    @property
    def everyone(self) -> int | None:
        """The address that every card obeys and none answers; None: there is none."""

    @property
    def gap_s(self) -> float:
        """The least time between two texts."""

    @property
    def answers(self) -> bool:
        """Whether its cards say that they have taken a text."""

    def show(self, address: int, text: LedText, anew: bool) -> Sequence[Message]:
        """What shows the text, in RAM only. UnencodableText, ValueError: it cannot be shown.

        anew: the card may have lost its power, or another program may have written to it; say
        all that it needs to show this text and nothing else.
        """

    def ask(self, address: int) -> Sequence[Message]:
        """Harmless questions: is it there, what is it? Empty: the card cannot speak."""
