"""Every fault of every simulated device in one place: set, shown, cleared.

Devices go by the names of the hall's events: printer:kiosk, led:3, keypad:3, rating-box:3,
speaker:hall, …; beside them line:<name> and platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from devices.sim.fault_kinds import FaultKind, UnknownFaultError, Value, check_faults


class Breakable(Protocol):
    """A device that can have faults."""

    @property
    def fault_kinds(self) -> tuple[FaultKind, ...]:
        """What can go wrong with it."""

    def faults(self) -> dict[str, Value]:
        """The present value of each fault."""

    def set_fault(self, **faults: Any) -> None:
        """Set some faults, all or none. Raises UnknownFaultError."""


class FaultBoard:
    """`devices` by their names, in the order in which they are shown."""

    def __init__(self, devices: Mapping[str, Breakable]) -> None:
        self.devices = devices

    def set(self, device: str, faults: Mapping[str, Value]) -> None:
        """Set faults of one device. KeyError: no such device; UnknownFaultError."""
        self.devices[device].set_fault(**faults)

    def mistake(self, device: str, faults: Mapping[str, object]) -> str | None:
        """Which fault of a step is none, or has no such value; "" when the device is unknown."""
        if device not in self.devices:
            return ""
        try:
            check_faults(self.devices[device].fault_kinds, faults)
        except UnknownFaultError as error:
            return str(error)
        return None

    def lasts(self, device: str, faults: Mapping[str, object]) -> bool:
        """Whether one of these faults stays until it is mended."""
        return any(
            not kind.once and faults[kind.name] != kind.normal
            for kind in self.devices[device].fault_kinds
            if kind.name in faults
        )

    def normal(self, device: str, names: Mapping[str, object]) -> dict[str, Value]:
        """The values at which these faults of a device are over."""
        return {
            kind.name: kind.normal
            for kind in self.devices[device].fault_kinds
            if kind.name in names and not kind.once
        }

    def active(self, device: str) -> dict[str, Value]:
        """What is wrong with a device now."""
        one = self.devices[device]
        values = one.faults()
        return {
            kind.name: values[kind.name]
            for kind in one.fault_kinds
            if values[kind.name] != kind.normal
        }

    def clear(self) -> None:
        """Make everything well; lines first, so that devices are heard again."""
        for device in sorted(self.devices, key=lambda name: not name.startswith("line:")):
            if active := self.active(device):
                self.devices[device].set_fault(**self.normal(device, active))

    def overview(self) -> list[dict[str, Any]]:
        """Each device with its faults, as the bench shows it."""
        return [
            {
                "device": name,
                "faults": [
                    {
                        "name": kind.name,
                        "value": values[kind.name],
                        "choices": list(kind.choices),
                        "most": kind.most,
                        "once": kind.once,
                    }
                    for kind in one.fault_kinds
                ],
            }
            for name, one in self.devices.items()
            for values in (one.faults(),)
        ]
