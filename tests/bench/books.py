"""Start, verification and memory of a hall with a past."""

import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench import figure
from tests.bench._running import (
    PAIRS,
    ROOT,
    Base,
    Served,
    client,
    hall_of_16,
    listeners,
    median,
    scratch,
    served,
    told,
)

LONG = Base(165_000, waiting=200, open_cases=10_000)
"""About a million events."""
DAY = 2000
STREAMS = 50


@figure("start_1m_vs_empty", unit="ratio", better="lower", bar=3)
def start_1m_vs_empty() -> float:
    """Seconds to /readyz with a million events, 200 waiting, 10,000 open cases ÷ with none.

    The simulators run already, so that the service alone is timed; the empty hall has been
    started once, so that no schema is made in its time.
    """
    empties, fulls = [], []
    with ExitStack() as stack:
        folders = [stack.enter_context(scratch()) for _ in range(2)]
        LONG.copy_to(folders[1])
        halls = [
            Served(folder, "--start", LONG.goes_on, config=hall_of_16()) for folder in folders
        ]
        for hall in halls:
            stack.enter_context(_simulators(hall.data))
            _start_once(hall)
        for _ in range(PAIRS):
            empties.append(_start_once(halls[0]))
            fulls.append(_start_once(halls[1]))
    told("start", events=LONG.events, empty_s=empties, million_s=fulls)
    return median([full / empty for full, empty in zip(fulls, empties, strict=True)])


def _start_once(hall: Served) -> float:
    spent = hall.start("serve")
    with listeners(hall.port):
        pass
    hall.stop()
    return spent


class _simulators:  # noqa: N801  a context, used as a function
    """The simulators of a data folder, in their own process."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def __enter__(self) -> None:
        command = [sys.executable, "run.py", "sim", "--config", str(hall_of_16())]
        with (self._data / "simulators.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--data", str(self._data)], cwd=ROOT, stdout=log, stderr=log
            )
        while not (self._data / "sim" / "ports.json").exists():
            if self._process.poll() is not None:
                raise RuntimeError((self._data / "simulators.log").read_text()[-2000:])
            time.sleep(0.05)

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait(20)


@figure("verify_events_per_s", unit="1/s", better="higher", bar=100_000)
def verify_events_per_s() -> float:
    """Events that `run.py verify` proves in a second, the start of the program included."""
    rates = []
    with served():
        for _ in range(3):
            began = time.perf_counter()
            command = [sys.executable, "run.py", "verify", "--config", str(hall_of_16())]
            subprocess.run(
                [*command, "--data", str(LONG.make())], cwd=ROOT, check=True, capture_output=True
            )
            rates.append(LONG.events / (time.perf_counter() - began))
    told("verify", events=LONG.events, rates=rates)
    return median(rates)


@figure("rss_after_day_mb", unit="MB", better="lower", bar=150)
def rss_after_day_mb() -> float:
    """Resident memory of the service after 2,000 tickets were issued, called and finished."""
    with served(config=hall_of_16(), streams=STREAMS) as hall:
        began = hall.resident_mb()
        client("post_count", port=hall.port, count=DAY)
        client("calls", port=hall.port, counters=16, samples=DAY - 16, refill=False)
        ended = hall.resident_mb()
    told("memory", started_mb=began, ended_mb=ended)
    return ended
