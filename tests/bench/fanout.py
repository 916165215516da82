"""How long until the last of a thousand open streams has an event."""

from contextlib import ExitStack
from typing import Any

from tests.bench import figure
from tests.bench._running import PAIRS, bare, client, median, percentile, served, told

STREAMS = 995
"""With the five that are always open, as many as the product takes."""
EVENTS = 300
EVERY_S = 0.06
MARKER = "event: TicketIssued"


@figure("fanout_1000_vs_bare", unit="ratio", better="lower", bar=1.5)
def fanout_1000_vs_bare() -> float:
    """p99 of the time from a POST to the last stream ÷ a bare aiohttp fan-out's.

    The bare service gets the very bytes that a stream of the product heard, at the same times:
    also those of the tickets being printed meanwhile.
    """
    ours, bares = [], []
    with ExitStack() as stack:
        hall = stack.enter_context(served())
        other = stack.enter_context(bare())
        for _ in range(PAIRS):
            found = client(
                "fan_out", port=hall.port, path="/api/v1/stream", streams=STREAMS, wishes=_issues()
            )
            ours.append(percentile(found["spent"], 0.99))
            found = client(
                "fan_out", port=other, path="/stream", streams=STREAMS + 5,
                wishes=_again(found["heard"]),
            )  # fmt: skip
            bares.append(percentile(found["spent"], 0.99))
    told("fan-out p99", ours_ms=[s * 1e3 for s in ours], bare_ms=[s * 1e3 for s in bares])
    return median([one / other for one, other in zip(ours, bares, strict=True)])


def _issues() -> list[list[Any]]:
    wish = {"service": "A"}
    return [[n * EVERY_S, "/api/v1/tickets", wish, MARKER] for n in range(EVENTS)]


def _again(heard: list[tuple[float, str]]) -> list[list[Any]]:
    """The same bytes at the same times; what comes with the stream's opening is left out."""
    return [
        [at, "/event", {"text": text}, MARKER if MARKER in text else ""]
        for at, text in heard
        if at > 0
    ]
