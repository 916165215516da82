"""AB posts (AB岗) as they are set: who is A and B on a date, and the alarm when neither is there.

What the call makes of it stands in `cover` (domain.md 3.6).
"""

from controller.domain.cover import is_away, pair_of
from controller.domain.errors import RefusalError
from controller.domain.events import Event
from controller.domain.hall_commands import AssignPost, CheckPosts
from controller.domain.hall_events import PostAssigned, PostManned, PostUnmanned
from controller.domain.rules import PostRule
from controller.domain.state import Context, Counter, HallState


def require_staff(state: HallState, clerk: str) -> None:
    """Refuse `clerk_unknown` for an id that is not in the hall's staff."""
    if clerk not in state.rules.staff:
        raise RefusalError("clerk_unknown", clerk=clerk)


def seat_of(state: HallState, clerk: str) -> Counter | None:
    """Return the counter at which a clerk is signed in."""
    return next((one for one in state.counters.values() if one.clerk == clerk), None)


def stand_ins(state: HallState, clerk: str, now: int) -> dict[str, tuple[str, ...]]:
    """Return who stands in for a clerk once they are away: clerk B -> lines of the post."""
    found: dict[str, tuple[str, ...]] = {}
    date = state.rules.business_date(now)
    for post in state.rules.posts.values():
        a, b = pair_of(state, post.name, date)
        rule = state.rules.counters.get(post.counter)
        if a == clerk and rule is not None:
            lines = (*state.rules.services_at(rule, now), f"counter:{rule.no}", f"clerk:{a}")
            found[b] = (*found.get(b, ()), *lines)
    return found


def assign_post(state: HallState, command: AssignPost, context: Context) -> list[Event]:
    """Decide `AssignPost`: two different clerks of this hall; only a change is stored."""
    if command.post not in state.rules.posts:
        raise RefusalError("post_unknown", post=command.post)
    if command.a == command.b:
        raise RefusalError("same_clerk", clerk=command.a)
    require_staff(state, command.a)
    require_staff(state, command.b)
    if pair_of(state, command.post, command.date) == (command.a, command.b):
        return []
    return [PostAssigned(command.post, command.date, command.a, command.b)]


def check_posts(state: HallState, command: CheckPosts, context: Context) -> list[Event]:
    """Decide `CheckPosts`: the alarm of a post that has neither clerk goes on, or off.

    Outside the hall's hours, and when the counter is not on its rota, nobody is missed; nor where
    clerks need not sign in and none has, for then nobody knows who is there.
    """
    date = state.rules.business_date(context.now)
    changes: list[Event] = []
    for post in state.rules.posts.values():
        a, b = pair_of(state, post.name, date)
        missing = _is_needed(state, post, context.now) and all(
            is_away(state, clerk, context.now) for clerk in (a, b)
        )
        if missing and post.name not in state.unmanned:
            changes.append(PostUnmanned(post.name, date, a, b))
        if not missing and post.name in state.unmanned:
            changes.append(PostManned(post.name, date))
    ended = [name for name in state.unmanned if name not in state.rules.posts]
    return [*changes, *(PostManned(name, date) for name in ended)]


def _is_needed(state: HallState, post: PostRule, now: int) -> bool:
    counter = state.rules.counters.get(post.counter)
    if counter is None:
        return False
    if not state.rules.sign_in and all(one.clerk is None for one in state.counters.values()):
        return False
    return state.rules.is_open(now) and state.rules.on_rota(counter, now)
