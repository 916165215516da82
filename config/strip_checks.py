"""LED strips against their protocols, and whether a described frame can be made and found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from config.draft import Draft
from config.entry import Entry
from config.errors import key_path
from config.references import register

# protocol -> the largest address that is one strip's (FFFE, FFFF, FF are broadcasts)
_LAST: Mapping[str, int] = {"onbon-bx": 0xFFFD, "lumen-cpower": 0xFE, "led485": 247, "alpha": 0xFF}
# key -> the protocols that know it
_KNOWN_BY: Mapping[str, tuple[str, ...]] = {
    "font_px": ("onbon-bx", "lumen-cpower"),
    "columns": ("led485", "template"),
    "shows": ("led485",),
    "first_register": ("led485",),
    "template": ("template",),
}
_CARRIED = {"address", "value", "text", "data", "key", "colour", "effect"}
STRIPS = ("leds", "main_leds")
_SCREENS = ("onbon-bx", "lumen-cpower")
_BOXES = ("keypads", "rating_boxes", "issue_buttons")


def check_strips(draft: Draft) -> None:
    """Note every mistake of the strips and of the described frames."""
    draft.refuse_twice("templates", "name")
    for template in draft.lists.get("templates", []):
        _template(draft, template)
    draft.refuse_twice("main_leds", "id")
    for name in STRIPS:
        for led in draft.having(name, "protocol"):
            _strip(draft, led)
    for led in draft.having("main_leds", "protocol", "rows", "font_px", "height_px"):
        _rows(draft, led)
    _templates_of_strips(draft)
    _templates_of_boxes(draft)
    _one_template_per_line(draft)


# --- strips


def _strip(draft: Draft, led: Entry) -> None:
    protocol = led["protocol"]
    last = _LAST.get(protocol, 0xFFFF)
    if led.has("address") and led["address"] > last:
        draft.error(
            (*led.key, "address"),
            f"{protocol} 的地址最大是 {last}",
            f"addresses of {protocol} go up to {last}",
        )
    for name, protocols in _KNOWN_BY.items():
        if name in led.written and protocol not in protocols:
            known = ", ".join(protocols)
            draft.error(
                (*led.key, name),
                f"{protocol} 条屏没有这一项，只用于 {known}",
                f"strips of {protocol} do not have this; it is for {known}",
            )
    if led.has("font_px", "height_px") and led["font_px"] > led["height_px"]:
        draft.error(
            (*led.key, "font_px"),
            f"字高 {led['font_px']} 点，条屏只有 {led['height_px']} 点高",
            f"letters of {led['font_px']} px do not fit a strip of {led['height_px']} px",
        )
    if protocol == "template" and "template" not in led.written:
        draft.error(
            (*led.key, "template"),
            "没写用哪个 [[templates]]",
            "nothing says which of the [[templates]] it speaks",
        )


def _rows(draft: Draft, led: Entry) -> None:
    """Calls stand above each other on cards with a screen only."""
    lines = led["height_px"] // led["font_px"] if led["protocol"] in _SCREENS else 1
    if led["rows"] is not None and led["rows"] > lines:
        draft.error(
            (*led.key, "rows"),
            f"这块屏只有 {lines} 行",
            f"this screen has {lines} lines",
        )


def _templates_of_strips(draft: Draft) -> None:
    leds = [
        led
        for name in STRIPS
        for led in draft.having(name, "template")
        if led["template"] is not None
    ]
    templates = register(draft, "templates", "name", [led["template"] for led in leds])
    for led in leds:
        name, key = led["template"], (*led.key, "template")
        if not templates.has(name):
            draft.error(key, f"没有描述“{name}”", f'there is no template "{name}"')
            continue
        for template in draft.having("templates", "name", "frame"):
            if template["name"] == name and not {"text", "value"} & set(_names(template)):
                draft.error(
                    key,
                    f"描述“{name}”里没有 text 也没有 value，条屏显示不了字",
                    f'template "{name}" has neither text nor value: a strip shows nothing by it',
                )


def _templates_of_boxes(draft: Draft) -> None:
    boxes = [
        (name, box)
        for name in _BOXES
        for box in draft.having(name, "template")
        if box["template"] is not None
    ]
    templates = register(draft, "templates", "name", [box["template"] for _, box in boxes])
    for name, box in boxes:
        wanted, key = box["template"], (*box.key, "template")
        if "line" not in box.written:
            draft.error(
                key,
                "只有接在 line 上的按键盒才写它",
                "is for boxes on a line only",
            )
        elif not templates.has(wanted):
            draft.error(key, f"没有描述“{wanted}”", f'there is no template "{wanted}"')
        for template in draft.having("templates", "name", "frame", "keys", "grades"):
            if template["name"] == wanted:
                _keys_of_box(draft, name, box, template)


def _keys_of_box(draft: Draft, name: str, box: Entry, template: Entry) -> None:
    usual = {"keypads": "keys", "rating_boxes": "grades"}.get(name)
    has_keys = box.get("keys") or (usual is not None and template[usual])
    if "key" not in _names(template) or not has_keys:
        draft.error(
            (*box.key, "template"),
            f"描述“{template['name']}”没有 key 或按键表，不能用在这里",
            f'template "{template["name"]}" has no key or no table of keys: it cannot be used here',
        )


def _one_template_per_line(draft: Draft) -> None:
    first: dict[str, Entry] = {}
    speaking = [
        device
        for name in (*STRIPS, *_BOXES)
        for device in draft.having(name, "line", "template")
        if device["template"] and device["line"]
    ]
    for led in speaking:
        known = first.setdefault(led["line"], led)
        if known["template"] != led["template"]:
            draft.error(
                (*led.key, "template"),
                f"线路 {led['line']} 上 {key_path(known.key)} 用的是“{known['template']}”，"
                "一条线路只能用一个描述",
                f'{key_path(known.key)} on line {led["line"]} speaks "{known["template"]}"; '
                "one line has one template",
            )


# --- described frames


def _template(draft: Draft, template: Entry) -> None:
    for field in ("frame", "reply", "refusal"):
        if template.get(field) is not None and None not in template[field]:
            _frame(draft, template, field)
    for choice, table in (("colour", "colours"), ("effect", "effects")):
        _table(draft, template, choice, table)
    if template.has("frame") and (template.get("keys") or template.get("grades")):
        _key_box(draft, template)


def _frame(draft: Draft, template: Entry, field: str) -> None:
    parts = template[field]
    free = [place for place, part in enumerate(parts) if part in ("text", "data")]
    lengths = [place for place, part in enumerate(parts) if part.startswith("length")]
    for place in free[1:]:
        draft.error(
            (*template.key, field, place),
            "一帧里只能有一个 text 或 data",
            "a frame has one text or one data at most",
        )
    for place in lengths:
        if free and place > free[0]:
            draft.error(
                (*template.key, field, place),
                "长度要写在 text 或 data 前面",
                "a length stands before the text or data",
            )
    if free and not lengths and not _ends(template, field, free[0]):
        draft.error(
            (*template.key, field, free[0]),
            "看不出文字到哪里为止：前面写 length，或后面写固定字节，或写 text_size",
            "nothing says where it ends: write a length before it, fixed bytes behind it, "
            "or text_size",
        )
    if field == "frame" or not template.has("frame"):
        return
    lacking = _CARRIED - set(_names(template))
    for place, name in enumerate(_names(template, field)):
        if name in lacking:
            draft.error(
                (*template.key, field, place),
                f"frame 里没有 {name}，{field} 里也不能有",
                f"the frame has no {name}, so {field} cannot have one",
            )


def _ends(template: Entry, field: str, free: int) -> bool:
    """Whether a text or data without a length has an end that can be found."""
    if template[field][free] == "text" and template.get("text_size") is not None:
        return True
    return any(re.fullmatch(r"[0-9A-F ]+", part) for part in template[field][free + 1 :])


def _table(draft: Draft, template: Entry, choice: str, table: str) -> None:
    if not template.has("frame", table):
        return
    codes = template[table]
    if choice in _names(template) and not codes:
        draft.error(
            (*template.key, table),
            f"frame 里有 {choice}，要写出每种的字节",
            f"the frame has a {choice}: give the bytes of each",
        )
    sizes = {len(code) for code in codes.values()}
    if len(sizes) > 1 or len(set(codes.values())) < len(codes):
        draft.error(
            (*template.key, table),
            "每种的字节数要一样多，内容不能相同",
            "all must have as many bytes, and no two the same",
        )


def _key_box(draft: Draft, template: Entry) -> None:
    if "key" not in _names(template):
        draft.error(
            (*template.key, "frame"),
            "有按键表，frame 里却没有 key",
            "there are keys, and the frame has no key",
        )


def _names(template: Entry, field: str = "frame") -> Iterator[str]:
    """What each part of a frame is, without its form."""
    for part in template.get(field) or ():
        yield (part or "").partition(":")[0]
