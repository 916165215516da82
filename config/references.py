"""Who may be meant: references to a list of which some rows do not say clearly who they are.

A row without its code, or with the code of another row, would make every reference to it look
wrong, and a dozen lines about one mistake bury the other mistakes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from config.draft import Draft, name_written

Name = str | int


@dataclass(frozen=True)
class Register:
    """The names that a list is known by.

    unclear: whether a row does not tell its name. hopeless: the list itself is missing or no
    list, which was told; nothing can be said about references to it.
    """

    names: Collection[Name]
    unclear: bool
    hopeless: bool

    def has(self, name: Name) -> bool:
        """Whether a reference to that name is right, or is explained by another mistake."""
        return self.hopeless or name in self.names


def register(draft: Draft, name: str, field: str, used: Sequence[Name]) -> Register:
    """Who is in the list `name` by the key `field`, given all names `used` to refer to its rows.

    A row that is itself wrong exists by its name as written. A row that nobody can refer to (no
    name, a name that nobody uses, the name of a row before it) is taken for one of the unknown
    names: for the one that is used most, as a slip in a single reference is used once.
    """
    written = draft.written(name, field)
    wrong = [row for row in draft.lists.get(name, []) if not row.has(field)]
    unused = sum(name_written(row, field) not in used for row in wrong)
    nameless = sum(name_written(row, field) is None for row in wrong)
    valid = [row[field] for row in draft.having(name, field)]
    twice = len(valid) - len(set(valid))
    unknown = Counter(value for value in used if value not in written).most_common()
    # A single reference is explained by nothing less than a row without a name.
    meant = {
        value
        for place, (value, count) in enumerate(unknown[: unused + twice])
        if count > 1 or place < nameless
    }
    return Register(written | meant, unused + twice > 0, draft.is_told((name,)))
