"""Lamps tell that people wait, beeps that a key was refused; neither tells a grade."""

from pathlib import Path

from controller.reactors.buttons import Buttons, Pad, TicketKeys
from controller.reactors.signals import REFUSED_MS, THANKS_MS, Signals
from devices.keypad import KeyPressed
from devices.link import DeviceError
from devices.rating_box import RatingPressed
from tests.fixtures.reacting import ReactingHall, eventually, reacting


class Device:
    """Keeps what it was told; fails as often as it should."""

    def __init__(self) -> None:
        self.lamps: list[int] = []
        self.beeps: list[int] = []
        self.fails = 0

    async def set_lamp(self, mask: int) -> None:
        if self.fails:
            self.fails -= 1
            raise DeviceError("the unit is silent")
        self.lamps.append(mask)

    async def beep(self, length_ms: int) -> None:
        self.beeps.append(length_ms)


def key(seq: int, name: str = "NEXT", age_s: float = 0.0) -> KeyPressed:
    return KeyPressed(7, 99, seq, name, 0, age_s)


PAD = Pad(1, "keypad:1", {"NEXT": "next", "FINISH": "finish"})
BOX = Pad(1, "rating-box:1")
DOOR = TicketKeys("keypad:1", {"NEXT": "A", "1": "B"}, 2.0)


def buttons(hall: ReactingHall, signals: Signals) -> Buttons:
    return Buttons("units", hall.ground, signals, lambda counter: None)


async def test_the_lamp_is_lit_while_somebody_waits(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        signals, device = Signals(hall.ground), Device()
        signals.add("keypad:1", device, device, 1)
        await hall.run(signals.run)
        await eventually(lambda: device.lamps == [0])
        await hall.issue("t1")
        await eventually(lambda: device.lamps == [0, 1])
        assert await buttons(hall, signals).key(PAD, key(1))
        await eventually(lambda: device.lamps == [0, 1, 0])
        signals.back("keypad:1")
        await eventually(lambda: device.lamps == [0, 1, 0, 0])


async def test_a_silent_lamp_is_told_again_when_it_is_back(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        signals, device = Signals(hall.ground), Device()
        device.fails = 1
        signals.add("keypad:1", device, device, 1)
        await hall.issue("t1")
        await hall.run(signals.run)
        await eventually(lambda: device.fails == 0)
        assert device.lamps == []
        signals.back("keypad:1")
        await eventually(lambda: device.lamps == [1])


async def test_a_refused_key_beeps_and_a_rating_sounds_the_same_for_every_grade(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        signals, keypad, box = Signals(hall.ground), Device(), Device()
        signals.add("keypad:1", keypad, keypad, 1)
        signals.add("rating-box:1", box)
        reactor = buttons(hall, signals)
        await hall.run(signals.run)
        assert await reactor.key(PAD, key(1, "FINISH"))
        await eventually(lambda: keypad.beeps == [REFUSED_MS])
        for grade in range(1, 6):
            await hall.issue(f"t{grade}")
            for place, name in enumerate(("NEXT", "FINISH")):
                hall.time.pass_s(30)
                assert await reactor.key(PAD, key(grade * 10 + place, name))
            assert await reactor.rating(BOX, RatingPressed(21, 5, grade, grade, 0))
            await eventually(lambda count=grade: box.beeps == [THANKS_MS] * count)
        assert keypad.beeps == [REFUSED_MS]
        assert box.lamps == []


async def test_a_button_gives_out_one_ticket_for_a_press(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        reactor = buttons(hall, Signals(hall.ground))
        assert await reactor.issue(DOOR, key(1))
        assert await reactor.issue(DOOR, key(1))
        assert await reactor.issue(DOOR, key(2)), "within the rest"
        assert await reactor.issue(DOOR, key(3, "1")), "another key"
        assert await reactor.issue(DOOR, key(4, "RECALL"))
        assert await reactor.issue(DOOR, key(5, age_s=90))
        assert hall.names() == ["TicketIssued", "TicketIssued"]
        hall.time.pass_s(3)
        assert await reactor.issue(DOOR, key(6))
        issued = hall.log()[2:]
        assert [row.key for row in issued] == [f"press:units:7:99:{seq}" for seq in (1, 3, 6)]
        assert [row.actor for row in issued] == ["device:keypad:1"] * 3
        assert reactor.presses == {"done": 3, "resting": 2, "unused": 1, "stale": 1}
    async with reacting(tmp_path, "second") as hall:
        assert await buttons(hall, Signals(hall.ground)).issue(DOOR, key(1))
        assert len(hall.names()) == 3, "the press of before the restart is known"


async def test_a_hall_that_gives_out_nothing_beeps(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        signals, device = Signals(hall.ground), Device()
        signals.add("keypad:1", device)
        await hall.run(signals.run)
        nothing = TicketKeys("keypad:1", {"NEXT": "Z"}, 0.0)
        assert await buttons(hall, signals).issue(nothing, key(1))
        await eventually(lambda: device.beeps == [REFUSED_MS])
        assert hall.names() == []
