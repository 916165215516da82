"""A simple model of the queue against the engine: no ticket lost, none in two hands."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from controller.domain.answers import ticket_answer
from controller.domain.commands import (
    CallNext,
    Command,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    RateAtCounter,
    RecallTicket,
    StartServing,
)
from controller.domain.errors import RefusalError
from controller.store.snapshots import freeze
from controller.store.verify import verify
from tests.fixtures.core import HALL, RULES, SmallHall, fresh_engine

COUNTERS = st.sampled_from([1, 2, 3])
CREDIT_MS = RULES.priority_credit_s * 1000


@dataclass
class Model:
    """The rules once more, as plainly as can be."""

    waiting: list[tuple[int, int, str, str]] = field(default_factory=list)
    at: dict[int, tuple[str, bool]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    asking: dict[int, str] = field(default_factory=dict)
    count: int = 0

    def next_for(self, counter: int) -> str | None:
        services = RULES.counters[counter].services
        fitting = sorted(row for row in self.waiting if row[3] in services)
        return fitting[0][2] if fitting else None


class Queue(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.engine = fresh_engine("sqlite://")
        self.hall = self.loop.run_until_complete(SmallHall(self.engine).start())
        self.model = Model()

    def teardown(self) -> None:
        self.loop.run_until_complete(self.hall.writer.stop())
        assert verify(self.engine, HALL) == []
        self.loop.close()
        self.engine.dispose()

    def do(self, command: Command) -> list[str] | str:
        try:
            outcome = self.loop.run_until_complete(self.hall.do(command))
        except RefusalError as refusal:
            return refusal.code
        return [row.type for row in outcome.events]

    @rule(seconds=st.integers(0, 2000))
    def time_passes(self, seconds: int) -> None:
        self.hall.time.pass_s(seconds)

    @rule(service=st.sampled_from("AB"), priority=st.sampled_from([None, "elder"]))
    def issue(self, service: str, priority: str | None) -> None:
        model = self.model
        ticket = f"t{model.count}"
        command = IssueTicket(service, ticket, priority=priority)
        answer = ticket_answer(self.loop.run_until_complete(self.hall.do(command)).events)
        now = self.hall.clock.now()
        row = (now - (CREDIT_MS if priority else 0), model.count, ticket, service)
        model.count += 1
        # every service of this hall shares a counter with every other
        assert answer["ahead"] == sum(other < row for other in model.waiting)
        model.waiting.append(row)

    @rule(counter=COUNTERS)
    def call_next(self, counter: int) -> None:
        model = self.model
        result = self.do(CallNext(counter))
        if counter in model.at:
            assert result == "counter_busy"
            return
        expected = model.next_for(counter)
        if expected is None:
            assert result == []
            return
        assert result == ["TicketCalled"]
        held = self.hall.writer.state.counters[counter].ticket
        assert held == expected
        model.waiting = [row for row in model.waiting if row[2] != expected]
        model.at[counter] = (expected, False)
        model.asking.pop(counter, None)

    @rule(counter=COUNTERS)
    def recall(self, counter: int) -> None:
        result = self.do(RecallTicket(counter))
        if counter not in self.model.at:
            assert result == "nothing_called"
        else:
            assert result == ("illegal_step" if self.model.at[counter][1] else ["TicketRecalled"])

    @rule(counter=COUNTERS)
    def start(self, counter: int) -> None:
        result = self.do(StartServing(counter))
        if counter not in self.model.at:
            assert result == "nothing_called"
        elif self.model.at[counter][1]:
            assert result == "illegal_step"
        else:
            assert result == ["ServingStarted"]
            self.model.at[counter] = (self.model.at[counter][0], True)

    @rule(counter=COUNTERS)
    def finish(self, counter: int) -> None:
        result = self.do(FinishServing(counter))
        if counter not in self.model.at:
            assert result == "nothing_called"
            return
        assert result == ["ServingFinished", "RatingAsked"]
        ticket = self.model.at.pop(counter)[0]
        self.model.done.add(ticket)
        self.model.asking[counter] = ticket

    @rule(counter=COUNTERS)
    def no_show(self, counter: int) -> None:
        result = self.do(MarkNoShow(counter))
        if counter not in self.model.at:
            assert result == "nothing_called"
        elif self.model.at[counter][1]:
            assert result == "illegal_step"
        else:
            assert result == ["NoShowMarked"]
            self.model.done.add(self.model.at.pop(counter)[0])

    @rule(counter=COUNTERS, grade=st.integers(0, 6))
    def rate(self, counter: int, grade: int) -> None:
        result = self.do(RateAtCounter(counter, grade))
        if not 1 <= grade <= 5:
            assert result == "grade_unknown"
        elif result == ["TicketRated"]:
            assert counter in self.model.asking
            del self.model.asking[counter]
        else:
            assert result == "no_rating_open"
            self.model.asking.pop(counter, None)

    @rule()
    def restart(self) -> None:
        before = freeze(self.hall.writer.state)
        self.loop.run_until_complete(self.hall.writer.stop())
        hall = SmallHall(self.engine)
        hall.time = self.hall.time
        hall.clock._wall = hall.clock._ticks = hall.time
        hall.clock._tick0 = hall.time() - (self.hall.clock.now() - hall.clock._start_ms) / 1000
        self.hall = hall
        self.loop.run_until_complete(hall.writer.start())
        assert freeze(hall.writer.state) == before

    @invariant()
    def nobody_is_lost_or_in_two_hands(self) -> None:
        state = self.hall.writer.state
        waiting = {row[2] for row in self.model.waiting}
        held = {ticket for ticket, _ in self.model.at.values()}
        assert set(state.tickets) == waiting | held
        assert len(state.tickets) + len(self.model.done) == self.model.count
        assert {t.id for t in state.tickets.values() if t.state == "WAITING"} == waiting
        numbers = [t.number for t in state.tickets.values()]
        assert len(set(numbers)) == len(numbers)


Queue.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestQueue = Queue.TestCase
TestQueue.pytestmark = pytest.mark.timeout(120)
