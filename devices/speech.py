"""The two ways to turn a phrase into a WAV file: the child process and one command.

Both raise SpeechError, whatever happened, within their time limit. Neither is believed: the
caller looks at the file that they left (measured.md 3f).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devices.child import end_child

WORKER = (sys.executable, "-m", "devices.speech_worker")
PATIENT_WORKER = (*WORKER, "--patient")
"""The same at the lowest priority: for what nobody waits for yet."""
COMMAND = ("espeak-ng",)
_HOUSE = Path(__file__).resolve().parent.parent
_GRACE_S = 0.1
"""A child that is ending by itself, by a crash too, is not killed when it is this quick."""
_BACKOFF_S = (0.0, 2.0, 10.0, 60.0)


class SpeechError(Exception):
    """A phrase was not rendered; the text says why."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words for the engine, its voice (as in `espeak-ng --voices`), words per minute."""

    spoken: str
    voice: str
    rate: int


class SpeechWorker:
    """Keeps one speech process alive between phrases; kills and restarts one that is stuck.

    After failures in a row it is left alone for 2, 10, 60 s: `speak` then fails at once.
    """

    def __init__(self, command: Sequence[str] = WORKER, time_limit_s: float = 4.0) -> None:
        self._command = tuple(command)
        self._time_limit_s = time_limit_s
        self._process: Process | None = None
        self._lock = asyncio.Lock()
        self._requests = 0
        self._failures = 0
        self._rest_until = 0.0

    @property
    def pid(self) -> int | None:
        """Process id of the child while it runs."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if alive and self._process else None

    async def speak(self, phrase: Phrase, path: Path) -> None:
        """Render into `path`, within the time limit (which includes a restart)."""
        async with self._lock:
            if time.monotonic() < self._rest_until:
                raise SpeechError("the speech process failed and rests")
            try:
                async with asyncio.timeout(self._time_limit_s):
                    answer = await self._exchange(phrase, path)
            except (OSError, ValueError, TimeoutError) as error:
                await self._end(_GRACE_S)
                self._note_failure()
                late = isinstance(error, TimeoutError)
                reason = f"no answer in {self._time_limit_s} s" if late else str(error)
                raise SpeechError(f"speech process: {reason}") from error
            self._failures = 0
        if not answer.get("ok"):
            raise SpeechError(str(answer.get("error")))

    async def stop(self) -> None:
        """End the child: its stdin is closed, and it is killed if that does not help."""
        async with self._lock:
            await self._end(grace_s=1.0)

    async def _exchange(self, phrase: Phrase, path: Path) -> dict[str, object]:
        process = await self._running()
        assert process.stdin and process.stdout
        self._requests += 1
        request = {"id": self._requests, "text": phrase.spoken, "voice": phrase.voice}
        request |= {"rate": phrase.rate, "path": str(path)}
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()
        while True:
            line = await process.stdout.readline()
            if not line:
                raise ConnectionError("it ended")
            answer = json.loads(line)
            # Another id answers a request that was given up.
            if isinstance(answer, dict) and answer.get("id") == self._requests:
                return answer

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=_HOUSE
            )
        return self._process

    async def _end(self, grace_s: float) -> None:
        process, self._process = self._process, None
        if process is not None:
            await end_child(process, grace_s)

    def _note_failure(self) -> None:
        self._failures += 1
        rest_s = _BACKOFF_S[min(self._failures - 1, len(_BACKOFF_S) - 1)]
        self._rest_until = time.monotonic() + rest_s


async def speak_by_command(
    phrase: Phrase, path: Path, command: Sequence[str] = COMMAND, time_limit_s: float = 4.0
) -> None:
    """Render into `path` by one run of espeak-ng (or a program with its options)."""
    options = ("-v", phrase.voice, "-s", str(phrase.rate), "-w", str(path), "--", phrase.spoken)
    try:
        process = await asyncio.create_subprocess_exec(
            *command, *options, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
        )
    except OSError as error:
        raise SpeechError(f"{command[0]}: {error.strerror or error}") from error
    try:
        status = await asyncio.wait_for(process.wait(), time_limit_s)
    except BaseException as error:
        await end_child(process, _GRACE_S)
        if isinstance(error, TimeoutError):
            raise SpeechError(f"{command[0]}: not done in {time_limit_s} s") from error
        raise
    if status != 0:
        raise SpeechError(f"{command[0]}: exit status {status}")
