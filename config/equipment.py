"""The devices of the hall file: lines, and what hangs on them; loudspeakers and boards.

Addresses and bauds against one another are checked in `config.wiring`.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, Strict, field_validator

from config.charset import Charset
from config.errors import refuse
from config.part import Part, Slug
from config.speakers import Speaker as Speaker

Protocol = Literal[
    "escpos", "onbon-bx", "lumen-cpower", "alpha", "template", "modbus-rtu", "scanner", "id-card",
    "syn6288",
]  # fmt: skip

BAUDS = (1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200, 230400, 460800, 921600)


PRINTER_PORT = re.compile(r"usb://[0-9a-fA-F]{4}:[0-9a-fA-F]{4}(\?\S*)?|winspool://\S.*")
USUAL_PORT = re.compile(
    r"sim://[a-z0-9-]+|COM[0-9]+|/dev/\S+|(socket|rfc2217)://[A-Za-z0-9.:\[\]-]+:[0-9]+|"
    + PRINTER_PORT.pattern
)


class Line(Part):
    """`[[lines]]`: one serial port or its stand-in.

    `port` is a pyserial URL (COM3, /dev/serial/by-path/…, socket://192.0.2.9:9100,
    rfc2217://…) or `sim://<name of this line>`, which the simulators own. `rs485`: the port's
    kernel driver switches the pair between sending and hearing (built-in RS-485 ports).
    `flow`: how the device holds us back: wired "rtscts" (its DTR on our CTS) or "xonxoff".
    A printer's port may also be `usb://0416:5011` (vendor:product in hex, then `?in=82&out=01`
    where its end points are others) or `winspool://<name of the Windows printer>`.
    `simulate`: the simulators play it instead of what hangs on the port.
    """

    name: Slug
    port: Annotated[str, Field(min_length=1)]
    baud: int
    parity: Literal["N", "E"] = "N"
    protocol: Protocol
    rs485: bool = False
    flow: Literal["none", "rtscts", "xonxoff"] = "none"
    simulate: bool = False

    @property
    def simulated(self) -> bool:
        """Whether the simulators own the other end."""
        return self.port.startswith("sim://")

    @field_validator("baud")
    @classmethod
    def _usual_baud(cls, value: int) -> int:
        if value not in BAUDS:
            known = ", ".join(str(baud) for baud in BAUDS)
            refuse(f"波特率 {value} 不常用，可用：{known}", f"baud {value} is not one of: {known}")
        return value

    @field_validator("port")
    @classmethod
    def _usable_port(cls, value: str) -> str:
        if not re.fullmatch(USUAL_PORT, value):
            refuse(
                f"“{value}”不是端口，应像 COM3、/dev/serial/by-path/…、socket://192.0.2.9:9100、"
                "usb://0416:5011、winspool://打印机名 或 sim://名称",
                f'"{value}" is no port; write COM3, /dev/serial/by-path/…, '
                "socket://192.0.2.9:9100, usb://0416:5011, winspool://printer or sim://name",
            )
        return value


class OnLine(Part):
    """What every device on a serial line has. `baud` is what the device itself is set to."""

    line: str
    baud: int | None = None


CUTS = {"partial": b"\x1d\x56\x42\x00", "full": b"\x1d\x56\x41\x00"}
OVERRIDES = (
    "width_dots", "confirm", "encoding", "missing_sign", "size_commands", "qr_max_module",
    "qr_model", "near_end_fitted", "paper_near_mask", "paper_out_mask", "paper_flip",
    "speed_mm_s", "clear", "chunk_bytes", "status_timeout_s", "feed_units_per_mm", "black_mark",
)  # fmt: skip


Place = Annotated[str, Field(pattern=r"^(desk|(kiosk|counter):[1-9][0-9]{0,3})$")]
"""Where paper is asked for."""


class Printer(OnLine):
    """`[[printers]]`: a ticket printer. `confirm` is the proof of printing that it really gave.

    What is left out is as in the profile (`devices.profiles`, which explains each field).
    `dpi`: dots per inch; `cut`: "partial", "full" or the bytes in hex. `stale_s`: after so
    long without paper a slip is not printed any more. `backup`: the printer that prints while
    this one cannot. `places`: whose paper comes out here (`kiosk:2`, `counter:3`, `desk`); all
    others have the first printer. `where`: how people are told to find it ("导办台"). `roll_mm`:
    length of a full roll, by which paper is counted; 0: it is not.
    """

    id: Slug
    profile: Literal["epson-tm", "cn-generic-80", "cn-generic-58", "kiosk-custom"]
    width_dots: Annotated[int, Field(ge=384, le=832, multiple_of=8)] | None = None
    confirm: Literal["process-id", "fence", "status", "none"] | None = None
    encoding: Charset | None = None
    missing_sign: Annotated[str, Field(max_length=1)] | None = None
    dpi: Literal[180, 203, 300] | None = None
    size_commands: Literal["gs", "all"] | None = None
    qr_max_module: Annotated[int, Field(ge=3, le=16)] | None = None
    qr_model: bool | None = None
    cut: (
        Annotated[str, Field(pattern=r"^(partial|full|[0-9A-F]{2}( [0-9A-F]{2}){1,7})$")] | None
    ) = None
    near_end_fitted: bool | None = None
    paper_near_mask: Annotated[int, Field(ge=0, le=0x7F)] | None = None
    paper_out_mask: Annotated[int, Field(ge=0, le=0x7F)] | None = None
    paper_flip: Annotated[int, Field(ge=0, le=0x7F)] | None = None
    speed_mm_s: Annotated[int, Field(ge=20, le=500)] | None = None
    clear: Literal["dle-enq", "dle-dc4", "none"] | None = None
    chunk_bytes: Annotated[int, Field(ge=16, le=65536)] | None = None
    status_timeout_s: Annotated[float, Field(ge=0.1, le=5)] | None = None
    feed_units_per_mm: Annotated[float, Field(ge=1, le=30)] | None = None
    black_mark: bool | None = None
    where: Annotated[str, Field(max_length=20)] = ""
    backup: str | None = None
    places: Annotated[tuple[Place, ...], Strict(False)] = ()
    roll_mm: Annotated[int, Field(ge=0, le=400_000)] = 0
    stale_s: Annotated[int, Field(ge=10, le=3600)] = 60

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"printer:{self.id}"

    @property
    def overrides(self) -> dict[str, object]:
        """The fields of the profile that the hall file gives itself."""
        given: dict[str, object] = {
            name: value for name in OVERRIDES if (value := getattr(self, name)) is not None
        }
        if self.cut is not None:
            given["cut"] = CUTS.get(self.cut) or bytes.fromhex(self.cut)
        if self.dpi is not None:
            given["dots_per_mm"] = self.dpi / 25.4
        return given


class Board(Part):
    """`[[boards]]`: a big screen; it opens the board page of its area."""

    id: Slug
    area: str

    @property
    def device_id(self) -> str:
        """Name of this device in events and on the device page."""
        return f"board:{self.id}"
