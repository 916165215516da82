"""The 18-digit number: GB 11643, the check digit by ISO 7064 MOD 11-2. All numbers are made up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.domain.errors import RefusalError
from controller.domain.identity import age, check_digit, is_elder, read_identity

TODAY = date(2026, 11, 23)
DATES = st.dates(date(1900, 1, 1), TODAY)


def number(born: date, order: int = 512, region: str = "999999") -> str:
    digits = f"{region}{born:%Y%m%d}{order:03d}"
    return digits + check_digit(digits)


def test_the_example_of_the_standard_is_right() -> None:
    # The example in the annex of GB 11643-1999.
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


def test_spaces_and_a_small_x_are_read() -> None:
    given = "110105 19491231 002x"
    assert read_identity(given, TODAY) == "11010519491231002X"


@given(DATES, st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_found(born: date, order: int, place: int, more: int) -> None:
    right = number(born, order)
    assert read_identity(right, TODAY) == right
    value = (10 if right[place] == "X" else int(right[place])) + more
    wrong = str(value % 10) if place < 17 or value % 11 < 10 else "X"
    if wrong == right[place]:
        return
    with pytest.raises(RefusalError) as caught:
        read_identity(right[:place] + wrong + right[place + 1 :], TODAY)
    assert caught.value.code == "identity_wrong"
    assert caught.value.facts == {}, "the number is in no refusal"


@given(DATES, st.integers(0, 16))
def test_two_neighbours_exchanged_are_found(born: date, place: int) -> None:
    right = number(born)
    if right[place] == right[place + 1]:
        return
    swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    with pytest.raises(RefusalError):
        read_identity(swapped, TODAY)


@pytest.mark.parametrize(
    "text",
    ["", "1", "9" * 17, "9" * 19, "x" * 18, "11010519491231002Ｘ", "٩" * 18],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(RefusalError):
        read_identity(text, TODAY)


@pytest.mark.parametrize("born", ["20250229", "19991301", "19990132", "20261124", "18491231"])
def test_a_birth_that_never_was_is_refused(born: str) -> None:
    digits = f"999999{born}512"
    with pytest.raises(RefusalError):
        read_identity(digits + check_digit(digits), TODAY)


def test_the_age_is_that_of_the_day() -> None:
    born = number(date(1956, 11, 24))
    assert age(born, date(2026, 11, 23)) == 69
    assert not is_elder(born, date(2026, 11, 23))
    assert age(born, date(2026, 11, 24)) == 70
    assert is_elder(born, date(2026, 11, 24))


def test_who_was_born_on_a_leap_day_is_older_on_the_first_of_march() -> None:
    born = number(date(1956, 2, 29))
    assert not is_elder(born, date(2026, 2, 28))
    assert is_elder(born, date(2026, 3, 1))
    assert age(born, date(2024, 2, 29)) == 68
