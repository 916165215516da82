"""Where devices are simulated: the simulators' own interface, passed through as it is.

The routes exist only in a hall where any device is simulated (`Settings.simulates_anything`).
"""

import json
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from web.problems import CODE_OF_STATUS, STATUS, ProblemError, document
from web.routes import COMPACT, Call, Given, Route, Routes
from web.schemas import bench as shown
from web.schemas import sim, sim_faults, sim_inputs, sim_platform, wishes
from web.schemas.base import Taken

PREFIX = "/api/v1/sim"
NUMBERS = ("counter", "sheet")

LOOK: dict[str, Given] = {
    "/bench": shown.Bench,
    "/printers/{printer}": shown.Printer,
    "/printers/{printer}/tickets": shown.PaperTickets,
    "/printers/{printer}/tickets/{sheet}.png": "image/png",
    "/keypads/{counter}": shown.Keypad,
    "/rating-boxes/{counter}": shown.RatingBox,
    "/issue-buttons/{button}": sim_inputs.IssueButton,
    "/input-modules/{module}": sim_inputs.InputModule,
    "/scanners/{scanner}": sim_inputs.Scanner,
    "/card-readers/{reader}": sim_inputs.CardReader,
    "/leds/{counter}": shown.Led,
    "/lines/{line}": sim_faults.SimLine,
    "/faults": sim_faults.FaultyDevices,
    "/scenario": sim_faults.ScenarioState,
    "/speakers/{speaker}": shown.BenchSpeaker,
    "/speaker": shown.Utterances,
    "/speaker/{sound}.wav": "audio/wav",
    "/platform/visits": sim_platform.PlatformVisits,
    "/platform/cases": sim_platform.PlatformCases,
    "/platform/mode": sim_platform.PlatformMode,
}
"""What can be looked at, and the form of the answer."""

DO: dict[str, tuple[int, type[Taken], type[BaseModel]]] = {
    "/printers/{printer}/fault": (200, sim.PrinterFault, shown.Printer),
    "/keypads/{counter}/press": (202, sim.KeyPress, sim.Latched),
    "/keypads/{counter}/fault": (200, sim.UnitFault, shown.Keypad),
    "/rating-boxes/{counter}/press": (202, sim.GradePress, sim.Latched),
    "/rating-boxes/{counter}/fault": (200, sim.UnitFault, shown.RatingBox),
    "/issue-buttons/{button}/press": (202, sim_inputs.ButtonPress, sim.Latched),
    "/input-modules/{module}/press": (202, sim_inputs.InputPress, sim_inputs.InputModule),
    "/input-modules/{module}/fault": (200, sim_inputs.ModuleFault, sim_inputs.InputModule),
    "/issue-buttons/{button}/fault": (200, sim.UnitFault, sim_inputs.IssueButton),
    "/scanners/{scanner}/fault": (200, sim_inputs.ReaderFault, sim_inputs.Scanner),
    "/lines/{line}/fault": (200, sim_faults.LineFault, sim_faults.SimLine),
    "/speakers/{speaker}/fault": (200, sim_faults.OneSpeakerFault, shown.BenchSpeaker),
    "/faults": (200, sim_faults.AnyFault, sim_faults.FaultyDevices),
    "/scenario": (200, sim_faults.ScenarioWish, sim_faults.ScenarioState),
    "/faults/clear": (200, wishes.Nothing, sim_faults.FaultyDevices),
    "/scanners/{scanner}/scan": (202, sim_inputs.Scan, sim_inputs.Scanner),
    "/card-readers/{reader}/card": (200, sim_inputs.Card, sim_inputs.CardReader),
    "/card-readers/{reader}/fault": (200, sim_inputs.ReaderFault, sim_inputs.CardReader),
    "/leds/{counter}/fault": (200, sim.LedFault, shown.Led),
    "/speaker/fault": (200, sim.SpeakerFault, sim.SpeakerFault),
    "/platform/mode": (200, sim.PlatformWish, sim_platform.PlatformMode),
}
"""What can be done by hand: the status, the body that is wanted, the form of the answer."""

Reply = tuple[int, dict[str, str], bytes]


async def look(call: Call) -> web.Response:
    """Look at the simulated devices."""
    return _told(*await _ask(call, _path(call)))


async def press(call: Call) -> web.Response:
    """Do by hand what a person or a fault would do to a simulated device."""
    return _told(*await _ask(call, _path(call)))


async def _ask(call: Call, path: str) -> Reply:
    """Pass the request on with its key, so that a repeat does not press twice."""
    method = "POST" if call.route.method == "POST" else "GET"
    bench = call.hall.bench
    if bench is None:
        raise ProblemError("sim_down")
    return await bench.forward(method, path, body=_words(call), key=call.key)


def _words(call: Call) -> bytes:
    """Return the checked body, as the simulators take it."""
    if call.body is None:
        return b""
    wish: Taken = call.body
    return wish.model_dump_json(exclude_none=True).encode()


def _path(call: Call) -> str:
    """Return the path at the simulators; only plain characters are passed on."""
    for name in call.request.match_info:
        value = call.part(name)
        # One address, one way to write it: there is no counter 01.
        if name in NUMBERS and value.startswith("0"):
            raise ProblemError("not_found")
    return call.request.path.removeprefix(PREFIX)


def _told(status: int, headers: dict[str, str], body: bytes) -> web.Response:
    if status >= 400:
        body = _completed(status, body)
        headers = {"Content-Type": "application/problem+json"}
    return web.Response(status=status, headers=headers, body=body)


def _completed(status: int, body: bytes) -> bytes:
    """Return a refusal of the simulators as one of ours, in their words."""
    try:
        theirs: dict[str, Any] = json.loads(body)
    except ValueError:
        theirs = {}
    code = str(theirs.get("code"))
    if STATUS.get(code) != status:
        code = CODE_OF_STATUS.get(status, "illegal_step")
    said = {name: str(theirs[name]) for name in ("detail", "detail_en") if name in theirs}
    if told := said.get("detail_en"):
        said["detail_en"] = f"{told[:1].upper()}{told[1:].rstrip('.')}."
    return COMPACT.encode({**document(code, status), **said}).encode()


def declare() -> Routes:
    """Declare all routes of the pass-through."""
    declared = Routes()
    for path, form in LOOK.items():
        problems = ("not_found", "sim_down") if "{" in path else ("sim_down",)
        declared.add(Route("GET", PREFIX + path, "sim", {200: form}, problems=problems))(look)
    for path, (status, body, form) in DO.items():
        declared.add(
            Route(
                "POST",
                PREFIX + path,
                "sim",
                {status: form},
                body=body,
                problems=("not_found", "illegal_step", "sim_down"),
            )
        )(press)
    return declared


routes = declare()
