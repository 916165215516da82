"""Who may import whom. The table below is house.md's list of imports, and no others pass.

A place is a room, or a part of one that has rules of its own:

    run ------> web ------> controller.* --> devices.*
     |           |             (app, reactors only)
     |           +--> config.settings <-- devices.*, controller.app
     +--------> controller.app, devices.sim, config

    controller.app --> reactors, reports, writer --> store --> domain --> (standard library)
    devices.drivers, devices.sim --> bus, link;  --> framing --> (standard library)
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOMS, Module, Violation, room_modules

CONTROLLER = {
    f"controller.{part}"
    for part in (
        "app", "bench", "clock", "domain", "pace", "reactors", "reports", "store", "supervisor",
        "writer",
    )
}  # fmt: skip
DRIVERS = {
    "devices.drivers", "devices.bus", "devices.link", "devices.framing", "devices.paper_picture",
}  # fmt: skip

# Modules that were split off one of the places below and keep its rights.
PARTS = {
    "devices.poll_plan": "devices.bus",
    "devices.port": "devices.link",
    "devices.traffic": "devices.link",
    "controller.ledger": "controller.writer",
    "controller.feed": "controller.store",
    "controller.board_sound": "controller.app",
    "controller.desk": "controller.app",
    "controller.equipment": "controller.app",
    "controller.inputs": "controller.app",
    "controller.lines": "controller.app",
    "controller.board_pages": "controller.app",
    "controller.self_test": "controller.app",
    "controller.system_checks": "controller.app",
    "controller.folder": "controller.app",
    "controller.rules_from_settings": "controller.app",
    "controller.past": "controller.writer",
    "controller.phone_codes": "controller.app",
    "controller.pulse": "controller.app",
    "controller.books": "controller.app",
    "controller.ids": "controller.clock",
    "controller.notice_words": "controller.app",
    "controller.number_sound": "controller.app",
    "controller.slip_preview": "controller.app",
    "controller.slips": "controller.app",
    "controller.speaking": "controller.app",
    "controller.strips": "controller.app",
    "controller.stops": "controller.clock",
    "controller.device_list": "controller.app",
    "controller.voice_sets": "controller.app",
    "controller.toolbox": "controller.app",
}

MAY_IMPORT: dict[str, set[str]] = {
    "run": {"web", "controller.app", "devices.sim", "config", "config.settings"},
    "web": CONTROLLER | {"config.settings"},
    "config": {"config.settings"},
    "config.settings": {"config"},
    "controller": set(),
    "controller.app": (CONTROLLER - {"controller.app"}) | DRIVERS | {"config.settings"},
    "controller.reactors": DRIVERS
    | {"controller.store", "controller.domain", "controller.clock", "controller.supervisor"},
    "controller.reports": {"controller.store", "controller.domain", "controller.clock"},
    "controller.writer": {"controller.store", "controller.domain", "controller.clock"},
    "controller.store": {"controller.domain", "controller.clock"},
    "controller.bench": {"controller.clock"},
    "controller.pace": {"controller.bench", "controller.clock", "controller.domain"},
    "controller.supervisor": {"controller.clock"},
    "controller.clock": set(),
    "controller.domain": set(),
    "devices": set(),
    "devices.drivers": {"devices.bus", "devices.link", "devices.framing", "config.settings"},
    "devices.sim": {
        "devices.bus",
        "devices.link",
        "devices.faults",
        "devices.framing",
        "devices.paper_picture",
        "config.settings",
    },
    "devices.bus": {"devices.link", "config.settings"},
    "devices.faults": {"devices.link", "config.settings"},
    "devices.link": {"config.settings"},
    "devices.framing": set(),
    # Both ends of the wire look at the same paper.
    "devices.paper_picture": {"devices.framing"},
}

OUTSIDE = {"asyncio", "os", "select", "selectors", "serial", "socket", "subprocess", "threading"}
STANDARD_LIBRARY_ONLY = {
    # The domain does no I/O; time, random ids and codes are arguments of the command.
    "controller.domain": OUTSIDE | {"random", "secrets", "sqlite3", "time"},
    "devices.framing": OUTSIDE | {"time"},
}


def walls(root: Path) -> list[Violation]:
    """Every import that house.md does not list."""
    found: list[Violation] = []
    for module in room_modules(root):
        here = place(module.name)
        if here not in MAY_IMPORT:
            sentence = "has no place: give it one in MAY_IMPORT or PARTS of tests/house/walls.py"
            found.append(module.violation(1, f"{module.name} {sentence}"))
            continue
        for line, target in imports(module):
            sentence = _objection(here, target)
            if sentence:
                found.append(module.violation(line, sentence))
    return found


def place(name: str) -> str:
    """The place of a dotted module name; a name outside the house is a place of its own."""
    parts = name.split(".")
    if parts[0] == "devices" and len(parts) > 1:
        known = ("bus", "link", "faults", "framing", "paper_picture", "sim")
        part = ".".join(parts[:2])
        return PARTS.get(part, part if parts[1] in known else "devices.drivers")
    if parts[0] == "config":
        return "config.settings" if parts[1:2] == ["settings"] else "config"
    if parts[0] == "controller":
        part = ".".join(parts[:2])
        return PARTS.get(part, part)
    return parts[0]


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted target of every import, wherever in the module it stands."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
        elif isinstance(node, ast.Call) and _imports_by_name(node):
            argument = node.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield node.lineno, argument.value


def _objection(here: str, target: str) -> str:
    there = place(target)
    top = target.partition(".")[0]
    if top in (*ROOMS, "run", "tests"):
        if there == here or there in MAY_IMPORT[here]:
            return ""
        allowed = ", ".join(sorted(MAY_IMPORT[here])) or "no other room"
        return f"{here} imports {target} ({there}); it may import {allowed}"
    if here not in STANDARD_LIBRARY_ONLY:
        return ""
    if top not in sys.stdlib_module_names:
        return f"{here} imports {target}; it may import the standard library only"
    if top in STANDARD_LIBRARY_ONLY[here]:
        return f"{here} imports {top}; it must not touch the world outside its arguments"
    return ""


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    is_package = module.path.endswith("__init__.py")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, node.module] if node.module else parts)


def _imports_by_name(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", "")
    return name in ("import_module", "__import__") and bool(call.args)
