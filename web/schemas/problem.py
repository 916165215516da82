"""The one form of every refusal."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from web.schemas.base import Given
from web.schemas.health import Trouble


class Problem(BaseModel):
    """Why something was refused (RFC 9457) and what to do; more members by code."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    type: str
    """A URN of the code."""
    title: str
    """The phrase of the status."""
    status: int
    """The status of the answer."""
    code: str
    """Which refusal; stable, for programs."""
    detail: str
    """Why, a Chinese sentence for people."""
    detail_en: str
    """Why, in English."""
    action: str
    """What to do, in Chinese."""
    action_en: str
    """What to do, in English."""
    retry_after_s: int | None = None
    """Seconds after which a repeat may succeed, where time cures it."""
    errors: list[FieldError] | None = None
    """Which members are wrong."""
    reasons: list[Trouble] | None = None
    """Why nothing is stored, with `not_ready`."""


class FieldError(Given):
    """One member that is wrong; the value itself is never repeated."""

    field: str
    """The member, with dots between the levels."""
    rule: str
    """The rule that it breaks."""
