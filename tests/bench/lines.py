"""What the lines cost: from a key to its strip, one round of polls, and what illness costs others.

The whole hall runs in this process; its lines end in another one (`_wire.py`), where every byte
takes its time on the wire.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from config.poll_cycle import UNIT_BYTES, exchange_ms
from config.settings import load
from controller.app import Hall, build
from controller.domain.commands import FinishServing, IssueTicket
from controller.ids import new_ticket_id
from devices.bus import BusSettings
from tests.bench import figure
from tests.bench._running import ROOT, scratch, told
from tests.fixtures.hall_files import DEMO, write_tree

UNITS, BAUD = 20, 19200
STRIP_BAUD = 57600
MOST_UNITS, FAST_BAUD = 32, 38400
STRIPS = 5
PRESSES = 30
PROBES = 10
REPEATS = 3
WARM_S, WATCHED_S, WINDOW_S = 3.0, 15.0, 5.0
TEXT_REST_S = 1.3
"""A card takes a text a second; after so long nothing of a strip's own is on the way."""


class Wire:
    """The process at the far ends."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, **what: Any) -> Any:
        """Send one document; what came back."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        return json.loads(await self._process.stdout.readline())

    async def asked(self) -> dict[int, list[float]]:
        """When each unit was asked for its events, in seconds of the steady clock."""
        return {int(unit): at for unit, at in (await self.ask(asked=True)).items()}

    async def frame_with(self, strip: int, number: str) -> tuple[float, int]:
        """When the first frame with a ticket's number ended, and its bytes."""
        async with asyncio.timeout(10):
            while True:
                for at, size, text in await self.ask(frames=strip):
                    if number in text:
                        return at, size
                await asyncio.sleep(0.05)


@dataclass
class SlowHall:
    """A running hall on lines at wire speed. A strip hangs over counters 1 to `STRIPS`."""

    hall: Hall
    wire: Wire
    tickets: int = 0

    async def press_to_led(self, counter: int, phase: float) -> tuple[float, int]:
        """Seconds from NEXT, at a part of the cycle, to its frame's last byte, and its bytes."""
        self.tickets += 1
        wish = IssueTicket("A", new_ticket_id(self.hall.clock.now()))
        await self.hall.writer.execute(wish, actor="bench")
        pressed_at = await self.wire.ask(press=counter, phase=phase)
        shown_at, size = await self.wire.frame_with(counter - 1, f"A{self.tickets:03d}")
        await self.hall.writer.execute(FinishServing(counter), actor="bench")
        return shown_at - pressed_at, size


@contextlib.asynccontextmanager
async def slow_hall(units: int = UNITS, baud: int = BAUD) -> AsyncIterator[SlowHall]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench._wire", cwd=ROOT, limit=2**22,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    wire = Wire(process)
    try:
        with scratch() as folder:
            paths = await wire.ask(units=units, baud=baud, strips=STRIPS, strip_baud=STRIP_BAUD)
            hall = build(load(_hall_file(folder, paths, units, baud)), folder)
            await hall.start()
            try:
                await asyncio.sleep(WARM_S)
                yield SlowHall(hall, wire)
            finally:
                await hall.stop()
    finally:
        process.kill()
        await process.wait()


def _hall_file(folder: Path, paths: list[str], units: int, baud: int) -> Path:
    """The demo hall with a keypad at each of so many counters, no voice and no platform."""
    unit_path, printer_path, *strips = paths
    services = [service["code"] for service in DEMO["services"]]
    numbers = range(1, units + 1)
    led_lines = [
        {"name": f"led{no}", "port": path, "baud": STRIP_BAUD, "protocol": "onbon-bx"}
        for no, path in enumerate(strips, 1)
    ]
    changed = {
        "items": str(ROOT / "config" / DEMO["items"]),
        "counters": [{"no": no, "area": "hall", "services": services} for no in numbers],
        "lines": [
            {"name": "units", "port": unit_path, "baud": baud, "protocol": "modbus-rtu"},
            {"name": "kiosk", "port": printer_path, "baud": BAUD, "protocol": "escpos"},
            *led_lines,
        ],
        "printers": [
            {"id": "kiosk", "line": "kiosk", "profile": "cn-generic-80", "confirm": "status"}
        ],
        "platform": {"url": "https://127.0.0.1:9", "secret": "nobody-listens-there"},
        "keypads": [{"counter": no, "line": "units", "address": no} for no in numbers],
        "leds": [
            {"counter": no, "line": f"led{no}", "address": 1, "width_px": 128, "height_px": 16}
            for no in range(1, len(strips) + 1)
        ],
    }
    without = ("rating_boxes", "speakers", "boards")
    tree = {name: value for name, value in (DEMO | changed).items() if name not in without}
    return write_tree(folder / "hall.toml", tree)


# --- from the key to the strip ------------------------------------------------------------------


@figure("press_to_led_ratio", unit="ratio", better="lower", bar=1.3)
async def press_to_led_ratio() -> float:
    """Key -> last byte of the strip's frame, ÷ (half a cycle by E.5 + the frame's wire time)."""
    spent = await _presses([(place + 0.5) / PRESSES for place in range(PRESSES)])
    seconds, wire_s = _mean([one for one, _ in spent]), _mean([size for _, size in spent])
    expected_s = _cycle_s(UNITS, BAUD) / 2 + wire_s * 10 / STRIP_BAUD
    told("press to led", mean_ms=seconds * 1000, expected_ms=expected_s * 1000)
    return seconds / expected_s


@figure("press_to_led_worst_ms", unit="ms", better="lower", bar=50)
async def press_to_led_worst_ms() -> float:
    """A key pressed just after its poll: milliseconds above a cycle by E.5 + the wire time."""
    spent = await _presses([0.002 * place for place in range(1, PRESSES + 1)])
    above = [(one - size * 10 / STRIP_BAUD - _cycle_s(UNITS, BAUD)) * 1000 for one, size in spent]
    told("press to led", above_ms=above)
    return max(above)


async def _presses(phases: Sequence[float]) -> list[tuple[float, int]]:
    """One press after another, each at its own part of the cycle after the unit's poll."""
    spent = []
    async with slow_hall() as slow:
        await slow.press_to_led(1, 0.0)  # the first call also opens what is opened once
        for place, phase in enumerate(phases):
            spent.append(await slow.press_to_led(1 + (place + 1) % STRIPS, phase))
            await asyncio.sleep(TEXT_REST_S / STRIPS)
    return spent


# --- one round -----------------------------------------------------------------------------------


@figure("poll_cycle_ratio", unit="ratio", better="lower", bar=1.15)
async def poll_cycle_ratio() -> float:
    """A round of 32 units at 38400 ÷ the arithmetic of E.5."""
    async with slow_hall(MOST_UNITS, FAST_BAUD) as slow:
        await asyncio.sleep(WATCHED_S)
        asked = (await slow.wire.asked())[MOST_UNITS]
    recent = [at for at in asked if at > asked[-1] - WATCHED_S]
    cycle_s = (recent[-1] - recent[0]) / (len(recent) - 1)
    told("poll cycle", ms=cycle_s * 1000, by_e5_ms=_cycle_s(MOST_UNITS, FAST_BAUD) * 1000)
    return cycle_s / _cycle_s(MOST_UNITS, FAST_BAUD)


def _cycle_s(units: int, baud: int) -> float:
    return units * exchange_ms(UNIT_BYTES, baud) / 1000


# --- what illness costs the others ---------------------------------------------------------------


@figure("dead_unit_delay_ms", unit="ms", better="lower", bar=BusSettings().reply_s * 1000)
async def dead_unit_delay_ms() -> float:
    """A dead unit, then a stalled printer: the most that any other device is later by in 5 s.

    The worst of each run, and of three runs the middle one: a busy machine is late by itself.
    """
    dead = median([await _delay_ms(silent=UNITS) for _ in range(REPEATS)])
    stalled = median([await _delay_ms(stall=True) for _ in range(REPEATS)])
    told("delay", dead_unit_ms=dead, stalled_printer_ms=stalled)
    return max(dead, stalled)


async def _delay_ms(**illness: Any) -> float:
    """The polls of all units and the calls on the strips, well and ill, in one hall."""
    async with slow_hall() as slow:
        await slow.press_to_led(1, 0.0)
        well_s, well = await _watched(slow)
        await slow.wire.ask(**illness)
        ill_s, ill = await _watched(slow)
    ill.pop(illness.get("silent", 0), None)
    lost_s = [_most_lost_s(at, max(_waits(well[unit]))) for unit, at in ill.items()]
    told("delay", polls_ms=max(lost_s) * 1000, calls_ms=(ill_s - well_s) * 1000)
    return max(*lost_s, ill_s - well_s) * 1000


async def _watched(slow: SlowHall) -> tuple[float, dict[int, list[float]]]:
    """The longest of some calls, in the middle of a cycle each, and every unit's polls."""
    began = time.monotonic()
    calls = []
    for place in range(PROBES):
        calls.append((await slow.press_to_led(1 + place % STRIPS, 0.5))[0])
        await asyncio.sleep(TEXT_REST_S / STRIPS)
    asked = await slow.wire.asked()
    return max(calls), {unit: [one for one in at if one > began] for unit, at in asked.items()}


def _waits(at: Sequence[float]) -> list[float]:
    return [after - before for before, after in pairwise(at)]


def _most_lost_s(at: Sequence[float], usual_s: float) -> float:
    """What was lost in the worst 5 seconds, against the longest of the usual waits."""
    lost = [(after, max(0.0, after - before - usual_s)) for before, after in pairwise(at)]
    return max(sum(late for then, late in lost if end - WINDOW_S < then <= end) for end, _ in lost)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
