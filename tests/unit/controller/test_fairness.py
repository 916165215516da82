"""Overtakes are counted as a slow reading of the definition counts them."""

from hypothesis import given
from hypothesis import strategies as st

from controller.reports.fairness import out_of_order, overtaken
from controller.store.call_queries import FirstCall

ISSUES = st.tuples(st.integers(1, 60), st.sampled_from("AB"))
orders = st.lists(ISSUES, unique_by=lambda one: one[0])


def calls(order: list[tuple[int, str]]) -> list[FirstCall]:
    return [
        FirstCall(1000 + place, f"{service}{issued:03d}", service, issued, issued, "first")
        for place, (issued, service) in enumerate(order)
    ]


@given(orders)
def test_who_came_later_for_the_same_service_and_was_called_before(
    order: list[tuple[int, str]],
) -> None:
    found = calls(order)
    slow = {
        mine.seq: sum(
            other.service == mine.service and other.issued_seq > mine.issued_seq
            for other in found[:place]
        )
        for place, mine in enumerate(found)
    }
    assert overtaken(found) == slow


@given(orders)
def test_a_call_is_out_of_order_when_somebody_earlier_comes_after(
    order: list[tuple[int, str]],
) -> None:
    found = calls(order)
    slow = sum(
        any(
            other.service == mine.service and other.issued_seq < mine.issued_seq
            for other in found[place + 1 :]
        )
        for place, mine in enumerate(found)
    )
    assert out_of_order(found) == slow
