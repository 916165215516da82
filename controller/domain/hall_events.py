"""What has happened to counters, services and the hall: staff, pauses, limits, questions.

Part of the events of the hall (see `events`, which lists all). Times are UTC milliseconds.
"""

from dataclasses import dataclass
from typing import ClassVar

from controller.domain.event import Event


@dataclass(frozen=True)
class CounterEvent(Event, abstract=True):
    """Something about a counter and the clerk who is signed in there."""

    subject_field: ClassVar[str] = "counter"

    counter: int
    clerk: str | None


@dataclass(frozen=True)
class ClerkSignedIn(CounterEvent):
    """A clerk works at the counter from now on; an old pause or close ends."""


@dataclass(frozen=True)
class ClerkSignedOut(CounterEvent):
    """Nobody works there; `elsewhere` are the counters that take its services.

    `cause` is "day" where the business day ended it: the counter is then not closed.
    """

    v: ClassVar[int] = 2

    elsewhere: list[int]
    cause: str = ""


@dataclass(frozen=True)
class CounterPaused(CounterEvent):
    """The counter pauses (暂停服务) until about `until`; `elsewhere` says where else to go."""

    reason: str
    since: int
    until: int | None
    elsewhere: list[int]


@dataclass(frozen=True)
class CounterResumed(CounterEvent):
    """The pause is over; `cause` is resume, call, sign-in or day (the business day has ended)."""

    cause: str


@dataclass(frozen=True)
class WaitingWarned(Event):
    """As many wait for a service as its warning count says."""

    subject_field: ClassVar[str] = "service"

    service: str
    waiting: int
    limit: int


@dataclass(frozen=True)
class WaitingEased(Event):
    """Fewer wait again."""

    subject_field: ClassVar[str] = "service"

    service: str
    waiting: int
    limit: int


@dataclass(frozen=True)
class IssuingStopped(Event):
    """No numbers are given out: `scope` is hall or a service code.

    `kind`: emergency (until resumed) or today (until the next business day). `sentence` is a
    code of `rules.STOP_SENTENCES`.
    """

    scope: str
    kind: str
    sentence: str


@dataclass(frozen=True)
class IssuingResumed(Event):
    """Numbers are given out again."""

    scope: str


@dataclass(frozen=True)
class QueueCleared(Event):
    """Those who waited were sent home by a rule or an answer (日清); `planned_at` is its time.

    `cause`: clearing, closing or outage.
    """

    planned_at: int
    cause: str
    count: int


@dataclass(frozen=True)
class OutageFound(Event):
    """The hall was down from `since` to `until` with people waiting; a lead is asked."""

    since: int
    until: int
    waiting: int
    ask_until: int


@dataclass(frozen=True)
class OutageAnswered(Event):
    """`choice`: keep, void or cards. No answer in time keeps the queue (actor system).

    With void the people are told `sentence`, a code of `rules.STOP_SENTENCES`, else "".
    """

    v: ClassVar[int] = 2

    choice: str
    sentence: str = ""


@dataclass(frozen=True)
class ClockFoundBehind(Event):
    """The PC's clock is far before the last event (`last_at`): the true time is asked for."""

    difference_ms: int
    last_at: int


@dataclass(frozen=True)
class ClockAnswered(Event):
    """A person gave the true time; the clock then went on by `forward_ms`."""

    true_at: int
    forward_ms: int


@dataclass(frozen=True)
class NextRepeated(Event):
    """NEXT was pressed twice; the answer is that of the command at `first` (seq), once more.

    It keeps the press's key, so that a repeat is told the same when the guard time is over.
    """

    subject_field: ClassVar[str] = "counter"

    counter: int
    first: int


@dataclass(frozen=True)
class ImportTaken(Event):
    """An import of so many appointments was begun; it keeps the request's key for its body."""

    rows: int


@dataclass(frozen=True)
class PassUsed(Event):
    """A phone page's pass has given its one number; it would be good until `until` at most."""

    name: str
    until: int


@dataclass(frozen=True)
class PostAssigned(Event):
    """Clerks A and B of an AB post (AB岗) on a date."""

    subject_field: ClassVar[str] = "post"

    post: str
    date: str
    a: str
    b: str


@dataclass(frozen=True)
class PostUnmanned(Event):
    """Neither A nor B is there: an alarm."""

    subject_field: ClassVar[str] = "post"

    post: str
    date: str
    a: str
    b: str


@dataclass(frozen=True)
class PostManned(Event):
    """The alarm of a post is over."""

    subject_field: ClassVar[str] = "post"

    post: str
    date: str


@dataclass(frozen=True)
class NoticesPublished(Event):
    """These notices take the place of those before; an empty list takes all back."""

    texts: list[str]


@dataclass(frozen=True)
class StripTextSet(Event):
    """A counter's strip says this while nobody is there; "": its usual text again."""

    subject_field: ClassVar[str] = "counter"

    counter: int
    text: str
