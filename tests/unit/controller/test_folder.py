"""One service on a data folder, and the crash test's named places."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from controller.folder import DataFolder, FolderInUseError, FolderUnusableError
from controller.stops import STOPS, StopHere, nowhere, stop_from_environment

ROOT = Path(__file__).parents[3]
HOLD = """
import sys
from pathlib import Path
from controller.folder import DataFolder
folder = DataFolder(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_service_on_a_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    first = DataFolder(tmp_path / "data")
    with pytest.raises(FolderInUseError, match="in use by another Yimen"):
        DataFolder(tmp_path / "data")
    first.release()
    first.release()
    DataFolder(tmp_path / "data").release()


def test_a_killed_process_leaves_the_folder_free(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(FolderInUseError):
            DataFolder(tmp_path)
        process.kill()
    DataFolder(tmp_path).release()


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (errno.EACCES, "没有读写权限", "may not read and write there"),
        (errno.EPERM, "没有读写权限", "may not read and write there"),
        (errno.EROFS, "是只读的", "is read-only"),
        (errno.ENOSPC, "磁盘已满", "the disk is full"),
        (errno.EIO, "系统报告", "the system says: "),
    ],
)
def test_a_folder_that_cannot_be_used_is_told_with_the_reason(
    tmp_path: Path, number: int, zh: str, en: str
) -> None:
    told = str(FolderUnusableError(tmp_path, OSError(number, os.strerror(number))))
    assert told.count(str(tmp_path)) == 2
    assert zh in told and en in told
    assert "Errno" not in told


def test_a_stop_counts_only_its_place_and_only_when_armed() -> None:
    ends: list[str] = []
    stop = StopHere("after-commit", 2, lambda: ends.append("end"))
    stop("after-commit")
    stop.arm()
    stop("before-commit")
    stop("after-commit")
    assert ends == []
    stop("after-commit")
    stop("after-commit")
    assert ends == ["end"]
    nowhere("after-commit")


def test_the_environment_names_the_place() -> None:
    assert stop_from_environment({}) is None
    for name in STOPS:
        assert stop_from_environment({"YIMEN_STOP": name}) is not None
    assert stop_from_environment({"YIMEN_STOP": "after-commit@3"}) is not None
    with pytest.raises(ValueError, match="no place is named lunch"):
        stop_from_environment({"YIMEN_STOP": "lunch"})
