"""`python -m tests.bench._table`: put the figures of build/bench.json into docs/performance.md."""

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "build" / "bench.json"
PAPER = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table; a missed bar is said in words."""
    lines = ["| figure | value | must reach | |", "|---|---|---|---|"]
    for row in rows:
        sign = "≥" if row["better"] == "higher" else "≤"
        holds = row["value"] >= row["bar"] if sign == "≥" else row["value"] <= row["bar"]
        value = f"{row['value']:,.0f}" if row["value"] >= 1000 else f"{row['value']:.3g}"
        unit = "" if row["unit"] == "ratio" else f" {row['unit']}"
        verdict = "" if holds else "**missed**"
        lines.append(
            f"| `{row['name']}` | {value}{unit} | {sign} {row['bar']:,g} | {verdict} |"
        )
    machines = sorted({str(row["machine"]) for row in rows})
    return "\n".join([*lines, "", *(f"Measured on: {machine}." for machine in machines)])


def main() -> int:
    rows = json.loads(RESULTS.read_text("utf-8"))
    text = PAPER.read_text("utf-8")
    inside = re.compile(f"{BEGIN}.*{END}", re.DOTALL)
    PAPER.write_text(inside.sub(lambda _: f"{BEGIN}\n{table(rows)}\n{END}", text), "utf-8")
    print(f"{len(rows)} figures in {PAPER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
