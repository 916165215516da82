"""The blocking side of a link: one open port, as its thread sees it.

pyserial opens and sets up the port (device paths, COM3, socket://, rfc2217://, loop://). Where the
port has a file descriptor the bytes then go through it without blocking, so that a device which
reads nothing (a printer without paper) can still be heard. Ports without one (COM3, rfc2217://,
loop://) are read in short steps.
"""

from __future__ import annotations

import logging
import os
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import serial
from serial.rs485 import RS485Settings

CHUNK = 4096
STEP_CHUNK = 64  # small, so that the count of written bytes is nearly right after a stall
STEP_S = 0.02
STEP_WRITE_S = 1.0
KEEP_ALIVE = {
    "TCP_KEEPIDLE": 10,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 10_000,
}
"""A device server without power is noticed after some seconds (the system's default: hours).
Seconds, seconds, times, and ms for bytes that nobody has acknowledged."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How to open a port and how long to wait before trying again.

    `url` may be a function, asked anew at every attempt: simulated ports move. `opened` opens what
    pyserial does not (`devices.printer_port`).
    """

    name: str
    url: str | Callable[[], str]
    baud: int = 9600
    parity: str = "N"
    stop_bits: int = 1
    rtscts: bool = False
    xonxoff: bool = False
    rs485: bool = False
    first_wait_s: float = 0.5
    most_wait_s: float = 10.0
    opened: Callable[[str], Port] | None = None

    @property
    def byte_s(self) -> float:
        """How long one byte takes on the wire: start, 8 data, parity, stop bits."""
        return (9 + (self.parity != "N") + self.stop_bits) / self.baud


class Port(Protocol):
    """An open port. Any exception means that it is lost; only `wake` is called by others."""

    def wait_blocking(self, writing: bool, timeout_s: float) -> None:
        """Until there is something to read, room to write (if asked), a wake, or the time-out."""

    def read_blocking(self) -> bytes:
        """What has come in; empty when nothing has."""

    def write_blocking(self, data: bytes) -> int:
        """Write as much as goes now; how many bytes went. TimeoutError: stalled half-way."""

    def wake(self) -> None:
        """End the present wait, from any thread."""

    def close_blocking(self) -> None:
        """Close at once; bytes not yet sent are dropped. Never raises."""


def open_port_blocking(settings: LinkSettings) -> Port:
    """Open the port of `settings`; any exception means that it cannot be opened now."""
    url = settings.url if isinstance(settings.url, str) else settings.url()
    if settings.opened is not None:
        return settings.opened(url)
    port = serial.serial_for_url(
        url,
        do_not_open=True,
        baudrate=settings.baud,
        parity=settings.parity,
        stopbits=settings.stop_bits,
        rtscts=settings.rtscts,
        xonxoff=settings.xonxoff,
        timeout=STEP_S,
        write_timeout=STEP_WRITE_S,
    )
    if "://" not in url and os.name == "posix":
        port.exclusive = True  # two programs on one line would answer for each other
    port.open()
    if settings.rs485:
        _switch_by_driver(port, settings.name)
    try:
        if url.startswith("socket://"):
            _tune_socket(port.fileno())
        descriptor = port.fileno() if os.name == "posix" else None
    except OSError:  # io.UnsupportedOperation: no descriptor (loop://, rfc2217://)
        descriptor = None
    return _StepPort(port) if descriptor is None else _DescriptorPort(port, descriptor)


def _switch_by_driver(port: serial.SerialBase, name: str) -> None:
    """Let the kernel's driver switch an RS-485 pair between sending and hearing, where it can."""
    try:
        port.rs485_mode = RS485Settings()
    except (OSError, ValueError, NotImplementedError) as error:
        _log.warning("line %s: its driver does not switch RS-485 by itself: %s", name, error)


def _tune_socket(descriptor: int) -> None:
    # A request of eight bytes must leave at once, and a box without power must be noticed.
    with socket.socket(fileno=os.dup(descriptor)) as twin:
        twin.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        twin.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEP_ALIVE.items():
            if (option := getattr(socket, name, None)) is not None:  # not all on all systems
                twin.setsockopt(socket.IPPROTO_TCP, option, value)


def _close(port: serial.SerialBase) -> None:
    # Closing a tty waits for its output, which a device under XOFF never takes.
    with suppress(Exception):
        port.reset_output_buffer()
    with suppress(Exception):
        port.close()


class _DescriptorPort:
    """A tty or a socket: wait with a selector, read and write without blocking."""

    def __init__(self, port: serial.SerialBase, descriptor: int) -> None:
        self._port = port
        self._descriptor = descriptor
        self._readable = False
        self._ear, self._bell = socket.socketpair()
        self._ear.setblocking(False)
        self._bell.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._selector.register(descriptor, selectors.EVENT_READ)
        self._events = selectors.EVENT_READ

    def wait_blocking(self, writing: bool, timeout_s: float) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if writing else 0)
        if events != self._events:
            self._selector.modify(self._descriptor, events)
            self._events = events
        self._readable = False
        for key, ready in self._selector.select(timeout_s):
            if key.fd == self._descriptor:
                self._readable = bool(ready & selectors.EVENT_READ)
            else:
                self._ear.recv(CHUNK)

    def read_blocking(self) -> bytes:
        if not self._readable:
            return b""
        try:
            data = os.read(self._descriptor, CHUNK)
        except BlockingIOError:
            return b""
        if not data:
            raise ConnectionResetError("the other side has hung up")
        return data

    def write_blocking(self, data: bytes) -> int:
        try:
            return os.write(self._descriptor, data[:CHUNK])
        except BlockingIOError:
            return 0

    def wake(self) -> None:
        with suppress(BlockingIOError):  # full: the thread has wakes enough
            self._bell.send(b"!")

    def close_blocking(self) -> None:
        self._selector.close()
        self._ear.close()
        self._bell.close()
        _close(self._port)


class _StepPort:
    """A port without a descriptor: read in steps; a stalled write also delays reading."""

    def __init__(self, port: serial.SerialBase) -> None:
        self._port = port
        self._read = b""

    def wait_blocking(self, writing: bool, timeout_s: float) -> None:
        if writing:
            waiting = self._port.in_waiting
            self._read = self._port.read(waiting) if waiting else b""
            return
        self._read = self._port.read(1)
        if self._read and (waiting := self._port.in_waiting):
            self._read += self._port.read(waiting)

    def read_blocking(self) -> bytes:
        data, self._read = self._read, b""
        return data

    def write_blocking(self, data: bytes) -> int:
        try:
            return self._port.write(data[:STEP_CHUNK]) or 0
        except serial.SerialTimeoutException as error:
            raise TimeoutError(str(error)) from error

    def wake(self) -> None:
        cancel = getattr(self._port, "cancel_read", None)
        if cancel is not None:
            cancel()

    def close_blocking(self) -> None:
        _close(self._port)
