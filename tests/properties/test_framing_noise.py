"""Any bytes, in any portions: no decoder raises, and a frame after silence is found."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.framing import bx, bx_commands, escpos_status, modbus_rtu

units = st.integers(1, 247)
words = st.integers(0, 0xFFFF)
Decode = Callable[[], Any]

requests = st.one_of(
    st.builds(modbus_rtu.ReadDiscreteInputs, units, words, words),
    st.builds(modbus_rtu.ReadHoldingRegisters, units, words, words),
    st.builds(modbus_rtu.ReadInputRegisters, units, words, words),
    st.builds(modbus_rtu.WriteRegister, units, words, words),
    st.builds(modbus_rtu.WriteCoil, units, words, words),
    st.builds(
        modbus_rtu.WriteRegisters,
        units,
        words,
        st.lists(words, min_size=1, max_size=123).map(tuple),
    ),
)
registers = st.lists(words, min_size=1, max_size=125).map(tuple)
bits = st.lists(st.booleans(), min_size=1, max_size=20).map(lambda some: tuple(some) * 8)
replies = st.one_of(
    st.builds(modbus_rtu.ReadDiscreteInputsReply, units, bits),
    st.builds(modbus_rtu.ReadHoldingRegistersReply, units, registers),
    st.builds(modbus_rtu.ReadInputRegistersReply, units, registers),
    st.builds(modbus_rtu.WriteRegister, units, words, words),
    st.builds(modbus_rtu.WriteCoil, units, words, words),
    st.builds(modbus_rtu.WriteRegistersReply, units, words, words),
    st.builds(modbus_rtu.ExceptionReply, units, st.integers(1, 16), st.integers(0, 255)),
)
small = st.integers(0, 255)
lengths = st.integers(0, 0x7FFF)
areas = st.builds(
    bx_commands.DynamicArea,
    text=st.binary(max_size=200),
    width=lengths,
    height=words,
    x=lengths,
    y=words,
    area_id=small,
    line_gap=small,
    run_mode=small,
    timeout_s=words,
    align=small,
    single_line=st.booleans(),
    auto_wrap=st.booleans(),
    effect=small,
    speed=small,
    stay=small,
)
commands = st.one_of(
    st.just(bx_commands.Ping()),
    st.builds(
        bx_commands.ShowAreas,
        st.lists(areas, max_size=3).map(tuple),
        st.lists(small, max_size=4).map(tuple),
    ),
)
bx_frames = st.builds(
    bx.BxFrame,
    words,
    words,
    st.one_of(st.binary(max_size=300), commands.map(lambda command: command.to_bytes())),
    small,
    small,
)
portions = st.lists(st.binary(max_size=40), max_size=12)


@pytest.mark.parametrize(
    "decoder",
    [
        modbus_rtu.RequestDecoder,
        modbus_rtu.ReplyDecoder,
        bx.FrameDecoder,
        escpos_status.ReplyDecoder,
    ],
)
@given(noise=portions)
def test_noise_never_raises(decoder: Decode, noise: list[bytes]) -> None:
    listening = decoder()
    for portion in noise:
        listening.feed(portion)
    listening.reset()
    assert 0 <= listening.garbage <= sum(map(len, noise))


@given(frame=requests, noise=portions)
def test_request_after_silence_is_found(frame: modbus_rtu.Request, noise: list[bytes]) -> None:
    decoder = modbus_rtu.RequestDecoder()
    for portion in noise:
        decoder.feed(portion)
    decoder.reset()
    assert decoder.feed(modbus_rtu.encode(frame)) == [frame]


@given(frame=replies, noise=portions)
def test_reply_after_silence_is_found(frame: modbus_rtu.Reply, noise: list[bytes]) -> None:
    decoder = modbus_rtu.ReplyDecoder()
    for portion in noise:
        decoder.feed(portion)
    decoder.reset()
    assert decoder.feed(modbus_rtu.encode(frame)) == [frame]


# Not random: one noise in 65,536 carries a right CRC, and would be a frame.
@settings(derandomize=True)
@given(frame=replies, noise=st.binary(max_size=12))
def test_reply_in_one_burst_with_noise_is_found_at_silence(
    frame: modbus_rtu.Reply, noise: bytes
) -> None:
    """Noise may look like the beginning of a frame; one byte less of it never hides the rest."""
    decoder = modbus_rtu.ReplyDecoder()
    found = decoder.feed(noise + modbus_rtu.encode(frame)) + decoder.reset()
    assert frame in found


@given(frame=bx_frames, noise=portions)
def test_bx_frame_needs_no_silence(frame: bx.BxFrame, noise: list[bytes]) -> None:
    decoder = bx.FrameDecoder()
    for portion in noise:
        decoder.feed(portion)
    assert decoder.feed(bx.encode_frame(frame)) == [frame]


@given(frame=bx_frames)
def test_bx_frame_arrives_byte_by_byte(frame: bx.BxFrame) -> None:
    decoder = bx.FrameDecoder()
    found = [each for byte in bx.encode_frame(frame) for each in decoder.feed(bytes((byte,)))]
    assert found == [frame]
    assert decoder.garbage == 0


@given(command=commands)
def test_bx_command_round_trip(command: bx_commands.Command) -> None:
    assert bx_commands.parse_command(command.to_bytes()) == command


@given(data=st.binary(max_size=80))
def test_bx_data_of_any_kind_is_parsed(data: bytes) -> None:
    bx_commands.parse_command(data)
    bx_commands.parse_command(b"\xa3\x06" + data)
    bx_commands.parse_answer(data)
    bx_commands.read_mark_up(data)


@given(
    number=st.text(
        st.characters(codec="ascii", min_codepoint=0x20, max_codepoint=0x7E), min_size=4, max_size=4
    ),
    noise=portions,
)
def test_process_id_after_silence_is_found(number: str, noise: list[bytes]) -> None:
    decoder = escpos_status.ReplyDecoder()
    for portion in noise:
        decoder.feed(portion)
    decoder.reset()
    wire = b"\x37\x22" + number.encode() + b"\x00"
    assert decoder.feed(wire) == [escpos_status.ProcessId(number)]
