"""The part of the hall file that deciders use; ports and addresses stay out of the log."""

from typing import Any

from config.settings import DAYS, Settings
from controller.domain.rules import CounterRule, ItemRule, Rules, ServiceRule


def rules_from(settings: Settings) -> dict[str, Any]:
    """Return the rules of a hall file in the form that a `RulesAdopted` event holds."""
    hall = settings.hall
    rules = Rules(
        hall=hall.code,
        time_zone=hall.time_zone,
        case_prefix=hall.case_prefix,
        always_open=settings.hours.always_open,
        hours={day: list(getattr(settings.hours, day)) for day in DAYS},
        priorities=tuple(hall.priorities),
        priority_credit_s=hall.priority_credit_s,
        missed_call=hall.missed_call,
        finish_on_next=hall.finish_on_next,
        rating_prompt_s=hall.rating_prompt_s,
        services={
            service.code: ServiceRule(service.code, service.prefix, service.area)
            for service in settings.services
        },
        counters={
            counter.no: CounterRule(counter.no, counter.area, tuple(counter.services))
            for counter in settings.counters
        },
        items={
            item.code: ItemRule(item.code, item.name, item.service, item.kind)
            for item in settings.items
        },
    )
    return rules.to_json()
