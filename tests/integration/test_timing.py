"""Due times: the business day, a step of the wall clock, snapshots, devices in the log."""

from pathlib import Path

import pytest

from controller.domain.commands import CallNext, FinishServing
from controller.domain.hall_commands import PauseCounter, SignIn
from controller.domain.rules import CounterRule, Duty, PostRule
from controller.reactors import timing
from controller.reactors.timing import LOOK_S, Snapshots, Timing, next_midnight
from controller.store.snapshots import freeze, thaw
from tests.fixtures.core import START_MS
from tests.fixtures.reacting import eventually, reacting

DAY_MS = 24 * 3600 * 1000


def test_midnight_is_the_halls_own() -> None:
    # START_MS is 08:30 on 2026-11-23 in Shanghai.
    assert next_midnight(START_MS, "Asia/Shanghai") - START_MS == (15 * 60 + 30) * 60 * 1000
    at_midnight = next_midnight(START_MS, "Asia/Shanghai")
    assert next_midnight(at_midnight, "Asia/Shanghai") - at_midnight == DAY_MS


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
async def test_a_new_day_is_opened_and_waiting_tickets_expire(
    tmp_path: Path, store: str, request: pytest.FixtureRequest
) -> None:
    database = request.getfixturevalue("postgres_url") if store == "postgresql" else None
    async with reacting(tmp_path, database=database) as hall:
        reactor = Timing(hall.ground)
        await hall.issue("t1")
        await reactor.look()
        assert hall.names() == ["TicketIssued"]
        hall.time.pass_s(16 * 3600)
        await reactor.look()
        assert hall.names() == ["TicketIssued", "TicketExpired", "DayOpened"]
        await reactor.look()
        assert hall.names().count("DayOpened") == 1


async def test_auto_call_is_woken_by_time_alone(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        rota = (Duty(days, "09:00-12:00"),)
        rule = CounterRule(1, "main", ("A",), rota=rota)
        other = CounterRule(2, "main", ("B",))
        post = PostRule("one", 1, "s1", "s2")
        await hall.adopt(
            auto_call=True, counters={1: rule, 2: other}, staff=("s1", "s2"), posts={"one": post}
        )
        reactor = Timing(hall.ground)
        await hall.do(SignIn(1, "s1"))
        await hall.do(SignIn(2, "s2"))
        await hall.issue("t1")
        await reactor.look()
        assert "TicketCalled" not in hall.names()
        hall.time.pass_s(30 * 60)
        await reactor.look()
        assert [row.event.ticket for row in hall.log() if row.type == "TicketCalled"] == ["t1"]
        await hall.do(FinishServing(1))
        await hall.do(PauseCounter(1))
        await hall.issue("t2")
        await reactor.look()
        hall.time.pass_s(601)
        await reactor.look()
        called = [row.event for row in hall.log() if row.type == "TicketCalled"]
        assert [(one.ticket, one.counter, one.covers) for one in called[1:]] == [("t2", 2, "s1")]


async def test_a_step_of_the_wall_clock_is_told_once(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = Timing(hall.ground)
        ticks = hall.time.seconds
        hall.clock._ticks = lambda: ticks  # the wall moves, the base does not
        hall.time.pass_s(1.5)
        await reactor.look()
        assert hall.names() == []
        hall.time.pass_s(10)
        await reactor.look()
        await reactor.look()
        assert hall.names() == ["ClockStepped"]


async def test_snapshots_are_written_at_day_change_and_after_many_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "EVENTS_PER_SNAPSHOT", 5)
    async with reacting(tmp_path) as hall:
        stored: list[tuple[int, str]] = []

        async def store(seq: int, body: str) -> None:
            stored.append((seq, body))

        reactor = Snapshots(hall.ground, 2, store)
        await hall.run(reactor.run)
        for index in range(6):
            await hall.issue(f"t{index}")
        await eventually(lambda: len(stored) == 1)
        await hall.do(CallNext(1))
        hall.time.pass_s(16 * 3600)
        await Timing(hall.ground).look()
        await eventually(lambda: len(stored) == 2)
        seq, body = stored[-1]
        assert seq == hall.writer.state.seq
        assert freeze(thaw(body)) == freeze(hall.writer.state)


async def test_a_device_is_told_lost_and_back_once(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.run(hall.supervising.run)
        hall.supervising.working("led:1")
        hall.supervising.lost("led:1", "no-answer")
        hall.supervising.lost("led:1", "no-answer")
        await eventually(lambda: hall.names() == ["DeviceLost"])
        hall.supervising.working("led:1")
        await eventually(lambda: hall.names() == ["DeviceLost", "DeviceBack"])
        hall.supervising.fault("printer:kiosk", "paper-out")
        await eventually(lambda: len(hall.names()) == 3)
        states = {state.id: (state.kind, state.state) for state in hall.supervising.states}
        assert states["printer:kiosk"] == ("printer", "fault")
        assert states["led:1"] == ("led", "ok")
        assert states["keypad:1"] == ("keypad", "connecting")


async def test_a_device_that_was_lost_before_the_restart_is_told_back(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.run(hall.supervising.run)
        hall.supervising.lost("led:1", "no-answer")
        await eventually(lambda: hall.names() == ["DeviceLost"])
    async with reacting(tmp_path, "second") as hall:
        await hall.run(hall.supervising.run)
        hall.supervising.working("led:1")
        await eventually(lambda: hall.names() == ["DeviceLost", "DeviceBack"])


async def test_a_clearing_is_done_at_its_time_once(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.adopt(clearings=("12:30",))
        reactor = Timing(hall.ground)
        await hall.issue("t1")
        hall.time.pass_s(4 * 3600 - 1)
        await reactor.look()
        assert "QueueCleared" not in hall.names()
        hall.time.pass_s(1)
        await hall.issue("t2")
        await reactor.look()
        await reactor.look()
        assert hall.names()[-2:] == ["TicketExpired", "QueueCleared"]
        assert set(hall.writer.state.tickets) == {"t2"}, "who came at that very time stays"


async def test_what_fell_due_while_the_service_was_down_is_done_before_the_doors_open(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        await hall.adopt(clearings=("12:30", "18:00"), keep_overnight=True)
        await hall.issue("t1")
        hall.time.pass_s(20 * 3600)
        await Timing(hall.ground).begin(START_MS, 0)
        assert hall.names()[2:] == ["TicketExpired", "QueueCleared", "QueueCleared", "DayOpened"]
        assert hall.writer.state.question is None


async def test_the_end_of_the_last_session_sends_home_where_the_hall_wants_it(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        hours = {"mon": ["08:30-12:00", "14:00-17:30"]}
        await hall.adopt(always_open=False, hours=hours)
        await hall.issue("t1")
        hall.time.pass_s(9 * 3600)
        reactor = Timing(hall.ground)
        await reactor.look()
        assert hall.names()[-1] == "TicketIssued", "serve all"
        await hall.adopt(closing="expire")
        await reactor.look()
        assert hall.names()[-2:] == ["TicketExpired", "QueueCleared"]


async def test_the_reactor_wakes_at_each_due_time(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.adopt(clearings=("08:31",), posts={"p": PostRule("p", 1, "a", "b")})
        reactor = Timing(hall.ground)
        assert reactor._pause_s() <= 0.02, "the posts have never been looked at"
        await reactor.look()
        assert reactor._pause_s() == LOOK_S
        hall.time.pass_s(55)
        assert reactor._pause_s() == pytest.approx(5)
        hall.time.pass_s(5)
        await reactor.look()
        assert "QueueCleared" in hall.names()


async def test_an_unanswered_question_is_answered_in_time(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.issue("t1")
        hall.time.pass_s(601)
        reactor = Timing(hall.ground)
        await reactor.begin(START_MS, 0)
        assert hall.names()[-1] == "OutageFound"
        hall.time.pass_s(119)
        await reactor.look()
        assert hall.names()[-1] == "OutageFound"
        hall.time.pass_s(1)
        await reactor.look()
        assert hall.names()[-1] == "OutageAnswered"
        assert hall.log()[-1].actor == "system:timing"


async def test_posts_are_looked_at_once_a_minute(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        posts = {"p": PostRule("p", 1, "a", "b")}
        await hall.adopt(sign_in=True, staff=("a", "b"), posts=posts)
        reactor = Timing(hall.ground)
        hall.time.pass_s(3600)
        await reactor.look()
        assert hall.names()[-1] == "PostUnmanned"
        await hall.do(SignIn(1, "a"))
        await reactor.look()
        assert hall.names()[-1] == "ClerkSignedIn", "not before the minute is over"
        hall.time.pass_s(60)
        await reactor.look()
        assert hall.names()[-1] == "PostManned"


async def test_the_clock_set_back_by_an_hour_is_told_and_business_goes_on(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = Timing(hall.ground)
        await hall.issue("t1")
        ticks = hall.time.seconds
        hall.clock._ticks = lambda: ticks
        hall.time.pass_s(-3600)
        await reactor.look()
        await reactor.look()
        assert hall.names() == ["TicketIssued", "ClockStepped"]
        assert hall.clock.now() == START_MS, "never back"
        await hall.issue("t2")
        assert hall.writer.state.tickets["t2"].number == "A002"
