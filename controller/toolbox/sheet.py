"""A result sheet: one row for each device, in sentences, to be read, printed or sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from unicodedata import east_asian_width

Outcome = Literal["good", "bad", "look"]
"""`look`: nothing proves it by itself, a person has to look or listen."""

WORDS: dict[Outcome, str] = {"good": "正常 ok", "bad": "故障 BAD", "look": "请看 look"}
NAME_COLUMNS, WORD_COLUMNS = 18, 10


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a device; `zh` and `en` are whole sentences."""

    device: str
    outcome: Outcome
    zh: str
    en: str

    @property
    def line(self) -> str:
        """The row as it is printed."""
        word = padded(WORDS[self.outcome], WORD_COLUMNS)
        return f"{padded(self.device, NAME_COLUMNS)} {word} {self.zh} {self.en}"


def bad_rows(rows: Iterable[Row]) -> int:
    """Return how many devices failed."""
    return sum(1 for row in rows if row.outcome == "bad")


def padded(text: str, columns: int) -> str:
    """`text` with spaces behind it up to so many columns; a Hanzi takes two."""
    taken = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * max(0, columns - taken)
