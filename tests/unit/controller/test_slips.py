"""The words on a slip and in the air."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings, load
from controller.domain.events import TicketIssued
from controller.domain.rules import Rules
from controller.rules_from_settings import rules_from
from controller.slips import SlipWriter, wait_minutes
from devices.profiles import profile
from tests.fixtures.core import START_MS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(ROOT / "config/demo.toml")


def issued(ahead: int = 3, wait: tuple[int, int] | None = None) -> TicketIssued:
    low, high = wait or (None, None)
    return TicketIssued(
        ticket="t-1", number="A001", service="A", date="2026-11-23", items=[], priority=None,
        source="kiosk", issued_at=START_MS, effective_at=START_MS, ahead=ahead,
        wait_low_s=low, wait_high_s=high, skipped=[],
    )  # fmt: skip


def writer(settings: Settings) -> SlipWriter:
    return SlipWriter(settings, profile("cn-generic-80"), lambda ticket: f"token-of-{ticket}")


@pytest.mark.parametrize(
    ("given", "shown"),
    [((0, 10), (0, 5)), ((300, 600), (5, 10)), ((301, 899), (5, 15)), ((900, 1500), (15, 25)),
     ((899, 901), (10, 20)), ((600, 600), (10, 15))],
)  # fmt: skip
def test_a_wait_is_told_in_steps_of_five_minutes(
    given: tuple[int, int], shown: tuple[int, int]
) -> None:
    assert wait_minutes(*given) == shown


def test_a_slip_without_a_known_wait_has_no_line_for_it(settings: Settings) -> None:
    slip = writer(settings).slip(issued())
    assert slip.wait_line is None
    assert slip.ahead_line == "前面还有3人"
    assert slip.time_line == "2026-11-23 08:30"
    assert slip.notice == "过号作废，请重新取号"
    assert slip.service == "社保医保"


def test_a_wait_is_a_range_and_long_ones_have_no_end(settings: Settings) -> None:
    assert writer(settings).slip(issued(3, (900, 1500))).wait_line == "约等15～25分钟"
    assert writer(settings).slip(issued(30, (5400, 6000))).wait_line == "约等60分钟以上"
    assert writer(settings).slip(issued(1, (0, 200))).wait_line == "5分钟以内"
    nobody = writer(settings).slip(issued(0, (0, 600)))
    assert "没有人" in nobody.ahead_line
    assert nobody.wait_line is None, "who is called at once reads no wait"


def test_the_code_is_the_tickets_page_or_plain_text(settings: Settings) -> None:
    there = settings.with_public_url("https://hall.example.cn")
    slip = writer(there).slip(issued())
    assert slip.qr == "https://hall.example.cn/t/t-1/token-of-t-1"
    assert slip.qr_caption
    slip = writer(settings.with_public_url(None)).slip(issued())
    assert slip.qr == "云溪镇政务服务中心 A001 2026-11-23 000-00000000"
    assert slip.qr_caption == ""


@pytest.mark.parametrize("name", ["demo", "hall"])
def test_the_rules_of_a_hall_file_fold_to_themselves(name: str) -> None:
    hall = load(ROOT / f"config/{name}.toml")
    rules = rules_from(hall)
    assert Rules.from_json(rules).to_json() == rules
    assert rules["hall"] == hall.hall.code
    assert len(rules["items"]) == len(hall.items)
    assert rules["always_open"] is hall.hours.always_open


@pytest.mark.parametrize("service", ["A", "B", "C", "D", "E"])
def test_the_demos_ticket_is_short_on_the_wire(settings: Settings, service: str) -> None:
    """With a full token and the process ID that the driver puts behind it: 270 bytes at most."""
    printer = settings.printers[0]
    make = profile(printer.profile, **printer.overrides)
    hall = settings.with_public_url("http://127.0.0.1:65535")
    words = SlipWriter(hall, make, lambda ticket: "Qk3vX9s2LmZ8QrSt")
    long = replace(
        issued(128, (1500, 3300)), ticket="0123456789abcdefghij", number="A012", service=service
    )
    assert len(words(long)) + len(b"\x1d(H\x06\x00000001") <= 270


def test_a_rare_sign_does_not_cost_the_ticket(settings: Settings) -> None:
    hall = settings.hall.model_copy(update={"name": "㙟镇𠮷"})
    data = writer(settings.model_copy(update={"hall": hall}))(issued())
    assert "〓镇〓".encode("gb18030") in data
