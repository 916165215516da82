"""What every event has: a type, a version, a subject, a body; and its row in the log."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
EVENT_TYPES: dict[str, type["Event"]] = {}
FIELDS: dict[type["Event"], set[str]] = {}


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


def decode_many(rows: Sequence[tuple[str, int, str]]) -> list[Event]:
    """Build the events of rows (type, version, body), as `decode` does for one, but faster.

    Raises what `decode` raises for the first row that it cannot build.
    """
    try:
        bodies = json.loads("[" + ",".join([body for _, _, body in rows]) + "]")
    except ValueError:
        bodies = []
    if len(bodies) != len(rows):
        return [decode(name, v, body) for name, v, body in rows]
    return [
        _built(row, fields) for row, fields in zip(rows, bodies, strict=True)
    ]


def _built(row: tuple[str, int, str], fields: Any) -> Event:
    name, v, body = row
    cls = EVENT_TYPES.get(name)
    if cls is None or v > cls.v or type(fields) is not dict:
        return decode(name, v, body)
    wanted = FIELDS.get(cls)
    if wanted is None:
        wanted = FIELDS[cls] = {field.name for field in dataclasses.fields(cls)}
    if fields.keys() != wanted:
        return decode(name, v, body)  # an older row: defaults stand for what it lacks
    event = object.__new__(cls)
    event.__dict__.update(fields)
    return event


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
