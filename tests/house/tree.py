"""What the rules read: the files of a checkout, parsed once, and what is wrong with them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOMS = ("config", "devices", "controller", "web")


@dataclass(frozen=True, order=True)
class Violation:
    path: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}"


@dataclass(frozen=True)
class Module:
    """One Python file: where it lies, its dotted name and its syntax tree."""

    path: str
    name: str
    source: str
    tree: ast.Module

    def violation(self, node: ast.AST | int, sentence: str) -> Violation:
        line = node if isinstance(node, int) else getattr(node, "lineno", 1)
        return Violation(self.path, line, sentence)


def room_modules(root: Path) -> Iterator[Module]:
    """The product's Python files: run.py and the four rooms."""
    if (root / "run.py").exists():
        yield _parse(root, root / "run.py")
    for room in ROOMS:
        yield from _modules_below(root, root / room)


def modules_of_tests(root: Path) -> Iterator[Module]:
    yield from _modules_below(root, root / "tests")


def scripts(root: Path) -> Iterator[Path]:
    """Our own browser scripts, without the ones that set-up copies to web/vendor."""
    yield from sorted((root / "web" / "static").rglob("*.js"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def full_names(tree: ast.AST) -> dict[str, str]:
    """What each imported local name stands for: `from time import time as t` gives t: time.time."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                local = alias.asname or alias.name.partition(".")[0]
                names[local] = alias.name if alias.asname else local
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """The full dotted name of `node`, or "" where it is not a plain chain of imported names."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, names)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _modules_below(root: Path, folder: Path) -> Iterator[Module]:
    for path in sorted(folder.rglob("*.py")):
        if "__pycache__" not in path.parts:
            yield _parse(root, path)


def syntax(root: Path) -> list[Violation]:
    """Files that Python 3.11 cannot read; the other rules see nothing in them."""
    found: list[Violation] = []
    for module in [*room_modules(root), *modules_of_tests(root)]:
        try:
            _tree(module.source)
        except SyntaxError as error:
            sentence = f"Python 3.11 cannot read this: {error.msg}"
            found.append(module.violation(error.lineno or 1, sentence))
    return found


def _parse(root: Path, path: Path) -> Module:
    relative = path.relative_to(root)
    parts = relative.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    source = path.read_text(encoding="utf-8")
    try:
        tree = _tree(source)
    except SyntaxError:
        tree = ast.Module([], [])
    return Module(relative.as_posix(), name, source, tree)


def _tree(source: str) -> ast.Module:
    return ast.parse(source, feature_version=(3, 11))
