"""The link over pseudo-terminals, TCP and pyserial's loop: stalls, hang-ups, return."""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from devices.link import Link, LinkLost, LinkSettings, LinkState, WriteTimedOut
from tests.fixtures.pty_line import PtyLine, open_link, until


@pytest.fixture
def line() -> Iterator[PtyLine]:
    line = PtyLine()
    yield line
    if line.master >= 0:
        os.close(line.master)
        os.close(line._slave)


def collect(heard: bytearray) -> Callable[[bytes], bytes]:
    """A slave that keeps what it hears and says nothing."""

    def hear(data: bytes) -> bytes:
        heard.extend(data)
        return b""

    return hear


async def test_bytes_go_both_ways(line: PtyLine) -> None:
    line.answer_by(lambda data: data[::-1])
    async with open_link(line.path) as link:
        assert await link.wait_open(8)
        await link.write(b"abc")
        assert await link.read(10, 8) == b"cba"


async def test_a_long_write_to_a_slow_reader_arrives_whole(line: PtyLine) -> None:
    heard = bytearray()
    line.answer_by(collect(heard))
    sent = os.urandom(100_000)
    async with open_link(line.path) as link:
        assert await link.wait_open(8)
        await link.write(sent, 5)
        await until(lambda: len(heard) == len(sent))
    assert heard == sent


async def test_read_times_out_empty(line: PtyLine) -> None:
    async with open_link(line.path) as link:
        assert await link.wait_open(8)
        assert await link.read(10, 0.02) == b""


async def test_read_gives_at_most_what_was_asked(line: PtyLine) -> None:
    line.answer_by(lambda data: data)
    async with open_link(line.path) as link:
        assert await link.wait_open(8)
        await link.write(b"abcdef")
        assert await link.read(1, 8) == b"a"
        await asyncio.sleep(0.02)
        assert link.discard() == 5


async def test_stalled_port_times_out_and_can_still_be_heard(line: PtyLine) -> None:
    """A printer without paper takes no more bytes, but tells why."""
    async with open_link(line.path) as link:
        assert await link.wait_open(8)
        writing = asyncio.create_task(link.write(bytes(200_000), 0.3))
        await asyncio.sleep(0.05)
        os.write(line.master, b"\x7e")
        assert await link.read(1, 8) == b"\x7e"
        with pytest.raises(WriteTimedOut) as stalled:
            await writing
        assert 0 < stalled.value.written < 200_000
        assert link.state == "open"
        # What was given up is dropped: the next bytes follow those that went out before.
        line.answer_by(lambda data: b"")
        await link.write(b"after")


async def test_stalled_port_delays_no_other(line: PtyLine) -> None:
    other = PtyLine()
    other.answer_by(lambda data: data)
    async with open_link(line.path) as stalled, open_link(other.path) as working:
        assert await stalled.wait_open(8)
        assert await working.wait_open(8)
        writing = asyncio.create_task(stalled.write(bytes(200_000), 60))
        for _ in range(20):
            await working.write(b"x")
            assert await working.read(1, 8) == b"x"
        assert not writing.done()
    with pytest.raises(LinkLost):
        await writing
    other.hang_up()


async def test_cancelled_write_is_dropped_and_the_next_one_goes(line: PtyLine) -> None:
    async with open_link(line.path) as link:
        assert await link.wait_open(8)
        writing = asyncio.create_task(link.write(bytes(200_000), 5))
        await asyncio.sleep(0.05)
        writing.cancel()
        await asyncio.wait([writing])
        heard = bytearray()
        line.answer_by(collect(heard))
        await link.write(b"next")
        await until(lambda: heard.endswith(b"next"))
        assert len(heard) < 200_000


async def test_hang_up_is_lost_once_and_back_once(
    line: PtyLine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "devices.link")
    lines = [line]
    states: list[LinkState] = []
    async with open_link(lambda: lines[-1].path, states) as link:
        assert await link.wait_open(8)
        reading = asyncio.create_task(link.read(1, 5))
        await asyncio.sleep(0.02)
        line.hang_up()
        with pytest.raises(LinkLost):
            await reading
        await asyncio.sleep(0.2)
        with pytest.raises(LinkLost):
            await link.write(b"x")
        with pytest.raises(LinkLost):
            await link.read(1, 8)
        lines.append(PtyLine())
        assert await link.wait_open(8)
        assert states == ["open", "lost", "open"]
        levels = [record.levelname for record in caplog.records]
        assert levels == ["WARNING", "INFO"]  # that it is open at first is no news
    lines[-1].hang_up()
    assert states == ["open", "lost", "open"]  # to stop is no loss


async def test_path_that_comes_later_is_found(tmp_path: os.PathLike[str], line: PtyLine) -> None:
    path = os.path.join(tmp_path, "kiosk")
    states: list[LinkState] = []
    async with open_link(path, states) as link:
        assert not await link.wait_open(0.12)
        os.symlink(line.path, path)
        assert await link.wait_open(8)
        assert states == ["lost", "open"]


async def test_url_that_cannot_be_told_yet_is_lost(line: PtyLine) -> None:
    paths: dict[str, str] = {}
    async with open_link(lambda: paths["kiosk"]) as link:
        assert not await link.wait_open(0.1)
        paths["kiosk"] = line.path
        assert await link.wait_open(8)


async def test_loop_url_works() -> None:
    async with open_link("loop://") as link:
        assert await link.wait_open(8)
        await link.write(b"0123456789" * 30)
        heard = b""
        while len(heard) < 300:
            heard += await link.read(4096, 8)
        assert heard == b"0123456789" * 30


async def test_socket_url_works_and_returns(caplog: pytest.LogCaptureFixture) -> None:
    writers: list[asyncio.StreamWriter] = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    states: list[LinkState] = []
    async with open_link(f"socket://127.0.0.1:{port}", states) as link:
        assert await link.wait_open(8)
        await link.write(b"ping")
        assert await link.read(10, 8) == b"ping"
        writers[0].close()
        await until(lambda: states == ["open", "lost", "open"])
        await link.write(b"pong")
        assert await link.read(10, 8) == b"pong"
    server.close()
    await server.wait_closed()


async def test_stop_ends_the_thread_at_once(line: PtyLine) -> None:
    before = threading.active_count()
    links = [
        Link(LinkSettings("open", line.path)),
        Link(LinkSettings("absent", "/nowhere/at/all", first_wait_s=60)),
    ]
    for link in links:
        await link.start()
    assert await links[0].wait_open(8)
    writing = asyncio.create_task(links[0].write(bytes(200_000), 60))
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    for link in links:
        await link.stop()
        await link.stop()
    assert time.monotonic() - begun < 5
    assert threading.active_count() == before
    with pytest.raises(LinkLost):
        await writing


async def test_unread_bytes_are_bounded(line: PtyLine) -> None:
    async with open_link(line.path) as link:
        assert await link.wait_open(8)

        def babble() -> None:
            os.write(line.master, bytes(1024))

        asyncio.get_running_loop().add_writer(line.master, babble)
        await until(lambda: link.dropped > 0)
        asyncio.get_running_loop().remove_writer(line.master)
        assert link.discard() <= 64 * 1024


async def test_port_taken_by_another_program_is_lost_not_shared(line: PtyLine) -> None:
    async with open_link(line.path) as first, open_link(line.path) as second:
        await until(lambda: "open" in (first.state, second.state))
        assert not (first.state == "open" and second.state == "open")


async def test_a_driver_that_cannot_switch_rs485_is_told_and_used(
    caplog: pytest.LogCaptureFixture,
) -> None:
    line = PtyLine()
    line.answer_by(lambda data: data)
    link = Link(LinkSettings("units", line.path, rs485=True))
    await link.start()
    assert await link.wait_open(1)
    await link.write(b"hall")
    assert await link.read(timeout_s=1.0) != b""
    await link.stop()
    assert "does not switch RS-485" in caplog.text
    line.hang_up()
