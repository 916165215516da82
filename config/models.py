"""The typed hall file. One class is one table of the TOML; nothing here looks at a second table.

References between tables are checked in `config.checks`, where every error is gathered.
All models are strict (no "1" for 1), frozen, and refuse keys that they do not know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, Strict, field_validator

from config.equipment import Board, Line, Printer, Speaker
from config.errors import ConfigError, refuse
from config.inputs import (
    CardReader,
    InputModule,
    IssueButton,
    Keypad,
    Keys,
    RatingBox,
    Scanner,
)
from config.messages import Texts
from config.part import Name, Part, Slug, Words
from config.queue import (
    Band,
    Booking,
    Closing,
    Duty,
    Identity,
    Phone,
    Post,
    Profile,
    Queue,
    ServiceHours,
    Slot,
    Staff,
    Staffing,
)
from config.slips import Layout, NoticeLayout
from config.strips import Led, MainLed, Template

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Priority = Literal["elder", "pregnant", "infant", "disabled", "soldier"]
PRIORITIES: tuple[Priority, ...] = ("elder", "pregnant", "infant", "disabled", "soldier")
MissedCall = Literal["void", "within", "requeue", "keep"]
ItemKind = Literal["immediate", "promised", "advice", "theme", "stopped"]
Letter = Annotated[str, Field(pattern=r"^[A-Z]$")]

_Any = TypeVar("_Any")


class Hall(Part):
    """`[hall]`: who the hall is and the rules that hold in all of it."""

    name: Name
    name_en: Name
    code: Slug
    case_prefix: Annotated[str, Field(pattern=r"^[0-9]{9}$")]
    time_zone: str
    phone: Annotated[str, Field(min_length=3, max_length=40)]
    public_url: str | None = None
    address: Annotated[str, Field(max_length=80)] = ""
    missed_call: MissedCall = "void"
    priority_credit_s: Annotated[int, Field(ge=0, le=7200)] = 900
    finish_on_next: bool = False
    rating_prompt_s: Annotated[int, Field(ge=5, le=600)] = 60
    priorities: Annotated[tuple[Priority, ...], Strict(False)] = PRIORITIES

    @property
    def zone(self) -> ZoneInfo:
        """The hall's time zone as an object."""
        return ZoneInfo(self.time_zone)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, KeyError):
            refuse(
                f"没有“{value}”这个时区，中国大陆写 Asia/Shanghai",
                f'there is no time zone "{value}"; the Chinese mainland is Asia/Shanghai',
            )
        return value

    @field_validator("public_url")
    @classmethod
    def _origin_only(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", value):
            refuse(
                f"“{value}”不是网址起点，应像 https://hall.example.cn 或 http://192.0.2.5:8080，"
                "后面不带斜杠和路径",
                f'"{value}" is no web origin; write it like https://hall.example.cn '
                "without a slash or a path at the end",
            )
        return value


class Hours(Part):
    """`[hours]`: sessions of each weekday as "HH:MM-HH:MM"; a day left out is closed."""

    always_open: bool = False
    mon: Words = ()
    tue: Words = ()
    wed: Words = ()
    thu: Words = ()
    fri: Words = ()
    sat: Words = ()
    sun: Words = ()

    @property
    def week(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Seven days from Monday; each day's sessions as (first, end) minutes since midnight."""
        days = (getattr(self, day) for day in DAYS)
        return tuple(tuple(session_minutes(text) for text in day) for day in days)


def session_minutes(text: str) -> tuple[int, int]:
    """Minutes since midnight of "08:30-12:00" -> (510, 720); ValueError when it is no session."""
    found = re.fullmatch(r"([0-9]{2}):([0-5][0-9])-([0-9]{2}):([0-5][0-9])", text)
    if not found:
        raise ValueError(text)
    hour, minute, last_hour, last_minute = (int(part) for part in found.groups())
    first, end = hour * 60 + minute, last_hour * 60 + last_minute
    if not first < end <= 24 * 60:
        raise ValueError(text)
    return first, end


class Area(Part):
    """`[[areas]]`: a waiting area; calls are spoken and shown in the counter's area."""

    code: Slug
    name: Name


class Service(Part):
    """`[[services]]`: what a citizen chooses at the kiosk (业务)."""

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$")]
    name: Name
    name_en: Name
    prefix: Letter
    icon: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] = "file-text"
    examples: Annotated[str, Field(max_length=60)] = ""
    examples_en: Annotated[str, Field(max_length=80)] = ""
    area: str
    hours: ServiceHours = ServiceHours()
    daily_quota: Annotated[int, Field(ge=0, le=99_999)] = 0
    bands: Annotated[tuple[Band, ...], Strict(False)] = ()
    warn_waiting: Annotated[int, Field(ge=0, le=9999)] = 0
    slots: Annotated[tuple[Slot, ...], Strict(False)] = ()


class Counter(Part):
    """`[[counters]]`: a counter (窗口) and the services that it takes."""

    no: Annotated[int, Field(ge=1, le=999)]
    name: Annotated[str, Field(max_length=40)] = ""
    area: str
    services: Annotated[tuple[str, ...], Field(min_length=1), Strict(False)]
    profile: str = ""
    rota: Annotated[tuple[Duty, ...], Strict(False)] = ()


class Platform(Part):
    """`[platform]`: the single-window platform that gets visits and cases."""

    url: str
    # Kept out of repr, so that no log line and no error shows it.
    secret: Annotated[str, Field(min_length=16, repr=False)]
    hold_s: Annotated[int, Field(ge=0, le=300)] = 30
    simulate: bool = False

    @property
    def simulated(self) -> bool:
        """Whether the simulators play the platform."""
        return self.url.startswith("sim://")

    @field_validator("url")
    @classmethod
    def _safe_url(cls, value: str) -> str:
        loopback = r"http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?(/\S*)?"
        if not re.fullmatch(rf"sim://platform|https://[A-Za-z0-9.-]+\S*|{loopback}", value):
            refuse(
                f"“{value}”不可用：平台地址须以 https:// 开头（本机可用 http://127.0.0.1），"
                "模拟平台写 sim://platform",
                f'"{value}" cannot be used: write https://… (http:// on loopback only) '
                "or sim://platform",
            )
        return value


Guide = Annotated[str, Field(max_length=300)]


class Item(Part):
    """One entry of the items file (事项). Limits in working days; 0 is "at once".

    `copies`: material -> how many, where it is not one ("复印件2"). The rest is for the one-time
    notice: basis, conditions, fee, steps and the place that the citizen goes to next.
    """

    code: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,39}$")]
    name: Name
    owner: Name
    service: str
    kind: ItemKind
    legal_days: Annotated[int, Field(ge=0, le=400)] | None = None
    promised_days: Annotated[int, Field(ge=0, le=400)] | None = None
    materials: Words = ()
    village: bool = False
    minutes: Annotated[int, Field(ge=1, le=240)] | None = None
    note: Annotated[str, Field(max_length=80)] = ""
    copies: Mapping[str, Annotated[str, Field(min_length=1, max_length=6)]] = {}
    basis: Guide = ""
    conditions: Guide = ""
    fee: Guide = ""
    steps: Guide = ""
    place: Guide = ""


class Settings(Part):
    """A whole, checked hall. Made by `config.settings.load` only."""

    model_config = ConfigDict(strict=True, frozen=True, arbitrary_types_allowed=True)

    path: Path
    hall: Hall
    hours: Hours
    areas: tuple[Area, ...]
    services: tuple[Service, ...]
    counters: tuple[Counter, ...]
    lines: tuple[Line, ...]
    printers: tuple[Printer, ...]
    leds: tuple[Led, ...]
    main_leds: tuple[MainLed, ...]
    templates: tuple[Template, ...]
    keypads: tuple[Keypad, ...]
    rating_boxes: tuple[RatingBox, ...]
    keys: Keys
    queue: Queue
    closing: Closing
    staffing: Staffing
    identity: Identity
    phone: Phone
    booking: Booking
    staff: tuple[Staff, ...]
    profiles: tuple[Profile, ...]
    posts: tuple[Post, ...]
    input_modules: tuple[InputModule, ...]
    issue_buttons: tuple[IssueButton, ...]
    scanners: tuple[Scanner, ...]
    card_readers: tuple[CardReader, ...]
    speakers: tuple[Speaker, ...]
    boards: tuple[Board, ...]
    platform: Platform
    items: tuple[Item, ...]
    texts: Texts
    ticket_layout: Layout
    notice_layout: NoticeLayout
    warnings: tuple[ConfigError, ...] = ()
    """What is no mistake and still worth a person's thought."""
    practice: bool = False
    """Whether new clerks practise: nothing counts, and every page says so."""

    @property
    def simulated(self) -> bool:
        """True when no real device, loudspeaker or platform is configured."""
        return all(name.startswith("sim://") for name in self._places)

    @property
    def simulates_anything(self) -> bool:
        """True when the simulators have at least one device, loudspeaker or platform to play."""
        return any(name.startswith("sim://") for name in self._places)

    @property
    def _places(self) -> tuple[str, ...]:
        ports = [line.port for line in self.lines]
        outputs = [one.output for one in self.speakers if one.output not in ("module", "board")]
        return (self.platform.url, *ports, *outputs, *self.pads)

    @property
    def pads(self) -> tuple[str, ...]:
        """The USB number pads: paths below /dev/input, or sim://<name>."""
        pressed = (*self.keypads, *self.rating_boxes, *self.issue_buttons)
        return tuple(one.usb for one in pressed if one.usb is not None)

    @property
    def device_ids(self) -> tuple[str, ...]:
        """Names of all devices: `printer:kiosk`, `led:1`, `keypad:1`, `rating-box:1`, …"""
        readers = tuple(reader for reader in self.card_readers if reader.enabled)
        groups = (
            self.printers, self.leds, self.main_leds, self.keypads, self.rating_boxes,
            self.input_modules, self.issue_buttons, self.scanners, readers, self.speakers,
            self.boards,
        )  # fmt: skip
        return tuple(device.device_id for group in groups for device in group)

    def service(self, code: str) -> Service:
        """The service of that code; KeyError when there is none."""
        return _only(self.services, "code", code)

    def counter(self, no: int) -> Counter:
        """The counter of that number; KeyError when there is none."""
        return _only(self.counters, "no", no)

    def line(self, name: str) -> Line:
        """The line of that name; KeyError when there is none."""
        return _only(self.lines, "name", name)

    def input_module(self, name: str) -> InputModule:
        """The input module of that id; KeyError when there is none."""
        return _only(self.input_modules, "id", name)

    def template(self, name: str) -> Template:
        """The described frames of that name; KeyError when there are none."""
        return _only(self.templates, "name", name)

    def item(self, code: str) -> Item:
        """The item of that code; KeyError when there is none."""
        return _only(self.items, "code", code)

    def with_public_url(self, url: str | None) -> Settings:
        """The same hall under another public address (for example another PORT)."""
        return self.model_copy(update={"hall": self.hall.model_copy(update={"public_url": url})})


def _only(parts: tuple[_Any, ...], field: str, value: object) -> _Any:
    for part in parts:
        if getattr(part, field) == value:
            return part
    raise KeyError(value)
