"""Wishes about counters, limits, questions and paper (see `commands` for those about tickets)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from controller.domain.command import Command


@dataclass(frozen=True)
class PauseCounter(Command):
    """Pause a counter; `minutes` until it is back, None when nobody knows."""

    counter: int
    reason: str = "other"
    minutes: int | None = None


@dataclass(frozen=True)
class ResumeCounter(Command):
    """End the pause of a counter."""

    counter: int


@dataclass(frozen=True)
class SignIn(Command):
    """A clerk (staff id) starts to work at a counter."""

    counter: int
    clerk: str


@dataclass(frozen=True)
class SignOut(Command):
    """The counter closes; `force` though people wait whom no other open counter serves."""

    counter: int
    force: bool = False


@dataclass(frozen=True)
class AssignPost(Command):
    """Set the clerks A and B of an AB post on an ISO date."""

    post: str
    date: str
    a: str
    b: str


@dataclass(frozen=True)
class CheckPosts(Command):
    """Look whether an AB post has nobody, or somebody again."""


@dataclass(frozen=True)
class StopIssuing(Command):
    """Give out no numbers: `scope` hall or a service, `kind` emergency or today."""

    scope: str
    kind: str
    sentence: str


@dataclass(frozen=True)
class ResumeIssuing(Command):
    """Give out numbers again."""

    scope: str


@dataclass(frozen=True)
class ClearQueue(Command):
    """Send home who waits, because a rule says so at `planned_at` (UTC ms)."""

    planned_at: int
    cause: str


@dataclass(frozen=True)
class ReportOutage(Command):
    """The service was down from `since` (the last event) until now."""

    since: int


@dataclass(frozen=True)
class AnswerOutage(Command):
    """What becomes of the queue after an outage: keep, void (told by `sentence`) or cards."""

    choice: str
    sentence: str = "other"


@dataclass(frozen=True)
class ReportClockBehind(Command):
    """At the start the clock was before the last event (`last_at`) by a long span."""

    difference_ms: int
    last_at: int


@dataclass(frozen=True)
class AnswerClock(Command):
    """A person says the true time (UTC ms)."""

    true_at: int


@dataclass(frozen=True)
class AskPrint(Command):
    """Print a ticket again (补打)."""

    ticket: str
    printer: str = ""
    who: str = "desk"

    def histories(self) -> tuple[str, ...]:
        return (self.ticket,)


@dataclass(frozen=True)
class StartOpeningTest(Command):
    """Let all devices test themselves, for the opening at `planned_at` (UTC ms), None: now."""

    planned_at: int | None = None


@dataclass(frozen=True)
class RecordOpeningTest(Command):
    """The rows of the test whose start stands at the seq `test` (see `OpeningTestFinished`)."""

    test: int
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class ConfirmSound(Command):
    """A person heard the chime of a loudspeaker (听到了)."""

    device: str


@dataclass(frozen=True)
class AskNotice(Command):
    """Give a one-time notice (一次性告知单) about an item; without `item`, the visit's.

    `counter` None is the helper desk, which may name a live `ticket`. `missing` are the materials
    that are still to come. `printer` "" is the one of the place.
    """

    fresh: ClassVar[tuple[str, ...]] = ("notice",)

    notice: str
    item: str | None = None
    missing: tuple[str, ...] = ()
    counter: int | None = None
    ticket: str | None = None
    printer: str = ""


@dataclass(frozen=True)
class RecordNotice(Command):
    """Report what became of a notice's paper: started, printed, unknown, failed, dropped."""

    notice: str
    step: str
    printer: str
    detail: str = ""

    def histories(self) -> tuple[str, ...]:
        return (f"notice:{self.notice}",)


@dataclass(frozen=True)
class PublishNotices(Command):
    """Let everybody in the hall read these sentences; none takes all back."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class SetStripText(Command):
    """What the strip over a counter says while nobody is there; "" is the usual text."""

    counter: int
    text: str
