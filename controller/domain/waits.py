"""What a waiting citizen is told: people ahead, and a range learned from this hall's servings."""

from dataclasses import dataclass

SERVINGS_BEFORE_A_FORECAST = 10


@dataclass
class ServingTimes:
    """Running count and sum of serving times (ms)."""

    count: int = 0
    total_ms: int = 0

    def add(self, duration_ms: int, clients: int = 1) -> None:
        """Learn one serving; that of a batch is the sum of its clients'."""
        self.count += clients
        self.total_ms += max(0, duration_ms)

    def forget(self, duration_ms: int, clients: int = 1) -> None:
        """Take one serving back, because its end was undone."""
        self.count -= clients
        self.total_ms -= max(0, duration_ms)

    @property
    def mean_s(self) -> float:
        """Return the learned mean in seconds (0 when nothing is known)."""
        return self.total_ms / self.count / 1000 if self.count else 0.0


def wait_range(ahead: int, times: ServingTimes, open_counters: int) -> tuple[int, int] | None:
    """Return (low, high) seconds, or None until ten servings are known.

    low = people ahead x learned mean / open counters; high allows for one more serving,
    the one whose end this ticket waits for. No constant takes part (issue "One ticket", item 7).
    """
    if times.count < SERVINGS_BEFORE_A_FORECAST or open_counters < 1:
        return None
    each = times.mean_s / open_counters
    return round(ahead * each), round((ahead + 1) * each)
