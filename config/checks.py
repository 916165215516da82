"""What no table can know alone: references, duplicates and hours.

Lines and devices are checked in `config.wiring`, texts in `config.wording`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from config.draft import Draft, Entry
from config.errors import Key
from config.models import DAYS, Hours, Item, session_minutes
from config.wiring import check_wiring
from config.wording import check_wording


def check(draft: Draft) -> None:
    """Note every mistake between tables, on the lines, and in the texts of the draft."""
    if draft.lists:
        _hours(draft)
        _areas(draft)
        _services(draft)
        _counters(draft)
        _keys(draft)
        _items(draft)
        check_wiring(draft)
    if draft.texts is not None:
        check_wording(draft, draft.texts)


def _hours(draft: Draft) -> None:
    hours = draft.tables.get("hours")
    if not isinstance(hours, Hours):
        return
    if not hours.always_open and not any(getattr(hours, day) for day in DAYS):
        draft.error(
            ("hours",),
            "没有任何开放时间；全天开放请写 always_open = true",
            "there are no opening hours; for a hall that never closes write always_open = true",
        )
    for day in DAYS:
        _sessions(draft, day, getattr(hours, day))


def _sessions(draft: Draft, day: str, texts: Iterable[str]) -> None:
    seen: list[tuple[int, int, str]] = []
    for place, text in enumerate(texts):
        key: Key = ("hours", day, place)
        try:
            first, end = session_minutes(text)
        except ValueError:
            draft.error(
                key,
                f"“{text}”不是时间段，应像 08:30-12:00，先早后晚",
                f'"{text}" is no session; write it like 08:30-12:00, the earlier time first',
            )
            continue
        for other_first, other_end, other in seen:
            if first < other_end and other_first < end:
                draft.error(key, f"{text} 与 {other} 重叠", f"{text} overlaps {other}")
        seen.append((first, end, text))


def _areas(draft: Draft) -> None:
    _need_one(draft, "areas")
    draft.refuse_twice("areas", "code")
    for name in ("services", "counters", "speakers", "boards"):
        for entry in draft.lists[name]:
            _unknown_area(draft, entry)


def _services(draft: Draft) -> None:
    _need_one(draft, "services")
    draft.refuse_twice("services", "code")
    draft.refuse_twice("services", "prefix")
    counters = draft.raw.get("counters", [])
    taken = {
        code
        for counter in (counters if isinstance(counters, list) else [])
        if isinstance(counter, dict) and isinstance(counter.get("services"), list)
        for code in counter["services"]
        if isinstance(code, str)
    }
    for entry in draft.lists["services"]:
        service = entry.part
        if service.prefix in ("I", "O"):
            draft.error(
                (*entry.key, "prefix"),
                f"字头 {service.prefix} 容易看成数字，请换一个字母",
                f"prefix {service.prefix} is easily read as a digit; take another letter",
            )
        if service.code not in taken:
            draft.error(
                (*entry.key, "code"),
                f"业务 {service.code} 没有窗口办理，请写进某个窗口的 services",
                f"no counter takes service {service.code}; name it in a counter's services",
            )


def _counters(draft: Draft) -> None:
    _need_one(draft, "counters")
    draft.refuse_twice("counters", "no")
    services = draft.written("services", "code")
    for entry in draft.lists["counters"]:
        seen = set()
        for place, code in enumerate(entry.part.services):
            key = (*entry.key, "services", place)
            if code not in services:
                draft.error(key, f"没有业务“{code}”", f'there is no service "{code}"')
            elif code in seen:
                draft.error(
                    key, f"业务 {code} 在这个窗口写了两次", f"service {code} is named twice here"
                )
            seen.add(code)


def _keys(draft: Draft) -> None:
    keys = draft.tables.get("keys")
    seen: dict[str, str] = {}
    for command, digit in keys or ():
        if digit is None:
            continue
        if digit in seen:
            draft.error(
                ("keys", command),
                f"数字键 {digit} 已经用于 {seen[digit]}",
                f"digit {digit} already stands for {seen[digit]}",
            )
        seen.setdefault(digit, command)


def _items(draft: Draft) -> None:
    if "items" not in draft.lists:
        return
    draft.refuse_twice("items", "code", draft.items_file)
    services = draft.written("services", "code")
    for entry in draft.lists["items"]:
        item: Item = entry.part
        if item.service not in services:
            draft.error(
                (*entry.key, "service"),
                f"{item.code}：大厅没有业务“{item.service}”",
                f'{item.code}: the hall has no service "{item.service}"',
                draft.items_file,
            )
        if item.kind == "promised" and item.promised_days is None:
            draft.error(
                (*entry.key, "promised_days"),
                f"{item.code} 是承诺件，要写承诺时限",
                f"{item.code} is a promised item and needs its promised days",
                draft.items_file,
            )
        if (item.promised_days or 0) > (item.legal_days or item.promised_days or 0):
            draft.error(
                (*entry.key, "promised_days"),
                f"{item.code} 的承诺时限比法定时限（{item.legal_days} 个工作日）长",
                f"{item.code} promises more than the legal {item.legal_days} working days",
                draft.items_file,
            )


def _need_one(draft: Draft, name: str) -> None:
    """Note an empty list where the hall cannot do without."""
    if not draft.raw.get(name):
        draft.error((name,), f"至少要写一个 [[{name}]]", f"at least one [[{name}]] is needed")


def _unknown_area(draft: Draft, entry: Entry[Any]) -> None:
    """Note an area that no [[areas]] has."""
    area = entry.part.area
    if area not in draft.written("areas", "code"):
        draft.error((*entry.key, "area"), f"没有区域“{area}”", f'there is no area "{area}"')
