"""The kiosk's changing code: good while it is new, by the hall's clock."""

from hypothesis import given
from hypothesis import strategies as st

from controller.phone_codes import PhoneCodes
from tests.fixtures.core import START_MS

CODES = PhoneCodes(b"k" * 32, 60)
TIMES = st.integers(START_MS, START_MS + 10**9)


@given(TIMES, st.integers(0, 120_000))
def test_a_code_is_good_for_half_of_its_validity_and_never_longer_than_it(
    shown_at: int, later_ms: int
) -> None:
    good = CODES.valid(CODES.code(shown_at), shown_at + later_ms)
    if later_ms <= 30_000:
        assert good
    if later_ms >= 60_000:
        assert not good


@given(TIMES)
def test_it_changes_when_it_says(now: int) -> None:
    left = CODES.changes_in_ms(now)
    assert 0 < left <= 30_000
    assert CODES.code(now + left - 1) == CODES.code(now)
    assert CODES.code(now + left) != CODES.code(now)


@given(TIMES, st.text(max_size=20))
def test_what_was_not_shown_is_not_good(now: int, text: str) -> None:
    shown = {CODES.code(now), CODES.code(now - 30_000)}
    assert CODES.valid(text, now) == (text in shown)
    assert not PhoneCodes(b"x" * 32, 60).valid(CODES.code(now), now)
    assert not CODES.valid(CODES.code(now + 30_000), now), "not before it is shown"


@given(TIMES, st.integers(0, 1_200_000))
def test_a_pass_lets_its_page_finish_in_peace_but_not_for_ever(
    opened_at: int, later_ms: int
) -> None:
    admitted = CODES.admits(CODES.pass_for(opened_at), opened_at + later_ms)
    if later_ms <= 300_000:
        assert admitted
    if later_ms >= 600_000:
        assert not admitted
    assert CODES.admits(CODES.code(opened_at), opened_at)
    assert not CODES.valid(CODES.pass_for(opened_at), opened_at), "a pass opens no page"
    assert not CODES.admits(CODES.code(opened_at), opened_at + 60_000)
