"""What stands on a ticket and what the voice says, from the hall's texts."""

from collections.abc import Callable
from datetime import UTC, datetime

from config.settings import Settings
from controller.domain.events import TicketIssued
from controller.reactors.announcing import Call, Words
from devices.profiles import PrinterProfile
from devices.reading import cardinal, number_reading
from devices.slip import TicketSlip, compose

STEP_MIN = 5
LONGEST_MIN = 60


def wait_minutes(low_s: int, high_s: int) -> tuple[int, int]:
    """Return a wait in steps of five minutes that holds the given one (domain.md 8.3)."""
    step_s = STEP_MIN * 60
    low = low_s // step_s * STEP_MIN
    high = -(-high_s // step_s) * STEP_MIN
    return low, max(high, low + STEP_MIN)


class SlipWriter:
    """Makes the bytes of a ticket's slip for one printer."""

    def __init__(
        self, settings: Settings, profile: PrinterProfile, token_for: Callable[[str], str]
    ) -> None:
        self._settings = settings
        self._profile = profile
        self._token_for = token_for

    def __call__(self, issued: TicketIssued) -> bytes:
        """Return the bytes; ValueError for a text that the printer has no sign for."""
        return compose(self.slip(issued), self._profile)

    def slip(self, issued: TicketIssued) -> TicketSlip:
        """Return the words of the slip."""
        hall, text = self._settings.hall, self._settings.texts.message
        local = datetime.fromtimestamp(issued.issued_at / 1000, UTC).astimezone(hall.zone)
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
            time_line=text("zh", "ticket.time", time=f"{local:%Y-%m-%d %H:%M}"),
            notice=self._notice(),
            qr=self._qr(issued),
            qr_caption=text("zh", "ticket.scan") if hall.public_url else "",
            footer=text("zh", "ticket.footer", phone=hall.phone),
        )

    def _wait_line(self, issued: TicketIssued) -> str | None:
        if issued.wait_low_s is None or issued.wait_high_s is None:
            return None
        low, high = wait_minutes(issued.wait_low_s, issued.wait_high_s)
        text = self._settings.texts.message
        if low >= LONGEST_MIN:
            return text("zh", "ticket.wait_over", low=LONGEST_MIN)
        return text("zh", "ticket.wait", low=low, high=high)

    def _notice(self) -> str:
        """Return the sentence that fits the hall's rule for missed calls."""
        text = self._settings.texts.message
        missed = text("zh", f"missed.{self._settings.hall.missed_call}")
        return f"{text('zh', 'ticket.keep')}\n{missed}"

    def _qr(self, issued: TicketIssued) -> str:
        hall = self._settings.hall
        if hall.public_url:
            return f"{hall.public_url}/t/{issued.ticket}/{self._token_for(issued.ticket)}"
        return self._settings.texts.message(
            "zh",
            "ticket.qr_plain",
            hall=hall.name,
            number=issued.number,
            date=issued.date,
            phone=hall.phone,
        )


def call_words(settings: Settings, call: Call) -> Words:
    """Return a call as people read it and as the voice is given it (domain.md 5.3)."""
    key = "call" if call.call == 1 else "recall"
    read = settings.texts.phrase(key, number=call.number, counter=str(call.counter))
    spoken = settings.texts.phrase(
        key, number=number_reading(call.number), counter=cardinal(call.counter)
    )
    return Words(read, spoken)
