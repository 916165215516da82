"""Sixteen counters and thirty-two kiosks, and kill -9 in between: nothing twice, nothing lost."""

import asyncio
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest
from sqlalchemy import create_engine, text

from tests.fixtures.hall_files import CONFIG, DEMO, write_tree
from tests.fixtures.running import ROOT, RunningHall, eventually

CLIENTS = 32
COUNTERS = range(1, 17)
SERVICES = "ABCDE"
TRANSFERS_MOST = 2
DAY_S = 3600
DEVICES = ("lines", "printers", "leds", "keypads", "rating_boxes", "keys", "speakers", "boards")


class Row(NamedTuple):
    """An event of the log."""

    kind: str
    key: str | None
    part: int
    body: dict[str, Any]


def big_hall(folder: Path, database: str | None = None) -> RunningHall:
    """Sixteen counters for five services and no device but the simulated platform.

    It keeps its queue overnight: a run over midnight is like any other.
    """
    tree = {name: part for name, part in DEMO.items() if name not in DEVICES}
    tree["items"] = str(CONFIG / "items-demo.toml")
    tree["queue"] = tree["queue"] | {"keep_overnight": True}
    tree["counters"] = [{"no": no, "area": "hall", "services": list(SERVICES)} for no in COUNTERS]
    folder.mkdir(parents=True, exist_ok=True)
    hall_file = write_tree(folder / "hall.toml", tree)
    stored = ("--database", database) if database is not None else ()
    return RunningHall(folder / "data", arguments=("--config", str(hall_file), *stored))


@dataclass
class Crowd:
    """Everybody who uses the hall: each wish has a key and is repeated until it is answered."""

    hall: RunningHall
    tickets: int
    alive: asyncio.Event = field(default_factory=asyncio.Event)
    answers: dict[str, tuple[str, Any, int, Any]] = field(default_factory=dict)
    moves: Counter[str] = field(default_factory=Counter)
    issued: int = 0
    finished: int = 0
    attempts_without_answer: int = 0

    async def ask(self, path: str, body: Any, key: str) -> tuple[int, Any]:
        """Post until there is an answer, and note what was stored for it."""
        while True:
            await self.alive.wait()
            try:
                answer = await self.hall.post(path, body, key=key)
            except (aiohttp.ClientError, TimeoutError, ConnectionError):
                self.attempts_without_answer += 1
                await asyncio.sleep(0.05)
                continue
            if answer.status != 503:
                break
            await asyncio.sleep(0.05)
        assert answer.status in (200, 201, 204), f"{path} {body}: {answer}"
        if answer.status != 204:  # nobody waits: nothing is stored
            self.answers[key] = (path, body, answer.status, answer.body)
        return answer.status, answer.body

    async def kiosk(self, name: int) -> None:
        """Take every n-th number of the day."""
        chance = random.Random(name)
        for index in range(name, self.tickets, CLIENTS):
            wish = {
                "service": chance.choice(SERVICES),
                "priority": chance.choice([None, None, None, "elder"]),
            }
            await self.ask("/tickets", wish, f"issue-{index}")
            self.issued += 1

    async def clerk(self, no: int) -> None:
        """Call, recall, hand on or finish, until all that were ever wanted are done."""
        chance = random.Random(1000 + no)
        step = 0
        while self.finished < self.tickets:
            step += 1
            key = f"w{no}-{step}"
            status, body = await self.ask(f"/counters/{no}/next", {}, f"{key}-next")
            if status == 204:
                await asyncio.sleep(0.02)
                continue
            ticket = body["ticket"]["id"]
            if chance.random() < 0.2:
                await self.ask(f"/counters/{no}/recall", {}, f"{key}-recall")
            if chance.random() < 0.15 and self.moves[ticket] < TRANSFERS_MOST:
                to = chance.choice([{"service": chance.choice(SERVICES)}, {"counter": other(no)}])
                await self.ask(f"/counters/{no}/transfer", to, f"{key}-transfer")
                self.moves[ticket] += 1
            else:
                await self.ask(f"/counters/{no}/finish", {}, f"{key}-finish")
                self.finished += 1

    async def work(self, kills: int) -> None:
        """Let everybody work while the service is killed so many times, evenly over the day."""
        self.alive.set()
        people = [asyncio.create_task(self.kiosk(name)) for name in range(CLIENTS)]
        people += [asyncio.create_task(self.clerk(no)) for no in COUNTERS]
        together = asyncio.gather(*people)
        for index in range(kills):
            wanted = 2 * self.tickets * (index + 1) // (kills + 1)

            async def far_enough(wanted: int = wanted) -> bool:
                return self.issued + self.finished >= wanted or together.done()

            await eventually(far_enough, timeout_s=DAY_S, every_s=0.005)
            self.alive.clear()
            await self.hall.kill()
            await self.hall.start()
            self.alive.set()
        await together


def other(no: int) -> int:
    """The counter to which this one hands people on."""
    return no % len(COUNTERS) + 1


async def check(crowd: Crowd) -> None:
    """What was answered, what stands in the log and what the hall shows are one story."""
    log = read_log(crowd.hall)
    answered = {key: body for key, (_, _, _, body) in crowd.answers.items()}
    stored = Counter(row.key.removeprefix("http:") for row in log if row.key and row.part == 0)
    assert set(answered) <= set(stored), "an answered request is not in the log"
    assert set(stored.values()) == {1}, "a request was carried out twice"
    numbers = check_numbers(log)
    given = {body["id"]: body["number"] for key, body in answered.items() if key[0] == "i"}
    assert numbers == given, "a ticket in the log that nobody was given, or the other way round"
    assert len(given) == crowd.tickets
    check_life(log, set(given))
    check_calls(crowd, log)
    for key, (path, wish, status, body) in crowd.answers.items():
        again = await crowd.hall.post(path, wish, key=key)
        assert (again.status, again.body) == (status, body), key
    assert len(read_log(crowd.hall)) == len(log), "a repeat stored something"


def check_numbers(log: list[Row]) -> dict[str, str]:
    """Numbers are given once a day and without gaps; return them by ticket."""
    found: dict[str, str] = {}
    series: dict[tuple[str, str], list[int]] = {}
    for kind, body in ((row.kind, row.body) for row in log):
        if kind == "TicketIssued":
            assert body["ticket"] not in found, "an id was given twice"
            found[body["ticket"]] = body["number"]
            name = (body["date"], body["number"][0])
            series.setdefault(name, []).append(int(body["number"][1:]))
            series[name] += [int(skipped[1:]) for skipped in body["skipped"]]
    for name, counts in series.items():
        assert sorted(counts) == list(range(1, len(counts) + 1)), f"{name}: {counts}"
    return found


def check_life(log: list[Row], given: set[str]) -> None:
    """Each ticket is at one counter at a time, each counter has one at most, all come to an end."""
    where: dict[str, int | None] = {}
    held: dict[int, str] = {}
    for kind, body in ((row.kind, row.body) for row in log):
        ticket, counter = body.get("ticket"), body.get("counter")
        if kind == "TicketIssued":
            where[ticket] = None
        elif kind == "TicketCalled":
            assert where[ticket] is None, f"{body['number']} was called while it was at a counter"
            assert counter not in held, f"two tickets at counter {counter}"
            where[ticket], held[counter] = counter, ticket
        elif kind in ("TicketRecalled", "ServingFinished", "TicketTransferred"):
            assert where[ticket] == counter and held[counter] == ticket
        if kind in ("ServingFinished", "TicketTransferred"):
            del held[counter]
            where[ticket] = None
        if kind == "ServingFinished":
            del where[ticket]
            given.remove(ticket)
    assert not where and not held and not given, "not everybody was served"


def check_calls(crowd: Crowd, log: list[Row]) -> None:
    """Who was told to serve whom: each call went to one clerk, one per waiting of a ticket."""
    told = Counter(
        body["ticket"]["id"]
        for key, (_, _, _, body) in crowd.answers.items()
        if key.endswith("-next")
    )
    calls = Counter(row.body["ticket"] for row in log if row.kind == "TicketCalled")
    assert told == calls
    assert calls == {ticket: 1 + crowd.moves[ticket] for ticket in calls}


def read_log(hall: RunningHall) -> list[Row]:
    """Read the log beside the service."""
    _, _, database = " ".join(hall.arguments).partition("--database ")
    engine = create_engine(database or f"sqlite:///file:{hall.data}/hall.db?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            found = connection.execute(
                text("SELECT type, key, part, body FROM events ORDER BY seq")
            ).all()
        return [Row(kind, key, part, json.loads(body)) for kind, key, part, body in found]
    finally:
        engine.dispose()


async def verify_books(hall: RunningHall) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "run.py", "verify", *hall.arguments, "--data", str(hall.data),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


async def one_day(folder: Path, tickets: int, kills: int, database: str | None = None) -> None:
    hall = big_hall(folder, database)
    try:
        await hall.start()
        crowd = Crowd(hall, tickets)
        await crowd.work(kills)
        await check(crowd)
        assert crowd.attempts_without_answer > 0, "no kill met a request under way"
        await hall.kill()
        await verify_books(hall)
    finally:
        await hall.stop()


@pytest.mark.timeout(300)
async def test_four_hundred_tickets_and_two_kills(tmp_path: Path) -> None:
    await one_day(tmp_path, tickets=400, kills=2)


@pytest.mark.timeout(300)
async def test_two_hundred_tickets_and_two_kills_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    await one_day(tmp_path, tickets=200, kills=2, database=postgres_url)


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_five_thousand_tickets_and_five_kills(tmp_path: Path) -> None:
    await one_day(tmp_path, tickets=5000, kills=5)
