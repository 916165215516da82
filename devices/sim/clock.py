"""The simulators' own watch: they are a process apart, with no door to `controller.clock`.

Real time, as paper and loudspeakers have; the hall's clock may run at another speed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Now = Callable[[], datetime]


def watch(time_zone: str) -> Now:
    """A function that tells the time with the offset of `time_zone` (an IANA name)."""
    zone = ZoneInfo(time_zone)
    return lambda: datetime.now(UTC).astimezone(zone)


def stamp(at: datetime) -> str:
    """RFC 3339 with offset and milliseconds, as 2026-11-20T09:15:00.250+08:00."""
    return at.isoformat(timespec="milliseconds")
