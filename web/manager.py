"""The manager's page, and the drawings that its reports put beside the figures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from config.settings import Settings
from controller.app import Hall
from controller.store.queries import Days, issues, waits
from web.charts import Chart, HeatRow, WaitWords, bars, heat_map, wait_distribution
from web.figures import Figure, Words, words_of
from web.keys import HALL
from web.pages import render

HALF_HOURS = 48
LONG_MINUTES = (15, 30)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKDAYS = 5


@dataclass(frozen=True)
class Arrival:
    """When a ticket was issued: its business date and the half-hour of the day, 0 to 47."""

    day: date
    half_hour: int


def add_routes(app: web.Application) -> None:
    """Add the manager's page and its drawings to the application."""
    app.router.add_get("/manager", _page)
    app.router.add_get("/manager/today", _today)
    app.router.add_get("/manager/charts", _charts)


async def _page(request: web.Request) -> web.Response:
    settings: Settings = request.app[HALL].settings
    english = request.query.get("lang") == "en"
    services = [
        {"code": service.code, "name": service.name_en if english else service.name}
        for service in settings.services
    ]
    groups = ("manager", "common", "counters", "grades", "case_states", "stop", "reasons")
    shown = {"services": services, "printers": settings.printers}
    return render(request, "manager.html", **shown, texts=groups)


async def _today(request: web.Request) -> web.Response:
    """Tickets of one day by half-hours."""
    hall = request.app[HALL]
    words = words_of(request, hall.settings)
    days = Days(_date(request, "date"), _date(request, "date"))
    found = await _arrivals(hall, days)
    figure = Figure("today", "", "", _day_bars(hall.settings, days, found, words))
    return render(request, "manager_charts.html", charts=[figure], late={})


async def _charts(request: web.Request) -> web.Response:
    """Waits and arrivals of a period, and how many waited long."""
    hall = request.app[HALL]
    words = words_of(request, hall.settings)
    days = Days(_date(request, "from"), _date(request, "to"))
    every = await hall.read(waits, hall.code, days)
    waited = [wait for some in every.values() for wait in some]
    found = await _arrivals(hall, days)
    whole_day = days.first == days.last
    drawing = (
        _day_bars(hall.settings, days, found, words)
        if whole_day
        else _week_map(hall.settings, found, words)
    )
    figures = [
        Figure(
            "waits", words("waits"), words("waits_note", n=len(waited)), _wait_bars(waited, words)
        ),
        Figure("arrivals", words("busy"), words("day_note" if whole_day else "busy_note"), drawing),
    ]
    late = {limit: sum(1 for wait in waited if wait > limit * 60_000) for limit in LONG_MINUTES}
    return render(request, "manager_charts.html", charts=figures, late=late)


def _date(request: web.Request, name: str) -> str:
    try:
        return date.fromisoformat(request.query.get(name, "")).isoformat()
    except ValueError:
        raise web.HTTPBadRequest(text=f"{name}: YYYY-MM-DD") from None


async def _arrivals(hall: Hall, days: Days) -> list[Arrival]:
    """Return when the tickets of some business dates were issued."""
    zone = hall.settings.hall.zone
    found = []
    for day, issued_at in await hall.read(issues, hall.code, days):
        local = datetime.fromtimestamp(issued_at / 1000, zone)
        found.append(Arrival(date.fromisoformat(day), local.hour * 2 + local.minute // 30))
    return found


def _wait_bars(waits_ms: Sequence[int], words: Words) -> Chart:
    """How many waited how long."""
    told = WaitWords(
        label=words("waits_label", n=len(waits_ms)),
        axis=words("minutes"),
        half=words("half", minutes="{minutes}"),
        most=words("most", minutes="{minutes}"),
        longest=words("longest", minutes="{minutes}"),
        head=(words("waited"), words("tickets")),
    )
    return wait_distribution([wait / 1000 for wait in waits_ms], told)


def _day_bars(settings: Settings, days: Days, found: Sequence[Arrival], words: Words) -> Chart:
    """Tickets of one day by half-hours; its axis stands before the first ticket, too."""
    counts = Counter(arrival.half_hour for arrival in found)
    weekday = date.fromisoformat(days.first).weekday()
    places = _columns(settings, [weekday], counts) or _columns(settings, range(7), counts)
    values = [(_clock(place), float(counts[place])) for place in places]
    return bars(values, words("day_label", n=len(found)), (words("half_hour"), words("tickets")))


def _week_map(settings: Settings, found: Sequence[Arrival], words: Words) -> Chart:
    """Mean tickets of each weekday and half-hour, over the days that had any ticket."""
    counts = Counter((arrival.day.weekday(), arrival.half_hour) for arrival in found)
    worked = Counter(day.weekday() for day in {arrival.day for arrival in found})
    shown = [day for day in range(7) if day < WORKDAYS or worked[day]]
    columns = _with_gaps(_columns(settings, shown, {half_hour for _, half_hour in counts}))
    rows = [
        HeatRow(
            words("weekday_n", day=words(DAYS[day]), n=worked[day]),
            tuple(
                None if place is None or not worked[day] else counts[(day, place)] / worked[day]
                for place in columns
            ),
        )
        for day in shown
    ]
    names = ["" if place is None else _clock(place) for place in columns]
    return heat_map(rows, names, words("busy"), words("per_half_hour"))


def _with_gaps(places: Sequence[int]) -> list[int | None]:
    """The half-hours, None wherever some are left out between two (lunch)."""
    shown: list[int | None] = []
    for before, place in zip([None, *places], places, strict=False):
        shown += [place] if before is None or before + 1 == place else [None, place]
    return shown


def _columns(settings: Settings, weekdays: Iterable[int], seen: Iterable[int]) -> list[int]:
    """The half-hours in which the hall is open on these weekdays, and those that had tickets."""
    sessions = [session for day in weekdays for session in settings.hours.week[day]]
    open_at = {
        place
        for place in range(HALF_HOURS)
        if any(first < (place + 1) * 30 and place * 30 < end for first, end in sessions)
    }
    return sorted(open_at | set(seen))


def _clock(half_hour: int) -> str:
    return f"{half_hour // 2}:{half_hour % 2 * 30:02d}"
