"""Each house rule catches what it is for, on a made-up tree, and lets the right thing pass."""

from pathlib import Path

import pytest

from tests.house import papers, sizes, tree, walls, words
from tests.house.tree import Violation


def plant(root: Path, path: str, text: str) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return root


def told(violations: list[Violation]) -> str:
    return "\n".join(map(str, violations))


def test_an_empty_tree_breaks_no_rule(tmp_path: Path) -> None:
    rules = [walls.walls, sizes.sizes, words.names, words.one_clock, words.unit_tests]
    paper_rules = [papers.locks, papers.dependencies, papers.decisions, papers.readme]
    assert [rule(tmp_path) for rule in [*rules, *paper_rules]] == [[]] * 9


def test_a_file_that_python_3_11_cannot_read_is_told_by_one_rule_only(tmp_path: Path) -> None:
    plant(tmp_path, "config/models.py", "x = 1\ndef only[T](part: T) -> T: ...")
    assert told(tree.syntax(tmp_path)).startswith("config/models.py:2: Python 3.11 cannot read")
    assert walls.walls(tmp_path) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("web/kiosk.py", "from devices.printer import Printer"),
        ("web/kiosk.py", "import config.demo"),
        ("run.py", "from controller.writer import Writer"),
        ("controller/writer.py", "from controller.reactors.printing import Printing"),
        ("controller/writer.py", "from config.settings import Settings"),
        ("controller/store/event_store.py", "from ..writer import Writer"),
        ("controller/domain/tickets.py", "from ..clock import Clock"),
        ("controller/domain/tickets.py", "from ..store.schema import events"),
        ("controller/domain/tickets.py", "import sqlalchemy"),
        ("controller/domain/tickets.py", "import random"),
        ("controller/app.py", "from devices.sim.printer import SimPrinter"),
        ("controller/reports/indicators.py", "from devices import led"),
        ("controller/letters.py", "import json"),
        ("devices/printer.py", "from devices.sim.printer import SimPrinter"),
        ("devices/printer.py", "from .sim import printer"),
        ("devices/printer.py", "import controller.domain.events"),
        ("devices/sim/printer.py", "from devices.printer import Printer"),
        ("devices/sim/printer.py", "from ..printer import Printer"),
        ("devices/framing/bx.py", "import asyncio"),
        ("devices/framing/bx.py", "import serial"),
        ("devices/framing/bx.py", "from devices.link import Link"),
        ("config/settings.py", "from web import kiosk"),
        ("config/settings.py", "def f():\n    from tests.fixtures import ports"),
        ("web/api.py", "importlib.import_module('devices.led')"),
    ],
)
def test_a_wall_stops(tmp_path: Path, path: str, line: str) -> None:
    assert told(walls.walls(plant(tmp_path, path, line))).startswith(f"{path}:")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (
            "run.py",
            "import web.app\nfrom controller.app import build\nfrom devices.sim import hall",
        ),
        ("web/kiosk.py", "from controller.store import queries\nfrom config.settings import S"),
        ("controller/app.py", "from controller.reactors import printing\nimport devices.link"),
        ("controller/reactors/printing.py", "from devices.printer import Printer"),
        ("controller/writer.py", "from .domain import events\nfrom . import clock"),
        ("controller/domain/tickets.py", "from . import events\nfrom dataclasses import field"),
        ("devices/keypad.py", "from .framing.modbus_rtu import Frame\nfrom .bus import Bus"),
        ("devices/sim/led.py", "from ..framing import bx\nfrom .printer import SimPrinter"),
        ("devices/framing/bx.py", "import struct\nfrom .checksums import crc16"),
        ("config/settings.py", "import tomllib\nimport pydantic"),
    ],
)
def test_a_listed_import_passes(tmp_path: Path, path: str, line: str) -> None:
    assert walls.walls(plant(tmp_path, path, line)) == []


def test_a_long_function_module_and_parameter_list_are_told_with_their_line(tmp_path: Path) -> None:
    body = "    x = 1\n" * 60
    plant(tmp_path, "web/api.py", f"\ndef long():\n{body}")
    plant(tmp_path, "web/kiosk.py", "x = 1\n" * 401)
    plant(tmp_path, "web/static/kiosk.js", "x = 1\n" * 401)
    plant(tmp_path, "web/clerk.py", "class A:\n def f(self, a, b, c, *, d, e, f): ...")
    plant(tmp_path, "tests/unit/test_api.py", f"def long():\n{body}" + "x = 1\n" * 400)
    assert told(sizes.sizes(tmp_path)).splitlines() == [
        "web/api.py:2: long has 61 lines; 60 is the most",
        "web/clerk.py:2: f has 6 parameters; 5 is the most, then a dataclass",
        "web/kiosk.py:400: has 401 lines; 400 is the most",
        "tests/unit/test_api.py:1: long has 61 lines; 60 is the most",
        "web/static/kiosk.js:400: has 401 lines; 400 is the most",
    ]


def test_a_thing_of_just_the_allowed_size_passes(tmp_path: Path) -> None:
    plant(tmp_path, "web/api.py", "def f(a, b, c, d, e):\n" + "    x = 1\n" * 59)
    plant(tmp_path, "web/clerk.py", "class A:\n def f(self, a, b, c, *, d, e): ...")
    plant(tmp_path, "web/kiosk.py", "x = 1\n" * 400)
    assert sizes.sizes(tmp_path) == []


@pytest.mark.parametrize("path", ["web/utils.py", "web/static/helpers.js", "tests/common/x.py"])
def test_a_module_with_an_empty_name_is_caught(tmp_path: Path, path: str) -> None:
    assert "names nothing" in told(words.names(plant(tmp_path, path, "")))


def test_managers_and_the_async_prefix_are_caught(tmp_path: Path) -> None:
    plant(tmp_path, "web/api.py", "class TicketManager: ...\nasync def async_print(): ...")
    assert [violation.line for violation in words.names(tmp_path)] == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "import time\ntime.time()",
        "import time as t\nclock = t.time",
        "from time import time\ntime()",
        "from datetime import datetime\ndatetime.now(UTC)",
        "import datetime as dt\ndt.datetime.utcnow()",
        "import datetime\ndatetime.date.today()",
        "import time\ntime.monotonic()",
    ],
)
def test_a_second_source_of_time_is_caught(tmp_path: Path, text: str) -> None:
    plant(tmp_path, "controller/writer.py", text)
    plant(tmp_path, "controller/clock.py", text)
    assert told(words.one_clock(tmp_path)).startswith("controller/writer.py:")


def test_devices_may_measure_real_time_only(tmp_path: Path) -> None:
    plant(tmp_path, "devices/link.py", "import time\ntime.monotonic()\nclock.now()\ntime.time()")
    assert [violation.line for violation in words.one_clock(tmp_path)] == [4]


def test_a_sleeping_unit_test_and_a_mocked_writer_are_caught(tmp_path: Path) -> None:
    plant(tmp_path, "tests/unit/test_led.py", "import asyncio\nasyncio.sleep(0.2)")
    plant(tmp_path, "tests/unit/test_link.py", "import time\ntime.sleep(0.05)")
    plant(tmp_path, "tests/unit/test_writer.py", "from unittest.mock import Mock")
    assert [violation.path for violation in words.unit_tests(tmp_path)] == [
        "tests/unit/test_led.py",
        "tests/unit/test_writer.py",
    ]


def test_a_stray_at_the_top_is_caught(tmp_path: Path) -> None:
    plant(tmp_path, "scripts/deploy.sh", "")
    plant(tmp_path, "README.md", "")
    plant(tmp_path, ".venv/pyvenv.cfg", "")
    assert [violation.path for violation in papers.top_level(tmp_path)] == ["scripts"]


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https" + "://pypi.example/simple",
        "aiohttp @ file:" + "///wheels/aiohttp.whl",
        "aiohttp>=3.14",
        "escpos==1.9 \\",
        "aiohttp==3.14.5",
    ],
)
def test_an_address_an_open_version_and_the_look_alike_are_caught(
    tmp_path: Path, line: str
) -> None:
    plant(tmp_path, "requirements/runtime.txt", f"{line}\n    --hash=sha256:00\n")
    assert told(papers.locks(tmp_path)).startswith("requirements/runtime.txt:1:")


def test_a_resolved_field_in_the_npm_lock_is_caught(tmp_path: Path) -> None:
    plant(tmp_path, "package-lock.json", '{\n"resolved": "x"\n}')
    assert told(papers.locks(tmp_path)) == 'package-lock.json:2: a lock file holds no "resolved"'


def test_a_hashed_pin_passes(tmp_path: Path) -> None:
    text = "psycopg[binary]==3.3.9 \\\n    --hash=sha256:00\n    # via aiohttp\n"
    assert papers.locks(plant(tmp_path, "requirements/runtime.txt", text)) == []


def test_a_dependency_that_nobody_justified_is_caught(tmp_path: Path) -> None:
    plant(tmp_path, "requirements/runtime.in", "aiohttp>=3\npydantic>=2\n")
    plant(tmp_path, "pyproject.toml", '[project]\ndependencies = ["aiohttp>=3"]')
    plant(tmp_path, "docs/dependencies.md", "| aiohttp | web |")
    assert told(papers.dependencies(tmp_path)).splitlines() == [
        "pyproject.toml:1: pydantic stands in only one of this and runtime.in",
        "docs/dependencies.md:1: does not say what pydantic is for",
    ]


def test_records_without_a_number_or_with_a_hole_are_caught(tmp_path: Path) -> None:
    plant(tmp_path, "docs/adr/0001-event-store.md", "")
    plant(tmp_path, "docs/adr/0003-one-writer.md", "")
    plant(tmp_path, "docs/adr/notes.md", "")
    assert [violation.path for violation in papers.decisions(tmp_path)] == [
        "docs/adr/notes.md",
        "docs/adr",
    ]


def test_a_command_that_the_readme_leaves_out_is_caught(tmp_path: Path) -> None:
    text = """
import argparse
parser = argparse.ArgumentParser(prog="run.py")
commands = parser.add_subparsers()
for name in ("serve", "sim", "_speak"):
    commands.add_parser(name)
parser.parse_args()
"""
    plant(tmp_path, "run.py", text)
    plant(tmp_path, "README.md", "python run.py serve")
    assert told(papers.readme(tmp_path)) == "README.md:1: does not name the command `run.py sim`"
