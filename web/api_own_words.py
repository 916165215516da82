"""The hall's own words: notices on boards and main LEDs, texts on the strips over counters."""

from typing import Any

from aiohttp import web

from config.settings import UnencodableText, encode_text
from controller.domain.errors import RefusalError
from controller.domain.hall_commands import PublishNotices, SetStripText
from web.api_counters import COUNTER
from web.routes import Call, Route, Routes, answer
from web.schemas.own_words import HallNotices
from web.schemas.queue import Noted
from web.schemas.queue_wishes import HallNoticesWish, StripTextWish

routes = Routes()

LEAD = "manager"
WRONG = ("words_wrong", "words_personal")


@routes.add(Route("GET", "/api/v1/hall-notices", "clerk", {200: HallNotices}))
async def notices(call: Call) -> web.Response:
    """Return the notices and what each strip says while nobody is at its counter."""
    state = call.hall.state
    strips: list[dict[str, Any]] = [
        {"counter": no, "text": state.counters[no].strip_text} for no in state.rules.counters
    ]
    return answer({"texts": state.notices, "strips": strips})


@routes.add(
    Route(
        "POST",
        "/api/v1/hall-notices",
        "manager",
        {200: Noted},
        body=HallNoticesWish,
        problems=WRONG,
    )
)
async def publish(call: Call) -> web.Response:
    """Let everybody read these notices, on boards and main LEDs, instead of those before."""
    wish: HallNoticesWish = call.body
    _require_signs(*wish.texts)
    outcome = await call.execute(PublishNotices(wish.texts), LEAD)
    return answer({"seq": outcome.events[-1].seq if outcome.events else call.hall.state.seq})


@routes.add(
    Route(
        "POST",
        f"{COUNTER}/strip-text",
        "clerk",
        {200: Noted},
        body=StripTextWish,
        problems=("counter_unknown", *WRONG),
    )
)
async def strip_text(call: Call) -> web.Response:
    """Let the strip over a counter say something of its own while nobody is there."""
    no = call.counter()
    wish: StripTextWish = call.body
    _require_signs(wish.text)
    outcome = await call.execute(SetStripText(no, wish.text), call.actor(no))
    return answer({"seq": outcome.events[-1].seq if outcome.events else call.hall.state.seq})


def _require_signs(*texts: str) -> None:
    """Refuse what LED cards have no sign for: they know GB2312 and no more."""
    try:
        for text in texts:
            encode_text(text, "gb2312")
    except UnencodableText as error:
        raise RefusalError("words_wrong", signs=error.chars) from error
