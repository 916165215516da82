"""How a loudspeaker says numbers: a ticket's digit by digit, a counter's as a number.

Source: domain.md 5.3. A digit 2 is always 二, never 两; between letters and digits stand spaces,
because the speech engine would otherwise read "A001" as one word or as an amount.
"""

from __future__ import annotations

from collections.abc import Mapping

DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
LARGEST = 9999
ENGLISH = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ENGLISH_READINGS = {" A ": " eh "}
"""A letter that stands alone would be read as the article."""


def number_reading(number: str, yao: bool = False) -> str:
    """ "A001" -> "A 零 零 一". With `yao` a one is 幺, as telephone numbers are read."""
    digits = DIGITS.replace("一", "幺") if yao else DIGITS
    characters = (character for character in number if not character.isspace())
    return " ".join(
        digits[int(character)] if character in "0123456789" else character.upper()
        for character in characters
    )


def cardinal(number: int) -> str:
    """12 -> "十二", 20 -> "二十", 101 -> "一百零一", 0 -> "零".

    Raises ValueError outside 0..9999.
    """
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} is not between 0 and {LARGEST}")
    if number < 10:
        return DIGITS[number]
    words: list[str] = []
    skipped = False
    for power in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**power % 10
        if digit == 0:
            skipped = bool(words)
            continue
        if skipped:
            words.append("零")
            skipped = False
        words.append(DIGITS[digit] + _UNITS[power])
    reading = "".join(words)
    # Alone, ten to nineteen drop their 一; inside a larger number (一百一十) it stays.
    return reading.removeprefix("一") if number < 20 else reading


def english_number(number: str) -> str:
    """ "A001" -> "A zero zero one"."""
    characters = (character for character in number if not character.isspace())
    return " ".join(
        ENGLISH[int(character)] if character in "0123456789" else character.upper()
        for character in characters
    )


def english_cardinal(number: int) -> str:
    """12 -> "twelve", 21 -> "twenty one", 305 -> "three hundred five".

    Raises ValueError outside 0..999.
    """
    if not 0 <= number <= 999:
        raise ValueError(f"{number} is not between 0 and 999")
    words: list[str] = []
    hundreds, rest = divmod(number, 100)
    if hundreds:
        words += [ENGLISH[hundreds], "hundred"]
    if rest >= len(ENGLISH):
        words.append(ENGLISH_TENS[rest // 10 - 2])
        rest %= 10
    if rest or not words:
        words.append(ENGLISH[rest])
    return " ".join(words)


def pronounced(text: str, readings: Mapping[str, str]) -> str:
    """`text` with the words of `readings` written as they sound, the longest that fits first.

    What was written so is not looked at again: 重庆 -> 虫庆 stays, whatever 庆 alone is.
    """
    words = sorted((word for word in readings if word), key=len, reverse=True)
    made: list[str] = []
    at = 0
    while at < len(text):
        word = next((word for word in words if text.startswith(word, at)), None)
        made.append(text[at] if word is None else readings[word])
        at += 1 if word is None else len(word)
    return "".join(made)
