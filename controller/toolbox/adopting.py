"""Plug new key units in one by one and give each its address (`devices adopt`).

    find    harmless reads (FC04 0000-0004) over baud, parity and addresses; two strangers: refused
    hear    the same read many times: damaged answers mean a bad pair
    set     0100-0102 in one write: address, baud, parity of the line; read back at the new place
    prove   the counter's number on it (or beeps), then a person presses a key there

Registers: device-protocols.md E.4. What is heard without a valid answer has sentences of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal

from config.settings import Line
from controller.toolbox.site import ToolError
from devices.bus import Bus, BusSettings, UnitSilent
from devices.framing.hall_event import (
    ACK_REGISTER,
    ADDRESS_REGISTER,
    BAUD_CODES,
    BEEP_REGISTER,
    EVENT_COUNT,
    EVENT_REGISTER,
    MAGIC,
    MAGIC_REGISTER,
    PARITY_CODES,
    TEXT_COMMIT_REGISTER,
    TEXT_LENGTH_REGISTER,
    UnitEvent,
    decode_event_block,
)
from devices.framing.modbus_rtu import (
    ReadInputRegisters,
    ReadInputRegistersReply,
    WriteRegister,
    WriteRegisters,
)
from devices.link import ByteLink, LinkError
from devices.modbus_unit import UnitRefused, ask, carry_out

Open = Callable[[int, str], AbstractAsyncContextManager[ByteLink]]
"""Opens the line with a baud and a parity."""
Tell = Callable[[str], None]
Heard = Literal["unit", "silent", "damaged", "zeros"]

BAUDS = (9600, 19200, 38400, 115200, 57600, 4800)
PARITIES = ("N", "E")
LOOK_S = 0.06
"""A stranger thinks at most so long; in service it gets more."""
HEARD_TIMES = 20
PRESS_S = 60.0
POLL_S = 0.1
BEEP_MS, BEEP_EVERY_S = 100, 0.3
PATIENT = BusSettings(reply_s=0.3)

REVERSED = (
    "线上只有零字节：多半是 A、B 接反了，请在转换器一端对调 A 和 B。 "
    "Only zero bytes on the line: A and B are probably reversed; swap them at the adapter."
)
SILENT = (
    "没有设备应答：看它通电没有；有电就对调这台设备的 A 和 B 再试。 "
    "Nobody answers: see whether it has power; if it has, swap A and B at this unit and try again."
)
TWO = (
    "有两台以上的新设备同时应答，请只留一台。 "
    "More than one new unit answers: leave only one of them plugged in."
)
DAMAGED = (
    "听到了，但常有错：两端各要一个 120 Ω，三根线都要接（含 GND），总线不要分叉。 "
    "It is heard with errors: 120 Ω at both ends, all three wires (GND too), and no branches."
)
ECHO = (
    "转换器会听到自己发出的字节（回显），程序会自动去掉，不用处理。 "
    "The adapter hears what it sends (echo); the program removes that by itself."
)


@dataclass(frozen=True, slots=True)
class Found:
    """A new unit, where it answers."""

    address: int
    baud: int
    parity: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a unit belongs."""

    line: Line
    counter: int
    address: int


class Adopter:
    """Adopts units on one line. `known`: addresses of the hall file, which are left alone."""

    def __init__(self, opened: Open, known: frozenset[int], tell: Tell, most: int = 32) -> None:
        self._open = opened
        self._known = known
        self._tell = tell
        self._most = most
        self._echo = False

    async def find(self, line: Line) -> Found:
        """Return the one new unit on the line. ToolError says what is wrong instead."""
        heard: set[Heard] = set()
        bauds = dict.fromkeys((line.baud, *BAUDS))
        # A pseudo-terminal has no parity.
        parities = dict.fromkeys((line.parity, *(() if line.simulated else PARITIES)))
        for baud in bauds:
            for parity in parities:
                self._tell(f"   {baud} 8{parity}1 …")
                async with self._open(baud, parity) as link:
                    found, other = await self._scan(link)
                if len(found) > 1:
                    raise ToolError(f"{TWO} ({', '.join(map(str, found))})")
                if found:
                    return Found(found[0], baud, parity)
                heard |= other
                if "damaged" in other:
                    raise ToolError(f"{TWO} {DAMAGED}")
        raise ToolError(REVERSED if "zeros" in heard else SILENT)

    async def _scan(self, link: ByteLink) -> tuple[list[int], set[Heard]]:
        found: list[int] = []
        heard: set[Heard] = set()
        for address in range(1, self._most + 1):
            if address in self._known:
                continue
            told = await self._look(link, address)
            if told == "unit":
                found.append(address)
            else:
                heard.add(told)
        return found, heard

    async def _look(self, link: ByteLink, address: int) -> Heard:
        """One harmless read, and what kind of thing was heard."""
        question = ask(ReadInputRegisters(address, MAGIC_REGISTER, 5))
        link.discard()
        heard = b""
        try:
            await link.write(question.wire)
            wire_s = (len(question.wire) + question.answer_bytes) * link.byte_s
            deadline = _now() + wire_s + LOOK_S
            while (left_s := deadline - _now()) > 0:
                heard += await link.read(timeout_s=left_s)
                reply = question.answer(heard)
                if isinstance(reply, ReadInputRegistersReply) and reply.values[0] == MAGIC:
                    return "unit"
        except LinkError as error:
            raise ToolError(f"线路断了：{error}。 The line was lost: {error}.") from error
        if question.wire in heard and not self._echo:
            self._echo = True
            self._tell(f"   {ECHO}")
        rest = heard.replace(question.wire, b"")
        if not rest:
            return "silent"
        return "damaged" if rest.strip(b"\x00") else "zeros"

    async def check(self, found: Found) -> None:
        """Ask many times. ToolError: some answers are damaged or missing."""
        async with self._open(found.baud, found.parity) as link:
            good = [await self._look(link, found.address) == "unit" for _ in range(HEARD_TIMES)]
        if not all(good):
            raise ToolError(f"{sum(good)} / {HEARD_TIMES}: {DAMAGED}")

    async def settle(self, found: Found, wanted: Wanted) -> None:
        """Set address, baud and parity, and read them back at the new place. ToolError."""
        line = wanted.line
        codes = {baud: code for code, baud in BAUD_CODES.items()}
        if line.baud not in codes:
            raise ToolError(
                f"这种设备没有波特率 {line.baud}。 Units of this kind have no baud {line.baud}."
            )
        values = (wanted.address, codes[line.baud], PARITY_CODES[line.parity])
        async with self._open(found.baud, found.parity) as link:
            try:
                await carry_out(Bus(link, PATIENT), WriteRegisters(
                    found.address, ADDRESS_REGISTER, values
                ))  # fmt: skip
            except (UnitRefused, UnitSilent, LinkError) as error:
                raise ToolError(
                    f"设备不接受新地址：{error}。 The unit does not take its address: {error}."
                ) from error
        async with self._open(line.baud, line.parity) as link:
            if await self._look(link, wanted.address) != "unit":
                raise ToolError(
                    "改了地址以后它不应答，断电再上电试一次。 "
                    "It does not answer at its new address; switch it off and on and try again."
                )

    async def prove(self, wanted: Wanted, press_s: float = PRESS_S) -> UnitEvent:
        """Show the counter's number and wait for a key. ToolError: nobody pressed."""
        async with self._open(wanted.line.baud, wanted.line.parity) as link:
            bus = Bus(link, PATIENT)
            try:
                await _show(bus, wanted)
                async with asyncio.timeout(press_s):
                    return await _pressed(bus, wanted.address)
            except TimeoutError:
                raise ToolError(
                    f"{press_s:.0f} 秒内没有人按键，大厅文件没有改。 "
                    f"Nobody pressed within {press_s:.0f} s; the hall file was not changed."
                ) from None
            except (UnitRefused, UnitSilent, LinkError) as error:
                raise ToolError(f"设备断了：{error}。 The unit was lost: {error}.") from error


async def _show(bus: Bus, wanted: Wanted) -> None:
    """Write the number where the unit has a display; else one beep for each."""
    text = str(wanted.counter).encode("ascii")
    padded = text + bytes(len(text) % 2)
    words = [int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2)]
    try:
        request = WriteRegisters(wanted.address, TEXT_LENGTH_REGISTER, (len(text), 0x0001, *words))
        await carry_out(bus, request)
        await carry_out(bus, WriteRegister(wanted.address, TEXT_COMMIT_REGISTER, 1))
    except UnitRefused:
        for _ in range(wanted.counter if wanted.counter < 10 else 1):
            await carry_out(bus, WriteRegister(wanted.address, BEEP_REGISTER, BEEP_MS // 10))
            await asyncio.sleep(BEEP_EVERY_S)


async def _pressed(bus: Bus, address: int) -> UnitEvent:
    while True:
        read = ReadInputRegisters(address, EVENT_REGISTER, EVENT_COUNT)
        reply = await carry_out(bus, read)
        assert isinstance(reply, ReadInputRegistersReply)
        event = decode_event_block(reply.values)
        if event is not None:
            await carry_out(bus, WriteRegister(address, ACK_REGISTER, event.seq))
            return event
        await asyncio.sleep(POLL_S)


def _now() -> float:
    return asyncio.get_running_loop().time()
