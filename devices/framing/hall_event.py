"""The event registers "hall-event/1" of keypads and rating boxes (device-protocols.md E.4).

A unit latches each press in a queue of at least 16 and shows the oldest in its input registers:

    0000 magic 5148 | 0001 version | 0002 class | 0003 firmware | 0004 status
    0010 boot id | 0011 pending | 0012 sequence | 0013 kind, detail | 0014 value | 0015 age (10 ms)

The master reads the six registers at once (FC04), stores the event durably and then writes the
sequence to 0020 (FC06); the unit drops its oldest event if that is its sequence. A lost
acknowledgement does no harm: the event comes again with the same (unit, boot, sequence).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Input registers (FC04)
MAGIC_REGISTER = 0x0000  # the first of five
STATUS_REGISTER = 0x0004
EVENT_REGISTER = 0x0010  # the first of six
EVENT_COUNT = 6

MAGIC = 0x5148
VERSION = 0x0100
CLASS_KEYPAD, CLASS_RATING_BOX, CLASS_DISPLAY, CLASS_KEYPAD_DISPLAY = 1, 2, 3, 4
STATUS_STUCK, STATUS_LOW_SUPPLY, STATUS_OVERFLOW = 2, 4, 8
STATUS_CASE_OPEN = 1

# Holding registers (FC06, FC10)
ACK_REGISTER = 0x0020
LAMP_REGISTER = 0x0021
BEEP_REGISTER = 0x0022  # x 10 ms
SESSION_REGISTER = 0x0023  # not 0 opens a rating session, 0 closes it
SESSION_TIMEOUT_REGISTER = 0x0024  # s
TEXT_LENGTH_REGISTER = 0x0030  # bytes; then attributes and the text, 2 bytes in each
TEXT_COMMIT_REGISTER = 0x0052
# Written together; the unit answers as before and then goes by them.
ADDRESS_REGISTER, BAUD_REGISTER, PARITY_REGISTER = 0x0100, 0x0101, 0x0102

BAUD_CODES = {1: 4800, 2: 9600, 3: 19200, 4: 38400, 5: 57600, 6: 115200}
PARITY_CODES = {"N": 0, "E": 1}

KIND_KEY, KIND_RATING, KIND_FAULT = 1, 2, 3

MAX_SEQUENCE = 0xFFFF  # the next is 1
MAX_PENDING = 16

KEYS: dict[str, int] = {str(digit): digit for digit in range(10)} | {
    "NEXT": 0x10,
    "RECALL": 0x11,
    "SKIP": 0x12,
    "TRANSFER": 0x13,
    "PAUSE": 0x14,
    "RESUME": 0x15,
    "FINISH": 0x16,
    "ASK-RATING": 0x17,
    "CALL-NUMBER": 0x18,
    "START": 0x19,
}
KEY_NAMES: dict[int, str] = {code: name for name, code in KEYS.items()}

GRADES = range(1, 6)  # 5 非常满意 … 1 非常不满意


@dataclass(frozen=True, slots=True)
class UnitEvent:
    """The oldest event of a unit. `age_10ms` stops at FFFF; `pending` counts this one too."""

    boot: int
    seq: int
    kind: int
    detail: int
    value: int
    age_10ms: int
    pending: int


def next_sequence(seq: int) -> int:
    """The sequence after `seq`: 1..65535, then 1 again; 0 is never used."""
    return seq % MAX_SEQUENCE + 1


def encode_event_block(event: UnitEvent) -> tuple[int, ...]:
    """The six registers from 0010 as a unit shows them."""
    code = event.kind << 8 | event.detail
    return (event.boot, event.pending, event.seq, code, event.value, event.age_10ms)


def encode_idle_block(boot: int) -> tuple[int, ...]:
    """The six registers of a unit without an event."""
    return (boot, 0, 0, 0, 0, 0)


def decode_event_block(values: Sequence[int]) -> UnitEvent | None:
    """The event that six registers from 0010 show; None when nothing is pending."""
    if len(values) != EVENT_COUNT:
        return None
    boot, pending, seq, code, value, age = values
    if not pending or not seq:
        return None
    return UnitEvent(boot, seq, code >> 8, code & 0xFF, value, age, pending)
