"""A serial voice module and the simulated one over good and bad lines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from devices.faults import Faults
from devices.player import NotPlayedError, PlayerError
from devices.sim.clock import Watch
from devices.sim.speaker import Phrase, Timeline
from devices.sim.voice_module import SimVoiceModule
from devices.voice_module import NAME, VoiceModule
from tests.fixtures.bad_lines import BAD_LINES, loses
from tests.fixtures.reacting import eventually
from tests.fixtures.sim_lines import pair_with

SPOKEN = "请A 零 一 二号，到三号窗口"


class Heard:
    """The module, what drives it, and what people heard."""

    def __init__(self, driver: VoiceModule, sim: SimVoiceModule, timeline: Timeline) -> None:
        self.driver = driver
        self.sim = sim
        self._timeline = timeline

    @property
    def phrases(self) -> list[Phrase]:
        return list(self._timeline.phrases.values())

    def texts(self) -> list[str]:
        return [phrase.text for phrase in self.phrases]


@asynccontextmanager
async def module(folder: Path, faults: Faults | None = None) -> AsyncIterator[Heard]:
    timeline = Timeline(folder / "speaker")
    sim = SimVoiceModule("hall", timeline, Watch("Asia/Shanghai"), sign_s=0.003)
    async with pair_with(sim, folder, faults) as pair:
        readings = {"重呼": "虫呼"}
        yield Heard(VoiceModule(pair.link, readings, pause_s=0.01), sim, timeline)


async def test_a_call_is_said_as_often_as_wanted_and_to_its_end(tmp_path: Path) -> None:
    async with module(tmp_path) as heard:
        clip = await heard.driver.render(SPOKEN, SPOKEN, times=2, volume=50)
        assert (clip.voice, clip.times, clip.path.name) == (NAME, 2, "")
        await heard.driver.play(clip)
        assert heard.texts() == [SPOKEN, SPOKEN]
        assert heard.sim.volume == 8
        assert not heard.sim.playing
        assert all(phrase.ended_at for phrase in heard.phrases)


async def test_names_of_several_readings_are_written_as_they_sound(tmp_path: Path) -> None:
    async with module(tmp_path) as heard:
        await heard.driver.play(await heard.driver.render("重呼一号", "重呼一号"))
        assert heard.texts() == ["虫呼一号"]


@pytest.mark.parametrize("faults", BAD_LINES)
async def test_calls_over_bad_lines_are_said_or_told_as_lost(
    faults: Faults, tmp_path: Path
) -> None:
    async with module(tmp_path, faults) as heard:
        taken = []
        for number in range(4):
            text = f"请{number}号"
            try:
                async with asyncio.timeout(1.5):
                    await heard.driver.play(await heard.driver.render(text, text))
            except (PlayerError, TimeoutError):
                continue
            taken.append(text)
        assert set(heard.texts()) <= {f"请{number}号" for number in range(4)}
        if not loses(faults):
            assert taken == heard.texts() == [f"请{number}号" for number in range(4)]
        elif not faults.noise:  # an answer is a single byte: noise can look like one
            assert set(taken) <= set(heard.texts())


async def test_a_dumb_module_is_told(tmp_path: Path) -> None:
    async with module(tmp_path) as heard:
        assert await heard.driver.answers()
        heard.sim.gone = True
        assert not await heard.driver.answers()
        clip = await heard.driver.render(SPOKEN, SPOKEN)
        with pytest.raises(NotPlayedError, match="no answer"):
            await heard.driver.play(clip)
        heard.sim.gone = False
        await heard.driver.play(clip)
        assert heard.texts() == [SPOKEN]


async def test_a_module_that_goes_dumb_in_the_middle_is_told(tmp_path: Path) -> None:
    async with module(tmp_path) as heard:
        playing = asyncio.ensure_future(
            heard.driver.play(await heard.driver.render(SPOKEN * 3, SPOKEN * 3))
        )
        await eventually(lambda: heard.sim.playing)
        heard.sim.gone = True
        with pytest.raises(PlayerError, match="silent in the middle"):
            await playing


async def test_a_sign_that_no_module_has_is_left_out(tmp_path: Path) -> None:
    async with module(tmp_path) as heard:
        await heard.driver.play(await heard.driver.render("请𬭎A 零 一号", "请𬭎A 零 一号"))
        assert heard.texts() == ["请A 零 一号"]


async def test_a_text_that_is_too_long_is_told_and_nothing_is_sent(tmp_path: Path) -> None:
    async with module(tmp_path) as heard:
        with pytest.raises(NotPlayedError, match="it takes 200"):
            await heard.driver.play(await heard.driver.render("号" * 100, "号" * 100))
        assert heard.texts() == []
