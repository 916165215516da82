"""What the queue's tables cannot know alone: services, counters and staff that they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from config.draft import Draft
from config.entry import Entry
from config.errors import Key
from config.models import DAYS, session_minutes
from config.references import register


def check_queue(draft: Draft) -> None:
    """Note every mistake in profiles, posts, staff, rotas, bands, slots and service hours."""
    for name in ("staff", "profiles", "posts"):
        draft.refuse_twice(name, "id" if name == "staff" else "name")
    _prefixes(draft)
    _patience(draft)
    _profiles(draft)
    _posts(draft)
    _staffing(draft)
    for service in draft.lists["services"]:
        _service(draft, service)
    for counter in draft.lists["counters"]:
        _counter(draft, counter)


def check_sessions(draft: Draft, day: Iterable[tuple[Key, str]]) -> None:
    """Note what is no session "HH:MM-HH:MM" or overlaps another of its day."""
    seen: list[tuple[int, int, str]] = []
    for key, text in day:
        found = _session(draft, key, text)
        if found is None:
            continue
        first, end = found
        for other_first, other_end, other in seen:
            if first < other_end and other_first < end:
                draft.error(key, f"{text} 与 {other} 重叠", f"{text} overlaps {other}")
        seen.append((first, end, text))


def _session(draft: Draft, key: Key, text: str) -> tuple[int, int] | None:
    try:
        return session_minutes(text)
    except ValueError:
        draft.error(
            key,
            f"“{text}”不是时间段，应像 08:30-12:00，先早后晚",
            f'"{text}" is no session; write it like 08:30-12:00, the earlier time first',
        )
        return None


def _prefixes(draft: Draft) -> None:
    queue = draft.tables.get("queue")
    own = {"test_prefix": "T", "card_prefix": "K"}
    if queue is not None:
        own = {name: queue[name] for name in own if queue.has(name)}
    if len(own) == 2 and own["test_prefix"] == own["card_prefix"]:
        draft.error(
            ("queue", "card_prefix"),
            "测试号和纸质号牌要用不同的字头",
            "test tickets and pre-printed cards need different prefixes",
        )
    for entry in draft.having("services", "prefix"):
        for name, letter in own.items():
            if entry["prefix"] == letter:
                draft.error(
                    (*entry.key, "prefix"),
                    f"字头 {letter} 已留给 [queue] 的 {name}",
                    f"prefix {letter} is taken by {name} of [queue]",
                )


def _patience(draft: Draft) -> None:
    """A no-show needs so many calls; the limit of recalls must leave room for them."""
    queue = draft.tables.get("queue")
    if queue is None or not queue.has("recall_limit", "no_show_calls"):
        return
    limit, needed = queue["recall_limit"], queue["no_show_calls"]
    if limit and needed > limit + 1:
        draft.error(
            ("queue", "no_show_calls"),
            f"要叫满 {needed} 次才能过号，但最多只能重呼 {limit} 次",
            f"a no-show needs {needed} calls, but a number may be recalled {limit} times only",
        )


def _profiles(draft: Draft) -> None:
    services = register(draft, "services", "code", [])
    for entry in draft.lists["profiles"]:
        for key, condition in entry.each("conditions"):
            code = condition["service"] if isinstance(condition, dict) else condition.service
            if not services.has(code):
                _no_service(draft, (*key, "service"), code)
        for code in entry.get("ratios") or {}:
            if not services.has(code):
                _no_service(draft, (*entry.key, "ratios", code), code)


def _no_service(draft: Draft, key: Key, code: str) -> None:
    draft.error(key, f"没有业务“{code}”", f'there is no service "{code}"')


def _posts(draft: Draft) -> None:
    counters = register(draft, "counters", "no", [])
    for entry in draft.lists["posts"]:
        if entry.has("counter") and not counters.has(entry["counter"]):
            no = entry["counter"]
            draft.error((*entry.key, "counter"), f"没有 {no} 号窗口", f"there is no counter {no}")
        if entry.has("a", "b") and entry["a"] == entry["b"]:
            draft.error(
                (*entry.key, "b"),
                "B 岗不能与 A 岗是同一个人",
                "clerk B of a post must be another person than clerk A",
            )
        for field in ("a", "b"):
            if entry.has(field):
                _known_staff(draft, (*entry.key, field), entry[field])


def _staffing(draft: Draft) -> None:
    staffing = draft.tables.get("staffing")
    if staffing is None:
        return
    for key, staff in staffing.each("call_rights"):
        _known_staff(draft, key, staff)
    if staffing.get("sign_in") and not draft.raw.get("staff"):
        draft.error(
            ("staffing", "sign_in"),
            "要求登录时，至少写一个 [[staff]]",
            "at least one [[staff]] is needed where clerks sign in",
        )


def _known_staff(draft: Draft, key: Key, staff: str) -> None:
    if not register(draft, "staff", "id", []).has(staff):
        draft.error(key, f"没有工号“{staff}”", f'there is no staff id "{staff}"')


def _service(draft: Draft, entry: Entry) -> None:
    hours = entry.get("hours")
    for day in DAYS if hours is not None else ():
        texts = hours.get(day, ()) if isinstance(hours, dict) else getattr(hours, day)
        key = (*entry.key, "hours", day)
        check_sessions(draft, [((*key, place), text) for place, text in enumerate(texts)])
    for key, band in entry.each("bands"):
        _session(draft, (*key, "band"), _field(band, "band"))
    for key, slot in entry.each("slots"):
        minutes = _session(draft, (*key, "hours"), _field(slot, "hours"))
        length = _field(slot, "minutes")
        if minutes is not None and (minutes[1] - minutes[0]) % length:
            draft.error(
                (*key, "minutes"),
                f"{_field(slot, 'hours')} 不能整分成 {length} 分钟一段",
                f"{_field(slot, 'hours')} cannot be cut into parts of {length} minutes",
            )


def _counter(draft: Draft, entry: Entry) -> None:
    profile = entry.get("profile")
    if profile and not register(draft, "profiles", "name", []).has(profile):
        draft.error(
            (*entry.key, "profile"),
            f"没有叫号方案“{profile}”",
            f'there is no profile "{profile}"',
        )
    services = register(draft, "services", "code", [])
    for key, duty in entry.each("rota"):
        _session(draft, (*key, "hours"), _field(duty, "hours"))
        for place, code in enumerate(_field(duty, "services") or ()):
            if not services.has(code):
                _no_service(draft, (*key, "services", place), code)


def _field(part: Any, name: str) -> Any:
    return part.get(name) if isinstance(part, dict) else getattr(part, name)
