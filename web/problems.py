"""Refusals as problem+json (RFC 9457): one stable code, one status, a sentence in two languages.

The sentences stand in config/texts (`problems.<code>`); docs/problems.md lists every code.
"""

import json
import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web

from config.settings import problem
from controller.bench import BenchDownError
from controller.domain.errors import RefusalError
from controller.domain.rules import WEEKDAYS, Rules
from controller.ledger import DecisionFailedError, KeyReusedError
from controller.writer import OutcomeUnknownError

logger = logging.getLogger(__name__)

STATUS: dict[str, int] = {
    "malformed": 400,
    "bad_host": 403,
    "bad_origin": 403,
    "token_wrong": 403,
    "code_expired": 403,
    "no_right": 403,
    "not_found": 404,
    "counter_unknown": 404,
    "method_not_allowed": 405,
    "already_accepted": 409,
    "already_delivered": 409,
    "already_rated": 409,
    "card_used": 409,
    "check_in_early": 409,
    "clerk_elsewhere": 409,
    "closed": 409,
    "counter_busy": 409,
    "counter_closed": 409,
    "illegal_step": 409,
    "no_printer": 409,
    "no_question": 409,
    "no_rating_open": 409,
    "no_sound_played": 409,
    "nobody_waits": 409,
    "not_booked": 409,
    "not_finished": 409,
    "not_parked": 409,
    "not_signed_in": 409,
    "not_today": 409,
    "not_waiting": 409,
    "nothing_called": 409,
    "nothing_parked": 409,
    "nothing_to_undo": 409,
    "one_ticket": 409,
    "outage_question": 409,
    "people_waiting": 409,
    "quota_used": 409,
    "recall_limit": 409,
    "recall_too_soon": 409,
    "return_not_allowed": 409,
    "slot_full": 409,
    "sound_taken": 409,
    "stopped": 409,
    "test_running": 409,
    "test_ticket": 409,
    "too_early": 409,
    "too_late_to_book": 409,
    "undo_too_late": 409,
    "too_large": 413,
    "media_type": 415,
    "card_wrong": 422,
    "clerk_unknown": 422,
    "clients_wrong": 422,
    "grade_unknown": 422,
    "identity_needed": 422,
    "identity_wrong": 422,
    "invalid": 422,
    "item_elsewhere": 422,
    "item_missing": 422,
    "item_no_case": 422,
    "item_stopped": 422,
    "item_unknown": 422,
    "key_reused": 422,
    "line_unknown": 422,
    "material_unknown": 422,
    "words_personal": 422,
    "words_wrong": 422,
    "post_unknown": 422,
    "priority_unknown": 422,
    "reason_unknown": 422,
    "recording_clipped": 422,
    "recording_long": 422,
    "recording_no_wav": 422,
    "recording_short": 422,
    "recording_silent": 422,
    "same_clerk": 422,
    "service_repeated": 422,
    "service_unknown": 422,
    "slot_unknown": 422,
    "time_unlikely": 422,
    "too_many": 429,
    "internal": 500,
    "no_font": 503,
    "not_ready": 503,
    "outcome_unknown": 503,
    "sim_down": 503,
}
"""Every code that the service gives, and its status."""

RETRY_AFTER_S = {"too_many": 5, "not_ready": 2, "outcome_unknown": 1, "sim_down": 2}
"""After how long a repeat may succeed; `closed` names the time until the next opening."""

CODE_OF_STATUS = {
    400: "malformed",
    403: "token_wrong",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "media_type",
    422: "invalid",
    429: "too_many",
    503: "not_ready",
}
FAMILY = {4: 400, 5: 500}

CODE = web.ResponseKey("problem_code", str)
"""Marks an answer as a refusal, so that a browser can be shown a page instead."""

MEMBERS = ("type", "title", "status", "code", "detail", "detail_en", "action", "action_en")


class ProblemError(Exception):
    """A refusal by the web itself; `extra` are further members of the document."""

    def __init__(self, code: str, **extra: object) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


def document(code: str, status: int | None = None) -> dict[str, Any]:
    """Return the standard members of a code's document."""
    status = status or STATUS[code]
    said = problem(code)
    found: dict[str, Any] = {
        "type": f"urn:yimen:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": said.zh,
        "detail_en": said.en,
        "action": said.action_zh,
        "action_en": said.action_en,
    }
    if code in RETRY_AFTER_S:
        found["retry_after_s"] = RETRY_AFTER_S[code]
    return found


def problem_response(
    code: str, extra: dict[str, Any] | None = None, *, status: int | None = None
) -> web.Response:
    """Return the document of a code; `extra` members never replace the standard ones."""
    found = document(code, status)
    found |= {name: value for name, value in (extra or {}).items() if name not in MEMBERS}
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    response = web.Response(
        body=body, status=found["status"], content_type="application/problem+json"
    )
    response[CODE] = code
    if found.get("retry_after_s") is not None:
        response.headers["Retry-After"] = str(found["retry_after_s"])
    return response


def describe(error: Exception) -> tuple[str, dict[str, Any]] | None:
    """Return code and further members of an error of the controller, or None for a defect."""
    if isinstance(error, ProblemError):
        return error.code, error.extra
    if isinstance(error, RefusalError):
        return (error.code if error.code in STATUS else "illegal_step"), error.facts
    if isinstance(error, KeyReusedError):
        return "key_reused", {}
    if isinstance(error, OutcomeUnknownError):
        return "outcome_unknown", {}
    if isinstance(error, BenchDownError):
        return "sim_down", {}
    if isinstance(error, DecisionFailedError):
        return "internal", {}
    return None


def of_http(error: web.HTTPException) -> web.Response:
    """Return the document for a refusal by aiohttp: unknown path, method, size."""
    code = CODE_OF_STATUS.get(error.status, "malformed" if error.status < 500 else "internal")
    status = error.status if error.status in CODE_OF_STATUS else FAMILY[error.status // 100]
    response = problem_response(code, status=status)
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def opening_in_s(rules: Rules, now: int) -> int | None:
    """Return the seconds until tickets are given out again, None when no day has hours."""
    local = rules.local(now)
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        for session in rules.hours.get(WEEKDAYS[day.weekday()], []):
            hour, _, minute = session.partition("-")[0].partition(":")
            opening = local.replace(
                year=day.year, month=day.month, day=day.day,
                hour=int(hour), minute=int(minute), second=0, microsecond=0,
            )  # fmt: skip
            if opening > local:
                return round(opening.timestamp() - local.timestamp())
    return None
