"""A scan becomes a ticket of this hall, proved by its token or found by its number."""

from pathlib import Path

from controller.reactors.scanning import Found, Scanning
from devices.scanner import TicketScanned
from tests.fixtures.reacting import ReactingHall, reacting


def token_for(ticket: str) -> str:
    return f"token-of-{ticket}"


def scanning(hall: ReactingHall, found: list[Found] | None) -> Scanning:
    async def on_found(ticket: Found) -> None:
        assert found is not None
        found.append(ticket)

    hook = None if found is None else on_found
    return Scanning("keypad:1", "find", hall.ground, token_for, hook)


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
