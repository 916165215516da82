"""One page makes the sound of an area, and tells how each call fares."""

import asyncio
from pathlib import Path

import pytest

from controller import board_sound
from controller.board_sound import BoardSound, SoundTakenError
from devices.player import NotPlayedError, PlayerError
from devices.voice import Clip

CALL = Clip(Path("call.wav"), 0.01, "wang", "请A001号", announcement="t1-7")


async def test_the_first_page_has_the_sound_until_it_falls_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = BoardSound("hall")
    assert sound.tell("one", "hall", "ready")
    for page, board in (("two", "hall"), ("one", "other"), ("one", None)):
        with pytest.raises(SoundTakenError):
            sound.tell(page, board, "ready")
    assert sound.tell("one", "hall", "ready")
    monkeypatch.setattr(board_sound, "LEASE_S", -1.0)
    sound.tell("one", "hall", "ready")
    assert sound.tell("two", "hall", "ready")


async def test_any_board_may_have_the_sound_where_nothing_else_sounds() -> None:
    sound = BoardSound()
    assert sound.tell("one", None, "ready")
    with pytest.raises(SoundTakenError):
        sound.tell("two", "hall", "ready")


async def test_a_call_is_played_when_the_page_has_told_its_end() -> None:
    sound = BoardSound("hall")
    with pytest.raises(NotPlayedError, match="no page"):
        await sound.play(CALL)
    sound.tell("one", "hall", "ready")
    await sound.prove(None)
    playing = asyncio.create_task(sound.play(CALL))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not sound.tell("one", "hall", "started", "t9-1")
    assert sound.tell("one", "hall", "started", "t1-7")
    assert not sound.tell("one", "hall", "started", "t1-7")
    assert not playing.done()
    assert sound.tell("one", "hall", "ended", "t1-7")
    await playing
    assert not sound.tell("one", "hall", "ended", "t1-7")


async def test_a_page_that_does_not_begin_or_breaks_off_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = BoardSound("hall")
    sound.tell("one", "hall", "ready")
    monkeypatch.setattr(board_sound, "BEGIN_S", 0.01)
    with pytest.raises(NotPlayedError, match="not begun"):
        await sound.play(CALL)
    assert not sound.tell("one", "hall", "started", "t1-7"), "too late: it will be said again"
    monkeypatch.setattr(board_sound, "BEGIN_S", 5.0)
    playing = asyncio.create_task(sound.play(CALL))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    sound.tell("one", "hall", "started", "t1-7")
    sound.tell("one", "hall", "failed", "t1-7")
    with pytest.raises(PlayerError, match="to the end") as told:
        await playing
    assert not isinstance(told.value, NotPlayedError)
