"""The queue over HTTP: what the clerk, the desk and the lead can do beyond a plain visit."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import load
from controller.store import event_store
from tests.fixtures.hall_files import CONFIG, DEMO, write_tree
from tests.fixtures.served import ServedHall, served

CARD = "11010519491231002X"


def hall_file(folder: Path, **tables: dict[str, object]) -> Path:
    """The demo's hall, its counter 2 for service B alone, with some keys of its own."""
    tree = {name: part for name, part in DEMO.items() if name not in ("keypads", "leds")}
    tree["items"] = str(CONFIG / "items-demo.toml")
    for name, keys in tables.items():
        tree[name] = tree.get(name, {}) | keys
    tree["counters"] = [
        one | ({"services": ["B"]} if one["no"] == 2 else {}) for one in DEMO["counters"]
    ]
    return write_tree(folder / "hall.toml", tree)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as running:
        yield running


async def test_a_parked_ticket_is_taken_up_again_or_waits_again(hall: ServedHall) -> None:
    ticket = await hall.take()
    await hall.post("/counters/1/next")
    parked = await hall.post("/counters/1/park", {"reason": "payment"})
    assert parked["ticket"]["state"] == "PARKED"
    assert [one["id"] for one in (await hall.get("/counters/1"))["parked"]] == [ticket["id"]]
    assert (await hall.post("/counters/1/unpark"))["ticket"]["state"] == "CALLED"
    await hall.post("/counters/1/park")
    back = await hall.post(f"/tickets/{ticket['id']}/return")
    assert back["ticket"]["state"] == "WAITING"
    assert (await hall.post("/counters/1/next"))["ticket"]["id"] == ticket["id"]


async def test_a_transfer_names_exactly_one_line(hall: ServedHall) -> None:
    await hall.take()
    await hall.post("/counters/1/next")
    await hall.post("/counters/1/transfer", {"service": "B", "counter": 2}, 422)
    await hall.post("/counters/1/transfer", {}, 422)
    problem = await hall.post("/counters/1/transfer", {"service": "Z"}, 422)
    assert problem["code"] == "service_unknown"
    moved = await hall.post("/counters/1/transfer", {"counter": 3})
    assert moved["line"] == "counter:3"
    assert (await hall.get("/queues"))["targeted"][0]["number"] == "A001"
    assert (await hall.post("/counters/3/next"))["ticket"]["number"] == "A001"


async def test_undo_takes_the_last_step_back_for_a_while(hall: ServedHall) -> None:
    await hall.take()
    await hall.post("/counters/1/next")
    assert (await hall.get("/counters/1"))["undo"]["step"] == "call"
    undone = await hall.post("/counters/1/undo", key="u")
    assert undone["ticket"]["state"] == "WAITING"
    assert await hall.post("/counters/1/undo", key="u") == undone
    assert (await hall.post("/counters/1/undo", None, 409))["code"] == "nothing_to_undo"
    await hall.post("/counters/1/next")
    hall.time.pass_s(31)
    assert (await hall.post("/counters/1/undo", None, 409))["code"] == "undo_too_late"


async def test_a_direct_visit_has_a_number_and_no_paper(hall: ServedHall) -> None:
    begun = await hall.post("/counters/2/direct", {"service": "B"})
    assert begun["ticket"]["state"] == "SERVING"
    await hall.post("/counters/2/finish")
    shown = await hall.get(f"/tickets/{begun['ticket']['id']}")
    assert (shown["number"], shown["direct"]) == ("B001", True)
    assert shown["print"]["state"] == "none"
    volume = await hall.get("/reports/volume")
    assert (volume["visits"], volume["queued"], volume["direct"]) == (1, 0, 1)


async def test_a_pause_says_until_when_and_where_else(hall: ServedHall) -> None:
    paused = await hall.post("/counters/4/pause", {"reason": "meal", "minutes": 30})
    assert paused["elsewhere"] == [1, 2, 3, 5]
    public = next(one for one in (await hall.get("/state"))["counters"] if one["no"] == 4)
    assert (public["state"], public["pause"]["reason"]) == ("paused", "meal")
    await hall.take()
    assert (await hall.post("/counters/4/next"))["ticket"]["number"] == "A001"
    assert (await hall.get("/counters/4"))["pause"] is None


async def test_clerks_stand_in_the_events_of_their_steps(hall: ServedHall) -> None:
    await hall.post("/counters/1/sign-in", {"clerk": "1001"})
    assert (await hall.post("/counters/2/sign-in", {"clerk": "1001"}, 409))["code"] == (
        "clerk_elsewhere"
    )
    await hall.take()
    await hall.post("/counters/1/next")
    assert (await hall.get("/counters/1"))["ticket"]["clerk"] == "1001"
    rows = await hall.hall.read(event_store.read_after, hall.hall.code, 0, 100)
    assert [row.actor for row in rows if row.type == "TicketCalled"] == ["clerk:1001"]
    staff = {one["id"]: one["counter"] for one in (await hall.get("/staff"))["items"]}
    assert (staff["1001"], staff["1002"]) == (1, None)


async def test_a_batch_weighs_its_people_and_may_be_split(hall: ServedHall) -> None:
    batch = await hall.take(clients=5)
    assert (await hall.take("A"))["ahead"] == 5
    await hall.post("/counters/1/next")
    cut = await hall.post(f"/tickets/{batch['id']}/split", {"after": 2})
    assert (cut["clients"], cut["rest"]["clients"]) == (2, 3)
    queue = next(one for one in (await hall.get("/queues"))["items"] if one["service"] == "A")
    assert (queue["waiting"], queue["people"]) == (2, 4)


async def test_why_is_told_in_plain_words(hall: ServedHall) -> None:
    first = await hall.take("A")
    hall.time.pass_s(60)
    await hall.take("B", priority="elder")
    await hall.post("/counters/1/next")
    waiting = await hall.get(f"/tickets/{first['id']}/why")
    assert waiting["calls"] == []
    assert [(one["number"], one["earlier"]) for one in waiting["between"]] == [("B001", False)]
    assert waiting["between"][0]["why"] == "按优先规定提前排"
    assert "elder" not in str(waiting)
    await hall.post("/counters/2/next")
    called = await hall.get(f"/tickets/{first['id']}/why")
    assert called["calls"][0]["reason"]["rule"] == "only"


async def test_a_lead_stops_the_kiosk_with_a_sentence(hall: ServedHall) -> None:
    await hall.post("/issuing/stop", {"sentence": "power"})
    assert (await hall.post("/tickets", {"service": "A"}, 409))["code"] == "stopped"
    assert (await hall.get("/state"))["stop"] == {"kind": "emergency", "sentence": "power"}
    assert not any((await hall.get("/state"))["open"].values())
    await hall.post("/issuing/resume")
    await hall.take()


async def test_an_appointment_is_booked_and_checked_in(hall: ServedHall) -> None:
    found = await hall.get("/appointments/slots?service=A")
    at = (await hall.get("/queues"))["at"]
    coming = [slot for slot in found["items"] if slot["start"] > at][1]
    minute = coming["start"][11:16]
    booked = await hall.post(
        "/appointments", {"service": "A", "date": found["date"], "start": minute}, 201
    )
    assert (await hall.get(f"/tickets/{booked['id']}"))["state"] == "BOOKED"
    early = await hall.post(f"/tickets/{booked['id']}/check-in", None, 409)
    assert early["code"] == "check_in_early"
    hall.time.pass_s(early["retry_after_s"])
    assert (await hall.post(f"/tickets/{booked['id']}/check-in"))["number"] == "A001"
    listed = (await hall.get("/appointments"))["items"]
    assert [(one["id"], one["number"]) for one in listed] == [(booked["id"], "A001")]


async def test_an_import_books_each_row_once(hall: ServedHall) -> None:
    date = (await hall.get("/state"))["date"]
    rows = [
        {"service": "A", "date": date, "start": "23:30", "no": "x-1"},
        {"service": "A", "date": date, "start": "23:31", "no": "x-2"},
    ]
    for _ in range(2):
        done = await hall.post("/appointments/import", {"items": rows})
        assert (done["booked"], done["refused"]) == (1, 1)
        assert done["rows"][1]["code"] == "slot_unknown"
    assert len((await hall.get("/appointments"))["items"]) == 1


async def test_a_booking_that_is_repeated_under_its_key_is_one(hall: ServedHall) -> None:
    date = (await hall.get("/state"))["date"]
    wish = {"service": "A", "date": date, "start": "23:30"}
    first = await hall.post("/appointments", wish, 201, key="b1")
    assert await hall.post("/appointments", wish, 201, key="b1") == first


async def test_an_import_that_is_repeated_under_its_key_books_nothing_twice(
    hall: ServedHall,
) -> None:
    date = (await hall.get("/state"))["date"]
    rows = [{"service": "A", "date": date, "start": start} for start in ("23:00", "23:30")]
    first = await hall.post("/appointments/import", {"items": rows}, key="i1")
    assert first["booked"] == 2
    assert await hall.post("/appointments/import", {"items": rows}, key="i1") == first
    other = await hall.post("/appointments/import", {"items": rows[:1]}, 422, key="i1")
    assert other["code"] == "key_reused"
    assert len((await hall.get("/appointments"))["items"]) == 2


async def test_what_stands_twice_in_an_import_counts_once_and_takes_no_key_of_others(
    hall: ServedHall,
) -> None:
    date = (await hall.get("/state"))["date"]
    row = {"service": "A", "date": date, "start": "23:30", "no": "Z9"}
    await hall.post("/tickets", {"service": "A"}, 201, key="booking:Z9")
    done = await hall.post("/appointments/import", {"items": [row, row]})
    assert (done["booked"], done["refused"]) == (1, 0)
    assert done["rows"][0]["id"] == done["rows"][1]["id"]


async def test_cards_are_entered_together_and_once_under_a_key(hall: ServedHall) -> None:
    wish = {"service": "A", "first": 1, "last": 3}
    done = await hall.post("/queues/cards", wish, key="c1")
    assert done == {"entered": ["K001", "K002", "K003"], "refused": []}
    assert await hall.post("/queues/cards", wish, key="c1") == done
    other = await hall.post("/queues/cards", wish | {"service": "B"}, 422, key="c1")
    assert other["code"] == "key_reused"
    more = await hall.post("/queues/cards", wish | {"last": 4})
    assert more == {"entered": ["K004"], "refused": ["K001", "K002", "K003"]}
    waiting = (await hall.get("/tickets"))["items"]
    assert [(one["number"], one["ahead"]) for one in waiting] == [
        ("K001", 0), ("K002", 1), ("K003", 2), ("K004", 3),
    ]  # fmt: skip
    assert (await hall.post("/queues/cards", wish | {"service": "nope"}, 422))["code"] == (
        "service_unknown"
    )


async def test_a_phone_that_asks_again_gets_its_number_though_the_code_is_old(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as hall:
        wish = {"service": "A", "source": "phone", "code": (await hall.get("/phone-code"))["code"]}
        first = await hall.post("/tickets", wish, 201, key="p1")
        hall.time.pass_s(3600)
        assert await hall.post("/tickets", wish, 201, key="p1") == first
        time = hall.time
    async with served(tmp_path, time=time) as hall:
        assert await hall.post("/tickets", wish, 201, key="p1") == first
        assert (await hall.post("/tickets", wish, 403, key="p2"))["code"] == "code_expired"


async def test_a_phone_takes_a_number_only_with_the_code_of_the_kiosk(hall: ServedHall) -> None:
    code = (await hall.get("/phone-code"))["code"]
    await hall.post("/tickets", {"service": "A", "source": "phone"}, 403)
    await hall.take(source="phone", code=code)
    hall.time.pass_s(61)
    await hall.post("/tickets", {"service": "A", "source": "phone", "code": code}, 403)


async def test_a_test_ticket_counts_nowhere(hall: ServedHall) -> None:
    assert (await hall.take(test=True))["number"] == "T001"
    assert (await hall.get("/state"))["waiting"]["A"] == 0
    queue = next(one for one in (await hall.get("/queues"))["items"] if one["service"] == "A")
    assert (queue["waiting"], queue["people"]) == (0, 0)
    assert (await hall.take())["ahead"] == 0
    await hall.post("/counters/1/next")
    await hall.post("/counters/1/finish")
    assert (await hall.get("/reports/volume"))["visits"] == 1


async def test_a_test_ticket_has_no_case_and_no_rating(hall: ServedHall) -> None:
    test = await hall.take(test=True)
    await hall.post("/counters/1/call", {"ticket": test["id"], "reason": "other"})
    problem = await hall.post("/counters/1/accept", {"item": "RS01"}, 409)
    assert problem["code"] == "test_ticket"
    await hall.post("/counters/1/finish")
    wish = {"grade": 5, "token": test["token"]}
    problem = await hall.post(f"/tickets/{test['id']}/rating", wish, 409)
    assert problem["code"] == "test_ticket"


async def test_nobody_takes_a_second_place_by_another_service(
    tmp_path: Path,
) -> None:
    path = hall_file(tmp_path, identity={"mode": "optional"})
    async with served(tmp_path, settings=load(path)) as hall:
        await hall.take("B", identity=CARD)
        other = await hall.take("C", identity=CARD)
        problem = await hall.post(f"/tickets/{other['id']}/service", {"service": "B"}, 409)
        assert problem["code"] == "one_ticket"
        await hall.post(f"/tickets/{other['id']}/service", {"service": "A"})


async def test_nobody_is_received_before_those_who_wait_for_the_service(tmp_path: Path) -> None:
    async with served(tmp_path, settings=load(hall_file(tmp_path))) as hall:
        await hall.take("A")
        problem = await hall.post("/counters/2/direct", {"service": "A"}, 409)
        assert problem["code"] == "people_waiting"
        await hall.post("/counters/2/direct", {"service": "B"})


async def test_the_desk_wakes_a_missed_number_for_a_while_only(tmp_path: Path) -> None:
    path = hall_file(tmp_path, queue={"wake_s": 600})
    async with served(tmp_path, settings=load(path)) as hall:
        ids = [(await hall.take())["id"] for _ in range(2)]
        for _ in ids:
            await hall.post("/counters/1/next")
            await hall.post("/counters/1/no-show")
        await hall.post(f"/tickets/{ids[0]}/return")
        hall.time.pass_s(601)
        problem = await hall.post(f"/tickets/{ids[1]}/return", None, 409)
        assert problem["code"] == "return_not_allowed"


async def test_a_double_press_is_answered_the_same_when_it_is_repeated_later(
    tmp_path: Path,
) -> None:
    path = hall_file(tmp_path, queue={"guard_ms": 1000}, hall={"finish_on_next": True})
    async with served(tmp_path, settings=load(path)) as hall:
        await hall.take()
        await hall.take()
        first = await hall.post("/counters/1/next", key="k1")
        assert await hall.post("/counters/1/next", key="k2") == first
        hall.time.pass_s(2)
        assert await hall.post("/counters/1/next", key="k2") == first
        assert (await hall.get("/counters/1"))["ticket"]["number"] == "A001"
        time = hall.time
    async with served(tmp_path, settings=load(path), time=time) as hall:
        assert await hall.post("/counters/1/next", key="k2") == first
        assert (await hall.get("/counters/1"))["ticket"]["number"] == "A001"
        assert (await hall.post("/counters/1/start", None, 422, key="k2"))["code"] == "key_reused"


async def test_where_else_to_go_follows_the_counters(hall: ServedHall) -> None:
    await hall.post("/counters/2/pause", {"reason": "rest"})
    for no in (3, 4, 5):
        await hall.post(f"/counters/{no}/sign-out")
    assert (await hall.get("/counters/2"))["elsewhere"] == [1]
