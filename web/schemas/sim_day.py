"""A whole day of simulated people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from web.schemas.base import Given, HallMinute, Instant, Taken, whole


class DayWish(Taken):
    """A day to be played; what is left out is as usual."""

    seed: Annotated[int, Field(ge=0, lt=1 << 31), BeforeValidator(whole)] = 1
    """The same seed gives the same people."""
    opens: HallMinute | None = None
    """From which time of day people come, tomorrow's if it is past; null is the hall's first."""
    closes: HallMinute | None = None
    """Until when; null is the end of the hall's hours."""
    people: Annotated[int, Field(ge=1, le=5000), BeforeValidator(whole)] | None = None
    """How many come; null is 45 for each counter, on a market day more."""
    market: bool = False
    """A market day (赶集日): more people, most of them early."""
    speed: Annotated[float, Field(ge=1, le=1000)] = 60.0
    """How many seconds of the hall pass in a real one, at most."""
    clerks: bool = True
    """Whether the counters have simulated clerks."""


class Behind(Given):
    """Since when the oldest thing of each kind waits, in real seconds."""

    keys: float
    """A key press that the service has not fetched."""
    paper: float
    """A slip on its way through a printer that prints."""
    ratings: float
    """A citizen who waits for the rating box to ask."""
    answers: float
    """A request of a citizen or clerk."""


class DayPlayed(Given):
    """How far a day is. Before the first one there are only `state`, `speed` and `wished`."""

    state: Literal["none", "running", "done", "stopped"]
    """Whether it is played."""
    speed: float
    """How fast the hall's clock runs."""
    wished: float | None
    """The wished speed, at most; null when no day is played."""
    seed: int | None = None
    """The seed."""
    market: bool | None = None
    """Whether it is a market day."""
    people: int | None = None
    """How many come in all."""
    opens: str | None = None
    """From which time of day people come."""
    closes: str | None = None
    """Until which time of day."""
    at: Instant | None = None
    """The hall's time."""
    waiting: int | None = None
    """How many wait now."""
    present: dict[str, str] | None = None
    """Whose number stands at which counter."""
    at_most: float | None = None
    """How fast the clock may run while somebody rates; null is as fast as wished."""
    behind: Behind | None = None
    """What the hall's wires and answers are behind with."""
    arrived: int | None = None
    """How many people have come."""
    tickets: int | None = None
    """How many numbers they were given."""
    turned_away: int | None = None
    """How often there was no number to be had."""
    gone: int | None = None
    """How many left before they were called."""
    came_back: int | None = None
    """How many of those took another number."""
    called: int | None = None
    """How many saw or heard their call."""
    missed: int | None = None
    """How many came to the counter too late."""
    no_show: int | None = None
    """How many numbers clerks marked as missed."""
    served: int | None = None
    """How many were served."""
    went_home: int | None = None
    """How many were called in vain twice."""
    cases: int | None = None
    """How many items clerks accepted."""
    graded: int | None = None
    """How many grades were pressed."""
