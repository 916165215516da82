"""Numbers: three schemes, none twice in a hall and day, no gap without an event that says why.

`letters` counts per prefix (A001, B001), `series` has one count for the hall under the letter of
the service (A001, B002), `digits` only counts (001). Tests and pre-printed cards have a prefix of
their own. 999 is followed by 1000. A number that a live ticket still carries, or one of an older
day that may come back, is left out, and the event of the next one lists it (`skipped`).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from controller.domain.errors import RefusalError
from controller.domain.events import DayOpened, Event, TicketExpired
from controller.domain.rules import Rules, ServiceRule
from controller.domain.state import HallState

HALL = "*"
DIGITS = 3


@dataclass(frozen=True)
class Series:
    """What numbers are drawn from: the last count per prefix, and the numbers of live tickets.

    `away` are those of tickets of an older day that were missed, or whose end may be undone.
    """

    rules: Rules
    counts: Mapping[str, int]
    held: AbstractSet[str]
    cards: Sequence[str] = ()
    away: AbstractSet[str] = frozenset()

    def draw(self, service: ServiceRule) -> tuple[str, list[str]]:
        """Return the next number of a service and those left out."""
        scheme = self.rules.numbers
        prefix = "" if scheme == "digits" else service.prefix
        # The prefix's own count is never above the hall's, unless the scheme has just changed.
        whole = 0 if scheme == "letters" else self.counts.get(HALL, 0)
        return self._next(prefix, max(whole, self.counts.get(prefix, 0)))

    def draw_test(self) -> tuple[str, list[str]]:
        """Return the next number of the tests and those left out."""
        prefix = self.rules.test_prefix
        return self._next(prefix, self.counts.get(prefix, 0))

    def take_card(self, card: str) -> str:
        """Return a pre-printed card's number; refuse `card_wrong` and `card_used`.

        A card carries the hall's own prefix for cards, which no service has, and a count.
        """
        prefix = self.rules.card_prefix
        count = card.removeprefix(prefix)
        own = all(service.prefix != prefix for service in self.rules.services.values())
        written = len(card) <= 8 and count.isascii() and count.isdigit()
        written = written and card == f"{prefix}{int(count):03d}"
        if not (own and prefix and written and int(count)):
            raise RefusalError("card_wrong", card=card[:12])
        if card in self.cards or card in self.held or card in self.away:
            raise RefusalError("card_used", card=card)
        return card

    def _next(self, prefix: str, count: int) -> tuple[str, list[str]]:
        skipped: list[str] = []
        while True:
            count += 1
            number = f"{prefix}{count:0{DIGITS}d}"
            if number not in self.held and number not in self.away:
                return number, skipped
            skipped.append(number)


def series(state: HallState, opening: Sequence[Event] = ()) -> Series:
    """Return the series of the present day, or of the one that the events `opening` begin.

    Those who expire with the old day carry their numbers no more.
    """
    if not any(isinstance(event, DayOpened) for event in opening):
        return Series(state.rules, state.numbers, state.held, state.cards, _away(state))
    gone = {event.number for event in opening if isinstance(event, TicketExpired)}
    return Series(state.rules, {}, state.held - gone)


def _away(state: HallState) -> set[str]:
    """Return the numbers of an older day that have left the hall and may come back.

    Those of today are behind the count and never drawn again.
    """
    steps = [counter.last for counter in state.counters.values() if counter.last is not None]
    steps += [last.prior for last in steps if last.prior is not None]
    finished = [last.before for last in steps if last.event == "ServingFinished"]
    may_come_back = [*state.missed.values(), *finished]
    return {ticket.number for ticket in may_come_back if ticket.date != state.date}
