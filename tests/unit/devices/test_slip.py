"""The slip's bytes, read back by the printer's parser and, for the QR code, by zbarimg."""

import os
import re
import shutil
import subprocess
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from config.settings import Layout, UnencodableText
from devices.framing.escpos_commands import CommandParser
from devices.framing.escpos_operations import (
    Align,
    Cut,
    HanziMode,
    Initialise,
    LineFeed,
    Operation,
    QrLevel,
    QrModel,
    QrPrint,
    QrSize,
    QrStore,
    SetStyle,
    Text,
)
from devices.framing.escpos_paper import PrintedTicket, TicketText
from devices.paper_picture import paper_png
from devices.profiles import PROFILES, PrinterProfile, profile
from devices.slip import TicketSlip, compose, qr_module_dots

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden" / "tickets"

# device-protocols.md A.8: the reference ticket of 207 bytes.
REFERENCE = bytes.fromhex(
    "1b401c261b6101c4b3c4b3d5f2d5fecef1b7fecef1d6d0d0c40a1d2133413031320a1d2100"
    "1b2108d7dbbacfb4b0bfdaa3a8c9e7b1a3a1a4d2bdb1a3a3a90a1b2100"
    "c4fac7b0c3e6bbb9d3d0203720c8cbb5c8baf20ac7ebd4dab6fec2a5b4f3ccfcb5c8baf2a3acb9fdbac5d7f7b7cf0a"
    "323032362d31312d32322030393a31350a"
    "1d286b0400314132001d286b03003143061d286b0300314531"
    "1d286b220031503068747470733a2f2f712e6578616d706c652e676f762e636e2f742f41303132"
    "1d286b03003151300a1d564200"
)
SLIP = TicketSlip(
    hall="云溪镇政务服务中心",
    number_label="您的号",
    number="A006",
    service="社保医保",
    ahead_line="前面 5 人",
    wait_line="大约等 15～25 分钟",
    time_line="2026-11-23 09:42",
    notice="请留意语音叫号和大屏；过号作废，需要重新取号。",
    qr="http://192.0.2.10:8080/t/yunxi-3f9a1b2c4d5e6f70/Qk3vX9s2LmZ8",
    qr_caption="手机扫一扫，随时看还有几个人",
    footer="咨询电话 000-00000000",
    last="无此行作废",
)
REFERENCE_SLIP = TicketSlip(
    hall="某某镇政务服务中心",
    number="A012",
    service="综合窗口（社保·医保）",
    ahead_line="您前面还有 7 人等候",
    wait_line=None,
    notice="请在二楼大厅等候，过号作废",
    time_line="2026-11-22 09:15",
    qr="https://q.example.gov.cn/t/A012",
)
PLAIN_QR = "云溪镇政务服务中心\n您的号：A006\n2026-11-23\n电话 000-00000000"
GOLDEN_TICKETS = {
    "epson-tm": (SLIP, profile("epson-tm")),
    "cn-generic-80": (SLIP, profile("cn-generic-80")),
    "cn-generic-58": (SLIP, profile("cn-generic-58")),
    "kiosk-custom": (SLIP, profile("kiosk-custom")),
    "no-wait-plain-qr": (replace(SLIP, wait_line=None, qr=PLAIN_QR), profile("cn-generic-80")),
    "reference": (REFERENCE_SLIP, profile("epson-tm", width_dots=576, qr_model=True)),
}


def operations(data: bytes) -> list[Operation]:
    return CommandParser().feed(data)


def printed(data: bytes) -> PrintedTicket:
    paper = TicketText()
    tickets = [ticket for each in operations(data) if (ticket := paper.add(each))]
    assert len(tickets) == 1
    return tickets[0]


def as_golden(data: bytes) -> str:
    """One operation a line, its bytes and what it means."""
    return "".join(f"{each.raw.hex()}  # {each}\n" for each in operations(data))


@pytest.mark.parametrize("name", GOLDEN_TICKETS)
def test_the_bytes_are_those_of_the_golden_ticket(name: str) -> None:
    """After a wanted change: WRITE_GOLDEN=1 pytest tests/unit/devices/test_slip.py."""
    data = compose(*GOLDEN_TICKETS[name])
    path = GOLDEN / f"{name}.hex"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(as_golden(data), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert data.hex() == "".join(line.partition(" ")[0] for line in lines)


def skeleton(data: bytes) -> list[object]:
    """The order of what matters on any ticket: modes, the large number, QR steps, cut."""
    kept: list[object] = []
    for each in operations(data):
        if isinstance(each, Initialise | HanziMode | Align | QrModel | QrLevel | QrStore | QrPrint):
            kept.append(each)
        elif isinstance(each, Text) and each.style.width == each.style.height == 4:
            kept.append(each.text)
        elif isinstance(each, QrSize):
            kept.append("module of 6 to 8" if 6 <= each.dots <= 8 else each)
        elif isinstance(each, Cut):
            kept.append(each)
    return kept


def test_the_reference_ticket_has_the_shape_of_the_documented_one() -> None:
    ours = compose(*GOLDEN_TICKETS["reference"])
    assert skeleton(ours) == skeleton(REFERENCE)
    assert ours.startswith(bytes.fromhex("1b401c261b6101"))
    assert ours.endswith(bytes.fromhex("1d564200"))
    theirs = [each.raw for each in operations(REFERENCE) if isinstance(each, Text)]
    assert {each.raw for each in operations(ours) if isinstance(each, Text)} >= set(theirs)


def test_the_slip_carries_everything_a_citizen_needs() -> None:
    ticket = printed(compose(SLIP, profile("cn-generic-80")))
    assert [word for word in ticket.text.split("\n") if word.strip("-")] == [
        "云溪镇政务服务中心",
        "A006",
        "社保医保",
        "前面 5 人  大约等 15～25 分钟",
        "请留意语音叫号和大屏；过号作废，需要重新取号。",
        "手机扫一扫，随时看还有几个人",
        "2026-11-23 09:42",
        "无此行作废",
    ]
    assert ticket.qr == (SLIP.qr,)
    assert ticket.ignored == ()
    sizes = {line.text: (line.width, line.height) for line in ticket.lines}
    assert sizes["A006"] == (4, 4)
    assert sizes["社保医保"] == (2, 2)


def test_an_unknown_wait_is_absent_from_the_paper() -> None:
    text = printed(compose(replace(SLIP, wait_line=None), profile("cn-generic-80"))).text
    assert "前面 5 人\n" in text
    assert "大约" not in text
    assert "None" not in text


def test_no_code_is_printed_for_an_empty_qr_text() -> None:
    assert printed(compose(replace(SLIP, qr=""), profile("cn-generic-80"))).qr == ()


LONG = replace(
    SLIP,
    hall="云溪苗族土家族自治县政务服务和公共资源交易管理中心第二分中心办事大厅",
    service="农村宅基地（农房建设）联审联办与不动产登记",
    number="A1000",
    ahead_line="前面还有 128 位群众正在等候办理",
    wait_line="大约等 115～125 分钟，可先回去",
    notice="过号不用重新取号，到窗口说一声，三个号以内优先安排；咨询请拨 0738-12345678，谢谢。",
)


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("slip", [SLIP, LONG], ids=["usual", "long"])
def test_no_line_is_wider_than_the_paper(name: str, slip: TicketSlip) -> None:
    make = profile(name)
    ticket = printed(compose(slip, make))
    texts = [line for line in ticket.lines if line.kind == "text"]
    assert max(line.columns for line in texts) <= make.columns
    whole = [line.text for line in texts]
    assert slip.number in whole
    for unbroken in ("115～125 分钟", "0738-12345678", "128 位") if slip is LONG else ():
        assert any(unbroken in line for line in whole)
    assert not any(line.startswith(("，", "。", "；", "）")) for line in whole)


@pytest.mark.parametrize("name", PROFILES)
def test_nothing_on_the_wire_looks_like_a_real_time_command(name: str) -> None:
    assert not re.search(rb"\x10[\x04\x05\x14]", compose(LONG, profile(name)))


def test_signs_that_no_printer_has_never_reach_the_wire() -> None:
    strict = profile("cn-generic-80", missing_sign="")
    with pytest.raises(UnencodableText, match="㙟"):
        compose(replace(SLIP, hall="㙟镇"), strict)
    with pytest.raises(UnencodableText):
        compose(replace(SLIP, notice="\x1b@"), strict)
    ticket = printed(compose(replace(SLIP, hall="㙟镇𠮷", notice="\x1b@"), profile("epson-tm")))
    assert "〓镇〓\n" in ticket.text and "〓@\n" in ticket.text
    text = printed(compose(replace(SLIP, notice="工本费 ¥10"), profile("cn-generic-80"))).text
    assert "工本费 元10" in text


def test_strict_gb2312_is_a_matter_of_the_profile() -> None:
    slip = replace(SLIP, hall="汨罗市屈原镕办")
    compose(slip, profile("cn-generic-80"))
    with pytest.raises(UnencodableText, match="镕"):
        compose(slip, profile("cn-generic-80", encoding="gb2312", missing_sign=""))


@pytest.mark.parametrize("count", [10, 31, 60, 84, 120, 180])
@pytest.mark.parametrize("name", PROFILES)
def test_a_qr_module_is_six_dots_at_least_where_that_fits(count: int, name: str) -> None:
    make = profile(name)
    dots = qr_module_dots("x" * count, make)
    assert 3 <= dots <= 8
    if make.width_dots >= 512 or count <= 120:
        assert dots >= 6


def test_a_qr_text_that_no_phone_would_read_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 213 bytes"):
        qr_module_dots("x" * 214, profile("cn-generic-80"))
    with pytest.raises(ValueError, match="too wide"):
        qr_module_dots("x" * 200, profile("cn-generic-58", width_dots=128))


def test_every_field_of_a_profile_can_be_overridden() -> None:
    make = profile("kiosk-custom", width_dots=640, confirm="none", qr_max_module=4)
    assert (make.name, make.columns, make.confirm) == ("kiosk-custom", 53, "none")
    assert qr_module_dots("x", make) == 4
    assert profile("epson-tm", width_dots=None) == PROFILES["epson-tm"]
    with pytest.raises(KeyError):
        profile("epson-lx")


def read_code(png: bytes) -> str:
    """What a phone would read from the picture."""
    if not shutil.which("zbarimg"):
        pytest.fail("zbarimg is missing: apt-get install zbar-tools", pytrace=False)
    done = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-"], input=png, capture_output=True, check=True
    )
    return done.stdout.decode("utf-8").removesuffix("\n")


@pytest.mark.parametrize("make", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("text", [SLIP.qr, PLAIN_QR], ids=["page", "plain"])
def test_the_code_can_be_read_from_the_paper(make: PrinterProfile, text: str) -> None:
    data = compose(replace(SLIP, qr=text), make)
    assert read_code(paper_png(operations(data), make.width_dots)) == text


def test_the_reference_code_can_be_read_from_the_paper() -> None:
    code = read_code(paper_png(operations(REFERENCE)))
    assert code == "https://q.example.gov.cn/t/A012"


FULL = Layout.model_validate(
    tomllib.loads((ROOT / "config/slips/ticket-full.toml").read_text("utf-8"))
)


def test_the_fuller_layout_says_the_rest() -> None:
    slip = replace(SLIP, keep="请在大厅等候", mark="补打 09:50", details=("接着办：民政助残",))
    lines = printed(compose(slip, profile("cn-generic-80"), FULL)).text.split("\n")
    assert [line for line in lines if line.strip("-")][:4] == [
        "云溪镇政务服务中心", "补打 09:50", "您的号", "A006"
    ]  # fmt: skip
    assert {"请在大厅等候", "接着办：民政助残", "咨询电话 000-00000000"} <= set(lines)


def test_a_layout_may_have_a_picture_and_a_bar_code() -> None:
    parts = [{"logo": 1}, {"text": "{number}", "width": 8, "height": 8}, {"barcode": "{number}"}]
    parts.append({"text": "{last}"})
    layout = Layout.model_validate({"parts": parts})
    data = compose(SLIP, profile("cn-generic-58"), layout)
    assert b"\x1c\x70\x01\x00" in data
    assert b"\x1d\x6b\x49\x06{BA006\n" in data
    sizes = {line.text: (line.width, line.height) for line in printed(data).lines}
    assert sizes["A006"] == (8, 8)
    with pytest.raises(ValueError, match="letters and digits"):
        compose(replace(SLIP, number="甲1"), profile("cn-generic-58"), layout)


@pytest.mark.parametrize("make", PROFILES.values(), ids=PROFILES)
def test_no_mode_is_told_twice_in_a_row(make: PrinterProfile) -> None:
    told: dict[bytes, list[bytes]] = {}
    for step in operations(compose(SLIP, replace(make, size_commands="gs"))):
        if isinstance(step, SetStyle):
            told.setdefault(step.raw[:2], []).append(step.raw[2:])
    assert list(told) == [b"\x1d\x21"]
    assert all(one != other for one, other in pairwise(told[b"\x1d\x21"]))


def test_every_line_ends_before_the_cut() -> None:
    steps = [each for each in operations(compose(SLIP, profile("cn-generic-80")))]
    assert isinstance(steps[-1], Cut)
    last = max(index for index, each in enumerate(steps) if isinstance(each, Text))
    assert isinstance(steps[last + 1], LineFeed)


def test_a_slip_on_marked_paper_is_fed_to_the_next_mark_before_the_cut() -> None:
    marked = profile("kiosk-custom", black_mark=True)
    assert compose(SLIP, marked).endswith(b"\x1d\x0c" + marked.cut)
    kinds = [type(one).__name__ for one in CommandParser().feed(compose(SLIP, marked))]
    assert kinds[-2:] == ["Feed", "Cut"]


def test_a_printer_that_feeds_in_dots_follows_its_resolution() -> None:
    fine = profile("cn-generic-80", dots_per_mm=300 / 25.4)
    assert fine.feed_units_per_mm == fine.dots_per_mm
    assert profile("epson-tm", dots_per_mm=203 / 25.4).feed_units_per_mm == 360 / 25.4
