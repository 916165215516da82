"""Ask every device who it is (`probe`), and let each do something to see or hear (`test`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

from config.settings import CardReader as CardReaderRow
from config.settings import InputModule as ModuleRow
from config.settings import (
    IssueButton,
    Keypad,
    Led,
    Line,
    MainLed,
    RatingBox,
    Scanner,
    Settings,
    Speaker,
)
from config.settings import Printer as PrinterRow
from controller.toolbox.sheet import Row
from controller.toolbox.site import Site, ToolError
from controller.toolbox.voice_module import ask_voice_module
from devices.bus import Bus, BusSettings
from devices.framing.hall_event import (
    BEEP_REGISTER,
    MAGIC,
    MAGIC_REGISTER,
)
from devices.framing.modbus_rtu import (
    ReadDiscreteInputs,
    ReadHoldingRegisters,
    ReadInputRegisters,
    ReadInputRegistersReply,
    WriteCoil,
    WriteRegister,
)
from devices.id_card import CardReader
from devices.led import LedError, LedLine, LedStrip
from devices.led_codecs import codec_for
from devices.led_wording import LedWords, Own, fit
from devices.link import ByteLink, DeviceError
from devices.modbus_unit import UnitRefused, carry_out
from devices.player import NoPlayer, PlayerError, player_for
from devices.printer import Printer, PrinterError, PrinterStatus
from devices.profiles import profile
from devices.voice import Voice

CLASSES = {1: "keypad", 2: "rating box", 3: "window display", 4: "keypad with display"}
READER_S = 3.0
TEST_BEEP_MS = 300
LAMP_S = 0.5
ASKED = BusSettings(reply_s=0.3)
"""More patience than in service: nobody waits, and a false "silent" sends a person out."""

Unit = Keypad | RatingBox | IssueButton
Wired = PrinterRow | Led | MainLed | Unit | ModuleRow | Scanner | CardReaderRow


async def ask_all(site: Site, *, test: bool, only: str = "") -> AsyncIterator[Row]:
    """Probe or test the devices, line by line; `only`: one device's id. ToolError: none has it."""
    wanted = [one for one in site.settings.device_ids if only in ("", one)]
    if not wanted:
        raise ToolError(f"没有设备 {only}。 There is no device {only}: see `devices list`.")
    for line in site.settings.lines:
        devices = [one for one in devices_on(site, line) if one.device_id in wanted]
        if devices:
            async for row in _ask_line(site, line, devices, test):
                yield row
    for unit in pressed_in(site.settings):
        if unit.usb is not None and unit.device_id in wanted:
            yield _pad(unit, unit.usb)
    for speaker in site.settings.speakers:
        if speaker.device_id in wanted:
            yield await _speaker(site, speaker, test)


def pressed_in(settings: Settings) -> list[Unit]:
    """Return everything with keys."""
    return [*settings.keypads, *settings.rating_boxes, *settings.issue_buttons]


def devices_on(site: Site, line: Line) -> list[Wired]:
    """Return what hangs on a line, keys on its modules included, in the hall file's order."""
    settings = site.settings
    modules = {row.id for row in settings.input_modules if row.line == line.name}
    readers = [row for row in settings.card_readers if row.enabled]
    return [
        *(row for row in settings.printers if row.line == line.name),
        *(row for row in settings.leds if row.line == line.name),
        *(row for row in settings.main_leds if row.line == line.name),
        *(row for row in pressed_in(settings) if row.line == line.name or row.module in modules),
        *(row for row in settings.input_modules if row.line == line.name),
        *(row for row in settings.scanners if row.line == line.name),
        *(row for row in readers if row.line == line.name),
    ]


def bus_for(link: ByteLink, devices: Sequence[Wired]) -> Bus:
    """Return the master that suits what hangs on a line."""
    if devices and all(isinstance(one, Led | MainLed) for one in devices):
        return LedLine(link)
    return Bus(link, ASKED)


async def _ask_line(site: Site, line: Line, devices: list[Wired], test: bool) -> AsyncIterator[Row]:
    try:
        async with site.open(line) as link:
            asker = Asker(site, link, bus_for(link, devices), test)
            for device in devices:
                yield await asker.row(device)
    except ToolError as error:
        zh, _, en = str(error).partition("。 ")
        for device in devices:
            yield Row(device.device_id, "bad", f"{zh}。", en)


class Asker:
    """One open line and how to ask what hangs on it."""

    def __init__(self, site: Site, link: ByteLink, bus: Bus, test: bool) -> None:
        self._site = site
        self._link = link
        self._bus = bus
        self._test = test

    async def row(self, device: Wired) -> Row:
        """Ask or test one device; never raises for a device that is ill."""
        try:
            return await self._row(device)
        except UnitRefused as error:
            return Row(
                device.device_id, "bad", f"它拒绝了请求（{error.code}），型号可能不对。",
                f"It refused the request ({error.code}); it may be of another make.",
            )  # fmt: skip
        except (DeviceError, PlayerError) as error:
            return Row(
                device.device_id, "bad", "不应答：查电源、插头、地址和波特率。",
                f"No answer: check power, plug, address and baud ({error}).",
            )  # fmt: skip

    async def _row(self, device: Wired) -> Row:
        match device:
            case PrinterRow():
                return await self._printer(device)
            case Led() | MainLed():
                return await self._strip(device)
            case ModuleRow():
                return await self._module(device)
            case Scanner():
                return Row(
                    device.device_id, "look", "端口已打开；用 devices trace 看它扫到什么。",
                    "The port is open; `devices trace` shows what it scans.",
                )  # fmt: skip
            case CardReaderRow():
                return await self._card_reader(device)
        return await self._keys(device)

    # --- printers and strips

    async def _printer(self, row: PrinterRow) -> Row:
        make = profile(row.profile, **row.overrides)
        printer = Printer(self._link, make)
        status = PrinterStatus.READY
        if make.confirm != "none":
            status = await printer.status()
        if not status.can_print:
            return Row(row.device_id, "bad", f"状态 {status}。", f"It says: {status}.")
        if not self._test:
            return Row(row.device_id, "good", f"状态 {status}。", f"It says: {status}.")
        name = self._site.settings.hall.name
        text = f"{name}\n打印测试 printer test\n{row.device_id}\n".encode(
            make.encoding, errors="replace"
        )
        try:
            proof = await printer.print(b"\x1b\x40\x1c\x26" + text + make.cut, 1)
        except PrinterError as error:
            return Row(
                row.device_id, "bad", f"测试条没打出来：{error.reason}。",
                f"The test slip did not come out: {error.reason}.",
            )  # fmt: skip
        if proof == "none":
            return Row(
                row.device_id, "look", "测试条已发出，这台打印机不能证明，请看一眼。",
                "A test slip was sent; this printer proves nothing, so look at it.",
            )  # fmt: skip
        return Row(
            row.device_id, "good", f"测试条已打出，证明方式 {proof}。",
            f"A test slip was printed, proved by: {proof}.",
        )  # fmt: skip

    async def _strip(self, row: Led | MainLed) -> Row:
        settings = self._site.settings
        template = None if row.template is None else settings.template(row.template)
        codec = codec_for(row, template)
        strip = LedStrip(self._bus, row.address, codec)
        try:
            if self._test:
                words = LedWords.of(settings.texts.messages["zh"])
                shown = str(row.counter) if isinstance(row, Led) else str(row.address)
                await strip.show(fit(Own(shown), words, codec.panel))
                return Row(
                    row.device_id, "look", f"应显示“{shown}”，请看一眼。",
                    f'It should show "{shown}"; look at it.',
                )  # fmt: skip
            told = await strip.ask()
        except LedError as error:
            return Row(
                row.device_id, "bad", f"不应答或拒绝：{error.reason}。",
                f"No answer or refused: {error.reason}.",
            )  # fmt: skip
        if not codec.answers:
            return Row(
                row.device_id, "look", "这种条屏不会应答，请用 devices test 看显示。",
                "Strips of this make never answer; `devices test` shows a text.",
            )  # fmt: skip
        return Row(row.device_id, "good", "应答正常。", f"It answers: {told or 'yes'}.")

    # --- units, modules, readers

    async def _keys(self, row: Unit) -> Row:
        if row.template is not None:
            return Row(
                row.device_id, "look", "这种盒子只会发送，按一个键，用 devices trace 看。",
                "Boxes of this make only send: press a key and look with `devices trace`.",
            )  # fmt: skip
        if row.module is not None:
            module = self._site.settings.input_module(row.module)
            if not isinstance(row, IssueButton) and row.lamp is not None and self._test:
                await self._blink(module, row.lamp)
                return Row(row.device_id, "look", "指示灯应闪一下。", "Its lamp should blink once.")
            await self._read_inputs(module)
            return Row(row.device_id, "good", "它的模块应答正常。", "Its module answers.")
        assert row.address is not None
        reply = await carry_out(self._bus, ReadInputRegisters(row.address, MAGIC_REGISTER, 5))
        assert isinstance(reply, ReadInputRegistersReply)
        magic, version, unit_class, firmware, status = reply.values
        if magic != MAGIC:
            return Row(
                row.device_id, "bad", "应答的不是按键盒（标识不对），地址可能被别的设备占用。",
                "What answers is no key unit (wrong magic); another device may have the address.",
            )  # fmt: skip
        if self._test:
            beep = WriteRegister(row.address, BEEP_REGISTER, TEST_BEEP_MS // 10)
            await carry_out(self._bus, beep)
            return Row(row.device_id, "look", "应响一声。", "It should beep once.")
        kind = CLASSES.get(unit_class, f"class {unit_class}")
        told = f"version {version >> 8}.{version & 0xFF}, firmware {firmware}, status {status}"
        return Row(row.device_id, "good", "应答正常。", f"It answers: {kind}, {told}.")

    async def _module(self, row: ModuleRow) -> Row:
        if self._test and row.outputs:
            for output in range(1, row.outputs + 1):
                await self._blink(row, output)
            return Row(
                row.device_id, "look", f"{row.outputs} 个输出应依次动作。",
                f"Its {row.outputs} outputs should switch one after another.",
            )  # fmt: skip
        await self._read_inputs(row)
        return Row(row.device_id, "good", "应答正常。", f"It answers for {row.inputs} inputs.")

    async def _read_inputs(self, row: ModuleRow) -> None:
        if row.mode != "counted":
            await carry_out(self._bus, ReadDiscreteInputs(row.address, row.first, row.inputs))
            return
        read = ReadHoldingRegisters if row.holding else ReadInputRegisters
        await carry_out(self._bus, read(row.address, row.first, row.inputs))

    async def _blink(self, row: ModuleRow, output: int) -> None:
        coil = row.first_output + output - 1
        await carry_out(self._bus, WriteCoil(row.address, coil, 0xFF00))
        await asyncio.sleep(LAMP_S)
        await carry_out(self._bus, WriteCoil(row.address, coil, 0))

    async def _card_reader(self, row: CardReaderRow) -> Row:
        news: asyncio.Queue[bool] = asyncio.Queue()

        async def no_card(card: object) -> None:
            """What lies on the reader is nobody's business here."""

        reader = CardReader(self._link, no_card, lambda: date.min, row.elder_age, news.put_nowait)
        running = asyncio.create_task(reader.run())
        try:
            async with asyncio.timeout(READER_S):
                answers = await news.get()
        except TimeoutError:
            answers = False
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        if answers:
            return Row(row.device_id, "good", "应答正常。", "It answers.")
        return Row(
            row.device_id, "bad", "不应答：查电源和插头。", "No answer: check power and plug."
        )


# --- what hangs on no line


def _pad(row: Unit, path: str) -> Row:
    if path.startswith("sim://"):
        return Row(
            row.device_id, "look", "模拟键盘，在设备台上按。", "Simulated: press on the bench."
        )
    if Path(path).exists():
        return Row(row.device_id, "good", "键盘已插好。", "The pad is plugged in.")
    return Row(
        row.device_id, "bad", f"没有 {path}：没插，或换了插口。",
        f"There is no {path}: not plugged in, or in another socket.",
    )  # fmt: skip


async def _speaker(site: Site, row: Speaker, test: bool) -> Row:
    if row.line is not None:
        return await ask_voice_module(site, row, row.line, test)
    try:
        simulated = row.output.startswith("sim://")
        if simulated:
            site.speaker_url()
        player = player_for(row.output, site.speaker_url, row.id)
        if isinstance(player, NoPlayer):
            return Row(
                row.device_id, "bad", "本机没有放音程序（aplay、paplay 等）。",
                "No program plays sound on this machine (aplay, paplay, …).",
            )  # fmt: skip
        if not test:
            return Row(row.device_id, "look", "有放音程序，请用 devices test 听。",
                       "A player is there; listen with `devices test`.")  # fmt: skip
        voice = Voice(site.data_dir / "voice", row.voice, row.rate)
        try:
            clip = await voice.render("语音测试", "语音测试", 1, row.chime)
            await player.play(clip)
        finally:
            await voice.stop()
    except (PlayerError, OSError) as error:
        return Row(row.device_id, "bad", "放不出声音。", f"It cannot play: {error}.")
    if clip.voice == "chime":
        return Row(
            row.device_id, "bad", "只有提示音，没有语音引擎。", "A chime only: no speech engine."
        )
    return Row(row.device_id, "look", "应听到“语音测试”。", "A sentence should have been heard.")
