"""docs/stream.md lists every public event with its fields, and no other."""

import json
import re
from dataclasses import replace
from pathlib import Path

from controller.domain.events import EVENT_TYPES, StoredEvent
from controller.domain.hall_events import CounterPaused
from web import stream, stream_events

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "stream.md"
ADDED = {"AnnouncementStarted": ("text", "seconds", "wav_url")}


def table() -> str:
    rows = ["| Event | Fields beside `seq` and `at` |", "|---|---|"]
    for name, fields in stream_events.PUBLIC.items():
        told = ", ".join(f"`{field}`" for field in (*fields, *ADDED.get(name, ()))) or "none"
        rows.append(f"| `{name}` | {told} |")
    return "\n".join(rows)


def test_the_table_fits_the_code() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert table() in text, f"put this into {DOCUMENT.name}:\n{table()}"


def test_only_events_that_exist_are_public() -> None:
    assert stream_events.PUBLIC.keys() <= EVENT_TYPES.keys()


def test_no_public_field_tells_what_must_stay_inside() -> None:
    inside = {
        "items", "item", "priority", "reason", "grade", "actor", "token", "rules", "detail",
        "clerk", "covers", "first_contact", "person", "clients", "to", "a", "b", "back", "slot",
    }  # fmt: skip
    assert not inside & {field for fields in stream_events.PUBLIC.values() for field in fields}


def test_the_document_names_the_figures() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for figure in (f"{stream.PING_S:.0f} s", f"{stream.MISSED_MOST:,}", f"{stream.STREAMS_MOST}"):
        assert figure in text


def test_the_pages_listen_to_every_public_event() -> None:
    script = (ROOT / "web" / "static" / "live.js").read_text(encoding="utf-8")
    listed = re.search(r"EVENT_TYPES = (\[.*?\])", script, re.DOTALL)
    assert listed is not None
    names = json.loads(listed.group(1).replace(",\n]", "]"))
    assert set(names) == set(stream_events.PUBLIC)


def test_a_pause_tells_when_it_ends_and_never_who_pauses_or_why() -> None:
    event = CounterPaused(3, "s1", "rest", 1795393800000, 1795393860000, [1, 2])
    row = StoredEvent("h", 7, 1795393800000, "clerk:s1", None, None, 0, event, event.body(), "")
    text = stream.encode(row, lambda ms: f"at {ms}").decode()
    assert json.loads(text.split("data: ")[1]) == {
        "seq": 7, "at": "at 1795393800000", "counter": 3, "until": "at 1795393860000",
        "elsewhere": [1, 2],
    }  # fmt: skip
    open_end = replace(event, until=None)
    text = stream.encode(replace(row, event=open_end), lambda ms: f"at {ms}").decode()
    assert json.loads(text.split("data: ")[1])["until"] is None
