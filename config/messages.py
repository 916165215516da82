"""The texts that people read and hear: `texts/zh.toml`, `texts/en.toml`, `phrases.toml`.

A key is the path of tables, "kiosk.title"; a text may hold plain placeholders, "{number}".
Problems are two texts each: `problems.<code>.text` and `problems.<code>.action`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Problem:
    """Why something was refused and what to do, in both languages."""

    code: str
    zh: str
    en: str
    action_zh: str
    action_en: str


@dataclass(frozen=True)
class Texts:
    """All messages by language and key, and the phrases of the voice by key."""

    messages: Mapping[str, Mapping[str, str]]
    phrases: Mapping[str, str]

    def message(self, lang: str, key: str, **values: object) -> str:
        """The text of that key. KeyError when key, language or a placeholder's value is missing."""
        return self.messages[lang][key].format(**values)

    def phrase(self, key: str, **values: object) -> str:
        """What the voice says; values are already spelled out as they are read."""
        return self.phrases[key].format(**values)

    @property
    def readings(self) -> Mapping[str, str]:
        """How words of several readings are written for the speech engine."""
        return read_flat(FOLDER / "pronunciation.toml")

    def page(self, lang: str, *groups: str) -> dict[str, str]:
        """Raw texts of some groups for a page's script: {"kiosk.title": "…{number}…"}."""
        starts = tuple(f"{group}." for group in groups)
        return {key: text for key, text in self.messages[lang].items() if key.startswith(starts)}

    def problem(self, code: str) -> Problem:
        """The sentences of a refusal; KeyError for a code that has none."""
        zh, en = self.messages["zh"], self.messages["en"]
        text, action = f"problems.{code}.text", f"problems.{code}.action"
        return Problem(code, zh[text], en[text], zh[action], en[action])


def flatten(tree: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """{"kiosk": {"title": "x"}} -> {"kiosk.title": "x"}; TypeError names a key that is no text."""
    flat: dict[str, str] = {}
    for name, value in tree.items():
        key = f"{path}{name}"
        if isinstance(value, dict):
            flat |= flatten(value, f"{key}.")
        elif isinstance(value, str):
            flat[key] = value
        else:
            raise TypeError(key)
    return flat


def placeholders(text: str) -> frozenset[str]:
    """Names in braces. ValueError for a lone brace and for anything but a plain name inside."""
    names = set()
    for _, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(text)
        names.add(name)
    return frozenset(names)


def read_flat(path: Path) -> Mapping[str, str]:
    """One message file as key -> text."""
    with path.open("rb") as file:
        return MappingProxyType(flatten(tomllib.load(file)))


@cache
def shipped() -> Texts:
    """The texts of this installation, read once."""
    messages = {lang: read_flat(FOLDER / "texts" / f"{lang}.toml") for lang in LANGUAGES}
    return Texts(MappingProxyType(messages), read_flat(FOLDER / "phrases.toml"))


def message(lang: str, key: str, **values: object) -> str:
    """The text of that key from the shipped files, for example message("zh", "kiosk.title")."""
    return shipped().message(lang, key, **values)


def phrase(key: str, **values: object) -> str:
    """What the voice says, from the shipped phrases."""
    return shipped().phrase(key, **values)


def problem(code: str) -> Problem:
    """The sentences of a refusal, from the shipped files."""
    return shipped().problem(code)
