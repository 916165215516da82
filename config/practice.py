"""`run.py practice`: a hall file as new clerks practise with it.

Keypads, rating boxes and strips stay what they are; what would print, speak or tell the platform
is simulated. Numbers are given out at any hour and to people without a card, and everything that
carries the hall's name says that it is practice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from config.models import Settings
from config.queue import Identity, ServiceHours
from config.simulated import KEY, simulate

HANDS = {
    "modbus-rtu", "onbon-bx", "lumen-cpower", "alpha", "template",
}  # fmt: skip
"""Protocols of what a clerk has on the counter; lines of any other are simulated."""
MARK = "练习"


def practice_tables(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a hall file with simulated ports for all that practice must not touch."""
    changed = dict(raw)
    for table, stays in (("lines", _is_on_the_counter), ("speakers", lambda row: False)):
        if isinstance(raw.get(table), list):
            changed[table] = [
                row if not isinstance(row, dict) or stays(row) else row | {KEY: True}
                for row in raw[table]
            ]
    if isinstance(raw.get("platform"), dict):
        changed["platform"] = raw["platform"] | {KEY: True}
    return simulate(changed)


def _is_on_the_counter(row: Mapping[str, Any]) -> bool:
    return row.get("protocol") in HANDS


def practised(settings: Settings) -> Settings:
    """The hall under the sign of practice."""
    messages = {
        lang: dict(texts) | {"led.idle": texts["led.practice"]}
        for lang, texts in settings.texts.messages.items()
    }
    hall = settings.hall
    names = {"name": f"{MARK} {hall.name}", "name_en": f"Practice {hall.name_en}"}
    return settings.model_copy(
        update={
            "practice": True,
            "hall": hall.model_copy(update={**names, "public_url": None}),
            "hours": settings.hours.model_copy(update={"always_open": True}),
            "services": tuple(
                service.model_copy(update={"hours": ServiceHours()})
                for service in settings.services
            ),
            "identity": Identity(),
            "texts": dataclasses.replace(settings.texts, messages=messages),
        }
    )
