"""LED-485 boards: Modbus units that show what stands in their registers (D.3)."""

from __future__ import annotations

from devices.framing.led485 import read_number, read_text
from devices.framing.modbus_rtu import (
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ExceptionReply,
    Reply,
    Request,
    WriteRegister,
    WriteRegisters,
    WriteRegistersReply,
    encode,
    function_of,
)
from devices.sim.clock import Now
from devices.sim.strip import Seen, SimStrip

COLUMN_PX = 8


class SimDigitBoard(SimStrip):
    """One board; a unit of `SimUnitBus` like the keypads. `register` holds its text or number."""

    def __init__(self, counter: int, address: int, columns: int, now: Now) -> None:
        super().__init__(counter, address, (COLUMN_PX * columns, 16), now)
        self.unit = address
        self.register = 0
        self.is_number = False
        self._columns = columns
        self._text = ""

    @property
    def silent(self) -> bool:
        """Without power it does not answer."""
        return not self.powered

    def answer(self, request: Request) -> Reply:
        """Serve one request that is addressed to this board (or to all)."""
        if isinstance(request, WriteRegister | WriteRegisters):
            if request.address != self.register:
                return self._refuse(request, ILLEGAL_ADDRESS)
            if isinstance(request, WriteRegister) and self.is_number:
                self._show(request, str(read_number(request.value)))
                return request
            if isinstance(request, WriteRegisters) and not self.is_number:
                text = read_text(request.values)[: self._columns]
                self._show(request, text.decode("ascii", errors="replace").rstrip())
                return WriteRegistersReply(request.unit, request.address, len(request.values))
        return self._refuse(request, ILLEGAL_FUNCTION)

    def forget(self) -> None:
        self._text = ""

    def seen(self) -> Seen:
        return Seen(self._text)

    def _show(self, request: Request, text: str) -> None:
        if self.powered:
            self.note(encode(request))
            self._text = text
            self.shown()

    @staticmethod
    def _refuse(request: Request, code: int) -> ExceptionReply:
        return ExceptionReply(request.unit, function_of(request), code)
