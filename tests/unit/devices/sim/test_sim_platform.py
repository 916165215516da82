"""The simulated single-window platform: signatures, keys, rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devices.sim.clock import Watch
from devices.sim.platform import Post, SimPlatform, sign

NOW = Watch("Asia/Shanghai")
SECRET = "demo-secret-not-for-real-halls"


def body(state: str = "WAITING", **more: Any) -> bytes:
    ticket = {"id": "t-1", "number": "A001"}
    visit = {"hall": "yunxi", "no": "t-1", "ticket": ticket, "item": None, "state": state}
    return json.dumps(visit | {"at": f"2026-11-20T09:00:00+08:00#{state}"} | more).encode()


def post(key: str, content: bytes, secret: str = SECRET, skew_s: int = 0) -> Post:
    time = str(int(NOW().timestamp()) + skew_s)
    headers = {
        "Idempotency-Key": key,
        "X-Yimen-Hall": "yunxi",
        "X-Yimen-Time": time,
        "X-Yimen-Signature": sign(secret, time, key, "visits", content),
    }
    return Post("visits", headers, content)


@pytest.fixture
def platform(tmp_path: Path) -> SimPlatform:
    return SimPlatform(SECRET, tmp_path / "platform.jsonl", NOW, NOW.wall_s)


def test_posts_become_one_row_with_steps(platform: SimPlatform) -> None:
    states = ("WAITING", "CALLED", "DONE")
    answers = [platform.receive(post(f"yunxi:{i}", body(s))) for i, s in enumerate(states)]
    assert [answer.status for answer in answers] == [201, 201, 201]
    platform.receive(post("yunxi:9", body("DONE", rating=5)))
    [row] = platform.rows("visits")
    assert row["no"] == "t-1"
    assert row["ticket"] == {"id": "t-1", "number": "A001"}
    assert (row["state"], row["rating"], row["item"]) == ("DONE", 5, None)
    assert [step["state"] for step in row["steps"]] == list(states)
    assert row["steps"][1]["at"] == "2026-11-20T09:00:00+08:00#CALLED"
    assert (row["deliveries"], row["duplicates"]) == (4, 0)


def test_a_repeat_is_answered_as_such_and_changes_nothing(platform: SimPlatform) -> None:
    platform.receive(post("yunxi:1", body()))
    answer = platform.receive(post("yunxi:1", body()))
    assert (answer.status, answer.document["duplicate"]) == (200, True)
    [row] = platform.rows("visits")
    assert (row["deliveries"], row["duplicates"], len(row["steps"])) == (1, 1, 1)


def test_a_key_with_another_body_is_refused(platform: SimPlatform) -> None:
    platform.receive(post("yunxi:1", body()))
    answer = platform.receive(post("yunxi:1", body("DONE")))
    assert (answer.status, answer.document["code"]) == (422, "key_reused")
    assert platform.rows("visits")[0]["state"] == "WAITING"


def changed(content: bytes, **headers: str) -> Post:
    """A post that was changed after it was signed."""
    return Post("visits", {**post("yunxi:1", body()).headers, **headers}, content)


WRONG: dict[str, Callable[[], Post]] = {
    "another secret": lambda: post("yunxi:1", body(), secret="another-secret-altogether"),
    "from the future": lambda: post("yunxi:1", body(), skew_s=400),
    "replayed": lambda: post("yunxi:1", body(), skew_s=-400),
    "another body": lambda: changed(body("DONE")),
    "another key": lambda: changed(body(), **{"Idempotency-Key": "yunxi:2"}),
    "another time": lambda: changed(body(), **{"X-Yimen-Time": "later"}),
    "no ASCII": lambda: changed(body(), **{"X-Yimen-Signature": "é"}),
    "a raw byte": lambda: changed(body(), **{"X-Yimen-Signature": "v1=\udcff"}),
    "a raw byte in the key": lambda: changed(body(), **{"Idempotency-Key": "yunxi:\udcff"}),
    "a raw byte in the time": lambda: changed(body(), **{"X-Yimen-Time": "\udcff"}),
    "other digits": lambda: changed(body(), **{"X-Yimen-Time": "١٢٣"}),
    "signed for the other ledger": lambda: Post("cases", post("yunxi:1", body()).headers, body()),
    "unsigned": lambda: Post("visits", {}, body()),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_bad_signatures_are_refused(platform: SimPlatform, wrong: str) -> None:
    answer = platform.receive(WRONG[wrong]())
    assert (answer.status, answer.document["code"]) == (401, "bad_signature")
    assert platform.rows("visits") == platform.rows("cases") == []
    assert platform.summary()["refused"] == 1


CONTENTS = [b"", b"[]", b'{"no": 3}', b"\xff\xfe", b"[" * 100_000, body("\ud800")]


@pytest.mark.parametrize("content", CONTENTS)
def test_a_signed_body_without_its_fields_is_invalid(platform: SimPlatform, content: bytes) -> None:
    assert platform.receive(post("yunxi:1", content)).status == 422


def test_down_stores_nothing(platform: SimPlatform) -> None:
    platform.mode = "down"
    assert platform.receive(post("yunxi:1", body())).status == 503
    platform.mode = "up"
    assert platform.receive(post("yunxi:1", body())).status == 201


def test_what_was_answered_outlives_the_process(tmp_path: Path) -> None:
    file = tmp_path / "platform.jsonl"
    first = SimPlatform(SECRET, file, NOW, NOW.wall_s)
    first.receive(post("yunxi:1", body()))
    first.receive(post("yunxi:1", body()))
    later = SimPlatform(SECRET, file, NOW, NOW.wall_s)
    assert later.rows("visits") == first.rows("visits")
    assert later.receive(post("yunxi:1", body())).status == 200


def test_the_newest_rows_come_first_when_only_some_are_asked_for(platform: SimPlatform) -> None:
    for i in range(5):
        platform.receive(post(f"yunxi:{i}", body(no=f"t-{i}")))
    assert [row["no"] for row in platform.rows("visits", 2)] == ["t-4", "t-3"]
    assert platform.rows("cases") == []
