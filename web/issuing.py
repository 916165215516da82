"""Why a service gives out no numbers now, and when it will again, as a newcomer is told."""

from typing import Any

from controller.domain.errors import RefusalError
from controller.domain.hours import opens, week_of
from controller.domain.limits import require_open, require_quota, require_running
from controller.domain.rules import WEEKDAYS, Rules, within
from controller.domain.state import HallState


def shut(state: HallState, service: str, now: int) -> dict[str, Any] | None:
    """Return what a command for a number would be refused for; None: numbers are given out.

    `why` is stopped, hours, band (this part of the day) or quota (the whole day); `opens` (UTC
    ms) is when numbers are given out again, None when nobody knows.
    """
    rules = state.rules
    if service not in rules.services:
        return {"why": "hours", "stop": None, "opens": None}
    new_day = _is_new_day(state, now)
    try:
        require_running(state, service, new_day)
        require_open(state, service, now)
        require_quota(state, service, now, new_day)
    except RefusalError as refusal:
        return _told(rules, service, now, refusal)
    return None


def _told(rules: Rules, service: str, now: int, refusal: RefusalError) -> dict[str, Any]:
    if refusal.code == "stopped":
        stop = {name: refusal.facts[name] for name in ("kind", "sentence")}
        return {"why": "stopped", "stop": stop, "opens": None}
    if refusal.code == "closed":
        return {"why": "hours", "stop": None, "opens": opens(rules, service, now)}
    band = refusal.facts.get("band")
    if band is None:
        return {"why": "quota", "stop": None, "opens": None}
    return {"why": "band", "stop": None, "opens": _after_band(rules, service, str(band), now)}


def left(state: HallState, service: str, now: int) -> int | None:
    """Return how many numbers are left today and in the band of this hour, None: no quota."""
    rule = state.rules.services[service]
    issued = {} if _is_new_day(state, now) else state.issued
    minute = f"{state.rules.local(now):%H:%M}"
    limits = [
        quota.most - issued.get(f"{service}|{quota.band}", 0)
        for quota in rule.bands
        if within(quota.band, minute)
    ]
    if rule.daily_quota:
        limits.append(rule.daily_quota - issued.get(service, 0))
    return max(0, min(limits)) if limits else None


def hours(rules: Rules, service: str, now: int) -> list[str] | None:
    """Return today's times of issuing "HH:MM-HH:MM"; None: at any hour."""
    week = week_of(rules, service)
    if week is None:
        return None
    return sorted(week.get(WEEKDAYS[rules.local(now).weekday()], []))


def _after_band(rules: Rules, service: str, band: str, now: int) -> int | None:
    """Return the end of a part of the day, or the opening after it."""
    end = rules.instant(rules.business_date(now), band.partition("-")[2])
    return end if rules.is_open(end, service) else opens(rules, service, end)


def _is_new_day(state: HallState, now: int) -> bool:
    """Tell whether the next command begins a day: its counts and stops for today are over."""
    doubtful = state.question is not None and state.question.kind == "clock"
    return not doubtful and state.rules.business_date(now) > state.date
