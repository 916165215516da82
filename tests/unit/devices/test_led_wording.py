"""What a strip says is fitted to its dots: a short form first, then it runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import shipped
from devices.led_panel import LedText, Panel
from devices.led_wording import (
    Called,
    Closed,
    Idle,
    LedWords,
    Moment,
    Own,
    Paused,
    Serving,
    fit,
)

ZH, EN = (LedWords.of(shipped().messages[lang]) for lang in ("zh", "en"))
CALL = Called("A001", 3)
PAUSE = Paused("用餐", "13:30", (2, 5))


@pytest.mark.parametrize(
    ("moment", "width_px", "text", "effect"),
    [
        (CALL, 192, "请A001号到3号窗口", "static"),
        (CALL, 136, "请A001号到3号窗口", "static"),
        (CALL, 128, "请A001号", "static"),  # one letter too wide for the long form
        (CALL, 64, "请A001号", "static"),
        (CALL, 32, "A001", "static"),
        (Called("V1234", 3), 32, "1234", "static"),
        (Called("A001", 3, fresh=True), 128, "请A001号", "flash"),
        (Serving("A001"), 128, "A001号办理中", "static"),
        (Serving("A001"), 64, "A001", "static"),
        (Idle(), 128, "热情为您服务", "static"),
        (Idle(), 64, "热情为您服务", "left"),
        (Paused(), 128, "暂停服务", "static"),
        (Paused(until="13:30"), 128, "暂停服务，13:30恢复", "left"),
        (Paused(until="13:30"), 192, "暂停服务，13:30恢复", "static"),
        (PAUSE, 128, "暂停服务，用餐，13:30恢复，请到2、5号窗口", "left"),
        (Closed(), 64, "停止服务", "static"),
        (Closed("14:00"), 128, "停止服务，14:00开始", "left"),
        (Own("赶集日，请耐心等候"), 192, "赶集日，请耐心等候", "static"),
        (Own("赶集日，请耐心等候"), 128, "赶集日，请耐心等候", "left"),
    ],
)
def test_a_strip_with_hanzi(moment: Moment, width_px: int, text: str, effect: str) -> None:
    fitted = fit(moment, ZH, Panel(width_px))
    assert (fitted.text, fitted.effect) == (text, effect)


@pytest.mark.parametrize(
    ("moment", "columns", "text"),
    [
        (CALL, 4, "A001"),
        (CALL, 3, "001"),
        (CALL, 2, "1"),
        (Called("A012", 3, fresh=True), 4, "A012"),
        (Idle(), 8, "Welcome"),
        (Idle(), 4, "----"),
        (PAUSE, 6, "Paused"),
        (PAUSE, 4, "----"),
        (Closed("14:00"), 6, "Closed"),
    ],
)
def test_a_board_of_letters_that_cannot_run(moment: Moment, columns: int, text: str) -> None:
    panel = Panel(8 * columns, signs="ascii", runs=False)
    assert fit(moment, EN, panel).text == text


@pytest.mark.parametrize(
    ("moment", "text"), [(CALL, "001"), (Serving("A012"), "012"), (PAUSE, "---"), (Closed(), "---")]
)
def test_a_board_of_digits(moment: Moment, text: str) -> None:
    assert fit(moment, EN, Panel(24, signs="digits", runs=False)).text == text


def test_a_call_is_red_a_serving_green_and_the_rest_yellow() -> None:
    panel = Panel(128)
    moments = (CALL, Serving("A001"), Idle(), PAUSE, Closed(), Own("x", "green"))
    colours = [fit(moment, ZH, panel).colour for moment in moments]
    assert colours == ["red", "green", "yellow", "yellow", "yellow", "green"]


def test_a_reason_without_signs_is_left_out() -> None:
    assert fit(Paused("㙟"), ZH, Panel(128)) == LedText("暂停服务", "yellow")
    assert fit(Paused("用餐"), EN, Panel(128, signs="ascii")).text == "Paused"


def test_two_lines_hold_more() -> None:
    assert fit(Closed("14:00"), ZH, Panel(128, 32)).effect == "static"


numbers = st.from_regex(r"[A-Z][0-9]{3,4}", fullmatch=True)
moments = st.one_of(
    st.builds(Idle),
    st.builds(
        Called,
        st.from_regex(r"[A-Z][0-9]{3,4}", fullmatch=True),
        st.integers(1, 999),
        st.booleans(),
    ),
    st.builds(Serving, st.from_regex(r"[A-Z][0-9]{3,4}", fullmatch=True)),
    st.builds(
        Paused,
        st.text(max_size=8),
        st.sampled_from(["", "13:30"]),
        st.lists(st.integers(1, 99), max_size=3).map(tuple),
    ),
    st.builds(Closed, st.sampled_from(["", "14:00"])),
)
panels = st.one_of(
    st.builds(Panel, st.integers(4, 64).map(lambda n: 8 * n), st.sampled_from([16, 32])),
    st.builds(
        Panel,
        st.integers(1, 16).map(lambda n: 8 * n),
        signs=st.sampled_from(["ascii", "digits"]),
        runs=st.booleans(),
    ),
)


@given(moment=moments, panel=panels)
def test_whatever_is_to_be_said_has_signs_and_stands_still_or_runs(
    moment: Moment, panel: Panel
) -> None:
    fitted = fit(moment, ZH if panel.signs == "gb2312" else EN, panel)
    panel.encode(fitted.text)
    if not panel.holds(fitted.text):
        ticket = isinstance(moment, Called | Serving)
        # Only a number on a board that is too small for it is cut.
        assert fitted.effect == "left" or (ticket and not panel.runs)
