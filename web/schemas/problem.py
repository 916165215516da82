"""The one form of every refusal."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from web.schemas.base import Given
from web.schemas.health import Trouble


class Problem(BaseModel):
    """Why something was refused (RFC 9457) and what to do; more members by code."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str = Field(description="Chinese")
    detail_en: str
    action: str = Field(description="what to do, Chinese")
    action_en: str
    retry_after_s: int | None = Field(None, description="where time cures it")
    errors: list[FieldError] | None = Field(None, description="which members are wrong")
    reasons: list[Trouble] | None = None
    """Why nothing is stored, with `not_ready`."""


class FieldError(Given):
    """One member that is wrong; the value itself is never repeated."""

    field: str
    rule: str
