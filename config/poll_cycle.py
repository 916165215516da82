"""How long one round of questions takes on a Modbus line, and which presses fall between two.

    T = N x [(request + reply) bytes x bits / baud + 2 gaps + turnaround] (device-protocols.md E.5)

A plain module that only tells its present level misses a press that is shorter than a round.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config.draft import Draft
from config.entry import Entry
from config.equipment import Line
from config.inputs import InputModule

SHORTEST_PRESS_MS = 80
"""A hasty press (device-protocols.md E.3)."""
TURNAROUND_MS = 5.0
REST_MS = 5.0
"""What the master's own work may add to a round with such modules."""
QUESTION_BYTES = 8
UNIT_BYTES = QUESTION_BYTES + 17
REPLY_HEAD_BYTES = 5
GAP_CHARACTERS = 3.5
GAP_BITS = 11
LEAST_GAP_MS = 1.75  # fixed above 19200 baud


def exchange_ms(size: int, baud: int, bits: int = 10) -> float:
    """One question and its reply of `size` bytes together, in milliseconds."""
    gap_ms = GAP_CHARACTERS * GAP_BITS * 1000 / baud if baud <= 19200 else LEAST_GAP_MS
    return size * bits * 1000 / baud + 2 * gap_ms + TURNAROUND_MS


def warn_of_missed_presses(draft: Draft) -> None:
    """Warn at each level module whose line is slower than a hasty press."""
    for line in draft.having("lines", "name", "baud", "parity"):
        bits = 10 if line["parity"] == "N" else 11
        sizes = list(_sizes(draft, line["name"]))
        cycle_ms = REST_MS + sum(exchange_ms(size, line["baud"], bits) for size in sizes)
        for module in draft.having("input_modules", "line", "mode", "stretch_ms"):
            seen_ms = SHORTEST_PRESS_MS + module["stretch_ms"]
            if module["line"] == line["name"] and module["mode"] == "level" and cycle_ms > seen_ms:
                _warn(draft, module, len(sizes), (line["baud"], cycle_ms, seen_ms))


def _sizes(draft: Draft, line: str) -> Iterator[int]:
    """Bytes of each exchange in a round; keys of one unit share it."""
    units = {
        device["address"]
        for name in ("keypads", "rating_boxes", "issue_buttons")
        for device in draft.having(name, "line", "address")
        if device["line"] == line and device["address"] is not None
    }
    yield from (UNIT_BYTES for _ in units)
    for module in draft.having("input_modules", "line", "inputs", "mode"):
        if module["line"] == line:
            yield _module_bytes(module["inputs"], module["mode"])


def _module_bytes(inputs: int, mode: str) -> int:
    data = 2 * inputs if mode == "counted" else (inputs + 7) // 8
    return QUESTION_BYTES + REPLY_HEAD_BYTES + data


def cycle_ms(line: Line, units: int, modules: Sequence[InputModule] = ()) -> float:
    """One round of questions on a line with so many units with event registers, and modules."""
    bits = 10 if line.parity == "N" else 11
    sizes = [UNIT_BYTES] * units + [_module_bytes(row.inputs, row.mode) for row in modules]
    return REST_MS + sum(exchange_ms(size, line.baud, bits) for size in sizes)


def _warn(draft: Draft, module: Entry, units: int, figures: tuple[int, float, float]) -> None:
    baud, cycle_ms, seen_ms = figures
    draft.warn(
        (*module.key, "mode"),
        f"{baud} 波特、{units} 台设备，问一轮约 {cycle_ms:.0f} 毫秒，"
        f"短于它的按键会漏掉（快按约 {seen_ms:.0f} 毫秒）。"
        "请提高波特率、用 latched 或 counted 模块、用一个多路模块，"
        "或加脉冲展宽继电器（stretch_ms）",
        f"at {baud} baud with {units} units one round takes about {cycle_ms:.0f} ms and misses "
        f"shorter presses (a hasty one: {seen_ms:.0f} ms). Raise the baud, use latched or counted "
        "inputs, one module with more inputs, or a pulse relay (stretch_ms)",
    )
