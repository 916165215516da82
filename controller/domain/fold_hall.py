"""How counters, limits, questions, devices and the day are folded."""

from collections.abc import Callable
from typing import Any

from controller.domain.device_events import (
    DeviceBack,
    DeviceEased,
    DeviceFaultChanged,
    DeviceLost,
    DeviceWarned,
    OpeningTestFinished,
    OpeningTestStarted,
    SoundHeard,
)
from controller.domain.event import StoredEvent, UnknownEventError
from controller.domain.events import (
    DayOpened,
    DeliveryRefused,
    RulesAdopted,
)
from controller.domain.hall_events import (
    ClerkSignedIn,
    ClerkSignedOut,
    ClockAnswered,
    ClockFoundBehind,
    CounterPaused,
    CounterResumed,
    IssuingResumed,
    IssuingStopped,
    NoticesPublished,
    OutageAnswered,
    OutageFound,
    PassUsed,
    PostAssigned,
    PostManned,
    PostUnmanned,
    QueueCleared,
    StripTextSet,
    WaitingEased,
    WaitingWarned,
)
from controller.domain.rules import Rules
from controller.domain.state import Counter, HallState, OpeningTest, Pause, Question

NOTICE_MS = 15 * 60 * 1000
"""So long board and kiosk tell why the queue was voided."""


def _rules(state: HallState, event: RulesAdopted, stored: StoredEvent) -> None:
    try:
        state.rules = Rules.from_json(event.rules)
    except (TypeError, KeyError, ValueError, StopIteration) as error:
        raise UnknownEventError("RulesAdopted", event.v) from error
    state.rules_seq = stored.seq
    for no in state.rules.counters:
        state.counters.setdefault(no, Counter(no, idle_since=stored.at))


def _day(state: HallState, event: DayOpened, stored: StoredEvent) -> None:
    state.date = event.date
    state.numbers.clear()
    state.issued.clear()
    state.missed.clear()
    state.cleared.clear()
    state.cards.clear()
    state.warned.clear()
    midnight = state.rules.instant(event.date, "00:00")
    state.slots = {
        name: count
        for name, count in state.slots.items()
        if int(name.rpartition("|")[2]) >= midnight
    }
    state.case_numbers = 0
    state.calls.clear()
    state.stops = {
        scope: stop for scope, stop in state.stops.items() if stop["kind"] == "emergency"
    }
    state.posts = {
        name: pair for name, pair in state.posts.items() if name.rpartition("|")[2] >= event.date
    }
    for counter in state.counters.values():
        counter.turns = 0
        counter.cycle.clear()
        if counter.ticket is None:
            # Yesterday's ticket must not come back with a number that today has given again.
            counter.last = None


def _signed_in(state: HallState, event: ClerkSignedIn, stored: StoredEvent) -> None:
    counter = state.counters[event.counter]
    counter.clerk = event.clerk
    counter.closed = False
    counter.pause = None
    counter.last = None
    if counter.ticket is None:
        counter.idle_since = stored.at


def _signed_out(state: HallState, event: ClerkSignedOut, stored: StoredEvent) -> None:
    counter = state.counters[event.counter]
    counter.clerk = None
    counter.closed = event.cause != "day"
    counter.pause = None
    counter.last = None


def _paused(state: HallState, event: CounterPaused, stored: StoredEvent) -> None:
    counter = state.counters[event.counter]
    counter.pause = Pause(event.reason, event.since, event.until, list(event.elsewhere))
    counter.last = None


def _resumed(state: HallState, event: CounterResumed, stored: StoredEvent) -> None:
    counter = state.counters[event.counter]
    counter.pause = None
    counter.closed = False
    counter.last = None
    counter.idle_since = stored.at


def _warned(state: HallState, event: WaitingWarned, stored: StoredEvent) -> None:
    state.warned.append(event.service)


def _eased(state: HallState, event: WaitingEased, stored: StoredEvent) -> None:
    state.warned.remove(event.service)


def _stopped(state: HallState, event: IssuingStopped, stored: StoredEvent) -> None:
    state.stops[event.scope] = {"kind": event.kind, "sentence": event.sentence}


def _issuing(state: HallState, event: IssuingResumed, stored: StoredEvent) -> None:
    state.stops.pop(event.scope, None)


def _noticed(state: HallState, event: NoticesPublished, stored: StoredEvent) -> None:
    state.notices = list(event.texts)


def _strip_text(state: HallState, event: StripTextSet, stored: StoredEvent) -> None:
    state.counters[event.counter].strip_text = event.text


def _cleared(state: HallState, event: QueueCleared, stored: StoredEvent) -> None:
    state.cleared.append(event.planned_at)


def _outage(state: HallState, event: OutageFound, stored: StoredEvent) -> None:
    facts = {"since": event.since, "until": event.until, "waiting": event.waiting}
    state.question = Question("outage", stored.at, event.ask_until, facts)


def _behind(state: HallState, event: ClockFoundBehind, stored: StoredEvent) -> None:
    facts = {"difference_ms": event.difference_ms, "last_at": event.last_at}
    state.question = Question("clock", stored.at, None, facts)


def _answered(state: HallState, event: Any, stored: StoredEvent) -> None:
    state.question = None
    if isinstance(event, OutageAnswered) and event.sentence:
        state.notice = {"sentence": event.sentence, "until": stored.at + NOTICE_MS}


def _pass(state: HallState, event: PassUsed, stored: StoredEvent) -> None:
    state.passes = {name: until for name, until in state.passes.items() if until > stored.at}
    state.passes[event.name] = event.until


def _assigned(state: HallState, event: PostAssigned, stored: StoredEvent) -> None:
    state.posts[f"{event.post}|{event.date}"] = [event.a, event.b]


def _unmanned(state: HallState, event: PostUnmanned, stored: StoredEvent) -> None:
    state.unmanned.append(event.post)


def _manned(state: HallState, event: PostManned, stored: StoredEvent) -> None:
    state.unmanned.remove(event.post)


def _lost(
    state: HallState, event: DeviceLost | DeviceFaultChanged, stored: StoredEvent
) -> None:
    state.lost_devices[event.device] = event.reason
    state.warned_devices.pop(event.device, None)


def _back(state: HallState, event: DeviceBack, stored: StoredEvent) -> None:
    state.lost_devices.pop(event.device, None)


def _device_warned(state: HallState, event: DeviceWarned, stored: StoredEvent) -> None:
    state.warned_devices[event.device] = event.reason


def _device_eased(state: HallState, event: DeviceEased, stored: StoredEvent) -> None:
    state.warned_devices.pop(event.device, None)


def _test_started(state: HallState, event: OpeningTestStarted, stored: StoredEvent) -> None:
    planned_at = event.planned_at
    if planned_at is None:
        planned_at = state.opening_test.planned_at
    state.opening_test = OpeningTest(stored.seq, stored.at, planned_at, event.cause)


def _test_finished(state: HallState, event: OpeningTestFinished, stored: StoredEvent) -> None:
    test = state.opening_test
    test.finished_at = stored.at
    test.failed = event.failed
    test.sounds = {row["device"]: row["sound"] for row in event.rows if row["sound"]}


def _heard(state: HallState, event: SoundHeard, stored: StoredEvent) -> None:
    state.opening_test.sounds[event.device] = "heard"


def _refused(state: HallState, event: DeliveryRefused, stored: StoredEvent) -> None:
    state.refused_deliveries += 1


STEPS: dict[type, Callable[[HallState, Any, StoredEvent], None]] = {
    RulesAdopted: _rules,
    DayOpened: _day,
    ClerkSignedIn: _signed_in,
    ClerkSignedOut: _signed_out,
    CounterPaused: _paused,
    CounterResumed: _resumed,
    WaitingWarned: _warned,
    WaitingEased: _eased,
    IssuingStopped: _stopped,
    IssuingResumed: _issuing,
    NoticesPublished: _noticed,
    StripTextSet: _strip_text,
    QueueCleared: _cleared,
    OutageFound: _outage,
    OutageAnswered: _answered,
    ClockFoundBehind: _behind,
    ClockAnswered: _answered,
    PassUsed: _pass,
    PostAssigned: _assigned,
    PostUnmanned: _unmanned,
    PostManned: _manned,
    DeviceLost: _lost,
    DeviceFaultChanged: _lost,
    DeviceBack: _back,
    DeviceWarned: _device_warned,
    DeviceEased: _device_eased,
    OpeningTestStarted: _test_started,
    OpeningTestFinished: _test_finished,
    SoundHeard: _heard,
    DeliveryRefused: _refused,
}
