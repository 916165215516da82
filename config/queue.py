"""The tables of the hall file that shape the queue; all optional, defaults from domain.md 5."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from config.part import Name, Part, Words

NumberScheme = Literal["letters", "series", "digits"]
ClosingRule = Literal["serve_all", "expire"]
IdentityMode = Literal["off", "optional", "required"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Weekdays = Annotated[tuple[Weekday, ...], Field(min_length=1), Strict(False)]
StaffId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,15}$")]
StaffIds = Annotated[tuple[StaffId, ...], Strict(False)]
Letter = Annotated[str, Field(pattern=r"^[A-Z]$")]
Minute = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Minutes = Annotated[tuple[Minute, ...], Strict(False)]


class Queue(Part):
    """`[queue]`: numbers, the order of calls, recall and no-show, guard and undo."""

    numbers: NumberScheme = "letters"
    keep_overnight: bool = False
    priority_one_in: Annotated[int, Field(ge=0, le=20)] = 0
    ageing_s: Annotated[int, Field(ge=0, le=36_000)] = 0
    auto_call: bool = False
    guard_ms: Annotated[int, Field(ge=0, le=10_000)] = 1000
    undo_s: Annotated[int, Field(ge=0, le=300)] = 30
    recall_spacing_s: Annotated[int, Field(ge=0, le=300)] = 20
    recall_limit: Annotated[int, Field(ge=0, le=50)] = 5
    no_show_calls: Annotated[int, Field(ge=1, le=10)] = 3
    no_show_s: Annotated[int, Field(ge=0, le=900)] = 60
    missed_within: Annotated[int, Field(ge=1, le=20)] = 3
    missed_behind: Annotated[int, Field(ge=1, le=20)] = 3
    wake_s: Annotated[int, Field(ge=0, le=43_200)] = 0
    clients_most: Annotated[int, Field(ge=1, le=500)] = 50
    test_prefix: Letter = "T"
    card_prefix: Letter = "K"


class Closing(Part):
    """`[closing]`: what becomes of those who wait at the end, at noon, and after an outage."""

    rule: ClosingRule = "serve_all"
    clearings: Minutes = ()
    outage_s: Annotated[int, Field(ge=60, le=86_400)] = 600
    outage_answer_s: Annotated[int, Field(ge=10, le=3600)] = 120


class Staffing(Part):
    """`[staffing]`: whether clerks sign in, who may choose a ticket, when a post's B steps in."""

    sign_in: bool = False
    call_rights: StaffIds = ()
    post_absent_s: Annotated[int, Field(ge=60, le=36_000)] = 600


class Identity(Part):
    """`[identity]`: real-name issue (实名取号); only a keyed hash is kept, for the day."""

    mode: IdentityMode = "off"


class Phone(Part):
    """`[phone]`: numbers on a phone through the kiosk's changing QR, valid so many seconds."""

    tickets: bool = False
    code_s: Annotated[int, Field(ge=10, le=600)] = 60


class Booking(Part):
    """`[booking]`: appointments; slots stand with each service (domain.md 5.7)."""

    days: Annotated[int, Field(ge=0, le=60)] = 5
    check_in_before_s: Annotated[int, Field(ge=0, le=7200)] = 900
    check_in_after_s: Annotated[int, Field(ge=0, le=7200)] = 900
    credit_s: Annotated[int, Field(ge=0, le=7200)] = 900


class Staff(Part):
    """`[[staff]]`: a clerk by staff id (工号); the log knows the id only."""

    id: StaffId
    name: Name


class Condition(Part):
    """One entry of a profile's `conditions`: over so many minutes, that service first."""

    service: str
    wait_over_min: Annotated[int, Field(ge=1, le=600)]


class Profile(Part):
    """`[[profiles]]`: how a counter chooses who is next; `ratios` like { A = 2, B = 1 }."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    conditions: Annotated[tuple[Condition, ...], Strict(False)] = ()
    ratios: dict[str, Annotated[int, Field(ge=1, le=20)]] = Field(default_factory=dict)


class Post(Part):
    """`[[posts]]`: an AB post (AB岗): while clerk `a` is away, `b` takes the counter's calls."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    counter: int
    a: StaffId
    b: StaffId


class Band(Part):
    """One entry of a service's `bands`: at most `most` numbers in "HH:MM-HH:MM" of each day."""

    band: str
    most: Annotated[int, Field(ge=1, le=9999)]


class Slot(Part):
    """One entry of a service's `slots`: bookable time, cut into parts of `minutes`."""

    days: Weekdays
    hours: str
    minutes: Annotated[int, Field(ge=5, le=480)]
    quota: Annotated[int, Field(ge=1, le=999)]


class ServiceHours(Part):
    """A service's own times of issuing, as in `[hours]`."""

    mon: Words = ()
    tue: Words = ()
    wed: Words = ()
    thu: Words = ()
    fri: Words = ()
    sat: Words = ()
    sun: Words = ()


class Duty(Part):
    """One entry of a counter's `rota`; `services` empty means its usual ones."""

    days: Weekdays
    hours: str
    services: Words = ()
