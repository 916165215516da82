"""A press is decided once, stored before it is acknowledged, and harmless when it comes twice."""

from pathlib import Path

from sqlalchemy import event

from config.inputs import Keypad
from controller.domain.commands import CallNext
from controller.reactors.buttons import Buttons, Pad
from controller.reactors.signals import Signals
from devices.keypad import KeyPressed
from devices.rating_box import RatingPressed
from tests.fixtures.reacting import ReactingHall, reacting

FUNCTIONS = {
    "NEXT": "next", "RECALL": "recall", "START": "start", "FINISH": "finish",
    "ASK-RATING": "ask_rating", "1": "accept",
}  # fmt: skip
PAD = Pad(1, "keypad:1", FUNCTIONS)
BOX = Pad(1, "rating-box:1")


class Asked:
    def __init__(self) -> None:
        self.counters: list[int] = []

    def __call__(self, counter: int) -> None:
        self.counters.append(counter)


def buttons(hall: ReactingHall, asked: Asked | None = None) -> Buttons:
    return Buttons("units", hall.ground, Signals(hall.ground), asked or Asked())


def key(seq: int, name: str, **more: float) -> KeyPressed:
    return KeyPressed(7, 99, seq, name, 0, more.get("age_s", 0.0))


async def test_the_keys_lead_a_ticket_through_the_counter(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall)
        await hall.issue("t1")
        for seq, name in enumerate(("NEXT", "RECALL", "START", "FINISH"), 1):
            assert await reactor.key(PAD, key(seq, name))
        assert await reactor.rating(BOX, RatingPressed(21, 5, 1, 4, 1))
        assert hall.names() == [
            "TicketIssued", "TicketCalled", "TicketRecalled", "ServingStarted",
            "ServingFinished", "RatingAsked", "TicketRated",
        ]  # fmt: skip
        first = hall.log()[3]
        assert (first.actor, first.key) == ("device:keypad:1", "press:units:7:99:1")


async def test_a_press_that_comes_twice_calls_one_ticket(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall)
        await hall.issue("t1")
        await hall.issue("t2")
        assert await reactor.key(PAD, key(1, "NEXT"))
        assert await reactor.key(PAD, key(1, "NEXT"))
        assert hall.names().count("TicketCalled") == 1
    async with reacting(tmp_path, "second") as hall:
        assert await buttons(hall).key(PAD, key(1, "NEXT"))
        assert hall.names().count("TicketCalled") == 1


async def test_a_refusal_is_acknowledged_and_counted(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall)
        assert await reactor.key(PAD, key(1, "FINISH"))
        assert await reactor.key(PAD, key(2, "NEXT"))  # nobody waits
        assert await reactor.rating(BOX, RatingPressed(21, 5, 1, 4, 0))
        assert reactor.presses == {"done": 1, "nothing_called": 1, "no_rating_open": 1}
        assert hall.names() == []


async def test_digits_follow_the_key_map_and_unused_keys_are_counted(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        asked = Asked()
        reactor = buttons(hall, asked)
        assert await reactor.key(PAD, key(1, "1"))
        assert reactor.presses == {"nothing_called": 1}
        assert await reactor.key(PAD, key(2, "7"))
        assert await reactor.key(PAD, key(3, "PAUSE"))
        assert reactor.presses["unused"] == 2
        assert await reactor.key(PAD, key(4, "ASK-RATING"))
        assert asked.counters == [1]
        assert reactor.presses["done"] == 1


async def test_a_press_that_is_not_stored_is_not_acknowledged(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall)
        await hall.issue("t1")

        def full(*_: object) -> None:
            raise OSError("disk full")

        event.listen(hall.engine, "commit", full)
        assert not await reactor.key(PAD, key(1, "NEXT"))
        event.remove(hall.engine, "commit", full)
        assert reactor.presses == {"unknown": 1}
        assert await reactor.key(PAD, key(1, "NEXT"))
        assert hall.names().count("TicketCalled") == 1


async def test_a_press_of_long_ago_is_taken_away_without_effect(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall)
        await hall.issue("t1")
        assert await reactor.key(PAD, key(1, "NEXT", age_s=300))
        assert reactor.presses == {"stale": 1}
        assert hall.names() == ["TicketIssued"]
        await hall.do(CallNext(1))


async def test_a_sequence_number_that_comes_again_is_another_press(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall)
        await hall.issue("t1")
        await hall.issue("t2")
        assert await reactor.key(PAD, key(1, "NEXT"))
        assert await reactor.key(PAD, key(2, "FINISH"))
        hall.time.pass_s(130 * 24 * 3600)
        await hall.issue("t3")
        assert await reactor.key(PAD, key(2, "NEXT")), "seq 2 was FINISH in its first round"
        assert await reactor.key(PAD, key(1, "RECALL")), "seq 1 was NEXT"
        assert await reactor.key(PAD, key(1, "RECALL"))
        assert hall.names().count("TicketCalled") == 2
        assert hall.names().count("TicketRecalled") == 1


ALL = Pad(
    1, "keypad:1", {name: name for name in ("next", "start", "park", "unpark", "transfer")}
    | {name: name for name in ("pause", "resume", "direct", "undo", "finish")},
)  # fmt: skip


async def test_the_further_functions_do_what_they_say(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall)
        await hall.issue("t1")
        presses = ("next", "park", "unpark", "start", "transfer", "pause", "resume", "direct")
        for seq, name in enumerate(presses, 1):
            hall.time.pass_s(5)
            pressed = KeyPressed(7, 99, seq, name, 2 if name == "transfer" else 0)
            assert await reactor.key(ALL, pressed)
            assert reactor.presses == {"done": seq}, name
        for event_type in (
            "TicketParked", "TicketUnparked", "TicketTransferred", "CounterPaused",
            "CounterResumed", "DirectServingStarted",
        ):  # fmt: skip
            assert event_type in hall.names()
        (moved,) = (row for row in hall.log() if row.type == "TicketTransferred")
        assert "counter:2" in moved.body


async def test_undo_takes_the_last_step_back_once(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall)
        await hall.issue("t1")
        assert await reactor.key(ALL, key(1, "next"))
        hall.time.pass_s(2)
        assert await reactor.key(ALL, key(2, "undo"))
        assert await reactor.key(ALL, key(2, "undo"))
        assert hall.names() == ["TicketIssued", "TicketCalled", "CallUndone"]


async def test_a_transfer_without_a_number_is_refused(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall)
        await hall.issue("t1")
        assert await reactor.key(ALL, key(1, "next"))
        assert await reactor.key(ALL, key(2, "transfer"))
        assert reactor.presses == {"done": 1, "no_number": 1}


async def test_a_typed_number_calls_that_ticket(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall)
        for ticket in ("t1", "t2", "t3"):
            await hall.issue(ticket)
        pad = Pad(1, "keypad:1", Keypad(counter=1, usb="sim://pad").functions({}))
        assert await reactor.key(pad, KeyPressed(7, 99, 1, "number", 9, 0.0))
        assert reactor.presses == {"no_number": 1}  # nobody has it
        assert await reactor.key(pad, KeyPressed(7, 99, 2, "number", 2, 0.0))
        tickets = hall.ground.desk.state.tickets.values()
        assert [one.number for one in tickets if one.calls] == ["A002"]
        assert hall.names()[-1] == "TicketCalled"


def test_the_key_for_a_number_is_known_to_units_too() -> None:
    unit = Keypad(counter=1, line="units", address=1)
    assert unit.functions({})["CALL-NUMBER"] == "call"
