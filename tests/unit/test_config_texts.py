"""The texts: both languages have the same keys and placeholders, and devices can show them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.settings import (
    LANGUAGES,
    encode_text,
    flatten,
    load,
    message,
    phrase,
    placeholders,
    problem,
    shipped,
)

ROOT = Path(__file__).parents[2]
PAIRED = ("kiosk", "led", "missed", "phone", "problems", "ticket")


@pytest.mark.parametrize("group", PAIRED)
def test_both_languages_have_the_same_keys_and_placeholders(group: str) -> None:
    zh, en = (shipped().page(lang, group) for lang in LANGUAGES)
    assert zh.keys() == en.keys()
    assert zh
    for key, text in zh.items():
        assert placeholders(text) == placeholders(en[key]), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_template_is_plain(lang: str) -> None:
    for text in shipped().messages[lang].values():
        placeholders(text)


def test_no_chinese_text_is_empty() -> None:
    assert all(shipped().messages["zh"].values())


def test_no_english_text_was_left_in_chinese() -> None:
    for key, text in shipped().messages["en"].items():
        if text != "中文":  # the button that leads back to Chinese
            assert not re.search(r"[\u4e00-\u9fff]", text), key


def test_problems_need_no_values_so_that_they_never_fail() -> None:
    problems = shipped().page("zh", "problems") | shipped().page("en", "problems")
    assert not any(placeholders(text) for text in problems.values())
    busy = problem("counter_busy")
    assert busy.zh == "这个窗口还有号没办完"
    assert busy.action_zh.startswith("先按")
    assert busy.en.endswith(".")
    with pytest.raises(KeyError):
        problem("no_such_code")


def test_every_refusal_in_the_code_has_its_sentences() -> None:
    known = {key.split(".")[1] for key in shipped().page("zh", "problems")}
    used = set()
    for room in ("controller", "web"):
        for path in (ROOT / room).rglob("*.py"):
            used |= set(
                re.findall(r'(?:Refusal|Problem)Error\(\s*"(\w+)"', path.read_text("utf-8"))
            )
    assert used - known == set()


def test_every_missed_call_rule_has_its_sentence() -> None:
    for rule in ("void", "within", "requeue", "keep"):
        assert message("zh", f"missed.{rule}", count=3)
    assert message("zh", "missed.within", count="三") == "过号请到窗口说明，三个号以内优先安排"


def test_led_texts_fit_a_strip_of_128_pixels() -> None:
    """Those that stand alone; the pieces of a pause may run."""
    for name in ("idle", "call", "call_short", "serving", "paused", "closed"):
        text = message("zh", f"led.{name}", number="A001")
        assert len(encode_text(text, "gb2312")) * 8 <= 128, name
    assert message("zh", "led.call", number="A001") == "请A001号"
    assert message("zh", "led.idle") == "热情为您服务"


def test_voice_says_a_call_as_the_contract_has_it() -> None:
    assert phrase("call", number="A 零 零 一", counter="三") == "请A 零 零 一号，到三号窗口"


def test_ranges_are_never_written_with_a_short_dash() -> None:
    for text in shipped().messages["zh"].values():
        assert "–" not in text
    assert message("zh", "ticket.wait", low=15, high=25) == "约等15～25分钟"


def test_a_page_gets_its_own_groups_as_templates() -> None:
    page = shipped().page("zh", "kiosk", "common")
    assert page["common.as_table"] == "看表格"
    assert {key.split(".")[0] for key in page} == {"kiosk", "common"}


def test_a_missing_value_is_told_at_once() -> None:
    with pytest.raises(KeyError):
        message("zh", "led.call")


def test_flatten_names_what_is_no_text() -> None:
    assert flatten({"a": {"b": "x"}}) == {"a.b": "x"}
    with pytest.raises(TypeError, match=r"a\.b"):
        flatten({"a": {"b": 1}})


@pytest.mark.parametrize("text", ["{", "{}", "{0}", "{a.b}", "{a:>3}", "{a!r}", "{a b}"])
def test_placeholders_are_plain_names(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        placeholders(text)


def test_settings_carry_the_texts() -> None:
    texts = load(ROOT / "config" / "demo.toml").texts
    assert texts.message("en", "common.as_table") == "As a table"
    assert texts.phrases["call"] == shipped().phrases["call"]
    assert texts.problem("closed").zh == "现在不是取号时间"
