"""Who makes the sound of an area, and the recorded words of the voices."""

from typing import Any

from aiohttp import web

from controller.board_sound import SoundTakenError
from controller.voice_sets import BadRecordingError, SetState, UnknownWordError
from web.problems import ProblemError
from web.routes import Call, Route, Routes, answer, listed
from web.schemas.voice import RecordedSet, RecordedSets, SoundStep, SoundTurn, WordOf

routes = Routes()

SETS = "/api/v1/voice/sets"
RECORDING_MOST_BYTES = 2 << 20
"""Ten seconds of stereo at 48 kHz; a word takes one."""


@routes.add(
    Route(
        "POST",
        "/api/v1/areas/{area}/sound",
        "kiosk",
        {200: SoundTurn},
        body=SoundStep,
        problems=("not_found", "sound_taken"),
    )
)
async def area_sound(call: Call) -> web.Response:
    """Take the sound of an area for a board's page, or tell how it fares with an announcement."""
    area = call.part("area")
    if area not in {known.code for known in call.hall.settings.areas}:
        raise ProblemError("not_found")
    sound = call.hall.board_sounds.get(area)
    told: SoundStep = call.body
    try:
        if sound is None:
            raise SoundTakenError
        go = sound.tell(told.page, told.board, told.step, told.announcement)
    except SoundTakenError:
        raise ProblemError("sound_taken") from None
    return answer({"go": go})


@routes.add(Route("GET", SETS, "admin", {200: RecordedSets}))
async def voice_sets(call: Call) -> web.Response:
    """List the sets of recorded words, and which words are missing."""
    return listed([_shown(state) for state in await call.hall.voice_sets.states()], None)


@routes.add(
    Route(
        "GET",
        f"{SETS}/{{set}}/word.wav",
        "admin",
        {200: "audio/wav"},
        query=WordOf,
        problems=("not_found",),
    )
)
async def voice_word(call: Call) -> web.StreamResponse:
    """The sound of a word, trimmed and levelled as calls have it."""
    try:
        path = call.hall.voice_sets.path(call.part("set"), call.query.word)
    except UnknownWordError:
        raise ProblemError("not_found") from None
    if not path.is_file():
        raise ProblemError("not_found")
    return web.FileResponse(path, headers={"Content-Type": "audio/wav"})


@routes.add(
    Route(
        "POST",
        f"{SETS}/{{set}}/record",
        "admin",
        {200: RecordedSet},
        query=WordOf,
        takes="audio/wav",
        problems=(
            "not_found", "recording_no_wav", "recording_silent", "recording_clipped",
            "recording_short", "recording_long",
        ),
    )
)  # fmt: skip
async def record_word(call: Call) -> web.Response:
    """Take the recording of a word (16-bit WAV); the one before it can be brought back."""
    data = await call.bytes_of(RECORDING_MOST_BYTES)
    try:
        state = await call.hall.voice_sets.record(call.part("set"), call.query.word, data)
    except BadRecordingError as error:
        raise ProblemError(f"recording_{error.code}") from None
    except UnknownWordError:
        raise ProblemError("not_found") from None
    return answer(_shown(state))


@routes.add(
    Route(
        "POST",
        f"{SETS}/{{set}}/remove",
        "admin",
        {200: RecordedSet},
        body=WordOf,
        problems=("not_found",),
    )
)
async def remove_word(call: Call) -> web.Response:
    """Take the recording of a word away; it can be brought back."""
    try:
        state = await call.hall.voice_sets.remove(call.part("set"), call.body.word)
    except UnknownWordError:
        raise ProblemError("not_found") from None
    return answer(_shown(state))


@routes.add(
    Route(
        "POST",
        f"{SETS}/{{set}}/restore",
        "admin",
        {200: RecordedSet},
        body=WordOf,
        problems=("not_found",),
    )
)
async def restore_word(call: Call) -> web.Response:
    """Change the recording of a word with the one before it."""
    try:
        state = await call.hall.voice_sets.restore(call.part("set"), call.body.word)
    except UnknownWordError:
        raise ProblemError("not_found") from None
    return answer(_shown(state))


def _shown(state: SetState) -> dict[str, Any]:
    needed = state.words[:-1]
    return {
        "name": state.name,
        "in_use": state.in_use,
        "recorded": sum(one.seconds is not None for one in needed),
        "wanted": len(needed),
        "words": [
            {
                "word": one.word,
                "seconds": one.seconds,
                "level": one.level,
                "optional": one is state.words[-1],
                "before": one.has_before,
            }
            for one in state.words
        ],
    }
