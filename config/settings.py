"""The hall's configuration: `load` reads a hall file and tells every mistake at once.

The only door of this room: other rooms import from here and from no other module of config.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.charset import (
    REPLACEMENTS,
    Charset,
    UnencodableText,
    decode_text,
    encode_text,
    plain_text,
    printable_text,
)
from config.checks import check
from config.draft import Draft, read_toml
from config.entry import read_entry
from config.equipment import Board, Line, Printer, Speaker
from config.errors import ConfigError, ConfigErrors
from config.faults import FAULTS, Fault, fault
from config.hall_text import append_table, set_keys
from config.inputs import (
    FUNCTIONS,
    UNIT_KEY_NAMES,
    UNIT_KEYS,
    CardReader,
    InputModule,
    IssueButton,
    Keypad,
    Keys,
    RatingBox,
    Scanner,
)
from config.messages import (
    FOLDER,
    LANGUAGES,
    Problem,
    Texts,
    flatten,
    message,
    phrase,
    placeholders,
    problem,
    shipped,
)
from config.models import (
    DAYS,
    PRIORITIES,
    Area,
    Counter,
    Hall,
    Hours,
    Item,
    Platform,
    Service,
    Settings,
    session_minutes,
)
from config.part import Part
from config.poll_cycle import cycle_ms
from config.practice import practice_tables, practised
from config.queue import (
    Booking,
    Closing,
    Identity,
    Phone,
    Post,
    Profile,
    Queue,
    Staff,
    Staffing,
)
from config.scenario import (
    Scenario,
    ScenarioStep,
    load_scenario,
    shipped_scenario,
    shipped_scenarios,
)
from config.simulated import KEY as SIMULATE
from config.simulated import simulate as simulated_tables
from config.slips import Layout, NoticeLayout, SlipPart, layout_file, shipped_layout, shipped_notice
from config.strips import Led, LedFace, MainLed, Template

__all__ = [
    "DAYS", "FAULTS", "FUNCTIONS", "LANGUAGES", "PRIORITIES", "REPLACEMENTS", "UNIT_KEYS",
    "UNIT_KEY_NAMES", "Area", "Board", "Booking", "CardReader", "Charset", "Closing", "ConfigError",
    "ConfigErrors", "Counter", "Fault", "Hall", "Hours", "Identity", "InputModule", "IssueButton",
    "Item", "Keypad", "Keys", "Layout", "Led", "LedFace", "Line", "MainLed",
    "NoticeLayout", "Phone", "Platform",
    "Post", "Printer", "Problem", "Profile", "Queue", "RatingBox", "Scanner", "Scenario",
    "ScenarioStep", "Service", "Settings", "SlipPart", "Speaker", "Staff", "Staffing", "Template",
    "Texts", "UnencodableText", "append_table", "cycle_ms", "decode_text", "encode_text", "fault",
    "flatten", "load", "load_scenario", "message", "phrase", "placeholders", "plain_text",
    "printable_text", "problem", "session_minutes", "set_keys", "shipped", "shipped_layout",
    "shipped_notice",
    "shipped_scenario", "shipped_scenarios",
]  # fmt: skip

_TABLES: dict[str, type[Part]] = {"hall": Hall, "hours": Hours, "platform": Platform}
_LAYOUTS: dict[str, tuple[str, type[Part]]] = {
    "ticket_layout": ("ticket.toml", Layout),
    "notice_layout": ("notice.toml", NoticeLayout),
}
_OPTIONAL: dict[str, type[Part]] = {
    "keys": Keys,
    "queue": Queue,
    "closing": Closing,
    "staffing": Staffing,
    "identity": Identity,
    "phone": Phone,
    "booking": Booking,
}
_LISTS: dict[str, type[Part]] = {
    "areas": Area,
    "services": Service,
    "counters": Counter,
    "staff": Staff,
    "profiles": Profile,
    "posts": Post,
    "lines": Line,
    "printers": Printer,
    "leds": Led,
    "main_leds": MainLed,
    "templates": Template,
    "keypads": Keypad,
    "rating_boxes": RatingBox,
    "input_modules": InputModule,
    "issue_buttons": IssueButton,
    "scanners": Scanner,
    "card_readers": CardReader,
    "speakers": Speaker,
    "boards": Board,
}


def load(path: str | Path, *, simulate: bool = False, practice: bool = False) -> Settings:
    """Read and check a hall file with its items file and the texts.

    simulate: as if the file said `simulate = true`. practice: as new clerks practise with it
    (`config.practice`). Raises ConfigErrors with all mistakes of all files. Source of the rules:
    issue 2, item 3.
    """
    path = Path(path)
    draft = Draft(file=str(path))
    raw = read_toml(path, draft.file, draft.errors)
    if raw is not None:
        draft.raw = simulated_tables(raw, simulate)
        if practice:
            draft.raw = practice_tables(draft.raw)
        _read_hall(draft)
        _read_items(draft, path)
        _read_layouts(draft, path)
    _read_texts(draft)
    check(draft)
    if draft.errors or draft.texts is None:
        raise ConfigErrors(draft.errors)
    settings = _settings(draft, draft.texts, path)
    return practised(settings) if practice else settings


def _read_hall(draft: Draft) -> None:
    draft.refuse_unknown((*_TABLES, *_OPTIONAL, *_LISTS, "items", *_LAYOUTS, SIMULATE))
    if not isinstance(draft.raw.get(SIMULATE, False), bool):
        draft.error((SIMULATE,), "这里要写 true 或 false", "must be true or false")
    for name, model in _TABLES.items():
        draft.read_table(name, model)
    for name, entry in _LISTS.items():
        draft.read_list(name, entry)
    for name, model in _OPTIONAL.items():
        if name in draft.raw:
            draft.read_table(name, model)


def _read_items(draft: Draft, hall: Path) -> None:
    """The items file lies beside the hall file, or is one that came with the product."""
    named = draft.raw.get("items")
    if not isinstance(named, str):
        draft.error(
            ("items",),
            '缺少事项文件名，如 items = "items-demo.toml"',
            'the name of the items file is missing, as in items = "items-demo.toml"',
        )
        return
    beside, ours = hall.parent / named, FOLDER / named
    path = beside if beside.exists() or not ours.exists() else ours
    draft.items_file = str(path)
    raw = read_toml(path, draft.items_file, draft.errors)
    if raw is None:
        return
    for name in sorted(raw.keys() - {"items"}):
        draft.error((name,), "事项文件里只写 [[items]]", "only [[items]] is read", str(path))
    draft.read_list("items", Item, raw=raw.get("items", []), file=str(path))


def _read_layouts(draft: Draft, hall: Path) -> None:
    """A slip's layout lies beside the hall file, or is one that came with the product."""
    for key, (usual, model) in _LAYOUTS.items():
        named = draft.raw.get(key, usual)
        if not isinstance(named, str):
            draft.error(
                (key,),
                f'这里要写版式文件名，如 {key} = "{usual}"',
                f'must be the name of a layout file, as in {key} = "{usual}"',
            )
            continue
        path = layout_file(hall, named)
        raw = read_toml(path, str(path), draft.errors)
        if raw is not None:
            draft.layouts[key], found = read_entry(model, raw, (), str(path))
            draft.errors += found


def _read_texts(draft: Draft) -> None:
    flat: dict[str, dict[str, str]] = {}
    for name in ("texts/zh.toml", "texts/en.toml", "phrases.toml"):
        path = FOLDER / name
        raw = read_toml(path, str(path), draft.errors)
        if raw is None:
            continue
        try:
            flat[path.stem] = flatten(raw)
        except TypeError as error:
            draft.error((str(error),), "这里要写文字", "must be a text", str(path))
    if len(flat) == 3:
        draft.texts = Texts({lang: flat[lang] for lang in LANGUAGES}, flat["phrases"])


def _settings(draft: Draft, texts: Texts, path: Path) -> Settings:
    parts: dict[str, Any] = {
        name: tuple(entry.part for entry in entries) for name, entries in draft.lists.items()
    }
    parts |= {name: entry.part for name, entry in draft.tables.items()}
    for name, model in _OPTIONAL.items():
        parts.setdefault(name, model())
    parts |= {key: entry.part for key, entry in draft.layouts.items()}
    return Settings(path=path, texts=texts, warnings=tuple(draft.warnings), **parts)
