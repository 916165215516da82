"""What a strip over a counter has to say, in words that fit it.

`fit` takes one `Moment` of a counter and gives the text: the longest form that stands still on
the strip, or a form that runs where nothing may be left out, or what is left on a board of a few
digits. Words come from the `led` texts; boards without Hanzi get the English ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from devices.led_panel import Colour, LedText, Panel


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is at the counter."""


@dataclass(frozen=True, slots=True)
class Called:
    """A ticket is called; `fresh` at this moment, so that it flashes."""

    number: str
    counter: int
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Serving:
    """A ticket is being served."""

    number: str


@dataclass(frozen=True, slots=True)
class Paused:
    """The counter rests: why, until when (as "10:30"), and where else people may go.

    `fit` wants the reason in words and leaves out one that the strip has no signs for.
    """

    reason: str = ""
    until: str = ""
    elsewhere: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """The counter is closed; `until` (as "08:30") when it opens again, if anybody knows.

    `days`: how many days ahead that is; `date` its month and day when it is not tomorrow.
    """

    until: str = ""
    days: int = 0
    date: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Calls:
    """The newest calls of an area, number and counter of each; `fresh`: the first flashes."""

    calls: tuple[tuple[str, int], ...]
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """An emergency: the hall gives out no numbers.

    `fit` wants `sentence` in words.
    """

    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """A text of the hall's own."""

    text: str
    colour: Colour = "yellow"


Moment = Idle | Called | Calls | Serving | Paused | Closed | Stopped | Own


@dataclass(frozen=True, slots=True)
class LedWords:
    """The hall's texts for strips in one language, with the placeholders of texts/zh.toml."""

    idle: str
    call_long: str
    call: str
    call_short: str
    row: str
    row_short: str
    serving: str
    paused: str
    until: str
    elsewhere: str
    closed: str
    opens: str
    tomorrow: str
    on_date: str
    comma: str
    list_comma: str

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> LedWords:
        """Taken from all texts of a language."""
        return cls(
            idle=texts["led.idle"],
            call_long=texts["led.call_long"],
            call=texts["led.call"],
            call_short=texts["led.call_short"],
            row=texts["led.row"],
            row_short=texts["led.row_short"],
            serving=texts["led.serving"],
            paused=texts["led.paused"],
            until=texts["led.until"],
            elsewhere=texts["led.elsewhere"],
            closed=texts["led.closed"],
            opens=texts["led.opens"],
            tomorrow=texts["led.tomorrow"],
            on_date=texts["led.on_date"],
            comma=texts["led.comma"],
            list_comma=texts["led.list_comma"],
        )


def fit(moment: Moment, words: LedWords, panel: Panel) -> LedText:
    """The text that the strip shows at this moment."""
    match moment:
        case Idle():
            return _whole(panel, [words.idle], words.comma)
        case Called(number=number, counter=counter, fresh=fresh):
            forms = (words.call_long, words.call, words.call_short)
            calls = [form.format(number=number, counter=counter) for form in forms]
            shown = _still(panel, [*calls, *_digits(number)], "red")
            flashes = fresh and shown.effect == "static"
            return LedText(shown.text, shown.colour, "flash") if flashes else shown
        case Calls(calls=calls, fresh=fresh):
            return _rows(panel, words, calls, fresh)
        case Serving(number=number):
            served = [form.format(number=number) for form in (words.serving, words.call_short)]
            return _still(panel, [*served, *_digits(number)], "green")
        case Paused(reason=reason, until=until, elsewhere=elsewhere):
            counters = words.list_comma.join(str(no) for no in elsewhere)
            return _whole(
                panel,
                [
                    words.paused,
                    reason,
                    until and words.until.format(until=until),
                    counters and words.elsewhere.format(counters=counters),
                ],
                words.comma,
            )
        case Closed():
            opens = moment.until and words.opens.format(until=_opening(moment, words))
            return _whole(panel, [words.closed, opens], words.comma)
        case Stopped(sentence=sentence):
            return _whole(panel, [sentence], words.comma)
        case Own(text=text, colour=colour):
            if not panel.can_show(text):
                return LedText(_dashes(panel), colour)
            return LedText(text, colour, "static" if panel.holds(text) else "left")


def _rows(
    panel: Panel, words: LedWords, calls: tuple[tuple[str, int], ...], fresh: bool
) -> LedText:
    """A row for each call, all in the longest form that stands still; one alone may run."""
    line = replace(panel, height_px=panel.line_px)
    forms = [
        [form.format(number=number, counter=counter) for number, counter in calls]
        for form in (words.call_long, words.row, words.row_short)
    ]
    if len(calls) == 1:
        number = calls[0][0]
        shown = _still(panel, [*(form[0] for form in forms), *_digits(number)], "red")
    else:
        standing = (rows for rows in forms if all(line.holds(row) for row in rows))
        rows = next(standing, [number for number, _ in calls])
        shown = LedText("\n".join(row for row in rows if line.holds(row)), "red")
    flashes = fresh and shown.effect == "static"
    return LedText(shown.text, shown.colour, "flash") if flashes else shown


def _opening(closed: Closed, words: LedWords) -> str:
    """When it opens, with the day unless it is today."""
    if closed.days == 0:
        return closed.until
    if closed.days == 1:
        return words.tomorrow.format(until=closed.until)
    month, day = closed.date
    return words.on_date.format(month=month, day=day, until=closed.until)


def _digits(number: str) -> list[str]:
    """What is left of a ticket's number on a board that has no letters or no room for one."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return [digits, digits.lstrip("0")] if digits else []


def _still(panel: Panel, forms: list[str], colour: Colour) -> LedText:
    """The first form that stands still; else the first that runs; else the last that has signs."""
    signs = [form for form in forms if panel.can_show(form)]
    for form in signs:
        if panel.holds(form):
            return LedText(form, colour)
    if signs and panel.runs:
        return LedText(signs[0], colour, "left")
    return LedText(signs[-1] if signs else _dashes(panel), colour)


def _whole(panel: Panel, pieces: list[str], comma: str) -> LedText:
    """All pieces, running when they are too wide; the first alone where nothing runs."""
    known = [piece for piece in pieces if piece and panel.can_show(piece)]
    if not known or not panel.can_show(pieces[0]):
        return LedText(_dashes(panel), "yellow")
    text = comma.join(known)
    if panel.holds(text):
        return LedText(text, "yellow")
    if panel.runs:
        return LedText(text, "yellow", "left")
    return LedText(known[0] if panel.holds(known[0]) else _dashes(panel), "yellow")


def _dashes(panel: Panel) -> str:
    return "-" * min(panel.columns, 4)
