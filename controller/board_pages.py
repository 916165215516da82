"""The boards: which of them have their page open, by the streams that the pages keep."""

import asyncio
from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager

from config.settings import Board
from controller.reactors.supervising import Supervising
from devices.traffic import Traffic

ALL = "all"
GRACE_S = 20.0
"""Real seconds: a page that is loaded again, or whose network blinks, is not lost."""


class BoardPages:
    """Tells how the boards fare. One whose page was not seen since the start is connecting."""

    def __init__(self, boards: tuple[Board, ...], supervising: Supervising) -> None:
        self._boards = boards
        self._supervising = supervising
        self._open: Tally[str] = Tally()
        self._traffic = {board.device_id: Traffic() for board in boards}
        for device, traffic in self._traffic.items():
            supervising.measure(device, traffic)

    @contextmanager
    def shown(self, name: str) -> Iterator[None]:
        """A page is open until the end of the block: of a board, of an area's, or of all."""
        devices = [
            board.device_id
            for board in self._boards
            if name in (board.id, board.area, ALL) and self._supervising.has(board.device_id)
        ]
        for device in devices:
            self._open[device] += 1
            self._traffic[device].heard()
            self._supervising.working(device)
        try:
            yield
        finally:
            for device in devices:
                self._open[device] -= 1
                asyncio.get_running_loop().call_later(GRACE_S, self._look, device)

    def _look(self, device: str) -> None:
        if not self._open[device]:
            self._supervising.lost(device, "no-page")
