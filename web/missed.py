"""The hall's rule about missed calls, as the pages' sentence `missed.<rule>` needs it."""

from config.settings import Settings


def missed_facts(settings: Settings) -> dict[str, object]:
    """Return the rule and the number in its sentence: places behind, or numbers that may pass."""
    rule, queue = settings.hall.missed_call, settings.queue
    count = queue.missed_behind if rule == "requeue" else queue.missed_within
    return {"missed": rule, "missed_count": count}
