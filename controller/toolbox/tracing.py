"""The bytes of a line with time stamps, and the frames that they make (`devices trace`).

    +0.012 > 05 04 00 10 00 06 70 49          ReadInputRegisters(unit=5, address=16, count=6)
    +0.031 < 05 04 0C 3A 7C …                 ReadInputRegistersReply(unit=5, values=(…))

`>` is what we send, `<` what comes; a line that is only listened to has `<` for both ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from config.settings import Line
from controller.toolbox.asking import Asker, bus_for, devices_on
from controller.toolbox.site import Site, ToolError
from devices.framing import bx, escpos_status, lumen, modbus_rtu
from devices.link import ByteLink, LinkLost, LinkState

READ_S = 0.2
ROUND_REST_S = 1.0
SHOWN_BYTES = 48

Tell = Callable[[str], None]


class Decoder(Protocol):
    """Takes bytes in any pieces, gives frames."""

    def feed(self, data: bytes) -> Sequence[Any]:
        """Return the frames that are complete now."""


class TracedLink:
    """A link that tells what goes through it."""

    def __init__(self, link: ByteLink, protocol: str, tell: Tell, heard_both: bool) -> None:
        self._link = link
        self._tell = tell
        self._began = asyncio.get_running_loop().time()
        self._out = decoders(protocol)[:1]
        self._in = decoders(protocol)[0 if heard_both else 1 :]
        self._protocol = protocol

    @property
    def name(self) -> str:
        """The line's name in the hall file."""
        return self._link.name

    @property
    def state(self) -> LinkState:
        """Whether bytes can go through now."""
        return self._link.state

    @property
    def byte_s(self) -> float:
        """How long one byte takes on the wire."""
        return self._link.byte_s

    async def write(self, data: bytes, timeout_s: float = 2.0) -> None:
        """Hand all bytes to the port. LinkLost, WriteTimedOut."""
        self._show(">", data, self._out)
        await self._link.write(data, timeout_s)

    async def read(self, max_bytes: int = 4096, timeout_s: float = 1.0) -> bytes:
        """What has come in, at the latest after the time-out, then empty. LinkLost."""
        data = await self._link.read(max_bytes, timeout_s)
        if data:
            self._show("<", data, self._in)
        return data

    def discard(self) -> int:
        """Throw away what has come in and was not read; how many bytes."""
        return self._link.discard()

    async def wait_open(self, timeout_s: float) -> bool:
        """Whether the port is open, or came open within the time-out."""
        return await self._link.wait_open(timeout_s)

    def _show(self, mark: str, data: bytes, found: Sequence[Decoder]) -> None:
        frames = [str(frame) for decoder in found for frame in decoder.feed(data)]
        if self._protocol in ("scanner", "alpha", "template"):
            frames = ["".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)]
        shown = data[:SHOWN_BYTES].hex(" ").upper()
        more = f" … {len(data)} bytes" if len(data) > SHOWN_BYTES else ""
        stamp = f"+{asyncio.get_running_loop().time() - self._began:.3f}"
        self._tell(f"{stamp:>9} {mark} {shown}{more}  {'; '.join(frames)}".rstrip())


def decoders(protocol: str) -> list[Decoder]:
    """Decoders of what the master says and of what is answered; empty where there is none."""
    if protocol == "modbus-rtu":
        return [modbus_rtu.RequestDecoder(), modbus_rtu.ReplyDecoder()]
    if protocol == "onbon-bx":
        return [bx.FrameDecoder(), bx.FrameDecoder()]
    if protocol == "lumen-cpower":
        return [lumen.PacketDecoder(), lumen.PacketDecoder()]
    if protocol == "escpos":
        return [_Silent(), escpos_status.ReplyDecoder()]
    return [_Silent(), _Silent()]


class _Silent:
    """For bytes that no decoder knows."""

    def feed(self, data: bytes) -> Sequence[Any]:
        """Return no frames."""
        return ()


async def trace(site: Site, line: Line, seconds: float, *, listen: bool, tell: Tell) -> None:
    """Show a line for a while; `listen`: say nothing on it. ToolError."""
    if line.protocol == "id-card":
        raise ToolError(
            "身份证阅读器的线路不能跟踪：内容是个人信息。 "
            "The line of a card reader cannot be traced: its bytes are personal data."
        )
    async with site.open(line) as link:
        traced = TracedLink(link, line.protocol, tell, heard_both=listen)
        try:
            async with asyncio.timeout(seconds):
                if listen:
                    await _hear(traced)
                else:
                    await _talk(site, line, traced)
        except TimeoutError:
            return


async def _hear(link: TracedLink) -> None:
    while True:
        try:
            await link.read(timeout_s=READ_S)
        except LinkLost:
            await link.wait_open(READ_S)


async def _talk(site: Site, line: Line, link: TracedLink) -> None:
    devices = devices_on(site, line)
    asker = Asker(site, link, bus_for(link, devices), test=False)
    while True:
        for device in devices:
            await asker.row(device)
        if line.protocol in ("scanner", "template"):
            await _hear(link)
        await asyncio.sleep(ROUND_REST_S)
