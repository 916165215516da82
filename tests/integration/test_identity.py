"""Real-name issue: one live ticket per person and service; the log knows nobody."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from controller.domain.commands import (
    BookTicket,
    CallNext,
    CancelTicket,
    CheckIn,
    Command,
    FinishServing,
    IssueTicket,
    OpenDay,
)
from controller.domain.errors import RefusalError
from controller.domain.rules import ServiceRule, SlotRule
from controller.ledger import Outcome
from controller.store import vault
from controller.store.schema import events, persons
from tests.fixtures.core import RULES, SmallHall, fresh_engine

KEY = b"k" * 32
DAY_S = 24 * 3600
ANN = vault.identity_hash(KEY, "11010519491231002X")
BOB = vault.identity_hash(KEY, "440524188001010014")
SLOTS = SlotRule(("mon", "tue", "wed"), "09:00", "11:00", 60, 5)


@pytest.fixture(params=["sqlite", "postgresql"])
async def hall(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[SmallHall]:
    url = f"sqlite:///{tmp_path}/hall.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = fresh_engine(url)
    hall = await SmallHall(engine).start()
    bookable = ServiceRule("A", "A", "main", slots=(SLOTS,))
    await hall.adopt(identity="required", services=RULES.services | {"A": bookable})
    yield hall
    await hall.writer.stop()
    engine.dispose()


async def shown(hall: SmallHall, command: Command, card: str | None = ANN, **more: Any) -> Outcome:
    return await hall.writer.execute(command, actor="test", identity=card, **more)


async def refusal(hall: SmallHall, command: Command, card: str | None = ANN) -> RefusalError:
    with pytest.raises(RefusalError) as caught:
        await shown(hall, command, card)
    return caught.value


def rows(engine: Engine) -> list[tuple[str, str, str]]:
    with engine.connect() as connection:
        query = select(persons.c.hash, persons.c.ref, persons.c.date).order_by(persons.c.hash)
        return [tuple(row) for row in connection.execute(query)]


def found_in(folder: Path, hashes: list[str]) -> int:
    """Count how often one of these texts stands in a file of a folder."""
    files = [path.read_bytes() for path in folder.iterdir()]
    return sum(hashed.encode() in data for hashed in hashes for data in files)


async def test_one_person_has_one_live_ticket_per_service(hall: SmallHall) -> None:
    await shown(hall, IssueTicket("A", "a1"))
    refused = await refusal(hall, IssueTicket("A", "a2"))
    assert refused.code == "one_ticket"
    assert refused.facts == {"ticket": {"number": "A001", "service": "A", "state": "WAITING"}}
    assert (await refusal(hall, IssueTicket("B", "b1", further=("A",)))).code == "one_ticket"
    await shown(hall, IssueTicket("B", "b1"))
    await shown(hall, IssueTicket("A", "other"), BOB)
    await hall.do(CallNext(1))
    assert (await refusal(hall, IssueTicket("A", "a2"))).code == "one_ticket", "while it is called"
    await hall.do(FinishServing(1))
    await shown(hall, IssueTicket("A", "a2"))
    await hall.do(CancelTicket("a2"))
    await shown(hall, IssueTicket("A", "a3"))


async def test_in_one_batch_too(hall: SmallHall) -> None:
    wishes = [shown(hall, IssueTicket("A", f"a{index}")) for index in range(5)]
    results = await asyncio.gather(*wishes, return_exceptions=True)
    codes = [one.code if isinstance(one, RefusalError) else "" for one in results]
    assert sorted(codes) == ["", *["one_ticket"] * 4]
    assert len(rows(hall.engine)) == 1


async def test_who_shows_no_card_is_told_so_but_tests_and_cards_are_free(hall: SmallHall) -> None:
    assert (await refusal(hall, IssueTicket("A", "a1"), None)).code == "identity_needed"
    assert (await refusal(hall, BookTicket("A", "b", "2026-11-24", "09:00"), None)).code == (
        "identity_needed"
    )
    await shown(hall, IssueTicket("A", "probe", test=True), None)
    await shown(hall, IssueTicket("A", "card", card="K001"), None)
    await hall.adopt(identity="optional")
    await shown(hall, IssueTicket("A", "a1"), None)
    await shown(hall, IssueTicket("A", "a2"), None)
    await shown(hall, IssueTicket("A", "a3"))
    assert (await refusal(hall, IssueTicket("A", "a4"))).code == "one_ticket"
    await hall.adopt(identity="off")
    await shown(hall, IssueTicket("A", "a5"))


async def test_a_refused_or_repeated_wish_leaves_no_trace_of_its_own(hall: SmallHall) -> None:
    assert (await refusal(hall, IssueTicket("X", "x"))).code == "service_unknown"
    assert rows(hall.engine) == []
    first = await shown(hall, IssueTicket("A", "a1"), key="k1")
    again = await shown(hall, IssueTicket("A", "a2"), key="k1")
    assert again.repeated and again.events == first.events
    assert len(rows(hall.engine)) == 1


async def test_the_log_holds_a_random_reference_only(hall: SmallHall) -> None:
    outcome = await shown(hall, IssueTicket("A", "a1"), key="k1")
    ((hashed, ref, date),) = rows(hall.engine)
    assert (hashed, date) == (ANN, "2026-11-23")
    assert outcome.events[0].event.person == ref  # type: ignore[attr-defined]
    with hall.engine.connect() as connection:
        text = "\n".join(str(tuple(row)) for row in connection.execute(select(events)))
    assert ref in text
    assert ANN not in text and "11010519491231002X" not in text


async def test_a_reference_is_of_one_day(hall: SmallHall) -> None:
    await shown(hall, IssueTicket("A", "a1"))
    await shown(hall, IssueTicket("A", "b1"), BOB)
    before = rows(hall.engine)
    hall.time.pass_s(DAY_S)
    await hall.do(OpenDay())
    assert rows(hall.engine) == []
    await shown(hall, IssueTicket("A", "a2"))
    ((hashed, ref, date),) = rows(hall.engine)
    assert (hashed, date) == (ANN, "2026-11-24")
    assert ref not in [row[1] for row in before], "today's person is not yesterday's"


async def test_who_is_live_overnight_or_booked_is_known_until_then(hall: SmallHall) -> None:
    await hall.adopt(keep_overnight=True)
    await shown(hall, IssueTicket("B", "b1"))
    await shown(hall, BookTicket("A", "later", "2026-11-25", "09:00"), BOB)
    hall.time.pass_s(DAY_S)
    await hall.do(OpenDay())
    assert (await refusal(hall, IssueTicket("B", "b2"))).code == "one_ticket"
    await shown(hall, IssueTicket("A", "walk-in"), BOB)
    hall.time.pass_s(DAY_S)
    await hall.do(OpenDay())
    hall.time.pass_s(1800)
    checked = await shown(hall, CheckIn("later"), None)
    assert checked.events[-1].event.person in [row[1] for row in rows(hall.engine)]  # type: ignore[attr-defined]
    assert (await refusal(hall, IssueTicket("A", "again"), BOB)).code == "one_ticket"


async def test_one_booking_per_person_and_day(hall: SmallHall) -> None:
    await shown(hall, BookTicket("A", "b1", "2026-11-24", "09:00"))
    assert (await refusal(hall, BookTicket("A", "b2", "2026-11-24", "10:00"))).code == "one_ticket"
    await shown(hall, BookTicket("A", "b3", "2026-11-25", "09:00"))
    await shown(hall, BookTicket("A", "b4", "2026-11-24", "09:00"), BOB)


async def test_what_is_forgotten_is_gone_from_the_file(tmp_path: Path) -> None:
    engine = fresh_engine(f"sqlite:///{tmp_path}/hall.db")
    hall = await SmallHall(engine).start()
    await hall.adopt(identity="required")
    hashes = [vault.identity_hash(KEY, str(index)) for index in range(200)]
    for index, hashed in enumerate(hashes):
        await shown(hall, IssueTicket("A", f"t{index}"), hashed)
    assert found_in(tmp_path, hashes) >= len(hashes)
    hall.time.pass_s(DAY_S)
    await hall.do(OpenDay())
    assert rows(engine) == []
    assert found_in(tmp_path, hashes) == 0
    await hall.writer.stop()
    engine.dispose()
