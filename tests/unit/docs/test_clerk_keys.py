"""The keys of the clerk's page stand in the docs as the page has them."""

import re
from pathlib import Path

from config.settings import shipped
from web.clerk import KEYS

ROOT = Path(__file__).parents[3]


def word(lang: str, name: str) -> str:
    return shipped().message(lang, f"clerk.key.{name}")


def test_the_docs_list_every_key_of_the_clerks_page() -> None:
    text = (ROOT / "docs" / "queue.md").read_text("utf-8")
    section = text.partition("## The clerk's page\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("| ") and not line.startswith("| Step")
    ]
    told = [[f"{word('zh', name)} {word('en', name)}", pad, other] for name, pad, other in KEYS]
    assert [[re.sub(r" \(.*\)$", "", step), pad, other] for step, pad, other in rows] == told


def test_the_script_reads_the_keys_that_the_page_lists() -> None:
    script = (ROOT / "web" / "static" / "clerk_keys.js").read_text("utf-8")
    table = script.partition("const CODES = {")[2].partition("};")[0]
    meant = {name for _, name in re.findall(r'(\w+): "([a-z-]+)"', table)}
    assert meant == {name for name, _, _ in KEYS}
