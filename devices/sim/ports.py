"""The simulators' end of a serial line: a pseudo-terminal, or a TCP port where there is none.

The service opens the other end by the address that `url` gives::

    service -- pyserial --> /dev/pts/7 (slave) ===== master -- SimPort --> listener.receive(data)
    service -- socket://127.0.0.1:40123 ============ server -- SimPort --> listener.receive(data)

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

if sys.platform != "win32":
    import pty
    import termios
    import tty

    BAUDS = (4800, 9600, 19200, 38400, 57600, 115200)
    SPEEDS = {getattr(termios, f"B{baud}"): baud for baud in BAUDS}

HAS_PTYS = sys.platform != "win32"
READ_BYTES = 4096


class Listener(Protocol):
    """A simulated device (or several on one pair)."""

    silence_s: float
    """After this much silence a half frame will not be completed."""

    @property
    def garbage(self) -> int:
        """Bytes that meant nothing, since power-up."""

    def receive(self, data: bytes) -> None:
        """Bytes from the service, in any pieces."""

    def line_silent(self) -> None:
        """Nothing came for `silence_s`."""


class SimPort(ABC):
    """What both kinds of port have in common. `lost` counts bytes that the service did not read."""

    def __init__(self, name: str, listener: Listener) -> None:
        self.name = name
        self.listener = listener
        self.url = ""
        self.lost = 0
        self._timer: asyncio.TimerHandle | None = None

    @abstractmethod
    async def start(self) -> None:
        """Open the port; `url` is set afterwards."""

    async def stop(self) -> None:
        if self._timer:
            self._timer.cancel()

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send to the service; never waits."""

    @abstractmethod
    def pause(self) -> None:
        """Take no more bytes: the service's writes stall, as after an XOFF."""

    @abstractmethod
    def resume(self) -> None:
        """Take bytes again."""

    def _heard(self, data: bytes) -> None:
        if self._timer:
            self._timer.cancel()
        self.listener.receive(data)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self.listener.silence_s, self.listener.line_silent)


class PtyPort(SimPort):
    """A pseudo-terminal with a stable name: `folder`/<line> is a link to the slave."""

    def __init__(self, name: str, listener: Listener, folder: Path) -> None:
        super().__init__(name, listener)
        self._link = folder / name
        self._master = self._slave = -1

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
        self.resume()

    def baud(self) -> int | None:
        """Return what the service has set the port to; None: not one of the usual ones."""
        if sys.platform == "win32" or self._slave < 0:
            return None
        return SPEEDS.get(termios.tcgetattr(self._slave)[5])

    async def stop(self) -> None:
        await super().stop()
        if self._master < 0:
            return
        self.pause()
        with contextlib.suppress(OSError):
            self._link.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def write(self, data: bytes) -> None:
        if self._master < 0:
            return
        try:
            written = os.write(self._master, data)
        except BlockingIOError:
            written = 0
        self.lost += len(data) - written

    def pause(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)

    def resume(self) -> None:
        asyncio.get_running_loop().add_reader(self._master, self._readable)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._heard(os.read(self._master, READ_BYTES))


class TcpPort(SimPort):
    """A TCP port on loopback; the newest connection has the line, as with a device server."""

    def __init__(self, name: str, listener: Listener) -> None:
        super().__init__(name, listener)
        self._server: asyncio.Server | None = None
        self._peer: asyncio.StreamWriter | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.url = f"socket://{host}:{port}"

    async def stop(self) -> None:
        await super().stop()
        if self._server:
            self._server.close()
        self._hang_up()

    def write(self, data: bytes) -> None:
        if self._peer is None:
            self.lost += len(data)
        else:
            self._peer.write(data)

    def pause(self) -> None:
        self._flowing.clear()

    def resume(self) -> None:
        self._flowing.set()

    def _hang_up(self) -> None:
        if self._peer:
            self._peer.close()
            self._peer = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._hang_up()
        self._peer = writer
        with contextlib.suppress(OSError):
            while data := await reader.read(READ_BYTES):
                await self._flowing.wait()
                if self._peer is not writer:
                    return
                self._heard(data)
        if self._peer is writer:
            self._hang_up()
