"""A device as a JSON document: how it fares, its fault card, its counters."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from config.settings import fault
from controller.reactors.supervising import DeviceState

Json = dict[str, Any]


def device(state: DeviceState, at: Callable[[int | None], str | None]) -> Json:
    """Return a device; `at` writes a UTC millisecond time."""
    # "Paper low" works and still wants a person.
    troubled = state.state in ("fault", "lost") or (state.state == "ok" and state.detail)
    troubled = troubled and not state.lost_with
    return {
        "id": state.id,
        "kind": state.kind,
        "state": state.state,
        "detail": state.detail,
        "since": at(state.since),
        "fault": asdict(fault(state.kind, state.detail)) if troubled else None,
        "lost_with": state.lost_with or None,
        "last_error": _last_error(state, at),
        "counters": _counters(state),
        "slips_left": state.slips_left,
    }


def _last_error(state: DeviceState, at: Callable[[int | None], str | None]) -> Json | None:
    if state.last_error_at is None:
        return None
    card = fault(state.kind, state.last_error)
    return {
        "detail": state.last_error,
        "at": at(state.last_error_at),
        "code": card.code,
        "code_en": card.code_en,
    }


def _counters(state: DeviceState) -> Json | None:
    traffic = state.traffic
    if traffic is None:
        return None
    return {
        "frames": traffic.frames,
        "retries": traffic.retries,
        "crc_errors": traffic.crc_errors,
        "time_outs": traffic.time_outs,
        "latency_ms": _tenths(traffic.latency_ms),
        "worst_ms": _tenths(traffic.worst_ms),
        "presses": state.presses,
        "sheets": state.sheets,
    }


def _tenths(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 1)
