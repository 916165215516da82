"""LED strips of every make, and described frames: what the hall file refuses, all at once."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from config.settings import ConfigErrors, Settings, load
from config.strips import CHECK_NAMES, FramePart
from devices.framing.template_checks import CHECKS
from devices.framing.template_parts import parse_part
from tests.fixtures.hall_files import DEMO, write_tree

TEMPLATE = {
    "name": "old",
    "frame": ["FA 55", "address:1", "length:1", "colour", "text", "sum8", "0D"],
    "reply": ["FA AA", "address:1", "0D"],
    "colours": {"red": "01", "green": "02"},
}
BOX = {
    "name": "box",
    "frame": ["55 AA", "length:1", "length:1", "68", "address:1", "key:1", "data", "sum8", "16"],
    "reply": ["FA AA", "address:1", "0D"],
    "length_add": -1,
    "check_skip": 5,
    "keys": {"0C": "next", "0D": "recall", "0F 06": "no_show"},
    "grades": {"11 05": 5, "11 01": 1},
}
LINES = {
    "cpower": ("lumen-cpower", 115200),
    "boards": ("modbus-rtu", 9600),
    "signs": ("alpha", 9600),
    "old-strips": ("template", 4800),
}
LEDS: list[dict[str, Any]] = [
    {"counter": 1, "line": "leds", "address": 1},
    {"counter": 2, "line": "cpower", "address": 254, "protocol": "lumen-cpower", "font_px": 16},
    {"counter": 3, "line": "boards", "address": 3, "protocol": "led485", "columns": 4},
    {"counter": 4, "line": "signs", "address": 4, "protocol": "alpha"},
    {"counter": 5, "line": "old-strips", "address": 5, "protocol": "template", "template": "old"},
]


def tree(**changes: Any) -> dict[str, Any]:
    """The demo hall with a strip of every make."""
    hall = copy.deepcopy(DEMO)
    hall["leds"] = copy.deepcopy(LEDS)
    hall["templates"] = [copy.deepcopy(TEMPLATE)]
    hall["lines"] += [
        {"name": name, "port": f"sim://{name}", "baud": baud, "protocol": protocol}
        for name, (protocol, baud) in LINES.items()
    ]
    return hall | changes


def load_tree(folder: Path, hall: dict[str, Any]) -> Settings:
    return load(write_tree(folder / "hall.toml", hall))


def test_a_hall_may_have_a_strip_of_every_make(tmp_path: Path) -> None:
    settings = load_tree(tmp_path, tree())
    assert [led.protocol for led in settings.leds] == [
        "onbon-bx", "lumen-cpower", "led485", "alpha", "template",
    ]  # fmt: skip
    assert settings.template("old").signs == "gb2312"
    assert settings.template("old").colours == {"red": "01", "green": "02"}
    with pytest.raises(KeyError):
        settings.template("new")


@pytest.mark.parametrize(
    ("strip", "changes", "key", "sentence"),
    [
        (1, {"address": 255}, "leds[1].address", "go up to 254"),
        (2, {"address": 248}, "leds[2].address", "go up to 247"),
        (0, {"address": 65534}, "leds[0].address", "go up to 65533"),
        (0, {"columns": 4}, "leds[0].columns", "it is for led485, template"),
        (1, {"shows": "number"}, "leds[1].shows", "it is for led485"),
        (3, {"font_px": 16}, "leds[3].font_px", "it is for onbon-bx, lumen-cpower"),
        (1, {"font_px": 24}, "leds[1].font_px", "do not fit"),
        (1, {"font_px": 20}, "leds[1].font_px", "one of"),
        (1, {"line": "leds"}, "leds[1].line", "needs a line with lumen-cpower"),
        (2, {"line": "units"}, "keypads[2].address", "is taken by leds[2]"),
        (2, {"first_register": 70000}, "leds[2].first_register", "65535 or less"),
        (4, {"template": "new"}, "leds[4].template", 'no template "new"'),
        (0, {"template": "old"}, "leds[0].template", "it is for template"),
        (1, {"text": "镕"}, "leds[1].text", "led:2 (gb2312) has no sign for"),
        (3, {"text": "窗口"}, "leds[3].text", "letters and digits only"),
    ],
)
def test_a_mistake_of_a_strip_is_told_with_its_key(
    tmp_path: Path, strip: int, changes: dict[str, Any], key: str, sentence: str
) -> None:
    hall = tree()
    hall["leds"][strip] |= changes
    with pytest.raises(ConfigErrors) as refused:
        load_tree(tmp_path, hall)
    (error,) = (one for one in refused.value.errors if one.key == key)
    assert sentence in error.sentence
    assert re.search(r"[\u4e00-\u9fff]", error.sentence_zh)
    assert not re.search(r"[\u4e00-\u9fff]{3}", error.sentence)


@pytest.mark.parametrize(
    ("changes", "key", "sentence"),
    [
        ({"frame": ["FA5", "text"]}, "templates[0].frame[0]", "does not match"),
        ({"frame": ["fa", "text"]}, "templates[0].frame[0]", "does not match"),
        ({"frame": []}, "templates[0].frame", "at least 1"),
        ({"frame": ["text", "data"]}, "templates[0].frame[1]", "one text or one data"),
        ({"frame": ["text", "length:1"]}, "templates[0].frame[1]", "before the text"),
        ({"frame": ["FA", "text", "sum8"]}, "templates[0].frame[1]", "where it ends"),
        ({"reply": ["FA", "effect"]}, "templates[0].reply[1]", "the frame has no effect"),
        ({"colours": {}}, "templates[0].colours", "give the bytes of each"),
        ({"colours": {"red": "01", "green": "02 03"}}, "templates[0].colours", "as many bytes"),
        ({"colours": {"red": "01", "green": "01"}}, "templates[0].colours", "no two the same"),
        ({"keys": {"0C": "next"}}, "templates[0].frame", "the frame has no key"),
        ({"text_size": 201}, "templates[0].text_size", "200 or less"),
        ({"gap": 1}, "templates[0].gap", "unknown key"),
    ],
)
def test_a_mistake_of_a_described_frame_is_told_with_its_key(
    tmp_path: Path, changes: dict[str, Any], key: str, sentence: str
) -> None:
    with pytest.raises(ConfigErrors) as refused:
        load_tree(tmp_path, tree(templates=[TEMPLATE | changes]))
    errors = [one for one in refused.value.errors if one.key == key]
    assert [one for one in errors if sentence in one.sentence]
    assert all(re.search(r"[\u4e00-\u9fff]", one.sentence_zh) for one in errors)


def box_tree(**changes: Any) -> dict[str, Any]:
    """The demo hall with a described box as keypad and rating box of counter 1."""
    hall = tree(templates=[copy.deepcopy(BOX)])
    hall["leds"] = []
    place = {"counter": 1, "line": "old-strips", "address": 4, "template": "box"}
    hall["keypads"][0] = place | changes
    hall["rating_boxes"][0] = place | changes
    return hall


def test_a_described_box_may_be_keypad_and_rating_box_at_one_address(tmp_path: Path) -> None:
    settings = load_tree(tmp_path, box_tree())
    box = settings.template("box")
    assert box.functions_of(settings.keypads[0])["0F 06"] == "no_show"
    assert box.grades_of(settings.rating_boxes[0]) == {"11 05": 5, "11 01": 1}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"template": "nix"}, "template", 'no template "nix"'),
        ({"line": "units", "address": 40}, "line", "needs a line with template"),
        ({"keys": {"next": "next"}}, "keys.next", "write its code"),
        ({"template": 5}, "template", "text in quotes"),
    ],
)
def test_a_mistake_of_a_described_box_is_told_with_its_key(
    tmp_path: Path, changes: dict[str, Any], field: str, sentence: str
) -> None:
    hall = box_tree()
    hall["keypads"][0] |= changes
    with pytest.raises(ConfigErrors) as refused:
        load_tree(tmp_path, hall)
    (error,) = (one for one in refused.value.errors if one.key == f"keypads[0].{field}")
    assert sentence in error.sentence
    assert re.search(r"[\u4e00-\u9fff]", error.sentence_zh)


def test_a_template_without_keys_is_no_keypad(tmp_path: Path) -> None:
    hall = box_tree()
    del hall["templates"][0]["keys"]
    with pytest.raises(ConfigErrors) as refused:
        load_tree(tmp_path, hall)
    assert {error.key for error in refused.value.errors} == {"keypads[0].template"}


def test_mistakes_of_strips_and_templates_come_at_once(tmp_path: Path) -> None:
    hall = tree(templates=[TEMPLATE | {"frame": ["3A", "address:1", "0A"]}])
    hall["leds"][1]["address"] = 255
    hall["leds"][2] |= {"line": "leds"}
    hall["leds"][3] |= {"line": "old-strips", "protocol": "template"}
    with pytest.raises(ConfigErrors) as refused:
        load_tree(tmp_path, hall)
    assert {error.key for error in refused.value.errors} == {
        "leds[1].address",
        "leds[2].line",
        "leds[3].template",
        "leds[4].template",
    }


def test_one_line_has_one_template(tmp_path: Path) -> None:
    hall = tree()
    hall["templates"].append(TEMPLATE | {"name": "other"})
    hall["leds"][3] |= {"line": "old-strips", "protocol": "template", "template": "other"}
    with pytest.raises(ConfigErrors) as refused:
        load_tree(tmp_path, hall)
    (error,) = refused.value.errors
    assert error.key == "leds[4].template"
    assert "one line has one template" in error.sentence


def test_strips_without_hanzi_need_no_sign_for_the_halls_names(tmp_path: Path) -> None:
    """A name outside of GB2312 harms nobody where every strip shows letters only."""
    hall = tree()
    hall["leds"] = [hall["leds"][2], hall["leds"][3]]
    hall["areas"][0]["name"] = "镕楼"
    assert load_tree(tmp_path, hall).areas[0].name == "镕楼"
    hall["leds"].append(LEDS[1])
    with pytest.raises(ConfigErrors) as refused:
        load_tree(tmp_path, hall)
    assert {error.key for error in refused.value.errors} == {"areas[0].name"}


parts = st.one_of(
    st.sampled_from(["text", "data", "colour", "effect", *CHECK_NAMES]),
    st.builds(
        "{}:{}{}".format,
        st.sampled_from(["address", "length", "value", "key", "any", "sum8"]),
        st.integers(0, 11),
        st.sampled_from(["", "le", "be", "bcd", "dec", "hex", "x"]),
    ),
    st.builds("{}:{}".format, st.sampled_from(CHECK_NAMES), st.sampled_from(["le", "be", "hex"])),
    st.binary(max_size=20).map(lambda some: some.hex(" ").upper()),
    st.text(max_size=6),
)


@given(part=parts)
def test_what_the_hall_file_accepts_can_be_made(part: str) -> None:
    try:
        accepted = TypeAdapter(FramePart).validate_python(part)
    except ValidationError:
        return
    parse_part(accepted)


def test_the_hall_file_knows_every_check() -> None:
    assert set(CHECK_NAMES) == set(CHECKS)
