"""The calls that may come next are rendered ahead, so that a key press is heard at once.

For each open counter of an area the first 2 x open counters tickets of its lines. The one who
renders is a second voice on the same clips, at low priority: the calls themselves never wait for
it. Nothing is stored; a clip that is missing when its call comes is rendered then.
"""

import asyncio
import heapq
import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from controller.domain.choosing import view_of
from controller.domain.state import HallState
from controller.reactors.ground import Ground
from controller.reactors.hall_log import wait_any
from controller.reactors.loudspeaker import Loudspeaker, SpeakingVoice

logger = logging.getLogger(__name__)

PAUSE_S = 0.1
"""Real time between a batch and the look at it: many batches are one look."""
AGAIN_S = 30.0
"""Real time after which somebody looks although nothing was stored: rotas, loudness by time."""
TURN = 2.0
LONGEST_TURN_S = 0.25
"""After a clip the machine is left alone for so many times as long as the clip took."""
MOST_CLIPS = 200
"""Clips that are kept ready; half of those that the cache keeps."""


@dataclass(frozen=True)
class NextCall:
    """A call that may come."""

    number: str
    counter: int
    call: int = 1


class Rehearsing:
    """Renders an area's next calls with a voice of its own."""

    def __init__(self, speaker: Loudspeaker, voice: SpeakingVoice, ground: Ground) -> None:
        self._speaker = speaker
        self._voice = voice
        self._ground = ground
        self._ready: set[tuple[NextCall, int]] = set()

    async def run(self) -> None:
        """Render what is not ready, the most urgent first, and look again after every clip."""
        loop = asyncio.get_running_loop()
        self._ready.clear()
        while True:
            seen = self._ground.log.seq
            wanted = self._wanted()
            self._ready &= set(wanted)
            missing = next((one for one in wanted if one not in self._ready), None)
            if missing is None:
                await wait_any(AGAIN_S, self._ground.log.wait(seen))
                await asyncio.sleep(PAUSE_S)
            else:
                began = loop.time()
                await self._render(*missing)
                # Rendering takes turns with the hall's own work: it may use a third of a core.
                await asyncio.sleep(min(LONGEST_TURN_S, TURN * (loop.time() - began)))

    async def _render(self, call: NextCall, volume: int) -> None:
        try:
            await self._speaker.render(self._voice, call, self._ground.clock.now())
        except OSError as error:
            # The call itself tells what is wrong; here only the haste is gone.
            logger.warning("not rendered ahead: %s", error)
            await asyncio.sleep(AGAIN_S)
        self._ready.add((call, volume))

    def _wanted(self) -> list[tuple[NextCall, int]]:
        now = self._ground.clock.now()
        volume = self._speaker.manner.volume_at(now)
        calls = next_calls(self._ground.desk.state, self._speaker.area, now)
        return [(call, volume) for call in itertools.islice(calls, MOST_CLIPS)]


def next_calls(state: HallState, area: str, now: int) -> Iterator[NextCall]:
    """Yield the calls that may come next in an area, those of the lines' heads first."""
    counters = _open_counters(state, area)
    deep = 2 * len(counters)
    lines = [(no, _heads(state, no, deep, now)) for no in counters]
    for place in range(deep):
        for no, heads in lines:
            if place < len(heads):
                yield NextCall(heads[place], no)


def _open_counters(state: HallState, area: str) -> list[int]:
    """Return the counters of an area that work now (as `HallState.open_counters` counts them)."""
    staffed = any(counter.clerk is not None for counter in state.counters.values())
    return [
        no
        for no, rule in state.rules.counters.items()
        if rule.area == area
        and (one := state.counters.get(no)) is not None
        and not one.closed
        and one.pause is None
        and (one.clerk is not None or not staffed)
    ]


def _heads(state: HallState, no: int, count: int, now: int) -> list[str]:
    """Return the numbers of the first tickets that a counter may call."""
    lines = (state.lines.get(name, [])[:count] for name in view_of(state, no, now).names)
    places = dict.fromkeys(heapq.nsmallest(2 * count, itertools.chain(*lines)))
    numbers = dict.fromkeys(state.tickets[place[3]].number for place in places)
    return [number for number in numbers if number][:count]
