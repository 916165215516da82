"""Figures for Prometheus that are brought up to date when somebody asks."""

from collections import Counter

from prometheus_client import generate_latest

from web.health import Metrics


def test_presses_are_counted_by_their_result_and_only_once() -> None:
    metrics = Metrics()
    metrics.count_presses(Counter(done=2))
    metrics.count_presses(Counter(done=2))
    metrics.count_presses(Counter(done=3, stale=1))
    text = generate_latest(metrics.registry).decode()
    assert 'yimen_presses_total{result="done"} 3.0' in text
    assert 'yimen_presses_total{result="stale"} 1.0' in text
