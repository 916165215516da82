"""One-time notices by the interface, and their paper by the printing reactor."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller.domain.hall_commands import AskNotice
from controller.domain.notice_events import NoticeAsked
from controller.reactors import printing
from controller.reactors.printing import Paper, Printing, Slip
from devices.printer import PrinterError, PrinterStatus
from tests.fixtures.reacting import reacting
from tests.fixtures.served import ServedHall, served
from tests.integration.test_printing import FakePrinter


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    async with served(tmp_path) as hall:
        yield hall


async def test_a_counter_prints_a_notice_for_its_visit(hall: ServedHall) -> None:
    await hall.take("A", items=["RS02"])
    await hall.post("/counters/1/next")
    notice = await hall.post("/counters/1/notice", {"missing": ["户口簿"]}, 201, key="n1")
    assert (notice["item"], notice["missing"], notice["state"]) == ("RS02", ["户口簿"], "asked")
    assert (notice["counter"], notice["ticket"]["number"]) == (1, "A001")
    again = await hall.post("/counters/1/notice", {"missing": ["户口簿"]}, 201, key="n1")
    assert again == notice, "a repeat prints no second one"
    found = await hall.get(f"/notices/{notice['notice']}")
    assert found == {name: value for name, value in notice.items() if name != "seq"}


async def test_the_desk_prints_one_for_anybody(hall: ServedHall) -> None:
    notice = await hall.post("/notices", {"item": "RS01"}, 201)
    assert (notice["ticket"], notice["counter"], notice["missing"]) == (None, None, [])
    ticket = await hall.take("A")
    wish = {"item": "RS01", "ticket": ticket["id"]}
    assert (await hall.post("/notices", wish, 201))["ticket"]["number"] == "A001"


async def test_refusals_have_their_codes(hall: ServedHall) -> None:
    path = "/counters/1/notice"
    assert (await hall.post(path, {}, 422))["code"] == "item_missing"
    assert (await hall.post(path, {"item": "XX"}, 422))["code"] == "item_unknown"
    wrong = {"item": "RS01", "missing": ["护照"]}
    assert (await hall.post(path, wrong, 422))["code"] == "material_unknown"
    await hall.post("/counters/99/notice", {"item": "RS01"}, 404)
    await hall.get("/notices/nobody", 404)


def compose(slip: Slip, again_at: int | None = None) -> bytes:
    return slip.item.encode() if isinstance(slip, NoticeAsked) else slip.number.encode()


async def test_its_paper_is_made_once_in_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "RETRY_S", 0.01)
    async with reacting(tmp_path) as hall:
        printer = FakePrinter()
        printer.refusals = [PrinterError("paper-out", False, PrinterStatus.PAPER_OUT)]
        place = hall.ground.place("print:kiosk")
        paper = Paper("printer:kiosk", printer, compose)
        await hall.run(Printing(paper, place, hall.ground).run)
        await hall.do(AskNotice("n1", "RS01", counter=1))
        await hall.until(
            "NoticeAsked", "NoticeStarted", "NoticeFailed", "NoticeStarted", "NoticePrinted"
        )
        assert printer.jobs == [b"RS01"]


async def test_one_for_another_printer_is_left_to_it(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        printer, desk = FakePrinter(), FakePrinter()
        for device, driver in (("printer:kiosk", printer), ("printer:desk", desk)):
            paper = Paper(device, driver, compose, main=device == "printer:kiosk")
            place = hall.ground.place(f"print:{device}")
            await hall.run(Printing(paper, place, hall.ground).run)
        await hall.do(AskNotice("n1", "RS01", printer="printer:desk"))
        await hall.until("NoticeStarted", "NoticePrinted")
        assert (printer.jobs, desk.jobs) == ([], [b"RS01"])
