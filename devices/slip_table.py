"""The table of materials on a notice, fitted to the columns of the paper::

    材料                    份数  有  缺
    身份证                  原件1 □  √
    户口簿（户主页和本人页） 1份   □  □
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from devices.line_breaking import break_lines, columns

BOX = "□"
TICK = "√"
GAP = 1
LEAST_NAME = 8


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A material; `have` and `missing` say which box is ticked, neither: a pen will."""

    name: str
    copies: str
    have: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True)
class TableHead:
    """The words over the four columns."""

    name: str
    copies: str
    have: str
    missing: str


def table_lines(head: TableHead, rows: Sequence[MaterialRow], width: int) -> list[str]:
    """The table in lines of exactly `width` columns; a name or a number too long is broken."""
    copies = max([columns(head.copies), *(columns(row.copies) for row in rows)])
    ticks = [max(columns(word), columns(BOX)) for word in (head.have, head.missing)]
    copies = min(copies, width - sum(ticks) - 3 * GAP - LEAST_NAME)
    widths = (width - copies - sum(ticks) - 3 * GAP, copies, *ticks)
    cells = [(head.name, head.copies, head.have, head.missing)]
    cells += [(row.name, row.copies, _box(row.have), _box(row.missing)) for row in rows]
    return [line for row in cells for line in _row(row, widths)]


def _box(ticked: bool) -> str:
    return TICK if ticked else BOX


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    broken = [break_lines(cell, wide) or [""] for cell, wide in zip(cells, widths, strict=True)]
    return [
        (" " * GAP).join(
            _padded(lines[at] if at < len(lines) else "", wide)
            for lines, wide in zip(broken, widths, strict=True)
        )
        for at in range(max(map(len, broken)))
    ]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
