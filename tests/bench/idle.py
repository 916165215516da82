"""What a hall costs the PC while nothing happens: polls, timers, open pages."""

import os
import time
from pathlib import Path

from tests.bench import figure
from tests.bench._running import served, told

PAGES = 8
"""A kiosk, a board, five clerks and the manager; each keeps a stream open."""
SETTLE_S, WATCHED_S = 15.0, 30.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@figure("idle_cpu_percent", unit="%", better="lower", bar=5)
def idle_cpu_percent() -> float:
    """CPU of the service of an idle demo hall in 30 s, in parts of one core."""
    with served(streams=PAGES) as hall:
        assert hall.process is not None
        time.sleep(SETTLE_S)
        before_s, began = _cpu_s(hall.process.pid), time.monotonic()
        time.sleep(WATCHED_S)
        spent_s, passed_s = _cpu_s(hall.process.pid) - before_s, time.monotonic() - began
    told("idle", cpu_s=spent_s, passed_s=passed_s)
    return spent_s / passed_s * 100


def _cpu_s(pid: int) -> float:
    """CPU seconds of all threads of a process; those of the simulators are another's."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / TICKS_PER_S
