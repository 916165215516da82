"""Tickets: given out, looked up, rated."""

from hmac import compare_digest

from aiohttp import web

from controller.app import new_ticket_id
from controller.domain.answers import rating_answer, ticket_answer
from controller.domain.commands import IssueTicket, RateTicket
from controller.reports.records import tickets_with_cases
from controller.store.queries import one_ticket
from web.identities import Identity, identity_of
from web.problems import ProblemError
from web.routes import Call, Route, Routes, answer, listed
from web.schemas.queries import TicketPage
from web.schemas.tickets import Rated, Receipt, Ticket, Tickets
from web.schemas.wishes import RatingWish, TicketWish

routes = Routes()



@routes.add(
    Route(
        "POST",
        "/api/v1/tickets",
        "kiosk",
        {201: Receipt},
        body=TicketWish,
        problems=(
            "service_unknown", "service_repeated", "priority_unknown", "item_unknown",
            "item_stopped", "item_elsewhere", "closed", "stopped", "quota_used", "clients_wrong",
            "identity_needed", "identity_wrong", "one_ticket", "code_expired",
        ),
    )
)  # fmt: skip
async def issue(call: Call) -> web.Response:
    """Give out a ticket; its token stands in no list and no stream."""
    wish: TicketWish = call.body
    identity = identity_of(call, wish.identity)
    # A repeat under the same key is answered from the stored event, with the first one's id.
    command = IssueTicket(
        wish.service,
        new_ticket_id(call.hall.clock.now()),
        tuple(dict.fromkeys(wish.items or ())),
        wish.priority or _elder(call, identity),
        wish.source,
        further=wish.further or (),
        together=wish.together,
        clients=wish.clients,
        escort=wish.escort,
        test=wish.test,
        admitted=_admitted(call, wish),
        door=call.hall.phone_codes.name_of(wish.code or "") if wish.source == "phone" else "",
        place=f"kiosk:{wish.kiosk}" if wish.source == "kiosk" else wish.source,
    )
    actor = command.place if wish.source == "kiosk" else wish.source
    outcome = await call.execute(command, actor, identity=identity.hash)
    document = ticket_answer(outcome.events)
    seq = document.pop("seq")
    return answer({**document, "token": call.hall.token_for(document["id"]), "seq": seq}, 201)


def _admitted(call: Call, wish: TicketWish) -> bool:
    """Tell whether a phone shows the kiosk's code or its page's pass.

    Whoever repeats a wish under its key is answered before anybody looks at this.
    """
    phone, now = call.hall.settings.phone, call.hall.clock.now()
    return wish.source != "phone" or (
        phone.tickets and call.hall.phone_codes.admits(wish.code or "", now)
    )


def _elder(call: Call, identity: Identity) -> str | None:
    return "elder" if identity.elder and "elder" in call.hall.state.rules.priorities else None


@routes.add(
    Route(
        "GET",
        "/api/v1/tickets",
        "clerk",
        {200: Tickets},
        query=TicketPage,
        problems=("invalid",),
    )
)
async def tickets(call: Call) -> web.Response:
    """List the tickets of a business date in the order of issue."""
    wanted: TicketPage = call.query
    where = {
        "date": wanted.date or call.views.today,
        "state": wanted.state,
        "service": call.service(),
        "number": wanted.number,
        "paper": wanted.paper,
    }
    found = await call.hall.read(tickets_with_cases, call.code, call.page(), where)
    return listed([call.views.ticket(row, row["cases"]) for row in found.rows], found.next)


@routes.add(
    Route("GET", "/api/v1/tickets/{ticket}", "kiosk", {200: Ticket}, problems=("not_found",))
)
async def ticket(call: Call) -> web.Response:
    """Look up a ticket; while it waits, with people ahead and the expected wait."""
    row = await call.hall.read(one_ticket, call.code, call.part("ticket"))
    if row is None:
        raise ProblemError("not_found")
    return answer(call.views.ticket(row, row["cases"]))


@routes.add(
    Route(
        "POST",
        "/api/v1/tickets/{ticket}/rating",
        "public",
        {200: Rated},
        body=RatingWish,
        problems=("token_wrong", "not_found", "not_finished", "already_rated", "test_ticket"),
    )
)
async def rate(call: Call) -> web.Response:
    """Rate a finished visit, once, with the token of its ticket."""
    wish: RatingWish = call.body
    name = call.part("ticket")
    if await call.hall.read(one_ticket, call.code, name) is None:
        raise ProblemError("not_found")
    if not compare_digest(call.hall.token_for(name).encode(), wish.token.encode()):
        raise ProblemError("token_wrong")
    outcome = await call.execute(RateTicket(name, wish.grade), "phone")
    return answer(rating_answer(outcome.events))
