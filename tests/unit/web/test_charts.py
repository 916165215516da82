"""Drawings of the server: well-formed, no style attributes, the table says the same."""

from xml.etree import ElementTree

from web.charts import (
    HeatRow,
    SpentRow,
    WaitWords,
    bars,
    bars_across,
    heat_map,
    spent,
    wait_distribution,
)

WORDS = WaitWords(
    label="等了多久",
    axis="分",
    half="一半 {minutes}",
    most="九成 {minutes}",
    longest="最长 {minutes}",
    head=("等候", "张数"),
)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg)
    assert all("style" not in part.attrib for part in root.iter())
    assert root.get("aria-label")
    return root


def texts(svg: str) -> list[str]:
    return [part.text or "" for part in drawn(svg).iter(f"{SVG}text")]


def test_waits_are_counted_in_steps_of_five_minutes() -> None:
    chart = wait_distribution([0, 299, 300, 1799, 1800, 3000, 9000], WORDS)
    counts = [int(count) for _, count in chart.rows]
    assert counts == [2, 1, 0, 0, 0, 1, 1, 0, 0, 0, 2]
    assert (chart.rows[0][0], chart.rows[-1][0]) == ("0–5", "50+")
    assert {"一半 30", "九成 150", "最长 150"} <= set(texts(chart.svg))


def test_long_waits_are_hatched_not_only_coloured() -> None:
    fills = [part.get("fill") for part in drawn(wait_distribution([1900], WORDS).svg).iter()]
    assert "url(#hatch)" in fills


def test_no_wait_at_all_still_draws_an_axis() -> None:
    chart = wait_distribution([], WORDS)
    assert "50" in texts(chart.svg)
    assert all(count == "0" for _, count in chart.rows)


def test_the_fullest_cell_has_a_frame_and_lunch_is_a_gap() -> None:
    rows = [HeatRow("周一", (1.0, 2.0, None, 4.0)), HeatRow("周二", (None, 0.5, None, 3.0))]
    chart = heat_map(rows, ["11:00", "11:30", "", "14:00"], "忙", "张")
    framed = [part for part in drawn(chart.svg).iter() if part.get("stroke-width") == "3"]
    assert len(framed) == 1
    assert chart.head == ("", "11:00", "11:30", "14:00")
    assert chart.rows == (("周一", "1.0", "2.0", "4.0"), ("周二", "", "0.5", "3.0"))
    assert "4.0" in texts(chart.svg)


def test_a_heat_map_of_nothing_has_no_frame() -> None:
    chart = heat_map([HeatRow("周一", (0.0,))], ["9:00"], "忙", "张")
    assert not [part for part in drawn(chart.svg).iter() if part.get("stroke-width") == "3"]


def test_bars_carry_their_values_and_the_axis_begins_at_zero() -> None:
    chart = bars([("8:30", 21.0), ("9:00", 0.0)], "取号", ("时段", "张数"))
    assert {"0", "15", "30", "21"} <= set(texts(chart.svg))
    assert chart.rows == (("8:30", "21"), ("9:00", "0"))


def test_words_cannot_break_out_of_a_drawing() -> None:
    chart = bars([("<b>&", 1.0)], 'a"<', ("x", "y"))
    assert "<b>&" in texts(chart.svg)


def test_lying_bars_are_as_long_as_their_values() -> None:
    chart = bars_across([("先来先叫", 8.0), ("优先照顾", 2.0)], "为什么", ("规则", "次数"))
    long, short = drawn(chart.svg).iter(f"{SVG}rect")
    assert float(long.get("width", 0)) == 4 * float(short.get("width", 0))
    assert {"先来先叫", "优先照顾", "8", "2"} <= set(texts(chart.svg))
    assert chart.rows == (("先来先叫", "8"), ("优先照顾", "2"))
    drawn(bars_across([], "没有", ("规则", "次数")).svg)


def test_time_is_drawn_in_its_parts_and_hours_are_printed() -> None:
    rows = [SpentRow("1 号", (3.0, 1.0, 0.0)), SpentRow("2 号", (0.0, 0.0, 2.0))]
    chart = spent(rows, ("办理", "没在办", "暂停"), "时间")
    legend, bars_drawn = 3, 3
    assert len(list(drawn(chart.svg).iter(f"{SVG}rect"))) == legend + bars_drawn
    assert {"3.0", "1.0", "4.0", "2.0"} <= set(texts(chart.svg))
    assert chart.rows[1] == ("2 号", "0.00", "0.00", "2.00")
    drawn(spent([], ("办理", "没在办", "暂停"), "时间").svg)
