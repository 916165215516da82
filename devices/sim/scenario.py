"""Faults by a plan: a scenario file, or random ones by a seed, on the devices of one hall.

    Step --> at_s of the hall's clock --> FaultBoard.set --> for_s later --> well again

A fault that is set again meanwhile belongs to the later step, and ends with that.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.settings import ConfigError, ConfigErrors, Scenario, ScenarioStep, load_scenario
from devices.sim.clock import Watch
from devices.sim.fault_board import Breakable, FaultBoard
from devices.sim.fault_kinds import FaultKind, Value

LEAST_S, MOST_S = 5, 60
"""How long a random fault lasts, in seconds of the hall."""
WELL_S = 5
"""And for how long its device is well again before the same fault can come back."""


@dataclass(frozen=True, slots=True)
class Step:
    """Faults of one device from `at_s` after the start, for `for_s`; both of the hall's clock.

    for_s 0: nothing has to end.
    """

    at_s: float
    device: str
    faults: Mapping[str, Value]
    for_s: float


def read_steps(path: Path, board: FaultBoard) -> tuple[Scenario, list[Step]]:
    """A scenario file against the devices of a hall. Raises ConfigErrors with all mistakes."""
    scenario = load_scenario(path)
    errors: list[ConfigError] = []
    steps: list[Step] = []
    for place, row in enumerate(scenario.steps):
        devices = _devices(board, row.device)
        found = _mistakes(board, row, devices)
        errors += [ConfigError(str(path), f"step[{place}].{key}", zh, en) for key, zh, en in found]
        if not found:
            steps += [Step(row.at_s, one, row.fault, row.for_s or 0) for one in devices]
    if errors:
        raise ConfigErrors(errors)
    return scenario, sorted(steps, key=lambda step: step.at_s)


def _devices(board: FaultBoard, named: str) -> list[str]:
    if named.endswith(":*"):
        return [device for device in board.devices if device.startswith(named[:-1])]
    return [named] if named in board.devices else []


def _mistakes(
    board: FaultBoard, row: ScenarioStep, devices: list[str]
) -> list[tuple[str, str, str]]:
    if not devices:
        known = ", ".join(board.devices)
        zh = f"没有模拟设备“{row.device}”；有：{known}"
        return [("device", zh, f'there is no simulated device "{row.device}"; there are: {known}')]
    found = []
    for device in devices:
        name = board.mistake(device, row.fault)
        if name is not None:
            zh = f"{device} 没有故障“{name}”，或它没有这个值"
            found.append((f"fault.{name}", zh, f'{device} has no fault "{name}" with that value'))
        elif row.for_s is None and board.lasts(device, row.fault):
            zh = "要写 for_s：多少秒后恢复"
            found.append(("for_s", zh, "must be given: after how many seconds it is well again"))
    return found[:1]


def random_faults(
    seed: int, devices: Mapping[str, Breakable], from_s: float, to_s: float
) -> Iterator[Step]:
    """Faults of every kind and value that some device has, in the order of their time.

    Each comes at least once between `from_s` and `to_s` (seconds of the hall after the start) and
    has ended by then; the same seed, devices and times give the same steps. ValueError: the span
    is too short.
    """
    if to_s - from_s < LEAST_S + WELL_S:
        raise ValueError(f"{to_s - from_s} s are too short for a fault")
    chance = random.Random(seed)
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {}
    steps = []
    for (_, kind, value), names in _ways(devices).items():
        device = chance.choice(names)
        spans = taken.setdefault((device, kind.name), [])
        at_s, for_s = _free_span(chance, spans, from_s, to_s)
        spans.append((at_s, at_s + for_s + WELL_S))
        steps.append(Step(at_s, device, {kind.name: value}, 0 if kind.once else for_s))
    yield from sorted(steps, key=lambda step: (step.at_s, step.device))


def _ways(
    devices: Mapping[str, Breakable],
) -> dict[tuple[str, FaultKind, Value], list[str]]:
    """Kind of device, fault and value -> the devices that can have it."""
    ways: dict[tuple[str, FaultKind, Value], list[str]] = {}
    for name, device in devices.items():
        for kind in device.fault_kinds:
            for value in kind.choices[1:]:
                ways.setdefault((name.partition(":")[0], kind, value), []).append(name)
    return ways


def _free_span(
    chance: random.Random, taken: list[tuple[float, float]], from_s: float, to_s: float
) -> tuple[float, float]:
    """A time and a length that touch none of the taken spans, where there is room."""
    longest = max(LEAST_S, min(MOST_S, (to_s - from_s) / 4))
    at_s, for_s = from_s, float(LEAST_S)
    for _ in range(50):
        for_s = chance.uniform(LEAST_S, longest)
        at_s = chance.uniform(from_s, max(from_s, to_s - for_s - WELL_S))
        end_s = at_s + for_s + WELL_S
        if all(end_s <= first or last <= at_s for first, last in taken):
            break
    return round(at_s, 1), round(for_s, 1)


@dataclass(slots=True)
class _Planned:
    step: Step
    state: str = "waiting"


@dataclass(slots=True)
class Playing:
    """A scenario under way, or the one before; `title` in both languages."""

    name: str | None = None
    title: tuple[str, str] = ("", "")
    passed_s: float = 0.0
    plan: list[_Planned] = field(default_factory=list)
    owners: dict[tuple[str, str], _Planned] = field(default_factory=dict)


class ScenarioPlayer:
    """Plays one scenario at a time on a hall's devices, by its clock."""

    def __init__(self, board: FaultBoard, now: Watch) -> None:
        self._board = board
        self._now = now
        self._playing = Playing()
        self._task: asyncio.Task[None] | None = None

    def start(self, scenario: Scenario, steps: list[Step]) -> None:
        """Begin with the steps; one that was under way is broken off, and what it broke mended."""
        self.stop()
        title = scenario.title, scenario.title_en
        self._playing = Playing(scenario.name, title, 0.0, [_Planned(step) for step in steps])
        name = f"scenario {scenario.name}"
        self._task = asyncio.create_task(self._play(self._playing), name=name)

    def stop(self) -> None:
        """Break off, and mend what the scenario broke."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        for planned in self._playing.plan:
            if planned.state == "on":
                self._end(self._playing, planned)

    def state(self) -> dict[str, Any]:
        """The scenario and its steps, as the interface shows them."""
        playing = self._playing
        return {
            "name": playing.name,
            "title": playing.title[0],
            "title_en": playing.title[1],
            "running": self._task is not None and not self._task.done(),
            "passed_s": round(playing.passed_s, 1),
            "steps": [
                {
                    "at_s": planned.step.at_s,
                    "device": planned.step.device,
                    "faults": dict(planned.step.faults),
                    "for_s": planned.step.for_s,
                    "state": planned.state,
                }
                for planned in playing.plan
            ],
        }

    async def _play(self, playing: Playing) -> None:
        moments = [(planned.step.at_s, 1, planned) for planned in playing.plan]
        moments += [
            (planned.step.at_s + planned.step.for_s, 0, planned) for planned in playing.plan
        ]
        # What ends at a moment ends before anything begins; what lasts no time begins first.
        moments.sort(key=lambda one: (one[0], one[1] if one[2].step.for_s else 1 - one[1]))
        for at_s, begins, planned in moments:
            await self._now.sleep(at_s - playing.passed_s)
            playing.passed_s = at_s
            if begins:
                self._begin(playing, planned)
            else:
                self._end(playing, planned)

    def _begin(self, playing: Playing, planned: _Planned) -> None:
        step = planned.step
        self._board.set(step.device, step.faults)
        planned.state = "on"
        playing.owners.update({(step.device, name): planned for name in step.faults})

    def _end(self, playing: Playing, planned: _Planned) -> None:
        step = planned.step
        planned.state = "over"
        mine = [name for name in step.faults if playing.owners.get((step.device, name)) is planned]
        well = self._board.normal(step.device, dict.fromkeys(mine))
        if step.for_s and well:
            self._board.set(step.device, well)
