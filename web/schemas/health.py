"""What of the hall does not work, in words."""

from __future__ import annotations

from web.schemas.base import Given


class Trouble(Given):
    """Something that does not work: a stable code, a sentence in both languages."""

    code: str
    """Which trouble, for programs; `task_restarting:NAME` names a task."""
    zh: str
    """What it is and what to do, in Chinese."""
    en: str
    """What it is and what to do, in English."""


class HallHealth(Given):
    """Whether wishes are stored, why not, and what starts again."""

    ready: bool
    """Whether wishes are stored."""
    reasons: list[Trouble]
    """Why they are not; empty when ready."""
    degraded: list[Trouble]
    """Tasks that have failed and wait for their restart."""
