"""The bases and the kinds of values that all models of the interface share."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

TicketState = Literal[
    "BOOKED", "WAITING", "CALLED", "SERVING", "PARKED", "DONE", "NO_SHOW", "CANCELLED", "EXPIRED"
]
CounterState = Literal["idle", "called", "serving", "paused", "closed"]
CaseState = Literal["ACCEPTED", "FINISHED", "HANDED_ON"]
PrintState = Literal[
    "waiting", "started", "printed", "unknown", "failed", "dropped", "asked", "none"
]
Proof = Literal["", "process-id", "fence", "status", "none"]
Outcome = Literal["case", "advice"]
Priority = Literal["elder", "pregnant", "infant", "disabled", "soldier"]

StopSentence = Literal["power", "network", "weather", "safety", "full", "other"]

GREATEST_SEQ = 2**53 - 1  # what a browser's number holds


def whole(value: object) -> object:
    """JSON's `integer` allows 5.0; Python's strict int does not."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def number_in_text(value: object) -> object:
    """A whole number of a query, in plain digits."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,16}", value):
        return int(value)
    return value


def real_date(value: object) -> object:
    """A date that exists; the pattern alone would let 2026-02-30 pass."""
    if isinstance(value, str):
        date.fromisoformat(value)
    return value


Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}),
    BeforeValidator(real_date),
]
QueryInt = BeforeValidator(number_in_text)
Position = Annotated[str, Field(pattern=r"^[0-9]{1,15}$")]
QueryCode = Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,40}$")]
Code = Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,40}$")]
IdNumber = Annotated[str, Field(pattern=r"^[0-9Xx ]{0,24}$")]
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z_.:-]{1,64}$")]
HallMinute = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Grade = Annotated[int, Field(ge=1, le=5)]


class Taken(BaseModel):
    """Base of what is taken: strict, unknown members refused."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True
    )


class Given(BaseModel):
    """Base of what is given. The text under a member is its description in /openapi.json."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)
