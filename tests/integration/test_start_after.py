"""What a hall does at its start after an outage, a week, or with a clock that is wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from config.settings import Settings, load
from controller.app import Hall, build
from controller.clock import Clock
from controller.domain.commands import AdoptRules, CallNext, IssueTicket
from controller.domain.errors import RefusalError
from controller.domain.events import TicketIssued
from controller.domain.hall_commands import AnswerClock, AnswerOutage
from controller.pace import AHEAD
from controller.pulse import Pulse
from controller.rules_from_settings import rules_from
from tests.fixtures.core import START_MS, FakeTime
from tests.fixtures.reacting import eventually
from tests.fixtures.served import DEMO

DAY_S = 24 * 3600
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | None:
    """The address of an empty database on a server, None for the folder's own."""
    if request.param == "sqlite":
        return None
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(DEMO)


@asynccontextmanager
async def started(
    settings: Settings,
    folder: Path,
    time: FakeTime,
    ticks: FakeTime | None = None,
    database: str | None = None,
) -> AsyncIterator[Hall]:
    """A hall without devices; `time` is the wall clock, `ticks` the monotonic one."""
    clock = Clock(wall=time, ticks=ticks or time)
    without = frozenset(settings.device_ids)
    hall = build(settings, folder, clock=clock, engine_url=database, without=without)
    await hall.start()
    try:
        yield hall
    finally:
        await hall.stop()


async def issue(hall: Hall, ticket: str) -> TicketIssued:
    outcome = await hall.writer.execute(IssueTicket("A", ticket), actor="test")
    issued = outcome.events[-1].event
    assert isinstance(issued, TicketIssued)
    return issued


def question(hall: Hall) -> str:
    return hall.state.question.kind if hall.state.question is not None else ""


@BOTH
async def test_a_long_outage_asks_what_becomes_of_the_queue(
    settings: Settings, tmp_path: Path, database: str | None
) -> None:
    time = FakeTime()
    async with started(settings, tmp_path, time, database=database) as hall:
        await issue(hall, "t1")
    time.pass_s(601)
    async with started(settings, tmp_path, time, database=database) as hall:
        assert question(hall) == "outage"
        with pytest.raises(RefusalError) as caught:
            await hall.writer.execute(CallNext(1), actor="test")
        assert caught.value.code == "outage_question"
        await hall.writer.execute(AnswerOutage("void"), actor="test")
        assert hall.state.tickets == {}


async def test_no_answer_in_time_keeps_the_queue(settings: Settings, tmp_path: Path) -> None:
    time = FakeTime()
    async with started(settings, tmp_path, time) as hall:
        await issue(hall, "t1")
    time.pass_s(601)
    async with started(settings, tmp_path, time) as hall:
        time.pass_s(119)
        assert question(hall) == "outage"
    time.pass_s(2)
    async with started(settings, tmp_path, time) as hall:
        assert question(hall) == ""
        outcome = await hall.writer.execute(CallNext(1), actor="test")
        assert outcome.events[0].event.subject == "t1"


async def test_a_quiet_hour_is_no_outage(settings: Settings, tmp_path: Path) -> None:
    time = FakeTime()
    async with started(settings, tmp_path, time) as hall:
        await issue(hall, "t1")
    time.pass_s(3600)
    Pulse(tmp_path).beat(round(time() * 1000) - 5000)
    async with started(settings, tmp_path, time) as hall:
        assert question(hall) == ""


@pytest.mark.parametrize("found", ["", "soon", "-1", "1" * 30, str(START_MS + 10**12)])
def test_a_sign_of_life_that_cannot_be_true_is_not_believed(tmp_path: Path, found: str) -> None:
    (tmp_path / "alive").write_text(found)
    assert Pulse(tmp_path).last(START_MS, START_MS + 60_000) == START_MS


async def test_the_running_service_gives_signs_of_life(settings: Settings, tmp_path: Path) -> None:
    time = FakeTime()
    async with started(settings, tmp_path, time):
        assert Pulse(tmp_path).last(0, START_MS) == START_MS


@BOTH
async def test_a_week_of_downtime_opens_one_day(
    settings: Settings, tmp_path: Path, database: str | None
) -> None:
    time = FakeTime()
    async with started(settings, tmp_path, time, database=database) as hall:
        await issue(hall, "t1")
    time.pass_s(7 * DAY_S)
    async with started(settings, tmp_path, time, database=database) as hall:
        assert (hall.state.date, question(hall)) == ("2026-11-30", "")
        assert hall.state.tickets == {}
        assert (await issue(hall, "t2")).number == "A001"
        types = [row.type for row in await hall.feed.after(0)]
        assert types.count("DayOpened") == 2


async def test_the_clock_an_hour_back_is_no_question(settings: Settings, tmp_path: Path) -> None:
    time = FakeTime()
    async with started(settings, tmp_path, time) as hall:
        await issue(hall, "t1")
    time.pass_s(-3600)
    async with started(settings, tmp_path, time) as hall:
        issued = await issue(hall, "t2")
        assert (issued.number, question(hall)) == ("A002", "")
        assert issued.issued_at >= START_MS, "nobody overtakes by being younger"


async def test_a_pc_that_woke_ten_years_back_asks_for_the_time(
    settings: Settings, tmp_path: Path
) -> None:
    time = FakeTime()
    async with started(settings, tmp_path, time) as hall:
        await issue(hall, "t1")
    time.pass_s(-3650 * DAY_S)
    async with started(settings, tmp_path, time) as hall:
        assert question(hall) == "clock"
        issued = await issue(hall, "t2")
        assert (issued.number, issued.date) == ("A002", "2026-11-23")
    async with started(settings, tmp_path, time) as hall:
        assert question(hall) == "clock", "it stays until it is answered"
        true_at = START_MS + 3 * DAY_S * 1000
        await hall.writer.execute(AnswerClock(true_at), actor="test", key="k")
        await hall.writer.execute(AnswerClock(true_at), actor="test", key="k")
        assert hall.clock.now() == true_at, "forward once"
        await eventually(lambda: hall.state.date == "2026-11-26")
        assert (await issue(hall, "t3")).number == "A001"


async def test_a_played_day_that_lies_ahead_is_no_mistake_of_the_clock(
    settings: Settings, tmp_path: Path
) -> None:
    async with started(settings, tmp_path, FakeTime(START_MS + 2 * DAY_S * 1000)) as hall:
        await issue(hall, "t1")
        last = hall.state.at
    (tmp_path / AHEAD).parent.mkdir()
    (tmp_path / AHEAD).touch()
    async with started(settings, tmp_path, FakeTime()) as hall:
        assert question(hall) == ""
        assert hall.clock.now() == last
        assert hall.clock.wall_difference_ms() == 0
        await issue(hall, "t2")


async def test_a_clock_that_is_set_right_meanwhile_is_the_answer(
    settings: Settings, tmp_path: Path
) -> None:
    wall, ticks = FakeTime(), FakeTime()
    async with started(settings, tmp_path, wall, ticks) as hall:
        await issue(hall, "t1")
    wall.pass_s(-3650 * DAY_S)
    async with started(settings, tmp_path, wall, ticks) as hall:
        assert question(hall) == "clock"
        wall.pass_s(3651 * DAY_S)
        await _look(hall)
        await eventually(lambda: hall.state.date == "2026-11-24")
        assert question(hall) == ""
        assert hall.clock.now() == START_MS + DAY_S * 1000


async def _look(hall: Hall) -> None:
    """Wake the timing as new rules would."""
    rules = rules_from(hall.settings)
    await hall.writer.execute(AdoptRules({**rules, "ageing_s": 1}), actor="test")
