"""Simulated keypads and rating boxes: registers, queue, sessions (device-protocols.md E.4)."""

import pytest

from devices.framing import hall_event, modbus_rtu
from devices.framing.hall_event import UnitEvent, decode_event_block
from devices.framing.modbus_rtu import (
    COIL_ON,
    ExceptionReply,
    OtherRequest,
    ReadHoldingRegisters,
    ReadHoldingRegistersReply,
    ReadInputRegisters,
    ReadInputRegistersReply,
    Reply,
    ReplyDecoder,
    Request,
    WriteCoil,
    WriteRegister,
    WriteRegisters,
    WriteRegistersReply,
)
from devices.sim.button_unit import SimKeypad, SimRatingBox, SimUnitBus

KEYPAD, BOX = 5, 21


class Bus:
    """A keypad and a rating box on one pair, with a watch that is set by hand."""

    def __init__(self) -> None:
        self.time_s = 100.0
        self.keypad = SimKeypad(3, KEYPAD, lambda: self.time_s)
        self.box = SimRatingBox(3, BOX, lambda: self.time_s)
        self.bus = SimUnitBus([self.keypad, self.box])
        self.bus.write = self._answered
        self.answers = bytearray()

    def _answered(self, data: bytes) -> None:
        self.answers += data

    def send(self, data: bytes) -> bytes:
        self.answers.clear()
        self.bus.receive(data)
        return bytes(self.answers)

    def ask(self, request: Request) -> Reply:
        [reply] = ReplyDecoder().feed(self.send(modbus_rtu.encode(request)))
        return reply

    def event(self, unit: int) -> UnitEvent | None:
        reply = self.ask(ReadInputRegisters(unit, 0x10, 6))
        assert isinstance(reply, ReadInputRegistersReply)
        return decode_event_block(reply.values)

    def session(self) -> int:
        reply = self.ask(ReadHoldingRegisters(BOX, hall_event.SESSION_REGISTER, 1))
        assert isinstance(reply, ReadHoldingRegistersReply)
        return reply.values[0]


def test_the_vectors_of_the_profile() -> None:
    bus = Bus()
    bus.keypad.boot = 0x3A7C
    poll = bytes.fromhex("0504001000067049")
    idle = bytes.fromhex("05040C3A7C000000000000000000005C7D")
    assert bus.send(poll) == idle
    for _ in range(7):
        bus.keypad.press("NEXT")
    for seq in range(1, 7):
        bus.ask(WriteRegister(KEYPAD, 0x20, seq))
    bus.time_s += 0.04
    assert bus.send(poll) == bytes.fromhex("05040C3A7C00010007011000000004E6FC")
    ack = bytes.fromhex("050600200007C846")
    assert bus.send(ack) == ack
    assert bus.send(poll) == idle
    assert bus.send(bytes.fromhex("15100023000204 1234001E 34EC"))[:6].hex() == "151000230002"
    assert bus.session() == 0x1234


def test_absent_units_stay_silent() -> None:
    bus = Bus()
    assert bus.send(modbus_rtu.encode(ReadInputRegisters(6, 0x10, 6))) == b""
    bus.keypad.silent = True
    assert bus.send(modbus_rtu.encode(ReadInputRegisters(KEYPAD, 0x10, 6))) == b""


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (ReadInputRegisters(KEYPAD, 0x0F, 2), 2),
        (ReadInputRegisters(KEYPAD, 0x10, 7), 2),
        (ReadInputRegisters(KEYPAD, 0x10, 0), 3),
        (ReadHoldingRegisters(KEYPAD, hall_event.SESSION_REGISTER, 1), 2),
        (WriteRegister(KEYPAD, 0x0010, 1), 2),
        (WriteRegisters(BOX, 0x24, (1, 2)), 2),
        (OtherRequest(KEYPAD, 1, b"\x00\x00\x00\x08"), 1),
        (WriteCoil(KEYPAD, 0, COIL_ON), 1),
    ],
)
def test_what_a_unit_does_not_have_is_an_exception(request_: Request, code: int) -> None:
    function = modbus_rtu.function_of(request_)
    assert Bus().ask(request_) == ExceptionReply(request_.unit, function, code)


def test_a_refused_write_changes_no_register() -> None:
    bus = Bus()
    bus.ask(WriteRegisters(BOX, hall_event.SESSION_TIMEOUT_REGISTER, (7, 7)))
    reply = bus.ask(ReadHoldingRegisters(BOX, hall_event.SESSION_TIMEOUT_REGISTER, 1))
    assert reply == ReadHoldingRegistersReply(BOX, (30,))


def test_identity_registers_tell_the_class() -> None:
    bus = Bus()
    for unit, unit_class in ((KEYPAD, 1), (BOX, 2)):
        reply = bus.ask(ReadInputRegisters(unit, 0, 5))
        assert reply == ReadInputRegistersReply(unit, (0x5148, 0x0100, unit_class, 1, 0))


def test_a_wrong_acknowledgement_is_ignored_and_a_broadcast_one_too() -> None:
    bus = Bus()
    bus.keypad.press("NEXT")
    bus.ask(WriteRegister(KEYPAD, 0x20, 9))
    assert bus.send(modbus_rtu.encode(WriteRegister(0, 0x20, 1))) == b""
    event = bus.event(KEYPAD)
    assert event is not None
    assert (event.seq, event.kind, event.detail) == (1, 1, 0x10)


def test_seventeen_presses_overflow_and_the_first_sixteen_stay() -> None:
    bus = Bus()
    latched = [bus.keypad.press("NEXT") for _ in range(17)]
    assert latched == [*range(1, 17), None]
    status = ReadInputRegisters(KEYPAD, hall_event.STATUS_REGISTER, 1)
    overflow = ReadInputRegistersReply(KEYPAD, (hall_event.STATUS_OVERFLOW,))
    assert bus.ask(status) == overflow
    for seq in range(1, 16):
        bus.ask(WriteRegister(KEYPAD, 0x20, seq))
    assert bus.ask(status) == overflow
    bus.ask(WriteRegister(KEYPAD, 0x20, 16))
    assert bus.ask(status) == ReadInputRegistersReply(KEYPAD, (0,))


def test_sequences_wrap_to_one() -> None:
    bus = Bus()
    for seq in range(1, 65536):
        assert bus.keypad.press("NEXT") == seq
        bus.keypad.answer(WriteRegister(KEYPAD, 0x20, seq))
    assert bus.keypad.press("NEXT") == 1


def test_power_up_changes_the_boot_id_and_empties_the_queue() -> None:
    bus = Bus()
    boot = bus.keypad.boot
    bus.keypad.press("NEXT")
    bus.keypad.power_up()
    assert bus.keypad.boot not in (0, boot)
    assert bus.event(KEYPAD) is None
    assert bus.keypad.press("NEXT") == 1


def test_one_rating_closes_the_session() -> None:
    bus = Bus()
    assert bus.ask(WriteRegisters(BOX, 0x23, (77, 60))) == WriteRegistersReply(BOX, 0x23, 2)
    assert bus.box.state()["open_for_s"] == 60
    bus.box.press(5)
    bus.box.press(1)
    first = bus.event(BOX)
    assert first is not None
    assert (first.kind, first.detail, first.value, first.pending) == (2, 5, 77, 2)
    bus.ask(WriteRegister(BOX, 0x20, first.seq))
    second = bus.event(BOX)
    assert second is not None
    assert (second.detail, second.value) == (1, 0)


def test_a_session_ends_by_its_time_out_or_by_the_master() -> None:
    bus = Bus()
    bus.ask(WriteRegisters(BOX, 0x23, (77, 10)))
    bus.time_s += 9.9
    assert bus.session() == 77
    bus.time_s += 0.1
    assert bus.session() == 0
    bus.ask(WriteRegister(BOX, 0x23, 78))
    assert bus.session() == 78
    bus.ask(WriteRegister(BOX, 0x23, 0))
    assert bus.session() == 0


def test_a_number_typed_travels_as_value() -> None:
    bus = Bus()
    bus.keypad.press("CALL-NUMBER", 12)
    event = bus.event(KEYPAD)
    assert event is not None
    assert (event.detail, event.value) == (0x18, 12)
    with pytest.raises(KeyError):
        bus.keypad.press("COFFEE")
    with pytest.raises(ValueError, match="6"):
        bus.box.press(6)


def test_lamp_and_beep_are_shown() -> None:
    bus = Bus()
    bus.ask(WriteRegisters(KEYPAD, hall_event.LAMP_REGISTER, (3, 20)))
    state = bus.keypad.state()
    assert (state["lamp"], state["beeps"]) == (3, 1)


def test_noise_and_half_frames_are_survived() -> None:
    bus = Bus()
    assert bus.send(b"\xff\x00\x13") == b""
    assert bus.send(bytes.fromhex("0504001000")) == b""
    bus.bus.line_silent()
    assert bus.event(KEYPAD) is None
    assert bus.bus.garbage >= 5
