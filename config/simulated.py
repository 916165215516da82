"""`simulate = true`: a hall file with real ports, played by the simulators without rewriting it.

Before anything is checked, the ports of what shall be simulated become sim:// addresses; so every
check and every user of the settings sees one kind of simulated hall only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEY = "simulate"
PADS = {"keypads": "counter", "rating_boxes": "counter", "issue_buttons": "id"}
"""Tables whose devices may be USB pads -> the key that tells them apart."""


def simulate(raw: Mapping[str, Any], everything: bool = False) -> dict[str, Any]:
    """The tables of a hall file with the ports that `simulate` asks for.

    everything: as if the file said `simulate = true` at its top. What is written wrongly stays
    as it is, to be told by the checks.
    """
    everything = everything or raw.get(KEY) is True
    changed = dict(raw)
    spoken = {row.get("line") for row in _rows(raw, "speakers") if row.get(KEY) is True}
    for table in ("lines", "speakers", *PADS):
        if isinstance(raw.get(table), list):
            changed[table] = [
                _row(table, row, everything or row.get(KEY) is True or _is_line_of(row, spoken))
                if isinstance(row, dict)
                else row
                for row in raw[table]
            ]
    platform = raw.get("platform")
    if isinstance(platform, dict) and (everything or platform.get(KEY) is True):
        changed["platform"] = platform | {"url": "sim://platform"}
    return changed


def _is_line_of(row: Mapping[str, Any], spoken: set[Any]) -> bool:
    """Whether a line is that of a voice module which shall be simulated."""
    return "protocol" in row and isinstance(row.get("name"), str) and row["name"] in spoken


def _row(table: str, row: dict[str, Any], wanted: bool) -> dict[str, Any]:
    if not wanted:
        return row
    if table == "lines" and isinstance(row.get("name"), str):
        return row | {"port": f"sim://{row['name']}"}
    if table == "speakers" and row.get("output") == "system":
        return row | {"output": "sim://speaker"}
    if table in PADS and isinstance(row.get("usb"), str):
        name = f"pad-{table.replace('_', '-')}-{row.get(PADS[table])}"
        return row if row["usb"].startswith("sim://") else row | {"usb": f"sim://{name}"}
    return row


def _rows(raw: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    rows = raw.get(table)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
