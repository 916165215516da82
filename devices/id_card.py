"""A reader of second-generation resident cards: who is elderly, and nothing else (F.1).

    find -> card there? -> select -> read -> date of birth -> CardSeen(elder)

Off unless the hall file turns it on. Name, number, address and photo are dropped in the function
that reads them: no field of a card leaves this module, no frame is logged, and that the same card
is still lying there is known from a digest under a key that dies with this process.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from devices.framing.sdt import (
    FIND,
    FOUND,
    OK,
    READ,
    SELECT,
    SdtDecoder,
    SdtReply,
    birth_date,
    card_number,
    card_text,
    encode_command,
    parse_reply,
)
from devices.link import ByteLink, DeviceError, LinkLost
from devices.traffic import Traffic

LOOK_S = 0.4
REPLY_S = 0.6
READ_S = 3.0  # the reader talks to the card for a second before it answers
SAME_S = 8.0
WAIT_OPEN_S = 1.0
MAX_BOOT = 0x7FFFFFFF
SILENT_AFTER = 3

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card was laid down; `elder`: its holder has reached the hall's age. Nothing else."""

    boot: int
    seq: int
    elder: bool


OnCard = Callable[[CardSeen], Awaitable[None]]
OnAlive = Callable[[bool], None]


class ReaderSilent(DeviceError):  # noqa: N818  a state more than an error
    """The reader does not answer."""


class CardReader:
    """The reader of one line. `run` it; cancel it to end. `today` is the hall's date."""

    def __init__(
        self,
        link: ByteLink,
        on_card: OnCard,
        today: Callable[[], date],
        elder_age: int = 70,
        on_alive: OnAlive | None = None,
    ) -> None:
        self.traffic = Traffic()
        self._link = link
        self._on_card = on_card
        self._today = today
        self._elder_age = elder_age
        self._on_alive = on_alive
        self._key = secrets.token_bytes(32)
        self._boot = secrets.randbelow(MAX_BOOT) + 1
        self._seq = 0
        self._last = b""
        self._seen_at = 0.0
        self._misses = 0
        self._told: bool | None = None

    async def run(self) -> None:
        """Look for cards for ever; the link reconnects by itself."""
        while True:
            if self._link.state != "open" and not await self._link.wait_open(WAIT_OPEN_S):
                continue
            try:
                elder = await self._look()
                self._alive(True)
            except LinkLost:
                continue
            except DeviceError as error:
                self._misses += 1
                if self._misses >= SILENT_AFTER:
                    self._alive(False)
                _log.debug("%s", error)
                elder = None
            if elder is not None:
                await self._seen(elder)
            await asyncio.sleep(LOOK_S)

    async def _look(self) -> bool | None:
        """Whether a newly laid card's holder is elderly; None: there is no new card."""
        if (await self._ask(FIND, REPLY_S)).status != FOUND:
            return None
        if (await self._ask(SELECT, REPLY_S)).status != OK:
            return None
        return self._judge(await self._ask(READ, READ_S))

    def _judge(self, reply: SdtReply) -> bool | None:
        text = card_text(reply) if reply.status == OK else None
        born = birth_date(text) if text is not None else None
        if text is None or born is None:
            return None
        digest = hmac.digest(self._key, card_number(text).encode(), hashlib.sha256)
        now = time.monotonic()
        same = hmac.compare_digest(digest, self._last) and now - self._seen_at < SAME_S
        self._last, self._seen_at = digest, now
        return None if same else age(born, self._today()) >= self._elder_age

    async def _seen(self, elder: bool) -> None:
        self._seq += 1
        try:
            await self._on_card(CardSeen(self._boot, self._seq, elder))
        except Exception:
            _log.exception("line %s: nobody could be told of a card", self._link.name)

    async def _ask(self, body: bytes, reply_s: float) -> SdtReply:
        """One command and its reply. ReaderSilent, LinkError."""
        self._link.discard()
        asked_at = time.monotonic()
        heard = False
        await self._link.write(encode_command(body))
        decoder = SdtDecoder()
        deadline = time.monotonic() + reply_s
        while (left_s := deadline - time.monotonic()) > 0:
            data = await self._link.read(timeout_s=left_s)
            heard = heard or bool(data)
            bodies = decoder.feed(data) if data else decoder.reset()
            for found in bodies:
                reply = parse_reply(found)
                # Our own echoed command is a body of two bytes and no reply.
                if reply is not None:
                    self.traffic.answered(time.monotonic() - asked_at)
                    return reply
        self.traffic.missed(heard)
        raise ReaderSilent(f"line {self._link.name}: the card reader does not answer")

    def _alive(self, alive: bool) -> None:
        if alive:
            self._misses = 0
        if alive is self._told:
            return
        self._told = alive
        level = logging.INFO if alive else logging.WARNING
        _log.log(
            level, "line %s: card reader %s", self._link.name, "answers" if alive else "silent"
        )
        if self._on_alive is not None:
            self._on_alive(alive)


def age(born: date, today: date) -> int:
    """Whole years; a birthday on 29 February is kept on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
