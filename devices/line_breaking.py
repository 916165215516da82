"""Lines of a fixed number of columns, for paper: a Hanzi is two columns wide, a Latin letter one.

A line never begins with closing punctuation nor ends with an opening bracket, and a number, a
word or a range such as 15～25 is never torn. Lines of a paragraph break after a comma or at a
space where that costs no further line, and come out about equally long: the text is centred.
"""

from __future__ import annotations

import re

NOT_FIRST = "，。、；：！？）》】」』”’…～·%,.;:!?)]}"
NOT_LAST = "（《【「『“‘([{"
CLAUSE_ENDS = "，。；！？"


def columns(text: str) -> int:
    """Width of a text in half-width columns: whatever is not ASCII is a two-byte code."""
    return sum(1 if char.isascii() else 2 for char in text)


def break_lines(text: str, width: int) -> list[str]:
    """The paragraph in lines of at most `width` columns; an unbreakable piece may be cut.

    A newline in the text always ends a line.
    """
    return [line for part in text.split("\n") for line in _paragraph(part.strip(), width)]


def _paragraph(text: str, width: int) -> list[str]:
    pieces = [cut for piece in _pieces(text) for cut in _cut(piece, width)]
    lines = _fill(pieces, width)
    if len(lines) < 2:
        return lines
    for torn in (_clauses(text), pieces):
        for narrower in range(columns(text) // len(lines), width + 1):
            even = _fill(torn, narrower)
            if len(even) == len(lines) and all(columns(line) <= width for line in even):
                return even
    return lines


def _fill(pieces: list[str], width: int) -> list[str]:
    lines: list[str] = []
    for piece in pieces:
        if lines and columns((lines[-1] + piece).rstrip()) <= width:
            lines[-1] += piece
        else:
            lines.append(piece.lstrip())
    return [line.strip() for line in lines if line.strip()]


def _pieces(text: str) -> list[str]:
    """The text cut wherever a line may end."""
    pieces: list[str] = []
    for index, char in enumerate(text):
        if index and _glued(text, index):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _glued(text: str, index: int) -> bool:
    """Whether no line may end between this character and the one before it."""
    before, char, after = text[index - 1], text[index], text[index + 1 : index + 2]
    if char in NOT_FIRST or before in NOT_LAST:
        return True
    if before == "～":
        return char.isdigit()
    if char == " ":
        return _ends_with_count(text[:index]) and not after.isascii()
    if before == " ":
        return _ends_with_count(text[: index - 1]) and not char.isascii()
    return before.isascii() and char.isascii()


def _ends_with_count(text: str) -> bool:
    """A number that keeps its measure word, as in "3 位"; not the end of a telephone number."""
    return re.search(r"(?<![0-9A-Za-z:-])[0-9]{1,4}$", text) is not None


def _clauses(text: str) -> list[str]:
    """The text cut after its commas and at its spaces only."""
    clauses = [""]
    for index, char in enumerate(text):
        clauses[-1] += char
        may_end = index + 1 < len(text) and not _glued(text, index + 1)
        if may_end and (char in CLAUSE_ENDS or (char == " " and not _glued(text, index))):
            clauses.append("")
    return clauses


def _cut(piece: str, width: int) -> list[str]:
    """A piece that is wider than the paper, in parts that are not."""
    parts = [""]
    for char in piece:
        if columns(parts[-1] + char) > width:
            parts.append("")
        parts[-1] += char
    return parts
