"""Raw bytes in the headers of a post to the platform: refused with a code, never a 500."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from devices.sim.platform import sign
from tests.fixtures.simulators import Simulators, running_simulators

SECRET = "demo-secret-not-for-real-halls"
BODY = b'{"no":"t-1","state":"WAITING","at":"2026-11-20T09:00:00+08:00"}'
KEY = "yunxi:1"
SEED = 20261120
BYTES = [*range(33, 127), *range(128, 256)]
"""What HTTP lets through in a header."""


@pytest.fixture
async def simulators(tmp_path: Path) -> AsyncIterator[Simulators]:
    async with running_simulators(tmp_path) as running:
        yield running


def good_headers() -> dict[bytes, bytes]:
    at = str(int(time.time()))
    signature = sign(SECRET, at, KEY, "visits", BODY)
    return {
        b"Idempotency-Key": KEY.encode(),
        b"X-Yimen-Time": at.encode(),
        b"X-Yimen-Signature": signature.encode(),
    }


async def post(simulators: Simulators, headers: dict[bytes, bytes]) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer to exactly these bytes."""
    where = urlsplit(simulators.ports["control"])
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    lines = [b"POST /platform/visits HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close"]
    lines += [b"Content-Length: %d" % len(BODY)]
    lines += [name + b": " + value for name, value in headers.items()]
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + BODY)
    try:
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
        await writer.wait_closed()
    status, _, fields = head.decode("latin-1").partition("\r\n")
    kind = next(f for f in fields.split("\r\n") if f.lower().startswith("content-type:"))
    return int(status.split()[1]), kind.partition(":")[2].strip(), body


@pytest.mark.parametrize("name", sorted(good_headers()))
async def test_raw_bytes_in_a_header_are_a_bad_signature(
    simulators: Simulators, name: bytes
) -> None:
    chance = random.Random(SEED)
    values = [
        b"\xff",
        b"v1=\xff",
        b"\xc3\xa9",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf1",
        b"v1=" + b"\xff" * 64,
    ]
    values += [bytes(chance.choice(BYTES) for _ in range(1 + n % 20)) for n in range(40)]
    for value in values:
        status, kind, body = await post(simulators, {**good_headers(), name: value})
        problem = json.loads(body)
        assert (status, problem["code"]) == (401, "bad_signature"), value
        assert kind.startswith("application/problem+json")
    assert (await simulators.get("/platform/visits")).body == []
    assert (await post(simulators, good_headers()))[0] == 201
