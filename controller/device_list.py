"""DATA/devices.json: how the devices fare, for `run.py devices list` beside a running service."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from controller.reactors.supervising import DeviceState

NAME = "devices.json"


def write_blocking(folder: Path, states: Iterable[DeviceState]) -> None:
    """Write the states, whole or not at all."""
    rows = [
        {
            "id": one.id,
            "state": one.state,
            "detail": one.detail,
            "since": one.since,
            "lost_with": one.lost_with,
        }
        for one in states
    ]
    fresh = folder / f".{NAME}.new"
    fresh.write_text(json.dumps(rows), encoding="utf-8")
    fresh.replace(folder / NAME)


def read_blocking(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the states by device id; empty when there are none."""
    try:
        rows = json.loads((folder / NAME).read_text("utf-8"))
        return {row["id"]: row for row in rows}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
