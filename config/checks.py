"""What no table can know alone: references, duplicates, lines, and texts against devices."""

from __future__ import annotations

from config.draft import Draft


def check(draft: Draft) -> None:
    """Note every mistake between tables of the draft."""
