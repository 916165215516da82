"""What stands on a ticket and what the voice says, from the hall's texts."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from config.settings import Settings
from controller.domain.events import TicketIssued
from controller.domain.notice_events import NoticeAsked
from controller.notice_words import notice_slip
from devices.profiles import PrinterProfile
from devices.slip import TicketSlip, compose, compose_notice, compose_void

STEP_MIN = 5
LONGEST_MIN = 60


def wait_minutes(low_s: int, high_s: int) -> tuple[int, int]:
    """Return a wait in steps of five minutes that holds the given one (domain.md 8.3)."""
    step_s = STEP_MIN * 60
    low = low_s // step_s * STEP_MIN
    high = -(-high_s // step_s) * STEP_MIN
    return low, max(high, low + STEP_MIN)


def code_text(settings: Settings, ticket: Mapping[str, Any], token: str) -> str:
    """Return what a ticket's QR code holds: its page, or plain text where no address is known.

    `ticket` gives id, number and date.
    """
    hall = settings.hall
    if hall.public_url:
        return f"{hall.public_url}/t/{ticket['id']}/{token}"
    return settings.texts.message(
        "zh",
        "ticket.qr_plain",
        hall=hall.name,
        number=ticket["number"],
        date=ticket["date"],
        phone=hall.phone,
    )


class SlipWriter:
    """Makes the bytes of a ticket's slip for one printer."""

    def __init__(
        self, settings: Settings, profile: PrinterProfile, token_for: Callable[[str], str]
    ) -> None:
        self._settings = settings
        self._profile = profile
        self._token_for = token_for

    def __call__(self, issued: TicketIssued | NoticeAsked, again_at: int | None = None) -> bytes:
        """Return the bytes; ValueError for a text that the printer has no sign for."""
        if isinstance(issued, NoticeAsked):
            words = notice_slip(self._settings, issued, self._token_for, again_at)
            return compose_notice(words, self._profile, self._settings.notice_layout)
        return compose(self.slip(issued, again_at), self._profile, self._settings.ticket_layout)

    def void(self) -> bytes:
        """Return the bytes that end half a slip which hangs in the printer."""
        return compose_void(self._settings.texts.message("zh", "ticket.void"), self._profile)

    def slip(self, issued: TicketIssued, again_at: int | None = None) -> TicketSlip:
        """Return the words of the slip; one printed again (UTC ms) is marked so (补打)."""
        hall, text = self._settings.hall, self._settings.texts.message
        issued_at = f"{self._local(issued.issued_at):%Y-%m-%d %H:%M}"
        ahead = (
            text("zh", "ticket.ahead", count=issued.ahead)
            if issued.ahead
            else text("zh", "ticket.ahead_none")
        )
        return TicketSlip(
            hall=hall.name,
            number=issued.number,
            number_label=text("zh", "ticket.your_number"),
            service=self._settings.service(issued.service).name,
            ahead_line=ahead,
            wait_line=self._wait_line(issued),
            time_line=text("zh", "ticket.time", time=issued_at),
            keep=text("zh", "ticket.keep"),
            notice=self._notice(),
            qr=self._qr(issued),
            qr_caption=text("zh", "ticket.scan") if hall.public_url else "",
            footer=text("zh", "ticket.footer", phone=hall.phone),
            mark=self._mark(issued, again_at),
            last=text("zh", "ticket.last"),
            details=tuple(self._details(issued)),
        )

    def _local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(self._settings.hall.zone)

    def _mark(self, issued: TicketIssued, again_at: int | None) -> str:
        text = self._settings.texts.message
        if issued.test:
            return text("zh", "ticket.test")
        if again_at is None:
            return ""
        return text("zh", "ticket.again", time=f"{self._local(again_at):%H:%M}")

    def _details(self, issued: TicketIssued) -> Iterator[str]:
        """Yield what else the holder should know: further services, people, the booked slot."""
        text = self._settings.texts.message
        if issued.lines[1:]:
            names = "、".join(self._settings.service(code).name for code in issued.lines[1:])
            yield text("zh", "ticket.together" if issued.together else "ticket.then", names=names)
        if issued.clients > 1:
            yield text("zh", "ticket.clients", count=issued.clients)
        if issued.slot is not None:
            key = "ticket.late" if issued.late else "ticket.slot"
            yield text("zh", key, time=f"{self._local(issued.slot):%H:%M}")

    def _wait_line(self, issued: TicketIssued) -> str | None:
        """Return the wait in words; None while it is unknown, and for who is called at once."""
        if not issued.ahead or issued.wait_low_s is None or issued.wait_high_s is None:
            return None
        low, high = wait_minutes(issued.wait_low_s, issued.wait_high_s)
        text = self._settings.texts.message
        if not low:
            return text("zh", "ticket.wait_soon", high=high)
        if low >= LONGEST_MIN:
            return text("zh", "ticket.wait_over", low=LONGEST_MIN)
        return text("zh", "ticket.wait", low=low, high=high)

    def _notice(self) -> str:
        """Return the sentence that fits the hall's rule for missed calls."""
        text = self._settings.texts.message
        rule, queue = self._settings.hall.missed_call, self._settings.queue
        count = queue.missed_behind if rule == "requeue" else queue.missed_within
        return text("zh", f"missed.{rule}", count=count)

    def _qr(self, issued: TicketIssued) -> str:
        facts = {"id": issued.ticket, "number": issued.number, "date": issued.date}
        return code_text(self._settings, facts, self._token_for(issued.ticket))
