"""What /openapi.json says about this very hall: its services, items, counters and devices.

So a tool that makes requests from the document makes ones that this hall can fulfil.
"""

from typing import Any

from config.settings import Settings

Json = dict[str, Any]

NO_CASE = ("advice", "stopped")


def narrow(schemas: Json, settings: Settings) -> None:
    """Replace the codes in the schemas by those that the hall has."""
    wish = schemas["TicketWish"]
    wish["anyOf"] = [_wish_for(service.code, settings) for service in settings.services]
    properties = wish["properties"]
    services = [service.code for service in settings.services]
    properties["service"] = _one_of(services, properties["service"])
    properties["priority"] = _one_of([*settings.hall.priorities, None], properties["priority"])
    codes = [item.code for item in settings.items if item.kind not in NO_CASE]
    accept = schemas["AcceptWish"]["properties"]
    accept["item"] = _one_of([*codes, None], accept["item"])
    areas = [area.code for area in settings.areas]
    for model in ("Service", "CounterView", "PublicCounter"):
        place = schemas[model]["properties"]
        place["area"] = _one_of(areas, place["area"])


def path_values(settings: Settings) -> dict[str, Json]:
    """Return the schemas of the parts of a path that name something of the hall file."""
    counters = [counter.no for counter in settings.counters]
    printers = [printer.id for printer in settings.printers]
    return {
        "counter": {"type": "integer", "enum": counters},
        "printer": {"type": "string", "enum": printers},
        "sheet": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    }


def query_values(settings: Settings) -> dict[str, Json]:
    """Return the schemas of the members of queries that name something of the hall file."""
    return {"service": {"type": "string", "enum": [service.code for service in settings.services]}}


def _one_of(values: list[Any], member: Json) -> Json:
    return {"description": member["description"], "enum": values}


def _wish_for(service: str, settings: Settings) -> Json:
    """Return the rule that items belong to the service of their wish."""
    codes = [
        item.code for item in settings.items if item.service == service and item.kind != "stopped"
    ]
    items: Json = {"type": "array", "maxItems": 20, "items": {"enum": codes}}
    return {
        "type": "object",
        "properties": {
            "service": {"description": "This service.", "const": service},
            "items": {
                "description": "Its items that are not stopped.",
                "anyOf": [items, {"type": "null"}],
            },
        },
    }
