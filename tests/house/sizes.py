"""How big a thing may be: functions 60 lines, modules 400, five parameters."""

import ast
from pathlib import Path

from tests.house.tree import Module, Violation, functions, modules_of_tests, room_modules, scripts

FUNCTION_LINES = 60
MODULE_LINES = 400
PARAMETERS = 5


def sizes(root: Path) -> list[Violation]:
    found: list[Violation] = []
    for module in room_modules(root):
        found += long_functions(module) + long_parameter_lists(module)
        found += long_module(module.path, module.source)
    for module in modules_of_tests(root):
        found += long_functions(module)
    for path in scripts(root):
        source = path.read_text(encoding="utf-8")
        found += long_module(path.relative_to(root).as_posix(), source)
    return found


def long_functions(module: Module) -> list[Violation]:
    return [
        module.violation(node, f"{node.name} has {lines} lines; {FUNCTION_LINES} is the most")
        for node in functions(module.tree)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]


def long_module(path: str, source: str) -> list[Violation]:
    lines = len(source.splitlines())
    if lines <= MODULE_LINES:
        return []
    return [Violation(path, MODULE_LINES, f"has {lines} lines; {MODULE_LINES} is the most")]


def long_parameter_lists(module: Module) -> list[Violation]:
    return [
        module.violation(
            node, f"{node.name} has {count} parameters; {PARAMETERS} is the most, then a dataclass"
        )
        for node in functions(module.tree)
        if (count := _parameters(node)) > PARAMETERS
    ]


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    named = [*node.args.posonlyargs, *node.args.args]
    if named and named[0].arg in ("self", "cls"):
        named = named[1:]
    return len(named) + len(node.args.kwonlyargs)
