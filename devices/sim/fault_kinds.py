"""What can go wrong with a simulated device, as data for the bench, the interface and scenarios.

A device names its `fault_kinds`; each is an attribute of it, read and set under the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Value = bool | int | str


class UnknownFaultError(ValueError):
    """No such fault, or no such value of it; the text is the fault's name."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One fault: what is offered for it, the normal value first.

    most: where it is above 0, any whole number from 0 to this is taken. once: it happens and is
    over, so it never shows as active. kept_as: the device's attribute, where it is not the name.
    """

    name: str
    choices: tuple[Value, ...]
    most: int = 0
    once: bool = False
    kept_as: str = ""

    @property
    def attribute(self) -> str:
        """The attribute of the device that holds it."""
        return self.kept_as or self.name

    @property
    def normal(self) -> Value:
        """The value when nothing is wrong."""
        return self.choices[0]

    def takes(self, value: object) -> bool:
        """Whether a value can be set."""
        if self.most and type(value) is int:
            return 0 <= value <= self.most
        return any(type(value) is type(one) and value == one for one in self.choices)


def flag(name: str, *, once: bool = False) -> FaultKind:
    """A fault that is there or not."""
    return FaultKind(name, (False, True), once=once)


def percent(name: str, *, kept_as: str = "") -> FaultKind:
    """A fault of so many frames in a hundred."""
    return FaultKind(name, (0, 20, 100), most=100, kept_as=kept_as)


SILENT = flag("silent")
SLOW = FaultKind("slow_ms", (0, 300, 3000), most=60_000)


def check_faults(kinds: Iterable[FaultKind], faults: Mapping[str, object]) -> None:
    """Raise UnknownFaultError for the first fault or value that does not exist."""
    known = {kind.name: kind for kind in kinds}
    for name, value in faults.items():
        if name not in known or not known[name].takes(value):
            raise UnknownFaultError(name)


class Faulty:
    """A device whose faults are attributes of its own."""

    fault_kinds: tuple[FaultKind, ...] = ()

    def faults(self) -> dict[str, Value]:
        """The present value of each fault."""
        return {kind.name: getattr(self, kind.attribute) for kind in self.fault_kinds}

    def set_fault(self, **faults: Any) -> None:
        """Set some faults, all or none. Raises UnknownFaultError."""
        check_faults(self.fault_kinds, faults)
        for kind in self.fault_kinds:
            if kind.name in faults:
                setattr(self, kind.attribute, faults[kind.name])
