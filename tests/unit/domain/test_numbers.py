"""Numbers: three schemes, live ones skipped with a word, cards and tests on their own."""

from dataclasses import replace

import pytest

from controller.domain.commands import (
    CallNext,
    Command,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    OpenDay,
    ReturnTicket,
    UndoStep,
)
from controller.domain.events import TicketIssued
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

DAY_S = 24 * 3600


def take(hall: PureHall, ticket: str, service: str = "A", **more: object) -> TicketIssued:
    issued = hall.do(IssueTicket(service, ticket, **more))[-1]  # type: ignore[arg-type]
    assert isinstance(issued, TicketIssued)
    return issued


def numbers(hall: PureHall, services: str) -> list[str]:
    return [take(hall, f"n{index}", code).number for index, code in enumerate(services)]


def test_letters_count_for_each_prefix() -> None:
    assert numbers(PureHall(), "ABBA") == ["A001", "B001", "B002", "A002"]


def test_a_series_counts_once_for_the_hall() -> None:
    hall = PureHall(replace(RULES, numbers="series"))
    assert numbers(hall, "ABBA") == ["A001", "B002", "B003", "A004"]


def test_digits_are_numbers_without_a_letter() -> None:
    assert numbers(PureHall(replace(RULES, numbers="digits")), "ABBA") == [
        "001", "002", "003", "004",
    ]  # fmt: skip


def test_a_changed_scheme_gives_no_number_twice() -> None:
    hall = PureHall()
    given = numbers(hall, "AAB")
    for scheme in ("series", "digits", "letters"):
        hall.state.rules = replace(RULES, numbers=scheme)
        given += [take(hall, f"{scheme}{i}", code).number for i, code in enumerate("AB")]
    assert len(set(given)) == len(given)


def test_999_is_followed_by_1000_in_every_scheme() -> None:
    for scheme, prefix in (("letters", "A"), ("series", "A"), ("digits", "")):
        hall = PureHall(replace(RULES, numbers=scheme))
        hall.state.numbers |= {prefix: 998, "*": 998}
        assert numbers(hall, "AA") == [f"{prefix}999", f"{prefix}1000"]


def test_a_number_in_somebodys_hand_is_left_out_and_the_event_says_so() -> None:
    hall = PureHall()
    take(hall, "a")
    take(hall, "b")
    hall.do(CallNext(1))
    hall.do(CallNext(2))
    hall.pass_s(DAY_S)
    morning = take(hall, "c")
    assert (morning.number, morning.skipped) == ("A003", ["A001", "A002"])
    assert take(hall, "d").skipped == []


def test_who_waits_overnight_keeps_the_number_and_the_place() -> None:
    hall = PureHall(replace(RULES, keep_overnight=True))
    take(hall, "old")
    hall.pass_s(DAY_S)
    morning = take(hall, "new")
    assert (morning.number, morning.skipped, morning.ahead) == ("A002", ["A001"], 1)
    assert hall.do(CallNext(1))[0].subject == "old"


def test_who_expires_with_the_old_day_keeps_no_number_back() -> None:
    hall = PureHall()
    take(hall, "old")
    hall.pass_s(DAY_S)
    assert (take(hall, "new").number, take(hall, "newer").number) == ("A001", "A002")


def test_a_number_is_not_given_again_on_its_day() -> None:
    hall = PureHall()
    take(hall, "a")
    hall.do(CallNext(1))
    hall.do(MarkNoShow(1))
    take(hall, "b")
    hall.do(CallNext(1))
    hall.do(FinishServing(1))
    assert take(hall, "c").number == "A003"


def test_tests_have_a_series_of_their_own() -> None:
    for scheme in ("letters", "series", "digits"):
        hall = PureHall(replace(RULES, numbers=scheme))
        take(hall, "a")
        assert [take(hall, f"t{i}", test=True).number for i in range(2)] == ["T001", "T002"]
        assert take(hall, "b").number.endswith("002")


def test_a_card_carries_its_number_once_a_day() -> None:
    hall = PureHall(replace(RULES, numbers="series"))
    assert take(hall, "a", card="K017").source == "card"
    assert take(hall, "b").number == "A001", "a card is outside the hall's count"
    assert hall.refusal(IssueTicket("A", "c", card="K017")) == "card_used"
    hall.do(CallNext(1))
    hall.do(FinishServing(1))
    assert hall.refusal(IssueTicket("A", "c", card="K017")) == "card_used"
    hall.pass_s(DAY_S)
    assert take(hall, "d", card="K017").number == "K017"


def test_what_is_no_card_of_this_hall_is_refused() -> None:
    hall = PureHall()
    for card in ("", "K", "K000", "K17", "K0017", "A001", "K01x", "K٠١٧", "X001", "K12345678"):
        assert hall.refusal(IssueTicket("A", "c", card=card)) == "card_wrong", card
    assert hall.refusal(IssueTicket("A", "c", card="K001", test=True)) == "card_wrong"
    hall.state.rules = replace(RULES, card_prefix="A")
    assert hall.refusal(IssueTicket("A", "c", card="A009")) == "card_wrong", "a service's prefix"


@pytest.mark.parametrize("end", [FinishServing, MarkNoShow])
def test_a_number_of_yesterday_that_may_come_back_is_left_out(end: type[Command]) -> None:
    hall = PureHall(replace(RULES, keep_overnight=True))
    take(hall, "old")
    hall.pass_s(DAY_S)
    hall.do(OpenDay())
    hall.do(CallNext(1))
    hall.do(end(1))  # type: ignore[call-arg]
    new = take(hall, "new")
    assert (new.number, new.skipped) == ("A002", ["A001"])
    hall.do(UndoStep(1) if end is FinishServing else ReturnTicket("old", "desk"))
    assert hall.state.held == {"A001", "A002"}
