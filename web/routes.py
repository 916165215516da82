"""How a route of the interface is declared: one `Route` above its handler.

    @routes.add(Route("POST", "/api/v1/tickets", "kiosk", {201: Receipt}, body=TicketWish))
    async def issue(call: Call[TicketWish, None]) -> web.Response:
        '''Give out a ticket.'''

The declaration says who may use it (enforced by a later issue), what it takes, what it gives
and which problems it has; validation and /openapi.json are made from it.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from aiohttp import hdrs, web
from pydantic import BaseModel, ValidationError

from controller.app import Hall
from controller.domain.commands import Command
from controller.ledger import Outcome
from controller.store.queries import Days, Page
from web.keys import HALL
from web.problems import ProblemError
from web.queue_views import QUEUE_VIEWS, QueueViews
from web.schemas.base import Taken
from web.schemas.queries import Query
from web.views import VIEWS, Views

Audience = Literal["public", "kiosk", "clerk", "manager", "admin", "sim"]
Method = Literal["GET", "POST"]
Given = type[BaseModel] | str | None
"""An answer: a model (JSON), a media type (anything else), or None (no body)."""

STORE_TIMEOUT_S = 10.0
COUNTER = re.compile(r"[1-9][0-9]{0,3}")
KEY = re.compile(r"[\x21-\x7e]{1,200}")
JSON_TYPES = re.compile(r"application/([a-z0-9.+-]+\+)?json", re.IGNORECASE)
JSON_CHARSETS = ("utf-8", "utf8", "us-ascii")
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Route:
    """A declaration; `problems` are the codes beyond the ones that every route has.

    `holder`: the ticket's token in the body stands for the audience.
    """

    method: Method
    path: str
    audience: Audience
    answers: dict[int, Given]
    body: type[Taken] | None = None
    query: type[Taken] | None = None
    problems: tuple[str, ...] = ()
    holder: bool = False
    takes: str = ""
    """The media type of a body that is no JSON; its handler reads it (`Call.bytes_of`)."""

    @property
    def body_optional(self) -> bool:
        """Whether an absent body stands for {}."""
        return self.body is not None and not any(
            member.is_required() for member in self.body.model_fields.values()
        )

    @property
    def is_strict(self) -> bool:
        """Whether unknown query members are refused; machines that watch may add their own."""
        return self.path.startswith("/api/")


@dataclass(frozen=True)
class Call:
    """One request, its parts already validated. `body` and `query` are the declared models."""

    request: web.Request
    route: Route
    body: Any = None
    query: Any = None
    key: str | None = None

    @property
    def hall(self) -> Hall:
        """The running hall."""
        found: Hall = self.request.app[HALL]
        return found

    @property
    def views(self) -> Views:
        """How this hall's rows and state are shown."""
        return self.request.app[VIEWS]

    @property
    def queue(self) -> QueueViews:
        """How this hall's queue and staff are shown."""
        return self.request.app[QUEUE_VIEWS]

    @property
    def code(self) -> str:
        """The hall's code, under which its rows stand."""
        return self.hall.code

    def days(self) -> Days:
        """Return the business dates of a query, default today; `from` after `to` is refused."""
        today = self.views.today
        days = Days(self.query.first or today, self.query.last or today)
        if days.first > days.last:
            raise ProblemError("invalid", errors=[_wrong("from", "after_to")])
        return days

    def page(self) -> Page:
        """Return which part of a list a query wants."""
        return Page(int(self.query.after or 0), self.query.limit)

    def service(self) -> str | None:
        """Return the service of a query; one that the hall does not have is refused."""
        code: str | None = self.query.service
        if code is not None and code not in self.views.service_names:
            raise unknown("service")
        return code

    def part(self, name: str) -> str:
        """Return a part of the path; what no id looks like is `not_found`."""
        value = self.request.match_info[name]
        if not re.fullmatch(r"[0-9A-Za-z_.:-]{1,64}", value):
            raise ProblemError("not_found")
        return value

    async def bytes_of(self, most: int) -> bytes:
        """Return a body that is no JSON; `media_type` or `too_large` when it is not taken."""
        if self.request.content_type != self.route.takes:
            raise ProblemError("media_type")
        data = bytearray()
        async for chunk in self.request.content.iter_chunked(65536):
            data += chunk
            if len(data) > most:
                raise ProblemError("too_large")
        return bytes(data)

    def counter(self) -> int:
        """Return the counter of the path; one that the hall does not have is refused."""
        text = self.request.match_info["counter"]
        no = int(text) if COUNTER.fullmatch(text) else -1
        if no not in self.hall.state.rules.counters:
            raise ProblemError("counter_unknown")
        return no

    def actor(self, no: int) -> str:
        """Return who acts at a counter: the clerk who is signed in, else the counter itself."""
        clerk = self.hall.state.counters[no].clerk
        return f"counter:{no}" if clerk is None else f"clerk:{clerk}"

    async def execute(
        self, command: Command, actor: str, *, part: str | None = "", identity: str | None = None
    ) -> Outcome:
        """Decide and store a command under the request's key.

        Where a request leads to several commands each has the key `part`, or None. `identity`
        is the keyed hash of an ID number.

        A disk that hangs gives `OutcomeUnknownError` after a while; the command may still come
        to be stored, and a repeat under the same key finds out.
        """
        # Keys from outside have a space of their own: nobody can take a press's or a row's place.
        space, own = ("http", self.key) if part == "" else ("part", part)
        stored = f"{space}:{own}" if own is not None else None
        return await self.hall.writer.execute(
            command,
            actor=actor,
            key=stored,
            identity=identity,
            patience_s=STORE_TIMEOUT_S,
        )


Handler = Callable[[Call], Awaitable[web.StreamResponse]]


@dataclass
class Routes:
    """The declared routes of one module, in their order."""

    declared: list[tuple[Route, Handler]] = field(default_factory=list)

    def add(self, route: Route) -> Callable[[Handler], Handler]:
        """Declare the route of a handler."""

        def take(handler: Handler) -> Handler:
            self.declared.append((route, handler))
            return handler

        return take

    def mount(self, app: web.Application) -> None:
        """Serve the declared routes; HEAD goes with GET."""
        for route, handler in self.declared:
            app.router.add_route(route.method, route.path, _serve(route, handler))
            if route.method == "GET":
                app.router.add_route("HEAD", route.path, _serve(route, handler))


def answer(document: Any, status: int = 200) -> web.Response:
    """Return a JSON answer; the same document always gives the same bytes."""
    return web.Response(
        body=COMPACT.encode(document).encode(),
        status=status,
        content_type="application/json",
        charset="utf-8",
    )


def listed(items: list[Any], following: int | str | None) -> web.Response:
    """Return a part of a list; `next` is a text that `after` takes back."""
    return answer({"items": items, "next": None if following is None else str(following)})


def unknown(name: str) -> ProblemError:
    """Return the refusal of a query member whose value the hall does not have."""
    return ProblemError("invalid", errors=[_wrong(name, "unknown")])


def _serve(
    route: Route, handler: Handler
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        key = _key(request) if route.method == "POST" else None
        query = _query(request, route.query or Query) if route.is_strict else None
        body = None
        if route.body is not None:
            body = _validated(await _data(request, route), route.body)
        return await handler(Call(request, route, body, query, key))

    return serve


def _key(request: web.Request) -> str | None:
    given = request.headers.getall("Idempotency-Key", [])
    if not given:
        return None
    if len(given) > 1 or not KEY.fullmatch(given[0]):
        raise ProblemError("malformed", errors=[_wrong("Idempotency-Key", "key")])
    return given[0]


@lru_cache(maxsize=64)
def _no_query(model: type[Taken]) -> Taken:
    """Return the query that gives no member; models are frozen, so one serves all requests."""
    return model.model_validate({})


def _query(request: web.Request, model: type[Taken]) -> Taken:
    if not request.query_string and not any(
        member.is_required() for member in model.model_fields.values()
    ):
        return _no_query(model)
    repeated = [name for name in set(request.query) if len(request.query.getall(name)) > 1]
    if repeated:
        raise ProblemError("malformed", errors=[_wrong(name, "repeated") for name in repeated])
    try:
        return model.model_validate(dict(request.query))
    except ValidationError as error:
        errors = _errors(error)
        if all(wrong["rule"] == "literal_error" for wrong in errors):
            raise unknown(errors[0]["field"]) from None
        raise ProblemError("malformed", errors=errors) from None


async def _data(request: web.Request, route: Route) -> bytes:
    data = await request.read()
    if not data and route.body_optional:
        return b"{}"
    if hdrs.CONTENT_TYPE in request.headers and not (
        JSON_TYPES.fullmatch(request.content_type)
        and (request.charset or "utf-8").lower() in JSON_CHARSETS
    ):
        raise ProblemError("media_type")
    return data


def _validated(data: bytes, model: type[Taken]) -> Taken:
    """Tell what is no JSON (400) from what is the wrong JSON (422)."""
    if NUL.search(data):
        raise ProblemError("malformed")
    try:
        # The model's own parser takes the last of two members of one name.
        STRICT.decode(data.decode(json.detect_encoding(data), "surrogatepass"))
    except (ValueError, RecursionError):
        raise ProblemError("malformed") from None
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> ProblemError:
    errors = _errors(error)
    if any(wrong["rule"] == "json_invalid" for wrong in errors):
        return ProblemError("malformed")
    graded = [wrong for wrong in errors if wrong["rule"].endswith("than_equal")]
    if len(graded) == len(errors) and all(wrong["field"] == "grade" for wrong in errors):
        return ProblemError("grade_unknown")
    return ProblemError("invalid", errors=errors)


def _each_once(members: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in members]
    for name in names:
        if names.count(name) > 1:
            raise ProblemError("malformed", errors=[_wrong(name, "repeated")])


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


STRICT = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_each_once)


def _errors(error: ValidationError) -> list[dict[str, str]]:
    """Name each wrong member and its rule; never its value, which may be personal."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [_wrong(".".join(map(str, wrong["loc"])), wrong["type"]) for wrong in found[:20]]


def _wrong(name: str, rule: str) -> dict[str, str]:
    return {"field": name[:100], "rule": rule}
