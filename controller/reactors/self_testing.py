"""The self-test of all devices before the doors open, and whenever somebody asks for it.

    OpeningTestStarted --> each device is asked --> OpeningTestFinished, a row for each

A test that a restart broke off is made again: to be asked twice does no harm.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from controller.domain.hall_commands import RecordOpeningTest
from controller.reactors.ground import Ground
from controller.reactors.supervising import DeviceState

logger = logging.getLogger(__name__)

ACTOR = "system:self-test"
LIMIT_S = 20.0
"""Real seconds for one device: a printer may have a slip to print first."""
PAUSE_S = 1.0

FindingState = Literal["ok", "warn", "fault", "untested"]
Sound = Literal["", "played", "verified"]


@dataclass(frozen=True)
class Finding:
    """What became of the test of a device.

    `detail` is a code of the faults, or why nothing could be tested (`manager.untested.*`);
    `told` what the device said of itself. `sound`: a chime was played, and by whose word: only
    the player took it (played), or its end was verified by what plays it (verified).
    """

    state: FindingState
    detail: str = ""
    told: str = ""
    sound: Sound = ""


Check = Callable[[], Awaitable[Finding]]


def finding_of(state: DeviceState) -> Finding:
    """Return what is known of a device that is asked all the time anyway."""
    if state.state == "connecting":
        return Finding("untested", "not-heard")
    if state.state == "ok":
        return Finding("warn" if state.detail else "ok", state.detail)
    return Finding("fault", state.detail)


class SelfTesting:
    """Makes the tests that are started in the log; `checks` are in the order of the sheet."""

    def __init__(self, checks: Mapping[str, Check], ground: Ground) -> None:
        self._checks = dict(checks)
        self._ground = ground

    async def run(self) -> None:
        """Wait for a test to be started, make it, store its sheet; again and again."""
        while True:
            seen = self._ground.log.seq
            test = self._ground.desk.state.opening_test
            if test.running:
                await self._make(test.seq)
            else:
                await self._ground.log.wait(seen)

    async def _make(self, test: int) -> None:
        findings = await asyncio.gather(*(self._ask(name) for name in self._checks))
        rows: list[dict[str, Any]] = [
            {"device": name, "kind": name.partition(":")[0], **asdict(finding)}
            for name, finding in zip(self._checks, findings, strict=True)
        ]
        key = f"self-test:{self._ground.boot}:{test}"
        command = RecordOpeningTest(test, tuple(rows))
        verdict = await self._ground.desk.report(command, ACTOR, key)
        if verdict.refusal is not None:
            logger.error("the sheet of the self-test is refused: %s", verdict.refusal.code)
            await asyncio.sleep(PAUSE_S)

    async def _ask(self, name: str) -> Finding:
        try:
            async with asyncio.timeout(LIMIT_S):
                return await self._checks[name]()
        except TimeoutError:
            return Finding("fault", "no-answer")
        except Exception:
            logger.exception("the self-test of %s failed", name)
            return Finding("fault", "other")
