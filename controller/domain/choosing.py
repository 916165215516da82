"""Who is next at a counter, and why: the rules in their order, each looking at heads only.

1 `ageing`: somebody has waited longer than the hall bears; who has waited longest goes.
2 `condition`: the profile's conditions in their order ("over 30 min in A: A first").
3 `ratio`: the profile's counted shares (2:1), unless the first of all waits in another line.
4 the waiting order: `first`, `only` (nobody else waits), `credit` (a time credit moved it before
  somebody who came earlier), `transfer` (so did a transfer, next but one at most), or `cap` (a
  credit would, but only one call in n may be such a one).
A call of a chosen ticket is `chosen`. No step walks a line: lines are sorted by place, and
`state.arrivals` holds the same tickets as they would stand without credits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from controller.domain.cover import covered_by
from controller.domain.rules import ProfileRule
from controller.domain.state import Counter, HallState, Place, Ticket

BY_TURN = frozenset(("ageing", "condition", "ratio", "only", "first", "credit", "transfer", "cap"))
"""The rules that choose by themselves; `chosen` is a person's choice."""

COMPARED = 3


@dataclass(frozen=True)
class View:
    """What a counter may call from: its lines; `covers` tells whose those of an AB post are.

    `taken` are tickets that the same decision has already given to another counter.
    """

    state: HallState
    counter: Counter
    names: tuple[str, ...]
    covers: Mapping[str, str]
    now: int
    taken: frozenset[str] = frozenset()

    @property
    def profile(self) -> ProfileRule:
        """The counter's profile; without one it goes by the waiting order."""
        name = self.state.rule_of(self.counter.no).profile
        return self.state.rules.profiles.get(name, ProfileRule(name))

    def head(self, name: str) -> Place | None:
        """Return the first in a line."""
        return self._first(self.state.lines.get(name, ()))

    def earliest(self, names: Iterable[str], but: str = "") -> Place | None:
        """Return who would be first without credits in some lines, one ticket left out."""
        heads = [self._first(self.state.arrivals.get(name, ()), but) for name in names]
        return min((place for place in heads if place is not None), default=None)

    def _first(self, line: Iterable[Place], but: str = "") -> Place | None:
        return next((p for p in line if p[3] != but and p[3] not in self.taken), None)


@dataclass(frozen=True)
class Choice:
    """A ticket, the service that it is called for, and the rule with the facts that it used.

    `overtook` is who came earlier and is called later by the ticket's time credit or transfer.
    """

    ticket: Ticket
    service: str
    rule: str
    facts: dict[str, Any] = field(default_factory=dict)
    overtook: Ticket | None = None


def view_of(state: HallState, no: int, now: int, taken: frozenset[str] = frozenset()) -> View:
    """Return what a counter may call from at a time, its AB posts included."""
    own = state.lines_at(no, now)
    covers: dict[str, str] = {}
    if not own:  # the rules have dropped this counter
        return View(state, state.counters[no], (), covers, now, taken)
    for covered in covered_by(state, no, now):
        for name in covered.lines:
            if name not in own:
                covers.setdefault(name, covered.clerk)
    return View(
        state, state.counters[no], tuple(dict.fromkeys([*own, *covers])), covers, now, taken
    )


def choose(view: View) -> Choice | None:
    """Return who is next, None when nobody waits for this counter."""
    turn = _by_order(view, view.names)
    if turn is None or turn.rule == "only":
        return turn
    return _by_age(view) or _by_condition(view) or _by_ratio(view, turn.ticket) or turn


def chosen(view: View, ticket: Ticket, reason: str) -> Choice:
    """Return a person's choice of a ticket."""
    return Choice(ticket, _service(view, ticket), "chosen", {"reason": reason})


def covers_of(view: View, ticket: Ticket) -> str | None:
    """Return the clerk whose call this is, None when the counter's own lines have the ticket."""
    if any(name in view.names and name not in view.covers for name in ticket.lines):
        return None
    return next((view.covers[name] for name in ticket.lines if name in view.covers), None)


def why(view: View, choice: Choice, *, auto: bool = False) -> dict[str, Any]:
    """Return the reason stored with a call: the rule, its facts and whom it was held against.

    Numbers only, no personal data. In the order of the stored JSON, so that a repeat renders the
    same bytes.
    """
    ticket = choice.ticket
    reason = {
        "compared": [
            {"number": other.number, "waited_s": _waited_s(view, other)}
            for other in _compared(view, choice)
        ],
        "credit_s": ticket.credit_ms // 1000,
        "rule": choice.rule,
        "waited_s": _waited_s(view, ticket),
        "waiting": _waiting(view),
        **choice.facts,
    }
    if auto:
        reason["auto"] = True
    return dict(sorted(reason.items()))


# --- the rules ------------------------------------------------------------------------------------


def _by_age(view: View) -> Choice | None:
    """Who has waited longest, if that is over the hall's limit."""
    over_s = view.state.rules.ageing_s
    oldest = _oldest(view, view.names) if over_s else None
    if oldest is None or view.now - _since(oldest) <= over_s * 1000:
        return None
    return Choice(oldest, _service(view, oldest), "ageing", {"over_s": over_s})


def _by_condition(view: View) -> Choice | None:
    """The first condition of the profile that holds names the line."""
    for condition in view.profile.conditions:
        if condition.service not in view.names:
            continue
        oldest = _oldest(view, (condition.service,))
        if oldest is None or view.now - _since(oldest) <= condition.wait_over_s * 1000:
            continue
        facts = {
            "longest_s": (view.now - _since(oldest)) // 1000,
            "over_s": condition.wait_over_s,
            "service": condition.service,
        }
        return _in_line(view, condition.service, "condition", facts)
    return None


def _by_ratio(view: View, first: Ticket) -> Choice | None:
    """The service that is furthest behind its share among those with people waiting.

    Who is first of all and waits in a line without a share (sent to this counter, say) goes
    before: shares never starve such a line.
    """
    shares = {
        code: share
        for code, share in view.profile.ratios.items()
        if share > 0 and code in view.names and view.head(code) is not None
    }
    if len(shares) < 2 or not any(name in shares for name in first.lines):
        return None
    counted = view.counter.cycle
    due = [code for code, share in shares.items() if counted.get(code, 0) < share]
    if not due:  # everybody here has had their share: a new cycle begins
        counted, due = {}, list(shares)
    code = min(due, key=lambda one: (counted.get(one, 0) / shares[one], -shares[one], one))
    facts = {"counted": counted.get(code, 0), "service": code, "share": shares[code]}
    return _in_line(view, code, "ratio", facts)


def _in_line(view: View, code: str, rule: str, facts: dict[str, Any]) -> Choice | None:
    """The first of one service; a credit that moved it there counts for the cap."""
    turn = _by_order(view, (code,))
    if turn is None:
        return None
    if turn.rule == "credit" and turn.overtook is not None:
        facts = facts | {"overtook": turn.overtook.number}
    return Choice(turn.ticket, code, rule, facts, turn.overtook)


def _by_order(view: View, names: tuple[str, ...]) -> Choice | None:
    """The first by the waiting order, unless its credit would break the cap."""
    heads = [place for name in names if (place := view.head(name)) is not None]
    if not heads:
        return None
    ticket = view.state.tickets[min(heads)[3]]
    service = _service(view, ticket)
    other = view.earliest(names, but=ticket.id)
    if other is None:
        return Choice(ticket, service, "only")
    behind = ticket.effective_at < ticket.issued_at
    if not behind or other[:2] >= (ticket.issued_at, ticket.order):
        return Choice(ticket, service, "first")
    overtaken = view.state.tickets[other[3]]
    if not ticket.credit_ms:
        return Choice(ticket, service, "transfer", overtook=overtaken)
    one_in = view.state.rules.priority_one_in
    if one_in and view.counter.since_credit < one_in - 1:
        return Choice(overtaken, _service(view, overtaken), "cap", {"one_in": one_in})
    return Choice(ticket, service, "credit", overtook=overtaken)


# --- what they look at ----------------------------------------------------------------------------


def _oldest(view: View, names: Iterable[str]) -> Ticket | None:
    """Return who has waited longest; past the few that were moved, arrivals are in that order."""
    found: list[Ticket] = []
    for name in names:
        for place in view.state.arrivals.get(name, ()):
            if place[3] in view.taken:
                continue
            found.append(view.state.tickets[place[3]])
            if not place[2]:
                break
    return min(found, key=lambda ticket: (_since(ticket), ticket.arrival), default=None)


def _since(ticket: Ticket) -> int:
    """Return when its wait began: the issue, or the place behind others that it was given."""
    return max(ticket.issued_at, ticket.effective_at)


def _service(view: View, ticket: Ticket) -> str:
    """Return the service that a ticket is called for: its first one that is taken here."""
    if ticket.together and not ticket.target:
        return next((code for code in ticket.lines if code in view.names), ticket.service)
    return ticket.service


def _compared(view: View, choice: Choice) -> list[Ticket]:
    """Return up to three others, whom the choice overtook first, then those next in line."""
    ids = [choice.ticket.id]
    if choice.overtook is not None:
        ids.append(choice.overtook.id)
    seconds: list[Place] = []
    for name in view.names:
        line = view.state.lines.get(name, ())
        seconds += [p for p in line[: 2 + len(view.taken)] if p[3] not in view.taken]
    ids += [place[3] for place in sorted(seconds)]
    return [view.state.tickets[one] for one in list(dict.fromkeys(ids))[1 : COMPARED + 1]]


def _waiting(view: View) -> int:
    """Count the tickets in all lines of the counter, each once."""
    lines, several = view.state.lines, view.state.batches
    count = sum(len(lines[name]) for name in view.names if name in lines)
    seen: set[str] = set()
    for name in view.names:
        for place in several.get(name, ()):
            count -= place[3] in seen
            seen.add(place[3])
    waiting = (one for one in view.taken if view.state.tickets[one].state == "WAITING")
    return count - sum(_is_here(view, one) for one in waiting)


def _is_here(view: View, ticket: str) -> bool:
    return any(name in view.names for name in view.state.tickets[ticket].lines)


def _waited_s(view: View, ticket: Ticket) -> int:
    return max(0, view.now - ticket.issued_at) // 1000
