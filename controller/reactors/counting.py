"""What each device did in a day, as one event per device when the day closes.

A service that is stopped on the way stores what it has counted so far; a killed one loses that.
"""

import asyncio

from controller.domain.commands import DeviceCount, RecordDeviceCounts
from controller.reactors.ground import Ground
from controller.reactors.supervising import DeviceState

ACTOR = "system:counting"
STOP_S = 2.0

Figures = tuple[int, int, int, int, int, int]


class Counting:
    """Stores how far the counters of the devices have gone since the last time."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._date = ground.desk.state.date
        self._told: dict[str, Figures] = {}

    async def run(self) -> None:
        """Follow the log and close each business date."""
        while True:
            seen = self._ground.log.seq
            if self._ground.desk.state.date != self._date:
                await self.store()
            await self._ground.log.wait(seen)

    async def store(self) -> None:
        """Store the counts of the date that ends, or of the one so far."""
        date, self._date = self._date, self._ground.desk.state.date
        counts = []
        for state in self._ground.supervising.states:
            figures = _figures(state)
            told = self._told.get(state.id, (0, 0, 0, 0, 0, 0))
            grown = tuple(new - old for new, old in zip(figures, told, strict=True))
            self._told[state.id] = figures
            if any(grown):
                counts.append(DeviceCount(state.id, state.kind, grown))  # type: ignore[arg-type]
        if date and counts:
            await self._ground.desk.wish(RecordDeviceCounts(date, tuple(counts)), ACTOR)

    async def stop(self) -> None:
        """Store what was counted so far; a disk that hangs does not hold up the end."""
        try:
            async with asyncio.timeout(STOP_S):
                await self.store()
        except TimeoutError:
            return


def _figures(state: DeviceState) -> Figures:
    traffic = state.traffic
    if traffic is None:
        return (0, 0, 0, 0, state.presses, state.sheets)
    return (
        traffic.frames,
        traffic.retries,
        traffic.crc_errors,
        traffic.time_outs,
        state.presses,
        state.sheets,
    )
