"""One writer: once only, group commit, failures, restarts; on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, text, update

from controller.domain.answers import ticket_answer
from controller.domain.commands import (
    CallNext,
    Command,
    FinishServing,
    IssueTicket,
    RateTicket,
    RecordDevice,
)
from controller.domain.deciding import DECIDERS
from controller.domain.errors import RefusalError
from controller.domain.events import TicketExpired
from controller.ledger import DecisionFailedError, KeyReusedError, Ledger
from controller.store.rebuild import rebuild_projections
from controller.store.schema import cursors, events, projection_versions, snapshots, tickets
from controller.store.snapshot_rows import newest_snapshot, store_snapshot
from controller.store.snapshots import freeze, thaw
from controller.store.verify import verify
from controller.writer import OutcomeUnknownError
from tests.fixtures.core import HALL, SmallHall, fresh_engine


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path}/hall.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = fresh_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
async def hall(engine: Engine) -> AsyncIterator[SmallHall]:
    hall = await SmallHall(engine).start()
    yield hall
    await hall.writer.stop()


async def test_a_repeat_finds_the_first_answer(hall: SmallHall, engine: Engine) -> None:
    first = await hall.do(IssueTicket("A", "id-one"), key="press-1")
    again = await hall.do(IssueTicket("A", "id-two"), key="press-1")
    assert again.repeated
    assert ticket_answer(again.events) == ticket_answer(first.events)
    restarted = await SmallHall(engine).start()
    later = await restarted.do(IssueTicket("A", "id-three"), key="press-1")
    assert ticket_answer(later.events) == ticket_answer(first.events)
    await restarted.writer.stop()


async def test_a_repeat_in_the_same_batch_finds_the_first_answer(hall: SmallHall) -> None:
    outcomes = await asyncio.gather(
        *(hall.do(IssueTicket("A", f"id-{i}"), key="same") for i in range(20))
    )
    assert {o.events[-1].seq for o in outcomes} == {outcomes[0].events[-1].seq}
    assert sum(not o.repeated for o in outcomes) == 1


async def test_a_key_with_another_command_is_refused(hall: SmallHall) -> None:
    await hall.do(IssueTicket("A", "x"), key="k")
    with pytest.raises(KeyReusedError):
        await hall.do(IssueTicket("B", "x"), key="k")


async def test_numbers_are_unique_and_nobody_is_called_twice_under_load(hall: SmallHall) -> None:
    issued = await asyncio.gather(*(hall.do(IssueTicket("A", f"t{i}")) for i in range(200)))
    numbers = [ticket_answer(o.events)["number"] for o in issued]
    assert sorted(numbers) == [f"A{n:03d}" for n in range(1, 201)]

    async def work(counter: int) -> list[str]:
        called = []
        while (outcome := await hall.do(CallNext(counter))).events:
            called.append(outcome.events[0].event.subject)
            await hall.do(FinishServing(counter))
        return called

    called = await asyncio.gather(work(1), work(2))
    assert sorted(called[0] + called[1]) == sorted(f"t{i}" for i in range(200))


async def test_the_books_are_proved_and_a_changed_row_is_found(
    hall: SmallHall, engine: Engine
) -> None:
    for index in range(3):
        await hall.do(IssueTicket("A", f"t{index}"))
    await hall.do(CallNext(1))
    await hall.do(FinishServing(1))
    await hall.do(RateTicket("t0", 5))
    assert verify(engine, HALL) == []
    with engine.begin() as connection:
        connection.execute(
            update(events).where(events.c.seq == 3).values(at=events.c.at + 1)
        )
        connection.execute(update(tickets).where(tickets.c.id == "t1").values(calls=7))
        connection.execute(delete(events).where(events.c.seq == 5))
    problems = "\n".join(verify(engine, HALL))
    assert "does not fit its hash" in problems
    assert "gap in the log" in problems
    assert "'calls': 7" in problems


WRONG_ROWS = {
    "people": "UPDATE tickets SET clients = 3 WHERE id = 't1'",
    "queued": "UPDATE tickets SET test = 1 WHERE id = 't0'",
    "direct": "UPDATE tickets SET direct = 1 WHERE id = 't0'",
    "calls": "UPDATE calls SET undone = 1",
    "DONE": "UPDATE tickets SET state = 'CANCELLED' WHERE id = 't0'",
    "live ticket t1": "UPDATE tickets SET calls = 2 WHERE id = 't1'",
}


@pytest.mark.parametrize("figure", WRONG_ROWS)
async def test_a_wrong_figure_is_told_by_the_second_count(
    hall: SmallHall, engine: Engine, figure: str
) -> None:
    for index in range(2):
        await hall.do(IssueTicket("A", f"t{index}"))
    await hall.do(CallNext(1))
    await hall.do(FinishServing(1))
    with engine.begin() as connection:
        connection.execute(text(WRONG_ROWS[figure]))
    counted = [problem for problem in verify(engine, HALL) if f" {figure}" in problem]
    assert any("by the" in problem for problem in counted)


TAMPERINGS = {
    "body": ("body = 'nojson'", "the row 3 (TicketIssued) does not fit its hash"),
    "number": (
        "body = replace(body, 'A001', 'A009')",
        "the row 3 (TicketIssued) does not fit its hash",
    ),
    "type": ("type = 'Foo'", "the row 3 (Foo) does not fit its hash"),
    "actor": ("actor = 'somebody'", "the row 3 (TicketIssued) does not fit its hash"),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
async def test_a_changed_row_is_named_whatever_was_changed(
    hall: SmallHall, engine: Engine, kind: str
) -> None:
    await hall.do(IssueTicket("A", "t0"))
    await hall.do(IssueTicket("A", "t1"))
    change, sentence = TAMPERINGS[kind]
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE events SET {change} WHERE seq = 3"))
    assert sentence in "\n".join(verify(engine, HALL))


async def test_a_cut_tail_is_found_by_what_has_been_further(
    hall: SmallHall, engine: Engine
) -> None:
    await hall.do(RecordDevice("printer:kiosk", "printer", True, "silent"))
    last = hall.writer.state.seq
    with engine.begin() as connection:
        connection.execute(insert(cursors).values(hall=HALL, name="platform", seq=last))
    assert verify(engine, HALL) == []
    with engine.begin() as connection:
        connection.execute(delete(events).where(events.c.seq == last))
    (problem,) = verify(engine, HALL)
    assert f"the log ends at {last - 1}, but platform has been at {last}" in problem


async def test_a_restart_folds_to_the_same_state(hall: SmallHall, engine: Engine) -> None:
    for index in range(5):
        await hall.do(IssueTicket("AB"[index % 2], f"t{index}", priority="elder"))
    await hall.do(CallNext(1))
    with engine.begin() as connection:
        store_snapshot(connection, HALL, hall.writer.state.seq, freeze(hall.writer.state))
    await hall.do(CallNext(2))
    with engine.connect() as connection:
        snapshot = newest_snapshot(connection, HALL)
    assert snapshot is not None and snapshot.seq < hall.writer.state.seq
    with_tail = Ledger(engine, HALL).load()
    with engine.begin() as connection:
        connection.execute(delete(snapshots))
    whole = Ledger(engine, HALL).load()
    assert freeze(with_tail) == freeze(whole) == freeze(hall.writer.state)
    assert freeze(thaw(freeze(whole))) == freeze(whole)


async def test_a_decider_that_raises_costs_only_its_own_command(
    hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Explode(Command):
        pass

    def explode(*_: object) -> list[object]:
        raise ZeroDivisionError("a defect")

    monkeypatch.setitem(DECIDERS, Explode, explode)  # type: ignore[arg-type]
    answers = await asyncio.gather(
        hall.do(IssueTicket("A", "t1")),
        hall.do(Explode()),
        hall.do(IssueTicket("A", "t2")),
        return_exceptions=True,
    )
    assert isinstance(answers[1], DecisionFailedError)
    assert set(hall.writer.state.tickets) == {"t1", "t2"}


async def test_an_event_that_cannot_be_folded_costs_only_its_own_command(
    hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Explode(Command):
        pass

    def finish_nobody(*_: object) -> list[object]:
        return [TicketExpired("nobody", "A999", "A")]

    monkeypatch.setitem(DECIDERS, Explode, finish_nobody)  # type: ignore[arg-type]
    answers = await asyncio.gather(
        hall.do(IssueTicket("A", "t1")),
        hall.do(Explode()),
        hall.do(IssueTicket("A", "t2")),
        return_exceptions=True,
    )
    assert isinstance(answers[1], DecisionFailedError)
    assert [ticket.number for ticket in hall.writer.state.tickets.values()] == ["A001", "A002"]
    assert verify(hall.engine, HALL) == []


async def test_a_writer_that_cannot_publish_says_so_and_stops(
    hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("controller.writer.apply", fail)
    for _ in range(2):
        with pytest.raises(OutcomeUnknownError):
            await hall.do(IssueTicket("A", "t1"))
    assert not hall.writer.ready
    assert "a defect" in str(hall.writer.stopped_reason)
    await asyncio.wait_for(hall.writer.stop(), 8)


async def test_projections_of_another_version_are_made_anew(
    hall: SmallHall, engine: Engine
) -> None:
    for index in range(3):
        await hall.do(IssueTicket("A", f"t{index}"))
    seen: list[tuple[int, int]] = []
    with engine.begin() as connection:
        assert rebuild_projections(connection, HALL, lambda seq, last: seen.append((seq, last)))
        assert not rebuild_projections(connection, HALL, lambda seq, last: None)
    last = hall.writer.state.seq
    assert seen == [(last, last)]
    with engine.begin() as connection:
        connection.execute(update(tickets).values(calls=7))
        connection.execute(update(projection_versions).values(version=0))
    assert verify(engine, HALL) != []
    with engine.begin() as connection:
        rebuild_projections(connection, HALL, lambda seq, last: None)
    assert verify(engine, HALL) == []


async def test_a_snapshot_that_cannot_be_read_is_left_out(
    hall: SmallHall, engine: Engine
) -> None:
    await hall.do(IssueTicket("A", "t"))
    with engine.begin() as connection:
        store_snapshot(connection, HALL, hall.writer.state.seq, '{"seq": 1}')
    assert freeze(Ledger(engine, HALL).load()) == freeze(hall.writer.state)


async def test_a_failed_commit_is_outcome_unknown_and_heals(engine: Engine) -> None:
    failing = True

    def stop(name: str) -> None:
        if failing and name == "before-commit":
            raise OSError("disk full")

    hall = SmallHall(engine, stop=stop)
    await hall.writer.start()
    for _ in range(3):
        with pytest.raises(OutcomeUnknownError):
            await hall.adopt()
    assert not hall.writer.ready
    failing = False
    await hall.adopt()
    assert hall.writer.ready
    await hall.do(IssueTicket("A", "t"))
    assert list(hall.writer.state.tickets) == ["t"]
    await hall.writer.stop()


async def test_a_commit_that_reached_the_disk_is_published_after_the_error(
    engine: Engine,
) -> None:
    failing = False

    def stop(name: str) -> None:
        if failing and name == "after-commit":
            raise OSError("the answer of the disk was lost")

    hall = SmallHall(engine, stop=stop)
    await hall.start()
    seen: list[int] = []
    hall.writer.listen(lambda rows: seen.extend(row.seq for row in rows))
    failing = True
    with pytest.raises(OutcomeUnknownError):
        await hall.do(IssueTicket("A", "t"), key="k")
    failing = False
    again = await hall.do(IssueTicket("A", "u"), key="k")
    assert again.repeated and again.events[0].event.subject == "t"
    assert seen == [again.events[0].seq]
    await hall.writer.stop()


async def test_a_second_writer_steps_down(hall: SmallHall, engine: Engine) -> None:
    second = SmallHall(engine)
    await second.writer.start()
    await hall.do(IssueTicket("A", "mine"))
    with pytest.raises(OutcomeUnknownError):
        await second.do(IssueTicket("A", "theirs"))
    assert second.writer.stopped_reason is not None
    assert verify(engine, HALL) == []
    await second.writer.stop()


async def test_a_refusal_leaves_no_trace(hall: SmallHall, engine: Engine) -> None:
    with pytest.raises(RefusalError):
        await hall.do(IssueTicket("Z", "t"), key="k")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM events WHERE key = 'k'"))
        assert found.scalar_one() == 0

