"""Paper that is counted, in slips of their real length."""

from pathlib import Path

import pytest

from devices.printer import PrinterStatus
from devices.profiles import profile
from devices.roll import LOW_SLIPS, PaperRoll, length_mm
from devices.slip import TicketSlip, compose

SLIP = compose(
    TicketSlip(
        hall="云溪镇政务服务中心", number="A006", service="社保医保", ahead_line="前面还有5人",
        wait_line="约等15～25分钟", time_line="2026-11-23 09:42", notice="过号作废，请重新取号",
        qr="http://192.0.2.10:8080/t/0123456789abcdefghij/Qk3vX9s2LmZ8QrSt",
    ),
    profile("cn-generic-80"),
)  # fmt: skip


def roll_of(folder: Path, slips: int) -> PaperRoll:
    """A roll for so many of these slips, after the first."""
    roll = PaperRoll(folder / "rolls" / "kiosk.json", round(length_mm(SLIP) * (slips + 1)) + 5)
    roll.printed(SLIP)
    return roll


def test_a_slip_is_as_long_as_what_stands_on_it() -> None:
    assert 80 < length_mm(SLIP) < 140
    assert length_mm(SLIP + SLIP) == 2 * length_mm(SLIP)


def test_every_slip_leaves_one_less_and_never_less_than_none(tmp_path: Path) -> None:
    assert PaperRoll(tmp_path / "x.json", 80_000).slips_left is None
    roll = roll_of(tmp_path, 90)
    left = [roll.slips_left]
    for _ in range(92):
        roll.printed(SLIP)
        left.append(roll.slips_left)
    assert left == [*range(90, -1, -1), 0, 0]


def test_few_are_low(tmp_path: Path) -> None:
    assert not roll_of(tmp_path, LOW_SLIPS).is_low
    assert roll_of(tmp_path, LOW_SLIPS - 1).is_low


@pytest.mark.parametrize(
    ("slips", "told", "fresh"),
    [
        (90, ("paper-out", "cover-open", "ready"), True),
        (90, ("paper-out", "silent", "ready"), True),
        (10, ("cover-open", "ready"), True),
        (90, ("cover-open", "ready"), False),
        (90, ("silent", "off-line", "ready"), False),
    ],
)
def test_a_new_roll_is_seen_by_what_the_printer_says(
    tmp_path: Path, slips: int, told: tuple[str, ...], fresh: bool
) -> None:
    roll = roll_of(tmp_path, slips)
    assert [roll.told(PrinterStatus(one)) for one in told][-1] is fresh
    assert roll.slips_left == (slips + 1 if fresh else slips)
    assert not roll.told(PrinterStatus.READY)


def test_the_count_goes_on_after_a_restart(tmp_path: Path) -> None:
    roll = roll_of(tmp_path, 90)
    roll.save_blocking()
    again = roll_of(tmp_path, 90)
    again.load_blocking()
    assert again.slips_left == 90
    (tmp_path / "rolls/kiosk.json").write_text("[1", "utf-8")
    again.load_blocking()
    assert again.slips_left == 90
