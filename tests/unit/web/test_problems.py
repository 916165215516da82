"""Refusals as documents, and the time until the hall opens."""

import json
from typing import Any

import pytest
from aiohttp import web

from controller.bench import BenchDownError
from controller.domain.errors import RefusalError
from controller.domain.rules import Rules
from controller.ledger import KeyReusedError
from controller.writer import OutcomeUnknownError
from web.problems import (
    CODE_OF_STATUS,
    STATUS,
    ProblemError,
    describe,
    of_http,
    opening_in_s,
    problem_response,
)

MONDAY_0830 = 1795393800000
HOUR_MS = 3_600_000
WEEK = {"mon": ["08:30-12:00", "14:00-17:30"], "wed": ["09:00-12:00"]}


def document(response: web.Response) -> dict[str, Any]:
    assert response.content_type == "application/problem+json"
    assert isinstance(response.body, bytes)
    found: dict[str, Any] = json.loads(response.body)
    return found


@pytest.mark.parametrize("code", STATUS)
def test_every_code_has_a_whole_document(code: str) -> None:
    response = problem_response(code)
    found = document(response)
    assert (response.status, found["status"], found["code"]) == (STATUS[code],) * 2 + (code,)
    assert all(found[name] for name in ("title", "detail", "detail_en", "action", "action_en"))
    assert ("Retry-After" in response.headers) == ("retry_after_s" in found)


def test_a_fact_never_replaces_a_member() -> None:
    found = document(problem_response("illegal_step", {"status": 200, "code": "x", "step": "y"}))
    assert (found["status"], found["code"], found["step"]) == (409, "illegal_step", "y")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProblemError("not_found"), "not_found"),
        (RefusalError("counter_busy", ticket={}), "counter_busy"),
        (RefusalError("a_code_of_tomorrow"), "illegal_step"),
        (KeyReusedError("k"), "key_reused"),
        (OutcomeUnknownError("x"), "outcome_unknown"),
        (BenchDownError("x"), "sim_down"),
    ],
)
def test_errors_have_their_codes(error: Exception, code: str) -> None:
    known = describe(error)
    assert known is not None
    assert known[0] == code


def test_a_defect_has_none() -> None:
    assert describe(ZeroDivisionError()) is None


def test_refusals_of_aiohttp_become_ours() -> None:
    assert document(of_http(web.HTTPMethodNotAllowed("PUT", ["GET"])))["code"] == (
        "method_not_allowed"
    )
    assert of_http(web.HTTPMethodNotAllowed("PUT", ["GET"])).headers["Allow"] == "GET"
    assert document(of_http(web.HTTPNotAcceptable()))["status"] == 400
    assert document(of_http(web.HTTPBadGateway()))["code"] == "internal"
    assert set(CODE_OF_STATUS.values()) <= STATUS.keys()


@pytest.mark.parametrize(
    ("hours_later", "opens_in_h"),
    [(-1, 1), (4, 1.5), (10, 38.5), (24, 24.5), (52, 116), (-8.5, 8.5)],
)
def test_the_next_opening(hours_later: float, opens_in_h: float) -> None:
    rules = Rules(hours=WEEK, always_open=False)
    now = MONDAY_0830 + round(hours_later * HOUR_MS)
    assert opening_in_s(rules, now) == opens_in_h * 3600


def test_a_hall_without_hours_never_opens() -> None:
    assert opening_in_s(Rules(hours={}, always_open=False), MONDAY_0830) is None
