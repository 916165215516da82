"""Keypads, boxes, buttons, modules, pads, scanners and readers in the hall file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.inputs import UNIT_KEY_NAMES
from config.settings import FUNCTIONS, ConfigErrors, Settings, load
from controller.reactors.buttons import COMMANDS
from devices.framing.hall_event import KEYS
from devices.framing.input_event import CODES
from tests.fixtures.hall_files import DEMO, write_tree
from tests.fixtures.input_hall import INPUTS, input_hall


def errors_of(folder: Path, tree: dict[str, Any]) -> dict[str, str]:
    """Key -> sentence of every error."""
    with pytest.raises(ConfigErrors) as refused:
        load(write_tree(folder / "hall.toml", tree))
    for error in refused.value.errors:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in error.sentence_zh)
    return {error.key: error.sentence for error in refused.value.errors}


def changed(name: str, place: int, **changes: Any) -> dict[str, Any]:
    """The hall of all inputs with other values in one row; None takes a key out."""
    rows = [dict(row) for row in INPUTS[name]]
    rows[place] |= changes
    rows[place] = {key: value for key, value in rows[place].items() if value is not None}
    return INPUTS | {name: rows}


def test_a_hall_with_every_kind_of_input_is_right(tmp_path: Path) -> None:
    hall = load(input_hall(tmp_path))
    assert hall.simulated
    assert hall.warnings == ()
    assert {"input-module:wall", "issue-button:door", "scanner:door"} <= set(hall.device_ids)
    assert "card-reader:kiosk" in hall.device_ids


@pytest.mark.parametrize(
    ("name", "place", "changes", "key", "sentence"),
    [
        ("keypads", 0, {"line": None}, "keypads[0].line", "give line and address, or module"),
        ("keypads", 0, {"address": None}, "keypads[0].address", "missing"),
        ("keypads", 0, {"usb": "sim://x"}, "keypads[0].usb", "one place only"),
        ("keypads", 1, {"address": 3}, "keypads[1].address", "no address"),
        ("keypads", 2, {"module": "well"}, "keypads[2].module", 'no input module "well"'),
        ("keypads", 2, {"keys": None}, "keypads[2].keys", "need their meaning"),
        ("keypads", 2, {"keys": {"99": "next"}}, "keypads[2].keys.99", "16 inputs only"),
        ("keypads", 2, {"keys": {"a": "next"}}, "keypads[2].keys.a", "number of the input"),
        ("keypads", 2, {"keys": {"4": "next"}}, "rating_boxes[2].keys.4", "taken by keypads[2]"),
        ("keypads", 2, {"lamp": 9}, "keypads[2].lamp", "4 outputs only"),
        ("keypads", 2, {"lamp": 3}, "rating_boxes[2].lamp", "output 3 is taken by"),
        ("keypads", 0, {"lamp": 1}, "keypads[0].lamp", "for a module's outputs only"),
        ("keypads", 0, {"keys": {"NXT": "next"}}, "keypads[0].keys.NXT", "code such as 0x2A"),
        ("keypads", 0, {"keys": {"NEXT": "coffee"}}, "keypads[0].keys.NEXT", 'no function "cof'),
        ("keypads", 1, {"keys": {"=": "next"}}, "keypads[1].keys.=", "there are: Enter, +"),
        ("keypads", 1, {"usb": "pad"}, "keypads[1].usb", "is no keyboard"),
        ("keypads", 1, {"usb": "sim://units"}, "keypads[1].usb", "a line has this name"),
        ("keypads", 1, {"usb": "sim://box"}, "rating_boxes[1].usb", "is used by keypads[1]"),
        ("rating_boxes", 0, {"keys": {"4": 5, "3": 3}}, "rating_boxes[0].keys", "dissatisfied"),
        ("rating_boxes", 0, {"keys": {"4": 5, "3": 5}}, "rating_boxes[0].keys", "same grade"),
        ("rating_boxes", 0, {"keys": {"4": 6}}, "rating_boxes[0].keys.4", "5 or less"),
        ("rating_boxes", 0, {"keys": {"x": 5, "1": 1}}, "rating_boxes[0].keys.x", "0 to 255"),
        ("issue_buttons", 0, {"keys": {"NEXT": "Z"}}, "issue_buttons[0].keys.NEXT", "no service"),
        ("issue_buttons", 0, {"keys": {}}, "issue_buttons[0].keys", ""),
        ("issue_buttons", 0, {"address": 1}, "issue_buttons[0].address", "taken by keypads[0]"),
        ("issue_buttons", 1, {"id": "door"}, "issue_buttons[1].id", "already used"),
        ("input_modules", 0, {"mode": "edge"}, "input_modules[0].mode", "one of"),
        ("input_modules", 0, {"line": "leds"}, "input_modules[0].line", "speaks onbon-bx"),
        ("scanners", 0, {"use": "lunch"}, "scanners[0].use", "one of"),
        ("card_readers", 0, {"line": "scan"}, "card_readers[0].line", "speaks scanner"),
    ],
)
def test_a_mistake_is_told_with_its_key(
    tmp_path: Path, name: str, place: int, changes: dict[str, Any], key: str, sentence: str
) -> None:
    errors = errors_of(tmp_path, changed(name, place, **changes))
    assert list(errors) == [key]
    assert sentence in errors[key]


def test_scanners_need_a_line_each(tmp_path: Path) -> None:
    rows = [*INPUTS["scanners"], {"id": "two", "line": "scan", "use": "find"}]
    errors = errors_of(tmp_path, INPUTS | {"scanners": rows})
    assert errors == {
        "scanners[1].line": "line scan has scanners[0]; scanners, card readers and "
        "voice modules need a line each"
    }


def warnings_of(folder: Path, tree: dict[str, Any]) -> dict[str, str]:
    settings = load(write_tree(folder / "hall.toml", tree))
    return {warning.key: warning.sentence for warning in settings.warnings}


def level(baud: int, more: int = 0, stretch_ms: int = 0) -> dict[str, Any]:
    """The demo hall with a level module on a line of its own, and more of them."""
    line = {"name": "walls", "port": "sim://walls", "baud": baud, "protocol": "modbus-rtu"}
    modules = [
        {"id": f"m{no}", "line": "walls", "address": no, "stretch_ms": stretch_ms}
        for no in range(1, more + 2)
    ]
    return DEMO | {"lines": [*DEMO["lines"], line], "input_modules": modules}


@pytest.mark.parametrize(("baud", "most"), [(9600, 2), (19200, 4), (38400, 6), (115200, 7)])
def test_presses_that_can_be_missed_are_warned_of(tmp_path: Path, baud: int, most: int) -> None:
    assert warnings_of(tmp_path, level(baud, most - 1)) == {}
    warned = warnings_of(tmp_path, level(baud, most))
    assert list(warned) == [f"input_modules[{no}].mode" for no in range(most + 1)]
    assert f"at {baud} baud with {most + 1} units" in warned["input_modules[0].mode"]
    assert warnings_of(tmp_path, level(baud, most, stretch_ms=500)) == {}


def test_two_adapters_of_one_name_are_a_mistake_and_one_is_a_warning(tmp_path: Path) -> None:
    port = "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"
    lines = [dict(line) for line in DEMO["lines"]]
    lines[1]["port"] = port
    warned = warnings_of(tmp_path, DEMO | {"lines": lines})
    assert "mistaken for another" in warned["lines[1].port"]
    lines[2]["port"] = port
    errors = errors_of(tmp_path, DEMO | {"lines": lines})
    assert list(errors) == ["lines[2].port"]
    assert "share one by-id name" in errors["lines[2].port"]
    lines[2]["port"] = lines[1]["port"] = "/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0"
    errors = errors_of(tmp_path, DEMO | {"lines": lines})
    assert "already used by lines[1]" in errors["lines[2].port"]


def test_the_key_maps_know_what_the_devices_and_the_hall_know() -> None:
    assert set(UNIT_KEY_NAMES) == set(KEYS)
    assert set(FUNCTIONS) == {*COMMANDS, "ask_rating"}
    from config.inputs import PAD_KEY_NAMES

    assert set(PAD_KEY_NAMES) == {*CODES, "number"}


def test_a_map_is_the_usual_one_with_the_halls_changes(tmp_path: Path) -> None:
    hall: Settings = load(input_hall(tmp_path))
    unit, pad, module = (hall.keypads[place].functions({"1": "accept"}) for place in range(3))
    assert (unit["NEXT"], unit["1"], unit["0x2A"]) == ("next", "accept", "finish")
    assert (pad["Enter"], pad["."]) == ("next", "start")
    assert "1" not in pad, "digits of a pad are numbers"
    assert module == {"1": "next", "2": "recall", "3": "finish"}


def test_ports_whose_numbers_change_are_warned_of(tmp_path: Path) -> None:
    lines = [dict(line) for line in DEMO["lines"]]
    lines[1]["port"] = "/dev/ttyUSB0"
    warned = warnings_of(tmp_path, DEMO | {"lines": lines})
    assert "by-path" in warned["lines[1].port"]
    lines[1]["port"] = lines[2]["port"] = (
        "/dev/serial/by-id/usb-Silicon_Labs_CP2102_USB_to_UART_Bridge_Controller_0001-if00-port0"
    )
    errors = errors_of(tmp_path, DEMO | {"lines": lines})
    assert "share one by-id name" in errors["lines[2].port"]


def test_only_printers_hang_on_usb_and_a_windows_queue_never_answers(tmp_path: Path) -> None:
    lines = [dict(line) for line in DEMO["lines"]]
    kiosk = next(n for n, line in enumerate(lines) if line["protocol"] == "escpos")
    other = (kiosk + 1) % len(lines)
    lines[kiosk]["port"], lines[other]["port"] = "winspool://XP-80", "usb://0416:5011"
    errors = errors_of(tmp_path, DEMO | {"lines": lines})
    assert "only ticket printers" in errors[f"lines[{other}].port"]
    assert 'confirm = "none"' in errors["printers[0].confirm"]
    lines[other]["port"] = DEMO["lines"][other]["port"]
    lines[kiosk]["port"] = "usb://04b8:0e15?out=02&in=81"
    assert load(write_tree(tmp_path / "hall.toml", DEMO | {"lines": lines})).lines[kiosk].port.startswith("usb://")
