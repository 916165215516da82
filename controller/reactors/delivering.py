"""The log on its way to the platform: signed posts in order, repeated until acknowledged.

    cursor --> document --> POST visits | cases --> 200, 201        done, cursor moves
                                  ^                 401, 408, 429,   wait 0.5 .. 30 s, again
                                  +---------------- 3xx, 5xx, no answer
                                                    other 4xx        told, left out

The key is the event's own place, `hall:seq`, so a repeat after a crash is known as such.
docs/platform.md is the contract for the other side.
"""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp

from controller.domain.commands import RecordDeliveryRefused
from controller.domain.events import StoredEvent
from controller.domain.queue_events import FinishUndone
from controller.reactors.ground import Ground
from controller.reactors.hall_log import Place
from controller.reactors.platform_documents import DELIVERED, ENDS, Document, documents
from controller.store.deliveries import VisitFacts
from controller.supervisor import restart_pause_s

logger = logging.getLogger(__name__)

ACTOR = "system:delivering"
TIMEOUT_S = 5.0
TURN = 4.0
"""After a post the platform is left alone for so many times as long as the post took."""
HOLD_LOOK_S = 0.2
LONGEST_TURN_S = 0.1
LONGEST_PAUSE_S = 10.0
"""A platform that is back gets what waits for it within so many seconds (real time)."""
TOLD_CHARACTERS = 200
NO_FACTS = VisitFacts((), None, None, None)
AGAIN = (401, 408, 425, 429)


@dataclass(frozen=True)
class PlatformDoor:
    """Where the platform is; `address` is asked before each post and raises OSError for nowhere.

    `hold_s`: the end of a visit is told so many seconds of the hall later, while it can be undone.
    """

    address: Callable[[], str]
    secret: str
    hall: str
    hold_s: int = 0


@dataclass(frozen=True)
class Backlog:
    """Reads what the documents need; both take their turn in a thread.

    `facts(ids)` returns the tickets' facts, `count(after, until)` the events still to deliver.
    """

    facts: Callable[[Sequence[str]], Awaitable[dict[str, VisitFacts]]]
    count: Callable[[int, int], Awaitable[int]]


class RetryLaterError(Exception):
    """The post was not acknowledged; the text is a code for the manager's page."""


class Delivering:
    """Posts every visit and case event to the platform.

    `behind` counts the posts that are not acknowledged yet; `trouble` is a code, "" when well;
    `told` is the place in the log up to which the platform has acknowledged everything.
    """

    def __init__(self, door: PlatformDoor, backlog: Backlog, place: Place, ground: Ground) -> None:
        self._door = door
        self._backlog = backlog
        self._place = place
        self._ground = ground
        self._counted_to = 0
        self._base = 0
        self._new = 0
        self._delivered = 0
        self._withdrawn: dict[str, list[tuple[int, int]]] = {}
        self.trouble = ""
        self.told = 0

    @property
    def refused(self) -> int:
        """How many posts the platform has refused for good."""
        return self._ground.desk.state.refused_deliveries

    @property
    def behind(self) -> int:
        """How many posts wait."""
        return max(0, self._base + self._new - self._delivered)

    def published(self, events: Sequence[StoredEvent]) -> None:
        """Count what was published (a listener of the writer)."""
        for row in events:
            if isinstance(row.event, FinishUndone):
                spans = self._withdrawn.setdefault(row.event.ticket, [])
                spans.append((row.event.undone, row.seq))
        self._new += sum(
            isinstance(row.event, DELIVERED) for row in events if row.seq > self._counted_to
        )

    async def run(self) -> None:
        """Deliver from the cursor on, for ever."""
        self._place.open()
        self.told = self._place.seen
        await self._count()
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
            while True:
                events = await self._place.read()
                if events:
                    await self._deliver_all(session, events)
                else:
                    await self._place.wait()

    async def _count(self) -> None:
        self._counted_to, self._new, self._delivered = self._ground.log.seq, 0, 0
        self._base = await self._backlog.count(self._place.seen, self._counted_to)

    async def _deliver_all(
        self, session: aiohttp.ClientSession, events: Sequence[StoredEvent]
    ) -> None:
        loop = asyncio.get_running_loop()
        rows = [row for row in events if isinstance(row.event, DELIVERED)]
        ids = {row.event.ticket for row in rows}  # type: ignore[attr-defined]
        facts = await self._backlog.facts(sorted(ids)) if ids else {}
        for row in rows:
            zone = self._ground.desk.state.rules.time_zone
            ticket = row.event.ticket  # type: ignore[attr-defined]
            began = loop.time()
            await self._hold(row)
            if not self._is_withdrawn(row):
                for posted in documents(row, facts.get(ticket, NO_FACTS), zone):
                    await self._deliver(session, row.seq, posted)
            self._delivered += 1
            self._place.passed(row.seq)
            self.told = row.seq
            # Posts take turns with the hall's own work: the busier the loop, the rarer a post.
            await asyncio.sleep(min(LONGEST_TURN_S, TURN * (loop.time() - began)))
        self._place.done()

    async def _hold(self, row: StoredEvent) -> None:
        """Wait while the end of a visit may still be undone, `hold_s` at most."""
        if not isinstance(row.event, ENDS):
            return
        clock, until = self._ground.clock, row.at + self._door.hold_s * 1000
        while (left_ms := until - clock.now()) > 0 and self._may_be_undone(row):
            await clock.sleep(min(left_ms / 1000, HOLD_LOOK_S * clock.speed))

    def _may_be_undone(self, row: StoredEvent) -> bool:
        """Whether the counter has not gone on since, and the citizen has not rated."""
        first = row.seq - row.part
        for counter in self._ground.desk.state.counters.values():
            step = counter.last
            while step is not None:
                if step.seq == first:
                    return not step.rated
                step = step.prior
        return False

    def _is_withdrawn(self, row: StoredEvent) -> bool:
        """Whether an end was undone before the platform was told of it."""
        if not isinstance(row.event, ENDS):
            return False
        spans = self._withdrawn.get(row.event.ticket, ())
        return any(first <= row.seq < undone_at for first, undone_at in spans)

    async def _deliver(
        self, session: aiohttp.ClientSession, seq: int, posted: Document
    ) -> None:
        failures = 0
        while True:
            try:
                await self._post(session, seq, posted)
            except RetryLaterError as error:
                failures += 1
                if self.trouble != str(error):
                    logger.warning("the platform does not take event %d: %s", seq, error)
                self.trouble = str(error)
                await asyncio.sleep(min(LONGEST_PAUSE_S, restart_pause_s(failures)))
            else:
                if self.trouble:
                    logger.info("the platform takes events again")
                self.trouble = ""
                return

    async def _post(self, session: aiohttp.ClientSession, seq: int, posted: Document) -> None:
        """Post once. Raises `RetryLaterError`; a post that can never succeed is left out."""
        key = f"{self._door.hall}:{seq}{posted.suffix}"
        body = json.dumps(
            posted.body, ensure_ascii=False, separators=(",", ":"), sort_keys=True
        ).encode()
        headers = self._headers(key, posted.ledger, body)
        self._ground.stop("delivery-before-reply")
        try:
            url = f"{self._door.address().rstrip('/')}/{posted.ledger}"
            # A gateway's redirect would end at some page, which acknowledges nothing.
            async with session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                status, text = answer.status, await answer.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.debug("post of %s: %s", key, error)
            raise RetryLaterError("unreachable") from error
        self._ground.stop("delivery-after-reply")
        if status in (200, 201):
            return
        if status == 401:
            raise RetryLaterError("bad-signature")
        if status in AGAIN or status >= 500 or status < 400:
            raise RetryLaterError(f"http-{status}")
        logger.error("the platform refuses %s for good: HTTP %d %s", key, status, text[:200])
        refusal = RecordDeliveryRefused(
            seq, posted.ledger, str(posted.body["no"]), status, text[:TOLD_CHARACTERS]
        )
        await self._ground.desk.report(refusal, ACTOR, f"refused:{key}")

    def _headers(self, key: str, ledger: str, body: bytes) -> dict[str, str]:
        at = str(self._ground.clock.wall_s())
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
            "X-Yimen-Hall": self._door.hall,
            "X-Yimen-Time": at,
            "X-Yimen-Signature": signature(self._door.secret, at, key, ledger, body),
        }


def signature(secret: str, time: str, key: str, ledger: str, body: bytes) -> str:
    """Return the value of X-Yimen-Signature; `time` in Unix seconds, `ledger` visits or cases."""
    signed = f"{time}\n{key}\n{ledger}\n".encode() + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
