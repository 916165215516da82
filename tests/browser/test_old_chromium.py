"""Kiosk boxes run Chromium 86 for years: no page uses what came later (list of mistakes, 9).

Held by reading the sources; the browser of the tests is always the newest one.
"""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"

IN_CSS = {
    "inset": r"(?<![\w-])inset(-block|-inline)?(-start|-end)?\s*:",
    "aspect-ratio": r"(?<![\w-])aspect-ratio\s*:(?!\s*\d+/\d+\))",
    ":is, :where, :has": r":(is|where|has)\(",
    ":not with a list": r":not\((?:[^()]|\([^()]*\))*,",
    "accent-color": r"(?<![\w-])accent-color\s*:",
    "dvh, svh, lvh": r"\d[dsl]v(h|w|min|max|b|i)\b",
    "nesting": r"(^|[{};\s])&",
    "layers": r"@layer\b",
    "container queries": r"@container\b|(?<![\w-])container(-type|-name)?\s*:",
    "color-mix, new colour spaces": r"\b(color-mix|oklch|oklab|lch|lab|light-dark)\(",
    "individual transforms": r"(?<![\w-])(translate|rotate|scale)\s*:",
    "unprefixed mask": r"(?<![\w-])mask(-image|-size|-position|-repeat|-composite)?\s*:",
    "overflow: clip": r"overflow(-[xy])?\s*:\s*clip\b",
    "logical sides without -start": r"(?<![\w-])(margin|padding)-(inline|block)\s*:",
    "range in a media query": r"@media[^{]*[<>]",
    "@scope, @starting-style": r"@(scope|starting-style|property-rule)\b",
    "text-wrap": r"(?<![\w-])text-wrap\s*:",
}
IN_SCRIPTS = {
    ".at()": r"\.at\(",
    "randomUUID": r"crypto\.randomUUID",
    "crypto.subtle needs https": r"crypto\.subtle",
    "clipboard needs https": r"navigator\.clipboard",
    "top-level await": r"^(?!.*\basync\b)\S.*\bawait\b|^await\b",
    "inert": r"\binert\b",
    "structuredClone": r"\bstructuredClone\(",
    "Object.hasOwn, groupBy": r"\bObject\.(hasOwn|groupBy)\(",
    "new array methods": r"\.(findLast|findLastIndex|toSorted|toReversed|toSpliced|with)\(",
    "AbortSignal.timeout, any": r"\bAbortSignal\.(timeout|any)\(",
    "static blocks": r"^\s*static\s*\{",
    "withResolvers": r"\bwithResolvers\(",
    "new selectors": r"\.(querySelector(All)?|closest|matches)\([^)]*:(is|where|has)\(",
    "error cause": r"new \w*Error\([^()]*,\s*\{\s*cause\b",
}
IN_TEMPLATES = {
    "inert, popover": r"<[^>{]*\s(inert|popover)(\s|=|>)",
    "script inside the page": r"<script(?![^>]*(\bsrc=|application/json))",
}
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
JS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"`\w])//[^\n]*", re.DOTALL)


def uses(source: str, features: dict[str, str]) -> list[str]:
    return [name for name, sign in features.items() if re.search(sign, source, re.MULTILINE)]


def without_comments(path: Path) -> str:
    comment = CSS_COMMENT if path.suffix == ".css" else JS_COMMENT
    text = path.read_text(encoding="utf-8")
    return comment.sub(lambda found: "\n" * found.group().count("\n"), text)


def sources(folder: str, suffix: str) -> list[Path]:
    found = sorted((WEB / folder).glob(f"*{suffix}"))
    assert found, f"no {suffix} below web/{folder}"
    return found


@pytest.mark.parametrize("path", sources("static", ".css"), ids=lambda path: path.name)
def test_a_style_sheet_is_old_enough(path: Path) -> None:
    assert uses(without_comments(path), IN_CSS) == []


@pytest.mark.parametrize("path", sources("static", ".js"), ids=lambda path: path.name)
def test_a_script_is_old_enough(path: Path) -> None:
    assert uses(without_comments(path), IN_SCRIPTS) == []


@pytest.mark.parametrize("path", sources("templates", ".html"), ids=lambda path: path.name)
def test_a_template_is_old_enough(path: Path) -> None:
    assert uses(path.read_text(encoding="utf-8"), IN_TEMPLATES) == []


@pytest.mark.parametrize(
    ("source", "feature"),
    [
        (".a { inset: 0; }", "inset"),
        (".a { aspect-ratio: 4 / 3; }", "aspect-ratio"),
        ("p:is(.a, .b) { }", ":is, :where, :has"),
        ("p:not(.a, .b) { }", ":not with a list"),
        (".a { accent-color: red; }", "accent-color"),
        (".a { height: 100dvh; }", "dvh, svh, lvh"),
        (".a { &:hover { color: red; } }", "nesting"),
        ("@layer base { }", "layers"),
        ("@container (min-width: 3em) { }", "container queries"),
        (".a { color: color-mix(in srgb, red, blue); }", "color-mix, new colour spaces"),
        (".a { rotate: 90deg; }", "individual transforms"),
        (".a { mask: url(a.svg); }", "unprefixed mask"),
    ],
)
def test_a_new_feature_of_css_is_found(source: str, feature: str) -> None:
    assert uses(source, IN_CSS) == [feature]


def test_what_only_looks_like_one_passes() -> None:
    css = """@media (min-aspect-ratio: 1/1) { .a:not(.b):not(.c) { transform: rotate(9deg); } }
    .a { background-position: inset; box-shadow: inset 0 0 1px red; -webkit-mask: none; }"""
    assert uses(css, IN_CSS) == []
    script = """const one = async () => await two();
async function three() {
  await four();
  return format(at(5), "inset: 0");
}"""
    assert uses(script, IN_SCRIPTS) == []


@pytest.mark.parametrize(
    ("source", "feature"),
    [
        ("const last = rows.at(-1);", ".at()"),
        ("const key = crypto.randomUUID();", "randomUUID"),
        ('const state = await get("/x");', "top-level await"),
        ("await start();", "top-level await"),
        ("stage.inert = true;", "inert"),
    ],
)
def test_a_new_feature_of_scripts_is_found(source: str, feature: str) -> None:
    assert uses(source, IN_SCRIPTS) == [feature]
