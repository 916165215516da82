"""Fairness as properties: any hall, any day, held against an independent list of who waits."""

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from controller.domain.choosing import BY_TURN
from controller.domain.commands import CallNext, CallWaiting, FinishServing
from controller.domain.events import TicketCalled
from controller.domain.rules import Condition, CounterRule, ProfileRule, Rules, ServiceRule
from tests.fixtures.core import RULES
from tests.fixtures.plain_hall import PlainHall

DEMANDING = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Waiter:
    """Who waits, as the model knows it; times in ms."""

    number: str
    service: str
    issued: int
    credit: int
    order: int

    @property
    def came(self) -> tuple[int, int]:
        return (self.issued, self.order)

    @property
    def placed(self) -> tuple[int, int]:
        return (self.issued - self.credit, self.order)


CONDITIONS = st.lists(
    st.builds(Condition, st.sampled_from("ABC"), st.sampled_from([30, 120, 400])), max_size=2
)
RATIOS = st.one_of(
    st.just({}), st.dictionaries(st.sampled_from("ABC"), st.integers(1, 3), max_size=3)
)


@st.composite
def halls(draw: st.DrawFn) -> Rules:
    profile = ProfileRule("p", tuple(draw(CONDITIONS)), draw(RATIOS))
    return replace(
        RULES,
        auto_call=True,
        priority_one_in=draw(st.sampled_from([0, 2, 3])),
        priority_credit_s=draw(st.sampled_from([60, 300])),
        ageing_s=draw(st.sampled_from([0, 0, 60, 200])),
        services={code: ServiceRule(code, code, "main") for code in "ABC"},
        counters={
            1: CounterRule(1, "main", ("A", "B", "C"), "p"),
            2: CounterRule(2, "main", ("A", "B"), draw(st.sampled_from(["", "p"]))),
        },
        profiles={"p": profile},
    )


ISSUE = st.tuples(st.just("issue"), st.sampled_from("ABC"), st.booleans())
PASS = st.tuples(st.just("pass"), st.sampled_from([0.001, 1, 20, 90]))
CALL = st.one_of(st.tuples(st.just("call"), st.sampled_from([1, 1, 2])), st.tuples(st.just("auto")))
STEPS = st.tuples(
    st.lists(st.one_of(ISSUE, ISSUE, PASS), min_size=6, max_size=30),
    st.lists(st.one_of(ISSUE, PASS, CALL, CALL), min_size=6, max_size=50),
).map(lambda parts: parts[0] + parts[1])


class Day:
    """One day of a hall beside the plain list of who waits there."""

    def __init__(self, rules: Rules) -> None:
        self.hall = PlainHall(rules)
        self.rules = rules
        self.waiting: list[Waiter] = []
        self.called: list[str] = []
        self.since: dict[int, list[bool]] = {1: [], 2: []}

    def step(self, step: tuple[Any, ...]) -> None:
        kind, *values = step
        if kind == "pass":
            self.hall.pass_s(values[0])
        elif kind == "issue":
            self.issue(values[0], elder=values[1])
        elif kind == "call":
            self.see(self.hall.do(CallNext(values[0])), values[0])
        else:
            self.see(self.hall.do(CallWaiting()))
        for no, counter in self.hall.state.counters.items():
            if counter.ticket is not None:
                self.hall.do(FinishServing(no))

    def issue(self, service: str, *, elder: bool) -> None:
        ticket = self.hall.issue(service, priority="elder" if elder else None)
        credit = self.rules.priority_credit_s * 1000 if elder else 0
        self.waiting.append(
            Waiter(ticket.number, service, self.hall.now, credit, len(self.hall.log))
        )

    def see(self, events: list[Any], no: int | None = None) -> None:
        for event in events:
            if isinstance(event, TicketCalled):
                self.check(event)
        if no is not None and not events:
            takes = self.rules.counters[no].services
            assert not [one for one in self.waiting if one.service in takes]

    def check(self, call: TicketCalled) -> None:
        takes = self.rules.counters[call.counter].services
        here = [one for one in self.waiting if one.service in takes]
        (chosen,) = (one for one in here if one.number == call.number)
        assert call.number not in self.called
        self.called.append(call.number)
        self.waiting.remove(chosen)
        assert call.reason["rule"] in BY_TURN
        assert call.reason["waiting"] == len(here)
        assert call.reason["waited_s"] == (self.hall.now - chosen.issued) // 1000
        TRUE[call.reason["rule"]](self, call, chosen, here)
        self.bounded(call, chosen, here)

    # --- what each rule says ------------------------------------------------------------------

    def only(self, call: TicketCalled, chosen: Waiter, here: list[Waiter]) -> None:
        assert here == [chosen]

    def first(self, call: TicketCalled, chosen: Waiter, here: list[Waiter]) -> None:
        assert len(here) > 1
        assert chosen == min(here, key=lambda one: one.came)
        assert chosen == min(here, key=lambda one: one.placed)
        self.no_rule_before(call, chosen, here)

    def credit(self, call: TicketCalled, chosen: Waiter, here: list[Waiter]) -> None:
        earlier = {one.number for one in here if one.came < chosen.came}
        assert chosen == min(here, key=lambda one: one.placed)
        assert chosen.credit == call.reason["credit_s"] * 1000 > 0
        assert call.reason["compared"][0]["number"] in earlier
        self.no_rule_before(call, chosen, here)

    def cap(self, call: TicketCalled, chosen: Waiter, here: list[Waiter]) -> None:
        assert call.reason["one_in"] == self.rules.priority_one_in > 0
        assert chosen == min(here, key=lambda one: one.came)
        kept_back = min(here, key=lambda one: one.placed)
        assert kept_back.credit and kept_back != chosen
        assert any(self.since[call.counter][-(self.rules.priority_one_in - 1) :]) or (
            len(self.since[call.counter]) < self.rules.priority_one_in - 1
        )
        self.no_rule_before(call, chosen, here)

    def ageing(self, call: TicketCalled, chosen: Waiter, here: list[Waiter]) -> None:
        assert chosen == min(here, key=lambda one: one.came)
        assert self.aged(here) and call.reason["over_s"] == self.rules.ageing_s

    def condition(self, call: TicketCalled, chosen: Waiter, here: list[Waiter]) -> None:
        holding = self.holding(call.counter, here)
        assert not self.aged(here) and holding
        assert (call.reason["service"], call.reason["over_s"]) == (
            holding[0].service, holding[0].wait_over_s,
        )  # fmt: skip
        assert chosen.service == call.service == holding[0].service

    def ratio(self, call: TicketCalled, chosen: Waiter, here: list[Waiter]) -> None:
        ratios = self.profile(call.counter).ratios
        assert not self.aged(here) and not self.holding(call.counter, here)
        assert len({one.service for one in here} & set(ratios)) > 1
        assert chosen.service == call.service == call.reason["service"]
        assert call.reason["share"] == ratios[chosen.service] > call.reason["counted"]

    def no_rule_before(self, call: TicketCalled, chosen: Waiter, here: list[Waiter]) -> None:
        ratios = self.profile(call.counter).ratios
        assert not self.aged(here) and not self.holding(call.counter, here)
        shared = {one.service for one in here} & set(ratios)
        assert len(shared) < 2 or chosen.service not in ratios

    def aged(self, here: list[Waiter]) -> bool:
        limit = self.rules.ageing_s * 1000
        return bool(limit) and any(self.hall.now - one.issued > limit for one in here)

    def holding(self, no: int, here: list[Waiter]) -> list[Condition]:
        return [
            condition
            for condition in self.profile(no).conditions
            if any(
                one.service == condition.service
                and self.hall.now - one.issued > condition.wait_over_s * 1000
                for one in here
            )
        ]

    def profile(self, no: int) -> ProfileRule:
        return self.rules.profiles.get(self.rules.counters[no].profile, ProfileRule(""))

    # --- what no rule may do ------------------------------------------------------------------

    def bounded(self, call: TicketCalled, chosen: Waiter, here: list[Waiter]) -> None:
        rule, line = call.reason["rule"], here
        if rule in ("condition", "ratio"):
            line = [one for one in here if one.service == chosen.service]
        passed = [one for one in line if one.came < chosen.came]
        # Nobody who came more than the credit earlier is overtaken, nobody at all without one.
        assert all(chosen.issued - one.issued <= chosen.credit for one in passed)
        assert bool(passed) == (rule == "credit" or "overtook" in call.reason)
        since = self.since[call.counter]
        since.append(bool(passed))
        if self.rules.priority_one_in:
            assert sum(since[-self.rules.priority_one_in :]) <= 1


TRUE = {name: getattr(Day, name) for name in BY_TURN - {"transfer"}}


@given(halls(), STEPS)
@DEMANDING
def test_every_call_is_fair_and_says_truly_why(rules: Rules, steps: list[tuple[Any, ...]]) -> None:
    day = Day(rules)
    for step in steps:
        day.step(step)
    while day.waiting:
        day.step(("call", 1))


@given(
    st.dictionaries(st.sampled_from("ABC"), st.integers(1, 4), min_size=2, max_size=3),
    st.integers(1, 4),
)
@example({"A": 2, "B": 1}, 10)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_over_whole_cycles_shares_are_exact(ratios: dict[str, int], cycles: int) -> None:
    rules = replace(
        RULES,
        services={code: ServiceRule(code, code, "main") for code in "ABC"},
        counters={1: CounterRule(1, "main", ("A", "B", "C"), "p")},
        profiles={"p": ProfileRule("p", ratios=ratios)},
    )
    hall = PlainHall(rules)
    for code in ratios:
        for _ in range(cycles * ratios[code] + 1):
            hall.issue(code)
    calls = []
    for _ in range(cycles * sum(ratios.values())):
        calls.append(hall.call(CallNext(1)).service)
        hall.do(FinishServing(1))
    assert {code: calls.count(code) for code in ratios} == {
        code: cycles * share for code, share in ratios.items()
    }


@given(st.integers(2, 5), st.integers(0, 6), st.integers(1, 3))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_under_the_cap_no_stream_of_priorities_starves_anybody(
    one_in: int, before: int, stream: int
) -> None:
    hall = PlainHall(priority_one_in=one_in, priority_credit_s=86_400)
    for _ in range(before):
        hall.issue()
    last = hall.issue()
    calls = 0
    while hall.state.tickets.get(last.id) is not None:
        hall.pass_s(60)
        for _ in range(stream):
            hall.issue(priority="elder")
        hall.call(CallNext(1))
        hall.do(FinishServing(1))
        calls += 1
        # Of any n calls all but one go to whoever came first.
        assert calls <= before + 1 + (before + 1) // (one_in - 1) + 1


@given(st.integers(60, 900), st.integers(1, 5))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_ageing_ends_every_wait_that_a_condition_would_prolong(ageing_s: int, stream: int) -> None:
    profile = ProfileRule("p", (Condition("B", 0),))
    counters = {1: CounterRule(1, "main", ("A", "B"), "p")}
    hall = PlainHall(replace(RULES, counters=counters, profiles={"p": profile}, ageing_s=ageing_s))
    hall.issue("A")
    waited_s = 0
    while True:
        for _ in range(stream):
            hall.issue("B")
        hall.pass_s(30)
        waited_s += 30
        call = hall.call(CallNext(1))
        hall.do(FinishServing(1))
        if call.service == "A":
            break
        assert call.reason["rule"] == "condition"
    assert call.reason["rule"] == "ageing"
    assert ageing_s < waited_s <= ageing_s + 30
