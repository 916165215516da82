"""The simulators' end of a serial line: a pseudo-terminal, or a TCP port where there is none.

The service opens the other end by the address that `url` gives::

    service -- pyserial --> /dev/pts/7 (slave) ===== master -- SimPort --> listener.receive(data)
    service -- socket://127.0.0.1:40123 ============ server -- SimPort --> listener.receive(data)

Bytes take the time of the line's baud in both directions (`wire.py`).

The slave stays open here too, so that nothing breaks when the service is killed: the bytes that
it had written arrive, the line falls silent, and the next service opens the same path again. As
in a real UART, bytes that nobody reads are lost. Modem lines do not exist on either.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Protocol

from devices.sim.wire import Wire

if sys.platform != "win32":
    import pty
    import termios
    import tty

    BAUDS = (
        1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600,
    )  # fmt: skip
    SPEEDS = {getattr(termios, f"B{baud}"): baud for baud in BAUDS}

HAS_PTYS = sys.platform != "win32"
USUAL_BAUD = 9600
BITS = 10
"""Of a byte on the wire: start, 8 data, stop."""
AHEAD_BYTES = 256
"""So many are read before their time; the others wait in the sender's own buffer."""


class Listener(Protocol):
    """A simulated device (or several on one pair)."""

    @property
    def silence_s(self) -> float:
        """After this much silence a half frame will not be completed."""

    @property
    def garbage(self) -> int:
        """Bytes that meant nothing, since power-up."""

    def receive(self, data: bytes) -> None:
        """Bytes from the service, in any pieces."""

    def line_silent(self) -> None:
        """Nothing came for `silence_s`."""


class SimPort(ABC):
    """What both kinds of port have in common. `lost` counts bytes that the service did not read.

    `set_baud` is what the hall file says, for ports where nobody can look.
    """

    def __init__(self, name: str, listener: Listener, set_baud: int = USUAL_BAUD) -> None:
        self.name = name
        self.listener = listener
        self.url = ""
        self.lost = 0
        self._set_baud = set_baud
        self._timer: asyncio.TimerHandle | None = None
        self._inward = Wire(self._heard, self._byte_s)
        self._outward = Wire(self._send, self._byte_s)

    @abstractmethod
    async def start(self) -> None:
        """Open the port; `url` is set afterwards."""

    async def stop(self) -> None:
        self._inward.clear()
        self._outward.clear()
        if self._timer:
            self._timer.cancel()

    def write(self, data: bytes) -> None:
        """Send to the service; never waits."""
        self._outward.put(data)

    def drop(self) -> None:
        """What is on its way is lost, in both directions."""
        self._inward.clear()
        self._outward.clear()
        self._listen()

    def pause(self) -> None:
        """Take no more bytes: the service's writes stall, as after an XOFF."""
        self._inward.hold()

    def resume(self) -> None:
        """Take bytes again."""
        self._inward.release()
        self._listen()

    def baud(self) -> int | None:
        """Return the pace of the line; None: not one of the usual ones."""
        return self._set_baud

    @abstractmethod
    def _send(self, data: bytes) -> None:
        """Hand bytes to the service, whose time on the wire has passed."""

    @abstractmethod
    def _listen(self) -> None:
        """Read on, if reading had stopped because too much was on its way."""

    @property
    def _is_full(self) -> bool:
        return self._inward.waiting >= AHEAD_BYTES

    def _byte_s(self) -> float:
        return BITS / (self.baud() or self._set_baud)

    def _heard(self, data: bytes) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self.listener.receive(data)
        self._listen()
        if not self._inward.waiting:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self.listener.silence_s, self.listener.line_silent)


class PtyPort(SimPort):
    """A pseudo-terminal with a stable name: `folder`/<line> is a link to the slave."""

    def __init__(
        self, name: str, listener: Listener, folder: Path, set_baud: int = USUAL_BAUD
    ) -> None:
        super().__init__(name, listener, set_baud)
        self._link = folder / name
        self._master = self._slave = -1
        self._reads = False

    async def start(self) -> None:
        if sys.platform == "win32":
            raise OSError("there are no pseudo-terminals here; start the simulators with --tcp")
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        # A link left by a killed process points nowhere; rename replaces it in one step.
        fresh = self._link.with_name(f".{self.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self._link)
        self.url = str(self._link.absolute())
        self._listen()

    def baud(self) -> int | None:
        """Return what the service has set the port to; None: not one of the usual ones."""
        if sys.platform == "win32" or self._slave < 0:
            return None
        return SPEEDS.get(termios.tcgetattr(self._slave)[5])

    async def stop(self) -> None:
        await super().stop()
        if self._master < 0:
            return
        self._stop_reading()
        with contextlib.suppress(OSError):
            self._link.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def _send(self, data: bytes) -> None:
        if self._master < 0:
            return
        try:
            written = os.write(self._master, data)
        except BlockingIOError:
            written = 0
        self.lost += len(data) - written

    def _listen(self) -> None:
        if self._master >= 0 and not self._reads and not self._is_full:
            asyncio.get_running_loop().add_reader(self._master, self._readable)
            self._reads = True

    def _stop_reading(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        self._reads = False

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._inward.put(os.read(self._master, AHEAD_BYTES))
        if self._is_full:
            self._stop_reading()


class TcpPort(SimPort):
    """A TCP port on loopback; the newest connection has the line, as with a device server."""

    def __init__(self, name: str, listener: Listener, set_baud: int = USUAL_BAUD) -> None:
        super().__init__(name, listener, set_baud)
        self._server: asyncio.Server | None = None
        self._peer: asyncio.StreamWriter | None = None
        self._room = asyncio.Event()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.url = f"socket://{host}:{port}"

    async def stop(self) -> None:
        await super().stop()
        if self._server:
            self._server.close()
        self._hang_up()

    def _send(self, data: bytes) -> None:
        if self._peer is None:
            self.lost += len(data)
        else:
            self._peer.write(data)

    def _listen(self) -> None:
        if not self._is_full:
            self._room.set()

    def _hang_up(self) -> None:
        if self._peer:
            self._peer.close()
            self._peer = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._hang_up()
        self._peer = writer
        with contextlib.suppress(OSError):
            while data := await reader.read(AHEAD_BYTES):
                if self._peer is not writer:
                    return
                self._inward.put(data)
                while self._is_full:
                    self._room.clear()
                    await self._room.wait()
        if self._peer is writer:
            self._hang_up()
