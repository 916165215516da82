"""What every table of the hall file shares: the strict base and the kinds of values."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict

# A TOML array arrives as a list; strict mode would refuse it for a tuple.
Words = Annotated[tuple[str, ...], Strict(False)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Name = Annotated[str, Field(min_length=1, max_length=40)]


class Part(BaseModel):
    """Base of every table: strict, frozen, unknown keys refused."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")
