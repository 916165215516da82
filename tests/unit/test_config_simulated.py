"""`simulate = true` in a hall file with real ports: for all of it, and for a part."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.settings import ConfigErrors, load

HALL = Path(__file__).parents[2] / "config" / "hall.toml"


def hall_with(folder: Path, *changes: tuple[str, str]) -> Path:
    text = HALL.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / "hall.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_hall_of_real_ports_is_simulated_whole(tmp_path: Path) -> None:
    real = load(HALL)
    assert not real.simulated
    assert not real.simulates_anything
    for hall in (
        load(HALL, simulate=True),
        load(hall_with(tmp_path, ("\nsimulate = false\n", "\nsimulate = true\n"))),
    ):
        assert hall.simulated
        assert hall.warnings == ()
        assert {line.port for line in hall.lines} == {f"sim://{line.name}" for line in hall.lines}
        assert len(set(hall.pads)) == len(hall.pads) > 0
        assert hall.device_ids == real.device_ids
        assert [line.baud for line in hall.lines] == [line.baud for line in real.lines]


def test_a_part_of_a_hall_is_simulated(tmp_path: Path) -> None:
    hall = load(hall_with(
        tmp_path,
        ('name = "units"\n', 'name = "units"\nsimulate = true\n'),
        ("simulate = false                      # true：由", "simulate = true # 由"),
        ('output = "module"\n', 'output = "module"\nsimulate = true\n'),
        ("simulate = false                      # true：这个", "simulate = true # 这个"),
    ))  # fmt: skip
    assert hall.simulates_anything
    assert not hall.simulated
    assert [line.name for line in hall.lines if line.simulated] == ["voice", "units"]
    assert [speaker.output for speaker in hall.speakers] == ["sim://speaker", "module"]
    assert [pad.startswith("sim://") for pad in hall.pads].count(True) == 1
    assert not hall.platform.simulated


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("\nsimulate = false\n", "\nsimulate = 1\n", "simulate"),
        ('name = "units"\n', 'name = "units"\nsimulate = "yes"\n', "lines[4].simulate"),
        ("keys = { SKIP", "simulate = true\nkeys = { SKIP", "keypads[0].simulate"),
    ],
)
def test_a_wrong_wish_is_told(tmp_path: Path, old: str, new: str, key: str) -> None:
    with pytest.raises(ConfigErrors) as refused:
        load(hall_with(tmp_path, (old, new)))
    assert [error.key for error in refused.value.errors] == [key]
    assert re.search("[一-鿿]", refused.value.errors[0].sentence_zh)
