"""From the key to the voice: a press on a simulated keypad until the simulated loudspeaker sounds.

The simulators are a process of their own and stamp the first sample by their clock; how far that
one is from ours is asked over HTTP, and the answer with the shortest way counts.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from config.settings import Settings, load
from controller.app import Hall, build
from controller.domain.commands import FinishServing, IssueTicket
from controller.ids import new_ticket_id
from devices.event_unit import EventUnit
from devices.framing.hall_event import UnitEvent
from devices.reading import number_reading
from devices.voice import Voice
from tests.bench import figure
from tests.bench._running import DEMO, median, scratch, told
from tests.fixtures.running import eventually
from tests.fixtures.simulators import Simulators, running_simulators

SAMPLES = 7
COUNTER = 1
READY_S = 1.5
"""How long a ticket waits before its call: long enough to be rendered ahead on a busy machine."""


@figure("press_to_voice_ms", unit="ms", better="lower", bar=100)
async def press_to_voice_ms() -> float:
    """Key event read by the bus master -> first sample, chime included, rendered ahead: median."""
    spent = await _presses(load(DEMO))
    told("voice", ahead_ms=spent)
    return median(spent)


@figure("press_to_voice_cold_ratio", unit="ratio", better="lower", bar=1.2)
async def press_to_voice_cold_ratio() -> float:
    """The same with nothing rendered ahead ÷ the making of such a clip alone: medians."""
    settings = load(DEMO)
    late = tuple(one.model_copy(update={"ahead": False}) for one in settings.speakers)
    spent = await _presses(settings.model_copy(update={"speakers": late}))
    alone = await _synthesis()
    told("voice", cold_ms=spent, synthesis_ms=alone)
    return median(spent) / median(alone)


async def _presses(settings: Settings) -> list[float]:
    """Milliseconds from the key to the voice, one after another."""
    spent: list[float] = []
    with scratch() as folder, _events_read() as read_at:
        async with running_simulators(folder) as simulators, _hall(settings, folder) as hall:
            await asyncio.sleep(READY_S)
            offset_s = await _offset_s(simulators)
            for number in range(SAMPLES + 1):
                wish = IssueTicket("A", new_ticket_id(hall.clock.now()))
                await hall.writer.execute(wish, actor="bench")
                await asyncio.sleep(READY_S)
                read_at.clear()
                await simulators.post(f"/keypads/{COUNTER}/press", {"key": "NEXT"})
                started_s = await _heard(simulators, number)
                spent.append((started_s - offset_s - read_at[0]) * 1000)
                await hall.writer.execute(FinishServing(COUNTER), actor="bench")
    return spent[1:]  # the first press also starts the engine


async def _synthesis() -> list[float]:
    """Milliseconds that the clip of a call takes, with its chime, while nothing else goes on."""
    spent = []
    with scratch() as folder:
        voice = Voice(folder)
        for number in range(SAMPLES + 1):
            spoken = f"请{number_reading(f'A{number:03}')}号，到一号窗口"
            began = time.perf_counter()
            await voice.render(spoken, spoken)
            spent.append((time.perf_counter() - began) * 1000)
        await voice.stop()
    return spent[1:]


@contextlib.asynccontextmanager
async def _hall(settings: Settings, folder: Path) -> AsyncIterator[Hall]:
    hall = build(settings, folder)
    await hall.start()
    try:
        yield hall
    finally:
        await hall.stop()


@contextlib.contextmanager
def _events_read() -> Iterator[list[float]]:
    """The wall-clock times at which the bus master reads an event of a unit."""
    read_at: list[float] = []
    handle = EventUnit._handle

    async def noting(unit: EventUnit, event: UnitEvent) -> None:
        read_at.append(time.time())
        await handle(unit, event)

    EventUnit._handle = noting  # type: ignore[method-assign]
    try:
        yield read_at
    finally:
        EventUnit._handle = handle  # type: ignore[method-assign]


async def _offset_s(simulators: Simulators) -> float:
    """How far the simulators' clock is before ours."""
    best = (float("inf"), 0.0)
    for _ in range(20):
        before = time.time()
        shown = (await simulators.get("/bench")).body["at"]
        after = time.time()
        middle = datetime.fromisoformat(shown).timestamp() - (before + after) / 2
        best = min(best, (after - before, middle))
    return best[1]


async def _heard(simulators: Simulators, number: int) -> float:
    """When phrase `number` began, by the simulators' clock, once it has been said to the end."""

    async def ended() -> Any:
        said = (await simulators.get("/speaker")).body
        return len(said) > number and said[number]["ended_at"] and said[number]

    phrase = await eventually(ended)
    return datetime.fromisoformat(phrase["started_at"]).timestamp()
