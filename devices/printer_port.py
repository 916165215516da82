"""Printers that are no serial port: USB (with a way back) and a Windows printer queue (without).

Both through python-escpos' back ends, which open the device and move bytes; what they would say of
the printer's state is not asked for (device-protocols.md B). pyserial's other ports are in `port`.

    usb://0416:5011            vendor and product in hex, end points 01 out and 82 in
    usb://04b8:0e15?out=01&in=81
    winspool://XP-80           the name that Windows gives the printer
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from devices.escpos_encoder import Usb, Win32Raw

SCHEMES = ("usb://", "winspool://")
STEP_MS = 20
WRITE_MS = 1000
READ_BYTES = 64
"""A bulk packet at full speed; asking for less may lose the rest of it."""
USB_CHUNK = 512
OUT_POINT, IN_POINT = 0x01, 0x82


class BackEnd(Protocol):
    """What is used of a class of python-escpos."""

    device: Any

    def open(self) -> None:
        """Find the printer and take it; raises when it is not there."""

    def _raw(self, msg: bytes) -> None:
        """Send bytes."""

    def close(self) -> None:
        """Let go of the printer."""


class UsbPort:
    """A printer of the USB printer class: bulk out, bulk in.

    A printer that takes nothing ends a write after a second with TimeoutError; what it says is
    fetched in steps of 20 ms, so that nobody waits for a silent one.
    """

    def __init__(self, back_end: Any, in_point: int, out_point: int) -> None:
        self._printer = back_end
        self._in_point = in_point
        self._out_point = out_point
        self._woken = threading.Event()
        self._heard = b""

    def wait_blocking(self, writing: bool, timeout_s: float) -> None:
        """Until the printer says something, there is something to write, or somebody wakes us."""
        until = time.monotonic() + timeout_s
        while True:
            self._heard = self._fetch_blocking()
            if self._heard or writing or self._woken.is_set() or time.monotonic() >= until:
                self._woken.clear()
                return

    def read_blocking(self) -> bytes:
        """What has come in; empty when nothing has."""
        data, self._heard = self._heard, b""
        return data

    def write_blocking(self, data: bytes) -> int:
        """Write a packet or a few. TimeoutError: the printer does not take it."""
        try:
            return int(self._printer.device.write(self._out_point, data[:USB_CHUNK], WRITE_MS))
        except Exception as error:
            if _is_time_out(error):
                raise TimeoutError(str(error)) from error
            raise

    def wake(self) -> None:
        """End the present wait within one step."""
        self._woken.set()

    def close_blocking(self) -> None:
        """Let go of the printer. Never raises."""
        with suppress(Exception):
            self._printer.close()

    def _fetch_blocking(self) -> bytes:
        try:
            return bytes(self._printer.device.read(self._in_point, READ_BYTES, STEP_MS))
        except Exception as error:
            if _is_time_out(error):
                return b""
            raise


class SpoolPort:
    """A Windows printer queue: each write is a raw job of its own, and nothing comes back."""

    def __init__(self, back_end: BackEnd) -> None:
        self._printer = back_end
        self._woken = threading.Event()

    def wait_blocking(self, writing: bool, timeout_s: float) -> None:
        """Nothing is ever to be read: wait for a wake only."""
        if not writing:
            self._woken.wait(timeout_s)
        self._woken.clear()

    def read_blocking(self) -> bytes:
        """Nothing."""
        return b""

    def write_blocking(self, data: bytes) -> int:
        """Hand all bytes to Windows as one job."""
        self._printer.open()
        try:
            self._printer._raw(data)
        finally:
            self._printer.close()
        return len(data)

    def wake(self) -> None:
        """End the present wait."""
        self._woken.set()

    def close_blocking(self) -> None:
        """Every job was closed already."""


def open_printer_blocking(
    url: str,
    usb: Callable[..., Any] = Usb,
    spool: Callable[..., BackEnd] = Win32Raw,
) -> UsbPort | SpoolPort:
    """Open the printer of a `usb://` or `winspool://` address; any exception: it cannot be now."""
    parts = urlsplit(url)
    if parts.scheme == "winspool":
        return SpoolPort(spool(printer_name=unquote(url.removeprefix("winspool://"))))
    vendor, _, product = parts.netloc.partition(":")
    points = {name: int(values[0], 16) for name, values in parse_qs(parts.query).items()}
    in_point, out_point = points.get("in", IN_POINT), points.get("out", OUT_POINT)
    printer = usb(int(vendor, 16), int(product, 16), in_ep=in_point, out_ep=out_point)
    printer.open()
    return UsbPort(printer, in_point, out_point)


def opener_of(url: str) -> Callable[[str], UsbPort | SpoolPort] | None:
    """Return what opens an address that is no serial port, None for one that pyserial opens."""
    return open_printer_blocking if url.startswith(SCHEMES) else None


def _is_time_out(error: Exception) -> bool:
    """libusb's time-out, by its system number (ETIMEDOUT) or its class; pyusb may be absent."""
    return isinstance(error, TimeoutError) or type(error).__name__ == "USBTimeoutError"
