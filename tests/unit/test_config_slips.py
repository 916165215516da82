"""Layouts of slips: what ships is right, and a mistake is told with its file and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.settings import ConfigErrors, Settings, load, shipped_layout

ROOT = Path(__file__).resolve().parents[2]


def hall_with(folder: Path, layout: str) -> Path:
    """The demo hall with a ticket layout of its own beside it."""
    shutil.copy(ROOT / "config/items-demo.toml", folder)
    (folder / "mine.toml").write_text(layout, encoding="utf-8")
    text = (ROOT / "config/demo.toml").read_text(encoding="utf-8")
    hall = folder / "hall.toml"
    hall.write_text('ticket_layout = "mine.toml"\n' + text, encoding="utf-8")
    return hall


def the_error(path: Path) -> tuple[str, str, str]:
    with pytest.raises(ConfigErrors) as told:
        load(path)
    assert len(told.value.errors) == 1, str(told.value)
    (error,) = told.value.errors
    return error.file, error.key, error.sentence


@pytest.mark.parametrize("name", ["ticket.toml", "ticket-full.toml"])
def test_the_layouts_that_ship_can_be_chosen(tmp_path: Path, name: str) -> None:
    hall = hall_with(tmp_path, "")
    hall.write_text(hall.read_text("utf-8").replace("mine.toml", name), encoding="utf-8")
    layout = load(hall).ticket_layout
    assert (layout == shipped_layout()) == (name == "ticket.toml")


def test_a_hall_may_have_a_layout_of_its_own(tmp_path: Path) -> None:
    layout = '[[parts]]\ntext = "{number} {service}"\nwidth = 3\nspace_mm = 2'.replace(
        "\nspace_mm = 2", "\n[[parts]]\nspace_mm = 2\n[[parts]]\ntext = \"{last}\""
    )
    settings: Settings = load(hall_with(tmp_path, layout))
    text, space, _ = settings.ticket_layout.parts
    assert (text.text, text.width, space.space_mm) == ("{number} {service}", 3, 2)


@pytest.mark.parametrize(
    ("layout", "key", "sentence"),
    [
        ('[[parts]]\ntext = "{hall} {last}"', "", "needs {number}"),
        ('[[parts]]\ntext = "{number}{last}"\n[[parts]]\nqr = true', "", "part needs {last}"),
        ('[[parts]]\ntext = "{number}"\nrule = true', "parts[0]", "exactly one of"),
        ('[[parts]]\ntext = "{number} {name}"', "parts[0]", "there is no name"),
        ('[[parts]]\ntext = "{number"', "parts[0]", "are not a pair"),
        ('[[parts]]\ntext = "{number}"\nwidth = 9', "parts[0].width", "8 or less"),
        ('[[parts]]\ntext = "{number}"\nsize = 2', "parts[0].size", "unknown key"),
    ],
)
def test_a_mistake_in_a_layout_is_told(
    tmp_path: Path, layout: str, key: str, sentence: str
) -> None:
    file, where, told = the_error(hall_with(tmp_path, layout))
    assert (file, where) == (str(tmp_path / "mine.toml"), key)
    assert sentence in told


def test_a_layout_that_is_not_there_is_told(tmp_path: Path) -> None:
    hall = hall_with(tmp_path, "")
    (tmp_path / "mine.toml").unlink()
    file, _, told = the_error(hall)
    assert file.endswith("mine.toml") and "no such file" in told
