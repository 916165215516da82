"""The queue's tables of the hall file: what they mean, and every mistake between them."""

from pathlib import Path

import pytest

from config.settings import ConfigErrors, load
from controller.domain.rules import Condition, Duty, Quota, Rules, SlotRule
from controller.rules_from_settings import rules_from
from tests.fixtures.hall_files import CONFIG

DEMO_TOML = (CONFIG / "demo.toml").read_text("utf-8")
ITEMS_TOML = (CONFIG / "items-demo.toml").read_text("utf-8")
FIRST = '[[services]]\ncode = "A"'
COUNTER = "[[counters]]\nno = 1\n"


def hall(folder: Path, *changes: tuple[str, str], more: str = "") -> Path:
    """The demo's hall file with texts exchanged and tables added."""
    text = DEMO_TOML
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "items-demo.toml").write_text(ITEMS_TOML, encoding="utf-8")
    path = folder / "hall.toml"
    path.write_text(f"{text}\n{more}", encoding="utf-8")
    return path


def rules(path: Path) -> Rules:
    return Rules.from_json(rules_from(load(path)))


def test_the_queue_of_the_hall_file_reaches_the_rules(tmp_path: Path) -> None:
    more = """
[closing]
rule = "expire"
clearings = ["12:30"]

[[profiles]]
name = "market"
conditions = [{ service = "E", wait_over_min = 30 }]
ratios = { A = 2, B = 1 }
"""
    path = hall(
        tmp_path,
        (FIRST, f'{FIRST}\nbands = [{{ band = "09:00-10:00", most = 5 }}]\ndaily_quota = 9'),
        (
            COUNTER,
            f'{COUNTER}profile = "market"\n'
            'rota = [{ days = ["mon"], hours = "09:00-10:00", services = ["A"] }]\n',
        ),
        ("guard_ms = 0", 'guard_ms = 250\nnumbers = "series"'),
        more=more,
    )
    found = rules(path)
    assert (found.guard_ms, found.numbers, found.closing) == (250, "series", "expire")
    assert found.clearings == ("12:30",)
    assert found.services["A"].daily_quota == 9
    assert found.services["A"].bands == (Quota("09:00-10:00", 5),)
    assert found.services["A"].slots == (
        SlotRule(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00", "24:00", 30, 4),
    )
    assert found.profiles["market"].conditions == (Condition("E", 1800),)
    assert found.profiles["market"].ratios == {"A": 2, "B": 1}
    assert found.counters[1].rota == (Duty(("mon",), "09:00-10:00", ("A",)),)
    assert found.posts["general"].b == "1002"
    assert found.staff[:2] == ("1001", "1002")


def test_rules_of_a_hall_without_the_tables_are_those_of_the_domain_file(tmp_path: Path) -> None:
    start = DEMO_TOML.index("[queue]")
    end = DEMO_TOML.index("[[areas]]")
    found = rules(hall(tmp_path, (DEMO_TOML[start:end], "")))
    assert (found.no_show_calls, found.recall_spacing_s, found.recall_limit) == (3, 20, 5)
    assert (found.guard_ms, found.undo_s, found.identity) == (1000, 30, "off")


@pytest.mark.parametrize(
    ("change", "more", "key"),
    [
        ((COUNTER, f'{COUNTER}profile = "none"\n'), "", "counters[0].profile"),
        (
            (COUNTER, f'{COUNTER}rota = [{{ days = ["mon"], hours = "10-9" }}]\n'),
            "",
            "counters[0].rota[0].hours",
        ),
        (
            (
                COUNTER,
                f'{COUNTER}rota = [{{ days = ["mon"], hours = "08:00-09:00", '
                'services = ["A", "Z"] }]\n',
            ),
            "",
            "counters[0].rota[0].services[1]",
        ),
        (
            (COUNTER, f'{COUNTER}rota = [{{ days = ["moon"], hours = "08:00-09:00" }}]\n'),
            "",
            "counters[0].rota[0].days[0]",
        ),
        (
            (FIRST, f'{FIRST}\nbands = [{{ band = "9-10", most = 5 }}]'),
            "",
            "services[0].bands[0].band",
        ),
        (
            (FIRST, f'{FIRST}\nhours = {{ mon = ["08:00-10:00", "09:00-11:00"] }}'),
            "",
            "services[0].hours.mon[1]",
        ),
        (("minutes = 30", "minutes = 7"), "", "services[0].slots[0].minutes"),
        (('b = "1002"', 'b = "1001"'), "", "posts[0].b"),
        (('b = "1002"', 'b = "1009"'), "", "posts[0].b"),
        (("counter = 1\na", "counter = 77\na"), "", "posts[0].counter"),
        (("guard_ms = 0", 'guard_ms = 0\ntest_prefix = "A"'), "", "services[0].prefix"),
        (("guard_ms = 0", 'guard_ms = 0\ntest_prefix = "K"'), "", "queue.card_prefix"),
        (("guard_ms = 0", 'guard_ms = 0\nnumbers = "roman"'), "", "queue.numbers"),
        (("guard_ms = 0", "gard_ms = 0"), "", "queue.gard_ms"),
        (
            ("recall_limit = 0\nno_show_calls = 1", "recall_limit = 1\nno_show_calls = 3"),
            "",
            "queue.no_show_calls",
        ),
        (('id = "1002"', 'id = "1001"'), "", "staff[1].id"),
        (
            ("", ""),
            '[[profiles]]\nname = "p"\nconditions = [{ service = "Z", wait_over_min = 3 }]\n',
            "profiles[0].conditions[0].service",
        ),
        (("", ""), '[[profiles]]\nname = "p"\nratios = { Z = 1 }\n', "profiles[0].ratios.Z"),
        (("", ""), '[staffing]\ncall_rights = ["1009"]\n', "staffing.call_rights[0]"),
        (("", ""), '[closing]\nclearings = ["25:00"]\n', "closing.clearings[0]"),
        (("", ""), '[identity]\nmode = "face"\n', "identity.mode"),
    ],
)
def test_a_mistake_in_the_queue_is_told_with_its_key(
    tmp_path: Path, change: tuple[str, str], more: str, key: str
) -> None:
    with pytest.raises(ConfigErrors) as refused:
        load(hall(tmp_path, change, more=more))
    assert key in {error.key for error in refused.value.errors}
    for error in refused.value.errors:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in error.sentence_zh)


def test_a_hall_where_clerks_sign_in_needs_staff(tmp_path: Path) -> None:
    start, end = DEMO_TOML.index("[[staff]]"), DEMO_TOML.index("[[areas]]")
    path = hall(tmp_path, (DEMO_TOML[start:end], ""), more="[staffing]\nsign_in = true\n")
    with pytest.raises(ConfigErrors) as refused:
        load(path)
    assert {error.key for error in refused.value.errors} == {"staffing.sign_in"}
