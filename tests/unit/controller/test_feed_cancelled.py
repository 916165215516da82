"""A reader of the log that is told to stop stops, also when news comes in the same moment."""

import asyncio

import pytest

from controller.domain.events import DayOpened, StoredEvent
from controller.feed import Feed


async def no_rows(seq: int, limit: int) -> list[StoredEvent]:
    return []


async def test_a_reader_that_is_cancelled_as_news_comes_is_cancelled() -> None:
    feed = Feed(no_rows)
    reader = asyncio.create_task(feed.wait(0, 5.0))
    await asyncio.sleep(0)
    event = DayOpened("2026-11-23")
    feed.publish([StoredEvent("h", 1, 0, "test", None, None, 0, event, "", "")])
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
