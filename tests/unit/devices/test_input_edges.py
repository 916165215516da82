"""From readings to presses: bounce, latches that stay, counters that run over or start anew."""

from hypothesis import given
from hypothesis import strategies as st

from devices.input_edges import CountedEdges, LatchedEdges, LevelEdges


def test_a_press_is_seen_at_once_and_once() -> None:
    edges = LevelEdges(4, debounce_s=0.03)
    readings = [(0, 0), (0.02, 1), (0.04, 1), (0.06, 1), (0.08, 0), (0.12, 0), (0.14, 1)]
    seen = [edges.feed([0, bit, 0, 0], at) for at, bit in readings]
    assert seen == [[], [2], [], [], [], [], [2]]


def test_a_bouncing_contact_is_one_press() -> None:
    edges = LevelEdges(1, debounce_s=0.03)
    bits = [0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1]
    seen = [edges.feed([bit], place * 0.005) for place, bit in enumerate(bits)]
    assert sum(map(len, seen)) == 1


def test_what_is_held_when_the_service_starts_is_no_press() -> None:
    level, latched = LevelEdges(2, 0.0), LatchedEdges(2)
    assert level.feed([1, 0], 0) == latched.feed([1, 0], 0) == []
    assert level.feed([1, 0], 1) == latched.feed([1, 0], 1) == []
    assert level.held() == latched.held() == {1}
    assert level.feed([0, 1], 2) == latched.feed([0, 1], 2) == [2]


def test_a_latch_is_one_press_until_it_was_cleared() -> None:
    edges = LatchedEdges(2)
    edges.feed([0, 0], 0)
    assert edges.feed([1, 0], 1) == [1]
    assert edges.feed([1, 1], 2) == [2]
    edges.cleared(1)
    assert edges.feed([1, 1], 3) == [1], "pressed again between the clearing and the reading"


@given(st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), max_size=40), st.data())
def test_a_counter_loses_no_press(steps: list[list[int]], data: st.DataObject) -> None:
    counts = [data.draw(st.integers(0, 0xFFFF)) for _ in range(3)]
    edges = CountedEdges(3)
    assert edges.feed(counts, 0) == []
    for step in steps:
        counts = [(count + more) % 0x10000 for count, more in zip(counts, step, strict=True)]
        pressed = edges.feed(counts, 0)
        assert [pressed.count(number) for number in (1, 2, 3)] == step


def test_a_module_that_started_anew_tells_no_press() -> None:
    edges = CountedEdges(2)
    edges.feed([700, 20], 0)
    assert edges.feed([0, 1], 1) == []
    assert edges.feed([1, 1], 2) == [1]
