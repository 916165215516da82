"""Keypads, rating boxes and buttons against modules, pads, services and one another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from config.draft import Draft
from config.entry import Entry
from config.errors import Key, key_path
from config.inputs import PAD_KEY_NAMES, UNIT_KEY_NAMES
from config.poll_cycle import warn_of_missed_presses
from config.references import register

PRESSED = ("keypads", "rating_boxes", "issue_buttons")
_PLACES = ("line", "module", "usb")
_BAD_UP_TO = 2


def check_inputs(draft: Draft) -> None:
    """Note every mistake of what people press, and warn where presses can be missed."""
    for name in ("issue_buttons", "input_modules", "scanners", "card_readers"):
        draft.refuse_twice(name, "id")
    for device in _pressed(draft):
        _one_place(draft, device)
    _modules(draft)
    _pads(draft)
    for name in PRESSED:
        for device in draft.having(name, "keys"):
            _key_names(draft, name, device)
    for box in draft.having("rating_boxes", "keys"):
        _grades(draft, box)
    _services(draft)
    warn_of_missed_presses(draft)


def _pressed(draft: Draft) -> Iterator[Entry]:
    for name in PRESSED:
        yield from draft.lists.get(name, [])


def _one_place(draft: Draft, device: Entry) -> None:
    places = [place for place in _PLACES if place in device.written]
    if not places and isinstance(device.written, dict) and device.written:
        draft.error(
            (*device.key, "line"),
            "没写接在哪里：line 和 address、module、usb 三选一",
            "nothing says where it hangs: this key is missing; "
            "give line and address, or module, or usb",
        )
    for place in places[1:]:
        draft.error(
            (*device.key, place),
            f"已经写了 {places[0]}，接法只能有一种",
            f"{places[0]} is given already; it can hang in one place only",
        )
    if places == ["line"] and "address" not in device.written:
        draft.error(
            (*device.key, "address"),
            "缺少这一项，必须填写",
            "this key is missing and must be given",
        )
    if places and places[0] != "line" and "address" in device.written:
        draft.error(
            (*device.key, "address"),
            f"接在 {places[0]} 上不写 address",
            f"there is no address where it hangs on a {places[0]}",
        )


def _module_of(draft: Draft, device: Entry) -> Entry | None:
    """The module's row, None when it has none or several rows have its name."""
    wanted = device.get("module")
    rows = [row for row in draft.having("input_modules", "id") if row["id"] == wanted]
    return rows[0] if len(rows) == 1 else None


def _modules(draft: Draft) -> None:
    users = [device for device in _pressed(draft) if device.get("module") is not None]
    modules = register(draft, "input_modules", "id", [device["module"] for device in users])
    inputs: dict[tuple[str, str], Key] = {}
    outputs: dict[tuple[str, int], Key] = {}
    for device in users:
        if not modules.has(device["module"]):
            wanted = device["module"]
            draft.error(
                (*device.key, "module"),
                f"没有输入模块“{wanted}”",
                f'there is no input module "{wanted}"',
            )
            continue
        _inputs(draft, device, inputs)
        _outputs(draft, device, outputs)
    for device in _pressed(draft):
        for field in ("lamp", "buzzer"):
            if device.get(field) is not None and "module" not in device.written:
                draft.error(
                    (*device.key, field),
                    "只有接在 module 上时才写它，按键盒和评价器自带灯和蜂鸣器",
                    "is for a module's outputs only; units have a lamp and a buzzer of their own",
                )


def _inputs(draft: Draft, device: Entry, taken: dict[tuple[str, str], Key]) -> None:
    if "keys" not in device.written:
        draft.error(
            (*device.key, "keys"),
            '接在 module 上要写明每个输入的用处，如 { 1 = "next" }',
            'inputs of a module need their meaning, as in { 1 = "next" }',
        )
    module = _module_of(draft, device)
    for number in device.get("keys") or ():
        key = (*device.key, "keys", number)
        if re.fullmatch(r"[1-9][0-9]?", number) is None:
            continue  # told by its form
        most = module.get("inputs") if module else None
        if most is not None and int(number) > most:
            draft.error(key, f"模块只有 {most} 路输入", f"the module has {most} inputs only")
        place = device["module"], number
        if place in taken:
            first = key_path(taken[place])
            draft.error(
                key,
                f"输入 {number} 已被 {first} 占用",
                f"input {number} is taken by {first}",
            )
        taken.setdefault(place, device.key)


def _outputs(draft: Draft, device: Entry, taken: dict[tuple[str, int], Key]) -> None:
    module = _module_of(draft, device)
    most = module.get("outputs") if module else None
    for field in ("lamp", "buzzer"):
        number = device.get(field)
        if number is None:
            continue
        key = (*device.key, field)
        if most is not None and number > most:
            draft.error(
                key,
                f"模块只有 {most} 路输出（outputs）",
                f"the module has {most} outputs only; see its `outputs`",
            )
        place = device["module"], number
        if place in taken:
            first = key_path(taken[place])
            draft.error(
                key, f"输出 {number} 已被 {first} 占用", f"output {number} is taken by {first}"
            )
        taken.setdefault(place, key)


def _pads(draft: Draft) -> None:
    seen: dict[str, Key] = {}
    lines = draft.written("lines", "name")
    for device in _pressed(draft):
        path = device.get("usb")
        if path is None:
            if device.get("simulate") and device.has("usb"):
                draft.error(
                    (*device.key, "simulate"),
                    "这里的 simulate 只用于 USB 键盘；串口设备写在它的线路上",
                    "simulate is for USB pads here; for others write it at their line",
                )
            continue
        key = (*device.key, "usb")
        if path in seen:
            first = key_path(seen[path])
            draft.error(key, f"“{path}”重复，{first} 已经用了", f'"{path}" is used by {first}')
        seen.setdefault(path, device.key)
        if path.removeprefix("sim://") in lines:
            draft.error(key, "与一条线路重名，请换名字", "a line has this name; take another")


def _key_names(draft: Draft, name: str, device: Entry) -> None:
    where = next((place for place in _PLACES if device.get(place) is not None), None)
    if where is None:
        return
    where = "template" if device.get("template") is not None else where
    fits, zh, en = _form_of(name, where)
    for key in device["keys"]:
        if not fits(key):
            draft.error(
                (*device.key, "keys", key),
                f"没有“{key}”这个键；{zh}",
                f'no key "{key}"; {en}',
            )


def _form_of(name: str, where: str) -> tuple[Callable[[str], bool], str, str]:
    """How a key is written there: a test, and the sentence's end in both languages."""
    if where == "module":
        sentence = "写输入的编号，从 1 起", "write the number of the input, from 1"
        return lambda key: re.fullmatch(r"[1-9][0-9]?", key) is not None, *sentence
    if where == "template":
        sentence = "写键码，如 0C 或 0F 06", "write its code, as 0C or 0F 06"
        code = re.compile(r"[0-9A-F]{2}( [0-9A-F]{2}){0,15}")
        return lambda key: code.fullmatch(key) is not None, *sentence
    if where == "usb":
        known = PAD_KEY_NAMES if name != "rating_boxes" else tuple(map(str, range(10)))
        listed = ", ".join(known)
        return lambda key: key in known, f"可用：{listed}", f"there are: {listed}"
    if name == "rating_boxes":
        sentence = "写按键代码 0～255", "write the key's code, 0 to 255"
        return lambda key: key.isascii() and key.isdigit() and int(key) < 256, *sentence
    listed = ", ".join(UNIT_KEY_NAMES)
    return (
        lambda key: key in UNIT_KEY_NAMES or re.fullmatch(r"0x[0-9A-F]{2}", key) is not None,
        f"可用：{listed}，或代码如 0x2A",
        f"there are: {listed}, or a code such as 0x2A",
    )


def _grades(draft: Draft, box: Entry) -> None:
    grades = [grade for grade in box["keys"].values() if isinstance(grade, int)]
    key = (*box.key, "keys")
    if len(grades) != len(box["keys"]) or not grades or not 1 <= min(grades) <= max(grades) <= 5:
        return  # told at the grade itself
    if len(set(grades)) < len(grades):
        draft.error(key, "两个键不能是同一档评价", "two keys cannot give one and the same grade")
    elif min(grades) > _BAD_UP_TO or max(grades) <= _BAD_UP_TO:
        draft.error(
            key,
            "评价器要既能表示满意（3～5），也能表示不满意（1～2）",
            "a rating box must let people say satisfied (3 to 5) and dissatisfied (1 or 2)",
        )


def _services(draft: Draft) -> None:
    used = [
        (key, code)
        for button in draft.having("issue_buttons", "keys")
        for key, code in ((((*button.key, "keys", k)), c) for k, c in button["keys"].items())
        if isinstance(code, str)
    ]
    services = register(draft, "services", "code", [code for _, code in used])
    for key, code in used:
        if not services.has(code):
            draft.error(key, f"没有业务“{code}”", f'there is no service "{code}"')
