"""The data folder: a sentence when it cannot be used, and closed to other people of the machine."""

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = ("serve", "demo", "sim", "verify")
OTHERS = stat.S_IRWXG | stat.S_IRWXO

pytestmark = pytest.mark.timeout(60)  # processes, on a machine that may be busy
posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")


def run(command: str, data: Path | str) -> subprocess.CompletedProcess[str]:
    port = () if command in ("sim", "verify") else ("--port", "0")
    return subprocess.run(
        [sys.executable, "run.py", command, "--data", str(data), *port],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def told(ended: subprocess.CompletedProcess[str]) -> str:
    """The one line that was said, status 1."""
    assert ended.returncode == 1
    assert "[Errno" not in ended.stderr
    (line,) = ended.stderr.splitlines()
    return line


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("below", ["", "deep/data"])
def test_a_file_in_the_place_of_the_folder_is_told(
    tmp_path: Path, command: str, below: str
) -> None:
    file = tmp_path / "passwd"
    file.write_text("x")
    line = told(run(command, file / below))
    assert f"数据文件夹 {file / below} 不能用：{file} 不是文件夹" in line
    assert f"The data folder {file / below} cannot be used: {file} is not a folder" in line


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc here")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_place_where_no_folder_can_be_made_is_told(command: str) -> None:
    line = told(run(command, "/proc/x"))
    if command == "verify":
        assert line == "没有这个数据库 There is no database /proc/x/hall.db."
    else:
        assert "数据文件夹 /proc/x 不能用：这里不能建文件夹" in line
        assert "The data folder /proc/x cannot be used: no folder can be made there" in line


@pytest.mark.parametrize("command", ["sim", "demo"])
def test_a_file_in_the_place_of_the_simulators_folder_is_told(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / "sim").write_text("x")
    assert f"{tmp_path / 'sim'} is not a folder" in told(run(command, tmp_path))


@posix_only
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_of_somebody_else_is_told(tmp_path: Path, command: str) -> None:
    tmp_path.chmod(0)
    try:
        line = told(run(command, tmp_path))
    finally:
        tmp_path.chmod(0o700)
    assert "没有读写权限" in line and "may not read and write" in line


@contextlib.contextmanager
def running_demo(data: Path) -> Iterator[str]:
    """The address of a demo that a person with the usual umask 022 started."""
    process = subprocess.Popen(
        [sys.executable, "run.py", "demo", "--data", str(data), "--port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, umask=0o022,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        printed = ""
        while "Ctrl+C" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        yield next(word for word in printed.split() if word.endswith("/kiosk"))[: -len("/kiosk")]
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
        assert process.returncode == 0, rest
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


def modes(data: Path) -> dict[str, int]:
    """The rights of everything below the folder; links have none of their own."""
    found = (path for path in sorted(data.rglob("*")) if not path.is_symlink())
    return {
        path.relative_to(data).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in found
    }


@posix_only
def test_what_a_hall_writes_is_closed_to_other_people(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running_demo(data) as origin:
        issue_ticket(origin)
        found = modes(data)
        assert {"hall.db", "hall.db-wal", "hall.db-shm", "sim/ports.json", "sim/sim.log"} <= set(
            found
        )
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        open_ones = {name: oct(mode) for name, mode in found.items() if mode & OTHERS}
        assert not open_ones


@posix_only
def test_what_an_older_hall_left_open_is_closed_and_the_rest_is_left_alone(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    (data / "sim").mkdir(parents=True)
    for name in ("hall.db", "sim/platform.jsonl", "notes.txt"):
        (data / name).touch()
        (data / name).chmod(0o644)
    for folder in (data, data / "sim"):
        folder.chmod(0o755)
    with running_demo(data):
        found = modes(data)
    assert stat.S_IMODE(data.stat().st_mode) == 0o755
    assert found["notes.txt"] == 0o644
    assert found["sim"] == 0o700
    for name in ("hall.db", "hall.db-wal", "hall.db-shm", "sim/platform.jsonl"):
        assert found[name] == 0o600, name


def issue_ticket(origin: str) -> None:
    """Take a ticket, so that the platform's journal is written too."""
    request = urllib.request.Request(
        f"{origin}/api/v1/tickets",
        json.dumps({"service": "A"}).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": "k1"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201
