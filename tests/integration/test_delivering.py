"""Posts to the platform: signed, in order, repeated until acknowledged, always the same bytes."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from controller.domain.commands import (
    AcceptCase,
    CallNext,
    Command,
    FinishServing,
    IssueTicket,
    MarkNoShow,
    RateTicket,
    StartServing,
    UndoStep,
)
from controller.reactors import delivering
from controller.reactors.delivering import Backlog, Delivering, PlatformDoor
from controller.reactors.platform_documents import DELIVERED_TYPES
from controller.store.deliveries import VisitFacts, count_events, visit_facts
from tests.fixtures.core import HALL
from tests.fixtures.reacting import ReactingHall, eventually, reacting

SECRET = "a-secret-of-the-test"


@dataclass
class FakePlatform:
    """Keeps what it acknowledged; `answers` are given before that, then 201."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    posts: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    bodies: dict[str, set[bytes]] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        key = request.headers["Idempotency-Key"]
        at = request.headers["X-Yimen-Time"]
        said = f"{at}\n{key}\n{request.match_info['ledger']}\n".encode() + body
        right = hmac.new(SECRET.encode(), said, hashlib.sha256).hexdigest()
        assert request.headers["X-Yimen-Signature"] == f"v1={right}"
        assert request.headers["X-Yimen-Hall"] == HALL
        self.bodies.setdefault(key, set()).add(body)
        if self.answers:
            headers = {"Location": "/elsewhere"}
            return web.json_response({}, status=self.answers.pop(0), headers=headers)
        self.posts.append((request.match_info["ledger"], key, json.loads(body)))
        return web.json_response({"stored": True}, status=201)

    def states(self) -> list[tuple[str, str]]:
        return [(ledger, body["state"]) for ledger, _, body in self.posts]

    def address(self) -> str:
        if not self.url:
            raise OSError("not there")
        return self.url


async def sign_in_page(request: web.Request) -> web.Response:
    """What a gateway in between shows for anything."""
    return web.Response(text="sign in")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "restart_pause_s", lambda failures: 0.005)


@asynccontextmanager
async def served(platform: FakePlatform) -> AsyncIterator[None]:
    app = web.Application()
    app.router.add_post("/platform/{ledger}", platform.take)
    app.router.add_get("/elsewhere", sign_in_page)
    async with TestServer(app) as server:
        platform.url = str(server.make_url("/platform"))
        yield


async def start(hall: ReactingHall, platform: FakePlatform, hold_s: int = 0) -> Delivering:
    async def facts(ids: Sequence[str]) -> dict[str, VisitFacts]:
        with hall.engine.connect() as connection:
            return visit_facts(connection, HALL, ids)

    async def count(after: int, until: int) -> int:
        with hall.engine.connect() as connection:
            return count_events(connection, HALL, (after, until), DELIVERED_TYPES)

    place = hall.ground.place("platform", from_first=True)
    door = PlatformDoor(platform.address, SECRET, HALL, hold_s)
    reactor = Delivering(door, Backlog(facts, count), place, hall.ground)
    hall.writer.listen(reactor.published)
    await hall.run(reactor.run)
    return reactor


async def visit(hall: ReactingHall) -> None:
    """A visit with a case of each kind and a rating, another that nobody came to."""
    await hall.do(IssueTicket("A", "t1", ("RS01", "RS02")))
    await hall.do(CallNext(1))
    hall.time.pass_s(30)
    await hall.do(StartServing(1))
    await hall.do(AcceptCase(1))
    await hall.do(AcceptCase(1))
    hall.time.pass_s(60)
    await hall.do(FinishServing(1))
    await hall.do(RateTicket("t1", 4))
    await hall.issue("t2")
    await hall.do(CallNext(1))
    await hall.do(MarkNoShow(1))


STEPS = [
    ("visits", "WAITING"), ("visits", "CALLED"), ("visits", "SERVING"),
    ("cases", "ACCEPTED"), ("cases", "ACCEPTED"), ("visits", "DONE"),
    ("cases", "FINISHED"), ("cases", "HANDED_ON"), ("visits", "DONE"),
    ("visits", "WAITING"), ("visits", "CALLED"), ("visits", "NO_SHOW"),
]  # fmt: skip


async def test_every_step_arrives_once_and_in_order(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with reacting(tmp_path) as hall, served(platform):
        reactor = await start(hall, platform)
        await visit(hall)
        await eventually(lambda: len(platform.posts) == len(STEPS), platform.states)
        assert platform.states() == STEPS
        assert [int(key.split(":")[1]) for _, key, _ in platform.posts] == [
            row.seq for row in hall.log() if row.type in DELIVERED_TYPES
        ]
        await eventually(lambda: reactor.behind == 0)
        assert reactor.trouble == ""


async def test_the_documents_say_what_the_platform_needs(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with reacting(tmp_path) as hall, served(platform):
        await start(hall, platform)
        await visit(hall)
        await eventually(lambda: len(platform.posts) == len(STEPS))
    rated = platform.posts[8][2]
    assert rated == {
        "hall": "test", "no": "t1", "ticket": {"id": "t1", "number": "A001"}, "item": "RS01",
        "items": ["RS01", "RS02"], "service": "A", "state": "DONE",
        "at": "2026-11-23T08:31:30.000+08:00", "counter": 1, "outcome": "case", "rating": 4,
        "wait_s": 0.0, "handle_s": 60.0,
    }  # fmt: skip
    case = platform.posts[7][2]
    assert case == {
        "hall": "test", "no": "9999990012026112300002", "item": "RS02", "item_name": "待遇申领",
        "ticket": {"id": "t1", "number": "A001"}, "state": "HANDED_ON",
        "at": "2026-11-23T08:31:30.000+08:00", "counter": 1,
    }  # fmt: skip
    assert platform.posts[0][2]["counter"] is None


async def test_a_platform_that_is_down_gets_everything_later_as_the_same_bytes(
    tmp_path: Path,
) -> None:
    platform = FakePlatform(answers=[503, 500, 401, 429])
    async with reacting(tmp_path) as hall:
        reactor = await start(hall, platform)
        await visit(hall)
        await eventually(lambda: reactor.trouble == "unreachable")
        assert reactor.behind == len(STEPS)
        async with served(platform):
            await eventually(lambda: len(platform.posts) == len(STEPS))
            assert platform.states() == STEPS
            assert all(len(bodies) == 1 for bodies in platform.bodies.values())
            await eventually(lambda: reactor.behind == 0 and reactor.trouble == "")


async def test_a_redirect_to_another_page_is_no_acknowledgement(tmp_path: Path) -> None:
    platform = FakePlatform(answers=[302, 303, 307])
    async with reacting(tmp_path) as hall, served(platform):
        await start(hall, platform)
        await hall.issue("t1")
        await eventually(lambda: platform.states() == [("visits", "WAITING")])
        assert platform.answers == []


async def test_what_was_acknowledged_is_not_sent_again_after_a_restart(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with reacting(tmp_path) as hall, served(platform):
        await start(hall, platform)
        await visit(hall)
        await eventually(lambda: len(platform.posts) == len(STEPS))
        await hall.cursors.flush()
    async with reacting(tmp_path, "second") as hall, served(platform):
        await start(hall, platform)
        await hall.issue("t3")
        await eventually(lambda: len(platform.posts) == len(STEPS) + 1)
        assert platform.posts[-1][2]["no"] == "t3"


async def test_a_post_that_can_never_succeed_does_not_stop_the_others(tmp_path: Path) -> None:
    platform = FakePlatform(answers=[422])
    async with reacting(tmp_path) as hall, served(platform):
        reactor = await start(hall, platform)
        await hall.issue("t1")
        await hall.issue("t2")
        await eventually(lambda: len(platform.posts) == 1)
        assert platform.posts[0][2]["no"] == "t2"
        assert reactor.refused == 1


async def test_a_backlog_on_disk_is_delivered_by_a_new_start(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = await start(hall, FakePlatform())
        await visit(hall)
        await eventually(lambda: reactor.behind == len(STEPS))
    platform = FakePlatform()
    async with reacting(tmp_path, "second") as hall, served(platform):
        reactor = await start(hall, platform)
        await asyncio.sleep(0)
        await eventually(lambda: platform.states() == STEPS)


async def test_an_undone_finish_is_told_as_it_then_is(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with reacting(tmp_path) as hall, served(platform):
        reactor = await start(hall, platform)
        await hall.do(IssueTicket("A", "t1", ("RS01",)))
        await hall.do(CallNext(1))
        await hall.do(AcceptCase(1))
        await hall.do(FinishServing(1))
        await eventually(lambda: platform.states()[-1] == ("cases", "FINISHED"), platform.states)
        # As if the undo had been decided while the post was on its way.
        await hall.do(UndoStep(1))
        await eventually(lambda: platform.states()[-1] == ("cases", "ACCEPTED"), platform.states)
        assert platform.states()[-2] == ("visits", "SERVING")
        assert platform.posts[-1][1].endswith(":9999990012026112300001")
        assert platform.posts[-1][2]["item_name"] == "参保登记"
        await hall.do(FinishServing(1))
        await eventually(lambda: platform.states()[-1] == ("cases", "FINISHED"), platform.states)
        await eventually(lambda: reactor.behind == 0)
        assert all(len(bodies) == 1 for bodies in platform.bodies.values())


async def test_what_is_undone_while_it_is_held_back_is_never_told(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with reacting(tmp_path) as hall, served(platform):
        hall.clock.speed = 1000.0
        reactor = await start(hall, platform, hold_s=30)
        await hall.do(IssueTicket("A", "t1", ("RS01",)))
        await hall.do(CallNext(1))
        await hall.do(FinishServing(1))
        finished = hall.log()[-2].seq
        await hall.do(UndoStep(1, reactor.told))
        await eventually(lambda: platform.states()[-1] == ("visits", "SERVING"), platform.states)
        assert finished not in [int(key.split(":")[1]) for _, key, _ in platform.posts]
        await eventually(lambda: reactor.behind == 0)


@pytest.mark.parametrize("step", [RateTicket("t1", 5), CallNext(1)])
async def test_what_can_no_longer_be_undone_is_not_held_back(tmp_path: Path, step: Command) -> None:
    platform = FakePlatform()
    async with reacting(tmp_path) as hall, served(platform):
        await start(hall, platform, hold_s=30)
        await hall.issue("t1")
        await hall.do(CallNext(1))
        await hall.do(FinishServing(1))
        await hall.issue("t2")
        await eventually(lambda: platform.states()[-1:] == [("visits", "CALLED")])
        await hall.do(step)
        await eventually(lambda: ("visits", "DONE") in platform.states(), platform.states)


async def test_a_test_ticket_is_told_to_nobody(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with reacting(tmp_path) as hall, served(platform):
        reactor = await start(hall, platform)
        await hall.do(IssueTicket("A", "t1", test=True))
        await hall.do(CallNext(1))
        await hall.do(FinishServing(1))
        await hall.issue("t2")
        await eventually(lambda: bool(platform.posts))
        assert [body["no"] for _, _, body in platform.posts] == ["t2"]
        await eventually(lambda: reactor.behind == 0)
