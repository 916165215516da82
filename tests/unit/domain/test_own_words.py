"""Notices and texts of strips: published, taken back, and refused where they name a person."""

import pytest

from controller.domain.errors import RefusalError
from controller.domain.hall_commands import PublishNotices, SetStripText
from tests.fixtures.plain_hall import PlainHall


def test_notices_take_the_place_of_those_before() -> None:
    hall = PlainHall()
    [event] = hall.do(PublishNotices(("今天下午四点  停电检修", "请保管好随身物品")))
    assert hall.state.notices == ["今天下午四点 停电检修", "请保管好随身物品"] == event.texts
    assert list(hall.do(PublishNotices(tuple(event.texts)))) == []
    hall.do(PublishNotices(()))
    assert hall.state.notices == []


def test_a_strip_has_a_text_of_its_own_until_it_is_taken_back() -> None:
    hall = PlainHall()
    hall.do(SetStripText(1, "社保专窗"))
    assert hall.state.counters[1].strip_text == "社保专窗"
    hall.do(SetStripText(1, ""))
    assert hall.state.counters[1].strip_text == ""


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (PublishNotices(("a",) * 4), "words_wrong"),
        (PublishNotices(("",)), "words_wrong"),
        (PublishNotices(("字" * 61,)), "words_wrong"),
        (PublishNotices(("请13800138000来取证",)), "words_personal"),
        (SetStripText(1, "138 0013 8000"), "words_personal"),
        (SetStripText(99, "社保"), "counter_unknown"),
    ],
)
def test_what_is_refused(command: PublishNotices | SetStripText, code: str) -> None:
    with pytest.raises(RefusalError, match=code):
        PlainHall().do(command)
