"""Names that say nothing, and calls that go round the one clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import (
    Module,
    Violation,
    dotted,
    full_names,
    functions,
    modules_of_tests,
    room_modules,
    scripts,
)

EMPTY_WORDS = {"util", "utils", "helper", "helpers", "common"}
# The simulators are other machines, so they have a clock of their own.
CLOCKS = {"controller/clock.py", "devices/sim/clock.py"}
WALL_CLOCK = {
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
}
# Device time-outs are real time: only devices/ may measure it.
REAL_TIME = {"time.monotonic", "time.monotonic_ns"}
UNIT_SLEEP_S = 0.05


def names(root: Path) -> list[Violation]:
    found: list[Violation] = []
    for module in [*room_modules(root), *modules_of_tests(root)]:
        found += _empty_words(module.path) + _bad_names(module)
    for path in scripts(root):
        found += _empty_words(path.relative_to(root).as_posix())
    return found


def one_clock(root: Path) -> list[Violation]:
    found: list[Violation] = []
    for module in room_modules(root):
        if module.path not in CLOCKS:
            banned = WALL_CLOCK if module.path.startswith("devices/") else WALL_CLOCK | REAL_TIME
            found += _uses(module, banned)
    return found


def unit_tests(root: Path) -> list[Violation]:
    """Unit tests do not sleep; tests of the domain and the writer do not mock our own code."""
    found: list[Violation] = []
    for module in modules_of_tests(root):
        if module.path.startswith(("tests/unit/", "tests/properties/")):
            found += _long_sleeps(module)
        if "domain" in module.path or "writer" in module.path:
            found += [
                module.violation(node, "tests of the domain and the writer use no mock")
                for node in ast.walk(module.tree)
                if isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node)
            ]
    return found


def _empty_words(path: str) -> list[Violation]:
    return [
        Violation(path, 1, f'"{part}" names nothing: call it after what it holds')
        for part in Path(path).with_suffix("").parts
        if part in EMPTY_WORDS
    ]


def _bad_names(module: Module) -> list[Violation]:
    managers = [
        module.violation(node, f"class {node.name}: say what it does, not that it manages")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith("Manager")
    ]
    return managers + [
        module.violation(node, f"{node.name}: leave out async_; name what blocks …_blocking")
        for node in functions(module.tree)
        if node.name.lstrip("_").startswith("async_")
    ]


def _uses(module: Module, banned: set[str]) -> list[Violation]:
    return [
        module.violation(node, f"{name}: the only source of time is controller/clock.py")
        for node, name in _dotted_names(module)
        if name in banned
    ]


def _dotted_names(module: Module) -> Iterator[tuple[ast.expr, str]]:
    known = full_names(module.tree)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            yield node, dotted(node, known)


def _long_sleeps(module: Module) -> list[Violation]:
    known = full_names(module.tree)
    return [
        module.violation(node, f"sleeps {seconds} s; a unit test sleeps {UNIT_SLEEP_S} s at most")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and dotted(node.func, known) in ("time.sleep", "asyncio.sleep")
        and (seconds := _number(node)) > UNIT_SLEEP_S
    ]


def _number(call: ast.Call) -> float:
    argument = call.args[0] if call.args else None
    value = argument.value if isinstance(argument, ast.Constant) else 0
    return value if isinstance(value, int | float) else 0
