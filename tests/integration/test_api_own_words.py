"""The hall's own words over HTTP: published, told to everybody, refused with a sentence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fixtures.served import ServedHall, served


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as running:
        yield running


async def test_notices_are_published_and_taken_back(hall: ServedHall) -> None:
    texts = ["今天下午四点停电检修", "请保管好随身物品"]
    await hall.post("/hall-notices", {"texts": texts})
    assert (await hall.get("/hall-notices"))["texts"] == texts
    assert (await hall.get("/state"))["notices"] == texts
    await hall.post("/hall-notices", {"texts": []})
    assert (await hall.get("/state"))["notices"] == []


async def test_a_strip_gets_a_text_of_its_own(hall: ServedHall) -> None:
    await hall.post("/counters/2/strip-text", {"text": "社保专窗"})
    strips = (await hall.get("/hall-notices"))["strips"]
    assert [one["text"] for one in strips] == ["", "社保专窗", "", "", ""]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("张三请打13800138000", "words_personal"),
        ("镕堃喆", "words_wrong"),
        ("😀", "words_wrong"),
    ],
)
async def test_a_wrong_notice_is_refused(hall: ServedHall, text: str, code: str) -> None:
    for path, body in (
        ("/hall-notices", {"texts": [text]}),
        ("/counters/1/strip-text", {"text": text}),
    ):
        assert (await hall.post(path, body, 422))["code"] == code
