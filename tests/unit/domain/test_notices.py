"""One-time notices: for the visit's item, with what is missing, on the printer of the place."""

from dataclasses import replace

from controller.domain.commands import CallNext, IssueTicket
from controller.domain.hall_commands import AskNotice, RecordNotice
from controller.domain.notice_events import NoticeAsked
from controller.domain.rules import ItemRule
from tests.fixtures.core import RULES
from tests.fixtures.pure import PureHall

ITEMS = {
    "RS01": ItemRule("RS01", "养老参保", "A", "immediate", ("身份证", "户口簿")),
    "RS09": ItemRule("RS09", "停办的事", "A", "stopped"),
}
PRINTERS = {"": "printer:kiosk", "counter:2": "printer:two", "desk": "printer:desk"}


def hall_with(printers: dict[str, str] | None = None) -> PureHall:
    wanted = PRINTERS if printers is None else printers
    hall = PureHall(replace(RULES, items=ITEMS, printers=wanted))
    hall.do(IssueTicket("A", "t", items=("RS01",)))
    return hall


def asked(hall: PureHall, command: AskNotice) -> NoticeAsked:
    (event,) = hall.do(command)
    assert isinstance(event, NoticeAsked)
    return event


def test_a_notice_is_about_the_visits_item_and_says_what_is_missing() -> None:
    hall = hall_with()
    hall.do(CallNext(1))
    event = asked(hall, AskNotice("n", missing=("户口簿",), counter=1))
    assert (event.ticket, event.number, event.counter) == ("t", "A001", 1)
    assert (event.item, event.item_name, event.missing) == ("RS01", "养老参保", ["户口簿"])
    assert event.printer == "printer:kiosk"


def test_a_place_has_its_own_printer_and_the_desk_needs_no_ticket() -> None:
    hall = hall_with()
    assert asked(hall, AskNotice("n1", "RS01", counter=2)).printer == "printer:two"
    event = asked(hall, AskNotice("n2", "RS01"))
    assert (event.printer, event.ticket, event.counter) == ("printer:desk", "", None)
    assert asked(hall, AskNotice("n3", "RS01", ticket="t")).number == "A001"


def test_what_cannot_be_told_in_writing_is_refused() -> None:
    hall = hall_with()
    assert hall.refusal(AskNotice("n", counter=1)) == "item_missing"
    assert hall.refusal(AskNotice("n", "XX", counter=1)) == "item_unknown"
    assert hall.refusal(AskNotice("n", "RS09", counter=1)) == "item_stopped"
    assert hall.refusal(AskNotice("n", "RS01", ("护照",), counter=1)) == "material_unknown"
    assert hall.refusal(AskNotice("n", "RS01", ticket="nobody")) == "not_found"
    assert hall_with({}).refusal(AskNotice("n", "RS01", counter=1)) == "no_printer"


def test_its_paper_goes_the_way_of_any_paper() -> None:
    hall = hall_with()
    assert hall.refusal(RecordNotice("n", "started", "printer:kiosk")) == "not_found"
    hall.do(AskNotice("n", "RS01", counter=1))
    assert hall.refusal(RecordNotice("n", "printed", "printer:kiosk")) == "illegal_step"
    for step in ("failed", "started", "printed"):
        hall.do(RecordNotice("n", step, "printer:kiosk"))
    for step in ("started", "asked", "dropped"):
        assert hall.refusal(RecordNotice("n", step, "printer:kiosk")) == "illegal_step"


def test_a_hall_without_a_printer_gives_tickets_without_paper() -> None:
    event = hall_with({}).do(IssueTicket("A", "u", place="kiosk:1"))[-1]
    assert event.printer == ""  # type: ignore[attr-defined]
    other = hall_with({"": "printer:a", "kiosk:2": "printer:b"})
    assert other.do(IssueTicket("A", "u", place="kiosk:2"))[-1].printer == "printer:b"  # type: ignore[attr-defined]
