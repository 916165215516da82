"""Real-name issue: an ID number becomes a keyed hash at once; nothing else of it is kept."""

from dataclasses import dataclass

from controller.domain.identity import is_elder, read_identity
from web.routes import Call


@dataclass(frozen=True)
class Identity:
    """What may be known of somebody who showed a card: the keyed hash, and whether 70 or older."""

    hash: str | None = None
    elder: bool = False


def identity_of(call: Call, text: str | None) -> Identity:
    """Return what may be known of an ID number; RefusalError for one that cannot be."""
    if not text or call.hall.state.rules.identity == "off":
        return Identity()
    today = call.hall.state.rules.local(call.hall.clock.now()).date()
    number = read_identity(text, today)
    return Identity(call.hall.identity_hash(number), is_elder(number, today))
