"""What has happened to the devices: faults seen and cleared, the day's counters, opening tests.

Part of the events of the hall (see `events`, which lists all). Times are UTC milliseconds. A
device's fault in the log:

    DeviceLost --DeviceFaultChanged*--> DeviceBack      cannot work, whatever the reason is
    DeviceWarned --DeviceWarned*------> DeviceEased     works, but wants a person (paper low);
                                                        a DeviceLost ends it, too

A line whose devices all fell silent at once is a device of its own, `line:<name>`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from controller.domain.event import Event


@dataclass(frozen=True)
class DeviceEvent(Event, abstract=True):
    """Something about a device; `kind` is that of the hall file, `line` for a whole line."""

    subject_field: ClassVar[str] = "device"

    device: str
    kind: str


@dataclass(frozen=True)
class DeviceLost(DeviceEvent):
    """A device stopped working; `reason` is a detail of `config/faults.py`."""

    reason: str


@dataclass(frozen=True)
class DeviceFaultChanged(DeviceEvent):
    """A device that does not work tells another reason than `before`."""

    reason: str
    before: str


@dataclass(frozen=True)
class DeviceBack(DeviceEvent):
    """A lost device works again."""


@dataclass(frozen=True)
class DeviceWarned(DeviceEvent):
    """A device works, but wants a person (`reason`: paper-low, stuck-key, chime-only …)."""

    reason: str


@dataclass(frozen=True)
class DeviceEased(DeviceEvent):
    """What a working device wanted a person for is over."""


@dataclass(frozen=True)
class DeviceCounted(DeviceEvent):
    """What a device did on a business date (ISO), or since the service's start on that date.

    `sheets` are slips that left a printer, `presses` keys that were taken.
    """

    date: str
    frames: int
    retries: int
    crc_errors: int
    time_outs: int
    presses: int
    sheets: int


@dataclass(frozen=True)
class OpeningTestStarted(Event):
    """The self-test of all devices began; `cause` is planned or asked.

    `planned_at` is the opening that it is made for, None when somebody asked for it.
    """

    date: str
    planned_at: int | None
    cause: str


@dataclass(frozen=True)
class OpeningTestFinished(Event):
    """The result sheet of a self-test; `test` is the seq of its start.

    A row: device, kind, state (ok, warn, fault, untested), detail (a code of the faults, or why
    it was not tested), told (what the device said of itself), sound ("", played, verified).
    """

    date: str
    planned_at: int | None
    cause: str
    test: int
    started_at: int
    failed: int
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class SoundHeard(Event):
    """A person heard the chime of a loudspeaker; `test` is the seq of the test's start."""

    subject_field: ClassVar[str] = "device"

    device: str
    test: int
