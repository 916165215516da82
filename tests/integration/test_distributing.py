"""Auto-call: who waits goes to the counter that has idled longest, without a key press."""

from pathlib import Path

from controller.domain.commands import CallNext, FinishServing, IssueTicket
from controller.domain.events import TicketCalled
from controller.domain.hall_commands import AnswerOutage, PauseCounter, ReportOutage, ResumeCounter
from controller.reactors.distributing import Distributing
from tests.fixtures.core import START_MS
from tests.fixtures.reacting import ReactingHall, eventually, reacting


async def begin(hall: ReactingHall, **rules: object) -> None:
    reactor = Distributing(hall.ground.place("distributing"), hall.ground)
    await hall.adopt(auto_call=True, **rules)
    await hall.run(reactor.run)


def calls(hall: ReactingHall) -> list[tuple[str, int]]:
    events = [row.event for row in hall.log()]
    return [(event.ticket, event.counter) for event in events if isinstance(event, TicketCalled)]


async def test_the_longest_idle_counter_is_called_to_first(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        hall.time.pass_s(10)
        await hall.issue("t0")
        await hall.do(CallNext(1))
        hall.time.pass_s(10)
        await hall.do(FinishServing(1))
        await begin(hall)
        await hall.issue("t1")
        await eventually(lambda: calls(hall)[1:] == [("t1", 2)])
        await hall.issue("t2")
        await eventually(lambda: calls(hall)[2:] == [("t2", 1)])
        await hall.issue("t3")
        await hall.do(FinishServing(2))
        await eventually(lambda: calls(hall)[3:] == [("t3", 2)])


async def test_who_waits_since_before_the_start_is_called_once(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        for index in range(4):
            await hall.issue(f"t{index}")
        await begin(hall)
        await eventually(lambda: len(calls(hall)) == 2)
        assert {ticket for ticket, _ in calls(hall)} == {"t0", "t1"}
    async with reacting(tmp_path, "second") as hall:
        await begin(hall)
        await hall.issue("b", "B")
        await eventually(lambda: len(calls(hall)) == 3)
        assert calls(hall)[-1] == ("b", 3)


async def test_nobody_is_called_where_the_rules_do_not_say_so(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await begin(hall)
        await hall.adopt(auto_call=False)
        await hall.issue("t1")
        await hall.do(IssueTicket("B", "t2"))
        await eventually(lambda: hall.cursors.position("distributing") == hall.feed.seq)
        assert calls(hall) == []


async def test_a_pause_and_a_question_hold_the_calls_back(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await begin(hall)
        for counter in (1, 2, 3):
            await hall.do(PauseCounter(counter))
        await hall.issue("t1")
        await eventually(lambda: hall.cursors.position("distributing") == hall.feed.seq)
        assert calls(hall) == []
        hall.time.pass_s(700)
        await hall.do(ReportOutage(START_MS))
        await hall.do(ResumeCounter(2))
        await eventually(lambda: hall.cursors.position("distributing") == hall.feed.seq)
        assert calls(hall) == []
        await hall.do(AnswerOutage("keep"))
        await eventually(lambda: calls(hall) == [("t1", 2)])
