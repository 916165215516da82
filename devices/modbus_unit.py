"""What every driver of a Modbus unit needs: a request as the bus's question, and its refusal."""

from __future__ import annotations

from devices.bus import Bus, Question
from devices.framing.modbus_rtu import (
    ExceptionReply,
    ReadDiscreteInputs,
    ReadDiscreteInputsReply,
    ReadHoldingRegisters,
    ReadHoldingRegistersReply,
    ReadInputRegisters,
    ReadInputRegistersReply,
    Reply,
    ReplyDecoder,
    WriteCoil,
    WriteRegister,
    WriteRegisters,
    WriteRegistersReply,
    encode,
    function_of,
)
from devices.link import DeviceError

Asked = (
    ReadDiscreteInputs
    | ReadHoldingRegisters
    | ReadInputRegisters
    | WriteCoil
    | WriteRegister
    | WriteRegisters
)

HEAD_BYTES = 5  # unit, function, byte count, CRC
SHORT_REPLY_BYTES = 8


class UnitRefused(DeviceError):  # noqa: N818  the unit's answer, named as Modbus names it
    """The unit answered with a Modbus exception."""

    def __init__(self, reply: ExceptionReply) -> None:
        super().__init__(f"unit {reply.unit} refused function {reply.function}: {reply.code}")
        self.unit = reply.unit
        self.function = reply.function
        self.code = reply.code


def ask(request: Asked) -> Question[Reply]:
    """The question that a Modbus request is; foreign and late answers do not count."""

    def answer(heard: bytes) -> Reply | None:
        decoder = ReplyDecoder()
        found = decoder.feed(heard) + decoder.reset()
        return next((reply for reply in found if _answers(request, reply)), None)

    return Question(
        unit=request.unit,
        wire=encode(request),
        answer_bytes=_reply_bytes(request),
        answer=answer,
        echo_is_answer=isinstance(request, WriteRegister | WriteCoil),
    )


async def carry_out(bus: Bus, request: Asked) -> Reply:
    """Ask and return what is no refusal. UnitSilent, UnitRefused, LinkLost."""
    reply = await bus.exchange(ask(request))
    if isinstance(reply, ExceptionReply):
        raise UnitRefused(reply)
    return reply


def _reply_bytes(request: Asked) -> int:
    match request:
        case ReadDiscreteInputs(count=count):
            return HEAD_BYTES + (count + 7) // 8
        case ReadHoldingRegisters(count=count) | ReadInputRegisters(count=count):
            return HEAD_BYTES + 2 * count
    return SHORT_REPLY_BYTES


def _answers(request: Asked, reply: Reply) -> bool:
    if reply.unit != request.unit or function_of(reply) != function_of(request):
        return False
    match request, reply:
        case _, ExceptionReply():
            return True
        case ReadDiscreteInputs(), ReadDiscreteInputsReply():
            return len(reply.bits) == (request.count + 7) // 8 * 8
        case ReadHoldingRegisters(), ReadHoldingRegistersReply():
            return len(reply.values) == request.count
        case ReadInputRegisters(), ReadInputRegistersReply():
            return len(reply.values) == request.count
        case WriteRegister() | WriteCoil(), WriteRegister() | WriteCoil():
            return reply == request
        case WriteRegisters(), WriteRegistersReply():
            return (reply.address, reply.count) == (request.address, len(request.values))
    return False
