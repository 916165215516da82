"""The wiring list of a hall file, printable: it is what the electrician ticks (`devices plan`).

Arithmetic and limits: device-protocols.md E.5 and H. Colours are a habit of the trade and no
standard; what counts is that they are the same along the whole line.
"""

from __future__ import annotations

from collections.abc import Iterator

from config.settings import (
    InputModule,
    IssueButton,
    Keypad,
    Led,
    Line,
    RatingBox,
    Settings,
    cycle_ms,
)
from controller.toolbox.asking import Wired, devices_on, pressed_in
from controller.toolbox.sheet import padded
from controller.toolbox.site import Site
from devices.led_codecs import codec_for
from devices.led_wording import Called, LedWords, fit

RS485 = ("modbus-rtu", "onbon-bx", "lumen-cpower", "template", "alpha")
MOST_LOADS = 32
NEAR_FULL = 28
REACTION_MS = 50.0
"""What press to LED may take above one poll cycle and the time on the wire."""
PLAIN = "RS-232: TX→RX, RX→TX, GND-GND"


def plan(site: Site) -> Iterator[str]:
    """Yield the lines of the sheet."""
    settings = site.settings
    yield f"接线与验收单 Wiring and acceptance sheet: {settings.hall.name} {settings.hall.name_en}"
    yield f"大厅文件 hall file: {settings.path.name}"
    for line in settings.lines:
        yield ""
        yield from _line(site, line, devices_on(site, line))
    yield ""
    yield from _usb_and_sound(settings)
    yield ""
    yield from _speed(site)
    yield ""
    yield from _acceptance()


def _line(site: Site, line: Line, devices: list[Wired]) -> Iterator[str]:
    parity = {"N": "8N1", "E": "8E1"}[line.parity]
    yield f"== {line.name}  {line.port}  {line.baud} {parity}  {line.protocol}"
    speakers = [row for row in site.settings.speakers if row.line == line.name]
    if speakers:
        for speaker in speakers:
            yield f"   {line.name}-01: PC - {speaker.device_id}"
        yield f"   {PLAIN}"
    elif not devices:
        yield "   这条线上没有设备 nothing hangs on this line"
    elif line.protocol in RS485:
        yield from _pair(line, devices)
    else:
        yield from _cable(line, devices)


def _pair(line: Line, devices: list[Wired]) -> Iterator[str]:
    """A daisy chain; the order is that of the counters, then of the addresses."""
    chain = _chain(devices)
    yield (
        "   端子 terminals: A(+) 黄 yellow - B(-) 绿 green - GND 黑 black；"
        "屏蔽只在电脑端接地 shield grounded at the PC only"
    )
    yield "   手拉手连接，不分叉 daisy chain, no branches; 总长 total ≤ 1200 m"
    head = ("标签 label", "从 from", "到 to", "地址 address")
    widest = max(len("+".join(names)) for _, names in chain) + 2
    widths = (max(12, len(line.name) + 5), max(20, widest), max(20, widest), 8)
    yield "   " + "".join(padded(cell, width) for cell, width in zip(head, widths, strict=True))
    before = "PC"
    for number, (address, names) in enumerate(chain, 1):
        cells = (
            f"{line.name}-{number:02}",
            before,
            "+".join(names),
            f"{address} (0x{address:02X})",
        )
        last = "  120 Ω" if number == len(chain) else ""
        row = "".join(padded(cell, width) for cell, width in zip(cells, widths, strict=True))
        yield f"   {row.rstrip()}{last}"
        before = names[0]
    yield f"   120 Ω: 电脑端转换器 at the PC's adapter; 末端 {chain[-1][1][0]} at the last device"
    yield "   断电后量 A-B 应约 60 Ω with the power off, A-B measures about 60 Ω"
    yield from _load(len(chain))


def _load(units: int) -> Iterator[str]:
    yield f"   负载 bus load: {units + 1} / {MOST_LOADS}"
    if units + 1 > MOST_LOADS:
        yield "   !! 超过 32 个负载：分成两条线或加中继器 too many: use two lines or a repeater"
    elif units + 1 > NEAR_FULL:
        yield "   ! 接近满载：用 1/8 负载的设备 nearly full: use 1/8-load devices"


def _chain(devices: list[Wired]) -> list[tuple[int, list[str]]]:
    """Addresses with what has them, in the order of the cable."""
    found: dict[int, list[str]] = {}
    at: dict[int, int] = {}
    for row in devices:
        address = getattr(row, "address", None)
        if address is not None:
            found.setdefault(address, []).append(row.device_id)
            at.setdefault(address, getattr(row, "counter", 999))
    return sorted(found.items(), key=lambda one: (at[one[0]], one[0]))


def _cable(line: Line, devices: list[Wired]) -> Iterator[str]:
    for row in devices:
        yield f"   {line.name}-01: PC - {row.device_id}"
    if line.port.startswith(("socket://", "rfc2217://")):
        yield "   网线 network cable; 固定 IP a fixed IP address"
        return
    flow = "; 打印机流控 printer flow control: DTR → CTS, RTS/CTS"
    yield f"   {PLAIN}{flow if line.protocol == 'escpos' else ''}"


def _usb_and_sound(settings: Settings) -> Iterator[str]:
    yield "== USB, 声音 sound, 大屏 boards"
    for unit in pressed_in(settings):
        if unit.usb is not None:
            yield f"   {padded(unit.device_id, 20)}{unit.usb}"
    for speaker in settings.speakers:
        yield f"   {padded(speaker.device_id, 20)}{speaker.output}  区域 area {speaker.area}"
    for board in settings.boards:
        yield f"   {padded(board.device_id, 20)}/board?area={board.area}"


def _speed(site: Site) -> Iterator[str]:
    """Worst press to LED: a whole round of the units, the frame on its wire, the reaction."""
    settings = site.settings
    yield "== 按键到条屏 press to LED"
    cycles = {}
    for line in settings.lines:
        if line.protocol == "modbus-rtu" and devices_on(site, line):
            cycles[line.name] = _cycle_ms(line, devices_on(site, line))
            yield f"   {line.name}: 问一轮 one round {cycles[line.name]:.0f} ms"
    frames = [(led.line, _frame_ms(settings, led)) for led in settings.leds]
    if not cycles or not frames:
        yield "   没有 Modbus 按键或没有条屏 no Modbus keys, or no strips"
        return
    slow_line, frame_ms = max(frames, key=lambda one: one[1])
    worst_ms = max(cycles.values()) + frame_ms + REACTION_MS
    yield f"   {slow_line}: 一帧 one frame {frame_ms:.0f} ms"
    yield f"   最慢 worst: {worst_ms:.0f} ms = 一轮 round + 一帧 frame + {REACTION_MS:.0f} ms"


def _cycle_ms(line: Line, devices: list[Wired]) -> float:
    pressed = [row for row in devices if isinstance(row, Keypad | RatingBox | IssueButton)]
    units = {row.address for row in pressed if row.address is not None}
    modules = [row for row in devices if isinstance(row, InputModule)]
    return cycle_ms(line, len(units), modules)


def _frame_ms(settings: Settings, led: Led) -> float:
    template = None if led.template is None else settings.template(led.template)
    codec = codec_for(led, template)
    language = "zh" if codec.panel.signs == "gb2312" else "en"
    words = LedWords.of(settings.texts.messages[language])
    messages = codec.show(led.address, fit(Called("A012", led.counter), words, codec.panel), False)
    line = settings.line(led.line)
    bits = 10 if line.parity == "N" else 11
    return sum(len(one.wire) + one.answer_bytes for one in messages) * bits * 1000 / line.baud


def _acceptance() -> Iterator[str]:
    yield "== 验收 acceptance"
    for step in (
        "标签齐全 every cable has its label",
        "A-B 约 60 Ω about 60 Ω (断电 power off)",
        "run.py devices probe 全部正常 all ok",
        "run.py devices test 逐台看过听过 each seen and heard",
        "每个窗口按“下一位”，条屏和语音都对 NEXT at each counter: strip and voice are right",
        "拔一台，其他不受影响；插回自动恢复 unplug one: the others go on; it comes back by itself",
    ):
        yield f"   [ ] {step}"
    yield "   安装 fitted by ____________  验收 accepted by ____________  日期 date ____________"
