"""GET /openapi.json: OpenAPI 3.1, written once from the declared routes and their models."""

import re
from collections.abc import Sequence
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from config.settings import Settings
from web.hall_schemas import narrow, path_values, query_values
from web.problems import STATUS
from web.routes import COMPACT, Given, Handler, Route
from web.schemas.problem import Problem
from web.stream_events import describe_events

Json = dict[str, Any]

STREAM = "/api/v1/stream"
REFERENCE = "#/components/schemas/{model}"
POST_PROBLEMS = ("malformed", "bad_origin", "too_large", "media_type", "invalid")
STORING_PROBLEMS = ("key_reused", "outcome_unknown")

PARTS = {
    "area": "The area's code in the hall file.",
    "announcement": "The announcement's id, as the stream gives it.",
    "button": "The issue button's id in the hall file.",
    "case": "The case's number.",
    "counter": "The counter's number.",
    "line": "The line's name in the hall file.",
    "module": "The input module's id in the hall file.",
    "post": "The AB post's name in the hall file.",
    "printer": "The printer's id in the hall file.",
    "reader": "The card reader's id in the hall file.",
    "scanner": "The scanner's id in the hall file.",
    "set": "The name of a set of recorded words.",
    "sheet": "The sheet's number at its printer, from 1.",
    "sound": "The phrase's id, as the loudspeaker's list gives it.",
    "speaker": "The loudspeaker's id in the hall file.",
    "notice": "The notice's id.",
    "ticket": "The ticket's id.",
}
"""What the parts of the paths are."""
OPAQUE: Json = {"type": "string", "pattern": "^[0-9A-Za-z_.:-]{1,64}$"}

KEY_PARAMETER: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "One key per intention; a repeat under it gets the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
}

CODE = "Which refusal; docs/problems.md lists every code."

LAST_EVENT_PARAMETER: Json = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "Go on after this `seq`; browsers send it by themselves. Goes before `after`.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"},
}

Declared = Sequence[tuple[Route, Handler]]


def describe(declared: Declared, settings: Settings) -> Json:
    """Return the whole document about a hall."""
    named, schemas = _schemas(declared)
    narrow(schemas, settings)
    values = path_values(settings), query_values(settings)
    paths: dict[str, Json] = {}
    for route, handler in declared:
        operation = _operation(route, handler, named)
        operation["parameters"] = _parameters(route, *values)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Yimen 一门: {settings.hall.name} {settings.hall.name_en}",
            "version": "1",
            "description": "Times are RFC 3339 with the offset of the hall's zone. "
            "Refusals are application/problem+json; docs/problems.md lists every code. "
            "A query member that is unknown or badly written is 400 `malformed`; a well-written "
            "value that this hall does not have is 422 `invalid`.",
        },
        "paths": paths,
        "components": {"schemas": schemas},
    }


def mount(app: web.Application, declared: Declared, settings: Settings) -> None:
    """Serve the document."""
    body = COMPACT.encode(describe(declared, settings)).encode()

    async def serve(request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json", charset="utf-8")

    app.router.add_get("/openapi.json", serve)


Named = dict[Any, Json]
"""Schemas by (model, "validation")."""


def _schemas(declared: Declared) -> tuple[Named, Json]:
    models: dict[type[BaseModel], None] = {Problem: None}
    for route, _ in declared:
        given = [form for form in route.answers.values() if isinstance(form, type)]
        for model in (route.body, route.query, *given):
            if model is not None:
                models[model] = None
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "validation") for model in models
    ]
    named, definitions = models_json_schema(wanted, ref_template=REFERENCE)
    return dict(named), definitions["$defs"]


def _operation(route: Route, handler: Handler, named: Named) -> Json:
    summary = " ".join((handler.__doc__ or "").split())
    words = re.sub(r"[{}]", "", route.path.removeprefix("/api/v1"))
    operation: Json = {
        "operationId": "-".join([route.method.lower(), *re.findall(r"[A-Za-z]+", words)]),
        "summary": summary,
        "tags": [route.audience],
        "x-audience": route.audience,
        "responses": _responses(route, named),
    }
    if route.holder:
        operation["x-holder"] = True
    if route.path == STREAM:
        operation["x-events"] = describe_events()
    if route.body is not None:
        operation["requestBody"] = {
            "required": not route.body_optional,
            "content": {"application/json": {"schema": named[(route.body, "validation")]}},
        }
    if route.takes:
        sent = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": {route.takes: sent}}
    return operation


def _parameters(route: Route, parts: dict[str, Json], members: dict[str, Json]) -> list[Json]:
    found: list[Json] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PARTS[name],
            "schema": parts.get(name, OPAQUE),
        }
        for name in re.findall(r"\{([a-z]+)\}", route.path)
    ]
    if route.query is not None:
        schema = route.query.model_json_schema(ref_template=REFERENCE)
        for name, member in schema["properties"].items():
            present = members.get(name) or _present(member)
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "required": name in schema.get("required", ()),
                    "description": member["description"],
                    "schema": present,
                }
            )
    if route.method == "POST":
        found.append(KEY_PARAMETER)
    if route.path == STREAM:
        found.append(LAST_EVENT_PARAMETER)
    return found


def _present(member: Json) -> Json:
    """Return the schema of a query member that is there: null is written by leaving it out."""
    choices = [choice for choice in member.get("anyOf", [member]) if choice.get("type") != "null"]
    (schema,) = choices
    apart = ("title", "default", "description")
    return {name: value for name, value in schema.items() if name not in apart} | (
        {"default": member["default"]} if member.get("default") is not None else {}
    )


def _responses(route: Route, named: Named) -> Json:
    found: Json = {}
    for status, form in route.answers.items():
        found[str(status)] = _answer(form, named)
    for status, codes in sorted(problems_of(route).items()):
        found[str(status)] = {
            "description": ", ".join(codes),
            "content": {
                "application/problem+json": {
                    "schema": {
                        "allOf": [
                            named[(Problem, "validation")],
                            {"properties": {"code": {"description": CODE, "enum": codes}}},
                        ]
                    }
                }
            },
        }
    return found


def _answer(form: Given, named: Named) -> Json:
    if form is None:
        return {"description": "nobody waits"}
    if isinstance(form, str):
        return {"description": form, "content": {form: {"schema": {"type": "string"}}}}
    text = " ".join((form.__doc__ or form.__name__).split())
    return {
        "description": text,
        "content": {"application/json": {"schema": named[(form, "validation")]}},
    }


def problems_of(route: Route) -> dict[int, list[str]]:
    """Return the codes that a route may answer with, by status."""
    codes = ["bad_host", "internal", *route.problems]
    if route.is_strict:
        codes.append("malformed")
    if route.method == "POST":
        codes += POST_PROBLEMS
        codes += STORING_PROBLEMS
    if route.body is not None and "grade" in route.body.model_fields:
        codes.append("grade_unknown")
    found: dict[int, list[str]] = {}
    for code in sorted(set(codes)):
        found.setdefault(STATUS[code], []).append(code)
    return found
