"""Figures that the product promises, measured by `make bench`.

A figure is a function that returns one number, registered under the very name an issue gives it:

    @figure("tickets_per_second", unit="1/s", better="higher", bar=500)
    def tickets_per_second() -> float: ...

Put figures into modules of this package, named after what they measure; `python -m tests.bench`
imports them all. A coroutine function is run in a loop of its own.
"""

import asyncio
import inspect
import os
import platform
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Measure = Callable[[], float] | Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Figure:
    """What is measured, and the bar it is held against."""

    name: str
    unit: str
    better: Literal["higher", "lower"]
    bar: float
    measure: Measure


@dataclass(frozen=True)
class Row:
    """One line of build/bench.json."""

    name: str
    value: float
    unit: str
    better: str
    bar: float
    machine: str

    @property
    def holds(self) -> bool:
        return self.value >= self.bar if self.better == "higher" else self.value <= self.bar

    def as_json(self) -> dict[str, str | float]:
        return asdict(self)


FIGURES: dict[str, Figure] = {}


def figure(
    name: str, unit: str, better: Literal["higher", "lower"], bar: float
) -> Callable[[Measure], Measure]:
    def register(measure: Measure) -> Measure:
        if name in FIGURES:
            raise ValueError(f"two figures are called {name}")
        if better not in ("higher", "lower"):
            raise ValueError(f"{name}: better is higher or lower, not {better!r}")
        FIGURES[name] = Figure(name, unit, better, bar, measure)
        return measure

    return register


def chosen(names: Iterable[str] | None, known: dict[str, Figure]) -> list[Figure]:
    """The figures called `names`, or all; LookupError with a sentence for an unknown name."""
    if names is None:
        return list(known.values())
    wanted = list(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in known]
    if unknown:
        told = ", ".join(sorted(known)) or "none yet"
        raise LookupError(f"no figure is called {', '.join(unknown)}; known figures: {told}")
    return [known[name] for name in wanted]


def measured(one: Figure) -> Row:
    result = one.measure()
    value = asyncio.run(_awaited(result)) if inspect.isawaitable(result) else result
    return Row(one.name, round(float(value), 6), one.unit, one.better, one.bar, machine())


def machine() -> str:
    """Enough to compare two runs by, and nothing that names this very machine."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


async def _awaited(result: Awaitable[float]) -> float:
    return await result


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"
