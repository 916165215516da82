"""Named places at which the crash test ends the process, as a power cut would.

`YIMEN_STOP=print-after-last-byte` kills the process the first time that place is passed after
the start; `…@3` the third time. Without the variable nothing ever happens there.
"""

import os
import signal
from collections.abc import Callable, Mapping

STOPS = (
    "before-commit",
    "after-commit",
    "print-before-first-byte",
    "print-after-last-byte",
    "announcement-middle",
    "press-before-ack",
    "delivery-before-reply",
    "delivery-after-reply",
)

Stop = Callable[[str], None]


def nowhere(name: str) -> None:
    """Do nothing: the place is only marked."""


class StopHere:
    """Ends the process by SIGKILL at one named place, once `arm` was called."""

    def __init__(self, name: str, passes: int = 1, end: Callable[[], None] | None = None) -> None:
        if name not in STOPS:
            known = ", ".join(STOPS)
            raise ValueError(f"YIMEN_STOP: no place is named {name}; known: {known}")
        self._name = name
        self._left = passes
        self._armed = False
        self._end = end or _kill

    def arm(self) -> None:
        """From here on the place counts; what a start itself commits does not."""
        self._armed = True

    def __call__(self, name: str) -> None:
        if self._armed and name == self._name:
            self._left -= 1
            if self._left == 0:
                self._end()


def stop_from_environment(environment: Mapping[str, str]) -> StopHere | None:
    """Return the stop that `YIMEN_STOP` asks for; ValueError for a place that is none."""
    asked = environment.get("YIMEN_STOP", "")
    if not asked:
        return None
    name, _, passes = asked.partition("@")
    return StopHere(name, int(passes or 1))


def _kill() -> None:
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
