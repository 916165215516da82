"""docs/problems.md lists every code with its status and sentences; the domain has no others."""

import re
from pathlib import Path

from config.settings import problem
from web.problems import RETRY_AFTER_S, STATUS

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "problems.md"


def table() -> str:
    rows = ["| Code | Status | 中文 | English |", "|---|---|---|---|"]
    for code, status in STATUS.items():
        said = problem(code)
        zh = f"{said.zh}。{said.action_zh}。"
        rows.append(f"| `{code}` | {status} | {zh} | {said.en} {said.action_en} |")
    return "\n".join(rows)


def test_the_table_fits_the_code() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert table() in text, f"put this into {DOCUMENT.name}:\n{table()}"


def test_every_refusal_of_the_domain_has_a_status() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "controller").rglob("*.py")]
    codes = set(re.findall(r'RefusalError\(\s*"([a-z_]+)"', "\n".join(sources)))
    assert len(codes) > 10
    assert codes <= STATUS.keys()


def test_waits_are_told_for_known_codes_only() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert RETRY_AFTER_S.keys() <= STATUS.keys()
    for code in RETRY_AFTER_S:
        assert f"`{code}`" in text
