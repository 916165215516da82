"""Rows of devices: their faults, what they did in a day, and the sheets of their self-tests."""

import json
from collections.abc import Callable
from typing import Any

from controller.domain.device_events import (
    DeviceBack,
    DeviceCounted,
    DeviceEased,
    DeviceFaultChanged,
    DeviceLost,
    DeviceWarned,
    OpeningTestFinished,
    SoundHeard,
)
from controller.domain.events import StoredEvent
from controller.store.change import Change, new_row
from controller.store.hall_rows import end_rows, warning_rows
from controller.store.schema import (
    device_counts,
    faults,
    opening_tests,
    sounds_heard,
    warnings,
)

Fault = DeviceLost | DeviceFaultChanged | DeviceWarned


def _fault(event: Fault, stored: StoredEvent) -> list[Change]:
    row = new_row(
        faults,
        stored,
        device=event.device,
        kind=event.kind,
        level="warn" if isinstance(event, DeviceWarned) else "lost",
        reason=event.reason,
        since=stored.at,
        open=1,
    )
    return [*_over(event, stored), row]


def _over(event: Fault | DeviceBack | DeviceEased, stored: StoredEvent) -> list[Change]:
    return [end_rows(faults, stored, {"device": event.device})]


def _counted(event: DeviceCounted, stored: StoredEvent) -> list[Change]:
    return [new_row(device_counts, stored, **vars(event))]


def _tested(event: OpeningTestFinished, stored: StoredEvent) -> list[Change]:
    facts = dict(vars(event))
    rows = json.dumps(facts.pop("rows"), ensure_ascii=False, sort_keys=True)
    changes = [
        end_rows(warnings, stored, {"kind": "test"}),
        new_row(opening_tests, stored, **facts, finished_at=stored.at, rows=rows),
    ]
    if event.failed:
        failed = ", ".join(row["device"] for row in event.rows if row["state"] == "fault")
        changes += warning_rows(stored, "test", "", failed=event.failed, devices=failed)
    return changes


def _heard(event: SoundHeard, stored: StoredEvent) -> list[Change]:
    heard = {"test": event.test, "device": event.device}
    return [new_row(sounds_heard, stored, **heard, actor=stored.actor, at=stored.at)]


STEPS: dict[type, Callable[[Any, StoredEvent], list[Change]]] = {
    DeviceLost: _fault,
    DeviceFaultChanged: _fault,
    DeviceWarned: _fault,
    DeviceBack: _over,
    DeviceEased: _over,
    DeviceCounted: _counted,
    OpeningTestFinished: _tested,
    SoundHeard: _heard,
}
