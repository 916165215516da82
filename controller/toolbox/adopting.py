"""Plug new key units in one by one and give each its address (`devices adopt`).

    find    harmless reads (FC04) over baud, parity and addresses; two strangers: refused
    hear    the same read many times: damaged answers mean a bad pair
    set     0100-0102 in one write: address, baud, parity of the line; read back at the new place
    prove   the counter's number on it (or beeps), then a person presses a key there

Every unit leaves its factory at address 1, so no unit is ever given it. At the line's own baud an
address of the hall file belongs to a unit that is fitted; two that share it damage each other's
answers, since their boot ids differ. At any other baud whoever answers is new.

Registers: device-protocols.md E.4. What is heard without a valid answer has sentences of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
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
    CLASS_DISPLAY,
    CLASS_KEYPAD,
    CLASS_KEYPAD_DISPLAY,
    CLASS_RATING_BOX,
    EVENT_COUNT,
    EVENT_REGISTER,
    KEYS,
    KIND_KEY,
    KIND_RATING,
    MAGIC,
    MAGIC_REGISTER,
    PARITY_CODES,
    TEXT_COMMIT_REGISTER,
    TEXT_LENGTH_REGISTER,
    UnitEvent,
    decode_event_block,
)
from devices.framing.modbus_rtu import (
    ExceptionReply,
    ReadInputRegisters,
    ReadInputRegistersReply,
    Reply,
    WriteRegister,
    WriteRegisters,
    encode,
)
from devices.link import ByteLink, LinkError
from devices.modbus_unit import UnitRefused, ask, carry_out

Open = Callable[[int, str], AbstractAsyncContextManager[ByteLink]]
"""Opens the line with a baud and a parity."""
Tell = Callable[[str], None]
Heard = Literal["unit", "other", "silent", "damaged", "zeros"]
"""`other`: a Modbus device without event registers."""
Kind = Literal["keypad", "rating-box", "issue-button"]

FACTORY_ADDRESS = 1
"""What units and modules leave their factories with (device-protocols.md E.2)."""
CLASSES: Mapping[Kind, tuple[int, ...]] = {
    "keypad": (CLASS_KEYPAD, CLASS_KEYPAD_DISPLAY),
    "rating-box": (CLASS_RATING_BOX,),
    "issue-button": (CLASS_KEYPAD, CLASS_KEYPAD_DISPLAY),
}
CLASS_NAMES = {
    CLASS_KEYPAD: "按键盒 a keypad",
    CLASS_RATING_BOX: "评价器 a rating box",
    CLASS_DISPLAY: "窗口屏 a window display",
    CLASS_KEYPAD_DISPLAY: "带屏按键盒 a keypad with a display",
}

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


class NobodyError(ToolError):
    """No new unit answers at the addresses that were tried."""


@dataclass(frozen=True, slots=True)
class Found:
    """A new unit, where it answers and of which class it is."""

    address: int
    baud: int
    parity: str
    unit_class: int = CLASS_KEYPAD


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a unit belongs. `counter` 0: to none."""

    line: Line
    counter: int
    address: int
    kind: Kind = "keypad"


class Adopter:
    """Adopts units on one line. `known`: addresses of the hall file, with what has each."""

    def __init__(self, opened: Open, known: Mapping[int, str], tell: Tell) -> None:
        self._open = opened
        self._known = known
        self._tell = tell
        self._echo = False

    async def find(self, line: Line, addresses: Iterable[int]) -> Found:
        """Return the one new unit at the addresses, or ToolError: what is wrong instead.

        NobodyError: nobody answers there, so it may have another address.
        """
        tried = sorted({*addresses, *self._known})
        heard: set[Heard] = set()
        fitted: list[int] = []
        bauds = dict.fromkeys((line.baud, *BAUDS))
        # A pseudo-terminal has no parity.
        parities = dict.fromkeys((line.parity, *(() if line.simulated else PARITIES)))
        for baud in bauds:
            for parity in parities:
                self._tell(f"   {baud} 8{parity}1 …")
                is_own = (baud, parity) == (line.baud, line.parity)
                async with self._open(baud, parity) as link:
                    if is_own:
                        fitted = [one for one in self._known if await self._is_fitted(link, one)]
                    new = [one for one in tried if not (is_own and one in self._known)]
                    found, other = await self._scan(link, new)
                if len(found) > 1:
                    raise ToolError(f"{TWO} ({', '.join(map(str, found))})")
                if found:
                    address, unit_class = found.popitem()
                    return Found(address, baud, parity, unit_class)
                heard |= other
                if "damaged" in other:
                    raise ToolError(f"{TWO} {DAMAGED}")
        raise ToolError(REVERSED) if "zeros" in heard else NobodyError(self._nobody(tried, fitted))

    def _nobody(self, tried: list[int], fitted: list[int]) -> str:
        span = f"{tried[0]}–{tried[-1]}"
        known = ", ".join(f"{one} {self._known[one]}" for one in fitted)
        return (
            f"地址 {span} 没有新设备应答：看它通电没有；有电就对调这台设备的 A 和 B 再试。 "
            f"No new unit answers at {span}: see whether it has power; if it has, swap A and B at "
            "this unit and try again."
        ) + (f" 已登记的在应答 those of the hall file answer: {known}." if known else "")

    async def _is_fitted(self, link: ByteLink, address: int) -> bool:
        """Whether the unit of the hall file answers. ToolError: two have its address."""
        questions = (
            ReadInputRegisters(address, MAGIC_REGISTER, 5),
            ReadInputRegisters(address, EVENT_REGISTER, EVENT_COUNT),
        )
        for question in questions:
            heard, _ = await self._look(link, question, whole=True)
            if heard == "damaged":
                name = self._known[address]
                raise ToolError(
                    f"有两台的地址是 {address}（大厅文件里是 {name}）：先拔下旧的那台，"
                    f"或只留新的。 Two have address {address} (in the hall file: {name}): unplug "
                    f"the fitted one, or leave only the new one. {DAMAGED}"
                )
            if heard != "unit":
                return heard == "other"
        return True

    async def _scan(
        self, link: ByteLink, addresses: Iterable[int]
    ) -> tuple[dict[int, int], set[Heard]]:
        found: dict[int, int] = {}
        heard: set[Heard] = set()
        for address in addresses:
            question = ReadInputRegisters(address, MAGIC_REGISTER, 5)
            told, unit_class = await self._look(link, question)
            if told == "unit":
                found[address] = unit_class
            else:
                heard.add(told)
        return found, heard

    async def _look(
        self, link: ByteLink, asked: ReadInputRegisters, *, whole: bool = False
    ) -> tuple[Heard, int]:
        """One harmless read: what kind of thing was heard, and the third register of it.

        whole: listen to the end, because a second answer may follow the first.
        """
        question = ask(asked)
        link.discard()
        heard, reply = b"", None
        try:
            await link.write(question.wire)
            wire_s = (len(question.wire) + question.answer_bytes) * link.byte_s
            deadline = _now() + wire_s + LOOK_S
            while (left_s := deadline - _now()) > 0 and (whole or reply is None):
                heard += await link.read(timeout_s=left_s)
                reply = question.answer(heard)
        except LinkError as error:
            raise ToolError(f"线路断了：{error}。 The line was lost: {error}.") from error
        if question.wire in heard and not self._echo:
            self._echo = True
            self._tell(f"   {ECHO}")
        rest = heard.replace(question.wire, b"")
        if reply is not None and not (whole and rest != encode(reply)):
            return _kind_of(asked, reply)
        if not rest:
            return "silent", 0
        return ("damaged" if rest.strip(b"\x00") else "zeros"), 0

    async def check(self, found: Found) -> None:
        """Ask many times. ToolError: some answers are damaged or missing."""
        question = ReadInputRegisters(found.address, MAGIC_REGISTER, 5)
        async with self._open(found.baud, found.parity) as link:
            good = [(await self._look(link, question))[0] == "unit" for _ in range(HEARD_TIMES)]
        if not all(good):
            raise ToolError(f"{sum(good)} / {HEARD_TIMES}: {DAMAGED}")

    async def settle(self, found: Found, wanted: Wanted) -> None:
        """Set address, baud and parity, and read them back at the new place.

        ToolError: it is of another kind, refuses, or does not answer at its new place.
        """
        line = wanted.line
        _compare(found.unit_class, wanted.kind)
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
            question = ReadInputRegisters(wanted.address, MAGIC_REGISTER, 5)
            if (await self._look(link, question))[0] != "unit":
                raise ToolError(
                    "改了地址以后它不应答，断电再上电试一次。 "
                    "It does not answer at its new address; switch it off and on and try again."
                )

    async def prove(self, wanted: Wanted, press_s: float = PRESS_S) -> UnitEvent:
        """Show the counter's number, ask for a press and wait for it. ToolError: nobody pressed.

        Presses of before the question prove nothing and are dropped.
        """
        async with self._open(wanted.line.baud, wanted.line.parity) as link:
            bus = Bus(link, PATIENT)
            try:
                while await _taken(bus, wanted.address) is not None:
                    pass
                self._tell(f"   {_question(wanted)}")
                asked_at = _now()
                await _show(bus, wanted)
                async with asyncio.timeout(press_s):
                    return await self._pressed(bus, wanted, asked_at)
            except TimeoutError:
                raise ToolError(
                    f"{press_s:.0f} 秒内没有人按键，大厅文件没有改。 "
                    f"Nobody pressed within {press_s:.0f} s; the hall file was not changed."
                ) from None
            except (UnitRefused, UnitSilent, LinkError) as error:
                raise ToolError(f"设备断了：{error}。 The unit was lost: {error}.") from error

    async def _pressed(self, bus: Bus, wanted: Wanted, asked_at: float) -> UnitEvent:
        while True:
            event = await _taken(bus, wanted.address)
            if event is not None:
                if _proves(event, wanted.kind) and event.age_10ms / 100 <= _now() - asked_at:
                    return event
                self._tell(
                    f"   听到 0x{event.detail:02X}，不是要按的键 "
                    f"heard 0x{event.detail:02X}, which is not the key that was asked for"
                )
            await asyncio.sleep(POLL_S)


def _kind_of(asked: ReadInputRegisters, reply: Reply) -> tuple[Heard, int]:
    if isinstance(reply, ExceptionReply) or not isinstance(reply, ReadInputRegistersReply):
        return "other", 0
    if asked.address == MAGIC_REGISTER and reply.values[0] != MAGIC:
        return "other", 0
    return "unit", reply.values[2]


def _compare(unit_class: int, kind: Kind) -> None:
    """ToolError: a unit of this class is not of the kind that was asked for."""
    if unit_class not in CLASSES[kind]:
        name = CLASS_NAMES.get(unit_class, f"class {unit_class}")
        raise ToolError(
            f"接上的是{name}，不是 --kind {kind} 要的。 "
            f"What is plugged in is {name.split(' ', 1)[-1]}, not what --kind {kind} asks for."
        )


def _question(wanted: Wanted) -> str:
    where = f"{wanted.counter} 号窗口" if wanted.counter else "它上面"
    at = f"counter {wanted.counter}" if wanted.counter else "it"
    if wanted.kind == "keypad":
        return (
            f"地址 {wanted.address} 已设好，请在{where}按“下一位” "
            f"Address {wanted.address} is set; press NEXT at {at}"
        )
    return (
        f"地址 {wanted.address} 已设好，请在{where}按任一键 "
        f"Address {wanted.address} is set; press any key at {at}"
    )


def _proves(event: UnitEvent, kind: Kind) -> bool:
    if kind == "keypad":
        return (event.kind, event.detail) == (KIND_KEY, KEYS["NEXT"])
    return event.kind == (KIND_RATING if kind == "rating-box" else KIND_KEY)


async def _show(bus: Bus, wanted: Wanted) -> None:
    """Write the number where the unit has a display; else one beep for each, at most nine."""
    text = str(wanted.counter or wanted.address).encode("ascii")
    padded = text + bytes(len(text) % 2)
    words = [int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2)]
    try:
        request = WriteRegisters(wanted.address, TEXT_LENGTH_REGISTER, (len(text), 0x0001, *words))
        await carry_out(bus, request)
        await carry_out(bus, WriteRegister(wanted.address, TEXT_COMMIT_REGISTER, 1))
    except UnitRefused:
        for _ in range(wanted.counter if 0 < wanted.counter < 10 else 1):
            await carry_out(bus, WriteRegister(wanted.address, BEEP_REGISTER, BEEP_MS // 10))
            await asyncio.sleep(BEEP_EVERY_S)


async def _taken(bus: Bus, address: int) -> UnitEvent | None:
    """The oldest event, which the unit may drop now; None: there is none."""
    reply = await carry_out(bus, ReadInputRegisters(address, EVENT_REGISTER, EVENT_COUNT))
    assert isinstance(reply, ReadInputRegistersReply)
    event = decode_event_block(reply.values)
    if event is not None:
        await carry_out(bus, WriteRegister(address, ACK_REGISTER, event.seq))
    return event


def _now() -> float:
    return asyncio.get_running_loop().time()
