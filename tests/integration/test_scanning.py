"""A scan becomes a ticket of this hall, proved by its token or found by its number."""

from pathlib import Path

from controller.domain.commands import BookTicket
from controller.domain.rules import ServiceRule, SlotRule
from controller.ids import new_ticket_id
from controller.reactors.scanning import Found, Scanning
from devices.framing.scan_line import TicketCode, ticket_code
from devices.scanner import TicketScanned
from tests.fixtures.reacting import ReactingHall, reacting


def token_for(ticket: str) -> str:
    return f"token-of-{ticket}"


def scanning(hall: ReactingHall, found: list[Found] | None, use: str = "find") -> Scanning:
    async def on_found(ticket: Found) -> None:
        assert found is not None
        found.append(ticket)

    hook = None if found is None else on_found
    return Scanning("keypad:1", use, hall.ground, token_for, hook)


async def test_a_code_with_its_token_proves_and_a_number_finds(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.issue("t1")
        found: list[Found] = []
        reactor = scanning(hall, found)
        await reactor.scanned(TicketScanned(9, 1, ticket="t1", token="token-of-t1"))
        await reactor.scanned(TicketScanned(9, 2, number="A001"))
        assert found == [
            Found("keypad:1", "find", "t1", True, "scan:keypad:1:9:1"),
            Found("keypad:1", "find", "t1", False, "scan:keypad:1:9:2"),
        ]
        assert reactor.scans == {"done": 2}


async def test_wrong_tokens_and_unknown_numbers_are_counted(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.issue("t1")
        found: list[Found] = []
        reactor = scanning(hall, found)
        await reactor.scanned(TicketScanned(9, 1, ticket="t1", token="token-of-t2"))
        await reactor.scanned(TicketScanned(9, 2, number="A002"))
        assert found == []
        assert reactor.scans == {"wrong_token": 1, "unknown_ticket": 1}


async def test_a_scan_that_nothing_uses_is_counted(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.issue("t1")
        reactor = scanning(hall, None)
        await reactor.scanned(TicketScanned(9, 1, number="A001"))
        assert reactor.scans == {"unused": 1}


async def test_check_in_takes_a_booked_ticket_with_its_token_only(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.issue("t1")
        slot = SlotRule(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "08:00", "12:00", 30, 5)
        services = hall.rules.services | {"A": ServiceRule("A", "A", "main", slots=(slot,))}
        await hall.adopt(services=services)
        await hall.do(BookTicket("A", "b1", "2026-11-23", "09:00"))
        hall.time.pass_s(25 * 60)
        reactor = scanning(hall, None, "check-in")
        await reactor.scanned(TicketScanned(9, 1, number="A001"))
        await reactor.scanned(TicketScanned(9, 2, ticket="b1", token="token-of-t1"))
        await reactor.scanned(TicketScanned(9, 3, ticket="t1", token="token-of-t1"))
        await reactor.scanned(TicketScanned(9, 4, ticket="b1", token="token-of-b1"))
        assert reactor.scans == {"unproved": 1, "wrong_token": 1, "not_booked": 1, "done": 1}
        assert hall.names()[-1] == "TicketIssued"
        assert hall.log()[-1].actor == "device:keypad:1"
        await reactor.scanned(TicketScanned(9, 5, ticket="b1", token="token-of-b1"))
        assert reactor.scans["not_booked"] == 2


def test_the_code_on_a_slip_is_read_as_the_ticket_that_it_was_made_for() -> None:
    """The slip's address is `{public_url}/t/{ticket}/{token}` (`controller.slips`)."""
    for now_ms in range(1_795_393_800_000, 1_795_393_900_000, 7_777_777):
        ticket, token = new_ticket_id(now_ms), "abcDEF_-01234567"
        code = ticket_code(f"https://hall.example.cn/t/{ticket}/{token}".encode())
        assert code == TicketCode(ticket, token)
