"""Small changes to the text of a hall file that keep its comments and its order.

A table is found by some of its keys: `[[printers]]` with id = "kiosk". Values are strings, whole
numbers and booleans. The caller reads the new text as a hall file before it replaces the old one.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from itertools import pairwise

Value = str | int | bool

_HEAD = re.compile(r"^\s*\[\[?[^\]]+\]\]?\s*(#.*)?$")


def set_keys(text: str, table: str, match: Mapping[str, Value], keys: Mapping[str, Value]) -> str:
    """Return the text with these keys in the table that has `match`. KeyError: there is none."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)  # a string may hold other line ends
    for first, end in _blocks(lines, table):
        row = tomllib.loads("".join(lines[first + 1 : end]))
        if all(row.get(name) == value for name, value in match.items()):
            return "".join(lines[:first] + _changed(lines[first:end], keys) + lines[end:])
    raise KeyError(table)


def append_table(text: str, table: str, keys: Mapping[str, Value]) -> str:
    """Return the text with a new `[[table]]` at its end."""
    body = "".join(f"{name} = {written(value)}\n" for name, value in keys.items())
    return f"{text.rstrip()}\n\n[[{table}]]\n{body}"


def written(value: Value) -> str:
    """Return a value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _blocks(lines: list[str], table: str) -> list[tuple[int, int]]:
    """First and end line of each `[[table]]`."""
    heads = [number for number, line in enumerate(lines) if _HEAD.match(line)] + [len(lines)]
    name = re.compile(rf"^\s*\[\[\s*{re.escape(table)}\s*\]\]")
    return [
        (first, end)
        for first, end in pairwise(heads)
        if name.match(lines[first])
    ]


def _changed(block: list[str], keys: Mapping[str, Value]) -> list[str]:
    left = dict(keys)
    found = []
    for line in block:
        name = line.partition("=")[0].strip()
        if name in left:
            comment = re.search(r'\s+#[^"]*$', line)
            tail = comment.group().rstrip("\n") if comment else ""
            line = f"{name} = {written(left.pop(name))}{tail}\n"
        found.append(line)
    last = max(number for number, line in enumerate(found) if line.strip())
    if left and not found[last].endswith("\n"):
        found[last] += "\n"
    added = [f"{name} = {written(value)}\n" for name, value in left.items()]
    return found[: last + 1] + added + found[last + 1 :]
