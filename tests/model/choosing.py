"""Who is next at a counter, and why: docs/queue.md, "Who is next", read aloud."""

from dataclasses import dataclass, field
from typing import Any

from tests.model.ways import Desk, Person, Ways


@dataclass(frozen=True)
class Crowd:
    """Who waits for a counter, everybody in the order of their places."""

    ways: Ways
    desk: Desk
    names: list[str]
    people: list[Person]
    now: int

    def line(self, name: str) -> list[Person]:
        return [one for one in self.people if name in one.lines]


@dataclass(frozen=True)
class Turn:
    """Whom the rules call, the service, the rule, and whom a credit or transfer overtook."""

    person: Person
    service: str
    rule: str
    overtook: Person | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def choose(crowd: Crowd) -> Turn | None:
    """The rules in the order of the docs; the first that applies chooses."""
    if not crowd.people:
        return None
    if len(crowd.people) == 1:
        return Turn(crowd.people[0], called_for(crowd, crowd.people[0]), "only")
    return by_age(crowd) or by_condition(crowd) or by_share(crowd) or by_order(crowd, crowd.people)


def by_age(crowd: Crowd) -> Turn | None:
    oldest = longest(crowd.people)
    if crowd.ways.ageing_s and crowd.now - oldest.since > crowd.ways.ageing_s * 1000:
        return Turn(oldest, called_for(crowd, oldest), "ageing")
    return None


def by_condition(crowd: Crowd) -> Turn | None:
    for service, over_s in crowd.ways.conditions.get(crowd.desk.no, ()):
        line = crowd.line(service)
        if line and crowd.now - longest(line).since > over_s * 1000:
            return in_line(crowd, service, "condition")
    return None


def by_share(crowd: Crowd) -> Turn | None:
    """Two of A to one of B: who is furthest behind the share; nobody without a share is starved."""
    wanted = crowd.ways.ratios.get(crowd.desk.no, {})
    shares = {code: share for code, share in wanted.items() if crowd.line(code)}
    if len(shares) < 2 or not set(by_order(crowd, crowd.people).person.lines) & set(shares):
        return None
    counted = {code: crowd.desk.counted.get(code, 0) for code in shares}
    if all(counted[code] >= share for code, share in shares.items()):
        counted = dict.fromkeys(shares, 0)
    due = [code for code in shares if counted[code] < shares[code]]
    # furthest behind; of equals the one with the greater share, then the first letter
    due.sort(key=lambda code: (counted[code] / shares[code], -shares[code], code))
    return in_line(crowd, due[0], "ratio")


def in_line(crowd: Crowd, service: str, rule: str) -> Turn:
    turn = by_order(crowd, crowd.line(service))
    overtook = turn.overtook if turn.rule == "credit" else None
    return Turn(turn.person, service, rule, overtook)


def by_order(crowd: Crowd, people: list[Person]) -> Turn:
    """Who stands first; if by a credit, only one call in so many may be such a one."""
    first, others = people[0], people[1:]
    service = called_for(crowd, first)
    if not others:
        return Turn(first, service, "only")
    earliest = min(others, key=lambda one: one.came)
    if earliest.came[:2] >= (first.issued_at, first.place[1]) or first.place[0] >= first.issued_at:
        return Turn(first, service, "first")
    if not first.credit_ms:
        return Turn(first, service, "transfer", earliest)
    if crowd.ways.one_in and crowd.desk.since_credit + 1 < crowd.ways.one_in:
        return Turn(earliest, called_for(crowd, earliest), "cap")
    return Turn(first, service, "credit", earliest)


def longest(people: list[Person]) -> Person:
    return min(people, key=lambda one: (one.since, one.came))


def called_for(crowd: Crowd, person: Person) -> str:
    """The first of its services that is taken here; where one was named, that one."""
    if person.together and not person.target:
        for code in person.lines:
            if code in crowd.names:
                return code
    return person.service


def told(crowd: Crowd, turn: Turn) -> dict[str, Any]:
    """What must stand with the call."""
    return {
        "rule": turn.rule,
        "waited_s": (crowd.now - turn.person.issued_at) // 1000,
        "credit_s": turn.person.credit_ms // 1000,
        "waiting": len(crowd.people),
    }
