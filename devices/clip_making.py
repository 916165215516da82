"""A set of recorded words made by the speech engine, for a hall that has none of a person yet.

It is made whole in a folder beside and then moved to its place, so half a set is never heard.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

from devices.clip_set import CHIME, RATE, WORDS, made_even
from devices.clips import SoundError, chime, write_wav_blocking
from devices.voice import Voice

log = logging.getLogger(__name__)

SYNTHESISED = "synthesised"
"""The set of this name is made by the product itself where there is none."""
_SHORTEST_S = 0.08


async def make_set(voice: Voice, folder: Path, words: Sequence[str] = WORDS) -> bool:
    """Make the set in `folder`; whether it lies there now. One that is there is left alone."""
    if await asyncio.to_thread(folder.is_dir):
        return True
    begun = folder.with_name(f".{folder.name}.part")
    await asyncio.to_thread(_begin_blocking, begun)
    for word in words:
        sound = await voice.synthesised(word, _SHORTEST_S)
        try:
            if sound is None or sound.rate != RATE:
                raise SoundError("no engine speaks it")
            await asyncio.to_thread(write_wav_blocking, begun / f"{word}.wav", made_even(sound))
        except SoundError as error:
            log.warning("the words of %s were not made: %s: %s", folder.name, word, error)
            await asyncio.to_thread(shutil.rmtree, begun, True)
            return False
    await asyncio.to_thread(write_wav_blocking, begun / f"{CHIME}.wav", chime(RATE))
    await asyncio.to_thread(begun.rename, folder)
    return True


def _begin_blocking(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
