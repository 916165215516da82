"""No text is kept for nothing: every key is named in the code, whole or put together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.settings import LANGUAGES, shipped

ROOT = Path(__file__).parents[2]
ROOMS = ("config", "controller", "devices", "web")
KINDS = {".py", ".js", ".html"}
# How a key is put together: t(`kiosk.${key}`), "home." ~ name, f"manager.chart.{key}".
BEGINNING = re.compile(r"""["'`]([a-z_]+\.(?:[a-z_]+[._])*)(?:\$?\{|["'] ~)""")
ENDINGS = {"home.": "_hint", "bench.": "_is", "manager.trouble.": "-do"}


def sources() -> str:
    return "\n".join(
        path.read_text("utf-8")
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in KINDS and "vendor" not in path.parts
    )


CODE = sources()
BEGINNINGS = frozenset(BEGINNING.findall(CODE))
# A word by itself: quoted, the key of an object, a keyword argument, true and false, a grade.
WORD = re.compile(r"""["'`]([\w-]+)["'`]|\b([a-zA-Z_]\w*) ?[:=]|\b(true|false|[1-5])\b""")
NAMES = frozenset(word for found in WORD.findall(CODE) for word in found if word)
WHOLE = frozenset(re.findall(r"""["'`]([\w.-]+)["'`]""", CODE))


def is_used(key: str) -> bool:
    if key in WHOLE:
        return True
    return any(
        all(word.removesuffix(ENDINGS.get(start, "")) in NAMES for word in rest.split("."))
        for start in BEGINNINGS
        if (rest := key.removeprefix(start)) != key
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_is_used(lang: str) -> None:
    assert [key for key in shipped().messages[lang] if not is_used(key)] == []
