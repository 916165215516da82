"""Names that nobody chose: of a process and of a ticket."""

import os
import secrets

ID_BYTES = 10
FETCHED_BYTES = 900
DIGITS = "0123456789abcdefghijklmnopqrstuv"
PAIRS = [high + low for high in DIGITS for low in DIGITS]


def new_id() -> str:
    """Return a new opaque id: 80 random bits, unique over all halls, 20 characters."""
    return secrets.token_hex(ID_BYTES)


def new_ticket_id(now_ms: int) -> str:
    """Return a new ticket's opaque id: 32 bits of the time in ms, then 68 random bits.

    20 characters in order of value (base32hex), so a new row goes to the end of each index: with
    a million tickets, a random id would touch a page of its own in every index. The id is no
    secret; the token is (`Hall.token_for`).
    """
    value = (now_ms & 0xFFFFFFFF) << 68 | int.from_bytes(_random.take(9)) >> 4
    return "".join([PAIRS[value >> shift & 1023] for shift in range(90, -1, -10)])


class _Random:
    """Random bytes of the system, fetched many at a time: a fetch for each ticket is slow."""

    def __init__(self) -> None:
        self._left = b""

    def take(self, count: int) -> bytes:
        """Return bytes that are given out once; in the loop's thread only."""
        if len(self._left) < count:
            self._left = os.urandom(FETCHED_BYTES)
        taken, self._left = self._left[:count], self._left[count:]
        return taken


_random = _Random()
