"""Random days in the model's hall and in a real one, wish by wish; both must tell the same."""

from collections import Counter
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.model.hall import Hall, date_of
from tests.model.ways import WAYS, NoError, Ways

START_MS = 1795393800000
"""2026-11-23 08:30 in Asia/Shanghai."""
CAUSES = ("within", "keep", "mistake", "documents", "desk")
LINES = ("A", "B", "C", "counter:1", "counter:2", "counter:3", "clerk:s1", "clerk:s2", "clerk:x")
TOLD = 12
SEEDS = st.integers(10**9, 10**18)


def bounded(examples: int, hours: int) -> settings:
    """The same days at every run: so many, each of so many busy hours at most.

    A failure tells its last wishes at once; to look for a shorter one takes minutes.
    """
    return settings(
        max_examples=examples,
        stateful_step_count=hours,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


class Days(RuleBasedStateMachine):
    """Draws wishes and asks both. A subclass opens a real hall, asks it, and looks at it."""

    day_opens_by_itself = False

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.story: list[str] = []

    def open(self, ways: Ways) -> None:
        """Open a real hall with these ways at the model's time."""
        raise NotImplementedError

    def ask(self, name: str, wish: dict[str, Any]) -> dict[str, Any] | str:
        """Wish the same of the real hall; return its answer or the code of its refusal."""
        raise NotImplementedError

    def look(self) -> None:
        """Hold what can be seen of the real hall against the model."""
        raise NotImplementedError

    def passed(self, ms: int) -> None:
        """Let time pass in the real hall as well."""
        raise NotImplementedError

    @initialize(name=st.sampled_from(sorted(WAYS)))
    def begin(self, name: str) -> None:
        self.hall = Hall(WAYS[name], START_MS)
        self.open(self.hall.ways)

    @rule(seed=SEEDS, wishes=st.integers(30, 70))
    def busy_hour(self, seed: int, wishes: int) -> None:
        """Wishes as they come."""
        self.work(seed, wishes)

    @rule(seed=SEEDS, hours=st.sampled_from([3, 13, 20]))
    def busy_again_after_hours(self, seed: int, hours: int) -> None:
        """Nobody comes at noon or at night."""
        self.pass_ms(hours * 3_600_000)
        self.both("open_day")
        self.work(seed, 30)

    def work(self, seed: int, wishes: int) -> None:
        r = Random(seed)
        for kind in r.choices(KINDS, WEIGHTS, k=wishes):
            self.pass_ms(r.choice((0, 0, 1, 1, 5, 31, 45, 130, 700, 1300)) * 1000)
            kind(self, r)

    def pass_ms(self, ms: int) -> None:
        self.hall.pass_ms(ms)
        self.passed(ms)
        if self.day_opens_by_itself and date_of(self.hall.now) > self.hall.date:
            self.both("open_day")

    def both(self, name: str, **wish: Any) -> None:
        """Wish the same of both; the refusal must be true, the answer the same."""
        self.story.append(f"{self.hall.now - START_MS:>9} {name} {wish}")
        try:
            self.hold(name, wish)
        except BaseException:
            note("\n".join(self.story[-TOLD:]))
            raise

    def hold(self, name: str, wish: dict[str, Any]) -> None:
        try:
            expected: dict[str, Any] | set[str] = self.hall.do(name, **wish)
        except NoError as refused:
            expected = refused.codes
        found = self.ask(name, wish)
        OUTCOMES[name if isinstance(found, dict) else f"{name} {found}"] += 1
        if isinstance(expected, set):
            refused = isinstance(found, str) and found in expected
            assert refused, (name, wish, found, expected)
        else:
            assert isinstance(found, dict), (name, wish, found)
            if expected.get("reason"):
                OUTCOMES[f"rule {expected['reason']['rule']}"] += 1
            for key, value in expected.items():
                assert found[key] == value, (name, wish, key, found[key], value)
        self.look()

    # --- who and where ------------------------------------------------------------------------

    def new(self) -> str:
        self.count += 1
        return f"t{self.count}"

    def one_of(self, r: Random, *states: str) -> str:
        """Somebody in one of these states, at times anybody, at times nobody."""
        fitting = self.hall.everybody(*states)
        if not fitting or r.random() < 0.1:
            fitting = list(self.hall.people.values())
        return r.choice(fitting).id if fitting and r.random() < 0.98 else "nobody"

    def busy(self, r: Random) -> int:
        """Mostly a counter that has a ticket."""
        busy = [no for no, desk in self.hall.desks.items() if desk.ticket is not None]
        return r.choice(busy) if busy and r.random() < 0.95 else r.choice((1, 2, 3))

    def free(self, r: Random) -> int:
        """Mostly one that has none."""
        free = [no for no, desk in self.hall.desks.items() if desk.ticket is None]
        return r.choice(free) if free and r.random() < 0.95 else r.choice((1, 2, 3))

    # --- wishes of some length ------------------------------------------------------------------

    def issue(self, r: Random) -> None:
        """A crowd comes, each like the next or not."""
        for _ in range(r.choice((1, 1, 2, 4))):
            self.both(
                "issue",
                ticket=self.new(),
                services=r.choice(("A", "A", "B", "B", "C", "AB", "BCA", "CB")),
                together=r.random() < 0.5,
                priority=r.choice((None, None, None, "elder", "pregnant")),
                more=(r.choice((1, 1, 1, 4)), r.random() < 0.08),
            )
            self.pass_ms(r.choice((0, 1, 400, 20_000)))

    def book(self, r: Random) -> None:
        half_hour = (self.hall.now + 8 * 3_600_000) // 1_800_000 % 48 + r.randint(-1, 4)
        days = r.choice((0, 0, 0, 1, 6))
        self.both("book", ticket=self.new(), days=days, half_hours=half_hour % 48)

    def split(self, r: Random) -> None:
        batches = [one.id for one in self.hall.people.values() if one.clients > 1]
        ticket = r.choice(batches) if batches else self.one_of(r, "WAITING")
        self.both("split", ticket=ticket, after=r.randint(1, 3), rest=self.new())

    def next(self, r: Random) -> None:
        """Press NEXT, at times twice."""
        no = self.free(r)
        self.both("next", no=no)
        if r.random() < 0.1:
            self.pass_ms(r.choice((1, 999, 1000)))
            self.both("next", no=no)

    def visit(self, r: Random) -> None:
        """The whole of an ordinary visit."""
        no = self.free(r)
        for name in ("next", "start", "finish"):
            self.both(name, no=no)
            self.pass_ms(r.choice((0, 10_000, 300_000)))

    def unpark(self, r: Random) -> None:
        ticket = self.one_of(r, "PARKED") if r.random() < 0.5 else None
        parked = [one.counter for one in self.hall.everybody("PARKED")]
        no = r.choice(parked) if parked and r.random() < 0.6 else self.free(r)
        self.both("unpark", no=no, ticket=ticket, silent=r.random() < 0.4)

    def step(self, r: Random) -> None:
        """A step at a counter, at times taken back at once."""
        name = r.choice(("start", "finish", "finish", "park", "no_show", "recall"))
        no = self.busy(r)
        self.both(name, no=no)
        if r.random() < 0.3:
            self.both("undo", no=no)

    def nobody_shows_up(self, r: Random) -> None:
        """Call again and again, then give up; who was missed may come back."""
        no = self.busy(r)
        for name in ("recall", "recall", "no_show"):
            self.pass_ms(31_000)
            self.both(name, no=no)
        if r.random() < 0.3:
            self.both("undo", no=no)
        if r.random() < 0.4:
            self.come_back(r)

    def come_back(self, r: Random) -> None:
        cause = r.choice((self.hall.ways.missed, *CAUSES))
        cause = cause if cause in CAUSES else "desk"
        ticket = self.one_of(r, "NO_SHOW", "PARKED")
        parked = ticket in self.hall.people and self.hall.people[ticket].state == "PARKED"
        if parked and r.random() < 0.7:
            cause = "documents"
        self.both("return_ticket", ticket=ticket, cause=cause)

    def transfer(self, r: Random) -> None:
        no = self.busy(r)
        self.both("transfer", no=no, to=r.choice(LINES))
        if r.random() < 0.2:
            self.both("undo", no=no)

    def clear(self, r: Random) -> None:
        self.pass_ms(1)
        self.both("clear")


def _chosen(days: Days, r: Random) -> None:
    days.both("call_chosen", no=days.free(r), ticket=days.one_of(r, "WAITING"))


def _cancel(days: Days, r: Random) -> None:
    days.both("cancel", ticket=days.one_of(r, "WAITING", "BOOKED", "PARKED"))


def _change(days: Days, r: Random) -> None:
    days.both("change", ticket=days.one_of(r, "WAITING"), service=r.choice("ABC"))


def _stop(days: Days, r: Random) -> None:
    scope = r.choice(("hall", "A"))
    if r.random() < 0.3:
        days.both("stop", scope=scope, kind=r.choice(("emergency", "today")))
    else:
        days.both("resume_issuing", scope=scope)


def _sign_in(days: Days, r: Random) -> None:
    days.both("sign_in", no=r.choice((1, 2, 3)), clerk=r.choice((*days.hall.ways.clerks, "x")))


def _sign_out(days: Days, r: Random) -> None:
    days.both("sign_out", no=days.free(r), force=r.random() < 0.6)


Kind = Callable[[Any, Random], None]
SHARES: list[tuple[Kind, int]] = [
    (Days.issue, 30),
    (Days.book, 4),
    (lambda d, r: d.both("check_in", ticket=d.one_of(r, "BOOKED")), 4),
    (_cancel, 2),
    (_change, 3),
    (Days.split, 5),
    (Days.next, 26),
    (Days.visit, 10),
    (_chosen, 5),
    (Days.step, 24),
    (Days.nobody_shows_up, 5),
    (Days.come_back, 5),
    (Days.unpark, 6),
    (Days.transfer, 8),
    (lambda d, r: d.both("direct", no=d.free(r), ticket=d.new()), 5),
    (lambda d, r: d.both("undo", no=r.choice((1, 2, 3))), 6),
    (_stop, 3),
    (lambda d, r: d.both("pause", no=r.choice((1, 2, 3))), 3),
    (lambda d, r: d.both("resume", no=r.choice((1, 2, 3))), 5),
    (_sign_in, 8),
    (_sign_out, 3),
    (Days.clear, 1),
]  # fmt: skip
"""Each kind of wish and how often it comes."""
KINDS = [kind for kind, _ in SHARES]
WEIGHTS = [share for _, share in SHARES]
OUTCOMES: Counter[str] = Counter()
"""How often each wish was fulfilled, or refused with which code, since the start."""
RULES = ("ageing", "condition", "ratio", "only", "first", "credit", "cap", "transfer")


def never_happened(commands: Iterable[str]) -> set[str]:
    """Wishes that were never fulfilled, and rules by which nobody was called."""
    return {*commands, *(f"rule {name}" for name in RULES)} - {*OUTCOMES}
