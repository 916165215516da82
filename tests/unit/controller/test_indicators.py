"""Figures over values; the definitions of nearest rank and of the rating figures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.reports.indicators import nearest_rank, rating_figures, wait_figures

WAITS = st.lists(st.integers(0, 10**8), min_size=1, max_size=300)


@pytest.mark.parametrize(
    ("count", "percent", "place"),
    [(1, 90, 1), (2, 50, 1), (3, 50, 2), (10, 90, 9), (11, 90, 10), (100, 90, 90), (100, 99, 99)],
)
def test_the_percentile_is_the_value_at_its_rank(count: int, percent: int, place: int) -> None:
    assert nearest_rank(range(1, count + 1), percent) == place


@given(WAITS, st.sampled_from([50, 90]))
def test_so_many_values_are_not_above_it(waits: list[int], percent: int) -> None:
    ordered = sorted(waits)
    found = nearest_rank(ordered, percent)
    assert found == ordered[math.ceil(percent * len(ordered) / 100) - 1]
    assert sum(wait <= found for wait in waits) * 100 >= percent * len(waits)


@given(WAITS)
def test_the_figures_keep_their_order(waits: list[int]) -> None:
    found = wait_figures(waits)
    assert found["count"] == len(waits)
    assert found["p50_s"] <= found["p90_s"] <= found["max_s"] == max(waits) / 1000
    assert min(waits) / 1000 <= found["mean_s"] + 0.001
    assert wait_figures(reversed(waits)) == found


def test_nothing_counted_gives_no_figure() -> None:
    assert wait_figures([]) == {
        "count": 0, "mean_s": None, "p50_s": None, "p90_s": None, "max_s": None,
    }  # fmt: skip


def test_a_default_rating_never_counts_as_given() -> None:
    counts = {("ACTIVE", 5): 2, ("ACTIVE", 3): 1, ("ACTIVE", 1): 1, ("DEFAULT", 3): 4}
    assert rating_figures(counts, 10) == {
        "count": 8,
        "active": 4,
        "rateable": 10,
        "missing": 6,
        "satisfied": 3,
        "grades": {"1": 1, "2": 0, "3": 1, "4": 0, "5": 2},
    }
