"""What became of a one-time notice (一次性告知单): asked for, then the life of its paper.

Part of the events of the hall (see `events`, which lists all). Times are UTC milliseconds.
"""

from dataclasses import dataclass
from typing import ClassVar

from controller.domain.event import Event


@dataclass(frozen=True)
class NoticeEvent(Event, abstract=True):
    """A step of a notice's paper; `ticket` and `number` are "" for somebody without a number."""

    subject_field: ClassVar[str] = "notice"

    notice: str
    ticket: str
    number: str
    printer: str
    detail: str


@dataclass(frozen=True)
class NoticeAsked(NoticeEvent):
    """A citizen was told once what an item needs; `missing` are the materials still to come.

    `counter` is None at the helper desk. `clerk` is who tells it, where clerks sign in.
    """

    item: str
    item_name: str
    missing: list[str]
    counter: int | None
    clerk: str | None
    asked_at: int


@dataclass(frozen=True)
class NoticeStarted(NoticeEvent):
    """Its first byte is about to leave; durable before it does."""


@dataclass(frozen=True)
class NoticePrinted(NoticeEvent):
    """It came out; `detail` names the proof as with a ticket."""


@dataclass(frozen=True)
class NoticeUnknown(NoticeEvent):
    """Started, but nobody knows how it ended; never repeated by itself."""


@dataclass(frozen=True)
class NoticeFailed(NoticeEvent):
    """The printer cannot print now; it is tried again until it is stale."""


@dataclass(frozen=True)
class NoticeDropped(NoticeEvent):
    """It would come too late to be of use."""
