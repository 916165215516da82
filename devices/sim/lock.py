"""One simulators' process for one data folder, held by a lock of the operating system."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


LOOK_EVERY_S = 0.05


class SimRunningError(Exception):
    """Simulators already run on this data folder."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"数据文件夹 {data_dir} 上已有模拟设备在运行，不能再开一套。/ "
            f"Simulators already run on the data folder {data_dir}; a second set is refused."
        )


class FolderLock:
    """Holds `folder`/lock until `release` or the end of the process, however it ends."""

    def __init__(self, folder: Path) -> None:
        """SimRunningError when another process holds it."""
        self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise SimRunningError(folder.parent) from error

    def release(self) -> None:
        """Let another process have the folder."""
        os.close(self._file)


def wait_until_free_blocking(folder: Path, timeout_s: float) -> bool:
    """Wait for the process that holds `folder` to be gone; False when it still lives then."""
    until = time.monotonic() + timeout_s
    while True:
        try:
            FolderLock(folder).release()
        except FileNotFoundError:
            return True
        except SimRunningError:
            if time.monotonic() >= until:
                return False
            time.sleep(LOOK_EVERY_S)
        else:
            return True
