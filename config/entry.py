"""One table of the hall file as far as it can be used, key by key.

A table with a mistake is not dropped: its other keys are still checked, and others may refer to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from config.errors import ConfigError, Key, from_validation


@dataclass(frozen=True)
class Entry:
    """A table and its key, for example ("counters", 2).

    part: the whole table, None when anything in it is wrong.
    valid: values of the keys that are right by themselves, and the defaults of keys left out. In
    a list with a wrong element None stands for that element (TOML itself has no None).
    written: what the file says, right or wrong.
    """

    key: Key
    part: BaseModel | None
    valid: Mapping[str, Any]
    written: Mapping[str, Any]

    def __getitem__(self, field: str) -> Any:
        return self.valid[field]

    def get(self, field: str) -> Any:
        """The value, None when it is wrong (or when None is the default)."""
        return self.valid.get(field)

    def has(self, *fields: str) -> bool:
        """Whether all these keys are right by themselves."""
        return all(field in self.valid for field in fields)

    def each(self, field: str) -> Iterator[tuple[Key, Any]]:
        """The elements of a list that are right by themselves, each with its key."""
        for place, value in enumerate(self.valid.get(field, ())):
            if value is not None:
                yield (*self.key, field, place), value

    def texts(self, field: str) -> Iterator[tuple[Key, str]]:
        """The text of a key, or the texts of its list, right or wrong, each with its key."""
        value = self.written.get(field)
        if isinstance(value, str):
            yield (*self.key, field), value
        for place, text in enumerate(value if isinstance(value, list) else ()):
            if isinstance(text, str):
                yield (*self.key, field, place), text


def read_entry(
    model: type[BaseModel], raw: object, key: Key, file: str
) -> tuple[Entry, list[ConfigError]]:
    """One table and all mistakes of its own."""
    written = raw if isinstance(raw, dict) else {}
    try:
        part = model.model_validate(raw)
    except ValidationError as error:
        wrong = {detail["loc"] for detail in error.errors(include_url=False)}
        valid = _usable(model, written, wrong) if isinstance(raw, dict) else {}
        found = from_validation(error, file, key, model.model_fields)
        return Entry(key, None, valid, written), found
    # iter: a table may have a field that is called keys
    return Entry(key, part, dict(iter(part)), written), []


def _usable(
    model: type[BaseModel], written: Mapping[str, Any], wrong: set[tuple[int | str, ...]]
) -> dict[str, Any]:
    """What is left without the wrong keys; the models are strict, so it is as validated."""
    values = {}
    for name, field in model.model_fields.items():
        if (name,) in wrong:
            continue
        value = written[name] if name in written else field.get_default(call_default_factory=True)
        if isinstance(value, list):
            value = [
                None if any(loc[:2] == (name, place) for loc in wrong) else element
                for place, element in enumerate(value)
            ]
        values[name] = value
    return values
