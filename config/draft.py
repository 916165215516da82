"""A hall file half read: each table by itself, so that one mistake does not hide another.

Every table is kept as an `Entry` with the keys that are usable; `raw` keeps what was written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from config.entry import Entry, read_entry
from config.errors import ConfigError, Key, key_path, unknown_key
from config.messages import Texts


@dataclass
class Draft:
    """What was read so far, and every error so far."""

    file: str
    items_file: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)
    tables: dict[str, Entry] = field(default_factory=dict)
    lists: dict[str, list[Entry]] = field(default_factory=dict)
    layouts: dict[str, Entry] = field(default_factory=dict)
    texts: Texts | None = None
    errors: list[ConfigError] = field(default_factory=list)
    warnings: list[ConfigError] = field(default_factory=list)

    def error(self, key: Key, zh: str, en: str, file: str | None = None) -> None:
        """Note a mistake at that key of the hall file, or of another file."""
        self.errors.append(ConfigError(file or self.file, key_path(key), zh, en))

    def warn(self, key: Key, zh: str, en: str) -> None:
        """Note what is no mistake and still worth a person's thought."""
        self.warnings.append(ConfigError(self.file, key_path(key), zh, en))

    def is_told(self, key: Key) -> bool:
        """Whether a mistake was noted at that very key of the hall file."""
        place = (self.file, key_path(key))
        return any((error.file, error.key) == place for error in self.errors)

    def written(self, name: str, of: str) -> set[str | int]:
        """Values of one key over all entries of a list as written, valid or not."""
        values = (name_written(entry, of) for entry in self.lists.get(name, []))
        return {value for value in values if value is not None}

    def having(self, name: str, *fields: str) -> list[Entry]:
        """The entries of a list in which all these keys are right by themselves."""
        return [entry for entry in self.lists.get(name, []) if entry.has(*fields)]

    def read_table(self, name: str, model: type[BaseModel]) -> None:
        """Read a required table such as `[hall]`."""
        if name not in self.raw:
            self.error((name,), "缺少这个表，必须填写", "this table is missing and must be given")
            return
        self.tables[name] = self._read(model, self.raw[name], (name,), self.file)

    def read_list(
        self, name: str, model: type[BaseModel], raw: Any = None, file: str | None = None
    ) -> None:
        """Read a list of tables such as `[[counters]]`; `raw` and `file` when it is elsewhere."""
        self.lists[name] = []
        entries = self.raw.get(name, []) if raw is None else raw
        if not isinstance(entries, list):
            self.error(
                (name,), f"这里要写成 [[{name}]]", f"must be written as [[{name}]]", file=file
            )
            return
        self.lists[name] = [
            self._read(model, entry, (name, place), file or self.file)
            for place, entry in enumerate(entries)
        ]

    def refuse_twice(self, name: str, field: str, file: str | None = None) -> None:
        """Note every entry of a list whose field has a value that an entry before it has."""
        seen: dict[object, Key] = {}
        for entry in self.having(name, field):
            value = entry[field]
            if value in seen:
                first = key_path(seen[value])
                zh, en = f"“{value}”重复，{first} 已经用了", f'"{value}" is already used by {first}'
                self.error((*entry.key, field), zh, en, file)
            seen.setdefault(value, entry.key)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Note every top-level key that no table is read from."""
        names = list(known)
        for name in self.raw:
            if name not in names:
                self.error((name,), *unknown_key(name, names))

    def _read(self, model: type[BaseModel], raw: object, key: Key, file: str) -> Entry:
        entry, found = read_entry(model, raw, key, file)
        self.errors += found
        return entry


def name_written(entry: Entry, field: str) -> str | int | None:
    """What the file says at a key by which others refer to the entry; None when it is no name."""
    value = entry.written.get(field)
    return value if isinstance(value, str | int) else None


def read_toml(path: Path, shown: str, errors: list[ConfigError]) -> dict[str, Any] | None:
    """The file as a dictionary, or None and a noted error (with the line of a TOML mistake)."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        errors.append(ConfigError(shown, "", "找不到这个文件", "there is no such file"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        zh = f"第 {line} 行不是 UTF-8 编码，请用 UTF-8 保存"
        errors.append(ConfigError(shown, "", zh, f"line {line} is not UTF-8; save it as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        zh = f"不是正确的 TOML：{error}"
        errors.append(ConfigError(shown, "", zh, f"is not valid TOML: {error}"))
    except (OSError, ValueError) as error:  # ValueError: a name that can be no file's
        errors.append(
            ConfigError(shown, "", f"读不了这个文件：{error}", f"cannot be read: {error}")
        )
    return None
