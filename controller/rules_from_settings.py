"""The part of the hall file that deciders use; ports and addresses stay out of the log."""

from typing import Any

from config.settings import DAYS, Counter, Hall, Profile, Queue, Service, Settings, Staffing
from controller.domain.rules import (
    Condition,
    CounterRule,
    Duty,
    ItemRule,
    PostRule,
    ProfileRule,
    Quota,
    Rules,
    ServiceRule,
    SlotRule,
    Week,
)

HALL = ("time_zone", "case_prefix", "missed_call", "priority_credit_s", "finish_on_next")
QUEUE = (
    "numbers", "keep_overnight", "priority_one_in", "ageing_s", "auto_call", "guard_ms", "undo_s",
    "recall_spacing_s", "recall_limit", "no_show_calls", "no_show_s", "missed_within",
    "missed_behind", "wake_s", "clients_most", "test_prefix", "card_prefix",
)  # fmt: skip


def rules_from(settings: Settings) -> dict[str, Any]:
    """Return the rules of a hall file in the form that a `RulesAdopted` event holds."""
    hall, closing, booking = settings.hall, settings.closing, settings.booking
    rules = Rules(
        hall=hall.code,
        **_same(hall, HALL),
        **_same(settings.queue, QUEUE),
        **_same(settings.staffing, ("sign_in", "post_absent_s")),
        rating_prompt_s=hall.rating_prompt_s,
        always_open=settings.hours.always_open,
        hours={day: list(getattr(settings.hours, day)) for day in DAYS},
        priorities=tuple(hall.priorities),
        staff=tuple(staff.id for staff in settings.staff),
        call_rights=settings.staffing.call_rights,
        closing=closing.rule,
        clearings=closing.clearings,
        outage_s=closing.outage_s,
        outage_answer_s=closing.outage_answer_s,
        identity=settings.identity.mode,
        book_days=booking.days,
        booked_credit_s=booking.credit_s,
        check_in_before_s=booking.check_in_before_s,
        check_in_after_s=booking.check_in_after_s,
        printers=_printers(settings),
        services={service.code: _service(service) for service in settings.services},
        counters={counter.no: _counter(counter) for counter in settings.counters},
        profiles={profile.name: _profile(profile) for profile in settings.profiles},
        posts={
            post.name: PostRule(post.name, post.counter, post.a, post.b) for post in settings.posts
        },
        items={
            item.code: ItemRule(item.code, item.name, item.service, item.kind, item.materials)
            for item in settings.items
        },
    )
    return rules.to_json()


def _same(part: Hall | Queue | Staffing, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(part, name) for name in names}


def _printers(settings: Settings) -> dict[str, str]:
    """Return who prints for which place; the first printer for whoever has none of its own."""
    found: dict[str, str] = {}
    for printer in settings.printers:
        found.setdefault("", printer.device_id)
        found |= {place: printer.device_id for place in printer.places}
    return found


def _service(service: Service) -> ServiceRule:
    hours: Week = {day: list(getattr(service.hours, day)) for day in DAYS}
    slots = []
    for slot in service.slots:
        start, _, end = slot.hours.partition("-")
        slots.append(SlotRule(slot.days, start, end, slot.minutes, slot.quota))
    return ServiceRule(
        code=service.code,
        prefix=service.prefix,
        area=service.area,
        hours={day: texts for day, texts in hours.items() if texts},
        daily_quota=service.daily_quota,
        bands=tuple(Quota(band.band, band.most) for band in service.bands),
        warn_waiting=service.warn_waiting,
        slots=tuple(slots),
    )


def _counter(counter: Counter) -> CounterRule:
    return CounterRule(
        no=counter.no,
        area=counter.area,
        services=counter.services,
        profile=counter.profile,
        rota=tuple(Duty(duty.days, duty.hours, duty.services) for duty in counter.rota),
    )


def _profile(profile: Profile) -> ProfileRule:
    conditions = tuple(Condition(c.service, c.wait_over_min * 60) for c in profile.conditions)
    return ProfileRule(profile.name, conditions, dict(profile.ratios))
