"""Loudspeakers against their lines, their languages, and the words that they are to say."""

from __future__ import annotations

from config.draft import Draft, read_toml
from config.entry import Entry
from config.messages import FOLDER, flatten, placeholders

SPOKEN = {"number", "counter"}
"""What a phrase may hold in braces."""


def check_speakers(draft: Draft) -> None:
    """Note every mistake of the loudspeakers."""
    for name in ("id", "area"):
        draft.refuse_twice("speakers", name)
    for speaker in draft.lists.get("speakers", []):
        _line(draft, speaker)
        _language(draft, speaker)
        for kind in ("call", "recall"):
            if speaker.get(kind) is not None:
                _template(draft, speaker, kind)


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
