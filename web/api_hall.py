"""The hall as a whole: the queue now, stopping the kiosk, questions that a lead answers."""

from datetime import datetime

from aiohttp import web

from controller.app import new_ticket_id
from controller.domain.answers import cards_answer
from controller.domain.commands import EnterCards
from controller.domain.hall_commands import (
    AnswerClock,
    AnswerOutage,
    ResumeIssuing,
    StopIssuing,
)
from web.problems import ProblemError
from web.routes import Call, Route, Routes, answer
from web.schemas.queue import Cards, Noted, PhoneCode, Queues
from web.schemas.queue_wishes import CardsWish, ClockWish, OutageWish, ResumeWish, StopWish

routes = Routes()

LEAD = "manager"
CARDS_MOST = 200


@routes.add(Route("GET", "/api/v1/queues", "clerk", {200: Queues}))
async def queues(call: Call) -> web.Response:
    """Return who waits, is parked or was missed, and what a lead has to answer."""
    return answer(call.queue.queues())


@routes.add(
    Route(
        "POST",
        "/api/v1/issuing/stop",
        "manager",
        {200: Noted},
        body=StopWish,
        problems=("service_unknown", "reason_unknown"),
    )
)
async def stop(call: Call) -> web.Response:
    """Give out no numbers, of one service or at all, with a sentence on the kiosk."""
    wish: StopWish = call.body
    outcome = await call.execute(StopIssuing(wish.scope, wish.kind, wish.sentence), LEAD)
    return _noted(call, [event.seq for event in outcome.events])


@routes.add(
    Route(
        "POST",
        "/api/v1/issuing/resume",
        "manager",
        {200: Noted},
        body=ResumeWish,
        problems=("service_unknown",),
    )
)
async def resume(call: Call) -> web.Response:
    """Give out numbers again."""
    wish: ResumeWish = call.body
    outcome = await call.execute(ResumeIssuing(wish.scope), LEAD)
    return _noted(call, [event.seq for event in outcome.events])


@routes.add(
    Route(
        "POST",
        "/api/v1/questions/outage",
        "manager",
        {200: Noted},
        body=OutageWish,
        problems=("no_question",),
    )
)
async def answer_outage(call: Call) -> web.Response:
    """Say what becomes of the queue after an outage."""
    outcome = await call.execute(AnswerOutage(call.body.choice, call.body.sentence), LEAD)
    return _noted(call, [event.seq for event in outcome.events])


@routes.add(
    Route(
        "POST",
        "/api/v1/questions/clock",
        "manager",
        {200: Noted},
        body=ClockWish,
        problems=("no_question", "time_unlikely"),
    )
)
async def answer_clock(call: Call) -> web.Response:
    """Say the true time; the hall's clock goes on from there, never back."""
    try:
        told = datetime.fromisoformat(call.body.time)
    except ValueError:
        told = None
    if told is None or told.tzinfo is None:
        raise ProblemError("invalid", errors=[{"field": "time", "rule": "rfc3339"}])
    true_at = round(told.timestamp() * 1000)
    outcome = await call.execute(AnswerClock(true_at), LEAD)
    return _noted(call, [event.seq for event in outcome.events])


@routes.add(
    Route(
        "POST",
        "/api/v1/queues/cards",
        "manager",
        {200: Cards},
        body=CardsWish,
        problems=("service_unknown", "card_wrong"),
    )
)
async def cards(call: Call) -> web.Response:
    """Let pre-printed cards wait that were given out while the hall was down: all, or none.

    Numbers that are in use already are left out and told.
    """
    wish: CardsWish = call.body
    if not 0 <= wish.last - wish.first < CARDS_MOST:
        errors = [{"field": "last", "rule": f"at_most_{CARDS_MOST}_from_first"}]
        raise ProblemError("invalid", errors=errors)
    numbers = range(wish.first, wish.last + 1)
    tickets = tuple(new_ticket_id(call.hall.clock.now()) for _ in numbers)
    command = EnterCards(wish.service, wish.first, wish.last, tickets)
    entered = cards_answer((await call.execute(command, LEAD)).events)
    prefix = call.hall.state.rules.card_prefix
    wanted = [f"{prefix}{number:03d}" for number in numbers]
    refused = [card for card in wanted if card not in entered]
    return answer({"entered": entered, "refused": refused})


@routes.add(Route("GET", "/api/v1/phone-code", "kiosk", {200: PhoneCode}, problems=("not_found",)))
async def phone_code(call: Call) -> web.Response:
    """Return what the kiosk's changing QR shows; it lets phones in the hall take a number."""
    settings = call.hall.settings
    if not settings.phone.tickets:
        raise ProblemError("not_found")
    code = call.hall.phone_codes.code(call.hall.clock.now())
    origin = settings.hall.public_url or str(call.request.url.origin())
    url = f"{origin}/p/{code}"
    return answer({"url": url, "code": code, "seconds": settings.phone.code_s})


def _noted(call: Call, seqs: list[int]) -> web.Response:
    return answer({"seq": seqs[-1] if seqs else call.hall.state.seq})
