"""What can be broken in the simulated devices, and what is broken."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, RootModel

from web.schemas.base import Given, Taken, whole
from web.schemas.sim import Delay

DeviceName = Annotated[str, Field(pattern=r"^[a-z-]{1,16}(:[0-9a-z-]{1,40})?$")]
FaultName = Annotated[str, Field(pattern=r"^[a-z_]{1,20}$")]
Percent = Annotated[int, Field(ge=0, le=100), BeforeValidator(whole)]
FaultValue = bool | int | str


class LineFault(Taken):
    """What is wrong with a line; what is left out stays as it is."""

    cut: bool | None = None
    """Whether nothing gets through."""
    garbage: Percent | None = None
    """Before so many frames in a hundred come bytes that nobody sent."""
    wrong_crc: Percent | None = None
    """In so many answers in a hundred a bit is wrong; where frames have a check."""
    lost_byte: Percent | None = None
    """In so many frames in a hundred a byte is missing."""
    slow_ms: Delay | None = None
    """How late answers come."""


class OneSpeakerFault(Taken):
    """Take one loudspeaker away or bring it back."""

    gone: bool
    """Whether it is gone."""


class AnyFault(Taken):
    """Faults of any device."""

    device: DeviceName
    """Its name, as printer:kiosk, led:1, line:units or platform."""
    faults: Annotated[dict[FaultName, FaultValue], Field(min_length=1, max_length=16)]
    """Fault to value."""


class ShownFault(Given):
    """One fault of a device."""

    name: str
    """The fault's name."""
    value: FaultValue
    """Its present value."""
    choices: list[FaultValue]
    """The values that the bench offers; the first is the normal one."""
    most: int
    """Where it is not 0, any whole number from 0 to this can be set."""
    once: bool
    """Whether it only happens, and is over."""


class FaultyDevice(Given):
    """A device and its faults."""

    device: str
    """Its name, as printer:kiosk, led:1, line:units or platform."""
    faults: list[ShownFault]
    """Its faults."""


class FaultyDevices(RootModel[list[FaultyDevice]]):
    """All simulated devices and their faults."""


class SimLine(Given):
    """A simulated serial line."""

    name: str
    """The line's name in the hall file."""
    garbage: int
    """Bytes that meant nothing to the devices on it."""
    unread: int
    """Bytes of the devices that the service did not read."""
    faults: dict[str, FaultValue]
    """Fault to value."""


class ScenarioWish(Taken):
    """Start a scenario that ships, or stop the one that runs."""

    name: Annotated[str, Field(pattern=r"^[0-9a-z-]{1,40}$")] | None
    """Its name; null stops."""


class ScenarioStep(Given):
    """Faults of one device for a while."""

    at_s: float
    """When they begin: seconds of the hall's clock after the start."""
    device: str
    """The device's name."""
    faults: dict[str, FaultValue]
    """Fault to value."""
    for_s: float
    """How long they last, in seconds of the hall's clock; 0 where nothing has to end."""
    state: Literal["waiting", "on", "over"]
    """Whether they are still to come, there, or gone."""


class ScenarioState(Given):
    """The scenario that runs, or the last one."""

    name: str | None
    """Its name; null when there was none."""
    title: str
    """Its title in Chinese."""
    title_en: str
    """Its title in English."""
    running: bool
    """Whether a step is still to come or to end."""
    passed_s: float
    """Seconds of the hall's clock from its start to the last step that began or ended."""
    steps: list[ScenarioStep]
    """Its steps in the order of their time."""
    shipped: list[str]
    """The names of the scenarios that ship."""
