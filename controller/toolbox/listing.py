"""The devices of the hall file and where they hang (`devices list`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from config.settings import fault, message
from controller import device_list
from controller.toolbox.asking import devices_on, pressed_in
from controller.toolbox.sheet import padded
from controller.toolbox.site import Site, is_served

WIDTHS = (18, 30, 14)


def listing(site: Site) -> Iterator[str]:
    """Yield the lines of the list."""
    served = is_served(site.data_dir)
    states = device_list.read_blocking(site.data_dir) if served else {}
    places = _places(site)
    cut = [name for name in states if name.startswith("line:")]
    for device in (*cut, *site.settings.device_ids):
        cells = (device, places.get(device, "-"))
        row = "".join(padded(cell, width) for cell, width in zip(cells, WIDTHS, strict=False))
        yield (row + _state(site, device, states)).rstrip()
    if served:
        yield "状态来自正在运行的服务。 The states are those of the running service."
    else:
        yield (
            "没有服务在运行，所以没有状态；devices probe 会逐台询问。 "
            "No service runs, so there are no states; `devices probe` asks each device."
        )


def _places(site: Site) -> dict[str, str]:
    settings = site.settings
    found = {}
    for line in settings.lines:
        for row in devices_on(site, line):
            address = getattr(row, "address", None)
            module = getattr(row, "module", None)
            place = f"{line.name} {line.port} {line.baud}"
            place += f" @{address}" if address is not None else ""
            found[row.device_id] = place + (f" ({module})" if module is not None else "")
    for unit in pressed_in(settings):
        if unit.usb is not None:
            found[unit.device_id] = unit.usb
    found |= {speaker.device_id: speaker.output for speaker in settings.speakers}
    return found | {board.device_id: f"/board?area={board.area}" for board in settings.boards}


def _state(site: Site, device: str, states: dict[str, dict[str, object]]) -> str:
    row = states.get(device)
    if row is None:
        return ""
    state, detail = str(row["state"]), str(row["detail"])
    words = " ".join(message(lang, f"manager.device.{state}") for lang in ("zh", "en"))
    since = datetime.fromtimestamp(int(str(row["since"])) / 1000, site.settings.hall.zone)
    told = f"  {padded(words, WIDTHS[2])} {since:%m-%d %H:%M}"
    if row.get("lost_with"):
        return f"{told}  {row['lost_with']}"
    if state in ("fault", "lost") or detail:
        card = fault(device.partition(":")[0], detail)
        told += f"  {card.code} ({card.code_en}): {card.text} {card.text_en}"
    return told
