"""The papers round the code: lock files, top level, decision records, README."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.tree import Violation

TOP_LEVEL = {
    "config", "controller", "devices", "docs", "requirements", "tests", "web",
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "README.zh-CN.md",
    "run.py",
    "package.json", "package-lock.json", "pyproject.toml", "tsconfig.json",
    "build", "data", "node_modules",  # git-ignored: what set-up, runs and tests leave
}  # fmt: skip

ADDRESS = re.compile(
    r'https?:|\bfile:|--(?:extra-)?index-url|--find-links|--trusted-host|"resolved"'
)
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]+\])?==\S+ \\$")
ADR = re.compile(r"^(\d{4})-[a-z0-9-]+\.md$")

PRINT_SUBCOMMANDS = """
import argparse, runpy, sys
real = argparse._SubParsersAction.add_parser
def add_parser(self, name, **rest):
    print("subcommand:", self._prog_prefix, name)
    return real(self, name, **rest)
argparse._SubParsersAction.add_parser = add_parser
sys.path.insert(0, ".")
sys.argv = ["run.py", "--help"]
runpy.run_path("run.py", run_name="__main__")
"""


def top_level(root: Path) -> list[Violation]:
    return [
        Violation(path.name, 1, "the top level is fixed; put this into one of its rooms")
        for path in sorted(root.iterdir())
        if not path.name.startswith((".", "__pycache__")) and path.name not in TOP_LEVEL
    ]


def locks(root: Path) -> list[Violation]:
    """Lock files hold no address, pin every package with hashes, and never the look-alike."""
    found: list[Violation] = []
    for path in [*sorted((root / "requirements").glob("*.txt")), root / "package-lock.json"]:
        if not path.exists():
            continue
        name = path.relative_to(root).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [
            Violation(name, number, f"a lock file holds no {match.group()}")
            for number, line in enumerate(lines, 1)
            if (match := ADDRESS.search(line))
        ]
        if path.suffix == ".txt":
            found += _unpinned(name, lines)
    return found


def dependencies(root: Path) -> list[Violation]:
    """pyproject.toml asks for what runtime.in asks for, and docs/dependencies.md says why."""
    found: list[Violation] = []
    runtime = _asked_for(root / "requirements" / "runtime.in")
    if (root / "pyproject.toml").exists():
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        declared = {_package(line) for line in project["dependencies"]}
        found += [
            Violation("pyproject.toml", 1, f"{name} stands in only one of this and runtime.in")
            for name in sorted(declared ^ runtime)
        ]
    dev = _asked_for(root / "requirements" / "dev.in")
    paper = root / "docs" / "dependencies.md"
    told = paper.read_text(encoding="utf-8").lower() if paper.exists() else ""
    return found + [
        Violation("docs/dependencies.md", 1, f"does not say what {name} is for")
        for name in sorted(runtime | dev | _npm_packages(root))
        if f"| {name} |" not in told
    ]


def decisions(root: Path) -> list[Violation]:
    """Records are docs/adr/0001-name.md and so on, without a hole and without a double."""
    found: list[Violation] = []
    numbers: list[int] = []
    for path in sorted((root / "docs" / "adr").glob("*")):
        name = path.relative_to(root).as_posix()
        match = ADR.match(path.name)
        if not match:
            found.append(Violation(name, 1, "a record is called 0001-some-words.md"))
        else:
            numbers.append(int(match.group(1)))
    if numbers != list(range(1, len(numbers) + 1)):
        told = ", ".join(f"{number:04}" for number in numbers)
        found.append(Violation("docs/adr", 1, f"numbers have a hole or a double: {told}"))
    return found


def readme(root: Path) -> list[Violation]:
    """Each README names each command of run.py; a name with _ before it is for machines only."""
    papers = [root / "README.md", root / "README.zh-CN.md"]
    if not (root / "run.py").exists() or not papers[0].exists():
        return []
    return [
        Violation(paper.name, 1, f"does not name the command `{command}`")
        for command in subcommands(root)
        for paper in papers
        if paper.exists() and command not in paper.read_text(encoding="utf-8")
    ]


def subcommands(root: Path) -> list[str]:
    """What run.py's argparse offers, such as "run.py serve"."""
    done = subprocess.run(
        [sys.executable, "-c", PRINT_SUBCOMMANDS], cwd=root, capture_output=True, text=True
    )
    if done.returncode:
        raise AssertionError(f"run.py --help fails: {done.stderr or done.stdout}")
    told = re.findall(r"^subcommand: (.+)$", done.stdout, re.MULTILINE)
    return [command for command in told if not command.split()[-1].startswith("_")]


def _unpinned(name: str, lines: list[str]) -> list[Violation]:
    found: list[Violation] = []
    for number, line in enumerate(lines, 1):
        if not line or line.startswith((" ", "#")):
            continue
        match = PINNED.match(line)
        if not match or "--hash=sha256:" not in "".join(lines[number : number + 1]):
            found.append(Violation(name, number, f"no version or no hash: {line}"))
        elif match["name"] == "escpos":
            sentence = "escpos is a look-alike; the library is python-escpos"
            found.append(Violation(name, number, sentence))
    return found


def _asked_for(path: Path) -> set[str]:
    if not path.exists():
        return set()
    lines = path.read_text(encoding="utf-8").splitlines()
    return {_package(line) for line in lines if line[:1].isalnum()}


def _package(line: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", line)
    return match.group().lower().replace("_", "-") if match else line


def _npm_packages(root: Path) -> set[str]:
    if not (root / "package.json").exists():
        return set()
    package = json.loads((root / "package.json").read_text(encoding="utf-8"))
    return {*package.get("dependencies", {}), *package.get("devDependencies", {})}
