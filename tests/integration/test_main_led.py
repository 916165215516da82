"""The main LED of an area, strips after hours, and what is told to all strips at once."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.settings import ConfigErrors, load, shipped
from controller.domain.commands import CallNext, FinishServing, IssueTicket
from controller.domain.hall_commands import (
    PublishNotices,
    ResumeIssuing,
    SetStripText,
    StopIssuing,
)
from controller.reactors.display import Face
from controller.reactors.main_showing import MainShowing, Screen
from controller.reactors.showing import Showing, Strip
from devices.led import LedText, Panel
from devices.led_wording import Calls, LedWords, Moment, fit
from tests.fixtures.hall_files import DEMO, write_tree
from tests.fixtures.reacting import ReactingHall, reacting
from tests.integration.test_strips_of_a_hall import strips

WORDS = LedWords.of(shipped().messages["zh"])
ZONE = ZoneInfo("Asia/Shanghai")
WEEK = {day: ["08:30-12:00", "14:00-17:30"] for day in ("mon", "tue", "wed", "thu", "fri")}
SCREEN: dict[str, Any] = {
    "id": "hall", "area": "hall", "line": "leds", "address": 100,
    "width_px": 192, "height_px": 64,
}  # fmt: skip


class NoStrip:
    """Takes every text."""

    async def show(self, text: LedText) -> None:
        """Shown."""


def hall_file(**changes: Any) -> dict[str, Any]:
    hall = copy.deepcopy(DEMO)
    return hall | {"leds": hall["leds"][:2], "main_leds": [SCREEN | changes]}


async def test_the_newest_calls_stand_on_the_main_led_of_their_area(tmp_path: Path) -> None:
    async with strips(tmp_path, hall_file(text="便民服务"), "main-led:") as hall:

        async def screen(text: str) -> None:
            [state] = hall.sim.overview()["screens"]
            assert state["id"] == "hall"
            await hall.until(lambda: hall.sim.overview()["screens"][0]["text"] == text)

        await screen("便民服务")
        for no in (1, 2):
            await hall.desk.wish(IssueTicket("A", f"t{no}"), "test")
            await hall.desk.wish(CallNext(no), "test")
        await screen("请A002号到2号窗口\n请A001号到1号窗口")
        await hall.desk.wish(FinishServing(2), "test")
        await screen("请A002号到2号窗口\n请A001号到1号窗口")


async def test_what_all_strips_are_to_show_is_broadcast_once(tmp_path: Path) -> None:
    async with strips(tmp_path, hall_file(), "main-led:") as hall:
        await hall.show("热情为您服务", "热情为您服务")
        for row in hall.rows():
            assert sum(frame[16:20] == "ffff" for frame in row.frames) == 1


def test_rows_that_do_not_fit_take_a_shorter_form() -> None:
    calls = Calls((("A012", 3), ("B004", 12)))
    assert fit(calls, WORDS, Panel(128, 32)).text == "A012号 3号窗口\nB004号 12号窗口"
    assert fit(calls, WORDS, Panel(64, 32)).text == "A012 3\nB004 12"
    alone = fit(Calls((("A012", 3),), fresh=True), WORDS, Panel(160, 32))
    assert (alone.text, alone.effect) == ("请A012号到3号窗口", "flash")


def fitted(moment: Moment) -> LedText:
    return fit(moment, replace(WORDS, idle="欢迎"), Panel(192, 64))


async def closed_hall(hall: ReactingHall) -> None:
    """Sunday evening, and a hall with hours."""
    await hall.adopt(always_open=False, hours=WEEK)


async def test_after_hours_strips_and_screens_say_when_the_hall_opens(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await closed_hall(hall)
        face = Face("led:1", NoStrip(), fitted, ZONE)
        strip = Showing(Strip(face, 1), hall.ground)
        screen = MainShowing(Screen(face, "main", 4), hall.ground)
        rules = hall.ground.desk.state.rules

        def at(day: str, minute: str) -> list[str]:
            hall.time.pass_s((rules.instant(day, minute) - hall.clock.now()) / 1000)
            return [strip.wanted().text, screen.wanted().text]

        assert at("2026-11-30", "08:00") == ["停止服务，08:30开始"] * 2
        assert at("2026-11-30", "08:30") == ["欢迎"] * 2
        assert at("2026-11-30", "12:30") == ["停止服务，14:00开始"] * 2
        assert at("2026-12-03", "18:00") == ["停止服务，明天08:30开始"] * 2
        assert at("2026-12-04", "18:00") == ["停止服务，12月7日08:30开始"] * 2


async def test_who_still_waits_after_hours_finds_an_open_counter(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.issue("t1")
        await closed_hall(hall)
        rules = hall.ground.desk.state.rules
        hall.time.pass_s((rules.instant("2026-11-30", "12:10") - hall.clock.now()) / 1000)
        strip = Showing(Strip(Face("led:1", NoStrip(), fitted, ZONE), 1), hall.ground)
        assert strip.wanted().text == "欢迎"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rows": 5}, "this screen has 4 lines"),
        ({"area": "nowhere"}, "nowhere"),
        ({"address": 1}, "is taken by leds"),
        ({"line": "units"}, "a main LED needs a line with onbon-bx"),
    ],
)
def test_a_wrong_main_led_is_told(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    items = (Path(__file__).parents[2] / "config/items-demo.toml").read_text("utf-8")
    (tmp_path / "items-demo.toml").write_text(items, "utf-8")
    with pytest.raises(ConfigErrors, match=sentence):
        load(write_tree(tmp_path / "hall.toml", hall_file(**changes)))


async def test_notices_take_turns_with_the_calls_and_a_call_comes_first(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        real = [0.0]
        face = Face("main-led:hall", NoStrip(), fitted, ZONE)
        screen = MainShowing(Screen(face, "main", 4), hall.ground, lambda: real[0])

        def after(seconds: float) -> str:
            real[0] += seconds
            return screen.wanted().text

        await hall.do(PublishNotices(("今天停电", "明天放假")))
        pages = [after(0), after(12), after(12), after(12), after(12)]
        assert pages == ["欢迎", "今天停电", "明天放假", "欢迎", "今天停电"]
        await hall.issue("t1")
        await hall.do(CallNext(1))
        assert (after(1), screen.wanted().effect) == ("请A001号到1号窗口", "flash")
        assert (after(6), screen.wanted().effect) == ("请A001号到1号窗口", "static")
        assert after(6) == "今天停电"
        await hall.do(PublishNotices(()))
        assert after(0) == "请A001号到1号窗口"


async def test_own_words_and_emergencies_stand_on_a_strip(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        strip = Showing(Strip(Face("led:1", NoStrip(), fitted, ZONE), 1), hall.ground)
        await hall.do(SetStripText(1, "社保专窗"))
        assert strip.wanted() == LedText("社保专窗", "yellow")
        await hall.do(StopIssuing("hall", "emergency", "safety"))
        assert strip.wanted().text == "safety"  # the hall's texts have the words
        await hall.do(ResumeIssuing("hall"))
        await hall.issue("t1")
        await hall.do(CallNext(1))
        assert strip.wanted().text == "请A001号到1号窗口"
