"""What no table can know alone: references, duplicates and hours.

Lines and devices are checked in `config.wiring`, texts in `config.wording`. Each check takes the
values that it needs and passes over the ones that are wrong by themselves: those were told.
"""

from __future__ import annotations

from config.draft import Draft
from config.entry import Entry
from config.errors import key_path
from config.input_checks import check_inputs
from config.models import DAYS
from config.queue_checks import check_queue, check_sessions
from config.references import Register, register
from config.speaker_checks import check_readings, check_speakers
from config.strip_checks import check_strips
from config.wiring import check_wiring
from config.wording import check_wording

# More items than this with one unknown service are no slips: the hall lacks the service.
_SLIPS = 3


def check(draft: Draft) -> None:
    """Note every mistake between tables, on the lines, and in the texts of the draft."""
    if draft.lists:
        _hours(draft)
        for name in ("areas", "services", "counters"):
            _need_one(draft, name)
        _areas(draft)
        _services(draft)
        _counters(draft)
        _keys(draft)
        _items(draft)
        check_queue(draft)
        check_wiring(draft)
        check_inputs(draft)
        check_strips(draft)
        check_speakers(draft)
    check_readings(draft)
    check_wording(draft)


def _hours(draft: Draft) -> None:
    hours = draft.tables.get("hours")
    if hours is None:
        return
    closed = hours.has("always_open", *DAYS) and not any(hours[day] for day in DAYS)
    if closed and not hours["always_open"]:
        draft.error(
            ("hours",),
            "没有任何开放时间；全天开放请写 always_open = true",
            "there are no opening hours; for a hall that never closes write always_open = true",
        )
    for day in DAYS:
        check_sessions(draft, hours.each(day))


def _areas(draft: Draft) -> None:
    draft.refuse_twice("areas", "code")
    users = [
        entry
        for name in ("services", "counters", "speakers", "boards", "main_leds")
        for entry in draft.having(name, "area")
    ]
    areas = register(draft, "areas", "code", [entry["area"] for entry in users])
    for entry in users:
        area = entry["area"]
        if not areas.has(area):
            draft.error((*entry.key, "area"), f"没有区域“{area}”", f'there is no area "{area}"')


def _services(draft: Draft) -> None:
    draft.refuse_twice("services", "code")
    draft.refuse_twice("services", "prefix")
    for entry in draft.having("services", "prefix"):
        prefix = entry["prefix"]
        if prefix in ("I", "O"):
            draft.error(
                (*entry.key, "prefix"),
                f"字头 {prefix} 容易看成数字，请换一个字母",
                f"prefix {prefix} is easily read as a digit; take another letter",
            )
    if draft.is_told(("counters",)) or not all(_tells_all(e) for e in draft.lists["counters"]):
        return  # what a counter takes is not known, so it may take any of them
    taken = {code for entry in draft.lists["counters"] for _, code in entry.each("services")}
    for entry in draft.having("services", "code"):
        code = entry["code"]
        if code not in taken:
            draft.error(
                (*entry.key, "code"),
                f"业务 {code} 没有窗口办理，请写进某个窗口的 services",
                f"no counter takes service {code}; name it in a counter's services",
            )


def _tells_all(counter: Entry) -> bool:
    return counter.has("services") and None not in counter["services"]


def _counters(draft: Draft) -> None:
    draft.refuse_twice("counters", "no")
    services = _known_services(draft)
    for entry in draft.lists["counters"]:
        seen = set()
        for key, code in entry.each("services"):
            if not services.has(code):
                draft.error(key, f"没有业务“{code}”", f'there is no service "{code}"')
            elif code in seen:
                draft.error(
                    key, f"业务 {code} 在这个窗口写了两次", f"service {code} is named twice here"
                )
            seen.add(code)


def _known_services(draft: Draft) -> Register:
    used = [code for counter in draft.lists["counters"] for _, code in counter.each("services")]
    used += [item["service"] for item in draft.having("items", "service")]
    return register(draft, "services", "code", used)


def _keys(draft: Draft) -> None:
    keys = draft.tables.get("keys")
    seen: dict[str, str] = {}
    for command, digit in keys.valid.items() if keys else ():
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
    services = _known_services(draft)
    unknown: dict[str, list[Entry]] = {}
    for entry in draft.having("items", "service"):
        if not services.has(entry["service"]):
            unknown.setdefault(entry["service"], []).append(entry)
    for service, entries in unknown.items():
        if len(entries) <= _SLIPS:
            for entry in entries:
                _no_service(draft, entry, service, _code(entry))
        elif not services.unclear:
            codes = "、".join(_code(entry) for entry in entries)
            _no_service(draft, entries[0], service, codes)
    for entry in draft.lists["items"]:
        _limits(draft, entry)


def _no_service(draft: Draft, entry: Entry, service: str, codes: str) -> None:
    draft.error(
        (*entry.key, "service"),
        f"{codes}：大厅没有业务“{service}”",
        f'{codes}: the hall has no service "{service}"',
        draft.items_file,
    )


def _limits(draft: Draft, item: Entry) -> None:
    key, code = (*item.key, "promised_days"), _code(item)
    legal, promised = item.get("legal_days"), item.get("promised_days")
    if item.get("kind") == "promised" and item.has("promised_days") and promised is None:
        draft.error(
            key,
            f"{code} 是承诺件，要写承诺时限",
            f"{code} is a promised item and needs its promised days",
            draft.items_file,
        )
    if legal is not None and promised is not None and promised > legal:
        draft.error(
            key,
            f"{code} 的承诺时限比法定时限（{legal} 个工作日）长",
            f"{code} promises more than the legal {legal} working days",
            draft.items_file,
        )


def _code(item: Entry) -> str:
    return str(item.get("code") or key_path(item.key))


def _need_one(draft: Draft, name: str) -> None:
    """Note an empty list where the hall cannot do without."""
    if not draft.raw.get(name):
        draft.error((name,), f"至少要写一个 [[{name}]]", f"at least one [[{name}]] is needed")
