"""The bench writes one row per registered figure and refuses names it does not know."""

import json
from pathlib import Path

import pytest

import tests.bench as bench
from tests.bench.__main__ import main


@pytest.fixture(autouse=True)
def no_real_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "FIGURES", {})
    monkeypatch.setattr("tests.bench.__main__._load_figures", lambda: None)


def add_fake_figures() -> None:
    @bench.figure("calls_per_second", unit="1/s", better="higher", bar=100)
    def calls() -> float:
        return 250.5

    @bench.figure("call_to_led_p99", unit="ms", better="lower", bar=300)
    async def call_to_led() -> float:
        return 412


def test_every_figure_becomes_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_fake_figures()
    assert main([], tmp_path / "build" / "bench.json") == 0
    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == [
        {
            "name": "calls_per_second",
            "value": 250.5,
            "unit": "1/s",
            "better": "higher",
            "bar": 100,
            "machine": bench.machine(),
        },
        {
            "name": "call_to_led_p99",
            "value": 412,
            "unit": "ms",
            "better": "lower",
            "bar": 300,
            "machine": bench.machine(),
        },
    ]
    table = capsys.readouterr().out
    assert "holds" in table.splitlines()[0]
    assert "MISSES THE BAR" in table.splitlines()[1]


def test_only_the_named_figures_are_measured(tmp_path: Path) -> None:
    add_fake_figures()
    assert main(["--only", "call_to_led_p99,"], tmp_path / "bench.json") == 0
    rows = json.loads((tmp_path / "bench.json").read_text())
    assert [row["name"] for row in rows] == ["call_to_led_p99"]


def test_an_unknown_name_is_refused_and_the_known_ones_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_fake_figures()
    assert main(["--only", "call_to_moon"], tmp_path / "bench.json") == 2
    assert capsys.readouterr().err == (
        "bench: no figure is called call_to_moon; "
        "known figures: call_to_led_p99, calls_per_second\n"
    )
    assert not (tmp_path / "bench.json").exists()


def test_a_figure_that_raises_fails_the_run_but_not_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    @bench.figure("broken", unit="s", better="lower", bar=1)
    def broken() -> float:
        raise RuntimeError("the printer is out of paper")

    add_fake_figures()
    assert main([], tmp_path / "bench.json") == 1
    assert len(json.loads((tmp_path / "bench.json").read_text())) == 2
    assert "out of paper" in capsys.readouterr().err


def test_two_figures_of_one_name_are_refused() -> None:
    add_fake_figures()
    with pytest.raises(ValueError, match="two figures are called calls_per_second"):
        add_fake_figures()


def test_without_figures_the_list_is_empty(tmp_path: Path) -> None:
    assert main([], tmp_path / "bench.json") == 0
    assert (tmp_path / "bench.json").read_text() == "[]\n"
