"""What stands on a one-time notice (一次性告知单), from the items file and the hall's texts."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from config.settings import Item, Settings
from controller.domain.notice_events import NoticeAsked
from devices.slip import NoticeSlip
from devices.slip_table import MaterialRow, TableHead

SHEET_SIGNS = 8


def notice_slip(
    settings: Settings,
    asked: NoticeAsked,
    token_for: Callable[[str], str],
    again_at: int | None = None,
) -> NoticeSlip:
    """Return the words of a notice (domain.md 4.3).

    Boxes are ticked only where something was found missing: then the clerk has looked at all
    materials, and the others are there. LookupError for an item that is in the file no more.
    """
    item = next((one for one in settings.items if one.code == asked.item), None)
    if item is None:
        raise LookupError(f"the items file has no {asked.item}")

    def text(key: str, **values: object) -> str:
        return settings.texts.message("zh", f"notice.{key}", **values)

    looked = bool(asked.missing)
    rows = tuple(
        MaterialRow(
            name,
            item.copies.get(name, text("one_copy")),
            have=looked and name not in asked.missing,
            missing=name in asked.missing,
        )
        for name in item.materials
    )
    hall = settings.hall
    page = hall.public_url if asked.ticket else None
    return NoticeSlip(
        fields={
            "hall": hall.name,
            "title": text("title"),
            "mark": _mark(settings, again_at),
            "last": text("last"),
            "phone": text("phone", phone=hall.phone),
            "told": text("told"),
            "sign_citizen": text("sign_citizen"),
            "sign_clerk": text("sign_clerk"),
            "caption": settings.texts.message("zh", "ticket.scan") if page else "",
            **_who(settings, asked),
            **_what(settings, item),
            "missing": text("missing", names="、".join(asked.missing)) if looked else "",
        },
        head=TableHead(text("material"), text("copies"), text("have"), text("lacking")),
        rows=rows or (MaterialRow(text("no_materials"), ""),),
        qr=f"{page}/t/{asked.ticket}/{token_for(asked.ticket)}" if page else "",
    )


def _local(settings: Settings, at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(settings.hall.zone)


def _mark(settings: Settings, again_at: int | None) -> str:
    if again_at is None:
        return ""
    time = f"{_local(settings, again_at):%H:%M}"
    return settings.texts.message("zh", "ticket.again", time=time)


def _who(settings: Settings, asked: NoticeAsked) -> dict[str, str]:
    """Return who told it to whom, where and when; the sheet's name is the end of its id."""

    def text(key: str, **values: object) -> str:
        return settings.texts.message("zh", f"notice.{key}", **values)

    local = _local(settings, asked.asked_at)
    counter = text("desk") if asked.counter is None else text("counter", counter=asked.counter)
    return {
        "sheet": text("sheet", sheet=f"{local:%Y%m%d}-{asked.notice[-SHEET_SIGNS:]}"),
        "time": text("time", time=f"{local:%Y-%m-%d %H:%M}"),
        "counter": counter,
        "clerk": text("clerk", clerk=asked.clerk) if asked.clerk else "",
        "number": text("number", number=asked.number) if asked.number else "",
    }


def _what(settings: Settings, item: Item) -> dict[str, str]:
    """Return the item's guide; what the items file does not tell is left out."""

    def text(key: str, **values: object) -> str:
        return settings.texts.message("zh", f"notice.{key}", **values)

    limits = "，".join(_limits(item, text))
    guide = ("basis", "conditions", "fee", "steps", "place")
    told = {name: getattr(item, name) for name in guide}
    return {
        "item": item.name,
        "code": item.code,
        "owner": item.owner,
        "limits": text("limits", limits=limits) if limits else "",
        **{name: text(name, text=value) if value else "" for name, value in told.items()},
    }


def _limits(item: Item, text: Callable[..., str]) -> Iterator[str]:
    for name, days in (("promised", item.promised_days), ("legal", item.legal_days)):
        if days is not None:
            yield text(name, limit=text("days", days=days) if days else text("at_once"))
