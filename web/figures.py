"""A drawing in its frame, and the words that stand in it."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from config.settings import Settings
from web.charts import Chart

Words = Callable[..., str]


@dataclass(frozen=True)
class Figure:
    """One drawing in its frame."""

    name: str
    title: str
    note: str
    drawing: Chart


def words_of(request: web.Request, settings: Settings) -> Words:
    """Return the texts of the drawings in the page's language."""
    lang = "en" if request.query.get("lang") == "en" else "zh"

    def words(key: str, **values: object) -> str:
        return settings.texts.message(lang, f"manager.chart.{key}", **values)

    return words
