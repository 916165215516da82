"""The paper's own small table: once by itself, again for who asks, never for what has none."""

import pytest

from controller.domain.commands import IssueTicket, RecordPrint, StartDirect
from controller.domain.events import TicketPrintAsked
from controller.domain.hall_commands import AskPrint
from tests.fixtures.pure import PureHall


def printed(hall: PureHall, *steps: str) -> None:
    for step in steps:
        hall.do(RecordPrint("t", step, "printer:kiosk"))


@pytest.mark.parametrize(
    "steps", [("started", "printed"), ("started", "unknown"), ("failed",), ("dropped",)]
)
def test_a_paper_may_be_asked_for_once_more_and_goes_its_way_again(steps: tuple[str, ...]) -> None:
    hall = PureHall()
    hall.do(IssueTicket("A", "t"))
    printed(hall, *steps)
    (asked,) = hall.do(AskPrint("t", who="desk:1001"))
    assert asked == TicketPrintAsked("t", "A001", "", "desk:1001")
    assert hall.refusal(AskPrint("t")) == "illegal_step", "asked once, until it is out"
    assert hall.refusal(RecordPrint("t", "printed", "printer:kiosk")) == "illegal_step"
    printed(hall, "failed", "started", "printed")
    assert hall.refusal(RecordPrint("t", "started", "printer:kiosk")) == "illegal_step"
    assert hall.refusal(AskPrint("t")) == ""


def test_what_is_still_to_come_out_is_not_asked_for() -> None:
    hall = PureHall()
    hall.do(IssueTicket("A", "t"))
    assert hall.refusal(AskPrint("t")) == "illegal_step"
    printed(hall, "started")
    assert hall.refusal(AskPrint("t")) == "illegal_step"


@pytest.mark.parametrize("wish", [{"card": "K001"}, {"source": "phone"}])
def test_a_card_and_a_phone_get_paper_only_when_somebody_asks(wish: dict[str, str]) -> None:
    hall = PureHall()
    hall.do(IssueTicket("A", "t", **wish))  # type: ignore[arg-type]
    assert hall.refusal(RecordPrint("t", "started", "printer:kiosk")) == "illegal_step"
    assert hall.refusal(AskPrint("t")) == ""
    printed(hall, "started", "printed")


def test_a_direct_reception_has_no_paper() -> None:
    hall = PureHall()
    hall.do(StartDirect(1, "t"))
    assert hall.refusal(AskPrint("t")) == "illegal_step"
    assert hall.refusal(AskPrint("nobody")) == "not_found"
