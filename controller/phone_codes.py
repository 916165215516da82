"""The kiosk's changing code: who scans it stands in the hall now.

A code is an HMAC over a slot of time, half of its validity long. That of the present slot and that
of the one before are good, so a code is good for at least half of the validity after it was last
shown, and never longer than the validity after it was first shown. Nothing is stored.
"""

import hmac

SECRET = "phone-codes"
CODE_CHARACTERS = 12


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

    def _of(self, slot: int) -> str:
        return hmac.new(self._key, str(slot).encode(), "sha256").hexdigest()[:CODE_CHARACTERS]
