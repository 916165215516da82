"""The faults of devices: a short code that can be said on the phone, and what to do.

The sentences stand in `texts/*.toml` as `fault.<detail>`, in both languages. A code is the short
name of the kind and a number: "打印 12", "Printer 12". Numbers are stable; they go into manuals.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.messages import message

# detail, as the drivers and reactors tell it -> number
FAULTS = {
    "link-lost": "01",
    "no-answer": "02",
    "write-timed-out": "03",
    "held": "04",
    "busy": "05",
    "line-cut": "06",
    "paper-low": "11",
    "paper-out": "12",
    "cover-open": "13",
    "cutter-error": "14",
    "off-line": "15",
    "head-hot": "16",
    "refused": "21",
    "no-sign": "22",
    "no-voice": "31",
    "no-sound": "32",
    "chime-only": "33",
    "no-page": "34",
    "stuck-key": "41",
    "supply-low": "42",
    "events-lost": "43",
    "case-open": "44",
    "disk-low": "51",
    "disk-full": "52",
    "clock-off": "53",
    "database-ill": "54",
    "platform-away": "55",
    "other": "90",
}
SAME = {"silent": "no-answer", "line-lost": "link-lost"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault card: `code` to be said, what it is and what to do, in both languages."""

    no: str
    code: str
    code_en: str
    text: str
    text_en: str
    action: str
    action_en: str


def fault(kind: str, detail: str) -> Fault:
    """The card of a device's fault; a detail that nobody listed gets the one of "other"."""
    name = SAME.get(detail, detail)
    if name not in FAULTS:
        name = "other"
    no = FAULTS[name]
    zh, en = (
        (
            f"{message(lang, f'fault.kind.{kind}')} {no}",
            message(lang, f"fault.{name}.text"),
            message(lang, f"fault.{name}.action"),
        )
        for lang in ("zh", "en")
    )
    return Fault(no, zh[0], en[0], zh[1], en[1], zh[2], en[2])
