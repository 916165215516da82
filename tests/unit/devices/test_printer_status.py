"""The worst of what a printer tells, from the four bytes of DLE EOT."""

import pytest

from devices.framing.escpos_status import AutoStatus, RealTimeStatus
from devices.printer_status import PrinterStatus, worst_of
from devices.profiles import profile

READY = (0x12, 0x12, 0x12, 0x12)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (READY, "ready"),
        ((0x1A, 0x52, 0x52, 0x12), "head-hot"),
        ((0x12, 0x12, 0x52, 0x12), "head-hot"),
        ((0x1A, 0x56, 0x52, 0x12), "cover-open"),
        ((0x1A, 0x72, 0x52, 0x72), "paper-out"),
        ((0x1A, 0x52, 0x5A, 0x12), "cutter-error"),
        ((0x1A, 0x12, 0x12, 0x12), "off-line"),
        ((0x12, 0x12, 0x32, 0x12), "off-line"),
    ],
)
def test_a_hot_head_is_no_printer_that_is_off_line(told: tuple[int, ...], status: str) -> None:
    answers = [RealTimeStatus(value, n) for n, value in enumerate(told, 1)]
    worst = worst_of(answers, profile("epson-tm"))
    assert worst == status
    assert worst.can_print is (status == "ready")


def test_automatic_status_tells_a_hot_head_too() -> None:
    assert AutoStatus((0x18, 0x40, 0, 0)).head_hot
    assert not AutoStatus((0x18, 0x08, 0, 0)).head_hot
    assert PrinterStatus("head-hot") == PrinterStatus.HEAD_HOT
