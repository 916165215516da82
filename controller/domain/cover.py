"""AB posts (AB岗) at the call: whose lines a counter takes over because their clerk is away."""

from dataclasses import dataclass

from controller.domain.state import HallState


@dataclass(frozen=True)
class Covered:
    """Lines that come to a counter because clerk `clerk` of an AB post is away."""

    clerk: str
    lines: tuple[str, ...]


def pair_of(state: HallState, post: str, date: str) -> tuple[str, str]:
    """Return the clerks A and B of a post on a date: those assigned for it, else the rule's."""
    rule = state.rules.posts[post]
    a, b = state.posts.get(f"{post}|{date}", (rule.a, rule.b))
    return a, b


def is_away(state: HallState, clerk: str, now: int) -> bool:
    """Tell whether a clerk is signed in nowhere, or paused longer than the hall allows."""
    longest_ms = state.rules.post_absent_s * 1000
    for counter in state.counters.values():
        if counter.clerk == clerk:
            pause = counter.pause
            return pause is not None and now - pause.since > longest_ms
    return True


def covered_by(state: HallState, no: int, now: int) -> list[Covered]:
    """Return what the clerk at a counter takes over now, post by post in the order of names."""
    clerk = state.counters[no].clerk
    if clerk is None or not state.rules.posts:
        return []
    date = state.rules.business_date(now)
    found = []
    for name in sorted(state.rules.posts):
        a, b = pair_of(state, name, date)
        rule = state.rules.counters.get(state.rules.posts[name].counter)
        if b != clerk or a == b or rule is None or not is_away(state, a, now):
            continue
        services = state.rules.services_at(rule, now)
        found.append(Covered(a, (*services, f"counter:{rule.no}", f"clerk:{a}")))
    return found
