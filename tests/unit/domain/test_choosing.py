"""Who is next at a counter, rule by rule, and that each call says truly which rule it was."""

from dataclasses import replace

from controller.domain.choosing import choose, view_of, why
from controller.domain.commands import (
    CallNext,
    FinishServing,
    MarkNoShow,
    StartServing,
    TransferTicket,
)
from controller.domain.rules import Condition, CounterRule, ProfileRule, Rules, ServiceRule
from controller.domain.state import Place
from tests.fixtures.core import RULES
from tests.fixtures.plain_hall import PlainHall


def ruled(profile: ProfileRule | None = None, services: str = "ABC", **changes: object) -> Rules:
    """One counter for some services with a profile, and counter 2 for A alone."""
    counters = {
        1: CounterRule(1, "main", tuple(services), profile.name if profile else ""),
        2: CounterRule(2, "main", ("A",)),
    }
    return replace(
        RULES,
        services={code: ServiceRule(code, code, "main") for code in services},
        counters=counters,
        profiles={profile.name: profile} if profile else {},
        **changes,  # type: ignore[arg-type]
    )


def called(hall: PlainHall, no: int = 1) -> tuple[str, str]:
    """Call the next, finish it, and return its number and the rule."""
    call = hall.call(CallNext(no))
    hall.do(FinishServing(no))
    return call.number, call.reason["rule"]


def test_who_has_waited_over_the_limit_goes_before_a_credit() -> None:
    hall = PlainHall(ageing_s=1200)
    hall.issue()
    hall.pass_s(600)
    hall.issue(priority="elder")
    hall.issue(priority="elder")
    hall.pass_s(600)
    assert called(hall) == ("A002", "credit")  # 1200 s are not over 1200 s
    hall.pass_s(1)
    call = hall.call(CallNext(1))
    assert (call.number, call.reason["rule"], call.reason["over_s"]) == ("A001", "ageing", 1200)
    assert call.reason["waited_s"] == 1201
    assert call.reason["compared"] == [{"number": "A003", "waited_s": 601}]


def test_a_missed_ticket_put_back_ages_from_its_new_place_only() -> None:
    hall = PlainHall(ageing_s=100, missed_call="requeue", missed_behind=1)
    hall.issue()
    hall.pass_s(90)
    hall.issue()
    hall.issue()
    hall.call(CallNext(1))
    hall.do(MarkNoShow(1))  # A001 now waits behind A002
    hall.pass_s(20)
    assert [called(hall)[0] for _ in range(3)] == ["A002", "A001", "A003"]


def test_who_was_moved_forward_hides_nobody_who_has_waited_too_long() -> None:
    hall = PlainHall(ageing_s=100, counters={**RULES.counters, 1: CounterRule(1, "main", ("A",))})
    for _ in range(3):
        hall.issue("B")
    hall.pass_s(90)
    hall.issue("A")
    hall.call(CallNext(1))
    hall.do(StartServing(1))
    hall.do(TransferTicket(1, "B"))  # next but one: right behind B001
    assert called(hall, 3) == ("B001", "first")
    hall.pass_s(11)
    assert called(hall, 3) == ("B002", "ageing")


def test_conditions_hold_in_their_order() -> None:
    profile = ProfileRule("p", (Condition("B", 600), Condition("C", 300)))
    hall = PlainHall(ruled(profile))
    for code in "BCA":
        hall.issue(code)
        hall.pass_s(100)
    hall.issue("A")
    hall.pass_s(200)
    assert called(hall) == ("C001", "condition")  # B has waited 500 s, C 400 s
    hall.issue("C")
    hall.pass_s(301)
    call = hall.call(CallNext(1))
    assert (call.number, call.reason["rule"], call.reason["service"]) == ("B001", "condition", "B")
    assert (call.reason["over_s"], call.reason["longest_s"]) == (600, 801)
    hall.do(FinishServing(1))
    assert called(hall) == ("C002", "condition")
    assert called(hall) == ("A001", "first")
    assert called(hall) == ("A002", "only")


def test_a_credit_within_a_condition_is_told_and_counts_for_the_cap() -> None:
    profile = ProfileRule("p", (Condition("B", 60),))
    hall = PlainHall(ruled(profile, priority_one_in=3))
    for _ in range(3):  # after two calls one credit may overtake
        hall.issue("A")
    called(hall)
    called(hall)
    hall.issue("B")
    hall.pass_s(61)
    hall.issue("B", priority="elder")
    hall.issue("B", priority="elder")
    call = hall.call(CallNext(1))
    assert (call.number, call.reason["rule"]) == ("B002", "condition")
    assert call.reason["overtook"] == "B001"
    hall.do(FinishServing(1))
    assert called(hall) == ("B001", "condition")


def test_shares_are_counted_and_start_anew_when_all_are_served() -> None:
    hall = PlainHall(ruled(ProfileRule("p", ratios={"A": 2, "B": 1})))
    for _ in range(6):
        hall.issue("B")
    for _ in range(6):
        hall.issue("A")
    calls = []
    for _ in range(9):
        call = hall.call(CallNext(1))
        calls.append(call)
        hall.do(FinishServing(1))
    assert "".join(call.service for call in calls) == "ABAABAABA"
    assert {call.reason["rule"] for call in calls} == {"ratio"}
    first, second, third = (call.reason for call in calls[:3])
    assert (first["service"], first["share"], first["counted"]) == ("A", 2, 0)
    assert (second["service"], second["share"], second["counted"]) == ("B", 1, 0)
    assert (third["service"], third["share"], third["counted"]) == ("A", 2, 1)


def test_a_share_is_no_rule_while_one_service_alone_waits() -> None:
    hall = PlainHall(ruled(ProfileRule("p", ratios={"A": 2, "B": 1})))
    for _ in range(4):
        hall.issue("A")
    assert [called(hall)[1] for _ in range(4)] == ["first", "first", "first", "only"]


def test_shares_do_not_starve_a_line_without_one() -> None:
    hall = PlainHall(ruled(ProfileRule("p", ratios={"A": 2, "B": 1})))
    hall.issue("A")
    hall.issue("C")
    for _ in range(3):
        hall.issue("A")
        hall.issue("B")
    order = [called(hall) for _ in range(3)]
    assert order == [("A001", "ratio"), ("C001", "first"), ("B001", "ratio")]


def test_the_cap_lets_one_credit_in_n_calls_overtake() -> None:
    hall = PlainHall(priority_one_in=3)
    for _ in range(4):
        hall.issue()
    hall.pass_s(60)
    for _ in range(3):
        hall.issue(priority="elder")
    order = [called(hall) for _ in range(7)]
    assert order == [
        ("A001", "cap"), ("A002", "cap"), ("A005", "credit"),
        ("A003", "cap"), ("A004", "cap"), ("A006", "first"), ("A007", "only"),
    ]  # fmt: skip


def test_a_capped_call_tells_the_cap_and_who_was_kept_back() -> None:
    hall = PlainHall(priority_one_in=3)
    hall.issue()
    hall.pass_s(60)
    hall.issue(priority="elder")
    reason = hall.call(CallNext(1)).reason
    assert (reason["rule"], reason["one_in"], reason["credit_s"]) == ("cap", 3, 0)
    assert reason["compared"] == [{"number": "A002", "waited_s": 0}]


def test_a_transferred_ticket_that_goes_before_others_is_no_credit() -> None:
    hall = PlainHall()
    for _ in range(3):
        hall.issue("B")
    hall.pass_s(60)
    hall.issue("A")
    hall.issue("B")
    hall.adopt(counters={**RULES.counters, 1: CounterRule(1, "main", ("A",))})
    hall.call(CallNext(1))
    hall.do(StartServing(1))
    hall.do(TransferTicket(1, "B"))
    assert [called(hall, 3) for _ in range(3)] == [
        ("B001", "first"), ("A001", "transfer"), ("B002", "first"),
    ]  # fmt: skip


def test_a_ticket_in_several_lines_is_called_for_the_service_of_the_counter() -> None:
    hall = PlainHall()
    hall.issue("A", further=("B",), together=True)
    hall.issue("B")
    call = hall.call(CallNext(3))
    assert (call.number, call.service) == ("A001", "B")
    assert call.reason["waiting"] == 2
    assert hall.state.ticket_at(3).further == ["A"]  # type: ignore[union-attr]
    assert [name for name, line in hall.state.lines.items() if line] == ["B"]


def test_a_ticket_in_several_lines_of_a_counter_is_one() -> None:
    hall = PlainHall()
    hall.issue("A", further=("B",), together=True)
    reason = hall.call(CallNext(1)).reason
    assert (reason["rule"], reason["waiting"], reason["compared"]) == ("only", 1, [])


class Watched(list[Place]):
    """A line that counts how many of its places are looked at."""

    looks = 0

    def __iter__(self):  # type: ignore[no-untyped-def]
        for place in super().__iter__():
            Watched.looks += 1
            yield place

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        found = super().__getitem__(index)
        Watched.looks += len(found) if isinstance(index, slice) else 1
        return found


def test_no_rule_walks_a_long_line() -> None:
    looks = []
    for people in (20, 2000):
        profile = ProfileRule("p", (Condition("B", 600),), {"A": 2, "B": 1})
        hall = PlainHall(ruled(profile, ageing_s=3600, priority_one_in=2))
        for index in range(people):
            hall.issue("ABC"[index % 3], priority="elder" if index % 5 else None)
            hall.pass_s(0.01)
        for name in hall.state.lines:
            hall.state.lines[name] = Watched(hall.state.lines[name])
            hall.state.arrivals[name] = Watched(hall.state.arrivals[name])
        Watched.looks = 0
        view = view_of(hall.state, 1, hall.now)
        choice = choose(view)
        assert choice is not None and why(view, choice)["waiting"] == people
        looks.append(Watched.looks)
    assert looks[0] == looks[1] < 40


def test_of_two_who_came_at_once_the_first_number_has_waited_longest() -> None:
    """A time credit is no longer wait."""
    for services in ("AA", "AB"):
        hall = PlainHall(ageing_s=100)
        hall.issue(services[0])
        hall.issue(services[1], priority="elder")
        hall.pass_s(101)
        assert called(hall, 2) == ("A001", "ageing")
