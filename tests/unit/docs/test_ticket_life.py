"""The picture of a ticket's life is drawn from the table in the code."""

from pathlib import Path

from controller.domain.tickets import LIFE

DOCUMENT = Path(__file__).parents[3] / "docs" / "ticket-life.md"


def drawn() -> str:
    lines = ["stateDiagram-v2"]
    for (state, event), after in LIFE.items():
        lines.append(f"    {state or '[*]'} --> {after}: {event}")
    starts = {state for state, _ in LIFE}
    lines += [f"    {state} --> [*]" for state in sorted(set(LIFE.values()) - starts)]
    return "\n".join(lines)


def test_the_picture_fits_the_table() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert f"```mermaid\n{drawn()}\n```" in text, f"put this into {DOCUMENT.name}:\n{drawn()}"
