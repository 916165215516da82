"""Who comes on a simulated day, drawn from a seed before anybody comes.

Everything that chance decides stands in the plan: when a citizen comes, for what, how long it
takes, whether the citizen has gone when the call comes, which grade is pressed. So the same seed
gives the same people, whatever the hall makes of them and however fast its clock runs.

    a usual day   08:30 #### 10:00 ######## 11:30 ##  ..  14:00 #### 15:00 ###### 17:00 #
    a market day  08:30 ################ 10:00 ######## 11:30 ##  ..  14:00 ## 17:00 #
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from config.settings import Item, Settings

HALF_HOUR_S = 1800
PER_COUNTER = 45
"""People for each counter on a usual day."""
MARKET_FACTOR = 1.6
"""So many times more come on a market day (赶集日)."""
CURVE = {
    17: 0.7, 18: 1.2, 19: 1.5, 20: 1.6, 21: 1.3, 22: 0.9, 23: 0.5, 24: 0.1, 25: 0.1, 26: 0.1,
    27: 0.4, 28: 0.9, 29: 1.2, 30: 1.1, 31: 0.9, 32: 0.7, 33: 0.4, 34: 0.15,
}  # fmt: skip
"""How many come in each half hour since midnight, in proportion."""
MARKET_CURVE = {
    16: 1.2, 17: 2.2, 18: 2.6, 19: 2.4, 20: 1.8, 21: 1.2, 22: 0.7, 23: 0.4, 24: 0.2, 25: 0.1,
    26: 0.1, 27: 0.2, 28: 0.4, 29: 0.5, 30: 0.5, 31: 0.4, 32: 0.3, 33: 0.2, 34: 0.1,
}  # fmt: skip
OTHER = 0.2
"""A half hour that no curve names."""
USUAL_MINUTES = 6.0
SPREAD = 0.45
"""Of the logarithm of the serving time."""
SHORTEST_S, LONGEST_S = 45.0, 2400.0
ITEM, PRIORITY, GONE, BACK, RATED, START = 0.7, 0.1, 0.05, 0.5, 0.4, 0.7
"""Shares of those who: name an item, go first, have left when they are called, come back then,
press a grade, and are marked as come by the clerk."""
GRADES = (5, 5, 5, 5, 5, 5, 4, 4, 3, 2, 1)


@dataclass(frozen=True)
class DayWish:
    """A wished-for day: from and to in seconds since midnight of the hall's time."""

    seed: int
    from_s: int
    to_s: int
    people: int
    market: bool = False
    even: bool = False
    """As many at every hour: a clerk who practises at noon wants people as well."""


@dataclass(frozen=True)
class Citizen:
    """One citizen; times in seconds of the hall, `at_s` since midnight.

    `gone` has left when the call comes; `back_s` after the ticket comes and takes another (None:
    never). `grade` None presses none.
    """

    no: int
    at_s: float
    service: str
    items: tuple[str, ...]
    priority: str | None
    walk_s: float
    serving_s: float
    gone: bool
    back_s: float | None
    start: bool
    grade: int | None


def plan_of(settings: Settings, wish: DayWish) -> list[Citizen]:
    """Draw the people of a day, in the order of their coming."""
    chance = Random(wish.seed)
    items: dict[str, list[Item]] = {service.code: [] for service in settings.services}
    for item in settings.items:
        if item.kind in ("immediate", "promised") and item.service in items:
            items[item.service].append(item)
    times = sorted(_arrivals(wish, chance))
    return [_citizen(settings, (no, at), items, chance) for no, at in enumerate(times, 1)]


def usual_people(settings: Settings, *, market: bool) -> int:
    """How many come when nobody says so."""
    return round(PER_COUNTER * len(settings.counters) * (MARKET_FACTOR if market else 1))


def _arrivals(wish: DayWish, chance: Random) -> list[float]:
    """Times of coming: the curve picks the half hour, chance the moment in it."""
    curve = MARKET_CURVE if wish.market else CURVE
    halves = range(wish.from_s // HALF_HOUR_S, -(-wish.to_s // HALF_HOUR_S))
    spans = [
        (max(wish.from_s, half * HALF_HOUR_S), min(wish.to_s, (half + 1) * HALF_HOUR_S))
        for half in halves
    ]
    weights = [
        (1.0 if wish.even else curve.get(half, OTHER)) * (last - first)
        for half, (first, last) in zip(halves, spans, strict=True)
    ]
    chosen = chance.choices(spans, weights, k=wish.people)
    return [round(chance.uniform(first, last), 1) for first, last in chosen]


def _citizen(
    settings: Settings,
    came: tuple[int, float],
    items: Mapping[str, Sequence[Item]],
    chance: Random,
) -> Citizen:
    no, at_s = came
    service = chance.choice(settings.services).code
    item = None
    if items[service] and chance.random() < ITEM:
        item = chance.choice(items[service])
    minutes = (item.minutes if item is not None else None) or USUAL_MINUTES
    stretch = chance.lognormvariate(-SPREAD * SPREAD / 2, SPREAD)
    reasons = settings.hall.priorities
    gone = chance.random() < GONE
    return Citizen(
        no,
        at_s,
        service,
        () if item is None else (item.code,),
        chance.choice(reasons) if chance.random() < PRIORITY and reasons else None,
        walk_s=round(chance.uniform(4, 20), 1),
        serving_s=round(min(LONGEST_S, max(SHORTEST_S, minutes * 60 * stretch)), 1),
        gone=gone,
        back_s=round(chance.uniform(300, 1800), 1) if chance.random() < BACK else None,
        start=chance.random() < START,
        grade=chance.choice(GRADES) if chance.random() < RATED else None,
    )
