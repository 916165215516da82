"""The one table from command to decider."""

from collections.abc import Callable
from typing import Any

from controller.domain import (
    booking,
    calling,
    cards,
    cases,
    counters,
    devices,
    direct,
    limits,
    missed,
    moving,
    notices,
    opening,
    opening_test,
    own_words,
    posts,
    questions,
    ratings,
    staffing,
    tickets,
    undo,
)
from controller.domain.commands import (
    AcceptCase,
    AdoptRules,
    BookTicket,
    CallNext,
    CallTicket,
    CallWaiting,
    CancelTicket,
    ChangeService,
    CheckIn,
    Command,
    EnterCards,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    OpenDay,
    ParkTicket,
    RateAtCounter,
    RateTicket,
    RecallTicket,
    RecordAnnouncement,
    RecordClockStep,
    RecordDeliveryRefused,
    RecordDevice,
    RecordDeviceCounts,
    RecordPrint,
    ReturnTicket,
    SplitTicket,
    StartDirect,
    StartServing,
    TakeImport,
    TransferTicket,
    UndoStep,
    UnparkTicket,
)
from controller.domain.events import Event
from controller.domain.hall_commands import (
    AnswerClock,
    AnswerOutage,
    AskNotice,
    AskPrint,
    AssignPost,
    CheckPosts,
    ClearQueue,
    ConfirmSound,
    PauseCounter,
    PublishNotices,
    RecordNotice,
    RecordOpeningTest,
    ReportClockBehind,
    ReportOutage,
    ResumeCounter,
    ResumeIssuing,
    SetStripText,
    SignIn,
    SignOut,
    StartOpeningTest,
    StopIssuing,
)
from controller.domain.state import Context, HallState

Decider = Callable[[HallState, Any, Context], list[Event]]

DECIDERS: dict[type[Command], Decider] = {
    AdoptRules: devices.adopt_rules,
    OpenDay: opening.open_day,
    ClearQueue: opening.clear_queue,
    StopIssuing: limits.stop_issuing,
    ResumeIssuing: limits.resume_issuing,
    ReportOutage: questions.report_outage,
    AnswerOutage: questions.answer_outage,
    ReportClockBehind: questions.report_clock_behind,
    AnswerClock: questions.answer_clock,
    IssueTicket: tickets.issue,
    EnterCards: cards.enter_cards,
    BookTicket: booking.book,
    TakeImport: booking.take_import,
    CheckIn: booking.check_in,
    CallNext: calling.call_next,
    CallTicket: calling.call_ticket,
    CallWaiting: calling.call_waiting,
    RecallTicket: calling.recall,
    StartServing: counters.start,
    FinishServing: counters.finish,
    MarkNoShow: missed.mark_no_show,
    ReturnTicket: missed.return_ticket,
    ParkTicket: moving.park,
    UnparkTicket: moving.unpark,
    TransferTicket: moving.transfer,
    ChangeService: moving.change_service,
    CancelTicket: moving.cancel,
    SplitTicket: moving.split,
    StartDirect: direct.start_direct,
    UndoStep: undo.undo,
    SignIn: staffing.sign_in,
    SignOut: staffing.sign_out,
    PauseCounter: staffing.pause,
    ResumeCounter: staffing.resume,
    PublishNotices: own_words.publish,
    SetStripText: own_words.set_strip_text,
    AssignPost: posts.assign_post,
    CheckPosts: posts.check_posts,
    AcceptCase: cases.accept,
    RateTicket: ratings.rate_ticket,
    RateAtCounter: ratings.rate_at_counter,
    RecordPrint: tickets.record_print,
    AskPrint: tickets.ask_print,
    AskNotice: notices.ask,
    RecordNotice: notices.record,
    RecordAnnouncement: devices.record_announcement,
    RecordDevice: devices.record_device,
    RecordDeviceCounts: devices.record_counts,
    StartOpeningTest: opening_test.start_test,
    RecordOpeningTest: opening_test.record_test,
    ConfirmSound: opening_test.confirm_sound,
    RecordClockStep: devices.record_clock_step,
    RecordDeliveryRefused: devices.record_delivery_refused,
}


def follow(state: HallState) -> list[Event]:
    """Return what follows by itself from a command, in the state after its events.

    Any command may move people, so the warning counts are looked at after each.
    """
    return limits.warnings(state)


def decide(state: HallState, command: Command, context: Context) -> list[Event]:
    """Return the events that fulfil a wish.

    Raises `RefusalError` when the rules do not allow it. Changes nothing.
    """
    return DECIDERS[type(command)](state, command, context)
