"""Lines for paper: two columns a Hanzi, numbers whole, no comma at the beginning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.line_breaking import NOT_FIRST, break_lines, columns


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 48, []),
        ("云溪镇", 6, ["云溪镇"]),
        ("云溪镇政务", 6, ["云溪镇", "政务"]),
        ("过号不用重新取号，到窗口说一声，再等 3 位就轮到您。", 48,
         ["过号不用重新取号，到窗口说一声，", "再等 3 位就轮到您。"]),
        ("大约等 15～25 分钟", 12, ["大约等", "15～25 分钟"]),
        ("电话 000-00000000 服务时间 08:30-12:00", 32,
         ["电话 000-00000000", "服务时间 08:30-12:00"]),
        ("（一）、你好（二）", 16, ["（一）、你", "好（二）"]),
        ("一行\n二行", 48, ["一行", "二行"]),
        ("https://example.cn", 10, ["https://ex", "ample.cn"]),
    ],
)  # fmt: skip
def test_a_paragraph_is_broken_as_a_person_would(text: str, width: int, lines: list[str]) -> None:
    assert break_lines(text, width) == lines


@given(st.text("云溪镇，。（）A9 -～位\n", max_size=80), st.sampled_from([16, 32, 42, 48]))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int) -> None:
    lines = break_lines(text, width)
    assert all(0 < columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")


@given(
    st.lists(st.sampled_from(["云溪", "政务", "有128 位", "拨0738-123号", "，", "。"]), max_size=30)
)
def test_numbers_stay_whole_and_closing_signs_do_not_begin_a_line(parts: list[str]) -> None:
    text = "云" + "".join(parts)
    # Ten commas in a row are wider than any line: nobody writes them.
    if "，，" in text or "。。" in text or "，。" in text or "。，" in text:
        return
    lines = break_lines(text, 32)
    assert not any(line[0] in NOT_FIRST for line in lines)
    assert "\n".join(lines).count("0738-123") == text.count("0738-123")
    assert "\n".join(lines).count("128 位") == text.count("128 位")
