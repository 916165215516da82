"""The lock of the simulators' folder tells when their process is gone."""

from pathlib import Path

import pytest

from devices.sim.lock import FolderLock, SimRunningError, wait_until_free_blocking


def test_a_folder_is_waited_for_until_it_is_free(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(SimRunningError):
        FolderLock(tmp_path)
    assert not wait_until_free_blocking(tmp_path, 0.01)
    lock.release()
    assert wait_until_free_blocking(tmp_path, 0.01)
    FolderLock(tmp_path).release()


def test_a_folder_that_is_gone_is_free(tmp_path: Path) -> None:
    assert wait_until_free_blocking(tmp_path / "none", 0.01)
