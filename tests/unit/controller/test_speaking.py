"""What a loudspeaker says, in its language and its area's own words."""

from dataclasses import dataclass

import pytest

from config.settings import Settings, Speaker, load
from controller.speaking import call_words, set_words
from tests.fixtures.served import DEMO


@dataclass(frozen=True)
class Call:
    number: str
    counter: int
    call: int = 1


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(DEMO)


def speaker(**changes: object) -> Speaker:
    rows = {"id": "hall", "area": "hall", "output": "sim://speaker"}
    return Speaker.model_validate(rows | changes)


def test_a_call_is_read_with_digits_and_a_number(settings: Settings) -> None:
    words = call_words(settings, speaker(), Call("A012", 12))
    assert words.text == "请A012号，到12号窗口"
    assert words.spoken == "请A 零 一 二号，到十二号窗口"
    assert call_words(settings, speaker(), Call("A012", 3, 2)).spoken == (
        "再次呼叫，请A 零 一 二号，到三号窗口"
    )


def test_one_is_yao_where_the_hall_file_says_so(settings: Settings) -> None:
    words = call_words(settings, speaker(yao=True), Call("A101", 11))
    assert words.spoken == "请A 幺 零 幺号，到十一号窗口"


def test_an_area_has_its_own_words_and_its_own_language(settings: Settings) -> None:
    own = speaker(call="请{number}号", recall="请{number}号马上到{counter}号窗口")
    assert call_words(settings, own, Call("A001", 2)).text == "请A001号"
    again = call_words(settings, own, Call("A001", 2, 3))
    assert again.spoken == "请A 零 零 一号马上到二号窗口"
    english = call_words(settings, speaker(language="en"), Call("A001", 2))
    assert english.text == "Number A001, please go to counter 2"
    assert english.spoken == "Number A zero zero one, please go to counter two"
    again = call_words(settings, speaker(language="en"), Call("A012", 21, 2))
    assert again.spoken == "Calling again, number A zero one two, please go to counter twenty one"


def test_a_set_needs_the_words_of_its_language_and_of_its_areas_own_phrases(
    settings: Settings,
) -> None:
    def words(*speakers: Speaker) -> set[str]:
        return {*set_words(settings.model_copy(update={"speakers": speakers}), "wang")}

    zh = words(speaker(recorded="wang"))
    assert {"请", "号", "到", "号窗口", "再次呼叫", "零", "百", "Z"} < zh
    assert len(zh) == 44
    en = words(speaker(recorded="wang", language="en"))
    assert {"Number", "please go to counter", "Calling again", "zero", "ninety", "A"} < en
    assert not en & {"请", "零"}
    own = words(speaker(recorded="wang", call="请{number}号到{counter}号窗口办理"))
    assert {"号窗口办理", "再次呼叫"} < own


@pytest.mark.parametrize(
    ("minute", "percent"),
    [("08:30", 90), ("11:59", 90), ("12:00", 40), ("14:29", 40), ("14:30", 90), ("23:59", 20)],
)
def test_the_loudness_follows_the_time_of_day(minute: str, percent: int) -> None:
    rows = [
        {"during": "12:00-14:30", "percent": 40},
        {"during": "22:00-24:00", "percent": 20},
    ]
    assert speaker(volume=90, volumes=rows).volume_at(minute) == percent


@pytest.mark.parametrize("during", ["14:30-12:00", "12-14", "12:00-25:00", "12:60-13:00", ""])
def test_a_span_that_is_none_is_refused(during: str) -> None:
    with pytest.raises(ValueError, match=r"12:00-14:30|during"):
        speaker(volumes=[{"during": during, "percent": 50}])
