"""kill -9 at any moment: log, answers, paper, speaker and platform still agree afterwards."""

import asyncio
import json
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from controller.stops import STOPS
from tests.fixtures.running import ROOT, RunningHall, eventually


@dataclass
class Witness:
    """Uses the hall as people do, repeats what got no answer, and remembers every answer."""

    hall: RunningHall
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: dict[str, tuple[str, Any]] = field(default_factory=dict)
    alive: asyncio.Event = field(default_factory=asyncio.Event)
    presses: int = 0

    async def ask(self, path: str, body: Any, key: str) -> tuple[int, Any]:
        """Post until there is an answer; the same key always has the same answer."""
        while True:
            await self.alive.wait()
            try:
                answer = await self.hall.post(path, body, key=key)
            except (aiohttp.ClientError, TimeoutError, ConnectionError):
                await asyncio.sleep(0.05)
                continue
            if answer.status != 503:
                break
        seen = (answer.status, answer.body)
        if answer.status in (200, 201):
            self.asked[key] = (path, body)
            assert self.answers.setdefault(key, seen) == seen
        return seen

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """Speak with the simulators directly, as a hand on a device does."""
        assert self.hall.session is not None
        ports = json.loads((self.hall.data / "sim" / "ports.json").read_text())
        async with self.hall.session.request(
            method, ports["control"] + path, json=body
        ) as response:
            return await response.json()

    async def press(self, counter: int, key: str) -> None:
        await self.control("POST", f"/keypads/{counter}/press", {"key": key})
        self.presses += 1

    async def citizens(self, name: str, count: int) -> None:
        for index in range(count):
            status, _ = await self.ask(
                "/tickets", {"service": "ABCDE"[index % 5], "items": []}, f"{name}-{index}"
            )
            assert status == 201

    async def clerk(self, counter: int, rounds: int, name: str) -> None:
        for index in range(rounds):
            status, _ = await self.ask(f"/counters/{counter}/next", {}, f"{name}-n{index}")
            if status == 200:
                await self.ask(f"/counters/{counter}/finish", {}, f"{name}-f{index}")
            await asyncio.sleep(0.02)


def quick_hall(folder: Path) -> RunningHall:
    """The demo hall with a hasty voice: most of a crash test is listening."""
    demo = (ROOT / "config" / "demo.toml").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    hall_file = folder / "hall.toml"
    hall_file.write_text(
        demo.replace("rate = 150", "rate = 300").replace("chime = true", "chime = false"),
        encoding="utf-8",
    )
    return RunningHall(folder / "data", arguments=("--config", str(hall_file)))


async def settle(hall: RunningHall, witness: Witness) -> None:
    """Wait until every press is read, all paper decided, and the platform has everything."""

    async def quiet() -> bool:
        for counter in range(1, 6):
            if (await witness.control("GET", f"/keypads/{counter}"))["pending"]:
                return False
        tickets = await every_row(hall, "/tickets")
        if any(t["print"]["state"] in ("waiting", "started") for t in tickets):
            return False
        if undecided_calls(hall):
            return False
        return bool((await hall.get("/overview")).body["platform"]["behind"] == 0)

    await eventually(quiet, timeout_s=120, every_s=0.2)


def undecided_calls(hall: RunningHall) -> int:
    """Calls whose announcement has no end yet: said, dropped or unknown."""
    counts = Counter(kind for kind, _ in log(hall))
    calls = counts["TicketCalled"] + counts["TicketRecalled"]
    ends = ("AnnouncementEnded", "AnnouncementUnknown", "AnnouncementDropped")
    return calls - sum(counts[kind] for kind in ends)


def log(hall: RunningHall) -> list[tuple[str, dict[str, Any]]]:
    """Type and body of every event, read beside the service."""
    connection = sqlite3.connect(f"file:{hall.data}/hall.db?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT type, body FROM events ORDER BY seq").fetchall()
    finally:
        connection.close()
    return [(kind, json.loads(body)) for kind, body in rows]


async def every_row(hall: RunningHall, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after: Any = None
    while True:
        query = {"limit": 500} | ({"after": after} if after is not None else {})
        page = (await hall.get(path, **query)).body
        rows += page["items"]
        after = page["next"]
        if after is None:
            return rows


async def compare(hall: RunningHall, witness: Witness) -> None:
    """Answers, log, paper, speaker and platform tell one story."""
    tickets = {row["id"]: row for row in await every_row(hall, "/tickets")}
    numbers = Counter(row["number"] for row in tickets.values())
    assert not [n for n, count in numbers.items() if count > 1], "a number was given twice"
    await compare_answers(hall, witness, tickets)
    await compare_paper(hall, tickets)
    await compare_speaker(hall)
    await compare_platform(hall, tickets)


ORDER = ("WAITING", "CALLED", "SERVING", "DONE", "NO_SHOW")


async def compare_answers(
    hall: RunningHall, witness: Witness, tickets: dict[str, dict[str, Any]]
) -> None:
    """What was answered stands: the ticket, at least its answered state, and the repeat."""
    for key, (status, body) in witness.answers.items():
        told = body["ticket"] if status == 200 else body
        row = tickets[told["id"]]
        assert row["number"] == told["number"]
        assert ORDER.index(row["state"]) >= ORDER.index(told["state"]), f"{key}: {told}, {row}"
        path, wish = witness.asked[key]
        again = await hall.post(path, wish, key=key)
        assert (again.status, again.body) == (status, body)


async def compare_paper(hall: RunningHall, tickets: dict[str, dict[str, Any]]) -> None:
    papers = (await hall.get("/sim/printers/kiosk/tickets")).body
    printed = Counter(paper["qr"].rsplit("/", 2)[-2] for paper in papers)
    for ticket, row in tickets.items():
        state = row["print"]["state"]
        allowed = {"printed": {1}, "unknown": {0, 1}}.get(state, {0})
        assert printed[ticket] in allowed, f"{row['number']}: {state}, {printed[ticket]} papers"


async def compare_speaker(hall: RunningHall) -> None:
    """Each started announcement sounded at most once, and nothing else did."""
    heard = Counter(row["text"] for row in (await hall.get("/sim/speaker")).body)
    started = Counter(
        body["detail"]["spoken"] for kind, body in log(hall) if kind == "AnnouncementStarted"
    )
    unknown = [body for kind, body in log(hall) if kind == "AnnouncementUnknown"]
    assert not heard - started, f"said again: {heard - started}"
    assert sum((started - heard).values()) <= len(unknown), f"not said: {started - heard}"


async def compare_platform(hall: RunningHall, tickets: dict[str, dict[str, Any]]) -> None:
    visits = {row["ticket"]["id"]: row for row in (await hall.get("/sim/platform/visits")).body}
    assert set(visits) == set(tickets)
    for ticket, row in tickets.items():
        steps = [step["state"] for step in visits[ticket]["steps"]]
        assert len(set(steps)) == len(steps), f"{row['number']}: {steps}"
        assert steps[-1] == row["state"]
        assert visits[ticket]["rating"] == row["rating"]


async def verify_books(hall: RunningHall) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "run.py", "verify", "--config", "config/demo.toml",
        "--data", str(hall.data), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("stops", [STOPS[:4], STOPS[4:]], ids=", ".join)
async def test_a_kill_at_a_named_place_loses_and_repeats_nothing(
    stops: tuple[str, ...], tmp_path: Path
) -> None:
    """Four halls side by side: most of their time they listen to what is said."""
    await side_by_side({stop: one_named_kill(stop, tmp_path / stop) for stop in stops})


async def side_by_side(halls: dict[str, Coroutine[Any, Any, None]]) -> None:
    """Let every hall come to its end, then tell all that went wrong, each by its name."""
    ends = await asyncio.gather(*halls.values(), return_exceptions=True)
    wrong = {name: end for name, end in zip(halls, ends, strict=True) if end is not None}
    assert not wrong, "\n".join(f"{name}: {end!r}" for name, end in wrong.items())


async def one_named_kill(stop: str, folder: Path) -> None:
    hall = quick_hall(folder)
    try:
        await hall.start()
        witness = Witness(hall)
        witness.alive.set()
        await witness.citizens("before", 2)
        await hall.kill()
        witness.alive.clear()
        await start_with(hall, stop)
        work = asyncio.create_task(day_of_work(witness))
        witness.alive.set()
        await asyncio.wait_for(hall.wait_for_end(), 120)
        witness.alive.clear()
        await hall.start()
        witness.alive.set()
        await asyncio.wait_for(work, 120)
        await settle(hall, witness)
        await compare(hall, witness)
        calls = sum(row["calls"] > 0 for row in await every_row(hall, "/tickets"))
        assert calls == 2, "each press of NEXT called one ticket"
        rated = [body["grade"] for kind, body in log(hall) if kind == "TicketRated"]
        assert rated == [4], "the press on the rating box counted once"
        await hall.kill()
        await verify_books(hall)
    finally:
        await hall.stop()


async def start_with(hall: RunningHall, stop: str) -> None:
    """Start; a stop that is met at once, while starting, is fine as well."""
    try:
        await hall.start(stop_at=stop)
    except AssertionError:
        assert hall.process is not None and hall.process.returncode is not None


async def day_of_work(witness: Witness) -> None:
    await witness.press(1, "NEXT")
    await witness.citizens("during", 3)
    await witness.press(2, "NEXT")

    async def both_called() -> bool:
        return sum(kind == "TicketCalled" for kind, _ in log(witness.hall)) == 2

    await eventually(both_called, timeout_s=60)
    await witness.press(1, "FINISH")

    async def asked() -> Any:
        return (await witness.control("GET", "/rating-boxes/1"))["session"]

    await eventually(asked, timeout_s=60)
    await witness.control("POST", "/rating-boxes/1/press", {"grade": 4})


@pytest.mark.timeout(400)
async def test_twenty_random_kills_under_load(tmp_path: Path) -> None:
    """Five in each of four halls; `make soak` has two hundred in one."""
    await side_by_side(
        {f"seed {seed}": random_kills(tmp_path / str(seed), 5, seed=seed) for seed in range(2, 6)}
    )


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_two_hundred_random_kills_under_load(tmp_path: Path) -> None:
    await random_kills(tmp_path, 200, seed=1)


async def random_kills(folder: Path, kills: int, *, seed: int) -> None:
    chance = random.Random(seed)
    hall = quick_hall(folder)
    try:
        await hall.start()
        witness = Witness(hall)
        witness.alive.set()
        for index in range(kills):
            await one_kill(witness, chance, index)
        await settle(hall, witness)
        await compare(hall, witness)
        await hall.kill()
        await verify_books(hall)
    finally:
        await hall.stop()


async def one_kill(witness: Witness, chance: random.Random, index: int) -> None:
    """Load on three kiosks, three counters and two keypads; the kill falls somewhere in it."""
    load = [
        asyncio.create_task(witness.citizens(f"k{index}c{number}", 6)) for number in range(3)
    ]
    load += [
        asyncio.create_task(witness.clerk(counter, 3, f"k{index}w{counter}"))
        for counter in (3, 4, 5)
    ]
    await witness.press(chance.choice([1, 2]), chance.choice(["NEXT", "FINISH"]))
    await asyncio.sleep(chance.uniform(0, 0.6))
    witness.alive.clear()
    await witness.hall.kill()
    await witness.hall.start()
    witness.alive.set()
    await asyncio.wait_for(asyncio.gather(*load), 120)
