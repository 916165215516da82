"""A hall file with a strip of every make: the call stands on each, in what it can show."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings, load
from controller import strips as strips_of_hall
from controller.app import build
from controller.clock import Clock
from controller.desk import WriterDesk
from controller.domain.commands import CallNext, IssueTicket
from controller.reactors import display
from devices.sim.equipment import SimEquipment
from tests.fixtures.core import FakeTime
from tests.fixtures.hall_files import write_tree
from tests.fixtures.running import eventually
from tests.unit.test_config_strips import tree
from web.schemas.bench import Led

DESCRIBED = {
    "name": "old",
    "frame": ["FA 55", "address:1", "length:1", "colour", "effect", "text", "sum8", "0D"],
    "reply": ["FA AA", "address:1", "00", "0D"],
    "colours": {"red": "01", "green": "02", "yellow": "03"},
    "effects": {"static": "00", "flash": "01", "left": "02"},
}


@dataclass
class Strips:
    """The running hall and what its simulated strips show."""

    desk: WriterDesk
    sim: SimEquipment

    def rows(self) -> list[Led]:
        """As the bench page gets them."""
        rows = [Led.model_validate(row) for row in self.sim.overview()["leds"]]
        return sorted(rows, key=lambda row: row.counter)

    def texts(self) -> list[str]:
        return [row.text for row in self.rows()]

    def effects(self) -> list[str]:
        return [row.effect for row in self.rows()]

    async def until(self, probe: Callable[[], bool]) -> None:
        async def found() -> bool:
            return probe()

        try:
            await eventually(found, timeout_s=4, every_s=0.02)
        except Exception as error:
            raise AssertionError(self.sim.overview()["screens"]) from error

    async def show(self, *texts: str) -> None:
        async def shown() -> bool:
            return self.texts() == list(texts)

        try:
            await eventually(shown, timeout_s=4, every_s=0.02)
        except Exception as error:
            raise AssertionError(self.texts()) from error


@asynccontextmanager
async def strips(
    folder: Path, hall_file: dict[str, Any] | None = None, *others: str
) -> AsyncIterator[Strips]:
    """The hall with real drivers for strips and some others, and simulators on real ports."""
    hall_file = hall_file or tree(templates=[DESCRIBED])
    settings = load(write_tree(folder / "hall.toml", hall_file))
    sim = SimEquipment(settings, folder)
    async with AsyncExitStack() as stack:
        for port in sim.ports:
            await port.start()
            stack.push_async_callback(port.stop)
        real = on_ports(settings, {port.name: port.url for port in sim.ports})
        time = FakeTime()
        wanted = ("led:", *others)
        without = frozenset(one for one in real.device_ids if not one.startswith(wanted))
        hall = build(real, folder, clock=Clock(wall=time, ticks=time), without=without)
        await hall.start()
        stack.push_async_callback(hall.stop)
        yield Strips(WriterDesk(hall.writer), sim)


def on_ports(settings: Settings, urls: dict[str, str]) -> Settings:
    lines = [line.model_copy(update={"port": urls[line.name]}) for line in settings.lines]
    platform = settings.platform.model_copy(update={"url": "https://platform.example.cn"})
    speakers = [one.model_copy(update={"output": "system"}) for one in settings.speakers]
    return settings.model_copy(
        update={"lines": tuple(lines), "platform": platform, "speakers": tuple(speakers)}
    )


async def test_a_call_stands_on_a_strip_of_every_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "RETRY_S", 0.1)
    async with strips(tmp_path) as hall:
        idle = "热情为您服务"
        await hall.show(idle, idle, "----", "Welcome", idle)
        for no in range(1, 6):
            await hall.desk.wish(IssueTicket("A", f"t{no}"), "test")
            await hall.desk.wish(CallNext(no), "test")
        calls = ["请A001号", "请A002号", "A003", "A004 to counter 4", "请A005号"]
        await hall.show(*calls)
        assert hall.effects() == ["flash", "flash", "static", "flash", "flash"]


async def test_a_strip_may_have_a_text_of_its_own_while_nobody_is_there(tmp_path: Path) -> None:
    hall_file = tree(templates=[DESCRIBED])
    hall_file["leds"][1]["text"] = "三号窗口办理社保、医保和居住证"
    hall_file["leds"][3]["text"] = "Counter 4"
    async with strips(tmp_path, hall_file) as hall:
        idle = "热情为您服务"
        await hall.show(idle, hall_file["leds"][1]["text"], "----", "Counter 4", idle)
        assert hall.effects()[:2] == ["static", "left"]


async def test_a_board_and_a_keypad_share_one_pair(tmp_path: Path) -> None:
    hall_file = tree(templates=[DESCRIBED])
    board = {"counter": 3, "line": "units", "address": 33, "protocol": "led485", "columns": 4}
    hall_file["leds"] = [board]
    async with strips(tmp_path, hall_file, "keypad:3") as hall:
        await hall.show("----")
        for no in (1, 2, 3):
            await hall.desk.wish(IssueTicket("A", f"t{no}"), "test")
            hall.sim.inputs.keypads[3].press("NEXT")
            await hall.show(f"A00{no}")
            hall.sim.inputs.keypads[3].press("FINISH")
            await hall.show("----")


async def test_a_strip_of_any_make_comes_back_by_itself_after_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "RETRY_S", 0.1)
    monkeypatch.setattr(strips_of_hall, "AGAIN_S", 0.3)
    async with strips(tmp_path) as hall:
        texts = ["热情为您服务", "热情为您服务", "----", "Welcome", "热情为您服务"]
        await hall.show(*texts)
        for strip in hall.sim.strips.by_counter.values():
            strip.set_power(False)
        # An Alpha sign remembers its text and shows it when it has power.
        await hall.show("", "", "", "", "")
        for strip in hall.sim.strips.by_counter.values():
            strip.set_power(True)
        await hall.show(*texts)
