"""Why others were called while somebody waited: in plain terms, without personal data.

For a citizen who asks. Each call is seen from their own issue: who had come earlier is simply
`earlier`; of the others, the rule that called them is named, and `elsewhere` where by that
counter's own line it was their turn (it did not take this service then, or the one who asks was
away). Who has a priority, and which, is not told: a number and `credit` are all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PLAIN = frozenset(("credit", "transfer", "ageing", "condition", "ratio", "chosen"))
"""The rules that bring somebody forward who came later."""


@dataclass(frozen=True)
class PastCall:
    """A call as it stands in the log. Times are UTC ms."""

    number: str
    service: str
    counter: int
    issued_at: int
    called_at: int
    rule: str


@dataclass(frozen=True)
class SeenCall:
    """A call as the one who waited sees it; `why` is `earlier`, `elsewhere` or one of `PLAIN`."""

    number: str
    counter: int
    called_at: int
    why: str


def plainly(rule: str, *, earlier: bool) -> str:
    """Return why a call came before somebody: `earlier` when that ticket was issued earlier."""
    if earlier:
        return "earlier"
    return rule if rule in PLAIN else "elsewhere"


def calls_seen(issued_at: int, calls: Iterable[PastCall], until: int) -> list[SeenCall]:
    """Return the calls between an issue and its own call (or now), in the order of calls."""
    between = sorted(
        (call for call in calls if issued_at <= call.called_at <= until),
        key=lambda call: call.called_at,
    )
    return [
        SeenCall(
            call.number,
            call.counter,
            call.called_at,
            plainly(call.rule, earlier=call.issued_at < issued_at),
        )
        for call in between
    ]


def counted(calls: Iterable[SeenCall]) -> Mapping[str, int]:
    """Return how many calls came before for each reason, the most frequent first."""
    return dict(Counter(call.why for call in calls).most_common())
