"""All errors of a hall's configuration at once, in Chinese and English.

A person who mends a hall file reads every mistake in one go: the file, the key as in
`counters[2].services[0]` (counted from 0), and what to write instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class ConfigError:
    """One mistake. `key` is "" where the whole file is meant."""

    file: str
    key: str
    sentence_zh: str
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}\n      {self.sentence_zh}\n      {self.sentence}"


class ConfigErrors(Exception):  # noqa: N818  # several errors in one: the plural is its name
    """Everything that is wrong with a configuration; `run.py` prints it and exits with 2."""

    def __init__(self, errors: Iterable[ConfigError]) -> None:
        self.errors = list(errors)
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.errors)
        noun = "error" if count == 1 else "errors"
        head = f"配置有 {count} 处错误 / {count} {noun} in the configuration"
        rows = [f"{place:>4}. {error}" for place, error in enumerate(self.errors, 1)]
        return "\n".join([head, *rows])


def key_path(key: Key) -> str:
    """("counters", 2, "services", 0) -> "counters[2].services[0]"."""
    path = ""
    for step in key:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def refuse(sentence_zh: str, sentence: str) -> NoReturn:
    """Fail a validator of a model with a sentence in both languages."""
    raise PydanticCustomError("refused", "{en}", {"zh": sentence_zh, "en": sentence})


# pydantic's error types -> sentences; the fields in braces are those of the error's context.
_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("缺少这一项，必须填写", "this key is missing and must be given"),
    "string_type": ("这里要写文字（加引号）", "must be text in quotes"),
    "int_type": ("这里要写整数（不加引号）", "must be a whole number without quotes"),
    "bool_type": ("这里要写 true 或 false", "must be true or false"),
    "tuple_type": ('这里要写列表，如 ["A", "B"]', 'must be a list such as ["A", "B"]'),
    "list_type": ('这里要写列表，如 ["A", "B"]', 'must be a list such as ["A", "B"]'),
    "dict_type": ("这里要写表格", "must be a table"),
    "model_type": ("这里要写表格，如 [hall]", "must be a table"),
    "literal_error": ("可用的值：{values}", "must be one of: {expected}"),
    "greater_than_equal": ("不能小于 {ge}", "must be {ge} or more"),
    "less_than_equal": ("不能大于 {le}", "must be {le} or less"),
    "multiple_of": ("必须是 {multiple_of} 的倍数", "must be a multiple of {multiple_of}"),
    "string_too_short": ("至少要有 {min_length} 个字", "needs at least {min_length} characters"),
    "string_too_long": ("最多 {max_length} 个字", "takes at most {max_length} characters"),
    "too_short": ("至少要有 {min_length} 项", "needs at least {min_length} entries"),
    "string_pattern_mismatch": ("写法不对，格式是 {pattern}", "does not match the form {pattern}"),
}


def from_validation(
    error: ValidationError, file: str, prefix: Key, fields: Iterable[str]
) -> list[ConfigError]:
    """Translate what pydantic found in one table; `fields` are the keys that the table knows."""
    found = []
    for detail in error.errors(include_url=False):
        key = (*prefix, *detail["loc"])
        zh, en = _sentences(detail, tuple(fields))
        found.append(ConfigError(file, key_path(key), zh, en))
    return found


def _sentences(detail: ErrorDetails, fields: tuple[str, ...]) -> tuple[str, str]:
    context: dict[str, Any] = dict(detail.get("ctx", {}))
    if detail["type"] == "refused":
        return context["zh"], context["en"]
    if detail["type"] == "extra_forbidden":
        return unknown_key(str(detail["loc"][-1]), fields)
    if detail["type"] == "literal_error":
        context["values"] = context["expected"].replace(" or ", "、").replace(", ", "、")
    if detail["type"] in _SENTENCES:
        zh, en = (text.format(**context) for text in _SENTENCES[detail["type"]])
        return zh, en
    return f"写法不对：{detail['msg']}", detail["msg"]


def unknown_key(name: str, fields: Iterable[str]) -> tuple[str, str]:
    """Sentences for a key that is not known, with the nearest known one."""
    near = get_close_matches(name, list(fields), n=1)
    if near:
        return f"没有“{name}”这一项，是不是 {near[0]}？", f'unknown key "{name}"; meant {near[0]}?'
    return f"没有“{name}”这一项", f'unknown key "{name}"'
