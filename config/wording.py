"""Texts: their placeholders, and every character against the devices that must show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Formatter

from config.charset import Charset, UnencodableText, plain_text
from config.draft import Draft
from config.entry import Entry
from config.errors import Key, key_path
from config.messages import FOLDER, LANGUAGES, Texts, placeholders
from config.strip_checks import STRIPS

# Groups that must be whole in both languages, whatever a page may add for itself.
PAIRED = ("kiosk", "led", "missed", "phone", "problems", "stop", "ticket")
# What `devices` fills into the phrases.
SPOKEN = {"number", "counter"}

Readers = Mapping[Charset, list[str]]


def check_wording(draft: Draft) -> None:
    """Note bad placeholders, missing translations, and characters that a device lacks."""
    printers, leds = _readers(draft)
    if draft.texts is not None:
        _templates(draft, draft.texts)
        _pairs(draft, draft.texts)
        _shown_texts(draft, draft.texts, printers, leds)
        _ascii_texts(draft, draft.texts)
    _own_texts(draft)
    for readers in (printers, leds):
        for key, text in _names(draft):
            _legible(draft, key, text, readers, draft.file)
    for key, text in _item_texts(draft):
        _legible(draft, key, text, printers, draft.items_file)


def _shown_texts(draft: Draft, texts: Texts, printers: Readers, leds: Readers) -> None:
    for lang in LANGUAGES:
        file = str(FOLDER / "texts" / f"{lang}.toml")
        for group, readers in (("ticket", printers), ("missed", printers), ("led", leds)):
            for name, text in texts.page(lang, group).items():
                _legible(draft, (name,), _fixed_part(text), readers, file)


def _templates(draft: Draft, texts: Texts) -> None:
    for lang in LANGUAGES:
        _braces(draft, texts.messages[lang], FOLDER / "texts" / f"{lang}.toml")
    path = FOLDER / "phrases.toml"
    _braces(draft, texts.phrases, path)
    for key, text in texts.phrases.items():
        for name in sorted(_found(text) - SPOKEN):
            zh, en = f"广播用语里没有 {{{name}}}", f"a phrase has no {{{name}}}"
            draft.error((key,), zh, en, str(path))


def _braces(draft: Draft, messages: Mapping[str, str], path: Path) -> None:
    for key, text in messages.items():
        try:
            placeholders(text)
        except ValueError:
            draft.error(
                (key,),
                "大括号写法不对，应像 {number}",
                "braces must hold one plain name, as in {number}",
                str(path),
            )


def _pairs(draft: Draft, texts: Texts) -> None:
    zh, en = (texts.page(lang, *PAIRED) for lang in LANGUAGES)
    for lang, lacking in (("en", zh.keys() - en.keys()), ("zh", en.keys() - zh.keys())):
        file = str(FOLDER / "texts" / f"{lang}.toml")
        for key in sorted(lacking):
            draft.error((key,), "缺少这条文字", "this text is missing", file)
    for key in zh.keys() & en.keys():
        if _found(zh[key]) != _found(en[key]):
            draft.error(
                (key,),
                f"占位符与中文不同：{zh[key]}",
                f"has other placeholders than the Chinese text: {zh[key]}",
                str(FOLDER / "texts" / "en.toml"),
            )


def _found(text: str) -> frozenset[str]:
    try:
        return placeholders(text)
    except ValueError:
        return frozenset()


def _fixed_part(text: str) -> str:
    try:
        return "".join(fixed for fixed, *_ in Formatter().parse(text))
    except ValueError:
        return text


def _readers(draft: Draft) -> tuple[Readers, Readers]:
    """Names of the printers and of the LED strips by charset."""
    printers: dict[Charset, list[str]] = {}
    for entry in draft.lists.get("printers", []):
        # What the larger set lacks, the other lacks too: right for a wrong encoding as well.
        printers.setdefault(entry.get("encoding") or "gb18030", []).append(_device(entry))
    hanzi = [_device(entry) for entry in _strips(draft) if not _is_ascii(draft, entry)]
    return printers, {"gb2312": hanzi} if hanzi else {}


def _strips(draft: Draft) -> list[Entry]:
    return [entry for name in STRIPS for entry in draft.lists.get(name, [])]


def _is_ascii(draft: Draft, led: Entry) -> bool:
    """Whether a strip has no Hanzi: it shows the English texts."""
    if led.get("protocol") != "template":
        return led.get("protocol") in ("led485", "alpha")
    templates = draft.having("templates", "name", "encoding", "frame")
    return any(
        one["name"] == led.get("template")
        and (one["encoding"] == "ascii" or "text" not in one["frame"])
        for one in templates
    )


def _own_texts(draft: Draft) -> None:
    for led in (one for name in STRIPS for one in draft.having(name, "text")):
        key, text = (*led.key, "text"), led["text"]
        if not _is_ascii(draft, led):
            _legible(draft, key, text, {"gb2312": [_device(led)]}, draft.file)
        else:
            _only_ascii(draft, led, key, text)


def _only_ascii(draft: Draft, led: Entry, key: Key, text: str, file: str | None = None) -> None:
    signs = "、".join(_sign(char) for char in dict.fromkeys(text) if not " " <= char <= "~")
    if signs:
        draft.error(
            key,
            f"{_device(led)} 只有字母和数字，没有：{signs}",
            f"{_device(led)} has letters and digits only, no sign for: {signs}",
            file,
        )


def _ascii_texts(draft: Draft, texts: Texts) -> None:
    strips = [one for one in _strips(draft) if _is_ascii(draft, one)]
    file = str(FOLDER / "texts" / "en.toml")
    for key, text in texts.page("en", "led").items() if strips else ():
        _only_ascii(draft, strips[0], (key,), text, file)


def _device(entry: Entry) -> str:
    """The device's name, or its key while its table has a mistake."""
    return getattr(entry.part, "device_id", key_path(entry.key))


def _names(draft: Draft) -> Iterable[tuple[Key, str]]:
    if "hall" in draft.tables:
        for field in ("name", "name_en", "phone", "address"):
            yield from draft.tables["hall"].texts(field)
    for name, fields in (
        ("areas", ("name",)),
        ("services", ("name", "name_en", "examples", "examples_en")),
        ("counters", ("name",)),
    ):
        for entry in draft.lists.get(name, []):
            for field in fields:
                yield from entry.texts(field)


def _item_texts(draft: Draft) -> Iterable[tuple[Key, str]]:
    for entry in draft.lists.get("items", []):
        for field in ("name", "owner", "materials", "basis", "conditions", "fee", "steps", "place"):
            yield from entry.texts(field)


def _legible(draft: Draft, key: Key, text: str, readers: Readers, file: str) -> None:
    for charset, devices in readers.items():
        try:
            plain_text(text, charset)
        except UnencodableText as error:
            signs = "、".join(_sign(char) for char in error.chars)
            shown = devices[0] if len(devices) == 1 else f"{devices[0]} … {devices[-1]}"
            draft.error(
                key,
                f"{shown}（{charset}）没有这些字：{signs}，请换写法",
                f"{shown} ({charset}) has no sign for: {signs}; write it another way",
                file,
            )


def _sign(char: str) -> str:
    """The character with its number, since a rare one may not show on this screen either."""
    code = f"U+{ord(char):04X}"
    return f"{char} ({code})" if char.isprintable() else code
