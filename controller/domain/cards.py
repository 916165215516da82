"""Pre-printed cards that were given out while the hall was down, entered together."""

from dataclasses import replace

from controller.domain.commands import EnterCards
from controller.domain.errors import RefusalError
from controller.domain.events import Event
from controller.domain.numbers import series
from controller.domain.opening import opening
from controller.domain.state import Context, HallState
from controller.domain.tickets import Wanted, issued


def enter_cards(state: HallState, command: EnterCards, context: Context) -> list[Event]:
    """Decide `EnterCards`: all that are not in use wait in their order, or none does.

    Hours and limits do not hold: these numbers were given out already.
    """
    if command.service not in state.rules.services:
        raise RefusalError("service_unknown", service=command.service)
    day = opening(state, context)
    numbers = series(state, day)
    entered: list[Event] = []
    counts = range(command.first, command.last + 1)
    for count, ticket in zip(counts, command.tickets, strict=True):
        try:
            number = numbers.take_card(f"{state.rules.card_prefix}{count:03d}")
        except RefusalError as refusal:
            if refusal.code != "card_used":
                raise
            continue
        wanted = Wanted(ticket, (command.service,), "card")
        event = issued(state, wanted, (number, []), day, context.now)
        ahead = event.ahead + len(entered)
        wait = state.wait_for(command.service, ahead)
        low, high = wait if wait is not None else (None, None)
        entered.append(replace(event, ahead=ahead, wait_low_s=low, wait_high_s=high))
    return [*day, *entered] if entered else []
