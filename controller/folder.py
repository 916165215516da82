"""The data folder of a hall: one service at a time, by a lock of the operating system.

Other people of the machine have no business in it: it holds who was served when, the citizens'
ratings and the key of the tickets' tokens.
"""

import contextlib
import errno
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# What a hall writes into its folder, and the simulators into theirs.
OURS = (
    "lock", "alive", "devices.json", "hall.db", "hall.db-wal", "hall.db-shm", "voice", "sim",
    "demo.json", "platform.jsonl", "ports.json", "sim.log", "speaker",
)  # fmt: skip

_NO_RIGHT = ("当前用户在这里没有读写权限", "this user may not read and write there")
_REASONS = {
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.EROFS: ("这里是只读的", "it is read-only"),
    errno.ENOENT: ("这里不能建文件夹", "no folder can be made there"),
    errno.ENOSPC: ("磁盘已满", "the disk is full"),
}


class CannotStartError(Exception):
    """The hall cannot be served; the text is a sentence for a person."""


class FolderUnusableError(CannotStartError):
    """The folder cannot be made, or not be written to."""

    def __init__(self, path: Path, error: OSError) -> None:
        zh, en = _reason(path, error)
        super().__init__(
            f"数据文件夹 {path} 不能用：{zh}，请换一个文件夹（--data）。 "
            f"The data folder {path} cannot be used: {en}; give another folder (--data)."
        )


class FolderInUseError(CannotStartError):
    """Another service holds this data folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"数据文件夹 {path} 正被另一个一门服务使用，请先停止它，或换一个文件夹（--data）。 "
            f"The data folder {path} is in use by another Yimen service; stop that one first "
            "or give another folder (--data)."
        )


class DataFolder:
    """A folder that belongs to this process until `release` or its end, however it ends."""

    def __init__(self, path: Path) -> None:
        """Make the folder where missing and lock it.

        Raises FolderUnusableError, and FolderInUseError when it is taken.
        """
        self.path = path
        make_folder(path)
        # Simulators and children must not inherit the lock: O_CLOEXEC is Python's default.
        self._file = _open_lock(path)
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            self._file = -1
            raise FolderInUseError(path) from error

    def release(self) -> None:
        """Give the folder free; harmless when called twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def make_folder(path: Path) -> None:
    """Make a data folder where missing, and close what an older hall left open in it.

    Raises FolderUnusableError when it cannot be made or not be written to.
    """
    try:
        path.mkdir(0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FolderUnusableError(path, error) from error
    need_writing(path)
    for name in OURS:
        ours = path / name
        # The folder itself, links and other files are somebody's own and keep their rights.
        if not ours.is_symlink():
            with contextlib.suppress(OSError):  # not there, or another user's
                ours.chmod(0o700 if ours.is_dir() else 0o600)


def need_writing(path: Path) -> None:
    """Raise FolderUnusableError unless this process may write to the folder and its database."""
    database = path / "hall.db"
    try:
        os.close(_open_lock(path))
        # Asked, not opened: closing it would drop the locks that SQLite has on it.
        if database.exists() and not os.access(database, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise FolderUnusableError(path, error) from error


def _open_lock(path: Path) -> int:
    return os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)


def _reason(path: Path, error: OSError) -> tuple[str, str]:
    """Why, in Chinese and English."""
    for place in (path, *path.parents):
        # os.path tells False where pathlib raises, for example below a file.
        if os.path.exists(place) and not os.path.isdir(place):
            return f"{place} 不是文件夹", f"{place} is not a folder"
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    return f"系统报告 {error.strerror}", f"the system says: {error.strerror}"
