"""`run.py` as a person at a keyboard meets it: sentences and exit statuses."""

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from devices.sim.lock import FolderLock

pytestmark = pytest.mark.timeout(60)  # processes, on a machine that may be busy

ROOT = Path(__file__).parents[2]
REAL = "config/hall.toml"
DEMO = "config/demo.toml"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "run.py", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def test_help_names_every_subcommand_in_both_languages() -> None:
    told = run("--help").stdout
    for name in ("serve", "demo", "sim", "verify"):
        assert re.search(rf"^\s+{name}\s+.*[\u4e00-\u9fff].*[a-z]", told, re.MULTILINE), told
    told = run("serve", "--help").stdout
    for option in ("--config", "--data", "--host", "--port", "--public-url", "--database",
                   "--start", "--speed"):  # fmt: skip
        assert option in told


@pytest.mark.parametrize("option", [("--start", "2026-11-20T08:25"), ("--speed", "60")])
def test_another_clock_is_refused_where_a_device_is_real(
    option: tuple[str, str], tmp_path: Path
) -> None:
    ended = run("serve", "--config", REAL, "--data", str(tmp_path / "d"), *option)
    assert ended.returncode == 2
    assert "真实设备" in ended.stderr and "real device" in ended.stderr
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    "option",
    [
        ("--start", "tomorrow"),
        ("--start", "9999-12-31T23:59"),
        ("--start", "0001-01-01T00:00"),
        ("--start", "1999-12-31T23:59"),
        ("--speed", "0"),
    ],
)
def test_a_wrong_clock_is_refused_with_a_sentence(
    option: tuple[str, str], tmp_path: Path
) -> None:
    ended = run("serve", "--config", DEMO, "--data", str(tmp_path), *option)
    assert ended.returncode == 2
    assert option[0] in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_in_use_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("serve", "--config", DEMO, "--data", str(tmp_path), "--port", port)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert port in ended.stderr


@pytest.mark.parametrize("command", ["serve", "verify"])
@pytest.mark.parametrize("url", ["bogus", "bogus://x", "oracle://x", "postgresql://h:port/x"])
def test_a_wrong_database_is_one_clear_sentence(command: str, url: str, tmp_path: Path) -> None:
    port = ("--port", "0") if command == "serve" else ()
    ended = run(command, "--config", DEMO, "--data", str(tmp_path), *port, "--database", url)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "不是能用的地址" in ended.stderr and "no address" in ended.stderr


def test_a_database_of_a_newer_version_is_one_clear_sentence(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "hall.db")) as newer, newer:
        newer.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        newer.execute("INSERT INTO alembic_version VALUES ('9999')")
    ended = run("serve", "--config", DEMO, "--data", str(tmp_path), "--port", "0")
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "更新版本" in ended.stderr and "newer Yimen" in ended.stderr


def test_another_python_is_told_how_to_start(tmp_path: Path) -> None:
    """As `python3 run.py` before `make run`, or beside it: nothing is installed there."""
    ended = subprocess.run(
        [sys.executable, "-S", str(ROOT / "run.py"), "serve"],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "先运行一次 make run" in ended.stderr and ".venv/bin/python run.py" in ended.stderr


def test_verify_without_a_database_says_so(tmp_path: Path) -> None:
    ended = run("verify", "--config", DEMO, "--data", str(tmp_path))
    assert ended.returncode == 1
    assert "no database" in ended.stderr


def test_the_demo_has_no_use_for_a_hall_of_real_devices(tmp_path: Path) -> None:
    ended = run("demo", "--config", REAL, "--data", str(tmp_path / "d"), "--port", "0")
    assert ended.returncode == 2
    assert "Nothing is simulated" in ended.stderr


@contextlib.contextmanager
def demo(data: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A demo that serves, and what it has printed; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "run.py", "demo", "--data", str(data), "--port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        printed = ""
        while "Ctrl+C" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        yield process, printed
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()


def test_a_demo_serves_refuses_a_second_one_and_takes_its_devices_along(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with demo(data) as (first, printed):
        for page in ("kiosk", "clerk", "board", "manager", "bench"):
            assert re.search(rf"http://127\.0\.0\.1:\d+/{page}\b", printed)
        second = run("serve", "--config", DEMO, "--data", str(data), "--port", "0")
        assert second.returncode == 1
        assert "in use by another Yimen service" in second.stderr
        first.send_signal(signal.SIGTERM)
        rest, _ = first.communicate(timeout=20)
        assert first.returncode == 0, rest
        assert "lost" not in rest and "Traceback" not in rest
        assert not (data / "sim" / "ports.json").exists()
    proof = run("verify", "--config", DEMO, "--data", str(data))
    assert proof.returncode == 0, proof.stdout + proof.stderr


def test_a_demo_ends_after_the_devices_that_an_earlier_one_left(tmp_path: Path) -> None:
    with demo(tmp_path):
        pass  # killed: its simulators live on
    control = urlsplit(json.loads((tmp_path / "sim" / "ports.json").read_text())["control"])
    with demo(tmp_path) as (second, _), socket.create_connection(
        (str(control.hostname), int(control.port or 0))
    ) as busy:
        # Half a request: the simulators wait a moment for the rest before they end.
        busy.sendall(b"POST /platform/mode HTTP/1.1\r\nHost: localhost\r\n")
        busy.sendall(b"Content-Length: 9\r\n\r\n")
        second.send_signal(signal.SIGTERM)
        rest, _ = second.communicate(timeout=20)
        FolderLock(tmp_path / "sim").release()  # refused while they live
        assert second.returncode == 0, rest


def test_what_a_hall_file_risks_is_told_and_the_program_goes_on(tmp_path: Path) -> None:
    text = (ROOT / DEMO).read_text("utf-8")
    risky = tmp_path / "hall.toml"
    risky.write_text(
        text + '[[input_modules]]\nid = "wall"\nline = "units"\naddress = 90\n', "utf-8"
    )
    ended = run("verify", "--config", str(risky), "--data", str(tmp_path / "none"))
    assert ended.returncode == 1
    assert "input_modules[0].mode" in ended.stderr
    assert "at 19200 baud with 11 units" in ended.stderr
    assert "漏掉" in ended.stderr
