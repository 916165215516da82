"""The status register of a unit: read in a rest between two rounds, each change told once."""

from devices.framing.hall_event import EVENT_REGISTER, STATUS_REGISTER, STATUS_STUCK
from devices.framing.modbus_rtu import ReadInputRegisters, ReadInputRegistersReply, Reply, Request
from devices.keypad import Keypad
from devices.unit_status import UnitStatus, wants_of
from tests.fixtures.pty_line import until
from tests.fixtures.scripted_units import ScriptedUnit
from tests.integration.test_bus_units import bench, take


class UnitWithStatus(ScriptedUnit):
    status = 0

    def serve(self, request: Request) -> Reply:
        if isinstance(request, ReadInputRegisters) and request.address == STATUS_REGISTER:
            return ReadInputRegistersReply(request.unit, (self.status,))
        return super().serve(request)


def test_the_worst_of_a_status_is_what_a_person_is_wanted_for() -> None:
    assert wants_of(0) == wants_of(0x80) == ""
    assert [wants_of(1 << bit) for bit in range(4)] == [
        "case-open", "stuck-key", "supply-low", "events-lost",
    ]  # fmt: skip
    assert wants_of(0x0F) == "stuck-key"


async def test_a_stuck_key_is_told_and_a_unit_without_status_is_left_alone() -> None:
    async with bench(3, 4) as hall:
        unit = hall.units.units[3] = UnitWithStatus()
        unit.status = STATUS_STUCK
        told: list[int] = []
        for no in (3, 4):
            Keypad(hall.bus, no, take)
            UnitStatus(hall.bus, no, told.append)
        await hall.answering(3, 4)
        await until(lambda: told == [STATUS_STUCK])

        def polls(register: int) -> int:
            heard = [one for one in hall.units.heard if isinstance(one, ReadInputRegisters)]
            return sum(one.address == register for one in heard)

        await until(lambda: polls(EVENT_REGISTER) > 4)
        assert polls(STATUS_REGISTER) <= 2
