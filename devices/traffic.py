"""What a device and we have said to each other since the start: the counters of its health.

    question -> answer                      frames + 1, latency
             -> bytes, but no valid frame   crc_errors + 1
             -> nothing                     time_outs + 1
    asked again within one exchange         retries + 1
"""

from __future__ import annotations

from dataclasses import dataclass

FORGETTING = 0.9  # of the mean latency: the last ten answers or so


@dataclass(eq=False, slots=True)
class Traffic:
    """The counters of one device. Latency in ms, from our first byte to its valid answer."""

    frames: int = 0
    """Valid answers, and what a device sent by itself."""
    retries: int = 0
    crc_errors: int = 0
    time_outs: int = 0
    latency_ms: float | None = None
    """The mean of the last answers; None: the device was never asked, or never answered."""
    worst_ms: float | None = None

    def heard(self) -> None:
        """Count a frame that came by itself."""
        self.frames += 1

    def answered(self, took_s: float) -> None:
        """Count a valid answer."""
        self.frames += 1
        took_ms = took_s * 1000
        mean_ms = took_ms if self.latency_ms is None else self.latency_ms
        self.latency_ms = mean_ms * FORGETTING + took_ms * (1 - FORGETTING)
        self.worst_ms = max(took_ms, self.worst_ms or 0.0)

    def missed(self, heard: bool) -> None:
        """Count a question without an answer; `heard`: something came, but no valid frame."""
        if heard:
            self.crc_errors += 1
        else:
            self.time_outs += 1

    def asked_again(self) -> None:
        """Count a question that is repeated within one exchange."""
        self.retries += 1
