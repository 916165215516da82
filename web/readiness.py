"""Whether the hall stores what is wished, and which of its parts start again: codes and sentences.

reasons    it is not ready: commits fail, or the writer has stopped
degraded   it stores, but a task has failed and waits for its restart
"""

import asyncio
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from config.settings import LANGUAGES, message
from controller.app import Hall
from controller.store.schema import events

Json = dict[str, Any]

PROBE_TIMEOUT_S = 1.0
TASKS = (
    "announcing", "buttons", "counting", "cursors", "delivering", "distributing", "pace",
    "printing", "prompting", "recordings", "rehearsing", "scanner", "self-test", "showing",
    "signals", "simulators", "snapshots", "supervising", "telling", "timing",
)  # fmt: skip
"""The kinds of watched tasks that have a name in the texts, `health.task.<kind>`."""
BRACKETS = {"zh": "（{}）", "en": " ({})"}


async def health(hall: Hall) -> Json:
    """Return {ready, reasons, degraded}; the last two are lists of {code, zh, en}."""
    reasons = await _reasons(hall)
    return {"ready": not reasons, "reasons": reasons, "degraded": restarting(hall)}


async def _reasons(hall: Hall) -> list[Json]:
    writer = hall.writer
    if writer.ready:
        return []
    if writer.stopped_reason is not None and "another writer" in writer.stopped_reason:
        return [_said("another_writer")]
    if writer.failures and not await _is_readable(hall):
        return [_said("database_unreachable")]
    if writer.stopped_reason is None and writer.failures:
        return [_said("writer_failing")]
    return [_said("writer_stopped")]


def restarting(hall: Hall) -> list[Json]:
    """Return a sentence for each task that waits for its restart."""
    return [
        _task(watched.name) for watched in hall.supervisor.health() if watched.state == "restarting"
    ]


async def _is_readable(hall: Hall) -> bool:
    newest = select(func.max(events.c.seq))
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            await hall.read(lambda connection: connection.execute(newest).scalar())
    except (SQLAlchemyError, OSError):  # a time-out is an OSError
        return False
    return True


def _said(code: str) -> Json:
    return {"code": code, **{lang: message(lang, f"health.{code}") for lang in LANGUAGES}}


def _task(name: str) -> Json:
    """Say which task: "printing kiosk" is a kind and what it works for."""
    kind, _, place = name.partition(" ")
    found = {"code": f"task_restarting:{name}"}
    for lang in LANGUAGES:
        word = message(lang, f"health.task.{kind}") if kind in TASKS else kind
        task = word + BRACKETS[lang].format(place) if place else word
        found[lang] = message(lang, "health.task_restarting", task=task)
    return found
