"""The one table from command to decider."""

from collections.abc import Callable
from typing import Any

from controller.domain import calling, cases, counters, devices, ratings, tickets
from controller.domain.commands import (
    AcceptCase,
    AdoptRules,
    CallNext,
    Command,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    OpenDay,
    RateAtCounter,
    RateTicket,
    RecallTicket,
    RecordAnnouncement,
    RecordClockStep,
    RecordDeliveryRefused,
    RecordDevice,
    RecordPrint,
    StartServing,
)
from controller.domain.events import Event
from controller.domain.state import Context, HallState

Decider = Callable[[HallState, Any, Context], list[Event]]

DECIDERS: dict[type[Command], Decider] = {
    AdoptRules: devices.adopt_rules,
    OpenDay: tickets.open_day,
    IssueTicket: tickets.issue,
    CallNext: calling.call_next,
    RecallTicket: calling.recall,
    StartServing: counters.start,
    FinishServing: counters.finish,
    MarkNoShow: calling.mark_no_show,
    AcceptCase: cases.accept,
    RateTicket: ratings.rate_ticket,
    RateAtCounter: ratings.rate_at_counter,
    RecordPrint: tickets.record_print,
    RecordAnnouncement: devices.record_announcement,
    RecordDevice: devices.record_device,
    RecordClockStep: devices.record_clock_step,
    RecordDeliveryRefused: devices.record_delivery_refused,
}


def decide(state: HallState, command: Command, context: Context) -> list[Event]:
    """Return the events that fulfil a wish.

    Raises `RefusalError` when the rules do not allow it. Changes nothing.
    """
    return DECIDERS[type(command)](state, command, context)
