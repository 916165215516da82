"""Words of several readings, held against their pinyin by the engine's own phonemes."""

import re

import pytest

from config.settings import load, shipped
from devices.reading import ENGLISH_READINGS, english_cardinal, english_number, pronounced
from tests.fixtures.phonemes import heard, mistakes
from tests.fixtures.served import DEMO

PINYIN = {
    "重呼": "chong2 hu1", "重新": "chong2 xin1", "重叫": "chong2 jiao4", "银行": "yin2 hang2",
    "调解": "tiao2 jie3", "会计": "kuai4 ji4", "重庆": "chong2 qing4", "厦门": "xia4 men2",
    "台州": "tai1 zhou1", "丽水": "li2 shui3", "六安": "lu4 an1", "蚌埠": "beng4 bu4",
    "番禺": "pan1 yu2", "歙县": "she4 xian4", "东阿": "dong1 e1", "铅山": "yan2 shan1",
    "洪洞": "hong2 tong2", "乐亭": "lao4 ting2", "莘庄": "xin1 zhuang1", "大埔": "da4 bu4",
    "会稽": "kuai4 ji1",
}  # fmt: skip
"""What a person says, word by word; the table must make the engine say the same."""


def phonemes(text: str) -> list[str]:
    return [re.sub("[ˈˌ]", "", each) for each in heard(text, "cmn-latn-pinyin")]


def test_every_row_of_the_table_is_known_here() -> None:
    assert {*shipped().readings} == {*PINYIN}


@pytest.mark.parametrize("word", PINYIN)
def test_a_word_of_the_table_is_spoken_as_its_pinyin(word: str) -> None:
    assert phonemes(pronounced(word, shipped().readings)) == phonemes(PINYIN[word])


@pytest.mark.parametrize("word", ["重呼", "重庆", "银行", "调解", "六安"])
def test_the_engine_alone_would_say_another_word(word: str) -> None:
    assert phonemes(word) != phonemes(PINYIN[word])


def test_the_longest_word_wins_and_is_not_looked_at_again() -> None:
    readings = {"重": "X", "重庆": "虫庆", "庆": "Y"}
    assert pronounced("重庆重号庆", readings) == "虫庆X号Y"
    assert pronounced("请A 零号", {}) == "请A 零号"


ENGLISH = {
    "number": "nʌmbəɹ", "calling": "kɔːlɪŋ", "again": "ɐɡɛn", "please": "pliːz", "go": "ɡəʊ",
    "to": "tə", "counter": "kaʊntə", "zero": "ziəɹəʊ", "one": "wɒn", "twelve": "twɛlv", "A": "eɪ",
    "your": "jɔː", "is": "ɪz",
}  # fmt: skip
"""What the engine says for each word; read by a person. "A" is the letter, not the article."""


def test_every_phrase_of_every_language_is_tested_here() -> None:
    assert {*shipped().phrases} == {
        f"{language}{kind}" for language in ("", "en.") for kind in ("call", "recall", "number")
    }


@pytest.mark.parametrize("kind", ["call", "recall", "number"])
def test_every_english_phrase_is_spoken_as_it_is_read(kind: str) -> None:
    texts = shipped()
    number, counter = english_number("A001"), english_cardinal(12)
    spoken = texts.phrases[f"en.{kind}"].format(number=number, counter=counter)
    words = re.findall(r"[A-Za-z]+", spoken)
    said = [re.sub("[ˈˌ]", "", each) for each in heard(pronounced(spoken, ENGLISH_READINGS), "en")]
    assert said == [ENGLISH.get(word, ENGLISH.get(word.casefold())) for word in words]


def test_english_numbers_are_written_out() -> None:
    read = {0: "zero", 12: "twelve", 20: "twenty", 21: "twenty one", 305: "three hundred five"}
    assert {number: english_cardinal(number) for number in read} == read
    with pytest.raises(ValueError, match="between"):
        english_cardinal(1000)


@pytest.mark.parametrize("kind", ["call", "recall", "number"])
def test_every_fixed_phrase_is_spoken_as_its_pinyin(kind: str) -> None:
    texts = load(DEMO).texts
    spoken = texts.phrase(kind, number="A 零 一 二", counter="十二")
    assert mistakes(pronounced(spoken, texts.readings)) == []


def test_one_can_be_said_as_yao() -> None:
    assert phonemes("A 幺 零 幺") == phonemes("A yao1 ling2 yao1")
