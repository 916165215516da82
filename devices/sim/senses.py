"""What people in the hall see and hear: the strips over the counters and the loudspeakers.

A person waits for an own number. It may stand on a strip, or be said: "请A 零 零 一号，到三号窗口".
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

from devices.sim.speaker import Timeline
from devices.sim.strip import SimStrip

LOOK_S = 0.03
DIGITS = str.maketrans("零一二三四五六七八九幺", "01234567891")
_TENS = re.compile(r"([0-9]?)十([0-9]?)")
_NUMBER = re.compile(r"[0-9]+")


def heard(text: str, numbers: Sequence[str]) -> list[tuple[str, int]]:
    """Which of the numbers a phrase calls, and to which counter: the next number behind it."""
    plain = _TENS.sub(lambda found: f"{found[1] or 1}{found[2] or 0}", text.translate(DIGITS))
    called = []
    for number in numbers:
        signs = r"\s*".join(map(re.escape, number))
        found = re.search(rf"(?<![0-9A-Za-z])(?<![A-Z]\s){signs}(?!\s*[0-9])", plain)
        counter = found and _NUMBER.search(plain, found.end())
        if counter:
            called.append((number, int(counter[0])))
    return called


def seen(text: str, number: str) -> bool:
    """Whether a strip shows a number; boards without letters show its digits alone."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return number in text or text.strip() in (digits, digits.lstrip("0"))


class Senses:
    """Tells everybody who waits when the own number is called."""

    def __init__(self, strips: Mapping[int, SimStrip], timeline: Timeline) -> None:
        self._strips = strips
        self._timeline = timeline
        self._waiting: dict[str, asyncio.Future[int]] = {}
        self._said = len(timeline.phrases)

    def wait_for(self, number: str) -> asyncio.Future[int]:
        """A future of the counter to which a number is called."""
        called: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting[number] = called
        return called

    def forget(self, number: str) -> None:
        """Nobody waits for that number any more."""
        self._waiting.pop(number, None)

    async def run(self) -> None:
        """Look and listen, for ever."""
        while True:
            self._look()
            self._listen()
            await asyncio.sleep(LOOK_S)

    def _look(self) -> None:
        for no, strip in self._strips.items():
            text = strip.seen().text if strip.powered else ""
            if text:
                for number in [number for number in self._waiting if seen(text, number)]:
                    self._tell(number, no)

    def _listen(self) -> None:
        phrases = list(self._timeline.phrases.values())[self._said :]
        self._said += len(phrases)
        for phrase in phrases:
            for number, counter in heard(phrase.text, list(self._waiting)):
                self._tell(number, counter)

    def _tell(self, number: str, counter: int) -> None:
        called = self._waiting.pop(number, None)
        if called is not None and not called.done():
            called.set_result(counter)
