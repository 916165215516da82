"""The hall files that ship: the demo hall is the one of the issue, hall.toml shows every key."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ValidationError

from config import settings
from config.settings import Settings, load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo() -> Settings:
    return load(ROOT / "config" / "demo.toml")


@pytest.fixture(scope="module")
def hall() -> Settings:
    return load(ROOT / "config" / "hall.toml")


def test_demo_hall_is_the_reference_hall(demo: Settings) -> None:
    assert demo.hall.name == "云溪镇政务服务中心"
    assert demo.hall.public_url == "http://127.0.0.1:8080"
    assert demo.hall.zone == ZoneInfo("Asia/Shanghai")
    assert {s.prefix: s.name for s in demo.services} == {
        "A": "社保医保",
        "B": "民政助残",
        "C": "卫健服务",
        "D": "农业建房",
        "E": "综合服务",
    }
    assert [c.no for c in demo.counters] == [1, 2, 3, 4, 5]
    assert {c.services for c in demo.counters} == {("A", "B", "C", "D", "E")}
    assert demo.hours.always_open
    assert demo.simulated


def test_demo_hall_has_the_devices_of_the_reference_hall(demo: Settings) -> None:
    assert [p.id for p in demo.printers] == ["kiosk"]
    assert [(d.counter, d.line, d.address) for d in demo.leds] == [
        (no, "leds", no) for no in range(1, 6)
    ]
    assert [(d.counter, d.line, d.address) for d in demo.keypads] == [
        (no, "units", no) for no in range(1, 6)
    ]
    assert [(d.counter, d.line, d.address) for d in demo.rating_boxes] == [
        (no, "units", no + 20) for no in range(1, 6)
    ]
    assert demo.line("units").baud == 19200
    assert demo.line("leds").baud == 57600
    assert [line.port for line in demo.lines] == ["sim://kiosk", "sim://leds", "sim://units"]
    assert demo.keys.commands == {"1": "ACCEPT"}
    assert [s.times for s in demo.speakers] == [1]
    assert len(demo.boards) == 1
    assert len(set(demo.device_ids)) == len(demo.device_ids) == 18
    assert {"printer:kiosk", "led:5", "keypad:1", "rating-box:3"} <= set(demo.device_ids)


def test_demo_items_are_the_forty_two_with_their_services(demo: Settings) -> None:
    assert len(demo.items) == 42
    expected = {"RS": "A", "YB": "A", "MZ": "B", "CL": "B", "WJ": "C", "NY": "D"}
    for item in demo.items:
        service = "D" if item.code == "GA02" else expected.get(item.code[:2], "E")
        assert (item.code, item.service) == (item.code, service)
    kinds = Counter(item.kind for item in demo.items)
    assert kinds == {"promised": 28, "immediate": 10, "theme": 2, "advice": 1, "stopped": 1}
    pension = demo.item("RS02")
    assert (pension.legal_days, pension.promised_days, pension.minutes) == (20, 5, 9)
    assert pension.materials == ("身份证", "户口簿", "社会保障卡")
    assert pension.village
    assert not demo.item("RS04").village
    assert demo.item("ZX01").kind == "advice"
    assert demo.item("WJ02").kind == "stopped"


def test_demo_hall_looks_like_no_real_place(demo: Settings) -> None:
    assert demo.hall.case_prefix.startswith("999999")
    assert not demo.hall.phone.strip("0-")
    assert "不是任何地方的真实清单" in (ROOT / "config" / "items-demo.toml").read_text("utf-8")


def test_hall_file_shows_a_real_week_on_real_ports(hall: Settings) -> None:
    assert hall.hours.week[0] == ((510, 720), (840, 1050))
    assert hall.hours.week[6] == ()
    assert not hall.hours.always_open
    assert not hall.simulated
    ports = [line.port for line in hall.lines]
    assert any(port.startswith("/dev/serial/by-path/") for port in ports)
    assert [(one.id, one.backup) for one in hall.printers] == [("kiosk", "desk"), ("desk", "kiosk")]
    assert [s.times for s in hall.speakers] == [2, 2]
    assert hall.warnings == ()


def test_hall_file_shows_every_key_of_every_table() -> None:
    text = (ROOT / "config" / "hall.toml").read_text("utf-8")
    tables: dict[str, str] = {}
    for name, body in re.findall(r"^\[\[?(\w+)\]\]?$(.*?)(?=^\[|\Z)", text, re.M | re.S):
        tables[name] = tables.get(name, "") + body
    models: dict[str, type[BaseModel]] = {
        "hall": settings.Hall, "areas": settings.Area, "services": settings.Service,
        "counters": settings.Counter, "lines": settings.Line, "printers": settings.Printer,
        "templates": settings.Template,
        "leds": settings.Led, "keypads": settings.Keypad, "rating_boxes": settings.RatingBox,
        "input_modules": settings.InputModule, "issue_buttons": settings.IssueButton,
        "scanners": settings.Scanner, "card_readers": settings.CardReader,
        "speakers": settings.Speaker, "boards": settings.Board, "platform": settings.Platform,
    }  # fmt: skip
    shown_once = {"baud"}  # of a device: explained at the first printer
    for name, model in models.items():
        shown = shown_once if name != "lines" else set()
        if name in ("rating_boxes", "issue_buttons"):
            shown = shown | {"usb", "template", "simulate"}  # as at the keypads
        if name == "speakers":
            shown = shown | {"board"}  # told beside `output`; it needs an area without a speaker
        for key in model.model_fields.keys() - shown:
            assert re.search(rf"^{key} *=", tables[name], re.M), f"[{name}] {key}"


def test_settings_are_frozen(demo: Settings) -> None:
    part: BaseModel = demo.hall
    with pytest.raises(ValidationError):
        part.name = "别处"  # type: ignore[attr-defined]


def test_secret_of_the_platform_stays_out_of_repr(demo: Settings) -> None:
    assert demo.platform.secret not in repr(demo)


def test_public_url_can_follow_another_port(demo: Settings) -> None:
    moved = demo.with_public_url("http://127.0.0.1:9000")
    assert moved.hall.public_url == "http://127.0.0.1:9000"
    assert demo.hall.public_url == "http://127.0.0.1:8080"


def test_unknown_names_are_key_errors(demo: Settings) -> None:
    assert demo.service("A").name == "社保医保"
    assert demo.counter(3).no == 3
    for ask in (
        lambda: demo.service("Z"),
        lambda: demo.counter(9),
        lambda: demo.item("X1"),
        lambda: demo.line("x"),
    ):
        with pytest.raises(KeyError):
            ask()
