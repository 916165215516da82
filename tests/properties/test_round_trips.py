"""What is written comes back as it was: printer commands and replies, events of units and pads."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from devices.framing import escpos_status, hall_event, modbus_rtu
from devices.framing.escpos_commands import (
    Align,
    AutoStatus,
    CommandParser,
    Cut,
    Feed,
    HanziMode,
    Initialise,
    LineFeed,
    OffLineResponse,
    Operation,
    ProcessIdRequest,
    QrLevel,
    QrModel,
    QrPrint,
    QrSize,
    QrStore,
    RasterImage,
    RealTimeRequest,
    RealTimeStatusRequest,
    SetStyle,
    Setting,
    Style,
    Text,
    TransmitId,
    TransmitStatus,
)
from devices.framing.input_event import CODES, EventDecoder, InputEvent, KeyTyper, encode, keystroke

SIGNS = "请到号窗口，（）·￥A0129 :-"
small = st.integers(0, 255)
words = st.integers(0, 0xFFFF)


def counted(function: str, data: bytes) -> bytes:
    """GS ( and a function with its own length."""
    return b"\x1d(" + function.encode() + len(data).to_bytes(2, "little") + data


def feed(operation: Feed) -> bytes:
    lines, dots = operation.lines, operation.dots
    return b"\x1bd" + bytes([lines]) if lines else b"\x1bJ" + bytes([dots])


def cut(operation: Cut) -> bytes:
    if operation.feed_dots is None:
        return b"\x1dV" + bytes([operation.partial])
    return b"\x1dV" + bytes([0x41 + operation.partial, operation.feed_dots])


def picture(operation: RasterImage) -> bytes:
    size = operation.width_bytes.to_bytes(2, "little") + operation.rows.to_bytes(2, "little")
    return b"\x1dv0\x00" + size + operation.data


WRITTEN: dict[type[Operation], Callable[[Any], bytes]] = {
    Initialise: lambda one: b"\x1b@",
    HanziMode: lambda one: b"\x1c&" if one.on else b"\x1c.",
    Text: lambda one: one.text.encode("gb18030"),
    LineFeed: lambda one: b"\n",
    Feed: feed,
    Align: lambda one: b"\x1ba" + bytes([["left", "centre", "right"].index(one.side)]),
    SetStyle: lambda one: b"\x1d!" + bytes([(one.style.width - 1) << 4 | one.style.height - 1]),
    Cut: cut,
    QrModel: lambda one: counted("k", b"1A" + bytes([48 + one.model, 0])),
    QrSize: lambda one: counted("k", b"1C" + bytes([one.dots])),
    QrLevel: lambda one: counted("k", b"1E" + bytes([48 + "LMQH".index(one.level)])),
    QrStore: lambda one: counted("k", b"1P0" + one.data),
    QrPrint: lambda one: counted("k", b"1Q0"),
    RasterImage: picture,
    ProcessIdRequest: lambda one: counted("H", b"00" + one.id.encode()),
    OffLineResponse: lambda one: counted("H", b"10" + bytes([one.mode])),
    TransmitStatus: lambda one: b"\x1dr" + bytes([one.n]),
    TransmitId: lambda one: b"\x1dI" + bytes([one.n]),
    AutoStatus: lambda one: b"\x1da" + bytes([one.n]),
    RealTimeStatusRequest: lambda one: b"\x10\x04" + bytes([one.n]),
    RealTimeRequest: lambda one: b"\x10\x05" + bytes([one.n]),
    Setting: lambda one: counted(one.command[-1], one.parameters),
}
"""The bytes of an operation, as Epson names and numbers them."""


def written(operation: Operation) -> bytes:
    return WRITTEN[type(operation)](operation)


# Without 10: with a 04 behind it, it would be a request that a printer carries out at once.
data_bytes = st.binary(max_size=40).map(lambda data: data.replace(b"\x10", b"\x11"))
ids = st.text(st.characters(codec="ascii", min_codepoint=0x20, max_codepoint=0x7E), min_size=4,
              max_size=4)  # fmt: skip
sides = st.integers(1, 8)
images = st.tuples(st.integers(1, 6), st.integers(1, 6), data_bytes).map(
    lambda one: RasterImage(one[0], one[1], (one[2] + bytes(36))[: one[0] * one[1]])
)
operations = st.one_of(
    st.builds(Text, st.text(SIGNS, min_size=1, max_size=20)),
    st.just(LineFeed()),
    st.builds(Feed, lines=st.integers(1, 255)),
    st.builds(Feed, dots=st.integers(1, 255)),
    st.builds(Align, st.sampled_from(["left", "centre", "right"])),
    st.builds(SetStyle, st.builds(Style, sides, sides)),
    st.builds(Cut, st.booleans(), st.none() | small),
    st.builds(QrModel, st.integers(1, 2)),
    st.builds(QrSize, st.integers(1, 16)),
    st.builds(QrLevel, st.sampled_from("LMQH")),
    st.builds(QrStore, data_bytes),
    st.just(QrPrint()),
    images,
    st.builds(ProcessIdRequest, ids),
    st.builds(OffLineResponse, st.integers(1, 2)),
    st.builds(TransmitStatus, st.integers(1, 2)),
    st.builds(TransmitId, st.sampled_from([1, 2, 3, 0x41, 0x42, 0x43, 0x44, 0x45])),
    st.builds(AutoStatus, small),
    st.builds(RealTimeStatusRequest, st.integers(1, 4)),
    st.builds(RealTimeRequest, st.integers(1, 2)),
    # The size of a QR code that was stored, and pictures in memory (A.2).
    st.just(Setting("GS ( k", b"1R0")),
    st.builds(Setting, st.just("GS ( L"), data_bytes.map(lambda data: b"0p0\x01\x01\x31" + data)),
    st.just(Setting("GS ( L", b"02")),
)


def as_heard(job: list[Operation]) -> list[Operation]:
    """Text has the style before it, and texts in a row are one."""
    heard: list[Operation] = []
    style = Style()
    for operation in job:
        if isinstance(operation, SetStyle):
            style = operation.style
        if isinstance(operation, Text):
            operation = replace(operation, style=style)
            if heard and isinstance(heard[-1], Text):
                operation = replace(operation, text=heard.pop().text + operation.text)
        heard.append(operation)
    return heard


def is_real_time(operation: Operation) -> bool:
    return isinstance(operation, RealTimeStatusRequest | RealTimeRequest)


@given(job=st.lists(operations, max_size=12), cuts=st.lists(st.integers(0, 400), max_size=6))
def test_printer_commands_come_back_in_any_portions(job: list[Operation], cuts: list[int]) -> None:
    job = [Initialise(), HanziMode(True), *job, LineFeed()]
    wire = b"".join(map(written, job))
    ends = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})
    parser = CommandParser()
    found = [one for start, end in pairwise(ends) for one in parser.feed(wire[start:end])]
    assert [one for one in found if is_real_time(one)] == [one for one in job if is_real_time(one)]
    later = [one for one in job if not is_real_time(one)]
    assert [one for one in found if not is_real_time(one)] == as_heard(later)
    assert (parser.garbage, parser.waiting) == (0, 0)
    assert b"".join(one.raw for one in found if not is_real_time(one)) == b"".join(
        map(written, later)
    )


# --- what a printer says -------------------------------------------------------------------------

plain = st.sampled_from([byte for byte in range(0x70) if escpos_status.is_plain(byte)])
lone = plain.filter(lambda byte: byte not in (0x37, 0x5F))
info = st.text(
    st.characters(codec="ascii", min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=80
)
causes = st.binary(max_size=10).map(lambda data: bytes(0x40 | byte & 0x3F for byte in data))
printer_replies = st.one_of(
    st.booleans().map(lambda on: (b"\x11" if on else b"\x13", escpos_status.XonXoff(on))),
    st.sampled_from([byte for byte in range(256) if byte & 0x93 == 0x12]).map(
        lambda byte: (bytes([byte]), escpos_status.RealTimeStatus(byte))
    ),
    st.tuples(st.sampled_from([0x10, 0x14, 0x18, 0x30, 0x3C]), plain, plain, plain).map(
        lambda values: (bytes(values), escpos_status.AutoStatus(values))
    ),
    ids.map(lambda one: (b'7"' + one.encode() + b"\0", escpos_status.ProcessId(one))),
    causes.map(lambda one: (b"7#" + one + b"\0", escpos_status.Response(0x23, one))),
    st.tuples(st.integers(21, 177), st.integers(0, 1)).map(
        lambda size: (
            f"76{size[0]}\x1f{size[0]}\x1f1\x1f{size[1]}\0".encode(),
            escpos_status.Response(0x36, f"{size[0]}\x1f{size[0]}\x1f1\x1f{size[1]}".encode()),
        )
    ),
    st.just((b"7%\0", escpos_status.Response(0x25, b""))),
    info.map(lambda text: (b"_" + text.encode() + b"\0", escpos_status.Info(text))),
    lone.map(lambda byte: (bytes([byte]), escpos_status.GsrByte(byte))),
)


@given(said=st.lists(printer_replies, max_size=12), size=st.integers(1, 9))
def test_printer_replies_come_back_in_any_portions(
    said: list[tuple[bytes, escpos_status.Reply]], size: int
) -> None:
    wire = b"".join(data for data, _ in said)
    decoder = escpos_status.ReplyDecoder()
    pieces = [wire[start : start + size] for start in range(0, len(wire), size)]
    assert [one for piece in pieces for one in decoder.feed(piece)] == [one for _, one in said]
    assert decoder.garbage == 0


# --- units and pads ------------------------------------------------------------------------------

unit_events = st.builds(
    hall_event.UnitEvent,
    boot=st.integers(1, 0xFFFF),
    seq=st.integers(1, hall_event.MAX_SEQUENCE),
    kind=small,
    detail=small,
    value=words,
    age_10ms=words,
    pending=st.integers(1, hall_event.MAX_PENDING),
)


@given(event=unit_events, unit=st.integers(1, 247))
def test_an_event_of_a_unit_comes_back_over_the_wire(
    event: hall_event.UnitEvent, unit: int
) -> None:
    block = modbus_rtu.ReadInputRegistersReply(unit, hall_event.encode_event_block(event))
    [found] = modbus_rtu.ReplyDecoder().feed(modbus_rtu.encode(block))
    assert isinstance(found, modbus_rtu.ReadInputRegistersReply)
    assert hall_event.decode_event_block(found.values) == event


@given(boot=words, seq=st.integers(0, 0xFFFF))
def test_a_unit_without_events_has_none_and_sequences_go_round(boot: int, seq: int) -> None:
    assert hall_event.decode_event_block(hall_event.encode_idle_block(boot)) is None
    assert 1 <= hall_event.next_sequence(seq) <= hall_event.MAX_SEQUENCE


@given(
    events=st.lists(st.builds(InputEvent, words, words, st.integers(-(2**31), 2**31 - 1))),
    size=st.integers(1, 50),
)
def test_events_of_the_kernel_come_back_in_any_portions(
    events: list[InputEvent], size: int
) -> None:
    wire, decoder = b"".join(map(encode, events)), EventDecoder()
    pieces = [wire[start : start + size] for start in range(0, len(wire), size)]
    assert [one for piece in pieces for one in decoder.feed(piece)] == events


@given(number=st.integers(1, 9999), key=st.sampled_from(["+", "-", "*", "/", "."]))
def test_a_typed_number_comes_back_with_its_key(number: int, key: str) -> None:
    assert key in CODES
    decoder, typer = EventDecoder(), KeyTyper()
    wire = b"".join(map(keystroke, [*str(number), key]))
    pressed = [typer.feed(event, 1.0) for event in decoder.feed(wire)]
    assert [one for one in pressed if one] == [(key, number)]
