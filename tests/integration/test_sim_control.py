"""The control port of the simulators: pressing, hearing, the platform, the bench's document."""

import asyncio
import io
import json
import time
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from devices.sim.platform import sign
from tests.fixtures.running import Answer, eventually
from tests.fixtures.simulators import Simulators, running_simulators

SECRET = "demo-secret-not-for-real-halls"


@pytest.fixture
async def simulators(tmp_path: Path) -> AsyncIterator[Simulators]:
    async with running_simulators(tmp_path) as running:
        yield running


def wav(seconds: float) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"\x00\x40\x00\xc0" * int(seconds * 4000))
    return file.getvalue()


def play(simulators: Simulators, seconds: float, text: str = "请A001号") -> "asyncio.Task[Answer]":
    headers = {"X-Text": quote(text), "X-Voice": "cmn-latn-pinyin", "X-Times": "2"}
    return asyncio.ensure_future(simulators.post("/speaker/play", wav(seconds), **headers))


def signed(body: bytes, key: str) -> dict[str, str]:
    at = str(int(time.time()))
    signature = sign(SECRET, at, key, "cases", body)
    names = ("Idempotency-Key", "X-Yimen-Hall", "X-Yimen-Time", "X-Yimen-Signature")
    return dict(zip(names, (key, "yunxi", at, signature), strict=True))


HALL_MS = 1_930_262_400_000
"""2031-03-03 08:00 in Shanghai: no date of today."""
CASE = json.dumps(
    {"no": "999999001-2026-000001", "item": "RS01", "ticket": {"id": "t", "number": "A001"},
     "state": "ACCEPTED", "at": "2026-11-20T09:00:00+08:00", "counter": 3}
).encode()  # fmt: skip


async def test_presses_are_latched_and_told(simulators: Simulators) -> None:
    pressed = await simulators.post("/keypads/3/press", {"key": "NEXT"})
    assert pressed.status == 202
    keypad = (await simulators.get("/keypads/3")).body
    assert pressed.body == {"unit": 3, "boot": keypad["boot"], "seq": 1}
    assert keypad["pending"] == [{"seq": 1, "key": "NEXT", "value": 0}]
    await simulators.post("/keypads/3/press", {"key": "ACCEPT"})  # lies on the digit 1
    assert (await simulators.get("/keypads/3")).body["pending"][1]["key"] == "1"
    rated = await simulators.post("/rating-boxes/3/press", {"grade": 5})
    assert (rated.status, rated.body["unit"]) == (202, 23)
    box = (await simulators.get("/rating-boxes/3")).body
    assert box["pending"] == [{"seq": 1, "grade": 5, "value": 0}]
    assert (box["session"], box["open_until"]) == (0, None)


async def test_a_unit_plugged_in_again_has_forgotten(simulators: Simulators) -> None:
    boot = (await simulators.post("/keypads/1/press", {"key": "NEXT"})).body["boot"]
    await simulators.post("/keypads/1/fault", {"silent": True})
    keypad = (await simulators.post("/keypads/1/fault", {"silent": False})).body
    assert keypad["pending"] == []
    assert keypad["boot"] != boot


REFUSALS: list[tuple[str, object, int, str]] = [
    ("/keypads/9/press", {"key": "NEXT"}, 404, "not_found"),
    ("/keypads/one/press", {"key": "NEXT"}, 404, "not_found"),
    ("/keypads/1/press", {"key": "COFFEE"}, 422, "unknown_key"),
    ("/keypads/1/press", {}, 422, "unknown_key"),
    ("/keypads/1/press", b"NEXT", 400, "malformed"),
    ("/keypads/1/press", b"[]", 400, "malformed"),
    ("/rating-boxes/1/press", {"grade": 6}, 422, "unknown_grade"),
    ("/rating-boxes/1/press", {"grade": True}, 422, "unknown_grade"),
    ("/printers/kiosk/fault", {"paper": "gone"}, 422, "unknown_fault"),
    ("/printers/office/fault", {"paper": "out"}, 404, "not_found"),
    ("/leds/1/fault", {"powered": "no"}, 422, "unknown_fault"),
    ("/platform/mode", {"mode": "sideways"}, 422, "unknown_mode"),
    ("/speaker/play", b"not a wav", 422, "unplayable"),
    ("/clock", {}, 422, "invalid"),
    ("/clock", {"at": "2026-11-20", "speed": 1}, 422, "invalid"),
    ("/clock", {"at": True, "speed": 1}, 422, "invalid"),
    ("/clock", {"at": -1, "speed": 1}, 422, "invalid"),
    ("/clock", {"at": 10**18, "speed": 1}, 422, "invalid"),
    ("/clock", {"at": 0, "speed": 0}, 422, "invalid"),
    ("/clock", b'{"at": 0, "speed": NaN}', 422, "invalid"),
    ("/clock", {"at": 0, "speed": True}, 422, "invalid"),
    ("/nowhere", {}, 404, "not_found"),
    ("/health", {}, 405, "method_not_allowed"),
]


async def test_refusals_have_a_code_and_sentences(simulators: Simulators) -> None:
    for path, body, status, code in REFUSALS:
        refused = await simulators.post(path, body)
        assert (refused.status, refused.body["code"]) == (status, code), path
        assert refused.body["detail"], path
        assert refused.body["detail_en"], path


async def test_seventeen_presses_fill_a_unit(simulators: Simulators) -> None:
    answers = [await simulators.post("/keypads/1/press", {"key": "NEXT"}) for _ in range(17)]
    assert [answer.status for answer in answers] == [202] * 16 + [409]
    assert answers[-1].body["code"] == "unit_full"


async def test_a_post_under_a_key_is_done_once(simulators: Simulators) -> None:
    path, wish = "/keypads/4/press", {"key": "NEXT"}
    answers = await asyncio.gather(
        *(simulators.post(path, wish, **{"Idempotency-Key": "pk-1"}) for _ in range(5))
    )
    assert {answer.status for answer in answers} == {202}
    assert [answer.body["seq"] for answer in answers] == [1] * 5
    assert (await simulators.post(path, wish)).body["seq"] == 2, "without a key"
    for other, body in ((path, {"key": "RECALL"}), ("/keypads/3/press", wish)):
        refused = await simulators.post(other, body, **{"Idempotency-Key": "pk-1"})
        assert (refused.status, refused.body["code"]) == (422, "key_reused")
    assert (await simulators.get("/keypads/3")).body["pending"] == []


async def test_a_refusal_is_decided_anew_under_its_key(simulators: Simulators) -> None:
    key = {"Idempotency-Key": "pk-2"}
    assert (await simulators.post("/keypads/4/press", {"key": "COFFEE"}, **key)).status == 422
    assert (await simulators.post("/keypads/4/press", {"key": "NEXT"}, **key)).status == 202


async def test_a_repeated_fault_changes_nothing_any_more(simulators: Simulators) -> None:
    broken, key = {"paper": "out"}, {"Idempotency-Key": "pk-3"}
    first = await simulators.post("/printers/kiosk/fault", broken, **key)
    await simulators.post("/printers/kiosk/fault", {"paper": "ok"})
    again = await simulators.post("/printers/kiosk/fault", broken, **key)
    assert (again.status, again.body) == (first.status, first.body)
    assert (await simulators.get("/printers/kiosk")).body["paper"] == "ok"


async def test_platform_and_loudspeaker_keep_their_own_ways(simulators: Simulators) -> None:
    key = signed(CASE, "yunxi:8")
    for status in (201, 200):
        assert (await simulators.post("/platform/cases", CASE, **key)).status == status
    for _ in range(2):
        answer = await simulators.post("/speaker/play", wav(0.05), **{"Idempotency-Key": "play"})
        assert answer.status == 200
    assert len((await simulators.get("/speaker")).body) == 2


async def phrases(simulators: Simulators) -> Any:
    return (await simulators.get("/speaker")).body


async def test_a_phrase_plays_in_real_time_and_alone(simulators: Simulators) -> None:
    begun = time.monotonic()
    first = play(simulators, 0.4)
    await eventually(lambda: phrases(simulators))
    second = await play(simulators, 0.2)
    assert (second.status, second.body["code"]) == (409, "speaker_busy")
    assert 0 < second.body["retry_after_s"] <= 0.4
    answer = await first
    assert answer.status == 200
    assert time.monotonic() - begun >= 0.4
    [phrase] = (await simulators.get("/speaker")).body
    assert (phrase["text"], phrase["voice"]) == ("请A001号", "cmn-latn-pinyin")
    assert (phrase["seconds"], phrase["times"]) == (0.4, 2)
    assert phrase["wav_url"] == f"/api/v1/sim/speaker/{phrase['id']}.wav"
    assert (await simulators.get(f"/speaker/{phrase['id']}.wav")).body == wav(0.4)


async def test_a_phrase_goes_on_when_the_service_dies(simulators: Simulators) -> None:
    dying = play(simulators, 0.4)
    await eventually(lambda: phrases(simulators))
    dying.cancel()
    assert (await play(simulators, 0.1)).status == 409

    async def has_ended() -> bool:
        [phrase] = await phrases(simulators)
        return phrase["ended_at"] is not None

    await eventually(has_ended)


async def test_the_platform_takes_signed_posts_once(simulators: Simulators) -> None:
    for status in (201, 200):
        answer = await simulators.post("/platform/cases", CASE, **signed(CASE, "yunxi:7"))
        assert answer.status == status
    astray = await simulators.post("/platform/visits", CASE, **signed(CASE, "yunxi:9"))
    assert (astray.status, astray.body["code"]) == (401, "bad_signature")
    unsigned = await simulators.post("/platform/cases", CASE)
    assert (unsigned.status, unsigned.body["code"]) == (401, "bad_signature")
    [row] = (await simulators.get("/platform/cases")).body
    assert row["item"] == "RS01"
    assert row["steps"] == [{"state": "ACCEPTED", "at": "2026-11-20T09:00:00+08:00"}]
    assert (await simulators.get("/platform/visits")).body == []


async def test_the_platform_can_be_down_slow_or_cut(simulators: Simulators) -> None:
    await simulators.post("/platform/mode", {"mode": "down"})
    assert (await simulators.post("/platform/cases", CASE, **signed(CASE, "k"))).status == 503
    await simulators.post("/platform/mode", {"mode": "cut"})
    with pytest.raises(aiohttp.ClientError):
        await simulators.post("/platform/cases", CASE, **signed(CASE, "k"))
    await simulators.post("/platform/mode", {"mode": "slow", "delay_s": 0.2})
    begun = time.monotonic()
    assert (await simulators.post("/platform/cases", CASE, **signed(CASE, "k"))).status == 200
    assert time.monotonic() - begun >= 0.2
    assert (await simulators.get("/platform/mode")).body["counts"]["cases"] == 1


async def test_every_stamp_follows_the_clock_of_the_hall(simulators: Simulators) -> None:
    told = await simulators.post("/clock", {"at": HALL_MS, "speed": 60})
    assert (told.status, told.body["at"][:16]) == (200, "2031-03-03T08:00")
    await play(simulators, 0.05)
    assert (await simulators.post("/platform/cases", CASE, **signed(CASE, "k"))).status == 201
    with await asyncio.to_thread(simulators.open_line, "kiosk") as line:
        await asyncio.to_thread(line.write, b"\x1b@A001\n\x1dV\x42\x00\x1dr\x01")
        await asyncio.to_thread(line.read, 1)  # in order, so it comes after the cut
    [phrase] = (await simulators.get("/speaker")).body
    [row] = (await simulators.get("/platform/cases")).body
    bench = (await simulators.get("/bench")).body
    [ticket] = (await simulators.get("/printers/kiosk/tickets")).body
    assert bench["speed"] == 60
    stamps = (phrase["started_at"], phrase["ended_at"], row["received_at"], ticket["cut_at"])
    for stamp in (*stamps, bench["at"]):
        assert "2031-03-03T08:00:00" <= stamp < "2031-03-03T08:10:00", stamp
    assert phrase["seconds"] == 0.05, "the length of a sound is its own"


async def test_the_bench_document_has_every_device(simulators: Simulators) -> None:
    await play(simulators, 0.05)
    await simulators.post("/platform/cases", CASE, **signed(CASE, "k"))
    bench = (await simulators.get("/bench")).body
    assert [printer["id"] for printer in bench["printers"]] == ["kiosk"]
    assert [led["counter"] for led in bench["leds"]] == [1, 2, 3, 4, 5]
    assert [keypad["unit"] for keypad in bench["keypads"]] == [1, 2, 3, 4, 5]
    assert [box["unit"] for box in bench["rating_boxes"]] == [21, 22, 23, 24, 25]
    assert len(bench["speaker"][0]["peaks"]) == 150
    assert bench["platform"]["cases"][0]["state"] == "ACCEPTED"
    assert {line["name"] for line in bench["lines"]} == {"kiosk", "leds", "units"}


async def test_pages_of_other_sites_are_refused(simulators: Simulators) -> None:
    foreign = await simulators.post("/shutdown", Origin="https://example.com")
    assert (foreign.status, foreign.body["code"]) == (403, "forbidden")
    for host in ("evil.example.com", "["):
        assert (await simulators.post("/shutdown", Host=host)).status == 403
    assert (await simulators.post("/shutdown", Origin="http://[")).status == 403
    assert (await simulators.get("/health")).status == 200
