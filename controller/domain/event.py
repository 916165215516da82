"""What every event has: a type, a version, a subject, a body; and its row in the log."""

import json
from dataclasses import dataclass
from typing import ClassVar

COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
EVENT_TYPES: dict[str, type["Event"]] = {}


@dataclass(frozen=True)
class Event:
    """Base of all events."""

    v: ClassVar[int] = 1
    subject_field: ClassVar[str] = ""

    def __init_subclass__(cls, abstract: bool = False) -> None:
        if not abstract:
            EVENT_TYPES[cls.__name__] = cls

    @property
    def subject(self) -> str:
        """The thing that the event is about, as stored in the subject column."""
        if not self.subject_field:
            return "hall"
        value = getattr(self, self.subject_field)
        if self.subject_field in {"ticket", "case"}:
            return str(value)
        return f"{self.subject_field}:{value}"

    def body(self) -> str:
        """Return the JSON text that is stored and hashed."""
        return COMPACT.encode(vars(self))


def decode(name: str, v: int, body: str) -> Event:
    """Build an event from its stored row.

    A field that a later version added has a default; that is the upcaster of older rows.
    Raises `UnknownEventError` for a type or version that this code does not know.
    """
    cls = EVENT_TYPES.get(name)
    if cls is None or v > cls.v:
        raise UnknownEventError(name, v)
    try:
        return cls(**json.loads(body))
    except (TypeError, ValueError) as error:
        raise UnknownEventError(name, v) from error


class UnknownEventError(Exception):
    """The log holds an event that this version of the program does not understand."""

    def __init__(self, name: str, v: int) -> None:
        super().__init__(
            f"日志中的事件 {name} v{v} 本版本读不懂：由更新的版本写入，或已损坏。 "
            f"This version cannot read {name} v{v} in the log: a newer version wrote it, "
            "or it is damaged."
        )


@dataclass(frozen=True)
class StoredEvent:
    """One row of the log; `part` counts the events of one command from 0."""

    hall: str
    seq: int
    at: int
    actor: str
    key: str | None
    digest: str | None
    part: int
    event: Event
    body: str
    hash: str

    @property
    def type(self) -> str:
        """The event's type name."""
        return type(self.event).__name__
