"""Loudspeakers against their lines, their languages, and the words that they are to say."""

from __future__ import annotations

from config.draft import Draft, read_toml
from config.entry import Entry
from config.errors import key_path
from config.messages import FOLDER, flatten, placeholders

SPOKEN = {"number", "counter"}
"""What a phrase may hold in braces."""


def check_speakers(draft: Draft) -> None:
    """Note every mistake of the loudspeakers."""
    draft.refuse_twice("speakers", "id")
    _one_source(draft)
    for speaker in draft.lists.get("speakers", []):
        _line(draft, speaker)
        _board(draft, speaker)
        _language(draft, speaker)
        for kind in ("call", "recall"):
            if speaker.get(kind) is not None:
                _template(draft, speaker, kind)


def _one_source(draft: Draft) -> None:
    """Two sources in an area would speak at once."""
    seen: dict[object, str] = {}
    for speaker in draft.having("speakers", "area"):
        area = speaker["area"]
        if area in seen:
            draft.error(
                (*speaker.key, "area"),
                f"区域“{area}”已经由 {seen[area]} 播音，一个区域只能有一个声源",
                f'{seen[area]} already speaks in area "{area}"; an area has one source of sound',
            )
        seen.setdefault(area, key_path(speaker.key))


def _board(draft: Draft, speaker: Entry) -> None:
    if not speaker.has("output", "board"):
        return
    key, board = (*speaker.key, "board"), speaker["board"]
    if speaker["output"] != "board":
        if board is not None:
            draft.error(
                key,
                '只有 output = "board" 才写大屏',
                'a board is for output = "board" only',
            )
        return
    if board is None:
        draft.error(key, "要写由哪块大屏播音", "name the board whose page speaks")
        return
    found = [one for one in draft.having("boards", "id", "area") if one["id"] == board]
    if not found:
        draft.error(key, f"没有大屏“{board}”", f'there is no board "{board}"')
    elif speaker.has("area") and found[0]["area"] != speaker["area"]:
        draft.error(
            key,
            f"大屏“{board}”在区域“{found[0]['area']}”，不在“{speaker['area']}”",
            f'board "{board}" stands in area "{found[0]["area"]}", not in "{speaker["area"]}"',
        )


def _line(draft: Draft, speaker: Entry) -> None:
    if not speaker.has("output", "line"):
        return
    is_module = speaker["output"] == "module"
    if is_module and speaker["line"] is None:
        draft.error(
            (*speaker.key, "line"),
            "串口语音模块要写接在哪条线路上",
            "a serial voice module needs its line",
        )
    if not is_module and speaker["line"] is not None:
        draft.error(
            (*speaker.key, "line"),
            '只有 output = "module" 才写线路',
            'a line is for output = "module" only',
        )
    if is_module and "recorded" in speaker.written:
        draft.error(
            (*speaker.key, "recorded"),
            "串口语音模块自己发声，不能放录音",
            "a serial voice module speaks by itself and plays no recorded words",
        )


def _language(draft: Draft, speaker: Entry) -> None:
    if not speaker.has("language") or draft.texts is None or speaker["language"] == "zh":
        return
    groups = sorted({key.split(".")[0] for key in draft.texts.phrases if "." in key})
    if speaker["language"] not in groups:
        known = "、".join(["zh", *groups])
        draft.error(
            (*speaker.key, "language"),
            f"phrases.toml 里没有“{speaker['language']}”这一组，可用：{known}",
            f'phrases.toml has no group "{speaker["language"]}"; it has: {", ".join(groups)}',
        )


def _template(draft: Draft, speaker: Entry, kind: str) -> None:
    key = (*speaker.key, kind)
    try:
        found = placeholders(speaker[kind])
    except ValueError:
        draft.error(
            key, "大括号写法不对，应像 {number}", "braces must hold one plain name, as in {number}"
        )
        return
    for name in sorted(found - SPOKEN):
        draft.error(key, f"广播用语里没有 {{{name}}}", f"a phrase has no {{{name}}}")
    if "number" not in found:
        draft.error(key, "广播用语里要有 {number}", "a call must hold {number}")


def check_readings(draft: Draft) -> None:
    """Note a reading of pronunciation.toml that is no text, or empty."""
    path = FOLDER / "pronunciation.toml"
    file = str(path)
    try:
        readings = flatten(read_toml(path, file, draft.errors) or {})
    except TypeError as error:
        draft.error((str(error),), "这里要写文字", "must be a text", file)
        return
    for word, reading in readings.items():
        if not word or not reading:
            draft.error((word,), "这里要写文字", "must be a text", file)
