"""A named pipe as the place of a simulated number pad, instead of a node in /dev/input.

A pad has no wire to answer on, and a pseudo-terminal would answer the service's grab; a pipe is
read with the same calls as an input device. It does not exist on Windows.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from devices.sim.ports import Listener, SimPort

HAS_FIFOS = sys.platform != "win32"


class FifoPort(SimPort):
    """`folder`/<name> is the pipe; this end keeps it open, so a reader never sees its end."""

    def __init__(self, name: str, listener: Listener, folder: Path) -> None:
        super().__init__(name, listener)
        self._path = folder / name
        self._descriptor = -1

    async def start(self) -> None:
        self.plug(True)
        self.url = str(self._path.absolute())

    async def stop(self) -> None:
        await super().stop()
        self.plug(False)

    def write(self, data: bytes) -> None:
        self._send(data)  # no wire: the kernel hands an event over at once

    def _send(self, data: bytes) -> None:
        written = 0
        if self._descriptor >= 0:
            with contextlib.suppress(BlockingIOError):
                written = os.write(self._descriptor, data)
        self.lost += len(data) - written

    def _listen(self) -> None:
        """Nobody writes to a pad."""

    def plug(self, plugged: bool) -> None:
        """Take the pad out (the pipe is gone, its reader sees the end) or put it in."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._path.unlink(missing_ok=True)
        if plugged and sys.platform != "win32":
            os.mkfifo(self._path, 0o600)
            # Both ways: opening for writing alone would wait for a reader.
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
