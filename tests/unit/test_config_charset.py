"""One table for what a device cannot print. Vectors: device-protocols.md A.3, A.8, D.1, E.4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import (
    REPLACEMENTS,
    Charset,
    UnencodableText,
    decode_text,
    encode_text,
    plain_text,
)

BOTH: tuple[Charset, ...] = ("gb18030", "gb2312")


@pytest.mark.parametrize("charset", BOTH)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("·", "a1a4"),  # Python's gb2312 codec refuses U+00B7 and has U+30FB there
        ("・", "a1a4"),
        ("—", "a1aa"),  # Python's gb2312 codec refuses U+2014 and has U+2015 there
        ("―", "a1aa"),  # gb18030 would give a844
        ("–", "a1ab"),  # gb18030 would give a843
        ("～", "a1ab"),
        ("☐", "a1f5"),
        ("☑", "a1cc"),
        ("¥", "d4aa"),
        ("￥", "a3a4"),
        ("A012号", "41303132bac5"),
        ("综合窗口（社保·医保）", "d7dbbacfb4b0bfdaa3a8c9e7b1a3a1a4d2bdb1a3a3a9"),
        ("您前面还有 7 人等候", "c4fac7b0c3e6bbb9d3d0203720c8cbb5c8baf2"),
        ("请在二楼大厅等候，过号作废", "c7ebd4dab6fec2a5b4f3ccfcb5c8baf2a3acb9fdbac5d7f7b7cf"),
        ("欢迎光临", "bbb6d3adb9e2c1d9"),
        ("A012号 3号窗", "41303132bac52033bac5b4b0"),
    ],
)
def test_text_becomes_the_bytes_of_the_documents(charset: Charset, text: str, code: str) -> None:
    assert encode_text(text, charset).hex() == code


def test_plain_text_is_what_a_person_reads_on_the_device() -> None:
    text = "社保·医保—约15–25分钟 ☐身份证 ☑户口簿 ¥12"
    assert plain_text(text, "gb2312") == "社保·医保—约15～25分钟 □身份证 √户口簿 元12"
    for charset in BOTH:
        assert decode_text(encode_text(text, charset)) == plain_text(text, charset)


@pytest.mark.parametrize(
    ("text", "charset", "chars"),
    [
        ("镇㙟乡", "gb18030", "㙟"),  # four-byte code: prints as garbage
        ("𠮷", "gb18030", "𠮷"),
        ("镕", "gb2312", "镕"),  # in GBK, not in GB2312
        ("囍a囍😀", "gb2312", "囍😀"),
        ("\ue000", "gb18030", "\ue000"),  # user-defined: two bytes, but nothing in the font
        ("请\x1b@", "gb18030", "\x1b"),  # would be a command to the printer
        ("\x10\x04\x01", "gb2312", "\x10\x04\x01"),
        ("a\tb", "gb18030", "\t"),
    ],
)
def test_what_has_no_sign_is_refused_with_its_characters(
    text: str, charset: Charset, chars: str
) -> None:
    with pytest.raises(UnencodableText) as refused:
        encode_text(text, charset)
    assert refused.value.chars == chars
    assert refused.value.text == text


def test_a_printer_with_gb18030_takes_what_gb2312_lacks() -> None:
    assert encode_text("镕囍", "gb18030").hex() == "e94687d6"


def test_line_ends_pass_and_the_no_break_space_is_a_space() -> None:
    assert encode_text("一\u00a0二\n", "gb2312") == b"\xd2\xbb \xb6\xfe\n"


def test_each_replacement_is_itself_printable_everywhere() -> None:
    for char, stand_in in REPLACEMENTS.items():
        for charset in BOTH:
            assert plain_text(char, charset) == plain_text(stand_in, charset) == stand_in


@given(st.text(max_size=40), st.sampled_from(BOTH))
def test_bytes_of_any_text_are_ascii_or_two_byte_codes(text: str, charset: Charset) -> None:
    try:
        data = encode_text(text, charset)
    except UnencodableText as refused:
        assert set(refused.chars) <= set(text) | set(REPLACEMENTS.values())
        return
    assert decode_text(data) == plain_text(text, charset)
    assert len(data) == sum(1 if char < "\x80" else 2 for char in plain_text(text, charset))
    if charset == "gb2312":
        data.decode("gb2312")
        assert encode_text(text, "gb18030") == data
