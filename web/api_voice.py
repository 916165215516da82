"""Who makes the sound of an area, and the recorded words of the voices."""

from aiohttp import web

from controller.board_sound import SoundTakenError
from web.problems import ProblemError
from web.routes import Call, Route, Routes, answer
from web.schemas.voice import SoundStep, SoundTurn

routes = Routes()


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
