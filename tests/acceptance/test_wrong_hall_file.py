"""A wrong hall file, as the person who starts the service meets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MISTAKES = {
    'time_zone = "Asia/Shanghai"': 'time_zone = "Asia/Yunxi"',
    'mon = ["08:30-12:00", "14:00-17:30"]': 'mon = ["08:30-14:30", "14:00-17:30"]',
    'prefix = "B"\nname = "民政助残"': 'prefix = "O"',
    '[[leds]]\ncounter = 1\nline = "leds"': '[[leds]]\ncounter = 1\nline = "units"',
    'counter = 5\nline = "units"\naddress = 25': 'counter = 6\nline = "units"\naddress = 24',
    'tue = ["08:30-12:00", "14:00-17:30"]': 'tue = "08:30-12:00"',
}
KEYS = (
    "hall.time_zone",
    "hours.mon[1]",
    "hours.tue",
    "services[1].prefix",
    "services[1].name",
    "leds[0].line",
    "rating_boxes[4].counter",
    "rating_boxes[4].address",
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("command", ["serve", "sim"])
def test_all_mistakes_are_printed_at_once_and_the_status_is_2(tmp_path: Path, command: str) -> None:
    text = (ROOT / "config" / "demo.toml").read_text("utf-8")
    for right, wrong in MISTAKES.items():
        assert right in text, right
        text = text.replace(right, wrong, 1)
    hall = tmp_path / "hall.toml"
    hall.write_text(text, "utf-8")
    data = tmp_path / "data"
    done = subprocess.run(
        [sys.executable, "run.py", command, "--config", str(hall), "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=50,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    report = done.stderr + done.stdout
    assert "Traceback" not in report
    assert "8 errors in the configuration" in report
    for key in KEYS:
        assert f"{hall}: {key}\n" in report
    assert "14:00-17:30 与 08:30-14:30 重叠" in report
    assert "14:00-17:30 overlaps 08:30-14:30" in report
    assert not data.exists(), "nothing is made for a hall that cannot start"
