"""The counter's work through the writer, on a real database: stored, repeated, verified."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from controller.domain.answers import counter_answer
from controller.domain.commands import (
    AcceptCase,
    CallNext,
    FinishServing,
    IssueTicket,
    ParkTicket,
    SplitTicket,
    StartDirect,
    StartServing,
    TransferTicket,
    UndoStep,
    UnparkTicket,
)
from controller.domain.hall_commands import PauseCounter, SignIn, SignOut
from controller.store.snapshots import freeze
from controller.store.verify import verify
from tests.fixtures.core import HALL, RULES, SmallHall, fresh_engine


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[SmallHall]:
    engine = fresh_engine(f"sqlite:///{tmp_path}/hall.db")
    hall = await SmallHall(engine, replace(RULES, staff=("s1", "s2"))).start()
    yield hall
    await hall.writer.stop()
    assert verify(engine, HALL) == []
    engine.dispose()


async def a_morning(hall: SmallHall) -> None:
    """A visit with everything: park, take up, transfer, split, undo, direct, pause, close."""
    for command in (
        SignIn(1, "s1"),
        SignIn(3, "s2"),
        IssueTicket("A", "t1", clients=3, items=("RS01",)),
        IssueTicket("B", "t2"),
        CallNext(1),
        StartServing(1),
        SplitTicket("t1", 1, "rest"),
        AcceptCase(1),
        ParkTicket(1),
        UnparkTicket(1, silent=True),
        FinishServing(1),
        UndoStep(1),
        TransferTicket(1, "clerk:s2"),
        CallNext(3),
        FinishServing(3),
        PauseCounter(3, "meal", 30),
        CallNext(1),
        FinishServing(1),
        CallNext(1),
        FinishServing(1),
        StartDirect(1, "d1"),
        FinishServing(1),
        SignOut(1, force=True),
    ):
        hall.time.pass_s(7)
        assert (await hall.do(command)).events


async def test_a_morning_is_stored_so_that_it_can_be_folded_again(hall: SmallHall) -> None:
    await a_morning(hall)
    assert freeze(hall.ledger.load()) == freeze(hall.writer.state)
    assert hall.writer.state.tickets == {}


async def test_an_undo_that_is_repeated_is_answered_as_the_first_time(hall: SmallHall) -> None:
    await hall.do(IssueTicket("A", "t1"))
    await hall.do(CallNext(1))
    first = await hall.do(UndoStep(1, delivered=0), key="k")
    await hall.do(CallNext(1))
    again = await hall.do(UndoStep(1, delivered=10**6), key="k")
    assert again.repeated
    assert counter_answer(again.events) == counter_answer(first.events)
    ticket = hall.writer.state.ticket_at(1)
    assert ticket is not None and ticket.state == "CALLED"
