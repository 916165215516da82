"""What a printer would print, as a picture: drawn from the very bytes that it would get."""

from datetime import datetime
from typing import Literal

from config.settings import Item, Printer, Settings
from controller.domain.events import TicketIssued
from controller.domain.notice_events import NoticeAsked
from controller.slips import SlipWriter
from devices.framing.escpos_commands import CommandParser
from devices.paper_picture import FontError as FontError
from devices.paper_picture import paper_png
from devices.profiles import profile

SlipKind = Literal["ticket", "notice"]

TICKET, TOKEN = "0123456789abcdefghij", "Qk3vX9s2LmZ8QrSt"
"""As long as real ones, and of nobody."""


def preview_blocking(settings: Settings, printer: Printer, kind: SlipKind, now: int) -> bytes:
    """Return a sample slip of this printer and the hall's layout as PNG, one pixel a dot.

    Raises FontError without a Chinese font, LookupError for a notice without any item, ValueError
    for a text that cannot be printed.
    """
    make = profile(printer.profile, **printer.overrides)
    sample = _ticket(settings, now) if kind == "ticket" else _notice(settings, now)
    data = SlipWriter(settings, make, lambda ticket: TOKEN)(sample)
    return paper_png(CommandParser().feed(data), make.width_dots)


def _ticket(settings: Settings, now: int) -> TicketIssued:
    service = settings.services[0]
    local = datetime.fromtimestamp(now / 1000, settings.hall.zone)
    return TicketIssued(
        ticket=TICKET, number=f"{service.prefix}012", service=service.code,
        date=local.date().isoformat(), items=[],
        priority=None, source="kiosk", issued_at=now, effective_at=now, ahead=12,
        wait_low_s=900, wait_high_s=1500, skipped=[],
    )  # fmt: skip


def _notice(settings: Settings, now: int) -> NoticeAsked:
    item = max((item for item in settings.items if item.kind != "stopped"), key=_told, default=None)
    if item is None:
        raise LookupError("the items file has no item")
    counter = settings.counters[0].no if settings.counters else None
    number = f"{settings.services[0].prefix}012"
    return NoticeAsked(
        notice=TICKET, ticket=TICKET, number=number, printer="", detail="", item=item.code,
        item_name=item.name, missing=list(item.materials[-1:]), counter=counter, clerk=None,
        asked_at=now,
    )  # fmt: skip


def _told(item: Item) -> tuple[int, int]:
    """How much a notice about it shows: the sample is one that shows much."""
    guide = (item.basis, item.conditions, item.fee, item.steps, item.place)
    return sum(map(bool, guide)), len(item.materials)
