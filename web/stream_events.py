"""What the stream tells the public: event types, their fields, and the schema of each.

An allow-list, field by field: an event that is new in the log is hidden until it stands here.
"""

from typing import Any

Json = dict[str, Any]

CALL_FIELDS = ("ticket", "number", "service", "counter", "area", "call")
STEP_FIELDS = ("ticket", "number", "service", "counter")
PLACE_FIELDS = ("ticket", "number", "service")
VOICE_FIELDS = ("announcement", "ticket", "number", "counter", "area")

DEVICE_FIELDS = ("device", "kind")
PUBLIC: dict[str, tuple[str, ...]] = {
    "TicketIssued": ("ticket", "number", "service", "ahead"),
    "TicketCalled": CALL_FIELDS,
    "TicketRecalled": CALL_FIELDS,
    "ServingStarted": STEP_FIELDS,
    "ServingFinished": STEP_FIELDS,
    "NoShowMarked": STEP_FIELDS,
    "TicketExpired": PLACE_FIELDS,
    "TicketPrinted": ("ticket", "number", "printer"),
    "NoticePrinted": ("notice",),
    "NoticeFailed": ("notice",),
    "NoticeDropped": ("notice",),
    "AnnouncementStarted": VOICE_FIELDS,
    "AnnouncementDeferred": VOICE_FIELDS,
    "AnnouncementEnded": VOICE_FIELDS,
    "RatingAsked": ("ticket", "counter"),
    "TicketRated": ("ticket", "counter"),
    "DeviceLost": DEVICE_FIELDS,
    "DeviceFaultChanged": DEVICE_FIELDS,
    "DeviceBack": DEVICE_FIELDS,
    "DeviceWarned": DEVICE_FIELDS,
    "DeviceEased": DEVICE_FIELDS,
    "OpeningTestStarted": (),
    "OpeningTestFinished": (),
    "SoundHeard": ("device",),
    "DayOpened": ("date",),
    "RulesAdopted": (),
    "ServiceChanged": PLACE_FIELDS,
    "TicketSplit": PLACE_FIELDS,
    "TicketCancelled": PLACE_FIELDS,
    "TicketReturned": PLACE_FIELDS,
    "TicketParked": STEP_FIELDS,
    "TicketUnparked": STEP_FIELDS,
    "TicketTransferred": STEP_FIELDS,
    "ServiceCompleted": STEP_FIELDS,
    "DirectServingStarted": ("ticket", "counter"),
    "CallUndone": STEP_FIELDS,
    "StartUndone": STEP_FIELDS,
    "FinishUndone": STEP_FIELDS,
    "CompletionUndone": STEP_FIELDS,
    "NoShowUndone": STEP_FIELDS,
    "ParkUndone": STEP_FIELDS,
    "TransferUndone": STEP_FIELDS,
    "ClerkSignedIn": ("counter",),
    "ClerkSignedOut": ("counter", "elsewhere"),
    "CounterPaused": ("counter", "until", "elsewhere"),
    "CounterResumed": ("counter",),
    "IssuingStopped": ("scope", "kind", "sentence"),
    "IssuingResumed": ("scope",),
    "NoticesPublished": ("texts",),
    "StripTextSet": ("counter", "text"),
    "QueueCleared": ("cause", "count"),
    "WaitingWarned": ("service", "waiting", "limit"),
    "WaitingEased": ("service", "waiting", "limit"),
    "OutageFound": (),
    "OutageAnswered": ("choice",),
    "ClockFoundBehind": (),
    "ClockAnswered": (),
    "PostUnmanned": ("post",),
    "PostManned": ("post",),
}
"""The public form: event type -> the fields of its body that everybody may see."""

SPOKEN: dict[str, tuple[Json, str]] = {
    "text": ({"type": "string"}, "What is said, as words."),
    "seconds": ({"type": ["number", "null"]}, "How long the sound lasts; null when not known."),
    "wav_url": ({"type": "string"}, "Where the sound is, below this service's address."),
}
"""What an `AnnouncementStarted` says besides its fields."""

_TEXT, _NUMBER = {"type": "string"}, {"type": "integer"}
FIELDS: dict[str, tuple[Json, str]] = {
    "ticket": (_TEXT, "The ticket's id."),
    "printer": (_TEXT, "The device that printed it."),
    "notice": (_TEXT, "The one-time notice's id."),
    "number": (_TEXT, "The ticket's number, as A001."),
    "service": (_TEXT, "The code of the service that it waits or is served for afterwards."),
    "counter": (_NUMBER, "The counter where it happened."),
    "area": (_TEXT, "The area of the counter."),
    "call": (_NUMBER, "How often the ticket has been called, from 1."),
    "ahead": (_NUMBER, "How many people were ahead at the issue."),
    "announcement": (_TEXT, "The announcement's id."),
    "device": (_TEXT, "The device, as kind:name."),
    "kind": (_TEXT, "The kind of the device, or of the stop."),
    "date": ({"type": "string", "format": "date"}, "The business date."),
    "elsewhere": ({"type": "array", "items": _NUMBER}, "The counters to go to instead."),
    "until": (
        {"type": ["string", "null"], "format": "date-time"}, "When the pause is over, if known.",
    ),
    "texts": ({"type": "array", "items": _TEXT}, "The hall's notices for everybody."),
    "text": (_TEXT, "What a strip says of its own; empty: its usual text."),
    "scope": (_TEXT, "hall, or the code of the service that is stopped."),
    "sentence": (_TEXT, "Which sentence is shown, by its name in the message files."),
    "cause": (_TEXT, "Why the queue was cleared."),
    "count": (_NUMBER, "How many tickets were cleared."),
    "waiting": (_NUMBER, "How many wait for the service."),
    "limit": (_NUMBER, "From how many waiting on people are warned."),
    "choice": (_TEXT, "What the lead chose: keep, void or cards."),
    "post": (_TEXT, "The AB post's name in the hall file."),
}  # fmt: skip
"""Schema and description of each public field."""

_SEQ = {"type": "integer", "minimum": 1, "description": "The event's position in the log."}
_AT = {"type": "string", "format": "date-time", "description": "When it happened."}


def describe_events() -> Json:
    """Return the schemas of `data:` by `event:`, for the description of the stream's route.

    `ping` and `reset` have no position: a `ping` says {}, a `reset` {"seq": the newest}.
    """
    found = {name: _schema(name, fields) for name, fields in PUBLIC.items()}
    only_seq = {"type": "object", "required": ["seq"], "properties": {"seq": _SEQ}}
    ping = {"description": "A sign of life every 10 s; its data is an empty object."}
    return {**found, "hidden": only_seq, "reset": only_seq, "ping": ping}


def _schema(name: str, fields: tuple[str, ...]) -> Json:
    known = {field: FIELDS[field] for field in fields}
    if name == "AnnouncementStarted":
        known |= SPOKEN
    told = {field: {**form, "description": text} for field, (form, text) in known.items()}
    properties = {"seq": _SEQ, "at": _AT, **told}
    return {"type": "object", "required": list(properties), "properties": properties}
