"""Charts as SVG text plus the table that says the same; drawn on the server, no script needed.

Only presentation attributes and classes are written, never a style attribute, so a chart stands
in a page with a strict content policy. Axes start at 0, values stand on their marks, and colour
never speaks alone: what is alarming is hatched as well (reference/faces.md section 7).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from controller.reports.indicators import nearest_rank

INK, INK2, LINE, LINE2 = "#16232B", "#44545D", "#D9D6CC", "#7C8A90"
STEADY, SLOW, ALARM = "#0B5568", "#3B8492", "#B0470F"
STEPS = ("#EEF4F4", "#CFE2E4", "#A3C9CE", "#75AEB7", "#2C7684", "#0A4758")

GAP = 14
BIN_MINUTES = 5
BINS = 11  # 0-5, 5-10 … 45-50, 50 and more
ACROSS = 360
# Ground, ink on it and edge of each part of somebody's time: serving, waiting for people, paused.
SPENT = (
    (STEADY, "#FFFFFF", ""),
    ("#CFE2E4", INK, f'stroke="{INK2}"'),
    ("#8A959A", INK, f'stroke="{INK2}"'),
)


@dataclass(frozen=True)
class Chart:
    """A drawing and its table: `head` names the columns of `rows`; all values are text."""

    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Look:
    """How a text is set."""

    size: int = 12
    colour: str = INK2
    weight: int = 400


@dataclass(frozen=True)
class Stroke:
    """How a line is drawn; `dash` as SVG writes it, empty for a whole line."""

    colour: str
    width: float = 1
    dash: str = ""


VALUE = Look(13, INK, 700)
AXIS = Stroke(INK, 1.5)


@dataclass(frozen=True)
class HeatRow:
    """One line of a heat map; None is a time without service and stays a gap."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class WaitWords:
    """The words of the wait distribution; `most` and its fellows hold a place {minutes}."""

    label: str
    axis: str
    half: str
    most: str
    longest: str
    head: tuple[str, str]


def wait_distribution(waits_s: Sequence[float], words: WaitWords) -> Chart:
    """Draw how many tickets waited how long, in steps of five minutes up to 50 and more."""
    counts = [0] * BINS
    for wait in waits_s:
        counts[min(BINS - 1, int(wait // (60 * BIN_MINUTES)))] += 1
    top, left, width, base = 64, 34, 46, 214
    high = _round_up(max(counts, default=0))
    parts = [_HATCH, *_grid(high, (left, left + width * BINS), (top, base))]
    bars_and_values = [
        _wait_bar(place, count, left + place * width, (base - top) / high)
        for place, count in enumerate(counts)
        if count
    ]
    parts += [bar for bar, _ in bars_and_values]
    for place in range(BINS):
        parts.append(_text(left + place * width, base + 18, str(place * BIN_MINUTES), "middle"))
    parts.append(_text(left + width * BINS, base + 18, words.axis, "middle"))
    parts.append(_line((left, base, left + width * BINS, base), AXIS))
    if waits_s:
        parts += _wait_marks(sorted(waits_s), words, left, width / BIN_MINUTES)
    parts += [value for _, value in bars_and_values]
    rows = tuple((_bin_name(place), f"{count}") for place, count in enumerate(counts))
    return Chart(_svg(parts, (left + width * BINS + 34, base + 28), words.label), words.head, rows)


def heat_map(rows: Sequence[HeatRow], columns: Sequence[str], label: str, unit: str) -> Chart:
    """Draw weekday × half-hour in six equal steps; the fullest cell has a frame.

    A column without a name is a gap (the hall is closed then); its values are left out.
    """
    left, top, wide, high = 116, 28, 48, 30
    edges = [left]
    for name in columns:
        edges.append(edges[-1] + (wide if name else GAP))
    places = [place for place, name in enumerate(columns) if name]
    peak = max((v for row in rows for v in row.values if v is not None), default=0.0)
    parts = [_text(edges[i] + wide / 2, top - 9, columns[i], "middle") for i in places]
    framed = ""
    for line, row in enumerate(rows):
        y = top + line * high
        parts.append(_text(left - 12, y + 20, row.label, "end", Look(14, INK)))
        for place in places:
            value = row.values[place]
            if value is None:
                continue
            parts += _heat_cell(edges[place], y, value, peak)
            if value == peak and peak > 0 and not framed:
                frame = f'stroke="{INK}" stroke-width="3"'
                framed = _rect((edges[place], y, wide - 2, high - 2), "none", frame)
    foot = top + len(rows) * high
    parts += [framed, *_legend(left, foot + 12, peak, unit)]
    table = tuple((row.label, *(_tenth(row.values[place]) for place in places)) for row in rows)
    head = ("", *(columns[place] for place in places))
    return Chart(_svg(parts, (edges[-1] + 8, foot + 40), label), head, table)


def bars(values: Sequence[tuple[str, float]], label: str, head: tuple[str, str]) -> Chart:
    """Draw one bar for each (name, value); every second name stands under its bar."""
    left, top, base, width = 30, 18, 118, 30
    high = _round_up(max((value for _, value in values), default=0))
    right = left + max(1, len(values)) * width
    parts = _grid(high, (left, right), (top, base))
    for place, (name, value) in enumerate(values):
        x, tall = left + place * width, value * (base - top) / high
        if value:
            parts.append(_rect((x + 4, base - tall, width - 8, tall), STEADY))
            parts.append(_text(x + width / 2, base - tall - 4, _short(value), "middle", VALUE))
        if place % 2 == 0:
            parts.append(_text(x + width / 2, base + 17, name, "middle"))
    parts.append(_line((left, base, right, base), AXIS))
    rows = tuple((name, _short(value)) for name, value in values)
    return Chart(_svg(parts, (right + 14, base + 26), label), head, rows)


def bars_across(
    values: Sequence[tuple[str, float]], label: str, head: tuple[str, str]
) -> Chart:
    """Draw one lying bar for each (name, value), the name before it, the value behind it."""
    left, high, top = 130, 28, 6
    peak = max((value for _, value in values), default=0.0) or 1.0
    parts = []
    for place, (name, value) in enumerate(values):
        y, wide = top + place * high, value * ACROSS / peak
        parts.append(_text(left - 10, y + 17, name, "end", Look(14, INK)))
        parts.append(_rect((left, y + 3, max(1.0, wide), high - 8), STEADY))
        parts.append(_text(left + wide + 7, y + 17, _short(value), "start", VALUE))
    foot = top + max(1, len(values)) * high
    parts.append(_line((left, top, left, foot), AXIS))
    rows = tuple((name, _short(value)) for name, value in values)
    return Chart(_svg(parts, (left + ACROSS + 60, foot + 6), label), head, rows)


@dataclass(frozen=True)
class SpentRow:
    """How somebody's time was spent: one number for each part, in hours."""

    label: str
    hours: tuple[float, ...]


def spent(rows: Sequence[SpentRow], parts: Sequence[str], label: str) -> Chart:
    """Draw each row's time in its parts, from the left; hours are printed where they have room."""
    left, high, top = 90, 30, 30
    peak = max((sum(row.hours) for row in rows), default=0.0) or 1.0
    drawn = _parts_legend(left, parts)
    for place, row in enumerate(rows):
        y, x = top + place * high, float(left)
        drawn.append(_text(left - 10, y + 18, row.label, "end", Look(14, INK)))
        for (fill, ink, edge), hours in zip(SPENT, row.hours, strict=True):
            wide = hours * ACROSS / peak
            if wide:
                drawn.append(_rect((x, y + 3, wide, high - 8), fill, edge))
            if wide > 34:
                drawn.append(_text(x + wide / 2, y + 18, f"{hours:.1f}", "middle", Look(13, ink)))
            x += wide
        drawn.append(_text(x + 7, y + 18, f"{sum(row.hours):.1f}", "start", VALUE))
    foot = top + max(1, len(rows)) * high
    drawn.append(_line((left, top, left, foot), AXIS))
    table = tuple((row.label, *(f"{hours:.2f}" for hours in row.hours)) for row in rows)
    return Chart(_svg(drawn, (left + ACROSS + 60, foot + 6), label), ("", *parts), table)


def _parts_legend(left: float, parts: Sequence[str]) -> list[str]:
    drawn, x = [], left
    for (fill, _, edge), name in zip(SPENT, parts, strict=True):
        drawn += [_rect((x, 6, 14, 14), fill, edge), _text(x + 20, 18, name, "start")]
        x += 40 + 14 * len(name) if not name.isascii() else 44 + 8 * len(name)
    return drawn


_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0h6v6H0z" fill="#B0470F"/>'
    '<path d="M0 0v6" stroke="#F7D9C6" stroke-width="2.4"/></pattern></defs>'
)


def _wait_bar(place: int, count: int, x: float, scale: float) -> tuple[str, str]:
    """The bar and the value above it, which is drawn last, over every dash."""
    start, tall = place * BIN_MINUTES, count * scale
    fill = STEADY if start < 15 else SLOW if start < 30 else "url(#hatch)"
    edge = f'stroke="{ALARM}"' if start >= 30 else ""
    bar = _rect((x + 1, 214 - tall, 44, tall), fill, edge)
    return bar, _text(x + 23, 214 - tall - 5, str(count), "middle", VALUE)


def _wait_marks(waits: Sequence[float], words: WaitWords, left: float, scale: float) -> list[str]:
    """Half, nine tenths and the longest as labelled dashes, each on a line of its own."""
    marks = (
        (nearest_rank(waits, 50), words.half, 14),
        (nearest_rank(waits, 90), words.most, 30),
        (waits[-1], words.longest, 46),
    )
    parts = []
    for wait_s, text, y in marks:
        minutes = wait_s / 60
        x = left + min(minutes, BIN_MINUTES * BINS) * scale
        side = "end" if minutes > 35 else "start"
        shift = -6 if side == "end" else 6
        parts.append(_line((x, y - 11, x, 214), Stroke(INK, 1.2, "3 3")))
        parts.append(f'<path d="M{x:g} 214l5 8h-10z" fill="{INK}"/>')
        told = text.format(minutes=_short(minutes))
        parts.append(_text(x + shift, y, told, side, VALUE))
    return parts


def _heat_cell(x: float, y: float, value: float, peak: float) -> list[str]:
    step = _step(value, peak)
    ink = "#FFFFFF" if step >= 4 else INK
    return [
        _rect((x, y, 46, 28), STEPS[step]),
        _text(x + 23, y + 19, _tenth(value), "middle", Look(13, ink)),
    ]


def _legend(left: float, y: float, peak: float, unit: str) -> list[str]:
    parts = [_text(left, y + 12, unit, "start")]
    for step, colour in enumerate(STEPS):
        x = left + 90 + step * 62
        parts.append(_rect((x, y, 20, 14), colour, f'stroke="{LINE2}" stroke-width="0.7"'))
        parts.append(_text(x + 25, y + 12, f"{_short(peak * step / 6)}–", "start"))
    return parts


def _step(value: float, peak: float) -> int:
    return min(5, int(6 * value / peak)) if peak > 0 else 0


def _grid(high: float, across: tuple[float, float], down: tuple[float, float]) -> list[str]:
    parts = []
    for part in range(3):
        value, y = high * part / 2, down[1] - (down[1] - down[0]) * part / 2
        parts.append(_line((across[0], y, across[1], y), Stroke(LINE)))
        if value == int(value):
            parts.append(_text(across[0] - 6, y + 4, f"{value:g}", "end"))
    return parts


def _round_up(value: float) -> float:
    """The top of an axis: 2, 3, 4, 6, 8, 10, 20, 30 … whichever is the next above the value."""
    top = 1
    while True:
        for factor in (2, 3, 4, 6, 8, 10):
            if value <= top * factor:
                return top * factor
        top *= 10


def _bin_name(place: int) -> str:
    start = place * BIN_MINUTES
    return f"{start}+" if place == BINS - 1 else f"{start}–{start + BIN_MINUTES}"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _tenth(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _svg(parts: Iterable[str], size: tuple[float, float], label: str) -> str:
    box = f'viewBox="0 0 {size[0]:g} {size[1]:g}" role="img" aria-label="{escape(label)}"'
    space = 'xmlns="http://www.w3.org/2000/svg"'
    return f'<svg class="chart" {space} {box}>{"".join(parts)}</svg>'


def _rect(box: tuple[float, float, float, float], fill: str, more: str = "") -> str:
    x, y, width, height = box
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    return f'<rect {place} fill="{fill}" {more}/>'


def _line(ends: tuple[float, float, float, float], stroke: Stroke) -> str:
    dash = f' stroke-dasharray="{stroke.dash}"' if stroke.dash else ""
    x1, y1, x2, y2 = ends
    place = f'x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"'
    return f'<line {place} stroke="{stroke.colour}" stroke-width="{stroke.width:g}"{dash}/>'


def _text(x: float, y: float, text: str, anchor: str, look: Look = Look()) -> str:
    halo = ' stroke="#FFFFFF" stroke-width="3" paint-order="stroke"' if look == VALUE else ""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{look.size}" '
        f'font-weight="{look.weight}" fill="{look.colour}"{halo}>{escape(text)}</text>'
    )
