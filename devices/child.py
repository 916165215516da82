"""Ending a child process: the speech process, espeak-ng, a program that plays sound."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process


async def end_child(process: Process, grace_s: float) -> None:
    """Close the child's stdin, give it `grace_s` to end by itself, kill it if it does not.

    Returns when it is gone, with `process.returncode` as the child left it. What it still
    writes is read and thrown away: a full pipe would keep asyncio waiting.
    """
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(grace_s):
            await process.communicate()
    except TimeoutError:
        pass
    finally:  # also when the caller is cancelled meanwhile
        kill(process)
    await process.communicate()


def kill(process: Process) -> None:
    """Kill the child without taking its exit status from asyncio, which waits for it.

    `Process.kill` asks for the status first. When the child has just ended, that takes the
    status before asyncio's own wait does: asyncio then warns of an unknown child process and
    reports 255.
    """
    if process.returncode is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
