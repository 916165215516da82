"""The kiosk's changing code: who scans it stands in the hall now.

A code is an HMAC over a slot of time, half of its validity long. That of the present slot and that
of the one before are good, so a code is good for at least half of the validity after it was last
shown, and never longer than the validity after it was first shown. Nothing is stored.

The page behind a code carries a pass, so that who opened it in time can choose and type in peace:
a random name and an HMAC over it and a slot of time. The log remembers which have been used.
"""

import hmac
import secrets

from controller.domain.rules import PASS_MS

SECRET = "phone-codes"
CODE_CHARACTERS = 12
NAME_BYTES = 8


class PhoneCodes:
    """Makes and checks the codes of one hall; `validity_s` in the hall's seconds."""

    def __init__(self, key: bytes, validity_s: int) -> None:
        self._key = key
        self._slot_ms = max(1, validity_s * 500)

    def code(self, now: int) -> str:
        """Return the code to show at a time (UTC ms)."""
        return self._of(now // self._slot_ms)

    def changes_in_ms(self, now: int) -> int:
        """Return after how long the next code has to be shown."""
        return self._slot_ms - now % self._slot_ms

    def valid(self, code: str, now: int) -> bool:
        """Tell whether a code was shown recently enough; takes the same time for each."""
        slot = now // self._slot_ms
        given = code.encode()
        good = [hmac.compare_digest(given, self._of(one).encode()) for one in (slot, slot - 1)]
        return any(good)

    def pass_for(self, now: int) -> str:
        """Return a new pass, of a page that is opened at a time (UTC ms) with a valid code."""
        return self._pass(secrets.token_hex(NAME_BYTES), 2 * now // PASS_MS)

    def admits(self, given: str, now: int) -> bool:
        """Tell whether a code or a pass lets its holder take a number."""
        half = 2 * now // PASS_MS
        name = self.name_of(given)
        passes = [
            hmac.compare_digest(given.encode(), self._pass(name, one).encode())
            for one in (half, half - 1)
        ]
        return any([self.valid(given, now), *passes])

    def name_of(self, given: str) -> str:
        """Return the random name of what looks like a pass, "" for a code."""
        return given[:-CODE_CHARACTERS]

    def _pass(self, name: str, half: int) -> str:
        return name + self._of(f"pass {name} {half}")

    def _of(self, slot: int | str) -> str:
        return hmac.new(self._key, str(slot).encode(), "sha256").hexdigest()[:CODE_CHARACTERS]
