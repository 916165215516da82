"""The hall's own words: notices for everybody, and what a strip says while nobody is there.

They are published, so they stand in the log as the hall's other texts do in its rules; what could
name a person (a long number) is refused.
"""

import re

from controller.domain.errors import RefusalError
from controller.domain.events import Event
from controller.domain.hall_commands import PublishNotices, SetStripText
from controller.domain.hall_events import NoticesPublished, StripTextSet
from controller.domain.state import Context, HallState

NOTICES_MOST, LETTERS_MOST = 3, 60
_PERSONAL = re.compile(r"(\d[ -]?){11,}")
"""Mobile numbers have 11 digits, ID numbers 18; the hall's own phone has fewer."""


def publish(state: HallState, command: PublishNotices, context: Context) -> list[Event]:
    """Decide `PublishNotices`: these take the place of all before; the same are no news."""
    texts = [_proper(text) for text in command.texts]
    if len(texts) > NOTICES_MOST or not all(texts):
        raise RefusalError("words_wrong", most=NOTICES_MOST, letters=LETTERS_MOST)
    return [] if texts == state.notices else [NoticesPublished(texts)]


def set_strip_text(state: HallState, command: SetStripText, context: Context) -> list[Event]:
    """Decide `SetStripText`; "" gives the strip its usual text back."""
    counter = state.counters.get(command.counter)
    if counter is None or command.counter not in state.rules.counters:
        raise RefusalError("counter_unknown", counter=command.counter)
    text = _proper(command.text)
    return [] if text == counter.strip_text else [StripTextSet(command.counter, text)]


def _proper(text: str) -> str:
    """Return a text in one line. RefusalError: too long, or with a person's number."""
    text = " ".join(text.split())
    if len(text) > LETTERS_MOST:
        raise RefusalError("words_wrong", most=NOTICES_MOST, letters=LETTERS_MOST)
    if _PERSONAL.search(text):
        raise RefusalError("words_personal")
    return text
