"""The public pages: strict content policy, versioned files, a ticket's page for its holder only."""

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from config.settings import load
from tests.fixtures.served import DEMO, ServedHall, served
from web.pages import carry
from web.ticket import qr_svg_blocking

PAGES = ("/", "/kiosk", "/board", "/board?area=hall", "/kiosk?lang=en", "/desk", "/book")


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


class Reader(HTMLParser):
    """Collects the tags of a page with their attributes, and what it carries as data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.carried: dict[str, Any] = {}
        self._holder = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self._holder = (found["id"] or "") if found.get("type") == "application/json" else ""

    def handle_data(self, data: str) -> None:
        if self._holder:
            self.carried[self._holder] = json.loads(data)
            self._holder = ""

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


async def read(hall: ServedHall, path: str, status: int = 200) -> Reader:
    async with hall.client.get(path) as reply:
        assert reply.status == status
        assert reply.content_type == "text/html"
        policy = reply.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        return Reader(await reply.text())


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_runs_nothing_but_its_own_files(hall: ServedHall, path: str) -> None:
    page = await read(hall, path)
    for script in page.all("script"):
        assert script.get("type") == "application/json" or (script["src"] or "").startswith("/")
    assert not page.all("style")
    for tag, attributes in page.tags:
        assert "style" not in attributes, tag
        assert not any(name.startswith("on") for name in attributes), tag
    lang = page.all("html")[0]["lang"]
    assert lang == ("en" if "lang=en" in path else "zh-CN")


async def test_every_file_of_the_pages_is_kept_for_ever_under_its_version(hall: ServedHall) -> None:
    seen = set()
    for path in PAGES:
        page = await read(hall, path)
        links = [link["href"] for link in page.all("link")]
        seen.update(links, [script["src"] for script in page.all("script") if "src" in script])
    for path in seen - {None}:
        async with hall.client.get(path) as reply:
            assert reply.status == 200, path
            assert "immutable" in reply.headers["Cache-Control"]
    stale = re.sub("/static/[0-9a-f]+/", "/static/0/", "/static/abc123/kiosk.js")
    async with hall.client.get(stale) as reply:
        assert reply.headers["Cache-Control"] == "no-cache"
        assert reply.content_type in ("text/javascript", "application/javascript")
    for wrong in ("/static/0/nothing.js", "/static/0/..%2fpages.py", "/static/0/.."):
        async with hall.client.get(wrong) as reply:
            assert reply.status == 404


async def test_the_kiosk_knows_the_hall_and_both_languages(hall: ServedHall) -> None:
    page = await read(hall, "/kiosk")
    facts = page.carried["page"]
    assert (facts["general"], facts["missed"], facts["credit_min"]) == ("E", "void", 15)
    texts = page.carried["texts"]
    assert texts["zh"].keys() == texts["en"].keys()
    assert texts["zh"]["missed.void"]


async def test_every_icon_of_the_pages_is_in_the_sprite(hall: ServedHall) -> None:
    page = await read(hall, "/kiosk")
    drawn = {symbol["id"] for symbol in page.all("symbol")}
    folder = DEMO.parent.parent / "web" / "static"
    named = set(re.findall(r"icon\(\"([a-z0-9-]+)\"", " ".join(map(_text, folder.glob("*.js")))))
    assert len(named) > 20
    assert {f"i-{name}" for name in named} <= drawn


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/clerk/9", "没有这个窗口"), ("/clerk/01", "没有这个窗口"), ("/clerk/x", "没有这个窗口"),
        ("/board?area=cellar", "没有找到"),
    ],
)  # fmt: skip
async def test_a_place_that_the_hall_does_not_have_gets_a_page_that_says_so(
    hall: ServedHall, path: str, said: str
) -> None:
    async with hall.client.get(path, headers={"Accept": "text/html"}) as reply:
        assert (reply.status, reply.content_type) == (404, "text/html")
        page = await reply.text()
    assert said in page
    assert 'href="/"' in page


async def test_a_ticket_has_a_page_for_its_holder_only(hall: ServedHall) -> None:
    ticket = await hall.take("A", items=["RS02"])
    path = f"/t/{ticket['id']}/{ticket['token']}"
    page = await read(hall, path)
    assert page.carried["page"]["number"] == "A001"
    for wrong in (f"{path}x", f"/t/{ticket['id']}/-", f"/t/nobody/{ticket['token']}"):
        unknown = await read(hall, wrong, 404)
        assert ticket["id"] not in str(unknown.tags)
        async with hall.client.get(f"{wrong}/ticket.json") as reply:
            assert reply.status == 404


async def test_a_ticket_page_shows_the_line_before_it(hall: ServedHall) -> None:
    for service in "BAC":
        await hall.take(service)
    ticket = await hall.take("A", items=["RS02"])
    path = f"/t/{ticket['id']}/{ticket['token']}/ticket.json"
    async with hall.client.get(path) as reply:
        facts = await reply.json()
    assert facts["ticket"]["ahead"] == 3
    assert facts["lane"] == ["A001", "C001"]
    assert facts["items"][0]["materials"] == ["身份证", "户口簿", "社会保障卡"]
    assert facts["seq"] == (await hall.get("/state"))["seq"]
    assert not facts["ticket"].keys() & {"id", "priority", "print", "cases", "token"}
    await hall.serve()
    async with hall.client.get(path) as reply:
        assert (await reply.json())["ticket"]["ahead"] == 2


async def test_the_kiosk_shows_the_code_of_a_ticket(hall: ServedHall) -> None:
    ticket = await hall.take()
    path = f"/t/{ticket['id']}/{ticket['token']}"
    async with hall.client.get(f"{path}/qr.svg") as reply:
        assert reply.content_type == "image/svg+xml"
        assert await reply.read() == qr_svg_blocking(f"http://127.0.0.1:8080{path}")


@pytest.mark.parametrize("path", ["abc/def", "abc/d%22f", "{id}/wrong", "other/{token}"])
async def test_nobody_gets_a_code_for_words_of_his_own(hall: ServedHall, path: str) -> None:
    ticket = await hall.take()
    async with hall.client.get(f"/t/{path.format(**ticket)}/qr.svg") as reply:
        assert reply.status == 404
        assert (await reply.json())["code"] == "not_found"


async def test_without_a_public_address_the_code_is_plain_text(tmp_path: Path) -> None:
    settings = load(DEMO).with_public_url(None)
    async with served(tmp_path, settings=settings) as hall:
        assert (await read(hall, "/kiosk")).carried["page"]["qr"] is False
        ticket = await hall.take()
        async with hall.client.get(f"/t/{ticket['id']}/{ticket['token']}/qr.svg") as reply:
            assert (reply.status, reply.content_type) == (200, "image/svg+xml")


def test_a_text_cannot_end_the_data_that_carries_it() -> None:
    page = Reader(carry("x", {"text": "</script><script>alert(1)</script>"}))
    assert len(page.all("script")) == 1
    assert page.carried["x"] == {"text": "</script><script>alert(1)</script>"}
