"""Printers on USB and behind a Windows queue, held against back ends as python-escpos has them."""

import threading
from collections import deque
from typing import Any

import pytest

from devices.escpos_encoder import Usb, Win32Raw
from devices.port import LinkSettings, open_port_blocking
from devices.printer_port import SpoolPort, UsbPort, open_printer_blocking, opener_of


class USBTimeoutError(OSError):
    """As pyusb calls it."""


class FakeDevice:
    """End points of a printer: what was written, what it has to say, how much it takes."""

    def __init__(self) -> None:
        self.written: list[tuple[int, bytes]] = []
        self.said: deque[bytes] = deque()
        self.full = False

    def write(self, point: int, data: bytes, timeout_ms: int) -> int:
        if self.full:
            raise USBTimeoutError(110, "Operation timed out")
        self.written.append((point, data))
        return len(data)

    def read(self, point: int, most: int, timeout_ms: int) -> bytes:
        if not self.said:
            raise USBTimeoutError(110, "Operation timed out")
        return self.said.popleft()


class FakeUsb:
    """The part of python-escpos' `Usb` that a port uses."""

    def __init__(self, vendor: int, product: int, in_ep: int, out_ep: int) -> None:
        self.asked = (vendor, product, in_ep, out_ep)
        self.device = FakeDevice()
        self.opened = False

    def open(self) -> None:
        self.opened = True

    def close(self) -> None:
        self.opened = False


class FakeQueue:
    """The part of `Win32Raw` that a port uses: jobs by their bytes."""

    def __init__(self, printer_name: str) -> None:
        self.name = printer_name
        self.jobs: list[bytes] = []
        self.is_open = False

    def open(self) -> None:
        self.is_open = True
        self.jobs.append(b"")

    def _raw(self, msg: bytes) -> None:
        assert self.is_open
        self.jobs[-1] += msg

    def close(self) -> None:
        self.is_open = False


def usb_port(url: str = "usb://0416:5011") -> tuple[UsbPort, FakeUsb]:
    made: list[FakeUsb] = []

    def usb(*args: Any, **kwargs: Any) -> FakeUsb:
        made.append(FakeUsb(*args, **kwargs))
        return made[0]

    port = open_printer_blocking(url, usb=usb)
    assert isinstance(port, UsbPort)
    return port, made[0]


def test_a_usb_printer_is_found_by_vendor_product_and_end_points() -> None:
    assert usb_port()[1].asked == (0x0416, 0x5011, 0x82, 0x01)
    assert usb_port("usb://04b8:0e15?out=02&in=81")[1].asked == (0x04B8, 0x0E15, 0x81, 0x02)


def test_what_a_usb_printer_says_is_read_and_its_silence_is_no_loss() -> None:
    port, back = usb_port()
    port.wait_blocking(False, 0.0)
    assert port.read_blocking() == b""
    back.device.said.append(b"\x12")
    port.wait_blocking(False, 5.0)
    assert port.read_blocking() == b"\x12"
    assert port.read_blocking() == b""


def test_a_usb_printer_that_takes_nothing_is_a_time_out() -> None:
    port, back = usb_port()
    assert port.write_blocking(bytes(700)) == 512
    assert back.device.written == [(0x01, bytes(512))]
    back.device.full = True
    with pytest.raises(TimeoutError):
        port.write_blocking(b"x")


def test_a_wake_ends_the_wait_for_a_silent_usb_printer() -> None:
    port, _ = usb_port()
    waker = threading.Timer(0.02, port.wake)
    waker.start()
    port.wait_blocking(False, 30.0)
    waker.join()


def test_an_unplugged_usb_printer_is_lost() -> None:
    port, back = usb_port()

    def gone(*args: object) -> bytes:
        raise OSError(19, "No such device")

    back.device.read = gone  # type: ignore[method-assign]
    with pytest.raises(OSError, match="No such device"):
        port.wait_blocking(False, 0.0)
    port.close_blocking()
    assert not back.opened


def test_a_windows_queue_takes_each_slip_as_one_job() -> None:
    made: list[FakeQueue] = []

    def spool(**options: str) -> FakeQueue:
        made.append(FakeQueue(**options))
        return made[0]

    port = open_printer_blocking("winspool://XP-80%20hall", spool=spool)  # type: ignore[arg-type]
    assert isinstance(port, SpoolPort)
    assert made[0].name == "XP-80 hall"
    port.wait_blocking(True, 0.0)
    assert port.write_blocking(b"\x1b\x40" + bytes(600)) == 602
    assert port.write_blocking(b"second") == 6
    assert made[0].jobs == [b"\x1b\x40" + bytes(600), b"second"]
    assert not made[0].is_open
    assert port.read_blocking() == b""


def test_the_back_ends_have_what_a_port_uses() -> None:
    for back_end, names in ((Usb, ("open", "close")), (Win32Raw, ("open", "close", "_raw"))):
        assert all(callable(getattr(back_end, name)) for name in names)
    assert Usb.is_usable(), "pyusb is installed with the rest"


def test_a_printer_that_is_not_plugged_in_is_a_port_that_cannot_be_opened() -> None:
    with pytest.raises(Exception, match=r"USB|backend|usb"):
        open_port_blocking(
            LinkSettings("kiosk", "usb://0416:5011", opened=opener_of("usb://0416:5011"))
        )
    assert opener_of("socket://192.0.2.9:9100") is None
