"""How long a counter waits for its next ticket."""

from contextlib import ExitStack

from tests.bench import figure
from tests.bench._running import (
    PAIRS,
    Base,
    RawCommits,
    client,
    hall_of_16,
    median,
    percentile,
    scratch,
    served,
    told,
)

COUNTERS = 16
SAMPLES = 1000
REST_S = 0.05
"""A counter's pause between two visits. Without any, 16 counters keep the service at its limit,
and a call's time would tell how many calls stand in line, not how long one takes."""


def call_seconds(port: int, samples: int = SAMPLES) -> list[float]:
    """The seconds of calls by 16 counters; as many people wait at the end as before."""
    found = client(
        "calls", port=port, counters=COUNTERS, samples=samples, refill=True, rest_s=REST_S
    )
    return [float(one) for one in found["spent"]]


@figure("next_p99_vs_commit", unit="ratio", better="lower", bar=60)
def next_p99_vs_commit() -> float:
    """Call-next over HTTP, 16 counters, 2,000 waiting: p99 ÷ the median of a raw commit."""
    commits, slowest = [], []
    with ExitStack() as stack:
        raw = RawCommits(stack.enter_context(scratch()))
        stack.callback(raw.close)
        base = Base(3000, waiting=2000)
        hall = stack.enter_context(served(config=hall_of_16(), base=base))
        call_seconds(hall.port, 200)
        for _ in range(PAIRS):
            commits.append(median(raw.spent(1.0)))
            slowest.append(percentile(call_seconds(hall.port), 0.99))
    told("next", p99_ms=[s * 1e3 for s in slowest], commit_ms=[s * 1e3 for s in commits])
    return median([call / commit for call, commit in zip(slowest, commits, strict=True)])


@figure("next_20000_vs_200", unit="ratio", better="lower", bar=1.5)
def next_20000_vs_200() -> float:
    """The median of a call with 20,000 waiting ÷ with 200 waiting."""
    few, many = [], []
    with ExitStack() as stack:
        halls = [
            stack.enter_context(
                served(config=hall_of_16(), base=Base(waiting + 1000, waiting=waiting))
            )
            for waiting in (200, 20_000)
        ]
        for hall in halls:
            call_seconds(hall.port, 200)
        for _ in range(PAIRS):
            few.append(median(call_seconds(halls[0].port)))
            many.append(median(call_seconds(halls[1].port)))
    told("next", few_ms=[s * 1e3 for s in few], many_ms=[s * 1e3 for s in many])
    return median([one / other for one, other in zip(many, few, strict=True)])
