"""docs/faults.md is the table of `config.faults`; no driver tells a fault that has no card."""

import re
from pathlib import Path

import pytest

from config.settings import FAULTS, fault, message
from devices.printer import PrinterStatus

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "faults.md"
KINDS = (
    "printer", "led", "main-led", "keypad", "rating-box", "input-module", "issue-button", "scanner",
    "card-reader", "speaker", "board", "line", "system",
)  # fmt: skip


def table() -> str:
    rows = [
        "| No. | Detail | 是什么 | 怎么办 | What it is | What to do |",
        "|---|---|---|---|---|---|",
    ]
    for detail, no in FAULTS.items():
        card = fault("printer", detail)
        cells = (no, f"`{detail}`", card.text, card.action, card.text_en, card.action_en)
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def names() -> str:
    rows = ["| Device | 说 | Say |", "|---|---|---|"]
    for kind in KINDS:
        said = [message(lang, f"fault.kind.{kind}") for lang in ("zh", "en")]
        rows.append(f"| `{kind}` | {said[0]} | {said[1]} |")
    return "\n".join(rows)


@pytest.mark.parametrize("wanted", [table(), names()], ids=["faults", "kinds"])
def test_the_tables_fit_the_code(wanted: str) -> None:
    assert wanted in DOCUMENT.read_text(encoding="utf-8"), f"put this into it:\n{wanted}"


def test_the_numbers_are_two_digits_and_each_is_one_fault() -> None:
    assert len(set(FAULTS.values())) == len(FAULTS)
    assert all(re.fullmatch(r"[0-9]{2}", no) for no in FAULTS.values())


def test_a_code_can_be_said_on_the_phone() -> None:
    card = fault("printer", "paper-out")
    assert (card.code, card.code_en) == ("打印 12", "Printer 12")
    assert fault("led", "line-lost").code == fault("led", "link-lost").code
    assert fault("keypad", "something new").no == FAULTS["other"]


def test_whatever_is_told_has_a_card_of_its_own() -> None:
    """Details in the sources: `.lost(device, "…")`, `.fault(…)`, LedError and PrinterError."""
    files = [*(ROOT / "controller").rglob("*.py"), *(ROOT / "devices").glob("*.py")]
    told = "\n".join(path.read_text("utf-8") for path in files)
    found = set(re.findall(r'supervising\.(?:lost|fault)\([\w.]+, "([\w-]+)"\)', told))
    found |= set(re.findall(r'LedError\([\w.]+, "([\w-]+)"', told))
    found |= {status.value for status in PrinterStatus} - {"ready"}
    assert {"link-lost", "no-answer", "no-sign", "paper-out"} <= found
    without = {detail for detail in found if fault("led", detail).no == FAULTS["other"]}
    assert without == set()
