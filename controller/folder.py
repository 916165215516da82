"""The data folder of a hall: one service at a time, by a lock of the operating system."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FolderInUseError(Exception):
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
        """Make the folder where missing and lock it; `FolderInUseError` when it is taken."""
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        # Simulators and children must not inherit the lock: O_CLOEXEC is Python's default.
        self._file = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
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
