"""The self-test of the devices before opening: its sheet, one more now, and who heard the chime."""

from dataclasses import asdict
from typing import Any

from aiohttp import web

from config.settings import fault
from controller.domain.hall_commands import ConfirmSound, StartOpeningTest
from controller.domain.opening_test import BEFORE_MS, opening_at
from controller.store.device_queries import newest_test
from web.routes import Call, Route, Routes, answer
from web.schemas.opening_test import HeardWish, OpeningTest
from web.schemas.queue import Noted
from web.schemas.wishes import Nothing

routes = Routes()

LEAD = "manager"
PROOFS = {"played": "player", "verified": "machine"}
Json = dict[str, Any]


@routes.add(Route("GET", "/api/v1/opening-test", "manager", {200: OpeningTest}))
async def opening_test(call: Call) -> web.Response:
    """Return the newest result sheet of the self-test (开门前自检)."""
    state, now = call.hall.state, call.hall.clock.now()
    opens_at = opening_at(state, now)
    next_at = None if opens_at is None or opens_at - BEFORE_MS <= now else opens_at - BEFORE_MS
    row = await call.hall.read(newest_test, call.code)
    return answer(
        {
            "running": state.opening_test.running,
            "next_at": call.views.at(next_at),
            "sheet": None if row is None else _sheet(call, row),
        }
    )


@routes.add(
    Route(
        "POST",
        "/api/v1/opening-test",
        "manager",
        {200: Noted},
        body=Nothing,
        problems=("test_running",),
    )
)
async def start(call: Call) -> web.Response:
    """Let all devices test themselves now; the sheet follows in some seconds."""
    outcome = await call.execute(StartOpeningTest(), LEAD)
    return answer({"seq": outcome.events[-1].seq})


@routes.add(
    Route(
        "POST",
        "/api/v1/opening-test/heard",
        "manager",
        {200: Noted},
        body=HeardWish,
        problems=("no_sound_played",),
    )
)
async def heard(call: Call) -> web.Response:
    """Say that the chime of a loudspeaker was heard (听到了)."""
    wish: HeardWish = call.body
    outcome = await call.execute(ConfirmSound(wish.device), LEAD)
    return answer({"seq": outcome.events[-1].seq if outcome.events else call.hall.state.seq})


def _sheet(call: Call, row: Json) -> Json:
    rows = [_row(call, one, row["heard"].get(one["device"])) for one in row["rows"]]
    states = [one["state"] for one in rows]
    return {
        "date": row["date"],
        "cause": row["cause"],
        "planned_at": call.views.at(row["planned_at"]),
        "started_at": call.views.instant(row["started_at"]),
        "finished_at": call.views.instant(row["finished_at"]),
        "failed": row["failed"],
        "warned": states.count("warn"),
        "untested": states.count("untested"),
        "rows": rows,
    }


def _row(call: Call, row: Json, heard: Json | None) -> Json:
    troubled = row["state"] in ("warn", "fault")
    sound = None
    if heard is not None:
        at = call.views.at(heard["at"])
        sound = {"by": "person", "who": heard["actor"], "at": at}
    elif row["sound"]:
        sound = {"by": PROOFS[row["sound"]], "who": None, "at": None}
    return {
        **{name: row[name] for name in ("device", "kind", "state", "detail", "told")},
        "fault": asdict(fault(row["kind"], row["detail"])) if troubled else None,
        "sound": sound,
    }
