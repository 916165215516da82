"""Strips and rating boxes follow the present state, newest only, and after every return."""

import asyncio
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.settings import shipped
from controller.domain.commands import CallNext, FinishServing, RateTicket, StartServing
from controller.domain.state import Pause
from controller.reactors import display, prompting, showing
from controller.reactors.display import Face
from controller.reactors.prompting import Box, Prompting
from controller.reactors.showing import Showing, Strip
from devices.led import LedError, LedText, Panel
from devices.led_wording import LedWords, Moment, fit
from devices.link import DeviceError
from tests.fixtures.reacting import ReactingHall, eventually, reacting

WORDS = LedWords.of(shipped().messages["zh"])
ZONE = ZoneInfo("Asia/Shanghai")


def fitted(moment: Moment) -> LedText:
    return fit(moment, replace(WORDS, idle="欢迎"), Panel(128))


class FakeStrip:
    """Notes its texts; a newer text makes an older one that is held return at once."""

    def __init__(self) -> None:
        self.shown: list[LedText] = []
        self.errors: list[str] = []
        self.free = asyncio.Event()
        self.free.set()
        self._wishes = 0

    async def show(self, text: LedText) -> None:
        if self.errors:
            raise LedError(1, self.errors.pop(0))
        self._wishes += 1
        wish = self._wishes
        while not self.free.is_set() and wish == self._wishes:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        if wish == self._wishes:
            self.shown.append(text)

    def last(self) -> tuple[str, str]:
        return (self.shown[-1].text, self.shown[-1].effect) if self.shown else ("", "")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "RETRY_S", 0.02)
    monkeypatch.setattr(prompting, "RETRY_S", 0.02)
    monkeypatch.setattr(prompting, "LOOK_S", 0.02)


async def start(hall: ReactingHall, strip: FakeStrip) -> Showing:
    reactor = Showing(Strip(Face("led:1", strip, fitted, ZONE), 1), hall.ground)
    await hall.run(reactor.run)
    return reactor


async def test_a_strip_shows_call_serving_and_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "FLASH_S", 0.1)
    async with reacting(tmp_path) as hall:
        strip = FakeStrip()
        await start(hall, strip)
        await eventually(lambda: strip.last() == ("欢迎", "static"))
        await hall.issue("t1")
        await hall.do(CallNext(1))
        await eventually(lambda: strip.last() == ("请A001号", "flash"))
        await eventually(lambda: strip.last() == ("请A001号", "static"))
        await hall.do(StartServing(1))
        await eventually(lambda: strip.last() == ("A001号办理中", "static"))
        await hall.do(FinishServing(1))
        await eventually(lambda: strip.last() == ("欢迎", "static"))
        assert len(strip.shown) == 5
        assert hall.supervising.is_working("led:1")


async def test_only_the_newest_text_is_sent_to_a_busy_strip(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        strip = FakeStrip()
        await start(hall, strip)
        await eventually(lambda: strip.last() == ("欢迎", "static"))
        strip.free.clear()
        await hall.issue("t1")
        await hall.do(CallNext(1))
        await hall.do(StartServing(1))
        strip.free.set()
        await eventually(lambda: strip.last() == ("A001号办理中", "static"))
        assert len(strip.shown) <= 3


async def test_a_lost_strip_is_told_and_gets_its_text_when_it_is_back(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.run(hall.supervising.run)
        strip = FakeStrip()
        strip.errors = ["no-answer", "no-answer"]
        await start(hall, strip)
        await eventually(lambda: strip.last() == ("欢迎", "static"))
        await eventually(lambda: hall.names()[:2] == ["DeviceLost", "DeviceBack"])


async def test_a_line_that_is_back_makes_the_strip_show_again(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        strip = FakeStrip()
        reactor = await start(hall, strip)
        await eventually(lambda: len(strip.shown) == 1)
        reactor.forget()
        await eventually(lambda: len(strip.shown) == 2)


async def test_after_a_restart_an_old_call_stands_still(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.issue("t1")
        await hall.do(CallNext(1))
        hall.time.pass_s(60)
        strip = FakeStrip()
        await start(hall, strip)
        await eventually(lambda: strip.last() == ("请A001号", "static"))


async def test_a_strip_says_until_when_its_counter_rests_and_where_else_to_go(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        reactor = Showing(Strip(Face("led:1", FakeStrip(), fitted, ZONE), 1), hall.ground)
        counter = hall.ground.desk.state.counters[1]
        now = hall.clock.now()
        counter.pause = Pause("", now, (now // 86_400_000 + 1) * 86_400_000, [2, 4])
        assert reactor.wanted() == LedText("暂停服务，08:00恢复，请到2、3号窗口", "yellow", "left")
        for other in (2, 3):  # they close meanwhile
            hall.ground.desk.state.counters[other].closed = True
        counter.pause = Pause("", now, now - 1, [2, 3])
        assert reactor.wanted() == LedText("暂停服务", "yellow", "static")
        counter.pause, counter.closed = None, True
        assert reactor.wanted() == LedText("停止服务", "yellow", "static")


async def test_a_strip_that_never_answers_is_shown_its_text_again_and_again(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        strip = FakeStrip()
        reactor = Showing(Strip(Face("led:1", strip, fitted, ZONE, again_s=0.02), 1), hall.ground)
        await hall.run(reactor.run)
        await eventually(lambda: len(strip.shown) > 3)
        assert {text.text for text in strip.shown} == {"欢迎"}


class FakeBox:
    """Notes what it is told; `silent` refuses."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []
        self.silent = False

    async def open_session(self, session: int, timeout_s: int) -> None:
        self._take(session, timeout_s)

    async def close_session(self) -> None:
        self._take(0, 0)

    def _take(self, session: int, timeout_s: int) -> None:
        if self.silent:
            raise DeviceError("silent")
        self.told.append((session, timeout_s))


async def prompted(hall: ReactingHall, box: FakeBox) -> Prompting:
    reactor = Prompting(hall.ground)
    reactor.add(Box("rating-box:1", 1, box))
    await hall.run(reactor.run)
    return reactor


async def serve(hall: ReactingHall, ticket: str) -> None:
    await hall.issue(ticket)
    await hall.do(CallNext(1))
    await hall.do(FinishServing(1))


async def test_a_box_asks_after_the_serving_and_stops_when_the_rating_came(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        box = FakeBox()
        await prompted(hall, box)
        await serve(hall, "t1")
        await eventually(lambda: box.told[-1] == (1, 60))
        await hall.do(RateTicket("t1", 5))
        await eventually(lambda: box.told[-1] == (0, 0))


async def test_the_next_call_and_the_end_of_the_time_close_the_session(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        box = FakeBox()
        await prompted(hall, box)
        await serve(hall, "t1")
        await eventually(lambda: box.told[-1] == (1, 60))
        await hall.issue("t2")
        await hall.do(CallNext(1))
        await eventually(lambda: box.told[-1] == (0, 0))
        await hall.do(FinishServing(1))
        await eventually(lambda: box.told[-1] == (2, 60))
        hall.time.pass_s(61)
        await eventually(lambda: box.told[-1] == (0, 0))


async def test_an_open_session_is_opened_again_with_what_is_left(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await serve(hall, "t1")
        hall.time.pass_s(20)
        box = FakeBox()
        box.silent = True
        reactor = await prompted(hall, box)
        await asyncio.sleep(0.03)
        box.silent = False
        await eventually(lambda: box.told == [(1, 40)])
        reactor.back("rating-box:1")
        await eventually(lambda: box.told == [(1, 40), (1, 40)])
        reactor.ask_again(1)
        await eventually(lambda: len(box.told) == 3)
