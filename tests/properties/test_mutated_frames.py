"""Valid frames of every framing, ill-treated: no exception leaves a parser, none keeps more than
a frame.

Bits are flipped, bytes deleted and doubled, frames cut short and grown together; noise of random
bytes would be thrown away at the first byte, these get further. Checks are made right again in
half of the cases, so that what stands behind them is read as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.framing import (
    alpha,
    bx,
    bx_commands,
    escpos_commands,
    escpos_status,
    hall_event,
    input_event,
    lumen,
    lumen_commands,
    modbus_rtu,
    scan_line,
    sdt,
    syn6288,
    template,
)
from tests.fixtures.strip_makes import KANBAN, TEXT_STRIP
from tests.properties.test_framing_noise import bx_frames, replies, requests
from tests.properties.test_led_framing import alpha_packets, lumen_packets

LONG = 9_000
"""Bytes of one long stream: more than every frame but a printer's picture."""


def modbus_sealed(body: bytes) -> bytes:
    return body + modbus_rtu.crc16(body).to_bytes(2, "little")


def bx_sealed(body: bytes) -> bytes:
    frame = bx.BxFrame(1, 0x8000, body)
    return bx.encode_frame(frame)


def lumen_sealed(body: bytes) -> bytes:
    return lumen.encode_packet(lumen.LumenPacket(1, lumen_commands.EXTERNAL, 0, body))


def sdt_sealed(body: bytes) -> bytes:
    return sdt.encode_command(body[: sdt.MAX_BODY])


def syn_sealed(body: bytes) -> bytes:
    frame = bytes([syn6288.HEAD]) + (len(body) + 1).to_bytes(2, "big") + body
    return frame + bytes([syn6288.xor(frame)])


def same(body: bytes) -> bytes:
    return body


@dataclass(frozen=True)
class Framing:
    """A parser, its frames, what is done with what it finds, and the most that it may keep."""

    parser: Callable[[], Any]
    frames: st.SearchStrategy[bytes]
    most: int
    read: Callable[[Any], object] = lambda found: None
    sealed: Callable[[bytes], bytes] = same


def read_reply(reply: modbus_rtu.Reply) -> None:
    if isinstance(reply, modbus_rtu.ReadInputRegistersReply):
        hall_event.decode_event_block(reply.values)


def read_bx(frame: bx.BxFrame) -> None:
    bx_commands.parse_command(frame.data)
    bx_commands.parse_answer(frame.data)


def read_lumen(packet: lumen.LumenPacket) -> None:
    lumen_commands.parse_call(packet.data)
    lumen_commands.parse_version(packet.data)


def read_card(body: bytes) -> None:
    if (reply := sdt.parse_reply(body)) and (text := sdt.card_text(reply)):
        sdt.birth_date(text)
        sdt.card_number(text)


def described(frame: Any) -> st.SearchStrategy[bytes]:
    text = st.binary(max_size=40)
    fields = st.builds(
        template.Fields, address=st.integers(1, 200), value=st.integers(0, 999), text=text,
        effect=st.just("static"),
    )  # fmt: skip
    return fields.map(lambda one: template.encode_frame(frame, one))


PRINTER_COMMANDS = [
    "1b40", "1c26 c4b3d5f2 0a", "1b6101", "1d2133 413031320a", "1c210c", "1d286b040031413200",
    "1d286b2200315030 68747470733a2f2f712e6578616d706c652e676f762e636e2f742f41303132",
    "1d286b0300315130", "1d76300001000200 aa55", "1d6b490541303132 00", "1d6b0441303132 00",
    "1d284c0b0030703001013101000100 ff", "1d384c0b00000030703001013101000100 ff", "1b440810 00",
    "1d28480600303030303132", "1d28480300313002", "1d7201", "1d4945", "100404", "100501",
    "10140801031401060208", "1b2108", "1d564200", "1d5600", "1c5701", "1b42 0203",
]  # fmt: skip
PRINTER_REPLIES = ["16", "1e", "10000000", "37223030313200", "5f43484e2047423138303330 00",
                   "37234100", "373631321f31321f311f3000", "0c", "11", "13"]  # fmt: skip
ADDRESS = b"http://127.0.0.1:8080/t/0f1e2d3c4b5a69788796/abcDEF_-0123\r\n"
SCANS = [b"A012\r", ADDRESS, "号\r".encode()]


def of_hex(some: list[str]) -> st.SearchStrategy[bytes]:
    return st.sampled_from([bytes.fromhex(one) for one in some])


words = st.text(st.sampled_from("请到号窗口A012"), max_size=60)
texts = words.map(lambda one: one.encode("gb2312"))
FRAMINGS = {
    "modbus requests": Framing(
        modbus_rtu.RequestDecoder, requests.map(modbus_rtu.encode), 256, sealed=modbus_sealed
    ),
    "modbus replies": Framing(
        modbus_rtu.ReplyDecoder, replies.map(modbus_rtu.encode), 260, read_reply, modbus_sealed
    ),
    "onbon": Framing(
        bx.FrameDecoder, bx_frames.map(bx.encode_frame), bx.MAX_FRAME, read_bx, bx_sealed
    ),
    "lumen": Framing(
        lumen.PacketDecoder, lumen_packets.map(lumen.encode_packet), lumen.MAX_PACKET, read_lumen,
        lumen_sealed,
    ),
    "alpha": Framing(
        alpha.PacketDecoder, alpha_packets.map(alpha.encode_packet), alpha.MAX_PACKET,
        alpha.parse_write_text,
    ),
    "a described strip": Framing(
        lambda: template.FrameDecoder(TEXT_STRIP.frame), described(TEXT_STRIP.frame),
        template.MAX_FRAME,
    ),
    "a described board": Framing(
        lambda: template.FrameDecoder(KANBAN.frame), described(KANBAN.frame), template.MAX_FRAME
    ),
    "printer commands": Framing(
        escpos_commands.CommandParser, of_hex(PRINTER_COMMANDS),
        escpos_commands.MAX_COMMAND_BYTES + LONG,
    ),
    "printer replies": Framing(
        escpos_status.ReplyDecoder, of_hex(PRINTER_REPLIES), escpos_status.MAX_BLOCK
    ),
    "card reader": Framing(
        sdt.SdtDecoder, st.binary(min_size=2, max_size=300).map(sdt.encode_command),
        sdt.MAX_BODY + 8, read_card, sdt_sealed,
    ),
    "voice module": Framing(
        syn6288.ModuleParser,
        texts.map(lambda text: syn6288.ModuleCommand(syn6288.SPEAK, 0, text).encode()),
        syn6288.LONGEST + 3, sealed=syn_sealed,
    ),
    "scanner": Framing(
        scan_line.LineDecoder, st.sampled_from(SCANS), scan_line.MAX_LINE, scan_line.ticket_code
    ),
    "number pad": Framing(
        input_event.EventDecoder, st.sampled_from("0123456789+").map(input_event.keystroke),
        input_event.EVENT_BYTES,
    ),
}  # fmt: skip


@st.composite
def ill_treated(draw: st.DrawFn, framing: Framing) -> list[bytes]:
    """Some frames in a row, each treated once or twice, in the portions they arrive in."""
    pieces = []
    for wire in draw(st.lists(framing.frames, min_size=1, max_size=4)):
        for _ in range(draw(st.integers(0, 2))):
            place = draw(st.integers(0, len(wire)))
            match draw(st.sampled_from(["flip", "delete", "double", "cut", "splice", "seal"])):
                case "flip":
                    wire = _flipped(wire, place, draw(st.integers(0, 7)))
                case "delete":
                    wire = wire[:place] + wire[place + draw(st.integers(1, 3)) :]
                case "double":
                    wire = wire[:place] + wire[max(0, place - 4) :]
                case "cut":
                    wire = wire[:place]
                case "splice":
                    other = draw(framing.frames)
                    wire = wire[:place] + other[min(place, len(other)) :]
                case "seal":
                    wire = framing.sealed(wire[:place][:200] or b"\x01\x03")
        pieces.append(wire)
    whole, size = b"".join(pieces), draw(st.sampled_from([1, 7, 10_000]))
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def _flipped(wire: bytes, place: int, bit: int) -> bytes:
    spoiled = bytearray(wire)
    if place < len(spoiled):
        spoiled[place] ^= 1 << bit
    return bytes(spoiled)


def kept(parser: Any) -> int:
    """The bytes that a parser holds, whatever it calls them."""
    slots = getattr(type(parser), "__slots__", ())
    values = [*vars(parser).values()] if hasattr(parser, "__dict__") else []
    values += [getattr(parser, name) for name in slots if hasattr(parser, name)]
    return sum(len(value) for value in values if isinstance(value, bytes | bytearray))


def silent(parser: Any) -> list[Any]:
    """What the parser says when the line falls silent, where it has such a word."""
    for name in ("reset", "drop_unfinished"):
        if hasattr(parser, name):
            return getattr(parser, name)() or []
    return []


def hear(framing: Framing, parser: Any, data: bytes) -> list[Any]:
    found = list(parser.feed(data))
    for one in found:
        framing.read(one)
    assert kept(parser) <= framing.most
    return found


@pytest.mark.parametrize("name", FRAMINGS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_ill_treated_frames_raise_nothing_and_are_not_kept(name: str, data: st.DataObject) -> None:
    framing = FRAMINGS[name]
    parser = framing.parser()
    for piece in data.draw(ill_treated(framing)):
        hear(framing, parser, piece)
    for one in silent(parser):
        framing.read(one)
    # What was begun is over: a whole frame is found, and found the same as by a fresh parser.
    wire = data.draw(framing.frames)
    if hasattr(parser, "reset") and name != "printer replies":
        fresh = framing.parser()
        assert hear(framing, parser, wire)[-1:] == hear(framing, fresh, wire)[-1:]


@pytest.mark.parametrize("name", FRAMINGS)
@settings(max_examples=2, deadline=None)
@given(data=st.data())
def test_an_endless_stream_is_not_kept(name: str, data: st.DataObject) -> None:
    """A line that babbles the same spoiled frames for hours takes no memory."""
    framing = FRAMINGS[name]
    parser = framing.parser()
    spoiled = b"".join(data.draw(ill_treated(framing))) or b"\x00"
    endless = (spoiled * (LONG // len(spoiled) + 1))[:LONG]
    for start in range(0, LONG, 500):
        hear(framing, parser, endless[start : start + 500])
