"""`python -m tests.bench [--only name,name]`: measure, print a table, write build/bench.json."""

import argparse
import importlib
import json
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import tests.bench as bench

OUTPUT = Path("build") / "bench.json"


def main(arguments: Sequence[str] | None = None, output: Path = OUTPUT) -> int:
    options = _parser().parse_args(arguments)
    names = [name.strip() for name in options.only.split(",") if name.strip()]
    _load_figures()
    try:
        figures = bench.chosen(names or None, bench.FIGURES)
    except LookupError as error:
        print(f"bench: {error.args[0]}", file=sys.stderr)
        return 2
    rows, failed = _measure(figures)
    output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2)
    output.write_text(text + "\n", encoding="utf-8")
    print(f"{len(rows)} figures in {output}")
    if failed:
        print(f"bench: could not measure {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME,NAME", help="measure these alone")
    return parser


def _load_figures() -> None:
    for module in pkgutil.iter_modules(bench.__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{bench.__name__}.{module.name}")


def _measure(figures: list[bench.Figure]) -> tuple[list[bench.Row], list[str]]:
    """Each figure in turn; one that raises is told and does not stop the others."""
    rows: list[bench.Row] = []
    failed: list[str] = []
    for one in figures:
        try:
            row = bench.measured(one)
        except Exception:
            traceback.print_exc()
            failed.append(one.name)
            continue
        rows.append(row)
        sign = ">=" if row.better == "higher" else "<="
        verdict = "holds" if row.holds else "MISSES THE BAR"
        print(f"{row.name:<40} {row.value:>14,.3f} {row.unit:<8} {sign} {row.bar:,g}  {verdict}")
    return rows, failed


if __name__ == "__main__":
    sys.exit(main())
