"""The faulty line: each fault does what it says, and a seed repeats a run."""

import asyncio
import time

import pytest

from devices.faults import Faults, FaultyLink
from devices.link import LinkLost, LinkState


class WireLink:
    """A link in memory: what was written stands in `written`, what is put in is read."""

    name = "wire"
    byte_s = 0.0
    state: LinkState = "open"

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.incoming: list[bytes] = []

    async def write(self, data: bytes, timeout_s: float = 2.0) -> None:
        self.written.append(data)

    async def read(self, max_bytes: int = 4096, timeout_s: float = 1.0) -> bytes:
        if self.incoming:
            return self.incoming.pop(0)
        await asyncio.sleep(min(timeout_s, 0.01))
        return b""

    def discard(self) -> int:
        thrown = sum(map(len, self.incoming))
        self.incoming.clear()
        return thrown

    async def wait_open(self, timeout_s: float) -> bool:
        return True


async def read_all(link: FaultyLink) -> list[bytes]:
    found = []
    while data := await link.read(4096, 0.02):
        found.append(data)
    return found


async def test_perfect_line_changes_nothing() -> None:
    wire = WireLink()
    link = FaultyLink(wire, Faults())
    await link.write(b"abc")
    wire.incoming = [b"def", b"g"]
    assert await read_all(link) == [b"def", b"g"]
    assert wire.written == [b"abc"]
    assert (link.name, link.byte_s, link.state) == ("wire", 0.0, "open")
    assert link.faults_made == 0


async def test_one_byte_line_gives_single_bytes() -> None:
    wire = WireLink()
    wire.incoming = [b"abc"]
    assert await read_all(FaultyLink(wire, Faults(one_byte=True))) == [b"a", b"b", b"c"]


async def test_echo_comes_before_the_answer() -> None:
    wire = WireLink()
    link = FaultyLink(wire, Faults(echo=True))
    await link.write(b"ask")
    wire.incoming = [b"answer"]
    assert await read_all(link) == [b"ask", b"answer"]


async def test_delayed_bytes_keep_their_order() -> None:
    wire = WireLink()
    link = FaultyLink(wire, Faults(most_delay_s=0.02, seed=5))
    wire.incoming = [bytes((number,)) for number in range(20)]
    begun = time.monotonic()
    heard = b""
    while len(heard) < 20:
        heard += await link.read(4096, 0.05)
    assert heard == bytes(range(20))
    assert time.monotonic() - begun > 0.005


@pytest.mark.parametrize("faults", [Faults(loss=0.3, seed=9), Faults(noise=0.5, seed=9)])
async def test_seed_repeats_a_run(faults: Faults) -> None:
    runs = []
    for _ in range(2):
        wire = WireLink()
        link = FaultyLink(wire, faults)
        for number in range(50):
            await link.write(bytes((number,)) * 4)
        wire.incoming = [bytes((number,)) * 4 for number in range(50)]
        runs.append((wire.written, await read_all(link)))
        assert 10 < link.faults_made < 80
    assert runs[0] == runs[1]
    assert runs[0][0] != [bytes((number,)) * 4 for number in range(50)]


async def test_pulled_plug_is_a_lost_line_until_it_is_back() -> None:
    wire = WireLink()
    link = FaultyLink(wire, Faults())
    wire.incoming = [b"on the way"]
    link.hang_up()
    assert link.state == "lost"
    assert not await link.wait_open(0.01)
    with pytest.raises(LinkLost):
        await link.write(b"x")
    with pytest.raises(LinkLost):
        await link.read(1, 0.01)
    link.plug_in()
    assert await link.wait_open(0.01)
    assert await read_all(link) == []


async def test_discard_leaves_what_is_still_on_the_way() -> None:
    wire = WireLink()
    link = FaultyLink(wire, Faults(echo=True))
    await link.write(b"echo")
    wire.incoming = [b"old"]
    assert link.discard() == 7
    assert await read_all(link) == []


async def test_a_line_on_a_timetable_is_cut_and_comes_back_again_and_again() -> None:
    wire = WireLink()
    link = FaultyLink(wire, Faults(cut_every_s=0.02, cut_s=0.01, seed=1))
    states: list[LinkState] = []
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        if not states or states[-1] != link.state:
            states.append(link.state)
        if link.state == "lost":
            wire.incoming = [b"said while nobody heard"]
            with pytest.raises(LinkLost):
                await link.write(b"x")
            assert await link.wait_open(1)
        await asyncio.sleep(0.001)
    assert states[:4] == ["open", "lost", "open", "lost"]
    assert link.faults_made >= 3
    assert b"x" not in wire.written
