"""The self-test before the doors open: when it is due, its result sheet, who heard the chime."""

from controller.domain.device_events import OpeningTestFinished, OpeningTestStarted, SoundHeard
from controller.domain.errors import RefusalError
from controller.domain.events import Event
from controller.domain.hall_commands import ConfirmSound, RecordOpeningTest, StartOpeningTest
from controller.domain.opening import clock_is_doubtful
from controller.domain.state import Context, HallState

BEFORE_MS = 30 * 60_000
"""How long before the opening the devices are tested."""


def opening_at(state: HallState, now: int) -> int | None:
    """Return when (UTC ms) the doors open on the date of `now`; None when they do not, or never
    close.
    """
    rules = state.rules
    date = rules.business_date(now)
    sessions = rules.sessions(date)
    if rules.always_open or not sessions:
        return None
    return rules.instant(date, sessions[0].partition("-")[0])


def due_test(state: HallState, now: int) -> int | None:
    """Return the opening (UTC ms) whose test is due now and was not made yet.

    Once the doors are open no test comes by itself: people would hear the chime.
    """
    opens_at = opening_at(state, now)
    if opens_at is None or not state.date or clock_is_doubtful(state, now):
        return None
    made = state.opening_test.planned_at == opens_at or state.opening_test.running
    return opens_at if opens_at - BEFORE_MS <= now < opens_at and not made else None


def start_test(state: HallState, command: StartOpeningTest, context: Context) -> list[Event]:
    """Decide `StartOpeningTest`: one at a time, and one for each opening."""
    test = state.opening_test
    if test.running:
        raise RefusalError("test_running")
    if command.planned_at is not None and command.planned_at == test.planned_at:
        return []
    cause = "asked" if command.planned_at is None else "planned"
    return [OpeningTestStarted(state.date, command.planned_at, cause)]


def record_test(state: HallState, command: RecordOpeningTest, context: Context) -> list[Event]:
    """Decide `RecordOpeningTest`: the sheet of the test that is going on, once."""
    test = state.opening_test
    if not test.running or test.seq != command.test:
        return []
    failed = sum(1 for row in command.rows if row["state"] == "fault")
    return [
        OpeningTestFinished(
            state.date,
            test.planned_at if test.cause == "planned" else None,
            test.cause,
            test.seq,
            test.started_at,
            failed,
            list(command.rows),
        )
    ]


def confirm_sound(state: HallState, command: ConfirmSound, context: Context) -> list[Event]:
    """Decide `ConfirmSound`: somebody heard the chime that the newest test has played."""
    test = state.opening_test
    sound = test.sounds.get(command.device)
    if test.running or sound is None:
        raise RefusalError("no_sound_played")
    return [] if sound == "heard" else [SoundHeard(command.device, test.seq)]
