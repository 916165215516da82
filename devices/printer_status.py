"""What a printer says about itself, by its answers to DLE EOT 1-4 (device-protocols.md A.4)."""

from __future__ import annotations

from enum import StrEnum

from devices.framing.escpos_status import RealTimeStatus
from devices.profiles import PrinterProfile


class PrinterStatus(StrEnum):
    """What a printer can say about itself; the worst that is true."""

    READY = "ready"
    PAPER_LOW = "paper-low"
    PAPER_OUT = "paper-out"
    COVER_OPEN = "cover-open"
    CUTTER_ERROR = "cutter-error"
    HEAD_HOT = "head-hot"
    OFF_LINE = "off-line"
    SILENT = "silent"

    @property
    def can_print(self) -> bool:
        """Whether a job may be begun."""
        return self in (PrinterStatus.READY, PrinterStatus.PAPER_LOW)


def worst_of(answers: list[RealTimeStatus], profile: PrinterProfile) -> PrinterStatus:
    """The open cover comes first: under it the paper sensor says anything.

    `answers` are those to DLE EOT 1-4, in this order.
    """
    paper = answers[3].value ^ profile.paper_flip
    out = paper & profile.paper_out_mask or answers[1].paper_out
    low = paper & profile.paper_near_mask and profile.near_end_fitted
    unwell = answers[0].off_line or any(answer.error for answer in answers)
    found = {
        PrinterStatus.COVER_OPEN: answers[1].cover_open,
        PrinterStatus.PAPER_OUT: out,
        PrinterStatus.CUTTER_ERROR: answers[2].cutter_error,
        PrinterStatus.HEAD_HOT: answers[2].head_hot,
        PrinterStatus.OFF_LINE: unwell,
        PrinterStatus.PAPER_LOW: low,
    }
    return next((status for status, true in found.items() if true), PrinterStatus.READY)
