"""The running service, over HTTP, against the model of the rules in tests/model."""

import asyncio
import shutil
import tempfile
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis.stateful import rule, run_state_machine_as_test

from config.settings import Settings, load
from controller.domain.commands import OpenDay
from controller.domain.hall_commands import ClearQueue
from controller.store.engine import open_engine
from controller.store.verify import verify
from tests.fixtures.core import FakeTime
from tests.fixtures.hall_files import CONFIG, DEMO, write_tree
from tests.fixtures.postgres import throw_away_database
from tests.fixtures.served import ServedHall, served
from tests.model.hall import date_of
from tests.model.machine import SEEDS, Days, bounded
from tests.model.ways import WAYS, Person, Ways

DEVICES = (
    "lines", "printers", "leds", "keypads", "rating_boxes", "keys", "speakers", "boards", "posts",
)  # fmt: skip
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SLOTS = [{"days": list(WEEK), "hours": "08:00-17:00", "minutes": 30, "quota": 2}]
SHOWN = 50
DATABASES = count(1)


def settings_of(ways: Ways, folder: Path) -> Settings:
    """The model's ways as a hall file, without devices."""
    tree = {name: part for name, part in DEMO.items() if name not in DEVICES}
    tree["items"] = str(CONFIG / "items-demo.toml")
    tree["hall"] = tree["hall"] | {
        "missed_call": ways.missed,
        "priority_credit_s": ways.credit_s,
        "finish_on_next": ways.finish_on_next,
    }
    tree["queue"] = {
        "numbers": ways.numbers,
        "keep_overnight": ways.overnight,
        "priority_one_in": ways.one_in,
        "ageing_s": ways.ageing_s,
        "guard_ms": ways.guard_ms,
        "undo_s": ways.undo_s,
        "recall_spacing_s": ways.spacing_s,
        "recall_limit": ways.recalls,
        "no_show_calls": ways.calls_needed,
        "no_show_s": ways.patience_s,
        "missed_within": ways.within,
        "missed_behind": ways.behind,
    }
    tree["staffing"] = {"sign_in": ways.sign_in}
    tree["staff"] = [{"id": clerk, "name": clerk} for clerk in ways.clerks]
    tree["booking"] = {"credit_s": ways.booked_credit_s}
    tree["services"] = [service_of(one, ways) for one in DEMO["services"]]
    tree["counters"] = [
        {"no": no, "area": "hall", "services": list(services), "profile": f"p{no}"}
        for no, services in ways.counters.items()
    ]
    tree["counters"].append({"no": 9, "area": "hall", "services": ["D", "E"]})
    tree["profiles"] = [
        {
            "name": f"p{no}",
            "conditions": [
                {"service": code, "wait_over_min": over_s // 60}
                for code, over_s in ways.conditions.get(no, ())
            ],
            "ratios": ways.ratios.get(no, {}),
        }
        for no in ways.counters
    ]
    return load(write_tree(folder / "hall.toml", tree))


def service_of(one: dict[str, Any], ways: Ways) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if one["code"] in ways.quota:
        limits["daily_quota"] = ways.quota[one["code"]]
    return one | limits | ({"slots": SLOTS} if one["code"] == "A" else {})


def _issue(services: str, priority: str | None, more: Any, together: bool) -> tuple[str, Any]:
    clients, test = more
    wish = {"service": services[0], "further": list(services[1:]), "priority": priority}
    return "/tickets", wish | {"together": together, "clients": clients, "test": test}


def _transfer(no: int, to: str) -> tuple[str, Any]:
    kind, colon, name = to.partition(":")
    if not colon:
        return f"/counters/{no}/transfer", {"service": to}
    value: Any = int(name) if kind == "counter" else name
    return f"/counters/{no}/transfer", {kind: value}


REQUESTS: dict[str, Any] = {
    "issue": _issue,
    "check_in": lambda ticket: (f"/tickets/{ticket}/check-in", None),
    "cancel": lambda ticket: (f"/tickets/{ticket}/cancel", {}),
    "change": lambda ticket, service: (f"/tickets/{ticket}/service", {"service": service}),
    "split": lambda ticket, after: (f"/tickets/{ticket}/split", {"after": after}),
    "return_ticket": lambda ticket, cause: (f"/tickets/{ticket}/return", {"cause": cause}),
    "stop": lambda scope, kind: ("/issuing/stop", {"scope": scope, "kind": kind}),
    "resume_issuing": lambda scope: ("/issuing/resume", {"scope": scope}),
    "next": lambda no: (f"/counters/{no}/next", None),
    "call_chosen": lambda no, ticket: (
        f"/counters/{no}/call", {"ticket": ticket, "reason": "urgent"},
    ),
    "recall": lambda no: (f"/counters/{no}/recall", None),
    "start": lambda no: (f"/counters/{no}/start", None),
    "finish": lambda no: (f"/counters/{no}/finish", None),
    "no_show": lambda no: (f"/counters/{no}/no-show", None),
    "park": lambda no: (f"/counters/{no}/park", {}),
    "unpark": lambda no, ticket, silent: (
        f"/counters/{no}/unpark", {"ticket": ticket, "silent": silent},
    ),
    "transfer": _transfer,
    "direct": lambda no: (f"/counters/{no}/direct", {}),
    "undo": lambda no: (f"/counters/{no}/undo", None),
    "pause": lambda no: (f"/counters/{no}/pause", {"reason": "rest"}),
    "resume": lambda no: (f"/counters/{no}/resume", None),
    "sign_in": lambda no, clerk: (f"/counters/{no}/sign-in", {"clerk": clerk}),
    "sign_out": lambda no, force: (f"/counters/{no}/sign-out", {"force": force}),
}  # fmt: skip


class ServiceDays(Days):
    """A hall behind HTTP in a folder of its own; `ids` are its names of the model's tickets."""

    day_opens_by_itself = True
    server = ""

    def open(self, ways: Ways) -> None:
        self.rest = ExitStack()
        self.url: str | None = None
        if self.server:
            name = f"service_{next(DATABASES)}"
            self.url = self.rest.enter_context(throw_away_database(self.server, name))
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="hall-"))
        self.settings = settings_of(ways, self.folder)
        self.time = FakeTime()
        self.ids: dict[str, str] = {}
        self.real = self.serve()
        assert self.real.hall.clock.now() == self.hall.now

    def serve(self) -> ServedHall:
        self.context = served(
            self.folder / "data", settings=self.settings, time=self.time, engine_url=self.url
        )
        return self.run(self.context.__aenter__())

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def passed(self, ms: int) -> None:
        self.time.pass_s(ms / 1000)
        assert self.real.hall.clock.now() == self.hall.now

    def ask(self, name: str, wish: dict[str, Any]) -> dict[str, Any] | str:
        if name in ("open_day", "clear"):  # the service does these by the clock
            command = OpenDay() if name == "open_day" else ClearQueue(self.hall.now, "clearing")
            self.run(self.real.hall.writer.execute(command, actor="system:timing", key=None))
            return {}
        new = {"issue": "ticket", "direct": "ticket", "book": "ticket", "split": "rest"}.get(name)
        given = {key: value for key, value in wish.items() if key != new}
        if given.get("ticket") is not None:
            given["ticket"] = self.ids.get(given["ticket"], given["ticket"])
        path, body = self.booking(**given) if name == "book" else REQUESTS[name](**given)
        status, document = self.run(self.post(path, body))
        if status >= 400:
            return str(document["code"])
        if new is not None:
            self.ids[wish[new]] = self.given_id(name, document)
        return self.told(document or {}, name)

    def booking(self, days: int, half_hours: int) -> tuple[str, Any]:
        start = f"{half_hours // 2:02d}:{half_hours % 2 * 30:02d}"
        date = date_of(self.hall.now + days * 86_400_000)
        return "/appointments", {"service": "A", "date": date, "start": start}

    async def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Post twice under one key: the second answer is the first."""
        key = f"k{len(self.story)}"
        first = await self._post(path, body, key)
        assert await self._post(path, body, key) == first, (path, body)
        return first

    async def _post(self, path: str, body: Any, key: str) -> tuple[int, Any]:
        options = {} if body is None else {"json": body}
        headers = {"Idempotency-Key": key}
        url = f"/api/v1{path}"
        async with self.real.client.post(url, headers=headers, **options) as reply:
            if reply.status == 204:
                return 204, None
            return reply.status, await reply.json(content_type=None)

    def given_id(self, name: str, document: Any) -> str:
        part = {"direct": "ticket", "split": "rest"}.get(name)
        return str(document[part]["id"] if part else document["id"])

    def told(self, document: Any, name: str) -> dict[str, Any]:
        """The answer in the model's words."""
        names = {real: mine for mine, real in self.ids.items()}
        source = document.get("rest", document)
        found = {key: source[key] for key in ("number", "ahead") if key in source}
        ticket = document.get("ticket")
        if name == "direct":
            found["number"] = ticket["number"]
        found["ticket"] = names[ticket["id"]] if ticket else None
        if document.get("reason"):
            wanted = ("rule", "waited_s", "credit_s", "waiting")
            found["reason"] = {key: document["reason"][key] for key in wanted}
        return found

    # --- looking ------------------------------------------------------------------------------

    def look(self) -> None:
        self.run(self.look_at_lines())
        turn = len(self.story)
        self.run(self.look_at_counter(turn % 3 + 1))
        if turn % 5 == 0:
            self.run(self.look_at_tickets())

    def real_ids(self, people: list[Person]) -> list[str]:
        return [self.ids[one.id] for one in people]

    async def look_at_lines(self) -> None:
        shown = await self.real.get("/queues")
        for queue in shown["items"]:
            line = self.hall.waiting_for([queue["service"]])
            found = [one["id"] for one in queue["tickets"]]
            assert found == self.real_ids(line)[: len(found)]
            counted = [one.clients for one in line if not one.test]
            assert (queue["waiting"], queue["people"]) == (len(counted), sum(counted))
            assert found or not line
        targeted = [one for one in self.hall.waiting() if one.target]
        assert [one["id"] for one in shown["targeted"]] == self.real_ids(targeted)[:SHOWN]
        parked = {self.ids[one.id] for one in self.hall.everybody("PARKED")}
        assert {one["id"] for one in shown["parked"]} == parked
        missed = [one for one in self.hall.everybody("NO_SHOW") if not self.hall.long_missed(one)]
        assert {one["id"] for one in shown["missed"]} == set(self.real_ids(missed))

    async def look_at_counter(self, no: int) -> None:
        shown, desk = await self.real.get(f"/counters/{no}"), self.hall.desks[no]
        assert (shown["clerk"], shown["pause"] is not None) == (desk.clerk, desk.paused)
        shut = desk.closed or (self.hall.ways.sign_in and desk.clerk is None)
        assert (shown["state"] == "closed") == (shut and desk.ticket is None)
        waiting = self.real_ids(self.hall.waiting_for(self.hall.names(no)))
        assert shown["waiting"] == len(waiting)
        assert [one["id"] for one in shown["queue"]] == waiting[: len(shown["queue"])]
        if desk.ticket is None:
            assert shown["ticket"] is None
            return
        one = self.hall.people[desk.ticket]
        found = {key: shown["ticket"][key] for key in ("id", "number", "state", "calls", "service")}
        assert found == {
            "id": self.ids[one.id], "number": one.number, "state": one.state,
            "calls": one.calls, "service": one.service,
        }  # fmt: skip
        if one.rule:
            why = await self.real.get(f"/tickets/{self.ids[one.id]}/why")
            assert why["calls"][-1]["reason"]["rule"] == one.rule

    async def look_at_tickets(self) -> None:
        """Everybody who has a number of today, as the tables have them."""
        rows: dict[str, Any] = {}
        after = None
        while True:
            query = {"limit": 500} | ({"after": after} if after is not None else {})
            page = await self.real.get("/tickets", params=query)
            rows |= {row["id"]: row for row in page["items"]}
            after = page["next"]
            if after is None:
                break
        numbers = [row["number"] for row in rows.values()]
        assert len(set(numbers)) == len(numbers)
        for one in self.hall.people.values():
            row = rows.get(self.ids[one.id])
            if row is not None:
                assert (row["state"], row["number"]) == (one.state, one.number)
                assert (row["service"], row["clients"]) == (one.service, one.clients)
            if one.state == "WAITING" and row is not None:
                ahead = self.hall.ahead_of(one)
                assert row["ahead"] == ahead, (one, row)
            assert row is not None or date_of(one.issued_at) < self.hall.date or not one.number

    @rule(seed=SEEDS)
    def restart(self, seed: int) -> None:
        """Stop the service in order and start it again on what it has stored."""
        self.run(self.context.__aexit__(None, None, None))
        self.real = self.serve()
        self.work(seed, 30)

    def teardown(self) -> None:
        if not hasattr(self, "real"):
            return
        self.run(self.look_at_tickets())
        self.run(self.context.__aexit__(None, None, None))
        engine = open_engine(self.url or f"sqlite:///{self.folder}/data/hall.db")
        assert verify(engine, self.settings.hall.code) == []
        engine.dispose()
        self.rest.close()
        self.loop.close()
        shutil.rmtree(self.folder)


async def test_people_ahead_are_told_at_the_kiosk_as_they_are_later(tmp_path: Path) -> None:
    """In the best of several lines; at the counter to which somebody was handed."""
    async with served(tmp_path / "data", settings=settings_of(WAYS["hasty"], tmp_path)) as hall:
        first = await hall.take("C")
        await hall.post("/counters/3/next")
        await hall.post("/counters/3/transfer", {"counter": 3})
        both = await hall.take("B", further=["A"], together=True)
        assert both["ahead"] == 0, "counter 1 takes A and B, and nobody waits for it"
        assert (await hall.get(f"/tickets/{both['id']}"))["ahead"] == 0
        await hall.post("/counters/3/call", {"ticket": first["id"], "reason": "other"})
        await hall.post("/counters/3/transfer", {"counter": 1})
        hall.time.pass_s(1)
        await hall.take("C", priority="elder")
        shown = await hall.get(f"/tickets/{first['id']}")
        assert shown["ahead"] == 0, "counter 1 does not take C"


@pytest.mark.timeout(180)
def test_the_service_keeps_the_rules() -> None:
    run_state_machine_as_test(ServiceDays, settings=bounded(6, 4))


@pytest.mark.timeout(180)
def test_the_service_keeps_the_rules_on_postgresql(postgres_server: str) -> None:
    days = type("PostgresDays", (ServiceDays,), {"server": postgres_server})
    run_state_machine_as_test(days, settings=bounded(1, 3))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_service_keeps_the_rules_for_long() -> None:
    run_state_machine_as_test(ServiceDays, settings=bounded(150, 12))
