"""How numbers are said aloud (domain.md 5.3)."""

import pytest

from devices.reading import cardinal, number_reading


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("A001", "A 零 零 一"),
        ("E222", "E 二 二 二"),
        ("A1000", "A 一 零 零 零"),
        ("b 45", "B 四 五"),
    ],
)
def test_a_ticket_number_is_read_digit_by_digit(number: str, spoken: str) -> None:
    assert number_reading(number) == spoken


def test_one_can_be_read_as_on_the_telephone() -> None:
    assert number_reading("A101", yao=True) == "A 幺 零 幺"


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        (0, "零"),
        (2, "二"),
        (3, "三"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (22, "二十二"),
        (99, "九十九"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (112, "一百一十二"),
        (202, "二百零二"),
        (1000, "一千"),
        (1002, "一千零二"),
        (1010, "一千零一十"),
        (9999, "九千九百九十九"),
    ],
)
def test_a_counter_is_read_as_a_number(number: int, spoken: str) -> None:
    assert cardinal(number) == spoken


@pytest.mark.parametrize("number", [-1, 10_000])
def test_a_number_beyond_the_words_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="not between"):
        cardinal(number)
