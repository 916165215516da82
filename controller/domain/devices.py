"""What reactors report back: devices, announcements, the clock, and adopted rules."""

from controller.domain import staffing
from controller.domain.commands import (
    AdoptRules,
    RecordAnnouncement,
    RecordClockStep,
    RecordDeliveryRefused,
    RecordDevice,
    RecordDeviceCounts,
)
from controller.domain.device_events import (
    DeviceBack,
    DeviceCounted,
    DeviceEased,
    DeviceFaultChanged,
    DeviceLost,
    DeviceWarned,
)
from controller.domain.errors import RefusalError
from controller.domain.events import (
    AnnouncementDeferred,
    AnnouncementDropped,
    AnnouncementEnded,
    AnnouncementStarted,
    AnnouncementUnknown,
    ClockStepped,
    DeliveryRefused,
    Event,
    RulesAdopted,
    VoiceEvent,
)
from controller.domain.rules import Rules
from controller.domain.state import Context, HallState

VOICE: dict[tuple[str, str], type[VoiceEvent]] = {
    ("", "started"): AnnouncementStarted,
    ("", "dropped"): AnnouncementDropped,
    ("started", "ended"): AnnouncementEnded,
    ("started", "unknown"): AnnouncementUnknown,
    ("started", "deferred"): AnnouncementDeferred,
    ("deferred", "started"): AnnouncementStarted,
    ("deferred", "dropped"): AnnouncementDropped,
}


def adopt_rules(state: HallState, command: AdoptRules, context: Context) -> list[Event]:
    """Decide `AdoptRules`: only a change is stored.

    What waits for a counter or a clerk that is no more goes back to the services first.
    """
    if command.rules == state.rules.to_json():
        return []
    dropped = staffing.dropped(state, Rules.from_json(command.rules), context.now)
    return [*dropped, RulesAdopted(command.rules)]


def record_device(state: HallState, command: RecordDevice, context: Context) -> list[Event]:
    """Decide `RecordDevice`: each change is stored, also that of a reason."""
    device, kind, reason = command.device, command.kind, command.reason
    before = state.lost_devices.get(device)
    if command.lost:
        if before is None:
            return [DeviceLost(device, kind, reason)]
        return [] if before == reason else [DeviceFaultChanged(device, kind, reason, before)]
    back: list[Event] = [] if before is None else [DeviceBack(device, kind)]
    warned = state.warned_devices.get(device, "")
    if reason == warned:
        return back
    return [*back, DeviceWarned(device, kind, reason) if reason else DeviceEased(device, kind)]


def record_counts(state: HallState, command: RecordDeviceCounts, context: Context) -> list[Event]:
    """Decide `RecordDeviceCounts`: an event for each device that did anything."""
    return [
        DeviceCounted(count.device, count.kind, command.date, *count.figures)
        for count in command.counts
        if any(count.figures)
    ]


def record_clock_step(state: HallState, command: RecordClockStep, context: Context) -> list[Event]:
    """Decide `RecordClockStep`."""
    return [ClockStepped(command.difference_ms)]


def record_delivery_refused(
    state: HallState, command: RecordDeliveryRefused, context: Context
) -> list[Event]:
    """Decide `RecordDeliveryRefused`."""
    return [DeliveryRefused(command.seq, command.ledger, command.no, command.status, command.told)]


def record_announcement(
    state: HallState, command: RecordAnnouncement, context: Context
) -> list[Event]:
    """Decide `RecordAnnouncement`: one step after another, as the table `VOICE` has them."""
    names = {cls: step for (_, step), cls in VOICE.items()}
    step = names[type(context.history[-1])] if context.history else ""  # type: ignore[index]
    cls = VOICE.get((step, command.step))
    if cls is None:
        raise RefusalError("illegal_step", state=step, step=command.step)
    number = str(command.detail.get("number", ""))
    return [
        cls(
            announcement=command.announcement,
            ticket=command.ticket,
            number=number,
            counter=command.counter,
            area=command.area,
            detail=command.detail,
        )
    ]
