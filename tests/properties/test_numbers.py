"""Whatever happens in a hall, a number is of one ticket on its day, and every gap has its word."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.commands import (
    CallNext,
    CancelTicket,
    Command,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    OpenDay,
    StartDirect,
)
from controller.domain.errors import RefusalError
from controller.domain.events import TicketExpired, TicketIssued
from controller.domain.queue_events import DirectServingStarted
from controller.domain.rules import Rules
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

SERVICES = st.sampled_from("AB")
COUNTERS = st.sampled_from([1, 2, 3])
WISHES = st.one_of(
    st.tuples(st.just("issue"), SERVICES),
    st.tuples(st.just("issue"), SERVICES),
    st.tuples(st.just("test"), SERVICES),
    st.tuples(st.just("card"), st.integers(1, 6)),
    st.tuples(st.just("call"), COUNTERS),
    st.tuples(st.just("finish"), COUNTERS),
    st.tuples(st.just("no-show"), COUNTERS),
    st.tuples(st.just("direct"), COUNTERS),
    st.tuples(st.just("cancel"), st.integers(0, 30)),
    st.tuples(st.just("day"), st.sampled_from([1, 7])),
    st.tuples(st.just("night"), st.sampled_from([1, 7])),
)
SCHEMES = st.builds(
    lambda scheme, overnight: replace(RULES, numbers=scheme, keep_overnight=overnight),
    st.sampled_from(["letters", "series", "digits"]),
    st.booleans(),
)


def command(kind: str, about: object, index: int) -> Command:
    made: dict[str, Command] = {
        "issue": IssueTicket(str(about), f"t{index}"),
        "test": IssueTicket(str(about), f"t{index}", test=True),
        "card": IssueTicket("A", f"t{index}", card=f"K{about:03d}" if kind == "card" else None),
        "call": CallNext(about if isinstance(about, int) else 0),
        "finish": FinishServing(about if isinstance(about, int) else 0),
        "no-show": MarkNoShow(about if isinstance(about, int) else 0),
        "direct": StartDirect(about if isinstance(about, int) else 0, f"t{index}"),
        "cancel": CancelTicket(f"t{about}"),
        "day": OpenDay(),
        "night": IssueTicket("A", f"t{index}"),
    }
    return made[kind]


def held_before(hall: PureHall) -> set[str]:
    return {ticket.number for ticket in hall.state.tickets.values() if ticket.number}


def may_come_back(hall: PureHall) -> set[str]:
    """The numbers of who was missed today, or was served last at a counter."""
    served = [one.last.before for one in hall.state.counters.values() if one.last is not None]
    return {ticket.number for ticket in (*hall.state.missed.values(), *served)}


def series_of(rules: Rules, number: str) -> str:
    """The series that a number was counted in."""
    if number.startswith((rules.test_prefix, rules.card_prefix)):
        return number[0]
    return number[0] if rules.numbers == "letters" else "*"


@settings(max_examples=150, deadline=None)
@given(SCHEMES, st.lists(WISHES, max_size=40))
def test_numbers_are_unique_on_their_day_and_gaps_are_explained(
    rules: Rules, wishes: list[tuple[str, object]]
) -> None:
    hall = PureHall(rules)
    given_out: set[tuple[str, str]] = set()
    last: dict[tuple[str, str], int] = {}
    for index, (kind, about) in enumerate(wishes):
        if kind in ("day", "night"):
            hall.pass_s(int(str(about)) * 24 * 3600)
        hall.pass_s(1)
        before, away = held_before(hall), may_come_back(hall)
        try:
            events = hall.do(command(kind, about, index))
        except RefusalError:
            continue
        before -= {event.number for event in events if isinstance(event, TicketExpired)}
        for event in events:
            if isinstance(event, TicketIssued | DirectServingStarted):
                assert (event.date, event.number) not in given_out, "twice"
                assert event.number not in before, "still in somebody's hand"
                given_out.add((event.date, event.number))
                if getattr(event, "source", "") == "card":
                    continue
                name = (event.date, series_of(rules, event.number))
                count = last.get(name, 0)
                assert int(event.number.lstrip("ABT")) == count + 1 + len(event.skipped)
                assert set(event.skipped) <= before | away, "left out for a ticket that lives"
                last[name] = count + 1 + len(event.skipped)
        numbers = [ticket.number for ticket in hall.state.tickets.values()]
        assert len(set(numbers)) == len(numbers), "one number, one living ticket"
