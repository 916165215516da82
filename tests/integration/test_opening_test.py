"""The self-test before opening: due by the hall's clock, asked for by a lead, told to a person."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from controller.domain.errors import RefusalError
from controller.domain.hall_commands import ConfirmSound, StartOpeningTest
from controller.reactors.self_testing import Finding, SelfTesting
from controller.reactors.timing import Timing
from controller.store.device_queries import newest_test
from controller.store.snapshots import freeze, thaw
from tests.fixtures import running
from tests.fixtures.core import HALL
from tests.fixtures.reacting import ReactingHall, eventually, reacting
from tests.fixtures.served import ServedHall, served

WEEK = {day: ["09:10-11:30", "13:30-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


async def good() -> Finding:
    return Finding("ok", told="TM-T82")


async def ill() -> Finding:
    raise ValueError("a defect")


async def played() -> Finding:
    return Finding("ok", sound="played")


def sheet(hall: ReactingHall) -> Any:
    with hall.engine.connect() as connection:
        return newest_test(connection, HALL)


async def test_it_is_made_half_an_hour_before_the_doors_open_and_only_once(tmp_path: Path) -> None:
    """START_MS is 08:30 on a Monday; the doors open at 09:10."""
    async with reacting(tmp_path) as hall:
        await hall.adopt(always_open=False, hours=WEEK)
        reactor = Timing(hall.ground)
        await hall.run(SelfTesting({"printer:kiosk": good, "led:1": ill}, hall.ground).run)
        hall.time.pass_s(9 * 60)
        await reactor.look()
        assert "OpeningTestStarted" not in hall.names()
        assert reactor._pause_s() <= 10
        hall.time.pass_s(60)
        await reactor.look()
        await reactor.look()
        await hall.until("OpeningTestStarted", "OpeningTestFinished")
        await reactor.look()
        assert hall.names().count("OpeningTestStarted") == 1
        found = sheet(hall)
        assert (found["cause"], found["failed"]) == ("planned", 1)
        assert [(row["device"], row["state"], row["detail"]) for row in found["rows"]] == [
            ("printer:kiosk", "ok", ""), ("led:1", "fault", "other"),
        ]  # fmt: skip


async def test_no_test_comes_by_itself_once_the_doors_are_open(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.adopt(always_open=False, hours=WEEK)
        hall.time.pass_s(41 * 60)
        await Timing(hall.ground).look()
        assert "OpeningTestStarted" not in hall.names()


async def test_a_test_that_a_restart_broke_off_is_made_again(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.adopt(always_open=False, hours=WEEK)
        hall.time.pass_s(15 * 60)
        await Timing(hall.ground).look()
        never = asyncio.Event()

        async def hangs() -> Finding:
            await never.wait()
            return Finding("ok")

        await hall.run(SelfTesting({"led:1": hangs}, hall.ground).run)
        await hall.until("OpeningTestStarted")
    async with reacting(tmp_path, "second") as hall:
        await hall.run(SelfTesting({"led:1": good}, hall.ground).run)
        await eventually(lambda: hall.names()[-1] == "OpeningTestFinished")


async def finished(hall: ServedHall) -> Any:
    async def probe() -> Any:
        found = await hall.get("/opening-test")
        return found if found["sheet"] is not None and not found["running"] else None

    return await running.eventually(probe)


async def test_a_lead_runs_it_now_and_says_what_was_heard(tmp_path: Path) -> None:
    async with served(tmp_path) as hall:
        assert (await hall.get("/opening-test"))["sheet"] is None
        problem = await hall.post("/opening-test/heard", {"device": "speaker:hall"}, 409)
        assert problem["code"] == "no_sound_played"
        await hall.post("/opening-test")
        rows = (await finished(hall))["sheet"]["rows"]
        states = {row["device"]: row["state"] for row in rows}
        assert states["system:database"] == states["system:clock"] == "ok"
        assert {"system:disk", "system:platform"} <= states.keys()


async def test_a_heard_chime_is_proved_by_a_person(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.run(SelfTesting({"speaker:main": played, "led:1": good}, hall.ground).run)
        await hall.do(StartOpeningTest())
        await hall.until("OpeningTestStarted", "OpeningTestFinished")
        with pytest.raises(RefusalError, match="no_sound_played"):
            await hall.do(ConfirmSound("led:1"))
        await hall.do(ConfirmSound("speaker:main"))
        await hall.do(ConfirmSound("speaker:main"))
        assert hall.names()[2:] == ["SoundHeard"]
        assert sheet(hall)["heard"].keys() == {"speaker:main"}
        assert thaw(freeze(hall.writer.state)).opening_test.sounds == {"speaker:main": "heard"}
