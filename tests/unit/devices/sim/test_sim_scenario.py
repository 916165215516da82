"""Scenarios: files that are read strictly, faults by the hall's clock, random ones by a seed."""

import asyncio
from pathlib import Path

import pytest

from config.settings import ConfigErrors, load, shipped_scenario, shipped_scenarios
from devices.sim.clock import Watch
from devices.sim.equipment import SimEquipment
from devices.sim.fault_board import FaultBoard
from devices.sim.fault_kinds import SILENT, SLOW, FaultKind, Faulty, flag
from devices.sim.scenario import Scenario, ScenarioPlayer, Step, random_faults, read_steps
from tests.fixtures.hall_files import CONFIG
from tests.fixtures.virtual_time import run_virtually

PLAN = Scenario(name="plan", title="计划", title_en="A plan", steps=())


class Device(Faulty):
    """Something with faults that notes what was set."""

    fault_kinds = (SILENT, FaultKind("paper", ("ok", "low", "out")), flag("rebooted", once=True))

    def __init__(self) -> None:
        self.silent, self.paper, self.rebooted = False, "ok", False


def devices() -> dict[str, Device]:
    return {"printer:one": Device(), "printer:two": Device()}


def board_of(hall: str, folder: Path) -> FaultBoard:
    return SimEquipment(load(CONFIG / hall, simulate=True), folder).faults


@pytest.mark.parametrize("hall", ["demo.toml", "hall.toml"])
@pytest.mark.parametrize("name", shipped_scenarios())
async def test_what_ships_fits_the_halls_that_ship(tmp_path: Path, hall: str, name: str) -> None:
    file = shipped_scenario(name)
    assert file is not None
    scenario, steps = read_steps(file, board_of(hall, tmp_path))
    assert len(steps) >= len(scenario.steps)
    assert scenario.title and scenario.title_en


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "step"),
        ("steps = []\n" + "[[step]]\nat = '00:00:01'\ndevice = 'platform'\n"
         "fault = { mode = 'down' }\nfor_s = 3", "steps"),
        ("[[step]]\nat = '1:30'\ndevice = 'platform'\nfault = { mode = 'down' }\nfor_s = 3",
         "step[0].at"),
        ("[[step]]\nat = '00:00:01'\ndevice = 'platform'\nfault = { mode = 'down' }\nfor_s = 0",
         "step[0].for_s"),
        ("[[step]]\nat = '00:00:01'\ndevice = 'platform'\nfault = { mode = 'down' }",
         "step[0].for_s"),
        ("[[step]]\nat = '00:00:01'\ndevice = 'printer:two'\nfault = { paper = 'out' }\nfor_s = 3",
         "step[0].device"),
        ("[[step]]\nat = '00:00:01'\ndevice = 'led:1'\nfault = { paper = 'out' }\nfor_s = 3",
         "step[0].fault.paper"),
        ("[[step]]\nat = '00:00:01'\ndevice = 'led:1'\nfault = { powered = 0 }\nfor_s = 3",
         "step[0].fault.powered"),
    ],
)  # fmt: skip
async def test_a_mistake_is_told_with_its_file_and_key(
    tmp_path: Path, text: str, key: str
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigErrors) as refused:
        read_steps(file, board_of("demo.toml", tmp_path))
    assert [(error.file, error.key) for error in refused.value.errors] == [(str(file), key)]


def test_faults_come_and_go_by_the_halls_clock() -> None:
    """Thirty times as fast; a fault that is set again meanwhile ends with the later step."""

    async def play() -> list[tuple[int, str]]:
        loop = asyncio.get_running_loop()
        watch = Watch("Asia/Shanghai", wall=lambda: 1.9e9, ticks=loop.time)
        watch.set(1_900_000_000_000, 30.0)
        one = devices()
        player = ScenarioPlayer(FaultBoard(one), watch)
        player.start(PLAN, [
            Step(30, "printer:one", {"paper": "low"}, 60),
            Step(60, "printer:one", {"paper": "out"}, 60),
            Step(60, "printer:two", {"rebooted": True}, 0),
        ])  # fmt: skip
        began, seen = loop.time(), []
        while player.state()["running"]:
            seen.append((round((loop.time() - began) * 30), str(one["printer:one"].paper)))
            await asyncio.sleep(0.05)
        assert {step["state"] for step in player.state()["steps"]} == {"over"}
        return seen

    seen = run_virtually(play())
    values = dict(reversed(seen))
    changes = [paper for place, (_, paper) in enumerate(seen) if paper != seen[place - 1][1]]
    assert changes == ["ok", "low", "out"]
    assert [min(at for at, paper in values.items() if paper == word) for word in ("low", "out")] \
        == pytest.approx([30, 60], abs=3)  # fmt: skip
    assert max(values) == pytest.approx(120, abs=3)


async def test_a_scenario_that_is_broken_off_leaves_nothing_broken() -> None:
    one = devices()
    player = ScenarioPlayer(FaultBoard(one), Watch("Asia/Shanghai"))
    assert player.state()["name"] is None
    player.start(PLAN, [Step(0, "printer:one", {"paper": "out", "silent": True}, 600)])
    await asyncio.sleep(0.01)
    assert (one["printer:one"].paper, player.state()["steps"][0]["state"]) == ("out", "on")
    player.stop()
    await asyncio.sleep(0)
    assert not FaultBoard(one).active("printer:one")
    assert player.state()["running"] is False


@pytest.mark.parametrize("seed", range(5))
async def test_random_faults_are_of_every_kind_and_all_end(tmp_path: Path, seed: int) -> None:
    board = board_of("demo.toml", tmp_path)
    steps = list(random_faults(seed, board.devices, 60, 1860))
    assert steps == list(random_faults(seed, board.devices, 60, 1860))
    assert steps != list(random_faults(seed + 1, board.devices, 60, 1860))
    seen = {
        (step.device.partition(":")[0], name, value)
        for step in steps
        for name, value in step.faults.items()
    }
    for device, one in board.devices.items():
        for kind in one.fault_kinds:
            for value in kind.choices[1:]:
                assert (device.partition(":")[0], kind.name, value) in seen
    ends: dict[tuple[str, str], float] = {}
    for step in steps:
        assert board.mistake(step.device, step.faults) is None
        assert 60 <= step.at_s <= step.at_s + step.for_s <= 1860
        (name,) = step.faults
        assert step.at_s >= ends.get((step.device, name), 0)
        assert step.for_s > 0 or not board.lasts(step.device, step.faults)
        ends[step.device, name] = step.at_s + step.for_s


def test_a_span_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        list(random_faults(1, devices(), 10, 12))
    assert SLOW.takes(17) and not SLOW.takes(True)
