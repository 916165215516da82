"""What people understand of what is said and shown in a hall."""

import pytest

from devices.sim.senses import heard, seen


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("请A 零 零 一号，到三号窗口", [("A001", 3)]),
        ("请A 零 零 幺号，到十二号窗口", [("A001", 12)]),
        ("重呼，请A 零 零 一号，到二十号窗口", [("A001", 20)]),
        ("Number A 0 0 1, please go to counter 7", [("A001", 7)]),
        ("请A 零 零 二号，到三号窗口", []),
        ("请B A 零 零 一号，到三号窗口", []),
        ("请A 零 零 一 五号，到三号窗口", []),
        ("请A 零 零 一号", []),
        ("", []),
    ],
)
def test_a_phrase_calls_a_number_to_a_counter(text: str, called: list[tuple[str, int]]) -> None:
    assert heard(text, ["A001"]) == called


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("请A012到3号窗口", True),
        ("A012", True),
        ("012", True),
        ("12", True),
        ("暂停服务", False),
        ("A0", False),
        ("", False),
    ],
)
def test_a_strip_shows_a_number(text: str, shows: bool) -> None:
    assert seen(text, "A012") == shows
