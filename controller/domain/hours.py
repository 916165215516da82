"""When numbers are given out: the week of a service or of the hall, and the next opening."""

from datetime import timedelta

from controller.domain.rules import WEEKDAYS, Rules

DAYS_AHEAD = 8


def opens(rules: Rules, service: str, now: int) -> int | None:
    """Return when (UTC ms) a service's numbers are given out next, None for no day.

    Service "": those of the hall.
    """
    week, today = week_of(rules, service) or {}, rules.local(now).date()
    for ahead in range(DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        for session in sorted(week.get(WEEKDAYS[day.weekday()], [])):
            start = rules.instant(day.isoformat(), session.partition("-")[0])
            if start > now:
                return start
    return None


def week_of(rules: Rules, service: str) -> dict[str, list[str]] | None:
    """Return the sessions of each weekday; None: numbers are given out at any hour."""
    rule = rules.services.get(service)
    if rule is not None and rule.hours:
        return rule.hours
    return None if rules.always_open else rules.hours
