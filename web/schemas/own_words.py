"""The hall's own words on its screens and strips."""

from __future__ import annotations

from web.schemas.base import Given


class StripText(Given):
    """What the strip over a counter says while nobody is there."""

    counter: int
    """The counter."""
    text: str
    """The text; empty: its usual one."""


class HallNotices(Given):
    """The hall's own words on its screens and strips."""

    texts: list[str]
    """The notices, 3 at most."""
    strips: list[StripText]
    """Every counter with the text of its strip."""
