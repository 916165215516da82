"""Scenario files: what breaks when in a simulated hall, for trials and training.

    [[step]]
    at = "00:00:30"            # after the start, by the hall's clock
    device = "printer:kiosk"   # or "printer:*", every one of a kind
    fault = { paper = "out" }
    for_s = 60                 # then it is well again

Which faults a device has, only the simulators know: `devices.sim.scenario` checks them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from config.draft import Draft, read_toml
from config.errors import ConfigErrors, refuse
from config.messages import FOLDER
from config.part import Part

SCENARIOS = FOLDER / "scenarios"
NAME = re.compile(r"[a-z0-9-]{1,40}")
_HEAD = {"title", "title_en"}


def _plain(value: object) -> object:
    if not isinstance(value, bool | int | str):
        refuse("这里要写文字、整数或 true、false", "must be text, a whole number, true or false")
    return value


def _span(value: str) -> str:
    if not re.fullmatch(r"[0-2][0-9]:[0-5][0-9]:[0-5][0-9]", value):
        refuse(
            f"“{value}”不是开始以后的时间，应像 00:01:30",
            f'"{value}" is no time after the start; write it like 00:01:30',
        )
    return value


class ScenarioStep(Part):
    """`[[step]]`: these faults of this device from `at` on, for `for_s` seconds of the hall."""

    at: Annotated[str, AfterValidator(_span)]
    device: Annotated[str, Field(pattern=r"^[a-z-]{1,16}(:([0-9a-z-]{1,40}|\*))?$")]
    fault: Annotated[dict[str, Annotated[Any, AfterValidator(_plain)]], Field(min_length=1)]
    for_s: Annotated[int, Field(ge=1, le=86_400)] | None = None

    @property
    def at_s(self) -> int:
        """Seconds of the hall's clock after the start."""
        hours, minutes, seconds = (int(part) for part in self.at.split(":"))
        return hours * 3600 + minutes * 60 + seconds


class Scenario(Part):
    """A whole file; `name` is that of the file."""

    name: str
    title: str
    title_en: str
    steps: tuple[ScenarioStep, ...]


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario file. Raises ConfigErrors with all mistakes of its form."""
    path = Path(path)
    draft = Draft(file=str(path))
    raw = read_toml(path, draft.file, draft.errors)
    if raw is not None:
        draft.raw = raw
        draft.refuse_unknown((*_HEAD, "step"))
        for name in _HEAD & raw.keys():
            if not isinstance(raw[name], str):
                draft.error((name,), "这里要写文字（加引号）", "must be text in quotes")
        draft.read_list("step", ScenarioStep)
        if not raw.get("step"):
            draft.error(("step",), "至少要写一个 [[step]]", "at least one [[step]] is needed")
    if draft.errors or raw is None:
        raise ConfigErrors(draft.errors)
    steps = tuple(entry.part for entry in draft.lists["step"])
    title = raw.get("title", path.stem)
    return Scenario.model_validate(
        {"name": path.stem, "title": title, "title_en": raw.get("title_en", title), "steps": steps}
    )


def shipped_scenarios() -> list[str]:
    """The names of the scenarios that came with the product."""
    return sorted(file.stem for file in SCENARIOS.glob("*.toml"))


def shipped_scenario(name: str) -> Path | None:
    """The file of one of them; None when there is none of that name."""
    file = SCENARIOS / f"{name}.toml"
    return file if NAME.fullmatch(name) and file.is_file() else None
