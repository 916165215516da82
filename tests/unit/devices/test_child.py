"""Children that end by themselves at the moment they are ended, and children that do not."""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process

import pytest

from devices.child import end_child

QUITS = "import sys, os; sys.stdin.readline(); os._exit(7)"
HANGS = "import sys, time; print('up', flush=True); time.sleep(3600)"
BABBLES = "import os\nos.write(1, b'up\\n')\nwhile True: os.write(1, bytes(65536))"


async def start(code: str) -> Process:
    command = (sys.executable, "-I", "-S", "-c", code)
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)


async def ending_child() -> Process:
    """A child of whom nothing is left but its exit, which may or may not have come."""
    child = await start(QUITS)
    assert child.stdin and child.stdout
    child.stdin.write(b"\n")
    assert await child.stdout.readline() == b""
    return child


@pytest.mark.parametrize(("grace_s", "statuses"), [(5.0, {7}), (0.0, {7, -9})])
async def test_a_child_that_ends_by_itself_keeps_its_status_and_no_warning_is_logged(
    grace_s: float, statuses: set[int | None], caplog: pytest.LogCaptureFixture
) -> None:
    """Process.kill would take its status before asyncio does, and asyncio would report 255."""
    with caplog.at_level(logging.WARNING):
        for _ in range(50):
            child = await ending_child()
            await end_child(child, grace_s)
            assert child.returncode in statuses
    assert caplog.messages == []


@pytest.mark.parametrize("code", [HANGS, BABBLES], ids=["hangs", "babbles"])
async def test_a_child_that_does_not_end_is_killed(code: str) -> None:
    child = await start(code)
    assert child.stdout
    assert await child.stdout.readline() == b"up\n"
    await end_child(child, 0.05)
    assert child.returncode == -9


async def test_a_child_is_killed_when_nobody_waits_for_it_any_more() -> None:
    child = await start(HANGS)
    assert child.stdout
    assert await child.stdout.readline() == b"up\n"
    ending = asyncio.create_task(end_child(child, 3600))
    await asyncio.sleep(0.01)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    await child.communicate()
    assert child.returncode == -9


async def test_a_child_may_be_ended_twice() -> None:
    child = await ending_child()
    await end_child(child, 5.0)
    await end_child(child, 5.0)
    assert child.returncode == 7
