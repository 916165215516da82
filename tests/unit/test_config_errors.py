"""A wrong hall file: every mistake at once, each with file, key and two sentences."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from config.settings import ConfigError, ConfigErrors, load
from tests.fixtures.hall_files import DEMO as DEMO_TREE
from tests.fixtures.hall_files import write_tree

ROOT = Path(__file__).parents[2]
DEMO = (ROOT / "config" / "demo.toml").read_text("utf-8")
ITEMS = (ROOT / "config" / "items-demo.toml").read_text("utf-8")

LED_1 = '[[leds]]\ncounter = 1\nline = "leds"\naddress = 1\n'
KEYPAD_1 = '[[keypads]]\ncounter = 1\nline = "units"\naddress = 1\n'
BOX_1 = '[[rating_boxes]]\ncounter = 1\nline = "units"\naddress = 21\n'
COUNTER_3 = '[[counters]]\nno = 3\narea = "hall"\nservices = ["A", "B", "C", "D", "E"]\n'
PRINTER = '[[printers]]\nid = "kiosk"\nline = "kiosk"\nprofile = "cn-generic-80"\n'
LEDS_LINE = 'port = "sim://leds"\nbaud = 57600\n'
UNITS_LINE = 'port = "sim://units"\nbaud = 19200\n'
SPEAKER = 'output = "sim://speaker"'
SECOND_SPEAKER = """[[speakers]]
id = "more"
area = "hall"
output = "system"

[[boards]]"""


def errors_of(path: Path) -> list[ConfigError]:
    with pytest.raises(ConfigErrors) as refused:
        load(path)
    return refused.value.errors


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    """The demo hall in a folder of its own, with each first text replaced by the second, once."""
    text = DEMO
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "hall.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "key", "sentence"),
    [
        ('name = "云', 'nmae = "云', "hall.name", "missing"),
        ('name = "云', 'name_zh = "云', "hall.name_zh", 'unknown key "name_zh"; meant name'),
        ("[keys]", "[kyes]", "kyes", "meant keys?"),
        ("[[boards]]", "[boards]", "boards", r"must be written as \[\[boards\]\]"),
        ('[[areas]]\ncode = "hall"\nname = "一楼大厅"', "", "areas", "at least one"),
        ("no = 3\n", 'no = "3"\n', "counters[2].no", "whole number"),
        ("no = 3\n", "no = 0\n", "counters[2].no", "1 or more"),
        ("no = 3\n", "no = 2\n", "counters[2].no", r"already used by counters\[1\]"),
        ("always_open = true", "always_open = 1", "hours.always_open", "true or false"),
        ('time_zone = "Asia/Shanghai"', 'time_zone = "Asia/Yunxi"', "hall.time_zone", "no time"),
        ('time_zone = "Asia/Shanghai"', 'time_zone = "../x"', "hall.time_zone", "no time zone"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "hall.public_url", "web origin"),
        ("http://127.0.0.1:8080", "https://a.cn/x/", "hall.public_url", "web origin"),
        ('"void"', '"lost"', "hall.missed_call", "must be one of: 'void'"),
        ("999999001", "99999900", "hall.case_prefix", "form"),
        ('code = "yunxi"', 'code = "云溪"', "hall.code", "form"),
        ("08:30-12:00", "8:30-12:00", "hours.mon[0]", "is no session"),
        ("08:30-12:00", "12:00-08:30", "hours.mon[0]", "earlier time first"),
        ("08:30-12:00", "08:30-14:30", "hours.mon[1]", "overlaps 08:30-14:30"),
        ('prefix = "B"', 'prefix = "A"', "services[1].prefix", r"used by services\[0\]"),
        ('prefix = "B"', 'prefix = "O"', "services[1].prefix", "read as a digit"),
        ('prefix = "B"', 'prefix = "I"', "services[1].prefix", "read as a digit"),
        ('prefix = "B"', 'prefix = "BB"', "services[1].prefix", "form"),
        (COUNTER_3, COUNTER_3.replace('"C"', '"Z"'), "counters[2].services[2]", "no service"),
        (COUNTER_3, COUNTER_3.replace('"C"', '"B"'), "counters[2].services[2]", "twice"),
        (COUNTER_3, COUNTER_3.replace('"hall"', '"attic"'), "counters[2].area", "no area"),
        (KEYPAD_1, KEYPAD_1.replace('"units"', '"unit"'), "keypads[0].line", "no line"),
        (KEYPAD_1, KEYPAD_1.replace('"units"', '"leds"'), "keypads[0].line", "speaks onbon-bx"),
        (LED_1, LED_1.replace('"leds"', '"units"'), "leds[0].line", "LED strip needs a line"),
        (KEYPAD_1, KEYPAD_1.replace("address = 1", "address = 2"), "keypads[1].address", "taken"),
        (BOX_1, BOX_1.replace("21", "5"), "rating_boxes[0].address", r"by keypads\[4\]"),
        (BOX_1, BOX_1.replace("21", "248"), "rating_boxes[0].address", "247 or less"),
        (BOX_1, BOX_1.replace("counter = 1", "counter = 9"), "rating_boxes[0].counter", "no cou"),
        (KEYPAD_1, KEYPAD_1.replace("counter = 1", "counter = 2"), "keypads[1].counter", "alread"),
        (KEYPAD_1, KEYPAD_1 + "baud = 9600\n", "keypads[0].baud", "one line has one baud"),
        (
            PRINTER,
            PRINTER + "\n" + PRINTER.replace('id = "k', 'id = "d'),
            "printers[1].line",
            "alre",
        ),
        (PRINTER, PRINTER + 'backup = "desk"\n', "printers[0].backup", "no other printer"),
        (PRINTER, PRINTER + 'backup = "kiosk"\n', "printers[0].backup", "no other printer"),
        (PRINTER, PRINTER.replace("80", "88"), "printers[0].profile", "one of"),
        (LEDS_LINE, LEDS_LINE.replace("57600", "19200"), "lines[1].baud", "9600 or 57600"),
        (LEDS_LINE, LEDS_LINE.replace("57600", "5760"), "lines[1].baud", "is not one of"),
        (LEDS_LINE, LEDS_LINE + 'parity = "E"\n', "lines[1].parity", "no parity"),
        (LEDS_LINE, LEDS_LINE.replace("sim://leds", "sim://led"), "lines[1].port", "sim://leds"),
        (LEDS_LINE, LEDS_LINE.replace("sim://leds", "串口3"), "lines[1].port", "is no port"),
        (UNITS_LINE, UNITS_LINE.replace("sim://units", "sim://leds"), "lines[2].port", "already"),
        ('output = "sim://speaker"', 'output = "loud"', "speakers[0].output", "one of"),
        (SPEAKER, 'output = "board"', "speakers[0].board", "name the board"),
        (SPEAKER, 'output = "board"\nboard = "attic"', "speakers[0].board", "there is no board"),
        (SPEAKER, SPEAKER + '\nboard = "hall"', "speakers[0].board", "only"),
        ("[[boards]]", SECOND_SPEAKER, "speakers[1].area", "one source of sound"),
        ("sim://platform", "http://platform.example.cn", "platform.url", "https"),
        ("demo-secret-not-for-real-halls", "short", "platform.secret", "at least 16"),
        ('ACCEPT = "1"', 'ACCEPT = "1"\nSKIP = "1"', "keys.SKIP", "already stands for ACCEPT"),
        ('ACCEPT = "1"', 'ACCEPT = "+"', "keys.ACCEPT", "form"),
        ('items = "items-demo.toml"', "", "items", "items file is missing"),
    ],
)
def test_a_mistake_is_told_with_its_key(
    tmp_path: Path, old: str, new: str, key: str, sentence: str
) -> None:
    errors = errors_of(changed(tmp_path, (old, new)))
    (error,) = (e for e in errors if e.key == key and re.search(sentence, e.sentence))
    assert error.file == str(tmp_path / "hall.toml")
    assert re.search(r"[\u4e00-\u9fff]", error.sentence_zh)
    assert not re.search(r"[\u4e00-\u9fff]{3}", error.sentence)


def test_all_mistakes_come_at_once_and_none_twice(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        ("999999001", "1"),
        ("08:30-12:00", "morning"),
        ('prefix = "B"', 'prefix = "O"'),
        (COUNTER_3, COUNTER_3.replace('"C"', '"Z"')),
        (BOX_1, BOX_1.replace("counter = 1", "counter = 9")),
        ("sim://platform", "platform"),
    )
    assert sorted(error.key for error in errors_of(path)) == [
        "counters[2].services[2]",
        "hall.case_prefix",
        "hours.mon[0]",
        "platform.url",
        "rating_boxes[0].counter",
        "services[1].prefix",
    ]


def test_an_entry_with_a_mistake_is_still_known_to_others(tmp_path: Path) -> None:
    path = changed(
        tmp_path, ('icon = "sprout"', 'icon = "Sprout!"'), ("no = 3\n", "no = 3\nx = 1\n")
    )
    assert sorted(error.key for error in errors_of(path)) == ["counters[2].x", "services[3].icon"]


def test_a_mistake_in_a_row_hides_no_other_mistake_of_the_row(tmp_path: Path) -> None:
    first_service = DEMO[DEMO.index("[[services]]") : DEMO.index('code = "B"')]
    wrong = first_service.replace('prefix = "A"', 'prefix = "I"').replace('"hall"', '"nope"')
    wrong = re.sub("name_en.*\n", "", wrong)
    path = changed(
        tmp_path,
        (first_service, wrong),
        ('mon = ["08:30-12:00", "14:00-17:30"]', 'mon = ["12:00-08:30"]'),
        ('tue = ["08:30-12:00", "14:00-17:30"]', 'tue = "x"'),
        (KEYPAD_1, '[[keypads]]\ncounter = 77\nline = "nix"\naddress = 300\n'),
    )
    assert sorted(error.key for error in errors_of(path)) == [
        "hours.mon[0]",
        "hours.tue",
        "keypads[0].address",
        "keypads[0].counter",
        "keypads[0].line",
        "services[0].area",
        "services[0].name_en",
        "services[0].prefix",
    ]


SMALL = """
items = "items-demo.toml"
[hall]
name = "云溪镇政务"
name_en = "Yunxi"
code = "yunxi"
case_prefix = "999999001"
time_zone = "Asia/Shanghai"
phone = "000"
[hours]
always_open = true
[[areas]]
code = "hall"
name = "一楼"
[[services]]
code = "A"
prefix = "A"
name = "社保"
name_en = "Insurance"
area = "hall"
[[counters]]
no = 1
area = "hall"
services = ["A"]
[platform]
url = "sim://platform"
secret = "demo-secret-not-for-real-halls"
"""


def test_references_to_a_row_without_a_clear_code_do_not_bury_the_mistakes(tmp_path: Path) -> None:
    second = '[[services]]\ncode = "A"\nprefix = "AB"\nname = "㙟"\narea = "hall"\n'
    path = tmp_path / "hall.toml"
    path.write_text(
        SMALL.replace("[[counters]]", second + "[[counters]]").replace('["A"]', '["A", "Q"]'),
        "utf-8",
    )
    assert [error.key for error in errors_of(path)] == [
        "services[1].name_en",
        "services[1].prefix",
        "services[1].code",
        "counters[0].services[1]",
    ]


def test_a_single_reference_is_told_though_a_row_has_a_wrong_number(tmp_path: Path) -> None:
    units = """
[[lines]]
name = "units"
port = "sim://units"
baud = 19200
protocol = "modbus-rtu"
[[keypads]]
counter = 7
line = "units"
address = 300
[[rating_boxes]]
counter = 1
line = "nope"
address = 1
"""
    path = tmp_path / "hall.toml"
    text = SMALL.replace("no = 1", "no = 0").replace("[platform]", units + "[platform]")
    path.write_text(text, "utf-8")
    assert [error.key for error in errors_of(path) if not error.key.startswith("items")] == [
        "counters[0].no",
        "keypads[0].address",
        "rating_boxes[0].line",
        "keypads[0].counter",
        "rating_boxes[0].counter",
    ]


def test_a_service_that_many_items_lack_is_told_once_with_their_codes(tmp_path: Path) -> None:
    path = tmp_path / "hall.toml"
    path.write_text(SMALL, "utf-8")
    errors = errors_of(path)
    assert [error.sentence[-25:] for error in errors] == [
        f'the hall has no service "{code}"'[-25:] for code in "BCED"
    ]
    assert errors[1].key == "items[17].service"
    assert errors[1].sentence.startswith("WJ01、WJ02、WJ03、WJ04、WJ05: ")


@pytest.mark.parametrize("name", ["areas", "services", "counters", "lines"])
def test_a_list_that_is_none_is_told_without_all_that_refer_to_it(
    tmp_path: Path, name: str
) -> None:
    path = write_tree(tmp_path / "hall.toml", DEMO_TREE | {name: "x"})
    assert [error.key for error in errors_of(path)] == [name]


@pytest.mark.parametrize("no", ["3", 3.0, 3000, [3]])
def test_a_counter_whose_number_is_wrong_is_told_without_its_devices(
    tmp_path: Path, no: object
) -> None:
    counters = [row | {"no": no} if row["no"] == 3 else row for row in DEMO_TREE["counters"]]
    path = write_tree(tmp_path / "hall.toml", DEMO_TREE | {"counters": counters})
    assert [error.key for error in errors_of(path)] == ["counters[2].no"]


def test_devices_on_a_line_that_nobody_wrote_are_told(tmp_path: Path) -> None:
    tree = {key: value for key, value in DEMO_TREE.items() if key != "lines"}
    path = write_tree(tmp_path / "hall.toml", tree)
    keys = [error.key for error in errors_of(path)]
    assert len(keys) == 16
    assert all(key.endswith(".line") for key in keys)


def test_names_are_checked_though_a_text_file_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "texts").mkdir()
    monkeypatch.setattr("config.settings.FOLDER", tmp_path)
    (tmp_path / "items-demo.toml").write_text(ITEMS, "utf-8")
    keys = {error.key for error in errors_of(changed(tmp_path, ('name = "云溪镇', 'name = "㙟')))}
    assert keys == {"", "hall.name"}


def test_a_toml_mistake_is_told_with_its_line_and_the_texts_are_still_checked(
    tmp_path: Path,
) -> None:
    (error,) = errors_of(changed(tmp_path, ("[hall]\n", "[hall\n")))
    assert (error.file, error.key) == (str(tmp_path / "hall.toml"), "")
    assert "line 7" in error.sentence
    assert "line 7" in error.sentence_zh


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(None, "no such file"), ("[hall]\n# \u4e91".encode("gbk"), "line 2 is not UTF-8")],
)
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, data: bytes | None, sentence: str
) -> None:
    path = tmp_path / "hall.toml"
    if data is not None:
        path.write_bytes(data)
    (error,) = errors_of(path)
    assert sentence in error.sentence


def test_a_byte_order_mark_of_windows_does_no_harm(tmp_path: Path) -> None:
    path = changed(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(path).hall.code == "yunxi"


def test_an_empty_file_names_what_a_hall_needs(tmp_path: Path) -> None:
    path = tmp_path / "hall.toml"
    path.write_text("# \n", "utf-8")
    keys = [error.key for error in errors_of(path)]
    assert keys == ["hall", "hours", "platform", "items", "areas", "services", "counters"]


def test_a_hall_without_any_hours_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, ("always_open = true", ""))
    path.write_text(re.sub(r"(?m)^(mon|tue|wed|thu|fri) = .*\n", "", path.read_text("utf-8")))
    (error,) = errors_of(path)
    assert error.key == "hours"
    assert "always_open" in error.sentence


def test_a_service_that_no_counter_takes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hall.toml"
    path.write_text(DEMO.replace(', "D", "E"]', ', "E"]'), "utf-8")
    (error,) = errors_of(path)
    assert error.key == "services[3].code"


@pytest.mark.parametrize(
    ("old", "new", "key", "sentence"),
    [
        ('code = "RS02"', 'code = "RS01"', "items[1].code", "already used"),
        ('service = "A"', 'service = "Q"', "items[0].service", "no service"),
        ("promised_days = 5", "promised_days = 50", "items[1].promised_days", "legal 20"),
        ("promised_days = 5\n", "", "items[1].promised_days", "needs its promised"),
        ('kind = "immediate"', 'kind = "quick"', "items[0].kind", "one of"),
        ("# 演示用", 'region = "x"\n#', "region", "only"),
        ('name = "失业登记"', 'name = "失业登记㙟"', "items[7].name", "㙟"),
        ("minutes = 6", "minutes = true", "items[0].minutes", "whole number"),
    ],
)
def test_the_items_file_is_checked_with_the_hall(
    tmp_path: Path, old: str, new: str, key: str, sentence: str
) -> None:
    assert old in ITEMS
    (tmp_path / "items-demo.toml").write_text(ITEMS.replace(old, new, 1), "utf-8")
    (error,) = errors_of(changed(tmp_path))
    assert (error.file, error.key) == (str(tmp_path / "items-demo.toml"), key)
    assert sentence in error.sentence


def test_a_missing_items_file_is_told_by_its_own_name(tmp_path: Path) -> None:
    (error,) = errors_of(changed(tmp_path, ("items-demo.toml", "my-items.toml")))
    assert error.file == str(tmp_path / "my-items.toml")
    assert "no such file" in error.sentence


def test_a_name_is_checked_against_each_device(tmp_path: Path) -> None:
    path = changed(tmp_path, ('name = "云溪镇政务', 'name = "㙟镕镇政务'))
    printer, strips = errors_of(path)
    assert printer.key == strips.key == "hall.name"
    assert "printer:kiosk (gb18030) has no sign for: 㙟 (U+365F)" in printer.sentence
    assert "led:1 … led:5 (gb2312) has no sign for: 㙟 (U+365F)、镕 (U+9555)" in strips.sentence


def test_the_printer_of_a_hall_decides_what_its_names_may_hold(tmp_path: Path) -> None:
    named = ('name = "一楼大厅"', 'name = "镕厅"')
    path = changed(tmp_path, named, ('encoding = "gb18030"', 'encoding = "gb2312"'))
    assert len(errors_of(path)) == 2
    text = re.sub(r"\[\[leds\]\][^\[]*", "", changed(tmp_path, named).read_text("utf-8"))
    path.write_text(text, "utf-8")
    assert load(path).areas[0].name == "镕厅"


def test_the_sample_hall_with_a_wrong_device_is_refused_too(tmp_path: Path) -> None:
    text = (ROOT / "config" / "hall.toml").read_text("utf-8")
    path = tmp_path / "hall.toml"
    path.write_text(text.replace("baud = 57600", "baud = 19200"), "utf-8")
    (error,) = errors_of(path)
    names = [line["name"] for line in tomllib.loads(text)["lines"]]
    assert error.key == f"lines[{names.index('leds')}].baud"


def test_the_report_reads_well(tmp_path: Path) -> None:
    path = changed(tmp_path, ('prefix = "B"', 'prefix = "A"'), ("999999001", "1"))
    with pytest.raises(ConfigErrors) as refused:
        load(path)
    report = str(refused.value)
    first, *rest = report.splitlines()
    assert first == "配置有 2 处错误 / 2 errors in the configuration"
    assert f"   1. {path}: hall.case_prefix" in rest
    assert f"   2. {path}: services[1].prefix" in rest
    assert len(rest) == 6
