"""Players: real programs that play, fail or hang; a real HTTP server as the loudspeaker."""

import asyncio
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from devices.clips import Sound, chime, read_wav_blocking, write_wav_blocking
from devices.player import (
    NoPlayer,
    NotPlayedError,
    PlayerError,
    SimPlayer,
    SystemPlayer,
    WindowsPlayer,
    player_for,
)
from devices.voice import Clip, Growing


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    path = tmp_path / "clip.wav"
    sound = Sound(chime(22050).samples[:882], 22050)
    write_wav_blocking(path, sound)
    return Clip(path, sound.seconds, "cmn-latn-pinyin", "请A001号，到3号窗口", 2)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


async def test_the_program_gets_the_path_and_is_awaited(clip: Clip, tmp_path: Path) -> None:
    trace = tmp_path / "played"
    code = f"import sys, shutil; shutil.copy(sys.argv[1], {str(trace)!r})"
    await SystemPlayer(python(code)).play(clip)
    assert trace.read_bytes() == clip.path.read_bytes()


async def test_a_program_that_fails_says_why(clip: Clip) -> None:
    player = SystemPlayer(python("import sys; sys.exit('audio open error: no such device')"))
    with pytest.raises(NotPlayedError, match="no such device"):
        await player.play(clip)
    with pytest.raises(NotPlayedError, match="no such device"):
        await player.prove(clip)
    with pytest.raises(PlayerError, match="exit status 3"):
        await SystemPlayer(python("raise SystemExit(3)")).play(clip)


async def test_a_program_that_hangs_is_ended(clip: Clip) -> None:
    player = SystemPlayer(python("import time; time.sleep(3600)"), spare_s=0.2)
    with pytest.raises(PlayerError, match="did not come to an end"):
        await player.play(clip)


async def test_a_missing_program_is_a_player_error(clip: Clip) -> None:
    player = SystemPlayer(("no-such-player",))
    with pytest.raises(NotPlayedError, match="no-such-player"):
        await player.play(clip)
    with pytest.raises(NotPlayedError, match="no-such-player"):
        await player.prove(None)


async def test_a_program_that_breaks_off_later_may_have_been_heard(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.player._OPENING_S", 0.0)
    with pytest.raises(PlayerError, match="exit status 3") as told:
        await SystemPlayer(python("raise SystemExit(3)")).play(clip)
    assert not isinstance(told.value, NotPlayedError)


class Winsound(ModuleType):
    """As Windows has it: PlaySound returns after the last sample."""

    SND_FILENAME, SND_NODEFAULT = 0x20000, 2

    def __init__(self) -> None:
        super().__init__("winsound")
        self.played: list[tuple[str, int]] = []
        self.lasts_s = 0.0
        self.fails = False

    def PlaySound(self, sound: str, flags: int) -> None:  # noqa: N802
        time.sleep(self.lasts_s)
        if self.fails:
            raise RuntimeError("Failed to play sound")
        self.played.append((sound, flags))


async def test_windows_plays_without_a_program(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    winsound = Winsound()
    monkeypatch.setitem(sys.modules, "winsound", winsound)
    player = player_for("system")
    assert isinstance(player, WindowsPlayer)
    await player.play(clip)
    assert winsound.played == [(str(clip.path), 0x20002)]


async def test_windows_that_fails_or_hangs_is_a_player_error(clip: Clip) -> None:
    winsound = Winsound()
    winsound.fails = True
    with pytest.raises(PlayerError, match="Failed to play"):
        await WindowsPlayer(winsound).play(clip)
    winsound.lasts_s = 0.05
    with pytest.raises(PlayerError, match="did not come to an end"):
        await WindowsPlayer(winsound, spare_s=-clip.seconds).play(clip)


async def test_without_sound_the_time_still_passes(clip: Clip) -> None:
    before = time.monotonic()
    await NoPlayer().play(clip)
    assert time.monotonic() - before >= clip.seconds * 0.9


async def test_the_simulated_loudspeaker_gets_the_wav_and_the_words(clip: Clip) -> None:
    got: list[tuple[bytes, dict[str, str]]] = []

    async def play(request: web.Request) -> web.Response:
        names = ("X-Text", "X-Voice", "X-Times", "Content-Type")
        headers = {name: unquote(request.headers[name]) for name in names}
        got.append((await request.read(), headers))
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/speaker/play", play)
    async with TestServer(app) as server:
        await SimPlayer(lambda: str(server.make_url("/speaker"))).play(clip)
    assert got == [
        (
            clip.path.read_bytes(),
            {
                "X-Text": "请A001号，到3号窗口",
                "X-Voice": "cmn-latn-pinyin",
                "X-Times": "2",
                "Content-Type": "audio/wav",
            },
        )
    ]


async def test_a_loudspeaker_that_refuses_is_a_player_error(clip: Clip) -> None:
    async with TestServer(web.Application()) as server:
        player = SimPlayer(lambda: str(server.make_url("/speaker")))
        with pytest.raises(NotPlayedError, match="HTTP 404"):
            await player.play(clip)
        with pytest.raises(NotPlayedError, match="HTTP 404"):
            await player.prove(None)


async def test_a_phrase_waits_for_one_that_still_sounds(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a kill -9 the loudspeaker goes on with what it was given."""
    monkeypatch.setattr("devices.player._BUSY_PAUSE_S", 0.01)
    answers = [409, 409, 200]

    async def play(request: web.Request) -> web.Response:
        return web.json_response({}, status=answers.pop(0))

    app = web.Application()
    app.router.add_post("/play", play)
    async with TestServer(app) as server:
        await SimPlayer(lambda: str(server.make_url(""))).play(clip)
    assert answers == []


async def test_a_loudspeaker_that_is_away_is_a_player_error(clip: Clip, free_port: int) -> None:
    def no_url() -> str:
        raise FileNotFoundError("ports.json")

    with pytest.raises(NotPlayedError, match="simulated loudspeaker"):
        await SimPlayer(lambda: f"http://127.0.0.1:{free_port}/speaker").play(clip)
    with pytest.raises(NotPlayedError, match=r"ports\.json"):
        await SimPlayer(no_url).play(clip)


async def test_a_loudspeaker_that_never_answers_is_a_player_error(clip: Clip) -> None:
    async def play(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    app = web.Application()
    app.router.add_post("/play", play)
    async with TestServer(app, shutdown_timeout=0.1) as server:
        with pytest.raises(PlayerError, match="TimeoutError") as told:
            await SimPlayer(lambda: str(server.make_url("")), spare_s=0.2).play(clip)
        assert not isinstance(told.value, NotPlayedError)


def test_the_output_names_the_player() -> None:
    assert isinstance(player_for("sim://speaker", lambda: "http://127.0.0.1:1"), SimPlayer)
    assert isinstance(player_for("system"), SystemPlayer | NoPlayer)
    with pytest.raises(ValueError, match="no player"):
        player_for("sim://speaker")


async def test_a_growing_clip_is_played_without_a_seam(clip: Clip, tmp_path: Path) -> None:
    played = tmp_path / "played"
    code = f"import sys; open({str(played)!r}, 'wb').write(sys.stdin.buffer.read())"
    whole = read_wav_blocking(clip.path)
    first = Sound(whole.samples[:400], whole.rate)

    async def rendered() -> Clip:
        await asyncio.sleep(0.02)
        return clip

    growing = Growing(first, asyncio.create_task(rendered()))
    await SystemPlayer(python(code)).play(replace(clip, growing=growing))
    assert played.read_bytes()[44:] == whole.samples.tobytes()
    app = web.Application()
    got: list[bytes] = []

    async def play(request: web.Request) -> web.Response:
        got.append(await request.read())
        return web.json_response({})

    app.router.add_post("/play", play)
    async with TestServer(app) as server:
        player = SimPlayer(lambda: str(server.make_url("")))
        await player.play(replace(clip, growing=growing))
    assert got[0][44:] == whole.samples.tobytes()


async def test_the_chime_alone_is_played_when_no_words_come(clip: Clip, tmp_path: Path) -> None:
    played = tmp_path / "played"
    code = f"import sys; open({str(played)!r}, 'wb').write(sys.stdin.buffer.read())"

    async def failed() -> Clip:
        raise OSError("disk full")

    first = Sound(chime(22050).samples[:400], 22050)
    growing = Growing(first, asyncio.create_task(failed()))
    await SystemPlayer(python(code)).play(replace(clip, growing=growing))
    assert played.read_bytes()[44:] == first.samples.tobytes()
    assert await growing.clip() is None
