"""Every fault of a device is seen and cleared in the log; a cut line is one fault."""

from pathlib import Path

import pytest

from config.settings import Board
from controller import board_pages
from controller.domain.device_events import DeviceCounted
from controller.reactors import supervising
from controller.reactors.counting import Counting
from controller.reactors.supervising import Supervising
from controller.reactors.timing import Timing
from devices.traffic import Traffic
from tests.fixtures.reacting import ReactingHall, eventually, reacting

UNITS = [f"keypad:{no}" for no in range(1, 6)]


def told(hall: ReactingHall) -> list[tuple[str, str, str]]:
    """The device events: type, device, reason."""
    return [
        (row.type, row.event.device, getattr(row.event, "reason", ""))  # type: ignore[attr-defined]
        for row in hall.log()
        if row.type.startswith("Device")
    ]


def on_one_line(hall: ReactingHall) -> Supervising:
    lines = dict.fromkeys(UNITS, "units")
    return Supervising([*UNITS, "printer:kiosk"], hall.ground.desk, hall.clock.now, lines=lines)


async def test_each_fault_of_a_printer_in_a_row_is_seen_and_cleared(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.run(hall.supervising.run)
        printer = "printer:kiosk"
        steps = [
            (hall.supervising.working, "paper-low", [("DeviceWarned", "paper-low")]),
            (hall.supervising.fault, "paper-out", [("DeviceLost", "paper-out")]),
            (hall.supervising.fault, "cover-open", [("DeviceFaultChanged", "cover-open")]),
            (hall.supervising.lost, "silent", [("DeviceFaultChanged", "silent")]),
            (
                hall.supervising.working,
                "paper-low",
                [("DeviceBack", ""), ("DeviceWarned", "paper-low")],
            ),
            (hall.supervising.working, "", [("DeviceEased", "")]),
        ]
        wanted: list[tuple[str, str, str]] = []
        for news, detail, events in steps:
            news(printer, detail)
            news(printer, detail)
            wanted += [(name, printer, reason) for name, reason in events]
            count = len(wanted)
            await eventually(lambda count=count: len(told(hall)) == count)  # type: ignore[misc]
        assert told(hall) == wanted
        state = hall.writer.state
        await eventually(lambda: (state.lost_devices, state.warned_devices) == ({}, {}))


async def test_a_cut_line_is_one_fault_and_not_one_for_each_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "GATHER_S", 0.2)
    async with reacting(tmp_path) as hall:
        watch = on_one_line(hall)
        await hall.run(watch.run)
        for unit in UNITS:
            watch.working(unit)
        for unit in UNITS:
            watch.lost(unit, "no-answer")
        await eventually(lambda: told(hall) == [("DeviceLost", "line:units", "line-cut")])
        line, *others = watch.states
        assert (line.id, line.kind, line.detail) == ("line:units", "line", "line-cut")
        assert {state.lost_with for state in others if state.kind == "keypad"} == {"line:units"}
        for unit in UNITS:
            watch.working(unit)
        await eventually(lambda: told(hall)[1:] == [("DeviceBack", "line:units", "")])
        watch.lost("keypad:2", "no-answer")
        await eventually(lambda: told(hall)[2:] == [("DeviceLost", "keypad:2", "no-answer")])
        assert len(watch.states) == len(UNITS) + 1


async def test_a_lost_port_is_told_as_that_however_its_units_are_asked(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        watch = on_one_line(hall)
        await hall.run(watch.run)
        for unit in UNITS:
            watch.working(unit)
        watch.port("units", False)
        for unit in UNITS:
            watch.lost(unit, "no-answer")
        await eventually(lambda: told(hall) == [("DeviceLost", "line:units", "link-lost")])
        watch.port("units", True)
        watch.working("keypad:1")
        await eventually(lambda: told(hall)[1:] == [("DeviceBack", "line:units", "")])


async def test_a_lost_device_that_the_hall_file_has_no_more_is_over(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.run(hall.supervising.run)
        hall.supervising.lost("led:1", "no-answer")
        await eventually(lambda: len(told(hall)) == 1)
        await hall.run(on_one_line(hall).run)
        await eventually(lambda: told(hall)[1:] == [("DeviceBack", "led:1", "")])


async def test_a_day_that_closes_tells_what_each_device_did(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        traffic = Traffic()
        hall.supervising.measure("printer:kiosk", traffic)
        counting = Counting(hall.ground)
        await hall.run(counting.run)
        date = hall.writer.state.date
        traffic.answered(0.01)
        hall.supervising.printed("printer:kiosk")
        hall.supervising.pressed("keypad:1")
        hall.time.pass_s(16 * 3600)
        await Timing(hall.ground).look()
        await eventually(lambda: len(told(hall)) == 2)
        events = [row.event for row in hall.log() if isinstance(row.event, DeviceCounted)]
        assert events == [
            DeviceCounted("printer:kiosk", "printer", date, 1, 0, 0, 0, 0, 1),
            DeviceCounted("keypad:1", "keypad", date, 0, 0, 0, 0, 1, 0),
        ]
        traffic.missed(heard=False)
        await counting.stop()
        await counting.stop()
        events = [row.event for row in hall.log() if isinstance(row.event, DeviceCounted)]
        assert [event.time_outs for event in events] == [0, 0, 1]


async def test_a_board_is_on_while_its_page_reads_the_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_pages, "GRACE_S", 0.02)
    boards = (Board(id="east", area="hall"), Board(id="west", area="annex"))
    async with reacting(tmp_path) as hall:
        watch = Supervising(["board:east", "board:west"], hall.ground.desk, hall.clock.now)
        await hall.run(watch.run)
        pages = board_pages.BoardPages(boards, watch)

        def states() -> list[str]:
            return [state.state for state in watch.states]

        assert states() == ["connecting", "connecting"]
        with pages.shown(""):
            assert states() == ["connecting", "connecting"]
        with pages.shown("hall"), pages.shown("all"):
            assert states() == ["ok", "ok"]
        with pages.shown("east"):
            await eventually(lambda: states() == ["ok", "lost"])
        await eventually(lambda: ("DeviceLost", "board:east", "no-page") in told(hall))
