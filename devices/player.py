"""Where a clip is heard: the PC's sound output, or the simulated loudspeaker.

`play` returns when the last sample has been heard, so that announcements never overlap. Every
failure is a PlayerError: NotPlayedError when nothing was heard and the clip may be played again;
after any other it is unknown how much people have heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import shutil
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

import aiohttp

from devices.child import end_child
from devices.clips import endless_wav
from devices.voice import Clip, Growing

log = logging.getLogger(__name__)

PROGRAMS: tuple[tuple[str, ...], ...] = (
    ("aplay", "-q"),
    ("paplay",),
    ("pw-play",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("afplay",),
)
PIPED = ("aplay",)
"""Programs that play what comes through a pipe, and wait for it where it is late."""
Sent = bytes | AsyncIterator[bytes] | None
_SPARE_S = 5.0
"""A player may take this much longer than the clip."""
_GRACE_S = 0.1
"""A player that is ending by itself is not killed when it is this quick."""
_OPENING_S = 0.5
"""A program that fails within this time has opened no sound device: no number was heard yet."""
_BUSY_PAUSE_S = 0.2
_BUSY_TRIES = 150
_PROOF_S = 5.0


class PlayerError(Exception):
    """The clip was not, or not wholly, played; the text says why."""


class NotPlayedError(PlayerError):
    """The clip was refused before its first sample."""


class Player(Protocol):
    """Anything that plays clips, one after another."""

    grows: bool
    """Whether it plays a growing clip; `play` is then given some."""

    async def play(self, clip: Clip) -> None:
        """Play to the end. Raises PlayerError."""

    async def prove(self, silence: Clip | None) -> None:
        """Find out unheard whether `play` could work now; `silence` may be played for it.

        Raises PlayerError when it could not.
        """


class SystemPlayer:
    """Plays through one of the system's programs (`command`, to which the path is added)."""

    def __init__(self, command: tuple[str, ...], spare_s: float = _SPARE_S) -> None:
        self._command = command
        self._spare_s = spare_s
        self.grows = command[0] in PIPED

    async def play(self, clip: Clip) -> None:
        """Raises PlayerError when the program is missing, fails, or hangs (it is killed then)."""
        began = time.monotonic()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                "-" if clip.growing else str(clip.path),
                stdin=PIPE if clip.growing else DEVNULL,
                stdout=DEVNULL,
                stderr=PIPE,
            )
        except OSError as error:
            raise NotPlayedError(f"{self._command[0]}: {error.strerror or error}") from error
        try:
            async with asyncio.timeout(clip.seconds + self._spare_s):
                told = await self._fed(process, clip.growing)
        except BaseException as error:
            await end_child(process, _GRACE_S)
            if isinstance(error, TimeoutError):
                raise PlayerError(f"{self._command[0]} did not come to an end") from error
            raise
        if process.returncode != 0:
            lines = told.decode(errors="replace").strip().splitlines()
            reason = lines[-1] if lines else f"exit status {process.returncode}"
            raise _failed(began)(f"{self._command[0]}: {reason}")

    async def _fed(self, process: Process, growing: Growing | None) -> bytes:
        """What the program told at its end, after it was given all of a growing clip."""
        assert process.stderr is not None
        telling = asyncio.ensure_future(process.stderr.read())
        try:
            if growing is not None and process.stdin is not None:
                with contextlib.suppress(ConnectionError):  # it ended: its status tells why
                    process.stdin.write(endless_wav(growing.first))
                    process.stdin.write(await growing.rest())
                    await process.stdin.drain()
                    process.stdin.close()
            told = await telling
            await process.wait()
        finally:
            telling.cancel()
        return told

    async def prove(self, silence: Clip | None) -> None:
        """Play a moment of silence; without that the program has to be there at least."""
        if silence is not None:
            await self.play(silence)
        elif shutil.which(self._command[0]) is None:
            raise NotPlayedError(f"{self._command[0]}: not found")


class WindowsPlayer:
    """Plays through Windows itself: `sound` is Python's module winsound."""

    grows = False

    def __init__(self, sound: Any, spare_s: float = _SPARE_S) -> None:
        self._sound = sound
        self._spare_s = spare_s

    async def play(self, clip: Clip) -> None:
        """Raises PlayerError when Windows cannot play or hangs (then nobody can end it)."""
        flags = self._sound.SND_FILENAME | self._sound.SND_NODEFAULT
        began = time.monotonic()
        try:
            async with asyncio.timeout(clip.seconds + self._spare_s):
                await asyncio.to_thread(self._sound.PlaySound, str(clip.path), flags)
        except TimeoutError as error:
            raise PlayerError("winsound did not come to an end") from error
        except RuntimeError as error:
            raise _failed(began)(f"winsound: {error}") from error

    async def prove(self, silence: Clip | None) -> None:
        """Play a moment of silence."""
        if silence is not None:
            await self.play(silence)


class NoPlayer:
    """A PC without sound: the board's page is what people hear. Waits as long as the clip."""

    grows = False

    async def play(self, clip: Clip) -> None:
        """Never fails."""
        await asyncio.sleep(clip.seconds)

    async def prove(self, silence: Clip | None) -> None:
        """Never fails."""


class SimPlayer:
    """Plays to the simulated loudspeaker by HTTP: POST {url}/play, answered after the last sample.

    `url` is asked before each clip, because the simulators may have started anew; it raises
    OSError or LookupError while there is none. `speaker` is the id of one of several.
    """

    grows = True

    def __init__(
        self, url: Callable[[], str], speaker: str = "", spare_s: float = _SPARE_S
    ) -> None:
        self._url = url
        self._speaker = speaker
        self._spare_s = spare_s

    async def play(self, clip: Clip) -> None:
        """Raises PlayerError when the simulators cannot be reached or refuse the clip."""
        headers = {
            "Content-Type": "audio/wav",
            "X-Text": quote(clip.text),
            "X-Voice": quote(clip.voice),
            "X-Times": str(clip.times),
        }
        if self._speaker:
            headers["X-Speaker"] = self._speaker
        try:
            body = None if clip.growing else await asyncio.to_thread(clip.path.read_bytes)
        except OSError as error:
            raise NotPlayedError(f"simulated loudspeaker: {error}") from error
        for _ in range(_BUSY_TRIES):
            sent = body if clip.growing is None else _parts(clip.growing)
            status = await self._post(sent, headers, clip.seconds + self._spare_s)
            if status != HTTPStatus.CONFLICT:
                break
            # A phrase that an earlier life of the service began is still sounding.
            await asyncio.sleep(_BUSY_PAUSE_S)
        _hold_to_ok(status)

    async def prove(self, silence: Clip | None) -> None:
        """Ask it whether it is there."""
        headers = {"X-Speaker": self._speaker} if self._speaker else {}
        _hold_to_ok(await self._ask("GET", "/there", (None, headers), _PROOF_S))

    async def _post(self, body: Sent, headers: dict[str, str], limit_s: float) -> int:
        return await self._ask("POST", "/play", (body, headers), limit_s)

    async def _ask(
        self, method: str, path: str, sent: tuple[Sent, dict[str, str]], limit_s: float
    ) -> int:
        """The status of the answer. Raises PlayerError."""
        body, headers = sent
        limit = aiohttp.ClientTimeout(total=limit_s)
        try:
            url = self._url().rstrip("/") + path
        except (OSError, LookupError) as error:
            raise NotPlayedError(f"simulated loudspeaker: {error}") from error
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.request(method, url, data=body, headers=headers) as answer,
            ):
                return answer.status
        except aiohttp.ClientConnectorError as error:
            raise NotPlayedError(f"simulated loudspeaker: {error}") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise PlayerError(f"simulated loudspeaker: {reason}") from error


async def _parts(growing: Growing) -> AsyncIterator[bytes]:
    yield endless_wav(growing.first)
    yield await growing.rest()


def _hold_to_ok(status: int) -> None:
    """Raises NotPlayedError for another status: the loudspeaker then has not begun."""
    if status != HTTPStatus.OK:
        raise NotPlayedError(f"simulated loudspeaker: HTTP {status}")


def _failed(began: float) -> type[PlayerError]:
    """The kind of a failure of something that began to play at a time (`time.monotonic`)."""
    return NotPlayedError if time.monotonic() - began < _OPENING_S else PlayerError


async def sound_fault(player: Player, chime: Clip) -> str:
    """Play the chime as a proof before opening; "" when the player took it, else why not.

    A PC without any player of sound is told as such, although the board page may speak.
    """
    if isinstance(player, NoPlayer):
        return "no program plays sound here (aplay, paplay, …)"
    try:
        await player.play(chime)
    except PlayerError as error:
        return str(error)
    return ""


def player_for(
    output: str, sim_url: Callable[[], str] | None = None, speaker: str = ""
) -> Player:
    """The player of a loudspeaker's `output`: "sim://speaker" (of that id) or "system".

    `sim_url` gives the address of the simulated loudspeaker (`speaker` in DATA/sim/ports.json).
    Raises ValueError for another output, or for sim:// without an address.
    """
    if output == "sim://speaker" and sim_url is not None:
        return SimPlayer(sim_url, speaker)
    if output != "system":
        raise ValueError(f"no player for {output}")
    with contextlib.suppress(ImportError):  # only Windows has it
        return WindowsPlayer(importlib.import_module("winsound"))
    for command in PROGRAMS:
        if shutil.which(command[0]):
            return SystemPlayer(command)
    log.warning("no program plays sound here (aplay, paplay, …): only the board page speaks")
    return NoPlayer()
