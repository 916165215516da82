"""The reactors' way to the writer: every outcome as a value, reports repeated until known."""

import asyncio
import logging

from controller.domain.commands import Command
from controller.domain.errors import RefusalError
from controller.domain.state import HallState
from controller.ledger import DecisionFailedError, KeyReusedError
from controller.reactors.hall_log import Verdict
from controller.supervisor import restart_pause_s
from controller.writer import OutcomeUnknownError, Writer

logger = logging.getLogger(__name__)


class WriterDesk:
    """Implements `reactors.hall_log.Desk` on a writer."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    @property
    def state(self) -> HallState:
        """The published state."""
        return self._writer.state

    async def wish(self, command: Command, actor: str, key: str | None = None) -> Verdict:
        """Execute a command once."""
        try:
            outcome = await self._writer.execute(command, actor=actor, key=key)
        except RefusalError as refusal:
            return Verdict(refusal=refusal)
        except KeyReusedError:
            return Verdict(refusal=RefusalError("key_reused"))
        except DecisionFailedError:
            return Verdict(refusal=RefusalError("internal"))
        except OutcomeUnknownError:
            return Verdict(unknown=True)
        return Verdict(outcome.events, outcome.repeated)

    async def report(self, command: Command, actor: str, key: str) -> Verdict:
        """Execute a command under a key until its outcome is known; a repeat finds its events."""
        failures = 0
        while True:
            verdict = await self.wish(command, actor, key)
            if not verdict.unknown:
                return verdict
            failures += 1
            pause_s = restart_pause_s(failures)
            logger.warning("%s is not stored; again in %.1f s", type(command).__name__, pause_s)
            await asyncio.sleep(pause_s)
