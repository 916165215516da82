"""How each device of a hall is tested before opening: what is asked of whom, and what it means."""

from controller.board_sound import BoardSound
from controller.reactors.ground import Ground
from controller.reactors.loudspeaker import Loudspeaker
from controller.reactors.self_testing import Check, Finding, finding_of
from controller.reactors.supervising import DeviceState
from devices.bus import Bus
from devices.framing.hall_event import MAGIC, MAGIC_REGISTER
from devices.framing.modbus_rtu import ReadInputRegisters, ReadInputRegistersReply
from devices.led import LedError, LedStrip
from devices.link import DeviceError
from devices.modbus_unit import ask
from devices.player import NotPlayedError, SimPlayer
from devices.printer import Printer, PrinterStatus
from devices.unit_status import wants_of
from devices.voice_module import VoiceModule

HEAD_REGISTERS = 5
NEVER_ANSWERS = Finding("untested", "never-answers")
SENDS_ONLY = Finding("untested", "sends-only")


def printer_check(printer: Printer) -> Check:
    """Ask its status and its model. Waits for the slip that it prints now."""

    async def check() -> Finding:
        if printer.profile.confirm == "none":
            return NEVER_ANSWERS
        status = await printer.status()
        if status == PrinterStatus.SILENT:
            return Finding("fault", status.value)
        told = await printer.identity()
        if not status.can_print:
            return Finding("fault", status.value, told)
        if status == PrinterStatus.PAPER_LOW:
            return Finding("warn", status.value, told)
        return Finding("ok", "", told)

    return check


def strip_check(strip: LedStrip, answers: bool) -> Check:
    """Ask the card of a strip; what it shows stays as it is."""

    async def check() -> Finding:
        try:
            told = await strip.ask()
        except LedError as error:
            return Finding("fault", error.reason)
        return Finding("ok", "", told) if answers else NEVER_ANSWERS

    return check


def unit_check(bus: Bus, unit: int) -> Check:
    """Ask a unit who it is and how it fares; its presses stay where they are."""
    question = ask(ReadInputRegisters(unit, MAGIC_REGISTER, HEAD_REGISTERS))

    async def check() -> Finding:
        try:
            reply = await bus.exchange(question)
        except DeviceError:
            return Finding("fault", "no-answer")
        if not isinstance(reply, ReadInputRegistersReply) or reply.values[0] != MAGIC:
            return Finding("fault", "refused")
        _, version, _, firmware, status = reply.values
        told = f"v{version >> 8}.{version & 0xFF} fw {firmware}"
        wants = wants_of(status)
        return Finding("warn" if wants else "ok", wants, told)

    return check


def known_check(ground: Ground, device: str, *, sends_only: bool = False) -> Check:
    """Tell how a device fares that is asked all the time, or that `sends_only`."""

    async def check() -> Finding:
        found = finding_of(_state_of(ground, device))
        return SENDS_ONLY if sends_only and found.state == "ok" else found

    return check


def sound_check(ground: Ground, loudspeaker: Loudspeaker) -> Check:
    """Play the chime, unless a call is being made; a module and a board's page are only asked."""

    async def check() -> Finding:
        if loudspeaker.turn.locked() or _is_calling(ground, loudspeaker.area):
            return Finding("untested", "calling")
        if isinstance(loudspeaker.player, VoiceModule | BoardSound):
            try:
                await loudspeaker.prove()
            except NotPlayedError as error:
                return Finding("fault", "no-sound", str(error))
            return Finding("ok")
        chime = loudspeaker.spares.chime
        if chime is None:
            return Finding("fault", "no-sound")
        why = await loudspeaker.fault(chime)
        if why:
            return Finding("fault", "no-sound", why)
        heard_by_its_end = isinstance(loudspeaker.player, SimPlayer)
        return Finding("ok", sound="verified" if heard_by_its_end else "played")

    return check


def all_checks(ground: Ground, own: dict[str, Check], devices: list[str]) -> dict[str, Check]:
    """Return a check for each device in the order of the hall file."""
    return {device: own.get(device) or known_check(ground, device) for device in devices}


def _is_calling(ground: Ground, area: str) -> bool:
    state = ground.desk.state
    called = [ticket for ticket in state.tickets.values() if ticket.state == "CALLED"]
    rules = state.rules.counters
    return any(
        ticket.counter is not None
        and ticket.counter in rules
        and rules[ticket.counter].area == area
        for ticket in called
    )


def _state_of(ground: Ground, device: str) -> DeviceState:
    for state in ground.supervising.states:
        if state.id == device:
            return state
    return DeviceState(device, device.partition(":")[0], "connecting", "", 0)

