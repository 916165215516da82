"""A one-time notice on 58 and 80 mm: the table fits, the boxes say what is missing."""

from pathlib import Path

import pytest

from config.settings import load
from controller.domain.notice_events import NoticeAsked
from controller.slips import SlipWriter
from devices.line_breaking import columns
from devices.profiles import PROFILES, profile
from devices.slip_table import MaterialRow, TableHead, table_lines
from tests.unit.devices.test_slip import printed

ROOT = Path(__file__).resolve().parents[3]
HEAD = TableHead("材料", "份数", "有", "缺")
LONG = "户口簿（户主页、本人页和变更页），集体户口另附首页和派出所证明"


def asked(item: str = "RS02", *missing: str, ticket: str = "t1") -> NoticeAsked:
    return NoticeAsked(
        "0123456789ab", ticket, "A001" if ticket else "", "", "", item, "待遇申领",
        list(missing), 3, "1001", 1_795_393_800_000,
    )  # fmt: skip


def lines_of(name: str, notice: NoticeAsked, again_at: int | None = None) -> list[str]:
    writer = SlipWriter(load(ROOT / "config/demo.toml"), profile(name), lambda ticket: "token")
    ticket = printed(writer(notice, again_at))
    assert ticket.ignored == ()
    assert (
        max(line.columns for line in ticket.lines if line.kind == "text") <= profile(name).columns
    )
    return [line for line in ticket.text.split("\n") if line.strip()]


@pytest.mark.parametrize("name", PROFILES)
def test_a_notice_says_who_told_what_and_what_is_missing(name: str) -> None:
    lines = lines_of(name, asked("RS02", "户口簿"))
    assert lines[:3] == ["云溪镇政务服务中心", "一次性告知单", "编号：20261123-456789ab"]
    assert {"3号窗口 工号1001 排队号A001", "还缺：户口簿", "收费：不收费"} <= set(lines)
    rows = {line.split()[0]: line.split()[1:] for line in lines if line[-1] in "□√"}
    assert rows == {
        "身份证": ["1份", "√", "□"],
        "户口簿": ["1份", "□", "√"],
        "社会保障卡": ["复印1", "√", "□"],
    }
    assert lines[-1] == "无此行作废"


def test_boxes_stay_empty_when_nobody_has_looked() -> None:
    lines = lines_of("cn-generic-58", asked("RS02", ticket=""))
    assert not any("√" in line or "还缺" in line for line in lines)
    assert sum(line.count("□") for line in lines) == 6
    assert "补打 08:30" in lines_of("cn-generic-58", asked(), 1_795_393_800_000)


def test_an_item_that_is_no_more_makes_no_notice() -> None:
    with pytest.raises(LookupError, match="XX99"):
        lines_of("cn-generic-80", asked("XX99"))


@pytest.mark.parametrize("width", [32, 42, 48, 69])
def test_a_long_material_is_broken_and_its_boxes_stand_once(width: int) -> None:
    rows = [MaterialRow(LONG, "原件1复印2", missing=True), MaterialRow("身份证", "1份", have=True)]
    lines = table_lines(HEAD, rows, width)
    assert {columns(line) for line in lines} == {width}
    assert [line[-4:].split() for line in lines[1:2]] == [["□", "√"]]
    name = "".join(line[:-1].split()[0] for line in lines[1:-1] if line.strip())
    assert name.startswith("户口簿") and lines[-1].startswith("身份证")
    assert sum(line.count("√") for line in lines) == 2
